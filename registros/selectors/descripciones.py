"""Any FHIR resource in a line and a half of Spanish, for lists and timelines."""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_noop as _

from ece import fhir
from registros.catalogos import procedencias
from registros.catalogos.aportaciones import APORTADO, es_aportado
from registros.catalogos.dichos import leido
from registros.models.base import Recurso
from registros.models.carta import tipo_de


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
    "FamilyMemberHistory": _("Antecedente"),
    "EpisodeOfCare": _("Episodio"),
    "Device": _("Dispositivo"),
    "MedicationAdministration": _("Ministración"),
    "MedicationStatement": _("Medicación declarada"),
    "ServiceRequest": _("Orden"),
    "Specimen": _("Muestra"),
    "Task": _("Pendiente"),
    "QuestionnaireResponse": _("Cuestionario"),
    "RelatedPerson": _("Familiar"),
    "Consent": _("Consentimiento"),
    "AuditEvent": _("Constancia de acceso"),
    "Communication": _("Comunicación"),
    "Basic": _("Otro dato"),
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
    """Title and detail of a resource of any type; what another institution sent says so."""
    dicho = _describir(recurso)
    origen = procedencias.recibido_de(recurso)
    if not origen:
        return dicho
    recibido = gettext("recibido de %(origen)s") % {"origen": origen}
    return Descripcion(dicho.titulo, " · ".join(p for p in (dicho.detalle, recibido) if p))


def _describir(recurso: Recurso) -> Descripcion:
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
    return Descripcion(tipo, leido(fhir.texto(_uno(recurso.get("reasonCode")))))


def _constancia(recurso: Recurso) -> Descripcion:
    propositos = [c.get("code") for p in recurso.get("purposeOfEvent", ()) for c in p["coding"]]
    quien = _uno(recurso.get("agent")).get("who", {}).get("display", "")
    titulo = _("Acceso de emergencia") if "BTG" in propositos else CLASES["AuditEvent"]
    return Descripcion(titulo, quien)


def _nota(recurso: Recurso) -> Descripcion:
    autor = _uno(recurso.get("author")).get("display", "")
    return Descripcion(leido(recurso["title"]), autor)


def _observacion(recurso: Recurso) -> Descripcion:
    sentido = fhir.texto(_uno(recurso.get("interpretation"))) if "valueInteger" in recurso else ""
    partes = (_valor_leido(recurso), sentido, _procedencia(recurso))
    return Descripcion(fhir.texto(recurso["code"]), " · ".join(parte for parte in partes if parte))


def _valor_leido(recurso: Recurso) -> str:
    """`valor`, which services write in other records and so keeps its words, for who reads it."""
    if "valueBoolean" in recurso:
        return gettext(valor(recurso))
    cantidad = recurso.get("valueQuantity", {})
    if unidad := cantidad.get("unit"):
        recurso = {**recurso, "valueQuantity": {**cantidad, "unit": leido(unidad)}}
    return valor(recurso)


def _procedencia(recurso: Recurso) -> str:
    return str(gettext(APORTADO)) if es_aportado(recurso) else ""


def _familiar(recurso: Recurso) -> Descripcion:
    padece = [fhir.texto(c["code"]) for c in recurso.get("condition", ())]
    return Descripcion(fhir.texto(recurso["relationship"]), ", ".join(padece))


def _receta(recurso: Recurso) -> Descripcion:
    medicamento = fhir.texto(recurso.get("medicationCodeableConcept", {}))
    if not medicamento:
        medicamento = recurso.get("medicationReference", {}).get("display", "Medicamento")
    dosis = recurso.get("dosageInstruction") or recurso.get("dosage")
    return Descripcion(medicamento, _uno(dosis).get("text", ""))


def _informe(recurso: Recurso) -> Descripcion:
    cuantos = len(recurso.get("result", ()))
    detalle = recurso.get("conclusion", "") or ngettext("%(n)s valor", "%(n)s valores", cuantos) % {
        "n": cuantos
    }
    return Descripcion(fhir.texto(recurso["code"]), detalle)


def _consentimiento(recurso: Recurso) -> Descripcion:
    """A letter by its title; what directs who sees the record says so."""
    carta = tipo_de(recurso)
    if carta is not None:
        return Descripcion(gettext(carta.titulo))
    ambitos = {c.get("code") for c in recurso.get("scope", {}).get("coding", ())}
    dirige = "patient-privacy" in ambitos and "provision" in recurso
    return Descripcion(_("Quién puede ver el expediente") if dirige else CLASES["Consent"])


def _alergia(recurso: Recurso) -> Descripcion:
    reaccion = _uno(recurso.get("reaction"))
    return Descripcion(
        fhir.texto(recurso.get("code", {})), fhir.texto(_uno(reaccion.get("manifestation")))
    )


def _cita(recurso: Recurso) -> Descripcion:
    return Descripcion(recurso.get("description", "") or "Cita")


def _documento(recurso: Recurso) -> Descripcion:
    clase = fhir.texto(_uno(recurso.get("type")))
    origen = _uno(recurso.get("custodian")).get("display", "")
    detalle = ", ".join(parte for parte in (clase, origen, _procedencia(recurso)) if parte)
    return Descripcion(recurso.get("description", "") or clase or "Documento", detalle)


def _orden(recurso: Recurso) -> Descripcion:
    solicitante = _uno(recurso.get("requester")).get("display", "")
    return Descripcion(fhir.texto(_uno(recurso.get("code"))) or "Solicitud", solicitante)


def titulo_de_tarea(recurso: Recurso) -> str:
    """What a Task asks for, in the reader's language when it is one of ours; may be empty."""
    return leido(str(recurso.get("description", "")))


def _tarea(recurso: Recurso) -> Descripcion:
    titulo = titulo_de_tarea(recurso) or fhir.texto(_uno(recurso.get("code"))) or CLASES["Task"]
    return Descripcion(titulo, _uno(recurso.get("owner")).get("display", ""))


_ESPECIALES: dict[str, Callable[[Recurso], Descripcion]] = {
    "Encounter": _encuentro,
    "Composition": _nota,
    "Observation": _observacion,
    "MedicationRequest": _receta,
    "MedicationStatement": _receta,
    "DiagnosticReport": _informe,
    "AllergyIntolerance": _alergia,
    "FamilyMemberHistory": _familiar,
    "Appointment": _cita,
    "DocumentReference": _documento,
    "ServiceRequest": _orden,
    "Task": _tarea,
    "Consent": _consentimiento,
    "AuditEvent": _constancia,
}
