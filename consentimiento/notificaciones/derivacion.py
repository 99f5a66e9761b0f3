"""From what happened to who must be told: events of the log, and what the calendar brings.

The log is read by transactions, up to the oldest one still running: an event whose transaction ends
late is not passed over, and none is announced before it is durable. Reading again what was read
makes nothing twice, for an occasion has one key for each person and channel.
"""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Q

from auditoria.tipos import Resultado, TipoDeEvento
from consentimiento.models import (
    Concesion,
    CursorDeEventos,
    Delegacion,
    Notificacion,
    Suscripcion,
)
from consentimiento.models.concesion import DE_QUIEN_ATIENDE, Motivo
from consentimiento.models.notificacion import Canal, Estado, Tipo
from consentimiento.notificaciones import correo, preferencias
from consentimiento.services import concesiones
from ece.identidad.models import Usuario
from ece.identidad.services import contactos
from ece.nucleo.uuid7 import primero_de
from registros.selectors import agenda, consentimientos

_T = TipoDeEvento
DE_PACIENTES: dict[str, Tipo] = {
    _T.RESULTADO_REGISTRADO: Tipo.RESULTADO,
    _T.RESULTADO_CORREGIDO: Tipo.RESULTADO,
    _T.CITA_PROGRAMADA: Tipo.CITA,
    _T.CITA_REPROGRAMADA: Tipo.CITA,
    _T.CITA_CANCELADA: Tipo.CITA,
    _T.EMERGENCIA_ABIERTA: Tipo.EMERGENCIA,
    _T.DELEGACION_ACEPTADA: Tipo.DELEGACION,
    _T.VULNERACION_CONFIRMADA: Tipo.VULNERACION,
    _T.VULNERACION_AVISADA: Tipo.VULNERACION,
    **dict.fromkeys(
        (
            *(_T.ARCO_INCOMPETENTE, _T.ARCO_RECONDUCIDA, _T.ARCO_PREVENIDA, _T.ARCO_NO_PRESENTADA),
            *(_T.ARCO_PRORROGADA, _T.ARCO_CONCEDIDA, _T.ARCO_NEGADA, _T.ARCO_AMPLIADA),
            *(_T.ARCO_EFECTUADA, _T.ARCO_INEXISTENTE, _T.ARCO_MODIFICADA, _T.QUEJA_RESPONDIDA),
        ),
        Tipo.ARCO,
    ),
    _T.CONVENIO_URGENCIA: Tipo.EMERGENCIA,
}
"""What is told to whoever has the record of the event's patients, but to who did it."""
DE_CUENTAS: dict[str, Tipo] = {
    _T.SESION_INICIADA: Tipo.SESION,
    _T.RECUPERACION_PEDIDA: Tipo.RECUPERACION,
    _T.RECUPERACION_COMPROBADA: Tipo.SEGURIDAD,
    _T.CUENTA_RECUPERADA: Tipo.SEGURIDAD,
    _T.FACTOR_REGISTRADO: Tipo.SEGURIDAD,
    _T.FACTOR_RETIRADO: Tipo.SEGURIDAD,
}
"""What is told to whose account it is: the event's actor."""
DE_COLEGAS: dict[str, tuple[Tipo, str]] = {
    _T.FIRMA_DELEGADA: (Tipo.FIRMA_DELEGADA, "delegado"),
    _T.FIRMA_NO_DELEGADA: (Tipo.FIRMA_DELEGADA, "delegado"),
}
"""What is told to another person who works here, whom the event names."""
RESERVADAS = frozenset({Tipo.RESULTADO, Tipo.CITA, Tipo.ARCO, Tipo.CONSENTIMIENTO})
"""What would tell whoever represents an adolescent of care, or of a request, that they may not know
(NOM-047-SSA2-2015): from the age of a confidential space on, only the adolescent is told."""
DE_QUIEN_DECIDE = frozenset(
    {Tipo.ARCO, Tipo.CONSENTIMIENTO, Tipo.DELEGACION, Tipo.PERMISO, Tipo.VULNERACION}
)
"""What is told to whose record it is and who represents them: not to who was only let in."""

