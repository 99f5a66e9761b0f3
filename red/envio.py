"""Telling the other side each step: in order, until it says that it has it.

One sender at a time has the lock of the database, which is let go of with its connection: whoever
kills it does not stop the next. What travels is what the decision lets that partner read now.
"""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import F

from auditoria import bitacora
from auditoria.bitacora import NuevoEvento
from auditoria.tipos import Resultado, TipoDeEvento
from consentimiento.asientos import asiento
from consentimiento.decision import AccesoDenegado
from consentimiento.selectors.convenios import Destino
from ece import fhir
from ece.identidad import selectors as identidad
from ece.nucleo.acceso import Acceso, Actor, Alcance
from ece.nucleo.roles import Permiso
from red import legajo, mensajes, socio
from red.mensajes import Mensaje
from red.models import Envio
from red.pasos import LLEVA_A, Estado, Paso, Prioridad
from registros.catalogos import procedencias
from registros.selectors import recursos

_CANDADO = 0x45434552  # "ECER"
ESPERA_MAXIMA = timedelta(minutes=5)
LOTE = 100
SIEMPRE = frozenset({"AllergyIntolerance"})
"""What goes with a note whether or not it cites it, where the agreement lets it be read."""
MENSAJERO = Actor(id=UUID(int=4), clase="sistema", nombre="Mensajería de la red")
_registro = logging.getLogger("ece.red")


def enviar(*, ahora: datetime) -> int:
    """Send what is due; how many steps were acknowledged. None, if another process is sending."""
    with _solo() as mio:
        if not mio:
            return 0
        callados: set[UUID] = set()
        enviados = 0
        # Once a step is there, the next of its referral may go.
        while hechos := sum(_intentar(envio, callados, ahora) for envio in _pendientes(ahora)):
            enviados += hechos
    return enviados


class EnvioInexistente(Exception):
    """There is no such word to be given."""


class YaNoEsta(Exception):
    """It is not held any more."""


def reintentar(alcance: Alcance, *, id: UUID, ahora: datetime) -> None:
    """Have what was held be sent again. Raises `EnvioInexistente`, `YaNoEsta`."""
    alcance.exigir(Permiso.MENSAJE_ATENDER)
    envio = Envio.objects.filter(id=id).first()
    if envio is None:
        raise EnvioInexistente(str(id))
    with transaction.atomic():
        if not Envio.objects.filter(pk=envio.pk, situacion=Envio.Situacion.DETENIDO).update(
            situacion=Envio.Situacion.PENDIENTE, proximo_at=ahora, intentos=0
        ):
            raise YaNoEsta(str(id))
        detalle = {"mensaje": str(id), "referencia": str(envio.referencia_id)}
        bitacora.anexar(
            [asiento(alcance, TipoDeEvento.MENSAJE_REENVIADO, ahora=ahora, detalle=detalle)]
        )


def _intentar(envio: Envio, callados: set[UUID], ahora: datetime) -> int:
    """Send one, unless its partner was just found silent: the rest of theirs would wait too."""
    if envio.referencia.cliente in callados:
        return 0
    try:
        return _enviar(envio, ahora)
    except socio.SocioCallado as error:
        callados.add(envio.referencia.cliente)
        _posponer(envio, error, ahora)
        return 0


def _pendientes(ahora: datetime) -> list[Envio]:
    """The first of each referral that is not there yet, if its time has come; oldest first."""
    filas = bitacora.consultar(
        "SELECT DISTINCT ON (referencia_id) orden, situacion, proximo_at FROM red_envio "
        "WHERE situacion <> 'enviado' ORDER BY referencia_id, orden",
        [],
    )
    ordenes = sorted(o for o, como, cuando in filas if como == "pendiente" and cuando <= ahora)
    hallados = Envio.objects.select_related("referencia").in_bulk(ordenes[:LOTE])
    return [hallados[orden] for orden in ordenes[:LOTE]]


def _enviar(envio: Envio, ahora: datetime) -> int:
    try:
        a = socio.destino(envio.referencia.convenio, ahora=ahora)
        bundle = _bundle(envio, a, ahora)
        respuesta = socio.pedir(
            a,
            "POST",
            "/$process-message",
            quien=socio.Quien(str(envio.por), envio.rol),
            cuerpo=bundle,
        )
    except socio.SinEnlace:
        return _detener(envio, "El convenio ya no está vigente.")
    except AccesoDenegado:
        return _detener(envio, "El paciente o el convenio ya no permiten enviarlo.")
    except mensajes.MensajeInvalido as error:
        return _detener(envio, f"No se puede enviar: {error}.")
    except socio.SocioNiega as error:
        return _detener(
            envio, error.dicho or f"La otra institución no lo admite (HTTP {error.estado})."
        )
    if not _acusa(respuesta, envio.id):
        raise socio.SocioCallado("no acusa de recibido")
    with transaction.atomic():
        Envio.objects.filter(pk=envio.pk).update(
            situacion=Envio.Situacion.ENVIADO,
            enviado_at=ahora,
            motivo="",
            intentos=F("intentos") + 1,
        )
        bitacora.anexar([_evento(envio, ahora)])
    return 1


