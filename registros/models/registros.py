"""The nouns of the norm whose rows need nothing beyond the base: one R4 type each."""

from collections.abc import Iterable
from decimal import Decimal
from typing import ClassVar
from uuid import UUID

from django.db import models

from ece import fhir
from registros.models.base import Recurso, RegistroClinico, referido


class NotaClinica(RegistroClinico):
    """A clinical note (FHIR Composition; NOM-004 chapters 6 to 8)."""

    TIPO: ClassVar[str] = "Composition"

    @property
    def titulo(self) -> str:
        return str(self.recurso["title"])

    @property
    def finalizada(self) -> bool:
        return self.estado in ("final", "amended")


class Observacion(RegistroClinico):
    """A measurement or finding: vital sign, laboratory value, scale (FHIR Observation)."""

    TIPO: ClassVar[str] = "Observation"

    @property
    def nombre(self) -> str:
        return fhir.texto(self.recurso["code"])

    @property
    def valor(self) -> Decimal | None:
        cantidad = self.recurso.get("valueQuantity", {}).get("value")
        return None if cantidad is None else Decimal(str(cantidad))


class Diagnostico(RegistroClinico):
    """A diagnosis or clinical problem (FHIR Condition; NOM-004 6.1.4, 6.2.4)."""

    TIPO: ClassVar[str] = "Condition"

    @property
    def nombre(self) -> str:
        return fhir.texto(self.recurso.get("code", {}))


class Alergia(RegistroClinico):
    """An allergy or intolerance (FHIR AllergyIntolerance; NOM-004 6.1.1)."""

    TIPO: ClassVar[str] = "AllergyIntolerance"

    @property
    def sustancia(self) -> str:
        return fhir.texto(self.recurso.get("code", {}))


class Receta(RegistroClinico):
    """A prescribed medicine (FHIR MedicationRequest; NOM-004 6.2.6)."""

    TIPO: ClassVar[str] = "MedicationRequest"

    @property
    def medicamento(self) -> str:
        return fhir.texto(self.recurso.get("medicationCodeableConcept", {}))


class Informe(RegistroClinico):
    """A report of diagnostic services (FHIR DiagnosticReport; NOM-004 9.2)."""

    TIPO: ClassVar[str] = "DiagnosticReport"

    @property
    def estudio(self) -> str:
        return fhir.texto(self.recurso["code"])


class Encuentro(RegistroClinico):
    """A visit: consulta externa, urgencias or hospitalización (FHIR Encounter).

    `unidad` and `responsable` are clear because the decision rests on them at every request.
    """

    TIPO: ClassVar[str] = "Encounter"
    CAMPOS_EN_CLARO: ClassVar[frozenset[str]] = RegistroClinico.CAMPOS_EN_CLARO | {
        "unidad",
        "responsable",
    }

    unidad = models.UUIDField(null=True)
    responsable = models.UUIDField(null=True)

    class Meta(RegistroClinico.Meta):
        indexes = [
            *RegistroClinico.Meta.indexes,
            # the decision and the day's list: who is being treated by whom, where
            models.Index(
                fields=["responsable", "paciente"],
                name="rc_encuentro_responsable",
                condition=models.Q(estado__in=["arrived", "triaged", "in-progress", "onleave"]),
            ),
            models.Index(
                fields=["unidad", "paciente"],
                name="rc_encuentro_unidad",
                condition=models.Q(estado__in=["arrived", "triaged", "in-progress", "onleave"]),
            ),
        ]

    def derivar(self, recurso: Recurso) -> None:
        self.encuentro = self.id
        self.responsable = primero(
            referido(p.get("individual"), "Practitioner") for p in recurso.get("participant", ())
        )
        self.unidad = primero(
            referido(sitio.get("location"), "Location") for sitio in recurso.get("location", ())
        )

    @property
    def abierto(self) -> bool:
        return self.estado in ("arrived", "triaged", "in-progress", "onleave")


class Cita(RegistroClinico):
    """An appointment (FHIR Appointment): the day's list and a reason to open a chart."""

    TIPO: ClassVar[str] = "Appointment"
    CAMPOS_EN_CLARO: ClassVar[frozenset[str]] = RegistroClinico.CAMPOS_EN_CLARO | {
        "unidad",
        "profesional",
    }

    unidad = models.UUIDField(null=True)
    profesional = models.UUIDField(null=True)

    class Meta(RegistroClinico.Meta):
        indexes = [
            *RegistroClinico.Meta.indexes,
            # the professional's day, and the decision
            models.Index(fields=["profesional", "fecha"], name="rc_cita_profesional"),
        ]

    def derivar(self, recurso: Recurso) -> None:
        actores = [participante.get("actor") for participante in recurso["participant"]]
        self.profesional = primero(referido(actor, "Practitioner") for actor in actores)
        self.unidad = primero(referido(actor, "Location") for actor in actores)


class OtroRegistro(RegistroClinico):
    """Any other R4 resource that was sent to us, kept losslessly."""

    CAMPOS_EN_CLARO: ClassVar[frozenset[str]] = RegistroClinico.CAMPOS_EN_CLARO | {"tipo"}

    tipo = models.CharField(max_length=40)

    class Meta(RegistroClinico.Meta):
        indexes = [
            models.Index(fields=["paciente", "tipo", "-fecha", "-id"], name="rc_otro_paciente"),
            models.Index(fields=["tipo", "-fecha", "-id"], name="rc_otro_fecha"),
            models.Index(fields=["tipo", "actualizado_at"], name="rc_otro_actual"),
            *RegistroClinico.Meta.indexes[-1:],
        ]

    def derivar(self, recurso: Recurso) -> None:
        self.tipo = recurso["resourceType"]

    @property
    def tipo_fhir(self) -> str:
        return self.tipo


def primero(valores: Iterable[UUID | None]) -> UUID | None:
    return next((valor for valor in valores if valor is not None), None)