DEMORA = timedelta(hours=1)
"""No transaction that writes an event lasts so long, nor are two servers' clocks so far apart."""
RECORDATORIO = timedelta(days=1)
POR_VENCER = timedelta(days=15)


@dataclass(frozen=True, slots=True)
class Ocasion:
    """Something to tell: `clave` names it once and for all; of a patient, or of one account."""

    clave: str
    tipo: Tipo
    paciente: UUID | None = None
    usuario: UUID | None = None
    actor: UUID | None = None
    caduca: datetime | None = None


def derivar(*, ahora: datetime) -> None:
    """Put in the queue what happened since the last time.

    Of several workers one does it; the others have nothing to do.
    """
    with transaction.atomic():
        _empezar(ahora)
        cursor = CursorDeEventos.objects.select_for_update(skip_locked=True).first()
        if cursor is None:
            return
        hasta = _horizonte()
        # A restored database begins to count transactions again: then all that is near is read.
        desde = cursor.transaccion if int(cursor.transaccion) <= int(hasta) else "0"
        encolar(_de_eventos(desde, hasta, cursor.visto_at), ahora=ahora)
        if cursor.barrido_at is None or cursor.barrido_at < ahora - timedelta(hours=1):
            encolar(_del_calendario(ahora), ahora=ahora)
            cursor.barrido_at = ahora
        cursor.transaccion, cursor.visto_at = hasta, ahora
        cursor.save()


def _empezar(ahora: datetime) -> None:
    """The first time, from now on: what happened before there was a queue is not news."""
    with connection.cursor() as sql:
        sql.execute(
            "INSERT INTO consentimiento_cursordeeventos (id, transaccion, visto_at) "
            "VALUES (%s, pg_snapshot_xmin(pg_current_snapshot()), %s) ON CONFLICT DO NOTHING",
            [CursorDeEventos.UNICO, ahora],
        )


def _horizonte() -> str:
    with connection.cursor() as sql:
        sql.execute("SELECT pg_snapshot_xmin(pg_current_snapshot())::text")
        return str(sql.fetchone()[0])


def _de_eventos(desde: str, hasta: str, visto_at: datetime) -> Iterator[Ocasion]:
    with connection.cursor() as sql:
        sql.execute(
            "SELECT id, tipo, actor, pacientes, contenido FROM auditoria_evento "
            "WHERE id >= %s AND transaccion >= %s::xid8 AND transaccion < %s::xid8 "
            "AND tipo = ANY(%s) AND resultado = %s ORDER BY transaccion, id",
            [
                primero_de(visto_at - DEMORA),
                desde,
                hasta,
                [*DE_PACIENTES, *DE_CUENTAS, *DE_COLEGAS],
                Resultado.HECHO.value,
            ],
        )
        filas = sql.fetchall()
    for id_, tipo, actor, pacientes, contenido in filas:
        clave = f"evento:{id_}"
        if tipo in DE_CUENTAS:
            yield Ocasion(clave, DE_CUENTAS[tipo], usuario=actor)
        elif tipo in DE_COLEGAS:
            de_que, nombrado = DE_COLEGAS[tipo]
            detalle = json.loads(bytes(contenido))["detalle"]
            yield Ocasion(clave, de_que, usuario=UUID(detalle[nombrado]))
        else:
            for paciente in pacientes:
                yield Ocasion(clave, DE_PACIENTES[tipo], paciente=paciente, actor=actor)


def _del_calendario(ahora: datetime) -> Iterator[Ocasion]:
    """Appointments of the next day, consents about to expire, and grants that begin, are about to
    end, or ended."""
    for cita, paciente, fecha in agenda.proximas(desde=ahora, hasta=ahora + RECORDATORIO):
        clave = f"cita:{cita}:{fecha:%Y%m%d%H%M}"
        yield Ocasion(clave, Tipo.CITA, paciente=paciente, caduca=fecha)
    de_delegados = Delegacion.objects.filter(hasta__gt=ahora).values_list("directivas", flat=True)
    suyas = {id_ for directivas in de_delegados for id_ in directivas}
    for consentimiento, paciente in consentimientos.por_vencer(ahora=ahora, plazo=POR_VENCER):
        if consentimiento not in suyas:  # a delegation ends with its grant, which is told below
            clave = f"consentimiento:{consentimiento}:casi"
            yield Ocasion(clave, Tipo.CONSENTIMIENTO, paciente=paciente)
    ayer = ahora - RECORDATORIO
    recientes = Q(desde__gt=ayer, desde__lte=ahora)
    por_terminar = Q(hasta__gt=ayer, hasta__lte=ahora + POR_VENCER)
    otorgadas = Concesion.objects.exclude(motivo__in=DE_QUIEN_ATIENDE)
    for concesion in otorgadas.filter(recientes | por_terminar):
        yield from _de_concesion(concesion, ahora)


