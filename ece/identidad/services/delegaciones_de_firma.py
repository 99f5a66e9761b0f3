"""Delegating one's signature for a time, under the institution's seal; and taking it back."""

import hmac
from collections.abc import Iterable, Sequence
from datetime import datetime
from hashlib import sha256
from typing import Any
from uuid import UUID

from django.db import transaction

from auditoria import bitacora
from auditoria.bitacora import NuevoEvento
from auditoria.tipos import Resultado, TipoDeEvento
from ece.identidad import confianza, delegaciones_de_firma
from ece.identidad.confianza import Uso
from ece.identidad.models import DelegacionDeFirma
from ece.nucleo import llavero
from ece.nucleo.acceso import Actor
from ece.nucleo.firma import jws
from ece.nucleo.firma.canonico import canonico
from ece.nucleo.uuid7 import uuid7

FORMATO = "ece.delegacion/1"


class DelegacionInexistente(Exception):
    """The actor made no such delegation, or it has ended."""


@transaction.atomic
def escribir(
    actor: Actor,
    *,
    delegado_id: UUID,
    documentos: Sequence[str],
    fichas: Sequence[int],
    desde: datetime,
    hasta: datetime,
    motivo: str,
    metodo: Iterable[str],
    ahora: datetime,
) -> UUID:
    """The actor's delegation, sealed and in the log; its id. Raises `SinCredencial`.

    The caller has just verified who the actor is (`metodo`), and that it may be delegated. The
    reason is of the person who will be away: what is sealed, and goes with each signature, has only
    a keyed digest of it.
    """
    par = confianza.credencial(Uso.SELLO)
    id_, momento = uuid7(), ahora.replace(microsecond=0)
    clave = llavero.clave_institucional("firma/delegacion")
    dice = canonico(
        {
            "formato": FORMATO,
            "id": str(id_),
            "delegante": _persona(actor.id),
            "delegado": _persona(delegado_id),
            "documentos": sorted(documentos),
            "desde": desde.isoformat(timespec="seconds"),
            "hasta": hasta.isoformat(timespec="seconds"),
            "motivo_hmac": hmac.digest(clave, f"{id_}|{motivo}".encode(), "sha256").hex(),
            "momento": momento.isoformat(timespec="seconds"),
            "metodo": sorted(metodo),
        }
    )
    DelegacionDeFirma.objects.create(
        id=id_,
        delegante_id=actor.id,
        delegado_id=delegado_id,
        contenido=delegaciones_de_firma.cerrar(
            id_, dice=dice, sello=jws.firmar(par.llave, dice, par.der, momento), motivo=motivo
        ),
        fichas=[*fichas],
        desde=desde,
        hasta=hasta,
        creada_at=ahora,
    )
    _anexar(
        TipoDeEvento.FIRMA_DELEGADA,
        actor,
        ahora,
        delegacion=str(id_),
        delegado=str(delegado_id),
        sha256=sha256(dice).hexdigest(),
    )
    return id_


@transaction.atomic
def revocar(actor: Actor, *, delegacion_id: UUID, ahora: datetime) -> None:
    """From now on nothing is signed under it. Raises `DelegacionInexistente`."""
    fila = (
        DelegacionDeFirma.objects.select_for_update()
        .filter(pk=delegacion_id, delegante=actor.id, revocada_at=None, hasta__gt=ahora)
        .first()
    )
    if fila is None:
        raise DelegacionInexistente(str(delegacion_id))
    fila.revocada_at = ahora
    fila.save(update_fields=["revocada_at"])
    _anexar(
        TipoDeEvento.FIRMA_NO_DELEGADA,
        actor,
        ahora,
        delegacion=str(delegacion_id),
        delegado=str(fila.delegado_id),
    )


def _persona(usuario_id: UUID) -> dict[str, str]:
    datos = confianza.firmante(usuario_id)
    suyos = {"id": str(datos.id), "nombre": datos.nombre, "cedula": datos.cedula}
    return {clave: valor for clave, valor in suyos.items() if valor}


def _anexar(tipo: TipoDeEvento, actor: Actor, ahora: datetime, **detalle: Any) -> None:
    bitacora.anexar([NuevoEvento(tipo, Resultado.HECHO, actor, momento=ahora, detalle=detalle)])
