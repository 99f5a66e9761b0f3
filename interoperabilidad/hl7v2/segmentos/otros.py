"""SCH and AI*, TXA, RXA, FT1, IN1: appointments, documents, vaccines, charges, coverage."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from interoperabilidad.hl7v2 import datos, tablas
from interoperabilidad.hl7v2.datos import Contexto, Recurso, limpio
from interoperabilidad.hl7v2.er7 import Segmento
from interoperabilidad.hl7v2.segmentos import PACIENTE

_MINUTOS = {"MIN": 1, "M": 1, "MINUTE": 1, "MINUTES": 1, "H": 60, "HR": 60, "HOUR": 60, "S": 1 / 60}


def de_cita(
    sch: Segmento,
    otros: Sequence[Segmento],
    contexto: Contexto,
    *,
    evento: str,
) -> Recurso:
    """SCH with TQ1, AIS, AIP, AIL, AIG and NTE to Appointment. Raises `DatoInvalido`."""
    pedida = datos.de_entidad(sch.valor(1), contexto, tipo="PLAC", de="cita")
    dada = datos.de_entidad(sch.valor(2), contexto, tipo="FILL", de="cita")
    estado = tablas.ESTADO_DE_CITA_SCH25.get(sch[25].upper(), "")
    if not estado or evento in ("S15", "S16", "S17", "S26"):
        estado = tablas.ESTADO_DE_CITA.get(evento, "booked")
    inicio, fin = _horario(sch, otros, contexto)
    servicios = [
        c
        for ais in otros
        if ais.nombre == "AIS" and ais.valor(3)
        if (c := datos.concepto(ais.valor(3)))
    ]
    motivos = [datos.concepto(sch.valor(n), tabla=t) for n, t in ((7, "0276"), (6, "")) if sch[n]]
    comentarios = "\n".join(n["text"] for n in datos.notas(s for s in otros if s.nombre == "NTE"))
    cita = limpio(
        {
            "resourceType": "Appointment",
            "identifier": [n for n in (pedida, dada) if n],
            "status": estado,
            "appointmentType": datos.concepto(sch.valor(8), tabla="0277") if sch.valor(8) else {},
            "serviceType": servicios,
            "reasonCode": [m for m in motivos if m][:1],
            "description": next((m.get("text", "") for m in motivos if m), ""),
            "start": inicio,
            "end": fin,
            "comment": comentarios,
            "participant": [
                {"actor": {"reference": PACIENTE}, "status": "accepted"},
                *_participantes(otros, contexto),
            ],
        }
    )
    if estado == "cancelled" and motivos:
        cita["cancelationReason"] = motivos[-1] or {"text": "Cancelada"}
    if estado not in ("cancelled", "waitlist", "proposed") and not (inicio and fin):
        raise datos.DatoInvalido("la cita no dice cuándo empieza y termina (TQ1-7 o AIS-4)")
    return cita


def _horario(sch: Segmento, otros: Sequence[Segmento], contexto: Contexto) -> tuple[str, str]:
    """(start, end) as instants: of TQ1, of SCH-11 or of the first AIS, AIP or AIL that says."""
    candidatos = [(s[7], s[8], "", "") for s in otros if s.nombre == "TQ1"]
    candidatos.append((sch.valor(11)[4], sch.valor(11)[5], sch[9], sch.valor(10)[1]))
    lugares = {"AIS": (4, 7, 8), "AIP": (6, 9, 10), "AIL": (6, 9, 10), "AIG": (8, 11, 12)}
    for s in otros:
        if s.nombre in lugares:
            empieza, dura, en = lugares[s.nombre]
            candidatos.append((s[empieza], "", s[dura], s[en]))
    for desde, hasta, duracion, unidad in candidatos:
        inicio = datos.instante(desde, zona=contexto.zona)
        if "T" not in inicio:
            continue
        fin = datos.instante(hasta, zona=contexto.zona)
        if "T" not in fin:
            minutos = datos.numero(duracion or sch[9]) or 0
            factor = _MINUTOS.get((unidad or sch.valor(10)[1]).upper(), 1)
            paso = timedelta(minutes=min(float(minutos) * factor, 24 * 60))
            fin = (datetime.fromisoformat(inicio) + paso).isoformat() if paso else inicio
        if datetime.fromisoformat(fin) >= datetime.fromisoformat(inicio):
            return inicio, fin
    return "", ""


def _participantes(otros: Iterable[Segmento], contexto: Contexto) -> list[Recurso]:
    actores: list[Recurso] = []
    for s in otros:
        if s.nombre == "AIP":
            actores += [p for x in s.valores(3) if (p := datos.profesional(x, contexto))]
        elif s.nombre == "AIL":
            actores += [p for x in s.valores(3) if (p := datos.lugar(x))]
        elif s.nombre == "AIG" and (recurso := datos.concepto(s.valor(3)) if s[3] else {}):
            palabras = recurso.get("text") or s[3]
            actores.append({"display": palabras})
    unicos = {str(sorted(a.items(), key=lambda i: i[0])): a for a in actores}
    return [{"actor": actor, "status": "accepted"} for actor in unicos.values()]


def de_txa(txa: Segmento, contexto: Contexto, *, encuentro: str, anulado: bool) -> Recurso:
    """TXA to DocumentReference, but for its content. Raises `DatoInvalido`."""
    unico = datos.de_entidad(txa.valor(12), contexto, de="documento")
    padre = datos.de_entidad(txa.valor(13), contexto, de="documento")
    escrito = txa[4] or txa[7] or txa[6]
    momento = datos.instante(escrito, zona=contexto.zona)
    return limpio(
        {
            "resourceType": "DocumentReference",
            "masterIdentifier": unico,
            "identifier": [unico] if unico else [],
            "status": "entered-in-error" if anulado else "current",
            "docStatus": tablas.ESTADO_DE_DOCUMENTO.get(txa[17].upper(), ""),
            "type": datos.concepto(txa.valor(2), tabla="0270"),
            "subject": {"reference": PACIENTE},
            "date": momento if "T" in momento else "",
            "author": [p for x in txa.valores(9) if (p := datos.profesional(x, contexto))],
            "authenticator": datos.profesional(txa.valor(22), contexto) if txa.valor(22) else {},
            "description": txa[16] or txa.valor(25).entero,
            "context": {"encounter": [{"reference": encuentro}]} if encuentro else {},
            "relatesTo": [{"code": "appends", "target": {"identifier": padre}}] if padre else [],
        }
    )


def de_rxa(
    rxa: Segmento,
    rxr: Segmento | None,
    orc: Segmento | None,
    contexto: Contexto,
    *,
    notas: Sequence[Segmento] = (),
) -> Recurso:
    """RXA (with RXR) to Immunization. Raises `DatoInvalido`."""
    numero = (
        datos.de_entidad(orc.valor(3), contexto, tipo="FILL", de="dosis") if orc is not None else {}
    )
    estado = tablas.ESTADO_DE_VACUNA.get(rxa[20].upper(), "completed")
    if rxa[21].upper() == "D":
        estado = "entered-in-error"
    cantidad = datos.numero(rxa[6])
    quien = next((p for x in rxa.valores(10) if (p := datos.profesional(x, contexto))), {})
    ocurrio = datos.instante(rxa[3], zona=contexto.zona)
    caduca = datos.fecha(rxa[16])
    return limpio(
        {
            "resourceType": "Immunization",
            "identifier": [numero] if numero else [],
            "status": estado,
            "statusReason": datos.concepto(rxa.valor(18))
            if estado == "not-done" and rxa.valor(18)
            else {},
            "vaccineCode": datos.concepto(rxa.valor(5), tabla="0292"),
            "patient": {"reference": PACIENTE},
            **({"occurrenceDateTime": ocurrio} if ocurrio else {"occurrenceString": "sin fecha"}),
            # Not given where it is not said to be new (table NIP001: 00).
            "primarySource": rxa[9] in ("", "00"),
            "lotNumber": rxa[15],
            "expirationDate": caduca if len(caduca) == 10 else "",
            "manufacturer": {"display": m} if (m := rxa.valor(17)[2] or rxa.valor(17)[1]) else {},
            "doseQuantity": {"value": cantidad, **datos.unidad(rxa.valor(7))}
            if cantidad is not None and cantidad not in (999, 0)
            else {},
            "performer": [{"actor": quien}] if quien else [],
            "route": datos.concepto(rxr.valor(1), tabla="0162") if rxr and rxr.valor(1) else {},
            "site": datos.concepto(rxr.valor(2), tabla="0163") if rxr and rxr.valor(2) else {},
            "note": datos.notas(notas),
        }
    )


def de_ft1(ft1: Segmento, contexto: Contexto, *, encuentro: str) -> Recurso:
    """FT1 to ChargeItem: an administrative fact. Raises `DatoInvalido`."""
    cantidad, importe = datos.numero(ft1[10]), datos.numero(ft1.valor(11).componente(1)[1])
    moneda = ft1.valor(11).componente(1)[2].upper()
    cuando = ft1.valor(4)[1]
    return limpio(
        {
            "resourceType": "ChargeItem",
            "identifier": [{"system": f"{datos.AJENO}cargo:{contexto.propio}", "value": ft1[2]}]
            if ft1[2]
            else [],
            "status": "entered-in-error" if ft1[6].upper() == "CR" else "billable",
            "code": datos.concepto(ft1.valor(7), tabla="0132"),
            "subject": {"reference": PACIENTE},
            "context": {"reference": encuentro} if encuentro else {},
            "occurrenceDateTime": datos.instante(cuando, zona=contexto.zona),
            "quantity": {"value": cantidad} if cantidad is not None else {},
            "priceOverride": {"value": importe, "currency": moneda or "MXN"}
            if importe is not None and (len(moneda) == 3 or not moneda)
            else {},
        }
    )


def de_in1(in1: Segmento, contexto: Contexto) -> Recurso:
    """IN1 to Coverage; nothing when it names no payer."""
    pagador = in1.valor(4)[1] or in1.valor(2)[2] or in1[3]
    if not pagador:
        return {}
    return limpio(
        {
            "resourceType": "Coverage",
            "identifier": [{"system": f"{datos.AJENO}poliza:{contexto.propio}", "value": in1[36]}]
            if in1[36]
            else [],
            "status": "active",
            "type": datos.concepto(in1.valor(15), tabla="0086") if in1.valor(15) else {},
            "subscriberId": in1.valor(49)[1],
            "beneficiary": {"reference": PACIENTE},
            "relationship": datos.concepto(in1.valor(17), tabla="0063") if in1.valor(17) else {},
            "period": limpio({"start": datos.fecha(in1[12]), "end": datos.fecha(in1[13])}),
            "payor": [{"display": pagador}],
        }
    )
