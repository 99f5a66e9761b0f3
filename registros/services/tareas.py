"""What waits for somebody's answer: results to acknowledge, critical values to act upon."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from auditoria.actos import Acto, acto
from auditoria.tipos import TipoDeEvento
from ece import fhir
from ece.nucleo.acceso import Acceso
from ece.nucleo.roles import Permiso
from registros.catalogos import dichos
from registros.models import Orden, Tarea
from registros.models.base import Recurso
from registros.models.orden import Avance
from registros.models.tarea import CRITICO, PENDIENTES, RESULTADO, SISTEMA
from registros.services import ordenes


class TareaInexistente(Exception):
    """There is no such task of this patient."""


class TareaYaRespondida(Exception):
    """Somebody answered it before."""


class FaltaQueSeHizo(Exception):
    """A critical value is answered with what was done about it."""


class RelecturaDistinta(Exception):
    """What was read back is not what was reported; `nombre` says of what."""

    def __init__(self, nombre: str) -> None:
        super().__init__(nombre)
        self.nombre = nombre


def poner(
    el_acto: Acto,
    acceso: Acceso,
    *,
    orden: Orden,
    informe: UUID,
    criticos: Mapping[str, str],
    unidad: UUID | None,
    ahora: datetime,
) -> None:
    """In the act of a report: the task of acknowledging it, in place of one still unanswered."""
    clave = CRITICO if criticos else RESULTADO
    recurso: Recurso = {
        "resourceType": "Task",
        "status": "requested",
        "intent": "order",
        "priority": "stat" if criticos else "routine",
        "code": {"coding": [{"system": SISTEMA, "code": clave}]},
        "basedOn": [{"reference": f"ServiceRequest/{orden.id}"}],
        "focus": {"reference": f"DiagnosticReport/{informe}"},
        "for": {"reference": f"Patient/{acceso.paciente}"},
        "description": orden.estudio,
        "authoredOn": ahora.isoformat(timespec="seconds"),
        "requester": ordenes.autor(acceso),
    }
    if criticos:
        recurso["input"] = [{"type": {"text": n}, "valueString": v} for n, v in criticos.items()]
    if orden.encuentro is not None:
        recurso["encounter"] = {"reference": f"Encounter/{orden.encuentro}"}
    if orden.solicitante is not None:
        recurso["owner"] = orden.recurso["requester"]
    if unidad is not None:
        recurso["location"] = {"reference": f"Location/{unidad}"}
    for pendiente in Tarea.objects.de(acceso).con_estado(*PENDIENTES):
        if pendiente.informe == informe:
            el_acto.reemplazar(pendiente.siguiente(acceso, recurso, ahora=ahora))
            return
    el_acto.insertar(Tarea.nuevo(acceso, recurso, ahora=ahora))


def responder(
    acceso: Acceso,
    *,
    tarea_id: UUID,
    que_se_hizo: str,
    releidos: Mapping[str, str],
    ahora: datetime,
) -> None:
    """Acknowledge a result. A critical value also asks what was done, and is read back.

    `releidos`: name of what was measured -> its figure as whoever answers read it. Raises
    `TareaInexistente`, `TareaYaRespondida`, `FaltaQueSeHizo`, `RelecturaDistinta`.
    """
    acceso.exigir(Permiso.RESULTADO_ACUSAR)
    tarea = Tarea.objects.uno(acceso, tarea_id)
    if tarea is None:
        raise TareaInexistente(str(tarea_id))
    if not tarea.pendiente:
        raise TareaYaRespondida(str(tarea_id))
    if tarea.critica:
        if not que_se_hizo.strip():
            raise FaltaQueSeHizo
        for nombre, valor in tarea.criticos.items():
            if not _igual(releidos.get(nombre, ""), valor):
                raise RelecturaDistinta(nombre)
    tipo = TipoDeEvento.CRITICO_RESPONDIDO if tarea.critica else TipoDeEvento.RESULTADO_ACUSADO
    recurso = {
        **tarea.recurso,
        "status": "completed",
        "lastModified": ahora.isoformat(timespec="seconds"),
        "output": [{"type": {"text": dichos.RESPONDIO}, "valueReference": ordenes.autor(acceso)}],
    }
    salidas = [(dichos.QUE_SE_HIZO, que_se_hizo.strip())]
    salidas += [(f"{dichos.RELECTURA}: {n}", v) for n, v in tarea.criticos.items()]
    recurso["output"] += [{"type": {"text": n}, "valueString": v} for n, v in salidas if v]
    with acto(acceso, tipo=tipo, ahora=ahora) as el_acto:
        el_acto.reemplazar(tarea.siguiente(acceso, recurso, ahora=ahora))
        orden = Orden.objects.uno(acceso, tarea.orden) if tarea.orden else None
        if orden is not None and orden.avance is Avance.INFORMADA:
            acusada = ordenes.con_avance(orden.recurso, Avance.ACUSADA)
            el_acto.reemplazar(orden.siguiente(acceso, acusada, ahora=ahora))


def _igual(dicho: str, valor: str) -> bool:
    """Whether what was read back is the value: its figure, with comma or point, or its words."""
    leido, reportado = (fhir.normalizar(t).replace(",", ".") for t in (dicho, valor))
    return bool(leido) and leido in (reportado, reportado.split(" ")[0])
