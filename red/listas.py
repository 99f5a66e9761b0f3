"""Questions about referrals: which there are, whose turn it is, what one says."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from auditoria import bitacora
from auditoria.tipos import TipoDeEvento
from consentimiento.asientos import asiento
from ece.identidad import selectors as identidad
from ece.nucleo.acceso import Acceso, Alcance
from ece.nucleo.roles import Permiso
from red import lecturas, legajo, pasos
from red.lecturas import Linea
from red.models import Envio, Referencia
from red.pasos import Estado, Paso, Prioridad, Sentido
from registros.selectors import pacientes as personas
from registros.selectors.pacientes import ResumenDeIdentidad
from registros.services.pacientes import SISTEMA_CURP

LIMITE = 100
CALLADO = timedelta(hours=24)
"""How long a partner may owe us a step that is late, or not answer, before it is told."""


@dataclass(frozen=True, slots=True)
class Renglon:
    """A referral in a list. `paciente` None: nobody of ours yet, or nobody that may be shown."""

    id: UUID
    folio: UUID
    sentido: Sentido
    institucion: str
    estado: Estado
    prioridad: Prioridad
    creada_at: datetime
    plazo_at: datetime | None
    vencida: bool
    nos_toca: bool
    paciente_id: UUID | None = None
    paciente: ResumenDeIdentidad | None = None
    detenido: str = ""
    por_enviar: bool = False


@dataclass(frozen=True, slots=True)
class Detalle:
    """One referral of a patient, with what may be done next."""

    renglon: Renglon
    nota: UUID | None
    respuesta: UUID | None
    motivo: str = field(repr=False, default="")
    posibles: frozenset[Paso] = frozenset()


@dataclass(frozen=True, slots=True)
class Abierta:
    """What a partner sent of somebody who is not accepted yet: nothing of it is in any record."""

    renglon: Renglon
    nombre: str = field(repr=False)
    nacimiento: str = field(repr=False)
    sexo: str = field(repr=False)
    curp: str = field(repr=False)
    servicio: str = field(repr=False)
    lineas: Sequence[Linea] = field(repr=False, default=())


@dataclass(frozen=True, slots=True)
class Detenido:
    """Word of a referral that its partner refused, or that may not be given any more."""

    id: UUID
    institucion: str
    paso: Paso
    motivo: str


@dataclass(frozen=True, slots=True)
class Socio:
    """How a partner does: what was exchanged today, what waits for it, and whether it is silent."""

    institucion: str
    recibidos: int
    enviados: int
    por_enviar: int
    detenidos: int
    ultimo_at: datetime | None
    sin_contestar_desde: datetime | None
    callado: bool


def todas(alcance: Alcance, *, vivas: bool, ahora: datetime) -> list[Renglon]:
    """Referrals both ways: those that wait, by their clock; if not `vivas`, the rest, newest first.

    Of a patient whom `alcance` does not cover nothing is said.
    """
    alcance.exigir(Permiso.REFERENCIA_ATENDER)
    filas = Referencia.objects.filter(plazo_at__isnull=not vivas)
    elegidas = list(filas.order_by("plazo_at" if vivas else "-creada_at")[:LIMITE])
    quienes = personas.por_ids(alcance, [f.paciente for f in elegidas if f.paciente])
    visibles = [f for f in elegidas if f.paciente is None or f.paciente in quienes]
    return _renglones(visibles, ahora, quienes)


def de_paciente(acceso: Acceso, *, ahora: datetime) -> list[Renglon]:
    """Those of one patient, newest first."""
    acceso.exigir(Permiso.EXPEDIENTE_COMPARTIR)
    filas = Referencia.objects.filter(paciente=acceso.paciente).order_by("-creada_at")[:LIMITE]
    return _renglones(list(filas), ahora, {})


def una(acceso: Acceso, *, referencia_id: UUID, ahora: datetime) -> Detalle | None:
    """One of the patient's."""
    acceso.exigir(Permiso.EXPEDIENTE_COMPARTIR)
    fila = Referencia.objects.filter(pk=referencia_id, paciente=acceso.paciente).first()
    if fila is None:
        return None
    (renglon,) = _renglones([fila], ahora, {})
    return Detalle(
        renglon,
        fila.nota,
        fila.respuesta,
        legajo.motivo_de(fila),
        frozenset(
            paso
            for paso, (de_quien, desde, _) in pasos.LLEVA_A.items()
            if de_quien is renglon.sentido and renglon.estado in desde
        ),
    )


def abrir(alcance: Alcance, *, referencia_id: UUID, ahora: datetime) -> Abierta | None:
    """What was sent of somebody who is not accepted yet, with its event; None if none waits."""
    alcance.exigir(Permiso.REFERENCIA_ATENDER)
    fila = Referencia.objects.filter(pk=referencia_id, sentido=Sentido.RECIBIDA).first()
    if fila is None or fila.contenido is None:
        return None
    detalle = {"referencia": str(fila.pk)}
    bitacora.anexar(
        [asiento(alcance, TipoDeEvento.REFERENCIA_ABIERTA, ahora=ahora, detalle=detalle)]
    )
    mensaje = legajo.contenido_de(fila)
    paciente = mensaje.paciente or {}
    (renglon,) = _renglones([fila], ahora, {})
    clinicos = [r for r in mensaje.recursos if r["resourceType"] != "Patient"]
    clinicos.sort(key=lambda r: r.get("id") != mensaje.nota)  # the note first
    return Abierta(
        renglon,
        lecturas.nombre(paciente),
        str(paciente.get("birthDate", "")),
        str(paciente.get("gender", "")),
        legajo.curp_de(mensaje),
        mensaje.servicio,
        [lecturas.linea(recurso) for recurso in clinicos],
    )


