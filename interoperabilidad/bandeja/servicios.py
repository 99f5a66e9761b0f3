"""What a person does about a message that waits: try it again, fix it, answer for it, or let it go.

Each is one transaction with its event. A message that was applied is never touched.
"""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction

from auditoria import bitacora
from auditoria.bitacora import NuevoEvento
from auditoria.tipos import Resultado, TipoDeEvento
from ece.nucleo import sobres
from ece.nucleo.acceso import Alcance
from ece.nucleo.roles import Permiso
from interoperabilidad.cda import archivo
from interoperabilidad.cda import buzon as buzon_cda
from interoperabilidad.hl7v2 import buzon, interlocutores
from interoperabilidad.hl7v2.aplicacion import MISMA_PERSONA, SIN_ORDEN
from interoperabilidad.hl7v2.examen import examinar
from interoperabilidad.hl7v2.interlocutores import Origen
from interoperabilidad.models import Estado, EstadoDeSalida, MensajeRecibido, Salida

DISPENSAS = {
    "orden-desconocida": SIN_ORDEN,
    "orden-ambigua": SIN_ORDEN,
    "identidad-discrepante": MISMA_PERSONA,
    "curp-distinta": MISMA_PERSONA,
}
"""reason -> what a person may answer for, so that it is applied all the same."""
ATENDIBLES = (Estado.EN_ESPERA, Estado.RECHAZADO)


class YaNoEspera(Exception):
    """Somebody else attended it, or it was applied meanwhile."""


class SigueMal(Exception):
    """The corrected message cannot be used either; the message says why."""


def reintentar(alcance: Alcance, *, id: UUID, ahora: datetime, dispensa: str = "") -> None:
    """Have it applied again, in its place; a document, at once. Raises `YaNoEspera`."""
    alcance.exigir(Permiso.MENSAJE_ATENDER)
    with transaction.atomic():
        fila = _tomar(id, (Estado.EN_ESPERA,))
        if dispensa and DISPENSAS.get(fila.motivo) != dispensa:
            raise YaNoEspera(fila.motivo)
        clinico = fila.familia == buzon_cda.FAMILIA
        MensajeRecibido.objects.filter(orden=fila.orden).update(
            estado=Estado.EN_ESPERA if clinico else Estado.RECIBIDO,
            dispensa=dispensa or fila.dispensa,
            intentos=0,
            atendido_at=ahora,
            atendido_por=alcance.actor.id,
        )
        _constar(alcance, TipoDeEvento.MENSAJE_REENVIADO, id, fila.tipo, ahora, dispensa)
    if clinico:
        fila.refresh_from_db()
        archivo.reintentar(fila, ahora=ahora)


def corregir(alcance: Alcance, *, id: UUID, texto: str, ahora: datetime) -> UUID:
    """Put `texto` (segments, one a line) in the place of a message; returns the new one's id.

    The message as it came stays, discarded. Raises `YaNoEspera`, `SigueMal`.
    """
    alcance.exigir(Permiso.MENSAJE_ATENDER)
    directorio = interlocutores.directorio()
    with transaction.atomic():
        fila = _tomar(id, ATENDIBLES)
        if fila.familia == buzon_cda.FAMILIA:
            raise SigueMal("Un documento clínico no se corrige aquí: lo corrige quien lo hizo.")
        ficha = directorio.de(fila.interlocutor_id)
        if ficha is None:
            raise SigueMal("El remitente dejó de estar registrado o activo.")
        lineas = [linea.strip() for linea in texto.splitlines() if linea.strip()]
        datos = "".join(f"{linea}\r" for linea in lineas).encode()
        nuevo = examinar(
            _en_utf8(datos),
            origen=Origen("https", cliente=ficha.actor.id),
            directorio=directorio,
            momento=ahora,
        )
        if nuevo.rechazo is not None or nuevo.es_consulta:
            raise SigueMal(nuevo.rechazo.texto if nuevo.rechazo else "Es una consulta.")
        MensajeRecibido.objects.create(
            id=nuevo.id,
            interlocutor_id=fila.interlocutor_id,
            recibido_at=ahora,
            canal="persona",
            tipo=nuevo.tipo,
            version=nuevo.version,
            familia=nuevo.familia,
            huella=nuevo.huella,
            clave=nuevo.clave,
            clave_previa=nuevo.clave_previa,
            particion=nuevo.particion,
            estado=Estado.RECIBIDO,
            acuse="AA",
            contenido=sobres.sellar_octetos(buzon.USO, nuevo.id, nuevo.datos),
            corrige=fila.corrige or fila.orden,
            atendido_at=ahora,
            atendido_por=alcance.actor.id,
        )
        MensajeRecibido.objects.filter(orden=fila.orden).update(
            estado=Estado.DESCARTADO,
            motivo="corregido",
            atendido_at=ahora,
            atendido_por=alcance.actor.id,
        )
        _constar(alcance, TipoDeEvento.MENSAJE_CORREGIDO, id, fila.tipo, ahora, str(nuevo.id))
    return nuevo.id


