"""The verbs of an agreement: draft, correct, sign, begin, suspend, resume, end.

Each is one transaction with its event. Who governs the exchange drafts and moves; who directs the
institution signs for it; the partner signs with a key of its own, which may arrive by either door.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction

from auditoria import bitacora
from auditoria.tipos import TipoDeEvento
from consentimiento import convenios
from consentimiento.asientos import asiento
from consentimiento.convenios import PASOS, Estado, Parte, Terminos
from consentimiento.models import Convenio, FirmaDeConvenio
from consentimiento.services import firmas_de_convenio
from consentimiento.services.firmas_de_convenio import Jwk
from ece.identidad import selectors as identidad
from ece.nucleo.acceso import Prueba, verificar
from ece.nucleo.roles import Permiso


class ConvenioInexistente(Exception):
    """There is no such agreement."""


class FolioRepetido(Exception):
    """Another agreement has that number."""


class PasoInvalido(Exception):
    """From its state the agreement does not pass to that one."""


class YaFirmado(Exception):
    """That party had signed; or the terms were signed, and so are fixed."""


def redactar(prueba: Prueba, *, terminos: Terminos, ahora: datetime) -> UUID:
    """A new draft. Raises `TerminosInvalidos`, `FolioRepetido`."""
    prueba.exigir(Permiso.CONVENIO_GOBERNAR)
    terminos.validar()
    try:
        with transaction.atomic():
            convenio = Convenio.objects.create(
                folio=terminos.folio,
                cliente=terminos.cliente,
                estado=Estado.BORRADOR,
                terminos=terminos.canonico(),
                redactado_por=prueba.actor.id,
                creado_at=ahora,
                estado_at=ahora,
            )
            _asentar(prueba, TipoDeEvento.CONVENIO_REDACTADO, convenio, ahora)
    except IntegrityError as error:
        raise FolioRepetido(terminos.folio) from error
    return convenio.pk


@transaction.atomic
def corregir(prueba: Prueba, *, convenio_id: UUID, terminos: Terminos, ahora: datetime) -> None:
    """Other terms for a draft nobody has signed. Raises `TerminosInvalidos`, `YaFirmado`,
    `ConvenioInexistente`."""
    prueba.exigir(Permiso.CONVENIO_GOBERNAR)
    terminos.validar()
    convenio = _uno(convenio_id)
    if convenio.estado != Estado.BORRADOR or convenio.firmas.exists():
        raise YaFirmado(convenio.folio)
    convenio.terminos, convenio.cliente = terminos.canonico(), terminos.cliente
    convenio.save()
    _asentar(prueba, TipoDeEvento.CONVENIO_REDACTADO, convenio, ahora)


@transaction.atomic
def firmar(prueba: Prueba, *, convenio_id: UUID, ahora: datetime) -> None:
    """Our signature. Raises `YaFirmado`, `PasoInvalido`, `ConvenioInexistente`."""
    prueba.exigir(Permiso.CONVENIO_FIRMAR)
    convenio = _uno(convenio_id)
    if convenio.redactado_por == prueba.actor.id:
        raise PasoInvalido("quien redacta no firma")
    jws = firmas_de_convenio.firmar(bytes(convenio.terminos))
    _firmar(prueba, convenio, Parte.NUESTRA, jws, firmas_de_convenio.nuestra_llave(), ahora)


@transaction.atomic
def recibir_firma(prueba: Prueba, *, convenio_id: UUID, jws: str, ahora: datetime) -> None:
    """The partner's signature: brought to the desk, or sent by its own system (which signs only
    what is its own). Raises `FirmaInvalida`, `YaFirmado`, `PasoInvalido`, `ConvenioInexistente`."""
    verificar(prueba)
    convenio = _uno(convenio_id)
    if prueba.actor.id != convenio.cliente:
        prueba.exigir(Permiso.CONVENIO_GOBERNAR)
    terminos = convenios.leer(bytes(convenio.terminos))
    llaves = [
        jwk
        for jwk in identidad.llaves_registradas(convenio.cliente)
        if firmas_de_convenio.pulgar(jwk) in terminos.llaves
    ]
    llave = firmas_de_convenio.verificar(bytes(convenio.terminos), jws, llaves)
    _firmar(prueba, convenio, Parte.ALIADA, jws.strip(), llave, ahora)


@transaction.atomic
def iniciar(prueba: Prueba, *, convenio_id: UUID, ahora: datetime) -> None:
    """Put in force what both signed. Raises `PasoInvalido`, `ConvenioInexistente`."""
    prueba.exigir(Permiso.CONVENIO_GOBERNAR)
    _pasar(prueba, convenio_id, Estado.VIGENTE, TipoDeEvento.CONVENIO_INICIADO, "", ahora)


@transaction.atomic
def suspender(prueba: Prueba, *, convenio_id: UUID, motivo: str, ahora: datetime) -> None:
    """From the next request on nothing is exchanged. Raises as `iniciar`."""
    prueba.exigir(Permiso.CONVENIO_GOBERNAR)
    tipo = TipoDeEvento.CONVENIO_SUSPENDIDO
    _pasar(prueba, convenio_id, Estado.SUSPENDIDO, tipo, motivo, ahora)


@transaction.atomic
def reanudar(prueba: Prueba, *, convenio_id: UUID, motivo: str, ahora: datetime) -> None:
    """What was suspended is in force again. Raises as `iniciar`."""
    prueba.exigir(Permiso.CONVENIO_GOBERNAR)
    _pasar(
        prueba,
        convenio_id,
        Estado.VIGENTE,
        TipoDeEvento.CONVENIO_REANUDADO,
        motivo,
        ahora,
        desde=Estado.SUSPENDIDO,
    )


@transaction.atomic
def terminar(prueba: Prueba, *, convenio_id: UUID, motivo: str, ahora: datetime) -> None:
    """For good: another agreement is another folio. Raises as `iniciar`."""
    prueba.exigir(Permiso.CONVENIO_GOBERNAR)
    tipo = TipoDeEvento.CONVENIO_TERMINADO
    _pasar(prueba, convenio_id, Estado.TERMINADO, tipo, motivo, ahora)


def _uno(convenio_id: UUID) -> Convenio:
    convenio = Convenio.objects.select_for_update().filter(pk=convenio_id).first()
    if convenio is None:
        raise ConvenioInexistente(str(convenio_id))
    return convenio


def _firmar(
    prueba: Prueba, convenio: Convenio, parte: Parte, jws: str, llave: Jwk, ahora: datetime
) -> None:
    if convenio.estado != Estado.BORRADOR:
        raise PasoInvalido(convenio.estado)
    hechas = set(convenio.firmas.values_list("parte", flat=True))
    if parte in hechas:
        raise YaFirmado(parte)
    FirmaDeConvenio.objects.create(
        convenio=convenio,
        parte=parte,
        huella=convenios.huella(bytes(convenio.terminos)),
        llave=llave,
        jws=jws,
        firmo=prueba.actor.id,
        firmada_at=ahora,
    )
    if hechas:
        convenio.estado, convenio.estado_at = Estado.FIRMADO, ahora
        convenio.save()
    _asentar(prueba, TipoDeEvento.CONVENIO_FIRMADO, convenio, ahora, parte=parte.value)


def _pasar(
    prueba: Prueba,
    convenio_id: UUID,
    estado: Estado,
    tipo: TipoDeEvento,
    motivo: str,
    ahora: datetime,
    desde: Estado | None = None,
) -> None:
    convenio = _uno(convenio_id)
    if estado not in PASOS[Estado(convenio.estado)] or desde not in (None, convenio.estado):
        raise PasoInvalido(f"{convenio.estado} → {estado}")
    if tipo is TipoDeEvento.CONVENIO_INICIADO and convenio.estado != Estado.FIRMADO:
        raise PasoInvalido(f"{convenio.estado} → {estado}")
    convenio.estado, convenio.estado_at, convenio.motivo = estado, ahora, motivo
    convenio.save()
    _asentar(prueba, tipo, convenio, ahora)


def _asentar(
    prueba: Prueba, tipo: TipoDeEvento, convenio: Convenio, ahora: datetime, **detalle: Any
) -> None:
    dicho: Mapping[str, Any] = {
        "convenio": str(convenio.pk),
        "cliente": str(convenio.cliente),
        "huella": convenios.huella(bytes(convenio.terminos)),
        **detalle,
    }
    bitacora.anexar([asiento(prueba, tipo, ahora=ahora, detalle=dicho)])
