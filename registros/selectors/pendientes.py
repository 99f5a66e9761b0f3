"""What waits for somebody: notes to finish, things asked of them, results they have not opened."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from uuid import UUID

from django.utils.translation import gettext_noop as _

from auditoria import bitacora
from ece import fhir
from ece.nucleo import fichas
from ece.nucleo.acceso import Acceso, Alcance
from ece.nucleo.roles import Permiso
from ece.nucleo.uuid7 import instante
from registros.catalogos import notas as catalogo
from registros.catalogos.notas import Plazo
from registros.models.base import Recurso, referido
from registros.models.firma import FIRMABLES
from registros.models.tarea import DE_FIRMAR, PENDIENTES
from registros.selectors import descripciones, pacientes, recursos
from registros.selectors.pacientes import ResumenDeIdentidad
from registros.selectors.recursos import Consulta, Orden, Rango, Sellado

LIMITE = 20
RESERVADOS = 40
"""Rows brought besides, in place of those that are withheld from whoever asks."""
RECIENTE = timedelta(days=7)
EN_ESPERA = _("En espera de contrafirma")
_URGENTES = {"stat": 0, "asap": 1, "urgent": 2}


@dataclass(frozen=True, slots=True)
class Hallado:
    """What was found, still closed: it is opened with the Acceso of each patient."""

    borradores: tuple[Sellado, ...] = ()
    tareas: tuple[Sellado, ...] = ()
    resultados: tuple[Sellado, ...] = ()

    @property
    def pacientes(self) -> frozenset[UUID]:
        return frozenset(s.paciente for s in (*self.borradores, *self.tareas, *self.resultados))


@dataclass(frozen=True, slots=True)
class Pendiente:
    """A line: about whom, what, since when; `atrasado` past its deadline, `urgente` if critical.

    `tipo` and `id` are of what it opens: the note, of a task to countersign one.
    """

    paciente: ResumenDeIdentidad
    tipo: str
    id: UUID
    desde: datetime
    titulo: str
    detalle: str = ""
    atrasado: bool = False
    urgente: bool = False


@dataclass(frozen=True, slots=True)
class Pendientes:
    """The three lists; `siguiente`, how many pages to ask of one that goes on."""

    borradores: list[Pendiente]
    tareas: list[Pendiente]
    resultados: list[Pendiente]
    siguiente: Mapping[str, int] = field(default_factory=dict)


NADA = Pendientes([], [], [])


def hallar(alcance: Alcance, *, ahora: datetime, paginas: Mapping[str, int]) -> Hallado:
    """What waits for the actor of `alcance`, oldest first (results, newest first).

    `paginas`: list -> how many pages of `LIMITE` of it to bring (one if it is not named). What is
    found over that tells that there are more.
    """
    alcance.exigir(Permiso.EXPEDIENTE_LEER)
    hasta = {
        nombre: LIMITE * paginas.get(nombre, 1) + 1 + RESERVADOS
        for nombre in Hallado.__dataclass_fields__
    }
    mio = fichas.ficha("Composition.author", f"Practitioner/{alcance.actor.id}")
    borrador = fichas.ficha("Composition.status", "preliminary")
    borradores = Consulta(
        "Composition", fichas=((mio,), (borrador,)), orden=Orden.ID, limite=hasta["borradores"]
    )
    ids = _ids_de_tareas(alcance, hasta["tareas"])
    tareas = Consulta("Task", ids=ids, orden=Orden.FECHA_ASC, limite=hasta["tareas"])
    resultados = Consulta(
        "DiagnosticReport",
        actualizado=Rango(ahora - RECIENTE),
        orden=Orden.ACTUALIZADO_DESC,
        limite=hasta["resultados"] + 60,
    )
    vistos = _vistos(alcance, ahora)
    nuevos = [r for r in recursos.buscar(alcance, resultados) if r.id not in vistos]
    return Hallado(
        tuple(recursos.buscar(alcance, borradores)),
        tuple(recursos.buscar(alcance, tareas)) if ids else (),
        tuple(nuevos[: hasta["resultados"]]),
    )


def abrir(
    alcance: Alcance,
    accesos: Mapping[UUID, Acceso],
    hallado: Hallado,
    *,
    ahora: datetime,
    paginas: Mapping[str, int],
) -> Pendientes:
    """The lists in words, of the patients in `accesos`; critical tasks come first."""
    identidades = pacientes.por_ids(alcance, accesos)
    listas: dict[str, list[Pendiente]] = {}
    for nombre in Hallado.__dataclass_fields__:
        filas = [
            s
            for s in getattr(hallado, nombre)
            if s.paciente in identidades and recursos.visible(accesos[s.paciente], s)
        ][: LIMITE * paginas.get(nombre, 1) + 1]
        listas[nombre] = [
            _linea(fila, fhir.json.leer(json), identidades[fila.paciente], ahora)
            for fila, json in recursos.abrir_todos(accesos, filas)
        ]
    listas["tareas"].sort(key=lambda t: not t.urgente)
    visibles = {n: lista[: LIMITE * paginas.get(n, 1)] for n, lista in listas.items()}
    siguen = [n for n, lista in listas.items() if len(lista) > len(visibles[n])]
    return Pendientes(**visibles, siguiente={n: paginas.get(n, 1) + 1 for n in siguen})


def _linea(
    fila: Sellado, recurso: Recurso, paciente: ResumenDeIdentidad, ahora: datetime
) -> Pendiente:
    descrito = descripciones.describir(recurso)
    linea = Pendiente(paciente, fila.tipo, fila.id, fila.fecha, descrito.titulo, descrito.detalle)
    if fila.tipo == "Composition":
        if recurso.get("attester"):
            return replace(linea, desde=instante(fila.id), detalle=EN_ESPERA)
        desde = instante(fila.id)
        tipo = catalogo.de_concepto(recurso["type"])
        atrasado = tipo is not None and fuera_de_plazo(tipo.plazo, ahora - desde)
        return replace(linea, desde=desde, detalle="", atrasado=atrasado)
    if fila.tipo == "Task":
        urgente = recurso.get("priority", "") in _URGENTES
        valores = [e.get("valueString", "") for e in recurso.get("input", ())]
        titulo = descrito.titulo
        detalle = ", ".join(filter(None, valores))
        linea = replace(linea, titulo=titulo, detalle=detalle, urgente=urgente)
        firma = any(c.get("code") in DE_FIRMAR for c in recurso.get("code", {}).get("coding", ()))
        for de_tipo in FIRMABLES if firma else ("Composition",):
            if (documento := referido(recurso.get("focus"), de_tipo)) is not None:
                return replace(linea, tipo=de_tipo, id=documento)
        return linea
    return linea


def fuera_de_plazo(plazo: Plazo | None, abierto: timedelta) -> bool:
    """Whether a draft open for so long is past the hours of its type, where it has any."""
    horas = plazo.cada_horas if plazo else None
    return horas is not None and abierto > timedelta(hours=horas)


def _ids_de_tareas(alcance: Alcance, limite: int) -> tuple[UUID, ...]:
    """Pending tasks of the actor or of their units, the oldest first."""
    unidades = bitacora.arreglo(alcance.actor.unidades())
    filas = bitacora.consultar(
        "SELECT id FROM registros_tarea WHERE estado = ANY(%s::text[]) "
        "AND (responsable = %s OR unidad = ANY(%s::uuid[])) ORDER BY fecha LIMIT %s",
        [bitacora.arreglo(PENDIENTES), alcance.actor.id, unidades, limite * 5],
    )
    return tuple(fila[0] for fila in filas)


def _vistos(alcance: Alcance, ahora: datetime) -> set[UUID]:
    """Records the actor has opened lately: the log of reads says so, nothing else is kept."""
    filas = bitacora.consultar(
        "SELECT jsonb_array_elements_text(convert_from(contenido, 'UTF8')::jsonb "
        "-> 'detalle' -> 'registros') FROM auditoria_evento WHERE actor = %s AND momento >= %s "
        "AND tipo = 'acceso.decidido' AND resultado = 'permitido'",
        [alcance.actor.id, ahora - RECIENTE],
    )
    return {UUID(fila[0]) for fila in filas}