def con_curp(alcance: Alcance, *, curp: str) -> list[ResumenDeIdentidad]:
    """Who of ours has that CURP, for who lists patients."""
    return personas.por_identificadores(alcance, [(SISTEMA_CURP, curp)]) if curp else []


def socios(alcance: Alcance, *, ahora: datetime) -> list[Socio]:
    """The partners with whom something was exchanged, by name: figures, and nobody's data."""
    alcance.exigir(Permiso.MENSAJE_ATENDER)
    desde = ahora - timedelta(hours=24)
    filas = bitacora.consultar(
        "SELECT c.id, c.nombre, "
        "(SELECT count(*) FROM red_recibido r WHERE r.cliente = c.id AND r.recibido_at >= %s), "
        "(SELECT max(r.recibido_at) FROM red_recibido r WHERE r.cliente = c.id), "
        "coalesce(e.enviados, 0), coalesce(e.por_enviar, 0), coalesce(e.detenidos, 0), "
        "e.ultimo, e.desde "
        "FROM identidad_cliente c LEFT JOIN (SELECT f.cliente, "
        " count(*) FILTER (WHERE n.enviado_at >= %s) AS enviados, "
        " count(*) FILTER (WHERE n.situacion = 'pendiente') AS por_enviar, "
        " count(*) FILTER (WHERE n.situacion = 'detenido') AS detenidos, "
        " max(n.enviado_at) AS ultimo, "
        " min(n.creado_at) FILTER (WHERE n.situacion = 'pendiente' AND n.intentos > 0) AS desde "
        " FROM red_envio n JOIN red_referencia f ON f.id = n.referencia_id GROUP BY f.cliente) e "
        "ON e.cliente = c.id WHERE EXISTS (SELECT FROM red_referencia f WHERE f.cliente = c.id) "
        "ORDER BY c.nombre",
        [desde, desde],
    )
    return [_socio(fila, ahora) for fila in filas]


def _socio(fila: Sequence[Any], ahora: datetime) -> Socio:
    _, nombre, recibidos, oido, enviados, por_enviar, detenidos, ultimo, desde = fila
    return Socio(
        nombre,
        recibidos,
        enviados,
        por_enviar,
        detenidos,
        max((u for u in (oido, ultimo) if u), default=None),
        desde,
        callado=desde is not None and desde < ahora - CALLADO,
    )


def por_hora(alcance: Alcance, *, ahora: datetime) -> list[tuple[datetime, int]]:
    """(hour, messages with other institutions, both ways) of the last day, the oldest first."""
    alcance.exigir(Permiso.MENSAJE_ATENDER)
    desde = (ahora - timedelta(hours=23)).replace(minute=0, second=0, microsecond=0)
    filas = bitacora.consultar(
        "SELECT date_trunc('hour', cuando), count(*) FROM ("
        "SELECT recibido_at AS cuando FROM red_recibido WHERE recibido_at >= %s UNION ALL "
        "SELECT enviado_at FROM red_envio WHERE enviado_at >= %s) m GROUP BY 1",
        [desde, desde],
    )
    cuentas = {hora.astimezone(desde.tzinfo): cuantos for hora, cuantos in filas}
    horas = [desde + timedelta(hours=n) for n in range(24)]
    return [(hora, cuentas.get(hora, 0)) for hora in horas]


def detenidos(alcance: Alcance) -> list[Detenido]:
    """Word that could not be given, the oldest first: why, and nobody's data."""
    alcance.exigir(Permiso.MENSAJE_ATENDER)
    filas = Envio.objects.filter(situacion=Envio.Situacion.DETENIDO).select_related("referencia")
    elegidas = list(filas.order_by("orden")[:LIMITE])
    nombres = identidad.quienes(f.referencia.cliente for f in elegidas)
    return [
        Detenido(f.id, nombres.get(f.referencia.cliente, ""), Paso(f.paso), f.motivo)
        for f in elegidas
    ]


def _renglones(
    filas: Sequence[Referencia], ahora: datetime, quienes: dict[UUID, ResumenDeIdentidad]
) -> list[Renglon]:
    nombres = identidad.quienes(f.cliente for f in filas)
    envios = Envio.objects.filter(referencia__in=[f.pk for f in filas]).exclude(
        situacion=Envio.Situacion.ENVIADO
    )
    esperan: dict[UUID, Envio] = {}
    for envio in envios.order_by("-orden"):
        esperan[envio.referencia_id] = envio
    return [
        Renglon(
            id=fila.pk,
            folio=fila.folio,
            sentido=Sentido(fila.sentido),
            institucion=nombres.get(fila.cliente, ""),
            estado=Estado(fila.estado),
            prioridad=Prioridad(fila.prioridad),
            creada_at=fila.creada_at,
            plazo_at=fila.plazo_at,
            vencida=fila.plazo_at is not None and fila.plazo_at < ahora,
            nos_toca=pasos.toca(Estado(fila.estado)) == fila.sentido,
            paciente_id=fila.paciente,
            paciente=quienes.get(fila.paciente) if fila.paciente else None,
            detenido=(
                esperan[fila.pk].motivo or "—"
                if fila.pk in esperan and esperan[fila.pk].situacion == Envio.Situacion.DETENIDO
                else ""
            ),
            por_enviar=fila.pk in esperan,
        )
        for fila in filas
    ]
