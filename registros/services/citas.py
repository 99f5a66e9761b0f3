"""Appointments: booked without colliding, moved, cancelled, received, attended, or waited for."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from auditoria import bitacora
from auditoria.actos import Acto, acto
from auditoria.tipos import TipoDeEvento
from ece.identidad import horarios
from ece.identidad import selectors as identidad
from ece.nucleo import fichas
from ece.nucleo.acceso import Acceso
from ece.nucleo.roles import Permiso
from registros.catalogos.cartas import CARTAS, SISTEMA
from registros.models import Cita
from registros.models.base import Recurso
from registros.models.cita import EN_ESPERA, OCUPAN
from registros.models.paciente import EXTENSION
from registros.services import encuentros, requisitos
from registros.services.encuentros import ClaseDeEncuentro
from registros.services.requisitos import FaltaConsentimiento as FaltaConsentimiento

DURACION = timedelta(minutes=20)
SOBRECUPO = f"{EXTENSION}sobrecupo"
POR_OCURRIR = ("pending", "booked")


class CitaInexistente(Exception):
    """There is no such appointment of this patient."""


class HuecoOcupado(Exception):
    """The professional or the room already has somebody then; overbooking asks for a reason."""


class CitaEnOtroEstado(Exception):
    """The appointment has gone past the state in which this can be done."""


class CitaFutura(Exception):
    """Nobody fails to come to an appointment whose hour has not arrived."""


@dataclass(frozen=True, slots=True)
class Lugar:
    """With whom, where and when; `sobrecupo` is why, if the time may already be taken."""

    profesional_id: UUID
    unidad_id: UUID
    inicio: datetime
    fin: datetime
    consultorio_id: UUID | None = None
    sobrecupo: str = ""


def programar(
    acceso: Acceso, *, lugar: Lugar, motivo: str, ahora: datetime, procedimiento: str = ""
) -> UUID:
    """Book an appointment; returns its id.

    `procedimiento` is the key of the letter that what will be done needs. Raises `HuecoOcupado`,
    `FaltaConsentimiento`.
    """
    acceso.exigir(Permiso.CITA_PROGRAMAR)
    recurso: Recurso = {
        "resourceType": "Appointment",
        "description": motivo,
        "created": _instante(ahora),
        **_en(acceso, lugar),
        **_de_procedimiento(procedimiento),
    }
    requisitos.exigir(acceso, recurso, ahora=ahora)
    with acto(acceso, tipo=TipoDeEvento.CITA_PROGRAMADA, ahora=ahora) as el_acto:
        cita = Cita.nuevo(acceso, recurso, ahora=ahora)
        _apartar(cita, lugar)
        el_acto.insertar(cita)
    return cita.id


def esperar(
    acceso: Acceso,
    *,
    unidad_id: UUID,
    motivo: str,
    ahora: datetime,
    profesional_id: UUID | None = None,
) -> UUID:
    """Put the patient on the waiting list of a unit, for whoever or for one professional."""
    acceso.exigir(Permiso.CITA_PROGRAMAR)
    recurso: Recurso = {
        "resourceType": "Appointment",
        "status": EN_ESPERA,
        "description": motivo,
        "created": _instante(ahora),
        "participant": _participantes(acceso, unidad_id, profesional_id),
    }
    with acto(acceso, tipo=TipoDeEvento.CITA_SOLICITADA, ahora=ahora) as el_acto:
        cita = Cita.nuevo(acceso, recurso, ahora=ahora)
        el_acto.insertar(cita)
    return cita.id


def reprogramar(acceso: Acceso, *, cita_id: UUID, lugar: Lugar, ahora: datetime) -> None:
    """Move an appointment to another time, or give one to who waited for it.

    Raises `CitaInexistente`, `CitaEnOtroEstado`, `HuecoOcupado`, `FaltaConsentimiento`.
    """
    acceso.exigir(Permiso.CITA_PROGRAMAR)
    with acto(acceso, tipo=TipoDeEvento.CITA_REPROGRAMADA, ahora=ahora) as el_acto:
        cita = _en_estado(acceso, cita_id, *POR_OCURRIR, EN_ESPERA)
        extensiones = [e for e in cita.recurso.get("extension", ()) if e["url"] != SOBRECUPO]
        previo = {k: v for k, v in cita.recurso.items() if k != "extension"}
        recurso = {**previo, **({"extension": extensiones} if extensiones else {})}
        nueva = cita.siguiente(acceso, {**recurso, **_en(acceso, lugar)}, ahora=ahora)
        requisitos.exigir(acceso, nueva.recurso, ahora=ahora)
        _apartar(nueva, lugar)
        el_acto.reemplazar(nueva)


def cancelar(acceso: Acceso, *, cita_id: UUID, motivo: str, ahora: datetime) -> None:
    """Cancel, with the reason. Raises `CitaInexistente`, `CitaEnOtroEstado`."""
    acceso.exigir(Permiso.CITA_PROGRAMAR)
    with acto(acceso, tipo=TipoDeEvento.CITA_CANCELADA, ahora=ahora) as el_acto:
        cita = _en_estado(acceso, cita_id, *POR_OCURRIR, EN_ESPERA, "arrived")
        cambios = {"status": "cancelled", "cancelationReason": {"text": motivo}}
        _cambiar(el_acto, acceso, cita, cambios, ahora)


def recibir(acceso: Acceso, *, cita_id: UUID, ahora: datetime) -> None:
    """The patient has arrived, even after they were given up.

    Raises `CitaInexistente`, `CitaEnOtroEstado`.
    """
    acceso.exigir(Permiso.CITA_PROGRAMAR)
    with acto(acceso, tipo=TipoDeEvento.CITA_RECIBIDA, ahora=ahora) as el_acto:
        cita = _en_estado(acceso, cita_id, *POR_OCURRIR, "noshow")
        _cambiar(el_acto, acceso, cita, {"status": "arrived"}, ahora)


def faltar(acceso: Acceso, *, cita_id: UUID, ahora: datetime) -> None:
    """The patient did not come. Raises `CitaInexistente`, `CitaEnOtroEstado`, `CitaFutura`."""
    acceso.exigir(Permiso.CITA_PROGRAMAR)
    with acto(acceso, tipo=TipoDeEvento.CITA_INCUMPLIDA, ahora=ahora) as el_acto:
        cita = _en_estado(acceso, cita_id, *POR_OCURRIR)
        if cita.fecha > ahora:
            raise CitaFutura(str(cita_id))
        _cambiar(el_acto, acceso, cita, {"status": "noshow"}, ahora)


def atender(acceso: Acceso, *, cita_id: UUID, ahora: datetime) -> UUID:
    """Open the visit of an appointment, with its professional; returns the visit's id.

    Raises `CitaInexistente`, `CitaEnOtroEstado`, `encuentros.UnidadInexistente`.
    """
    acceso.exigir(Permiso.ENCUENTRO_ABRIR)
    with acto(acceso, tipo=TipoDeEvento.ENCUENTRO_ABIERTO, ahora=ahora) as el_acto:
        cita = _en_estado(acceso, cita_id, *POR_OCURRIR, "arrived")
        encuentro = encuentros.preparar(
            acceso,
            clase=ClaseDeEncuentro.CONSULTA_EXTERNA,
            motivo=cita.recurso.get("description", ""),
            unidad_id=cita.unidad,
            responsable_id=cita.profesional,
            cita_id=cita_id,
            ahora=ahora,
        )
        el_acto.insertar(encuentro)
        _cambiar(el_acto, acceso, cita, {"status": "checked-in"}, ahora)
    return encuentro.id


def _en_estado(acceso: Acceso, cita_id: UUID, *estados: str) -> Cita:
    cita = Cita.objects.uno(acceso, cita_id)
    if cita is None:
        raise CitaInexistente(str(cita_id))
    if cita.estado not in estados:
        raise CitaEnOtroEstado(cita.estado)
    return cita


def _cambiar(el_acto: Acto, acceso: Acceso, cita: Cita, cambios: Recurso, ahora: datetime) -> None:
    el_acto.reemplazar(cita.siguiente(acceso, {**cita.recurso, **cambios}, ahora=ahora))


def _en(acceso: Acceso, lugar: Lugar) -> Recurso:
    """What of the Appointment says where and when."""
    extension = [{"url": SOBRECUPO, "valueString": lugar.sobrecupo}] if lugar.sobrecupo else []
    return {
        **({"extension": extension} if extension else {}),
        "status": "booked",
        "start": _instante(lugar.inicio),
        "end": _instante(lugar.fin),
        "participant": _participantes(
            acceso, lugar.unidad_id, lugar.profesional_id, lugar.consultorio_id
        ),
    }


def _de_procedimiento(clave: str) -> Recurso:
    if not clave:
        return {}
    codigo = {"system": SISTEMA, "code": clave, "display": CARTAS[clave].titulo}
    return {"serviceType": [{"coding": [codigo], "text": CARTAS[clave].titulo}]}


def _participantes(
    acceso: Acceso,
    unidad_id: UUID,
    profesional_id: UUID | None,
    consultorio_id: UUID | None = None,
) -> list[Recurso]:
    profesional = identidad.profesional(profesional_id) if profesional_id else None
    unidad = identidad.unidad(unidad_id)
    actores = [
        (f"Patient/{acceso.paciente}", ""),
        (f"Practitioner/{profesional_id}", profesional.nombre if profesional else ""),
        (f"Location/{unidad_id}", unidad.nombre if unidad else ""),
        (f"Location/{consultorio_id}", horarios.consultorio(consultorio_id)),
    ]
    return [
        {
            "actor": {"reference": referencia, **({"display": nombre} if nombre else {})},
            "status": "accepted",
        }
        for referencia, nombre in actores
        if not referencia.endswith("/None")
    ]


def _apartar(cita: Cita, lugar: Lugar) -> None:
    """Make sure, inside the act, that nobody else has the professional or the room then.

    One booking of each at a time: what another wrote first is seen, what it did not is not there.
    """
    if lugar.sobrecupo:
        return
    quienes = filter(None, (lugar.profesional_id, lugar.consultorio_id))
    turnos = sorted(fichas.ficha("agenda.turno", str(quien)) for quien in quienes)
    for turno in turnos:
        bitacora.consultar("SELECT pg_advisory_xact_lock(%s)::text", [turno])
    if _ocupado(Cita.marcas_de(cita.recurso), cita.id):
        raise HuecoOcupado(lugar.inicio.isoformat())


def _ocupado(marcas: Iterable[int], propia: UUID) -> bool:
    return bool(
        bitacora.consultar(
            "SELECT 1 FROM registros_cita WHERE fichas && %s::bigint[] "
            "AND estado = ANY(%s::varchar[]) AND id <> %s LIMIT 1",
            [bitacora.arreglo(marcas), bitacora.arreglo(OCUPAN), propia],
        )
    )


def _instante(momento: datetime) -> str:
    return momento.isoformat(timespec="seconds")
