"""ORC, OBR, TQ1, SPM: what was asked for, and of which specimen."""

from collections.abc import Sequence

from interoperabilidad.hl7v2 import datos, tablas
from interoperabilidad.hl7v2.datos import Contexto, Recurso, limpio
from interoperabilidad.hl7v2.er7 import Segmento, Valor
from interoperabilidad.hl7v2.segmentos import PACIENTE


def numeros(orc: Segmento | None, obr: Segmento, contexto: Contexto) -> tuple[Recurso, Recurso]:
    """(placer's, filler's) order numbers as Identifiers, of OBR or else of ORC; each may be {}."""

    def de(campo: int, tipo: str) -> Recurso:
        valor = obr.valor(campo)
        if not valor and orc is not None:
            valor = orc.valor(campo)
        return datos.de_entidad(valor, contexto, tipo=tipo)

    return de(2, "PLAC"), de(3, "FILL")


def de_orden(
    orc: Segmento | None,
    obr: Segmento,
    tq1: Segmento | None,
    contexto: Contexto,
    *,
    encuentro: str,
    notas: Sequence[Segmento] = (),
) -> Recurso:
    """ORC and OBR (and TQ1) to ServiceRequest. Raises `DatoInvalido`."""
    pedida, atendida = numeros(orc, obr, contexto)
    grupo = orc.valor(4) if orc is not None and orc.valor(4) else Valor("", obr.delimitadores)
    solicitantes = [*obr.valores(16), *(orc.valores(12) if orc is not None else [])]
    solicitante = next((p for x in solicitantes if (p := datos.profesional(x, contexto))), {})
    prioridad = (tq1[9] if tq1 is not None else "") or obr.valor(27)[6] or obr[5]
    escrita = (orc[9] if orc is not None else "") or obr[6]
    return limpio(
        {
            "resourceType": "ServiceRequest",
            "identifier": [i for i in (pedida, atendida) if i],
            "requisition": datos.de_entidad(grupo, contexto),
            "status": _estado(orc),
            "intent": "order",
            "priority": tablas.PRIORIDAD.get(prioridad.upper(), ""),
            "code": datos.concepto(obr.valor(4)),
            "subject": {"reference": PACIENTE},
            "encounter": {"reference": encuentro} if encuentro else {},
            "occurrenceDateTime": datos.instante(obr[7], zona=contexto.zona),
            "authoredOn": datos.instante(escrita, zona=contexto.zona),
            "requester": solicitante,
            "reasonCode": [c for v in obr.valores(31) if (c := datos.concepto(v))]
            or ([{"text": obr.valor(13).entero}] if obr.valor(13) else []),
            "note": datos.notas(notas),
        }
    )


def _estado(orc: Segmento | None) -> str:
    if orc is None:
        return "active"
    por_control = tablas.ORDEN_POR_CONTROL.get(orc[1].upper(), "")
    return por_control or tablas.ESTADO_DE_ORDEN.get(orc[5].upper(), "active")


def de_spm(spm: Segmento, contexto: Contexto) -> Recurso:
    """SPM to Specimen."""
    asignado = spm.valor(2).componente(2) or spm.valor(2).componente(1)
    numero = asignado[1] or spm.valor(2)[1]
    tomado = datos.instante(spm.valor(17)[1], zona=contexto.zona)
    return limpio(
        {
            "resourceType": "Specimen",
            "identifier": [{"system": f"{datos.AJENO}muestra:{contexto.propio}", "value": numero}]
            if numero
            else [],
            "type": datos.concepto(spm.valor(4), tabla="0487") if spm.valor(4) else {},
            "subject": {"reference": PACIENTE},
            "receivedTime": datos.instante(spm[18], zona=contexto.zona),
            "collection": limpio(
                {
                    "collectedDateTime": tomado,
                    "bodySite": datos.concepto(spm.valor(8)) if spm.valor(8) else {},
                }
            ),
        }
    )
