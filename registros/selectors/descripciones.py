"""Any FHIR resource in a line and a half of Spanish, for lists and timelines."""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_noop as _

from ece import fhir
from registros.models.base import Recurso


@dataclass(frozen=True, slots=True)
class Descripcion:
    titulo: str
    detalle: str = ""


CLASES: dict[str, str] = {
    "Encounter": _("Encuentro"),
    "Composition": _("Nota"),
    "Observation": _("Medición"),
    "Condition": _("Diagnóstico"),
    "AllergyIntolerance": _("Alergia"),
    "MedicationRequest": _("Medicamento"),
    "DiagnosticReport": _("Resultado"),
    "Appointment": _("Cita"),
    "Procedure": _("Procedimiento"),
    "Immunization": _("Vacuna"),
    "CarePlan": _("Plan de cuidados"),
    "CareTeam": _("Equipo de atención"),
    "Goal": _("Meta"),
    "ImagingStudy": _("Estudio de imagen"),
    "DocumentReference": _("Documento"),
    "Claim": _("Reclamación"),
    "ExplanationOfBenefit": _("Liquidación"),
    "Patient": _("Identificación"),
    "FamilyMemberHistory": _("Antecedente familiar"),
    "Device": _("Dispositivo"),
    "MedicationAdministration": _("Ministración"),
    "MedicationStatement": _("Medicación declarada"),
    "ServiceRequest": _("Solicitud de servicio"),
    "QuestionnaireResponse": _("Cuestionario"),
}
"""What each type is called where people read it; others go by their FHIR name."""

CIFRAS = 2


def numero(valor: object) -> str:
    """A quantity's figure with at most two decimals, as people write it."""
    cifra = Decimal(str(valor))
    redondeada = round(cifra, CIFRAS) if -cifra.as_tuple().exponent > CIFRAS else cifra  # type: ignore[operator]
    return (
        f"{redondeada.normalize():f}" if redondeada == redondeada.to_integral() else f"{redondeada}"
    )


def valor(recurso: Recurso) -> str:
    """The value of an Observation (or of one of its components), in words."""
    if cantidad := recurso.get("valueQuantity"):
        unidad = cantidad.get("unit") or cantidad.get("code") or ""
        return f"{numero(cantidad['value'])} {unidad}".strip() if "value" in cantidad else unidad
    if concepto := recurso.get("valueCodeableConcept"):
        return fhir.texto(concepto)
    for clave in ("valueString", "valueDateTime", "valueTime", "valueInteger"):
        if clave in recurso:
            return str(recurso[clave])
    if "valueBoolean" in recurso:
        return "Sí" if recurso["valueBoolean"] else "No"
    if componentes := recurso.get("component"):
        return _componentes(componentes)
    return ""


def _componentes(componentes: list[Recurso]) -> str:
    codigos = {c["code"].get("coding", [{}])[0].get("code", ""): c for c in componentes}
    if "8480-6" in codigos and "8462-4" in codigos:
        presion = (codigos["8480-6"], codigos["8462-4"])
        cifras = [numero(c["valueQuantity"]["value"]) for c in presion if "valueQuantity" in c]
        return "/".join(cifras) + " mmHg"
    return "; ".join(f"{fhir.texto(c['code'])}: {valor(c)}" for c in componentes)


def describir(recurso: Recurso) -> Descripcion:
    """Title and detail of a resource of any type."""
    especial = _ESPECIALES.get(recurso["resourceType"])
    if especial is not None:
        return especial(recurso)
    concepto: Any = next(
        (recurso[c] for c in ("code", "vaccineCode", "type", "description") if c in recurso), {}
    )
    titulo = concepto if isinstance(concepto, str) else fhir.texto(_uno(concepto))
    clase: str = recurso["resourceType"]
    return Descripcion(titulo or CLASES.get(clase, clase))


def _uno(concepto: object) -> Recurso:
    if isinstance(concepto, list):
        concepto = concepto[0] if concepto else {}
    return concepto if isinstance(concepto, dict) else {}


def _encuentro(recurso: Recurso) -> Descripcion:
    clase = {"AMB": _("Consulta externa"), "EMER": _("Urgencias"), "IMP": _("Hospitalización")}.get(
        recurso["class"].get("code", ""), ""
    )
    tipo = fhir.texto(_uno(recurso.get("type"))) or clase or "Encuentro"
    return Descripcion(tipo, fhir.texto(_uno(recurso.get("reasonCode"))))


def _nota(recurso: Recurso) -> Descripcion:
    autor = _uno(recurso.get("author")).get("display", "")
    return Descripcion(recurso["title"], autor)


def _observacion(recurso: Recurso) -> Descripcion:
    return Descripcion(fhir.texto(recurso["code"]), valor(recurso))


def _receta(recurso: Recurso) -> Descripcion:
    medicamento = fhir.texto(recurso.get("medicationCodeableConcept", {}))
    if not medicamento:
        medicamento = recurso.get("medicationReference", {}).get("display", "Medicamento")
    return Descripcion(medicamento, _uno(recurso.get("dosageInstruction")).get("text", ""))


def _informe(recurso: Recurso) -> Descripcion:
    detalle = recurso.get("conclusion", "") or f"{len(recurso.get('result', ()))} valores"
    return Descripcion(fhir.texto(recurso["code"]), detalle)


def _alergia(recurso: Recurso) -> Descripcion:
    reaccion = _uno(recurso.get("reaction"))
    return Descripcion(
        fhir.texto(recurso.get("code", {})), fhir.texto(_uno(reaccion.get("manifestation")))
    )


def _cita(recurso: Recurso) -> Descripcion:
    return Descripcion(recurso.get("description", "") or "Cita")


_ESPECIALES: dict[str, Callable[[Recurso], Descripcion]] = {
    "Encounter": _encuentro,
    "Composition": _nota,
    "Observation": _observacion,
    "MedicationRequest": _receta,
    "DiagnosticReport": _informe,
    "AllergyIntolerance": _alergia,
    "Appointment": _cita,
}