def _bundle(envio: Envio, a: Destino, ahora: datetime) -> dict[str, Any]:
    referencia, paso = envio.referencia, Paso(envio.paso)
    viajan: tuple[dict[str, Any], ...] = ()
    nota = {Paso.SOLICITUD: referencia.nota, Paso.RESPUESTA: referencia.respuesta}.get(paso)
    servicio = ""
    if nota is not None:
        acceso = legajo.acceso_de_aliado(referencia, Permiso.RECURSO_LEER, ahora=ahora)
        viajan = _lo_que_viaja(acceso, nota, a)
        if paso is Paso.SOLICITUD and referencia.solicitud is not None:
            servicio = _servicio(acceso, referencia.solicitud)
    propia = identidad.institucion()
    mensaje = Mensaje(
        id=envio.id,
        paso=paso,
        folio=referencia.folio,
        prioridad=Prioridad(referencia.prioridad),
        emisor=propia.nombre if propia else "",
        receptor=a.institucion,
        momento=envio.creado_at,
        servicio=servicio,
        motivo=(legajo.motivo_de(referencia) if paso in (Paso.RECHAZO, Paso.CANCELACION) else ""),
        nota=str(nota) if nota else "",
        recursos=viajan,
    )
    estado: Estado = LLEVA_A[paso][2]
    return mensajes.escribir(
        mensaje, estado=estado, origen=f"{settings.ECE_URL}/fhir", destino=a.direccion
    )


def _lo_que_viaja(acceso: Acceso, nota: UUID, a: Destino) -> tuple[dict[str, Any], ...]:
    """The person, the note and what it cites, as far as the partner may read them."""
    filas = {
        fila.id: fila for fila in recursos.compartimento(acceso, tipos=a.sale, sin_binarios=True)
    }
    if nota not in filas:
        raise mensajes.MensajeInvalido("la nota no se puede compartir con esa institución")
    abiertos = {
        fila.id: fhir.json.leer(json)
        for fila, json in recursos.abrir_todos({acceso.paciente: acceso}, list(filas.values()))
    }
    citados = {
        texto.rpartition("/")[2]
        for _, referencia in fhir.referencias(abiertos[nota])
        if (texto := referencia.get("reference", ""))
    }
    if _cita_lo_reservado(acceso, abiertos[nota], a):
        raise mensajes.MensajeInvalido("la nota habla de algo que no se les puede compartir")
    elegidos = [
        recurso
        for id_, recurso in abiertos.items()
        if id_ in (nota, acceso.paciente)
        or (
            (str(id_) in citados or recurso["resourceType"] in SIEMPRE)
            and not procedencias.es_de(recurso, a.cliente)  # they have it: they sent it
        )
    ]
    return tuple(elegidos[: mensajes.ENTRADAS - 5])


def _cita_lo_reservado(acceso: Acceso, nota: dict[str, Any], a: Destino) -> bool:
    """Whether a note names a record of a kind that is shared, and that is withheld from them: its
    words would tell what the record does not."""
    for _, referencia in fhir.referencias(nota):
        tipo, _, id_ = str(referencia.get("reference", "")).partition("/")
        try:
            sellado = recursos.sellado(tipo, UUID(id_)) if tipo in a.sale else None
        except ValueError:  # of elsewhere, or of one of its own versions
            continue
        if (
            sellado is not None
            and sellado.paciente == acceso.paciente
            and not recursos.visible(acceso, sellado)
        ):
            return True
    return False


def _servicio(acceso: Acceso, solicitud: UUID) -> str:
    sellado = recursos.sellado("ServiceRequest", solicitud)
    if sellado is None or not recursos.visible(acceso, sellado):
        return ""
    return fhir.texto(fhir.json.leer(recursos.abrir(acceso, sellado)).get("code", {}))


def _acusa(respuesta: dict[str, Any], id: UUID) -> bool:
    """Whether that is the acknowledgement of message `id`."""
    for entrada in respuesta.get("entry", ()):
        dicho = entrada.get("resource", {}).get("response", {})
        if dicho.get("identifier") == str(id) and dicho.get("code") == "ok":
            return True
    return False


def _detener(envio: Envio, motivo: str) -> int:
    Envio.objects.filter(pk=envio.pk).update(
        situacion=Envio.Situacion.DETENIDO, motivo=motivo[:300], intentos=F("intentos") + 1
    )
    return 0


def _posponer(envio: Envio, error: socio.SocioCallado, ahora: datetime) -> None:
    motivo = str(error)
    espera = min(timedelta(seconds=2 ** min(envio.intentos, 10)), ESPERA_MAXIMA)
    espera = max(espera, error.espera)
    Envio.objects.filter(pk=envio.pk).update(
        proximo_at=ahora + espera, intentos=F("intentos") + 1, motivo=motivo[:300]
    )
    # By its code only: what the other side says may be somebody's data.
    _registro.warning("el envío %s espera: %s", envio.id, motivo)


def _evento(envio: Envio, ahora: datetime) -> NuevoEvento:
    referencia = envio.referencia
    return NuevoEvento(
        tipo=TipoDeEvento.REFERENCIA_ENVIADA,
        resultado=Resultado.HECHO,
        actor=MENSAJERO,
        momento=ahora,
        pacientes=(referencia.paciente,) if referencia.paciente else (),
        detalle={
            "referencia": str(referencia.id),
            "paso": envio.paso,
            "convenio": str(referencia.convenio),
            "mensaje": str(envio.id),
        },
    )


@contextmanager
def _solo() -> Iterator[bool]:
    ((mio,),) = bitacora.consultar("SELECT pg_try_advisory_lock(%s)", [_CANDADO])
    try:
        yield mio
    finally:
        if mio:
            bitacora.consultar("SELECT pg_advisory_unlock(%s)", [_CANDADO])
