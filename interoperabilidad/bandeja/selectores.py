"""Questions of the desk: figures and lists tell of nobody; messages are opened one by one."""

import contextlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Count, Q
from django.db.models.functions import TruncHour

from auditoria import bitacora
from auditoria.bitacora import NuevoEvento
from auditoria.tipos import Resultado, TipoDeEvento
from ece.cda import CdaInvalido
from ece.identidad import selectors as identidad
from ece.nucleo import sobres
from ece.nucleo.acceso import Alcance
from ece.nucleo.roles import Permiso
from interoperabilidad.cda import buzon as documentos
from interoperabilidad.hl7v2 import buzon, juegos, salida
from interoperabilidad.models import Estado, EstadoDeSalida, MensajeRecibido, Salida

HORAS = 24
LIMITE = 50
CALLADO = timedelta(hours=24)
"""How long somebody who used to send may say nothing before the desk says so."""


@dataclass(frozen=True, slots=True)
class Renglon:
    """A message in a list: never what it says."""

    id: UUID
    orden: int
    remitente: str
    tipo: str
    recibido_at: datetime
    estado: str
    motivo: str
    clinico: bool = False
    """Whether it is a clinical document, and not a message of HL7 v2."""


@dataclass(frozen=True, slots=True)
class Remitente:
    """Somebody who connects: when they were last heard, and whether that is too long ago."""

    nombre: str
    activo: bool
    ultimo_at: datetime | None
    callado: bool
    recibidos: int
    detenidos: int


@dataclass(frozen=True, slots=True)
class Tablero:
    """The figures of the last day; `por_hora` are (hour, messages received), the oldest first."""

    recibidos: int
    aplicados: int
    por_aplicar: int
    en_espera: int
    rechazados: int
    por_enviar: int
    sin_enviar: int
    por_hora: Sequence[tuple[datetime, int]] = ()
    remitentes: Sequence[Remitente] = ()


@dataclass(frozen=True, slots=True)
class Abierto:
    """A message as it came: its segments, one a line, and why it is here."""

    renglon: Renglon
    texto: str = field(repr=False)
    detalle: str = field(repr=False)
    corrige: int | None = None


def tablero(alcance: Alcance, *, ahora: datetime) -> Tablero:
    alcance.exigir(Permiso.MENSAJE_ATENDER)
    desde = (ahora - timedelta(hours=HORAS - 1)).replace(minute=0, second=0, microsecond=0)
    recientes = MensajeRecibido.objects.filter(recibido_at__gte=desde)
    cuentas = recientes.aggregate(
        recibidos=Count("orden"),
        aplicados=Count("orden", filter=Q(estado=Estado.APLICADO)),
        rechazados=Count("orden", filter=Q(estado=Estado.RECHAZADO)),
    )
    por_hora = dict(
        recientes.annotate(hora=TruncHour("recibido_at"))
        .values_list("hora")
        .annotate(Count("orden"))
    )
    horas = [desde + timedelta(hours=n) for n in range(HORAS)]
    locales = {hora.astimezone(desde.tzinfo): cuantos for hora, cuantos in por_hora.items()}
    de_salida = Salida.objects.aggregate(
        por_enviar=Count("orden", filter=Q(estado=EstadoDeSalida.PENDIENTE)),
        sin_enviar=Count("orden", filter=Q(estado=EstadoDeSalida.EN_ESPERA)),
    )
    return Tablero(
        **cuentas,
        **de_salida,
        por_aplicar=MensajeRecibido.objects.filter(estado=Estado.RECIBIDO).count(),
        en_espera=MensajeRecibido.objects.filter(estado=Estado.EN_ESPERA).count(),
        por_hora=[(hora, locales.get(hora, 0)) for hora in horas],
        remitentes=_remitentes(desde, ahora),
    )


def _remitentes(desde: datetime, ahora: datetime) -> list[Remitente]:
    filas = bitacora.consultar(
        "SELECT i.nombre, i.activo, "
        "(SELECT max(m.recibido_at) FROM interoperabilidad_mensajerecibido m "
        " WHERE m.interlocutor_id = i.id AND m.recibido_at >= %s), "
        "(SELECT count(*) FROM interoperabilidad_mensajerecibido m "
        " WHERE m.interlocutor_id = i.id AND m.recibido_at >= %s), "
        "(SELECT count(*) FROM interoperabilidad_mensajerecibido m "
        " WHERE m.interlocutor_id = i.id AND m.estado = 'en-espera') "
        "FROM interoperabilidad_interlocutor i ORDER BY i.nombre",
        [ahora - timedelta(days=7), desde],
    )
    return [
        Remitente(
            nombre,
            activo,
            ultimo,
            callado=activo and ultimo is not None and ultimo < ahora - CALLADO,
            recibidos=recibidos,
            detenidos=detenidos,
        )
        for nombre, activo, ultimo, recibidos, detenidos in filas
    ]


