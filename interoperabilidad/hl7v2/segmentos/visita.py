"""PV1, PV2: the visit."""

from interoperabilidad.hl7v2 import datos, tablas
from interoperabilidad.hl7v2.datos import Contexto, Recurso, limpio
from interoperabilidad.hl7v2.er7 import Segmento
from interoperabilidad.hl7v2.segmentos import PACIENTE

_PAPELES = ((7, "ATND"), (8, "REF"), (9, "CON"), (17, "ADM"), (52, "PART"))
_LUGARES = ((3, "active"), (6, "completed"), (11, "active"), (42, "reserved"), (43, "completed"))

ESTADO_POR_EVENTO = {
    "A01": "in-progress",
    "A02": "in-progress",
    "A03": "finished",
    "A04": "in-progress",
    "A05": "planned",
    "A06": "in-progress",
    "A07": "in-progress",
    "A11": "cancelled",
    "A12": "in-progress",
    "A13": "in-progress",
}
"""What an event makes of the visit; another one (A08) takes it from PV1 alone."""
REABREN = frozenset({"A13"})


def numero_de(pv1: Segmento, contexto: Contexto) -> Recurso:
    """The identifier of the visit (PV1-19), or nothing."""
    visita = datos.identificador(pv1.valor(19), contexto)
    if not visita:
        return {}
    # A visit's number is no patient's, though the same authority give both.
    sistema = visita["system"]
    if sistema.startswith(f"{datos.AJENO}id:"):
        sistema = sistema.replace(f"{datos.AJENO}id:", f"{datos.AJENO}visita:")
    tipo = {"coding": [{"system": f"{tablas.V2}0203", "code": "VN"}]}
    return {"type": tipo, "system": sistema, "value": visita["value"]}


def de_pv1(
    pv1: Segmento, pv2: Segmento | None, contexto: Contexto, *, evento: str, ocurrio: str = ""
) -> Recurso:
    """PV1 (and PV2) to Encounter; `ocurrio` (EVN-6 or EVN-2) dates what PV1 does not.

    Raises `DatoInvalido`.
    """
    codigo, palabras = tablas.CLASE.get(pv1[2].upper(), ("AMB", "ambulatory"))
    inicio = datos.instante(pv1[44], zona=contexto.zona)
    fin = datos.instante(pv1[45], zona=contexto.zona)
    estado = ESTADO_POR_EVENTO.get(evento, "")
    if not estado:
        estado = "finished" if fin else "planned" if pv1[2].upper() == "P" else "in-progress"
    if not inicio and evento in ("A01", "A04"):
        inicio = ocurrio
    if not fin and estado == "finished":
        fin = ocurrio
    if evento in REABREN:
        fin = ""
    alterno = datos.identificador(pv1.valor(50), contexto)
    encuentro = limpio(
        {
            "resourceType": "Encounter",
            "identifier": [x for x in (numero_de(pv1, contexto), alterno) if x],
            "status": estado,
            "class": {"system": f"{tablas.V3}ActCode", "code": codigo, "display": palabras},
            "type": [t for v in pv1.valores(4) if (t := datos.concepto(v, tabla="0007"))],
            "serviceType": datos.concepto(pv1.valor(10), tabla="0069") if pv1.valor(10) else {},
            "subject": {"reference": PACIENTE},
            "participant": [
                {
                    "type": [
                        {"coding": [{"system": f"{tablas.V3}ParticipationType", "code": papel}]}
                    ],
                    "individual": quien,
                }
                for numero, papel in _PAPELES
                for xcn in pv1.valores(numero)
                if (quien := datos.profesional(xcn, contexto))
            ],
            "period": limpio({"start": inicio, "end": fin}),
            "hospitalization": _hospitalizacion(pv1, contexto),
            "location": [
                {"location": sitio, "status": "planned" if estado == "planned" else marca}
                for numero, marca in _LUGARES
                if (sitio := datos.lugar(pv1.valor(numero)))
            ],
        }
    )
    if pv2 is not None and (motivo := datos.concepto(pv2.valor(3)) if pv2.valor(3) else {}):
        encuentro["reasonCode"] = [motivo]
    return encuentro


def _hospitalizacion(pv1: Segmento, contexto: Contexto) -> Recurso:
    destino = datos.concepto(pv1.valor(37), tabla="0113") if pv1.valor(37) else {}
    return limpio(
        {
            "preAdmissionIdentifier": datos.identificador(pv1.valor(5), contexto),
            "reAdmission": datos.concepto(pv1.valor(13), tabla="0092") if pv1.valor(13) else {},
            "admitSource": datos.concepto(pv1.valor(14), tabla="0023") if pv1.valor(14) else {},
            "specialCourtesy": [
                c for v in pv1.valores(16) if (c := datos.concepto(v, tabla="0099"))
            ],
            "dischargeDisposition": datos.concepto(pv1.valor(36), tabla="0112")
            if pv1.valor(36)
            else {},
            "destination": {"display": destino["text"]} if destino.get("text") else {},
        }
    )


def sobre(anterior: Recurso, nuevo: Recurso, *, evento: str) -> Recurso:
    """The visit as `evento` leaves it: what the message says over what was known.

    A visit that ended is not opened again by what only describes it.
    """
    junto = {**anterior, **nuevo}
    junto["identifier"] = _unidos(anterior.get("identifier", []), nuevo.get("identifier", []))
    periodo = {**anterior.get("period", {}), **nuevo.get("period", {})}
    if evento in REABREN:
        periodo.pop("end", None)
    if evento not in ESTADO_POR_EVENTO and "end" not in nuevo.get("period", {}):
        junto["status"] = anterior.get("status", junto["status"])
    if periodo:
        junto["period"] = periodo
    return junto


def _unidos(unos: list[Recurso], otros: list[Recurso]) -> list[Recurso]:
    return list({(i.get("system"), i.get("value")): i for i in (*unos, *otros)}.values())
