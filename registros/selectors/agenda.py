"""The agenda: which slots are free, who comes today and how far they have got, who waits."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum, unique
from typing import Any
from uuid import UUID

from auditoria import bitacora
from ece.identidad import horarios
from ece.identidad.horarios import Hueco
from ece.nucleo.acceso import Acceso, Alcance, PermisoInsuficiente, Prueba
from ece.nucleo.roles import Permiso
from registros.models import Cita
from registros.models.base import Recurso
from registros.models.cita import EN_ESPERA, OCUPAN, ficha_de_espera, marcas
from registros.models.paciente import EXTENSION, ResumenDeIdentidad
from registros.selectors import pacientes, recursos

LO_MAS = 500
_EN_EL_DIA = (*OCUPAN, "noshow")
_ABIERTO = "('arrived', 'triaged', 'in-progress', 'onleave')"


@unique
class Situacion(StrEnum):
    """How far somebody with an appointment has got."""

    PROGRAMADA = "programada"
    LLEGO = "llego"
    EN_CONSULTA = "en-consulta"
    TERMINADA = "terminada"
    NO_LLEGO = "no-llego"


_DE_ESTADO = {
    "arrived": Situacion.LLEGO,
    "checked-in": Situacion.EN_CONSULTA,
    "fulfilled": Situacion.TERMINADA,
    "noshow": Situacion.NO_LLEGO,
}


@dataclass(frozen=True, slots=True)
class Espacio:
    """A slot of the schedules, and whether somebody has it."""

    hueco: Hueco
    libre: bool


@dataclass(frozen=True, slots=True)
class Turno:
    """A line of the day's list; `paciente` is None for whom the reader has nothing to do with.

    `minutos` is how long somebody who arrived has been waiting.
    """

    cita: UUID
    profesional: UUID
    paciente: ResumenDeIdentidad | None
    inicio: datetime
    situacion: Situacion
    minutos: int = 0

    @property
    def en_atencion(self) -> bool:
        return self.situacion is Situacion.EN_CONSULTA


@dataclass(frozen=True, slots=True)
class EnEspera:
    """Somebody who waits for an appointment at a unit."""

    cita: UUID
    paciente: ResumenDeIdentidad
    desde: datetime


@dataclass(frozen=True, slots=True)
class CitaLeida:
    """An appointment as its patient's chart shows it."""

    id: UUID
    estado: str
    inicio: datetime
    fin: datetime | None
    motivo: str
    profesional: str
    unidad: str
    consultorio: str
    unidad_id: UUID | None
    profesional_id: UUID | None
    cancelada_por: str = ""
    sobrecupo: str = ""

    @property
    def por_ocurrir(self) -> bool:
        return self.estado in ("pending", "booked")


def espacios(
    prueba: Prueba,
    *,
    desde: date,
    dias: int,
    ahora: datetime,
    profesional: UUID | None = None,
    unidad: UUID | None = None,
) -> list[Espacio]:
    """The slots of `dias` days from `desde` that have not passed; a constant number of queries."""
    prueba.exigir(Permiso.CITA_PROGRAMAR if isinstance(prueba, Acceso) else Permiso.PACIENTE_LISTAR)
    huecos = [
        hueco
        for hueco in horarios.huecos(desde=desde, dias=dias, profesional=profesional, unidad=unidad)
        if hueco.fin > ahora
    ]
    if not huecos:
        return []
    ocupadas = _marcas_ocupadas(huecos)
    return [Espacio(h, libre=not ocupadas & _de_hueco(h)) for h in huecos]


def turnos(
    alcance: Alcance, *, profesional: UUID, desde: datetime, hasta: datetime, ahora: datetime
) -> list[Turno]:
    """The appointments of `profesional` in an interval, by hour; one query."""
    alcance.exigir(Permiso.PACIENTE_LISTAR)
    visible, valores = recursos.visible_en(alcance, "Appointment")
    filas = bitacora.consultar(
        f"SELECT {pacientes.COLUMNAS}, r.id, r.profesional, r.fecha, r.estado, r.actualizado_at, "
        "EXISTS (SELECT 1 FROM registros_encuentro e WHERE e.paciente = p.id "
        f"AND e.responsable = r.profesional AND e.estado IN {_ABIERTO} "
        f"AND e.fecha >= r.fecha - interval '12 hours'), {visible} "
        f"FROM registros_cita r JOIN registros_paciente p ON p.id = r.paciente {pacientes.LLAVE} "
        "WHERE r.profesional = %s AND r.fecha >= %s AND r.fecha < %s "
        "AND r.estado = ANY(%s::varchar[]) ORDER BY r.fecha, r.id LIMIT %s",
        [*valores, profesional, desde, hasta, bitacora.arreglo(_EN_EL_DIA), LO_MAS],
    )
    return [_turno(alcance, fila, ahora) for fila in filas]