def recibidos(alcance: Alcance, *, estado: str, pagina: int = 1) -> list[Renglon]:
    """Messages of the inbox in that state: those that wait in order, the rest newest first."""
    alcance.exigir(Permiso.MENSAJE_ATENDER)
    filas = MensajeRecibido.objects.filter(estado=estado).select_related("interlocutor")
    orden = "orden" if estado in (Estado.EN_ESPERA, Estado.RECIBIDO) else "-orden"
    inicio = (pagina - 1) * LIMITE
    pagina_de = list(filas.order_by(orden).defer("contenido")[inicio : inicio + LIMITE])
    nombres = identidad.quienes(f.cliente for f in pagina_de if f.cliente is not None)
    return [_renglon(f, nombres) for f in pagina_de]


def por_enviar(alcance: Alcance) -> list[Renglon]:
    """What could not be sent, and what waits to be, in order."""
    alcance.exigir(Permiso.MENSAJE_ATENDER)
    filas = Salida.objects.filter(
        estado__in=[EstadoDeSalida.EN_ESPERA, EstadoDeSalida.PENDIENTE]
    ).select_related("destino")
    return [
        Renglon(f.id, f.orden, f.destino.nombre, f.tipo, f.creado_at, f.estado, f.motivo)
        for f in filas.order_by("-estado", "orden").defer("contenido")[:LIMITE]
    ]


def _renglon(fila: MensajeRecibido, nombres: Mapping[UUID, str]) -> Renglon:
    """`nombres` are those of the clients that send documents."""
    propio = nombres.get(fila.cliente, "") if fila.cliente is not None else ""
    return Renglon(
        id=fila.id,
        orden=fila.orden,
        remitente=fila.interlocutor.nombre if fila.interlocutor is not None else propio,
        tipo=fila.tipo,
        recibido_at=fila.recibido_at,
        estado=fila.estado,
        motivo=fila.motivo,
        clinico=fila.familia == documentos.FAMILIA,
    )


def abrir(alcance: Alcance, *, id: UUID, ahora: datetime) -> Abierto | None:
    """A message that waits or was refused, with its event: it tells of somebody."""
    alcance.exigir(Permiso.MENSAJE_ATENDER)
    fila = MensajeRecibido.objects.filter(id=id).select_related("interlocutor").first()
    if fila is None or fila.estado not in (Estado.EN_ESPERA, Estado.RECHAZADO):
        return None
    _constar(alcance, id, fila.tipo, ahora)
    texto = ""
    if fila.contenido is not None:
        juego = fila.interlocutor.juego if fila.interlocutor is not None else ""
        octetos = sobres.abrir_octetos(buzon.USO, id, fila.contenido)
        clinico = fila.familia == documentos.FAMILIA
        texto = _clinico(octetos) if clinico else _legible(octetos, juego)
    detalle = sobres.abrir(buzon.USO_DETALLE, id, fila.detalle) if fila.detalle is not None else ""
    nombres = identidad.quienes([fila.cliente] if fila.cliente is not None else [])
    return Abierto(_renglon(fila, nombres), texto, detalle, fila.corrige)


def _clinico(octetos: bytes) -> str:
    """A document, without the ZIP that it may have come in; what is none, as it came."""
    with contextlib.suppress(CdaInvalido):
        octetos = documentos.abrir(octetos).documento
    return octetos.decode("utf-8", "replace")


def abrir_salida(alcance: Alcance, *, id: UUID, ahora: datetime) -> Abierto | None:
    """A message to be sent, with its event."""
    alcance.exigir(Permiso.MENSAJE_ATENDER)
    fila = Salida.objects.filter(id=id).select_related("destino").first()
    if fila is None or fila.contenido is None:
        return None
    _constar(alcance, id, fila.tipo, ahora)
    detalle = sobres.abrir(salida.USO_DETALLE, id, fila.detalle) if fila.detalle is not None else ""
    texto = sobres.abrir(salida.USO, id, fila.contenido).replace("\r", "\n").strip()
    renglon = Renglon(
        id, fila.orden, fila.destino.nombre, fila.tipo, fila.creado_at, fila.estado, fila.motivo
    )
    return Abierto(renglon, texto, detalle)


def _constar(alcance: Alcance, id: UUID, tipo: str, ahora: datetime) -> None:
    evento = NuevoEvento(
        tipo=TipoDeEvento.MENSAJE_ABIERTO,
        resultado=Resultado.HECHO,
        actor=alcance.actor,
        momento=ahora,
        decision=alcance.decision,
        detalle={"mensaje": str(id), "tipo": tipo},
    )
    bitacora.anexar([evento])


def _legible(datos: bytes, juego: str) -> str:
    """Its segments, one a line; what is no text of its set, as Latin-1, which reads anything."""
    try:
        texto, _codec = juegos.decodificar(datos, por_omision=juego)
    except juegos.JuegoInvalido:
        texto = datos.decode("latin-1")
    final = "\r" if "\r" in texto else "\n"
    return "\n".join(linea.strip("\r\n") for linea in texto.split(final)).strip()
