"""The nouns of the norm whose rows need nothing beyond the base: one R4 type each."""

import base64
from collections.abc import Iterable
from decimal import Decimal
from typing import ClassVar

from django.db import models

from ece import cda, fhir
from ece.nucleo import fichas
from registros.catalogos.arco import es_arco
from registros.catalogos.quejas import DE_QUEJAS, es_queja
from registros.catalogos.sensibles import Edad, etiquetar
from registros.models.base import Recurso, RegistroClinico, primero, referido
from registros.models.carta import vigencia_de


def palabras_de_nota(recurso: Recurso) -> list[str]:
    """The narratives of a note, in plain text, and its title."""
    textos = [
        fhir.narrativa.a_texto(seccion["text"].get("div", ""))
        for seccion in recurso.get("section", ())
        if "text" in seccion
    ]
    return [str(recurso.get("title", "")), *textos]


class NotaClinica(RegistroClinico):
    """A clinical note (FHIR Composition; NOM-004 chapters 6 to 8)."""

    TIPO: ClassVar[str] = "Composition"

    def _fichas(self, recurso: Recurso) -> set[int]:
        """Of a finished note, also its words, so that they can be looked for in the record."""
        propias = super()._fichas(recurso)
        if recurso.get("status") not in ("final", "amended"):
            return propias
        return propias | fichas.fichas_de_texto(self.paciente, palabras_de_nota(recurso))

    @property
    def titulo(self) -> str:
        return str(self.recurso["title"])

    @property
    def finalizada(self) -> bool:
        return self.estado in ("final", "amended")

    @property
    def en_espera(self) -> bool:
        """Whether its author finished it, and it waits for a physician to countersign it."""
        return self.estado == "preliminary" and bool(self.recurso.get("attester"))


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


def ficha_de_hoja(codigo: str) -> int:
    """The token of a prescription's sheet, by the code that is printed on it."""
    return fichas.ficha("MedicationRequest.groupIdentifier", codigo)


class Receta(RegistroClinico):
    """A prescribed medicine (FHIR MedicationRequest; NOM-004 6.2.6)."""

    TIPO: ClassVar[str] = "MedicationRequest"

    def _fichas(self, recurso: Recurso) -> set[int]:
        """Also the code of its sheet: R4 has no search parameter for `groupIdentifier`."""
        codigo = recurso.get("groupIdentifier", {})
        propias = super()._fichas(recurso)
        return propias | {ficha_de_hoja(codigo["value"])} if "value" in codigo else propias

    @property
    def medicamento(self) -> str:
        return fhir.texto(self.recurso.get("medicationCodeableConcept", {}))


class Informe(RegistroClinico):
    """A report of diagnostic services (FHIR DiagnosticReport; NOM-004 9.2)."""

    TIPO: ClassVar[str] = "DiagnosticReport"

    @property
    def estudio(self) -> str:
        return fhir.texto(self.recurso["code"])


class Vacuna(RegistroClinico):
    """A dose given, or not given and why (FHIR Immunization; NOM-004 6.1.1, NOM-036)."""

    TIPO: ClassVar[str] = "Immunization"

    @property
    def biologico(self) -> str:
        return fhir.texto(self.recurso["vaccineCode"])


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


DE_DIRECTIVAS = "DIRECTIVA"
"""The label of what a person directs, or asks, about who sees and uses their record."""


class Consentimiento(RegistroClinico):
    """What a person agreed to, refused, or directs about their record (FHIR Consent).

    `ambito` (R4 scope: ``patient-privacy`` when it directs, ``treatment``, ``research``, ``adr``)
    is clear because the decision asks, at every request, whether there are directives to weigh.
    """

    TIPO: ClassVar[str] = "Consent"
    CAMPOS_EN_CLARO: ClassVar[frozenset[str]] = RegistroClinico.CAMPOS_EN_CLARO | {"ambito"}

    ambito = models.CharField(max_length=24)

    class Meta(RegistroClinico.Meta):
        indexes = [
            *RegistroClinico.Meta.indexes,
            # the decision: the directives in force of a patient
            models.Index(
                fields=["paciente"],
                name="rc_consentimiento_directiva",
                condition=models.Q(estado="active", ambito="patient-privacy"),
            ),
        ]

    def categorias(self, recurso: Recurso, edad: Edad) -> Iterable[str]:
        """Of what somebody directs also this: who is refused does not read the refusal."""
        propias = super().categorias(recurso, edad)
        return [*propias, DE_DIRECTIVAS] if _ambito(recurso) == DIRECTIVA else propias

    def _fichas(self, recurso: Recurso) -> set[int]:
        """Also the day it ends, so that people are told before: no key is opened to know it."""
        fin = str(vigencia_de(recurso).get("end", ""))[:10]
        return super()._fichas(recurso) | ({ficha_de_termino(fin)} if fin else set())

    def derivar(self, recurso: Recurso) -> None:
        self.ambito = _ambito(recurso)


def ficha_de_termino(dia: str) -> int:
    """The token of the Consents that end on a day (ISO)."""
    return fichas.ficha("Consent.termina", dia)


DIRECTIVA = "patient-privacy"


def _ambito(recurso: Recurso) -> str:
    """The scope; none for a Consent about privacy that agrees to something and directs nothing."""
    codigos = [c["code"] for c in recurso["scope"].get("coding", ()) if "code" in c]
    politicas = {c.get("code") for c in recurso.get("policyRule", {}).get("coding", ())}
    if DIRECTIVA in codigos:
        return DIRECTIVA if "provision" in recurso or "OPTOUT" in politicas else ""
    return str(codigos[0])[:24] if codigos else ""


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

    @classmethod
    def tipo_de_reserva(cls) -> str:
        return "*"

    def categorias(self, recurso: Recurso, edad: Edad) -> Iterable[str]:
        """Of a complaint, or a request of ARCO rights, also this: it is not for who treats them.

        Of the bytes of a clinical document, what it tells.
        """
        propias = {*super().categorias(recurso, edad), *_del_documento(recurso, edad)}
        if es_arco(recurso):
            return [*propias, DE_DIRECTIVAS]
        return [*propias, DE_QUEJAS] if es_queja(recurso) else propias

    def derivar(self, recurso: Recurso) -> None:
        self.tipo = recurso["resourceType"]

    @property
    def tipo_fhir(self) -> str:
        return self.tipo


def _del_documento(recurso: Recurso, edad: Edad) -> Iterable[str]:
    """The categories of what a CDA tells, in its narrative and in its data."""
    if recurso["resourceType"] != "Binary" or "xml" not in recurso.get("contentType", ""):
        return ()
    try:
        leido = cda.leer(base64.b64decode(recurso.get("data", "")))
    except (cda.CdaInvalido, ValueError):
        return ()
    dichos: list[Recurso] = [{"resourceType": "Basic", "text": leido.palabras}]
    dichos += [dato.recurso for dato in cda.datos(leido)]
    return {categoria for dicho in dichos for categoria in etiquetar(dicho, edad=edad)}
