"""Questions about who signs in the name of whom."""

import json
import os
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.db.models import Q, QuerySet

from ece.identidad.models import DelegacionDeFirma
from ece.nucleo import llavero

RECIENTE = timedelta(days=60)
"""How long after its end a delegation is still shown to both."""


@dataclass(frozen=True, slots=True)
class Delegada:
    """A delegation; `dice` is its canonical declaration, under the institution's seal (`sello`)."""

    id: UUID
    delegante: UUID
    de: str
    delegado: UUID
    a: str
    documentos: tuple[str, ...]
    desde: datetime
    hasta: datetime
    motivo: str
    revocada_at: datetime | None
    dice: bytes = field(repr=False)
    sello: str = field(repr=False)

    def vigente(self, ahora: datetime) -> bool:
        return self.revocada_at is None and self.desde <= ahora < self.hasta

    def terminada(self, ahora: datetime) -> bool:
        return self.revocada_at is not None or self.hasta <= ahora


def recibidas(usuario_id: UUID, *, ahora: datetime, bloquear: bool = False) -> list[Delegada]:
    """Those made to a person that have not ended, or ended lately; the newest first.

    `bloquear`, in a transaction: none is revoked before it ends.
    """
    filas = _con_nombres(Q(delegado=usuario_id), ahora)
    return _leer(filas.select_for_update(of=("self",), no_key=True) if bloquear else filas)


def hechas(usuario_id: UUID, *, ahora: datetime) -> list[Delegada]:
    """Those that a person made, likewise."""
    return _leer(_con_nombres(Q(delegante=usuario_id), ahora))


def valia(id: UUID, momento: datetime) -> bool:
    """Whether there is such a delegation and nobody had revoked it at `momento`."""
    vivas = Q(revocada_at=None) | Q(revocada_at__gt=momento)
    return DelegacionDeFirma.objects.filter(vivas, pk=id).exists()


def _con_nombres(de_quien: Q, ahora: datetime) -> "QuerySet[DelegacionDeFirma]":
    filas = DelegacionDeFirma.objects.filter(de_quien, hasta__gt=ahora - RECIENTE)
    return filas.select_related("delegante", "delegado").order_by("-creada_at", "-id")


def cerrar(id: UUID, *, dice: bytes, sello: str, motivo: str) -> bytes:
    """The content of a row, as it is kept."""
    nonce = os.urandom(12)
    dicho = {"dice": dice.decode(), "sello": sello, "motivo": motivo}
    return nonce + _cifra().encrypt(nonce, json.dumps(dicho).encode(), id.bytes)


def _leer(filas: "QuerySet[DelegacionDeFirma]") -> list[Delegada]:
    return [_abierta(fila) for fila in filas]


def _abierta(fila: DelegacionDeFirma) -> Delegada:
    sellado = bytes(fila.contenido)
    dicho = json.loads(_cifra().decrypt(sellado[:12], sellado[12:], fila.pk.bytes))
    return Delegada(
        fila.pk,
        fila.delegante_id,
        fila.delegante.nombre,
        fila.delegado_id,
        fila.delegado.nombre,
        tuple(json.loads(dicho["dice"])["documentos"]),
        fila.desde,
        fila.hasta,
        dicho["motivo"],
        fila.revocada_at,
        dicho["dice"].encode(),
        dicho["sello"],
    )


def _cifra() -> AESGCM:
    return AESGCM(llavero.clave_institucional("firma/delegacion/contenido"))
