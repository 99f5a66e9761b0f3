from enum import StrEnum, unique
from typing import ClassVar
from uuid import UUID

from django.db import models

from ece import fhir
from ece.nucleo import fichas
from registros.catalogos.estudios import ESTUDIOS, SISTEMA, SISTEMA_SERVICIO, Estudio, Servicio
from registros.models.base import Recurso, RegistroClinico, primero, referido

VIVAS = ("draft", "active", "on-hold")
AVANCE, INFORME = "urn:ece:fhir:avance", "urn:ece:fhir:informe"
MOTIVO = "http://hl7.org/fhir/StructureDefinition/request-statusReason"


@unique
class Avance(StrEnum):
    """How far an order has come; FHIR's own status only says whether it is alive."""

    SOLICITADA = "solicitada"
    TOMADA = "tomada"
    EN_PROCESO = "en-proceso"
    PRELIMINAR = "preliminar"
    INFORMADA = "informada"
    ACUSADA = "acusada"
    RECHAZADA = "rechazada"
    CANCELADA = "cancelada"


_DE_ESTADO = {"completed": Avance.INFORMADA, "revoked": Avance.CANCELADA}


class Orden(RegistroClinico):
    """What a clinician asks of a diagnostic or other service (FHIR ServiceRequest; NOM-004 9.2).

    `unidad` (who is to do it) and `solicitante` are clear: the work lists of services and of
    whoever waits for the answer rest on them.
    """

    TIPO: ClassVar[str] = "ServiceRequest"
    CAMPOS_EN_CLARO: ClassVar[frozenset[str]] = RegistroClinico.CAMPOS_EN_CLARO | {
        "unidad",
        "solicitante",
    }

    unidad = models.UUIDField(null=True)
    solicitante = models.UUIDField(null=True)

    class Meta(RegistroClinico.Meta):
        indexes = [
            *RegistroClinico.Meta.indexes,
            # a service's work list
            models.Index(
                fields=["unidad", "fecha"],
                name="rc_orden_unidad",
                condition=models.Q(estado__in=VIVAS),
            ),
            # what somebody asked for and still waits for
            models.Index(
                fields=["solicitante", "fecha"],
                name="rc_orden_solicitante",
                condition=models.Q(estado__in=VIVAS),
            ),
        ]

    def derivar(self, recurso: Recurso) -> None:
        self.solicitante = referido(recurso.get("requester"), "Practitioner")
        self.unidad = primero(
            referido(lugar, "Location") for lugar in recurso.get("locationReference", ())
        )

    @property
    def estudio(self) -> str:
        return fhir.texto(self.recurso.get("code", {}))

    @property
    def del_catalogo(self) -> Estudio | None:
        """What it asks for, when it is of our catalogue (one that a partner sent may not be)."""
        codigos = self.recurso.get("code", {}).get("coding", ())
        return next(
            (ESTUDIOS.get(c.get("code", "")) for c in codigos if c.get("system") == SISTEMA), None
        )

    @property
    def servicio(self) -> Servicio:
        """Who does it, by its category; one of no category is anybody's."""
        codigos = (
            codigo.get("code", "")
            for categoria in self.recurso.get("category", ())
            for codigo in categoria.get("coding", ())
            if codigo.get("system") == SISTEMA_SERVICIO
        )
        return next((Servicio(c) for c in codigos if c in set(Servicio)), Servicio.OTRO)

    @property
    def avance(self) -> Avance:
        declarado = self._extension(AVANCE).get("valueCode")
        segun_estado = _DE_ESTADO.get(self.estado, Avance.SOLICITADA)
        return next((a for a in Avance if a == declarado), segun_estado)

    @property
    def informe(self) -> UUID | None:
        return referido(self._extension(INFORME).get("valueReference"), "DiagnosticReport")

    @property
    def motivo(self) -> str:
        """Why it was rejected or cancelled."""
        return fhir.texto(self._extension(MOTIVO).get("valueCodeableConcept", {}))

    @property
    def problema(self) -> str:
        return fhir.texto(next(iter(self.recurso.get("reasonCode", ())), {}))

    @property
    def prioridad(self) -> str:
        return str(self.recurso.get("priority", "routine"))

    @property
    def solicitada_por(self) -> str:
        return str(self.recurso.get("requester", {}).get("display", ""))

    @property
    def folio(self) -> str:
        return str(self.recurso.get("requisition", {}).get("value", ""))

    def _extension(self, url: str) -> Recurso:
        return next((e for e in self.recurso.get("extension", ()) if e.get("url") == url), {})


def ficha_de_servicio(servicio: Servicio) -> int:
    """The token by which orders of a service are told apart without opening them."""
    return fichas.ficha("ServiceRequest.category", f"{SISTEMA_SERVICIO}|{servicio}")
