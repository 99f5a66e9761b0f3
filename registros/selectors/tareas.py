"""What waits: for me, and for my unit when nobody answered in time."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from auditoria import bitacora
from ece import fhir
from ece.nucleo.acceso import Acceso, Actor, Alcance
from ece.nucleo.reserva import Renglon
from ece.nucleo.roles import Permiso, Rol
from registros.catalogos.dichos import leido
from registros.models import Tarea
from registros.models.paciente import ResumenDeIdentidad
from registros.models.tarea import (
    ESCALA_TRAS,
    PENDIENTES,
    RESULTADO,
    ficha_de,
    ficha_de_critico,
)
from registros.selectors import pacientes, recursos

_MIAS = (
    f"r.estado IN {PENDIENTES} AND (r.responsable = %s "
    "OR (r.unidad = ANY(%s::uuid[]) AND r.fecha <= %s AND %s = ANY(r.fichas)))"
)


@dataclass(frozen=True, slots=True)
class Pendiente:
    """A line of a list of what waits: whose, since when, and no clinical word."""

    tarea: UUID
    paciente: ResumenDeIdentidad
    fecha: datetime
    critica: bool
    escalada: bool


@dataclass(frozen=True, slots=True)
class TareaVista:
    """A task as it is read in the chart."""

    id: UUID
    fecha: datetime
    critica: bool
    pendiente: bool
    estudio: str
    responsable: str
    informo: str
    criticos: dict[str, str]
    informe: UUID | None
    respuesta: list[tuple[str, str]]


def pendientes(alcance: Alcance, *, ahora: datetime, limite: int = 100) -> list[Pendiente]:
    """Results that wait for the actor of `alcance`: critical ones first, then the oldest."""
    alcance.exigir(Permiso.PACIENTE_LISTAR)
    critico = ficha_de_critico()
    visible, valores = recursos.visible_en(alcance, "Task")
    filas = bitacora.consultar(
        f"SELECT {pacientes.COLUMNAS}, r.id, r.fecha, "
        "%s = ANY(r.fichas), r.responsable IS DISTINCT FROM %s "
        f"FROM registros_tarea r JOIN registros_paciente p ON p.id = r.paciente {pacientes.LLAVE} "
        f"WHERE {_MIAS} AND r.fichas && %s::bigint[] AND {visible} "
        "ORDER BY 9 DESC, r.fecha LIMIT %s",
        [
            *(critico, alcance.actor.id, *_parametros(alcance.actor, ahora)),
            *(bitacora.arreglo([critico, ficha_de(RESULTADO)]), *valores, limite),
        ],
    )
    return [
        Pendiente(
            tarea,
            pacientes.abrir(alcance, fila),
            fecha,
            critica,
            escalada,
        )
        for fila in filas
        for tarea, fecha, critica, escalada in [fila[6:]]
        if alcance.cubre(fila[0])
    ]


def criticos(actor: Actor, *, ahora: datetime) -> list[tuple[UUID, Renglon, bool]]:
    """(patient, what is clear of the task, whether it escalated) of the critical values that wait
    for `actor`: for the decision to count those that the actor may see, and nobody's name."""
    filas = bitacora.consultar(
        "SELECT r.paciente, r.etiquetas, r.encuentro, r.autor, r.id, r.fecha, "
        "r.responsable IS DISTINCT FROM %s FROM registros_tarea r "
        f"WHERE {_MIAS} AND %s = ANY(r.fichas)",
        [actor.id, *_parametros(actor, ahora), ficha_de_critico()],
    )
    return [
        (paciente, Renglon("Task", etiquetas, encuentro, autor, id_, fecha), escalada)
        for paciente, etiquetas, encuentro, autor, id_, fecha, escalada in filas
    ]


def de_paciente(acceso: Acceso) -> list[TareaVista]:
    """Results of the patient that nobody acknowledged yet, critical ones first."""
    acceso.exigir(Permiso.EXPEDIENTE_LEER)
    filas = Tarea.objects.de(acceso).con_estado(*PENDIENTES).order_by("fecha", "id")
    vistas = [_vista(fila) for fila in filas if fila.informe is not None]
    return sorted(vistas, key=lambda v: not v.critica)


def tarea(acceso: Acceso, *, tarea_id: UUID) -> TareaVista | None:
    """The task of a result."""
    acceso.exigir(Permiso.EXPEDIENTE_LEER)
    fila = Tarea.objects.uno(acceso, tarea_id)
    return None if fila is None or fila.nota is not None else _vista(fila)


def devolucion(acceso: Acceso, *, nota_id: UUID) -> str:
    """Why a note was returned to its author, while it is not finished again; or nothing."""
    acceso.exigir(Permiso.EXPEDIENTE_LEER)
    for fila in Tarea.objects.de(acceso).con_estado(*PENDIENTES).order_by("-fecha", "-id"):
        if fila.nota == nota_id and fila.devolucion:
            return fila.devolucion
    return ""


def del_informe(acceso: Acceso, *, informe_id: UUID) -> list[TareaVista]:
    """The tasks of a report, newest first."""
    acceso.exigir(Permiso.EXPEDIENTE_LEER)
    filas = Tarea.objects.de(acceso).order_by("-fecha", "-id")
    return [_vista(fila) for fila in filas if fila.informe == informe_id]


def _parametros(actor: Actor, ahora: datetime) -> list[object]:
    unidades = actor.unidades(Rol.MEDICO, Rol.URGENCIAS)
    return [actor.id, bitacora.arreglo(unidades), ahora - ESCALA_TRAS, ficha_de_critico()]


def _vista(fila: Tarea) -> TareaVista:
    recurso = fila.recurso
    return TareaVista(
        id=fila.id,
        fecha=fila.fecha,
        critica=fila.critica,
        pendiente=fila.pendiente,
        estudio=recurso.get("description", ""),
        responsable=recurso.get("owner", {}).get("display", ""),
        informo=recurso.get("requester", {}).get("display", ""),
        criticos=fila.criticos,
        informe=fila.informe,
        respuesta=[
            (
                leido(fhir.texto(salida["type"])),
                salida.get("valueString") or salida.get("valueReference", {}).get("display", ""),
            )
            for salida in recurso.get("output", ())
        ],
    )