def _de_concesion(concesion: Concesion, ahora: datetime) -> Iterator[Ocasion]:
    """What a grant has to tell today: to whose record it is, and not to who was given it."""
    momentos = {
        "inicio": (concesion.desde, concesion.desde, Tipo.PERMISO),
        "casi": (concesion.hasta - POR_VENCER, concesion.hasta, Tipo.CONSENTIMIENTO),
        "fin": (concesion.hasta, concesion.hasta, Tipo.PERMISO),
    }
    for momento, (desde, fecha, tipo) in momentos.items():
        hasta = concesion.hasta if momento == "casi" else desde + RECORDATORIO
        if desde <= ahora < hasta:
            clave = f"concesion:{concesion.pk}:{fecha:%Y%m%d}:{momento}"
            yield Ocasion(clave, tipo, concesion.paciente, actor=concesion.usuario_id)


def encolar(ocasiones: Iterable[Ocasion], *, ahora: datetime) -> None:
    """Messages of `ocasiones` to whom they concern, by the channels they want, each once."""
    Notificacion.objects.bulk_create(
        (
            fila
            for ocasion in ocasiones
            for usuario in _interesados(ocasion, ahora)
            for fila in _mensajes(ocasion, usuario, ahora)
        ),
        ignore_conflicts=True,
    )


def _interesados(ocasion: Ocasion, ahora: datetime) -> set[UUID]:
    if ocasion.usuario is not None:
        return set(Usuario.objects.filter(pk=ocasion.usuario).values_list("pk", flat=True))
    if ocasion.paciente is None:
        return set()
    titular = Usuario.objects.filter(paciente=ocasion.paciente).values_list("pk", flat=True)
    concedidas = Concesion.objects.exclude(motivo__in=DE_QUIEN_ATIENDE).filter(
        paciente=ocasion.paciente, desde__lte=ahora, hasta__gt=ahora
    )
    if ocasion.tipo in RESERVADAS:
        concedidas = concedidas.exclude(confidencial_desde__lte=ahora)
    if ocasion.tipo in DE_QUIEN_DECIDE:
        concedidas = concedidas.filter(motivo=Motivo.TUTELA)
    return {*titular, *concedidas.values_list("usuario_id", flat=True)} - {ocasion.actor}


def _mensajes(ocasion: Ocasion, usuario: UUID, ahora: datetime) -> Iterator[Notificacion]:
    suyas = preferencias.de(usuario)
    for canal in Canal:
        if not suyas.quiere(ocasion.tipo, canal):
            continue
        for destino in _destinos(canal, usuario):
            en_portal = canal is Canal.PORTAL
            yield Notificacion(
                clave=ocasion.clave,
                tipo=ocasion.tipo,
                usuario_id=usuario,
                paciente=ocasion.paciente,
                canal=canal,
                destino=destino,
                estado=Estado.ENVIADA if en_portal else Estado.PENDIENTE,
                creada_at=ahora,
                disponible_at=ahora if en_portal else suyas.cuando(ocasion.tipo, ahora),
                enviada_at=ahora if en_portal else None,
                caduca_at=ocasion.caduca,
            )


def _destinos(canal: Canal, usuario: UUID) -> list[str]:
    match canal:
        case Canal.CORREO:
            return [""] if correo.hay_servidor() and contactos.de(usuario).correo else []
        case Canal.PUSH:
            suyas = Suscripcion.objects.filter(usuario_id=usuario)
            return [str(id_) for id_ in suyas.values_list("pk", flat=True)]
        case _:
            return [""] if concesiones.entra_al_portal(usuario) else []