def _en_utf8(datos: bytes) -> bytes:
    """What a person wrote is UTF-8: MSH-18 says so, whatever the sender had declared."""
    cabeza, separador, resto = datos.partition(b"\r")
    if len(cabeza) < 8:
        return datos
    campo = cabeza[3:4]
    campos = cabeza.split(campo)
    campos += [b""] * (18 - len(campos))
    campos[17] = b"UNICODE UTF-8"
    return campo.join(campos) + separador + resto


def descartar(alcance: Alcance, *, id: UUID, motivo: str, ahora: datetime) -> None:
    """Let it go, and say why; it stays as it came. Raises `YaNoEspera`."""
    alcance.exigir(Permiso.MENSAJE_ATENDER)
    with transaction.atomic():
        fila = _tomar(id, ATENDIBLES)
        MensajeRecibido.objects.filter(orden=fila.orden).update(
            estado=Estado.DESCARTADO,
            motivo="descartado",
            detalle=sobres.sellar(buzon.USO_DETALLE, id, motivo),
            atendido_at=ahora,
            atendido_por=alcance.actor.id,
        )
        _constar(alcance, TipoDeEvento.MENSAJE_DESCARTADO, id, fila.tipo, ahora)


def reenviar(alcance: Alcance, *, id: UUID, ahora: datetime) -> None:
    """Send again, now, what the other side refused or has not answered. Raises `YaNoEspera`."""
    _de_salida(alcance, id, ahora, EstadoDeSalida.PENDIENTE, TipoDeEvento.MENSAJE_REENVIADO)


def no_enviar(alcance: Alcance, *, id: UUID, ahora: datetime) -> None:
    """Do not send it after all. Raises `YaNoEspera`."""
    _de_salida(alcance, id, ahora, EstadoDeSalida.DESCARTADO, TipoDeEvento.MENSAJE_DESCARTADO)


def _de_salida(
    alcance: Alcance, id: UUID, ahora: datetime, estado: EstadoDeSalida, tipo: TipoDeEvento
) -> None:
    alcance.exigir(Permiso.MENSAJE_ATENDER)
    with transaction.atomic():
        pendientes = [EstadoDeSalida.PENDIENTE, EstadoDeSalida.EN_ESPERA]
        fila = Salida.objects.select_for_update().filter(id=id, estado__in=pendientes).first()
        if fila is None:
            raise YaNoEspera(str(id))
        Salida.objects.filter(orden=fila.orden).update(
            estado=estado, proximo_at=ahora, intentos=0, motivo=""
        )
        _constar(alcance, tipo, id, fila.tipo, ahora)


def _tomar(id: UUID, estados: Sequence[Estado]) -> MensajeRecibido:
    fila = MensajeRecibido.objects.select_for_update().filter(id=id, estado__in=estados).first()
    if fila is None:
        raise YaNoEspera(str(id))
    return fila


def _constar(
    alcance: Alcance, tipo: TipoDeEvento, id: UUID, de_tipo: str, ahora: datetime, dicho: str = ""
) -> None:
    detalle = {"mensaje": str(id), "tipo": de_tipo, **({"dicho": dicho} if dicho else {})}
    evento = NuevoEvento(
        tipo=tipo,
        resultado=Resultado.HECHO,
        actor=alcance.actor,
        momento=ahora,
        decision=alcance.decision,
        detalle=detalle,
    )
    bitacora.anexar([evento])