def en_espera(alcance: Alcance, *, unidad: UUID) -> list[EnEspera]:
    """Who waits for an appointment at `unidad`, the longest wait first, of those covered."""
    alcance.exigir(Permiso.PACIENTE_LISTAR)
    visible, valores = recursos.visible_en(alcance, "Appointment")
    filas = bitacora.consultar(
        f"SELECT {pacientes.COLUMNAS}, r.id, r.creado_at FROM registros_cita r "
        f"JOIN registros_paciente p ON p.id = r.paciente {pacientes.LLAVE} "
        f"WHERE r.fichas @> %s::bigint[] AND r.estado = %s AND {visible} "
        "ORDER BY r.creado_at, r.id LIMIT %s",
        [bitacora.arreglo([ficha_de_espera(unidad)]), EN_ESPERA, *valores, LO_MAS],
    )
    return [
        EnEspera(fila[6], pacientes.abrir(alcance, fila), fila[7])
        for fila in filas
        if alcance.cubre(fila[0])
    ]


def proximas(*, desde: datetime, hasta: datetime) -> list[tuple[UUID, UUID, datetime]]:
    """(appointment, patient, when) of those booked in an interval: clear columns only.

    For reminders, which say nothing else: whoever sends them opens no record.
    """
    return bitacora.consultar(
        "SELECT id, paciente, fecha FROM registros_cita WHERE fecha > %s AND fecha <= %s "
        "AND estado = 'booked'",
        [desde, hasta],
    )


def de_paciente(acceso: Acceso, *, limite: int = 60) -> list[CitaLeida]:
    """The patient's appointments, the latest first."""
    if not {Permiso.CITA_PROGRAMAR, Permiso.EXPEDIENTE_LEER} & acceso.permisos:
        raise PermisoInsuficiente(Permiso.CITA_PROGRAMAR)
    filas = Cita.objects.de(acceso).order_by("-fecha", "-id")[:limite]
    return [_leida(fila) for fila in filas if fila.estado != "entered-in-error"]


def proxima(acceso: Acceso, *, ahora: datetime) -> CitaLeida | None:
    """The next appointment of the patient, or None."""
    futuras = (c for c in de_paciente(acceso, limite=20) if c.por_ocurrir and c.inicio >= ahora)
    return min(futuras, key=lambda c: c.inicio, default=None)


def cita(acceso: Acceso, *, cita_id: UUID) -> CitaLeida | None:
    """One appointment of the patient, or None."""
    acceso.exigir(Permiso.CITA_PROGRAMAR)
    fila = Cita.objects.uno(acceso, cita_id)
    return None if fila is None else _leida(fila)


def _de_hueco(hueco: Hueco) -> set[int]:
    quienes = filter(None, (hueco.profesional, hueco.consultorio))
    return marcas(quienes, hueco.inicio, hueco.fin)


def _marcas_ocupadas(huecos: Sequence[Hueco]) -> set[int]:
    """Every token of the appointments that may take any of `huecos`."""
    quienes = {h.profesional for h in huecos}
    unidades = {h.unidad for h in huecos}
    filas = bitacora.consultar(
        "SELECT fichas FROM registros_cita WHERE fecha >= %s AND fecha < %s "
        "AND estado = ANY(%s::varchar[]) "
        "AND (profesional = ANY(%s::uuid[]) OR unidad = ANY(%s::uuid[]))",
        [
            huecos[0].inicio - timedelta(hours=8),
            max(h.fin for h in huecos),
            bitacora.arreglo(OCUPAN),
            bitacora.arreglo(quienes),
            bitacora.arreglo(unidades),
        ],
    )
    return {ficha for (fichas,) in filas for ficha in fichas}


def _turno(alcance: Alcance, fila: Sequence[Any], ahora: datetime) -> Turno:
    id_, profesional, inicio, estado, actualizado, atendido, visible = fila[6:]
    suyo = visible and alcance.cubre(fila[0])
    situacion = _DE_ESTADO.get(estado, Situacion.PROGRAMADA)
    if atendido and situacion in (Situacion.PROGRAMADA, Situacion.LLEGO):
        situacion = Situacion.EN_CONSULTA
    espera = ahora - actualizado if situacion is Situacion.LLEGO else timedelta()
    return Turno(
        cita=id_,
        profesional=profesional,
        paciente=pacientes.abrir(alcance, fila) if suyo else None,
        inicio=inicio,
        situacion=situacion,
        minutos=max(int(espera.total_seconds() // 60), 0),
    )


def _leida(fila: Cita) -> CitaLeida:
    recurso = fila.recurso
    fin = recurso.get("end")
    lugares = _nombres(recurso, "Location")
    extensiones = {e["url"]: e.get("valueString", "") for e in recurso.get("extension", ())}
    return CitaLeida(
        id=fila.id,
        estado=fila.estado,
        inicio=fila.fecha,
        fin=datetime.fromisoformat(fin) if fin else None,
        motivo=recurso.get("description", ""),
        profesional=next(iter(_nombres(recurso, "Practitioner")), ""),
        unidad=next(iter(lugares), ""),
        consultorio=next(iter(lugares[1:]), ""),
        unidad_id=fila.unidad,
        profesional_id=fila.profesional,
        cancelada_por=recurso.get("cancelationReason", {}).get("text", ""),
        sobrecupo=extensiones.get(f"{EXTENSION}sobrecupo", ""),
    )


def _nombres(recurso: Recurso, tipo: str) -> list[str]:
    actores = (p.get("actor", {}) for p in recurso["participant"])
    return [a.get("display", "") for a in actores if a.get("reference", "").startswith(f"{tipo}/")]
