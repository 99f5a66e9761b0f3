"""AL1, IAM, DG1, PR1, PRB: what is known of the patient's health."""

from interoperabilidad.hl7v2 import datos, tablas
from interoperabilidad.hl7v2.datos import Contexto, Recurso, limpio
from interoperabilidad.hl7v2.er7 import Segmento
from interoperabilidad.hl7v2.segmentos import PACIENTE

_CLINICO = "http://terminology.hl7.org/CodeSystem/allergyintolerance-clinical"
_VERIFICACION = "http://terminology.hl7.org/CodeSystem/allergyintolerance-verification"
_CONDICION = "http://terminology.hl7.org/CodeSystem/condition-clinical"
_CONDICION_VERIFICACION = "http://terminology.hl7.org/CodeSystem/condition-ver-status"
_CATEGORIA = "http://terminology.hl7.org/CodeSystem/condition-category"


def de_al1(al1: Segmento, contexto: Contexto) -> Recurso:
    """AL1 to AllergyIntolerance."""
    return limpio(
        {
            **_alergia(datos.concepto(al1.valor(3)), al1[2], al1[4]),
            "reaction": _reacciones(al1, 5, al1[4]),
            "onsetDateTime": datos.instante(al1[6], zona=contexto.zona),
        }
    )


def de_iam(iam: Segmento, contexto: Contexto) -> Recurso:
    """IAM to AllergyIntolerance; its action code (IAM-6) may take one away."""
    recurso = {
        **_alergia(datos.concepto(iam.valor(3)), iam[2], iam[4]),
        "reaction": _reacciones(iam, 5, iam[4]),
        "identifier": [i] if (i := datos.de_entidad(iam.valor(7), contexto, de="alergia")) else [],
        "onsetDateTime": datos.instante(iam[11], zona=contexto.zona),
        "recordedDate": datos.instante(iam[13], zona=contexto.zona),
    }
    if iam[6].upper() == "D":
        recurso["clinicalStatus"] = _de(_CLINICO, "inactive")
    if iam[17].upper() == "E":
        recurso.pop("clinicalStatus")
        recurso["verificationStatus"] = _de(_VERIFICACION, "entered-in-error")
    return limpio(recurso)


def _alergia(codigo: Recurso, tipo: str, gravedad: str) -> Recurso:
    categoria = tablas.CATEGORIA_DE_ALERGIA.get(tipo.upper())
    return {
        "resourceType": "AllergyIntolerance",
        "clinicalStatus": _de(_CLINICO, "active"),
        "verificationStatus": _de(_VERIFICACION, "unconfirmed"),
        "category": [categoria] if categoria else [],
        "criticality": tablas.CRITICIDAD.get(gravedad.upper(), ""),
        "code": codigo,
        "patient": {"reference": PACIENTE},
    }


def _reacciones(segmento: Segmento, campo: int, gravedad: str) -> list[Recurso]:
    manifestaciones = [
        {"text": texto} for v in segmento.valores(campo) if (texto := v[2] or v.entero)
    ]
    if not manifestaciones:
        return []
    return [
        limpio(
            {
                "manifestation": manifestaciones,
                "severity": tablas.GRAVEDAD.get(gravedad.upper(), ""),
            }
        )
    ]


def de_dg1(dg1: Segmento, contexto: Contexto, *, encuentro: str) -> Recurso:
    """DG1 to Condition; nothing when it names none."""
    codigo = datos.concepto(dg1.valor(3)) if dg1.valor(3) else {}
    if not codigo and dg1[4]:
        codigo = {"text": dg1[4]}
    if not codigo:
        return {}
    anulado = dg1[21].upper() == "D"
    de_trabajo = dg1[6].upper() in ("W", "A")
    verificacion = "entered-in-error" if anulado else "provisional" if de_trabajo else "confirmed"
    return limpio(
        {
            "resourceType": "Condition",
            "clinicalStatus": {} if anulado else _de(_CONDICION, "active"),
            "verificationStatus": _de(_CONDICION_VERIFICACION, verificacion),
            "category": [_de(_CATEGORIA, "encounter-diagnosis")],
            "code": codigo,
            "subject": {"reference": PACIENTE},
            "encounter": {"reference": encuentro} if encuentro else {},
            "onsetDateTime": datos.instante(dg1[5], zona=contexto.zona),
            "recordedDate": datos.instante(dg1[19], zona=contexto.zona),
        }
    )


def de_pr1(pr1: Segmento, contexto: Contexto, *, encuentro: str) -> Recurso:
    """PR1 to Procedure; nothing when it names none."""
    codigo = datos.concepto(pr1.valor(3)) if pr1.valor(3) else {}
    if not codigo and pr1[4]:
        codigo = {"text": pr1[4]}
    if not codigo:
        return {}
    return limpio(
        {
            "resourceType": "Procedure",
            "status": "completed",
            "code": codigo,
            "subject": {"reference": PACIENTE},
            "encounter": {"reference": encuentro} if encuentro else {},
            "performedDateTime": datos.instante(pr1[5], zona=contexto.zona),
        }
    )


def de_prb(prb: Segmento, contexto: Contexto) -> Recurso:
    """PRB (of PPR) to a Condition of the problem list."""
    estado = tablas.ESTADO_DE_PROBLEMA.get(prb.valor(14)[1].upper(), "")
    if not estado:
        estado = tablas.ESTADO_DE_PROBLEMA.get(prb[13].upper(), "active")
    anulado = prb[1].upper() == "DE"
    return limpio(
        {
            "resourceType": "Condition",
            "identifier": [i]
            if (i := datos.de_entidad(prb.valor(4), contexto, de="problema"))
            else [],
            "clinicalStatus": {} if anulado else _de(_CONDICION, estado),
            "verificationStatus": _de(
                _CONDICION_VERIFICACION, "entered-in-error" if anulado else "confirmed"
            ),
            "category": [_de(_CATEGORIA, "problem-list-item")],
            "code": datos.concepto(prb.valor(3)),
            "subject": {"reference": PACIENTE},
            "onsetDateTime": datos.instante(prb[16], zona=contexto.zona),
            "recordedDate": datos.instante(prb[2], zona=contexto.zona),
            **(
                {"abatementDateTime": datos.instante(prb[9], zona=contexto.zona)}
                if estado == "resolved" and not anulado
                else {}
            ),
        }
    )


def _de(sistema: str, codigo: str) -> Recurso:
    return {"coding": [{"system": sistema, "code": codigo}]}
