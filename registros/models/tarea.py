from collections.abc import Iterable
from datetime import timedelta
from typing import ClassVar
from uuid import UUID

from django.db import models

from ece import fhir
from ece.nucleo import fichas
from registros.models.base import Recurso, RegistroClinico, primero, referido
from registros.models.firma import FIRMABLES

SISTEMA = "urn:ece:tarea"
RESULTADO, CRITICO = "resultado", "valor-critico"
CONTRAFIRMA, DEVOLUCION = "contrafirma", "nota-devuelta"
FIRMA, FIRMA_INSTITUCIONAL = "firma-avanzada", "firma-institucional"
DE_FIRMAR = frozenset({FIRMA, FIRMA_INSTITUCIONAL})
ESCALA_TRAS = timedelta(minutes=30)
"""A critical value that nobody answers for so long is everybody's at the unit that asked."""

PENDIENTES = ("requested", "received", "accepted", "ready", "in-progress", "on-hold")


class Tarea(RegistroClinico):
    """Something somebody must still do about a patient (FHIR Task): answer a critical value,
    countersign a note. `responsable` or `unidad` is who; both are clear, for everybody's own list.
    """

    TIPO: ClassVar[str] = "Task"
    CAMPOS_EN_CLARO: ClassVar[frozenset[str]] = RegistroClinico.CAMPOS_EN_CLARO | {
        "unidad",
        "responsable",
    }

    unidad = models.UUIDField(null=True)
    responsable = models.UUIDField(null=True)

    class Meta(RegistroClinico.Meta):
        indexes = [
            *RegistroClinico.Meta.indexes,
            # what waits for me, and for my unit
            models.Index(
                fields=["responsable", "fecha"],
                name="rc_tarea_responsable",
                condition=models.Q(estado__in=PENDIENTES),
            ),
            models.Index(
                fields=["unidad", "fecha"],
                name="rc_tarea_unidad",
                condition=models.Q(estado__in=PENDIENTES),
            ),
        ]

    def derivar(self, recurso: Recurso) -> None:
        self.responsable = referido(recurso.get("owner"), "Practitioner")
        self.unidad = referido(recurso.get("location"), "Location")

    @property
    def critica(self) -> bool:
        return any(c.get("code") == CRITICO for c in self.recurso["code"].get("coding", ()))

    @property
    def claves(self) -> set[str]:
        """What kind of task it is."""
        return {c.get("code", "") for c in self.recurso["code"].get("coding", ())}

    @property
    def informe(self) -> UUID | None:
        """The report to read, or whose critical value to answer."""
        foco = self.recurso.get("focus")
        return None if DE_FIRMAR & self.claves else referido(foco, "DiagnosticReport")

    @property
    def nota(self) -> UUID | None:
        """The note to countersign, to write again, or to sign."""
        return referido(self.recurso.get("focus"), "Composition")

    @property
    def documento(self) -> UUID | None:
        """What it is about, when it is something that is signed."""
        return primero(referido(self.recurso.get("focus"), tipo) for tipo in FIRMABLES)

    @property
    def devolucion(self) -> str:
        """Why the note was returned, when it was."""
        codigos = self.recurso["code"].get("coding", ())
        if not any(c.get("code") == DEVOLUCION for c in codigos):
            return ""
        return str(next((e.get("valueString", "") for e in self.recurso.get("input", ())), ""))

    @property
    def orden(self) -> UUID | None:
        return referido(next(iter(self.recurso.get("basedOn", ())), None), "ServiceRequest")

    @property
    def criticos(self) -> dict[str, str]:
        """name of what was measured -> its value in words, of each critical one."""
        return {
            fhir.texto(entrada["type"]): str(entrada["valueString"])
            for entrada in self.recurso.get("input", ())
            if "valueString" in entrada
        }

    @property
    def pendiente(self) -> bool:
        return self.estado in PENDIENTES


def ficha_de(clave: str) -> int:
    """The token by which tasks of a kind are told apart without opening them."""
    return fichas.ficha("Task.code", f"{SISTEMA}|{clave}")


def ficha_de_critico() -> int:
    return ficha_de(CRITICO)


def clase_firmable(clave: str) -> str:
    """What a task to sign says besides of the kind of its document (the key of its rule)."""
    return f"firmar:{clave}"


def espera_firma(*, clases: Iterable[str] = DE_FIRMAR) -> models.Q:
    """The tasks that wait for somebody to sign (or, of those, the ones of `clases`)."""
    cualquiera = [ficha_de(clase) for clase in clases]
    return models.Q(estado__in=PENDIENTES, fichas__overlap=cualquiera)
