"""Who speaks HL7 v2 with us: known by their connection and their header, never by one alone."""

import hmac
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings

from ece.identidad import selectors as identidad
from ece.nucleo.acceso import Actor
from interoperabilidad.hl7v2.datos import Contexto
from interoperabilidad.models import Interlocutor

VIDA_SEGUNDOS = 5.0
"""How long a change of who may connect takes to be known by the listener."""


@dataclass(frozen=True, slots=True)
class Origen:
    """How a message arrived: `direccion`, the SHA-256 of the client's certificate (hexadecimal) if
    it showed one, or the actor of its OAuth2 token (HTTPS)."""

    canal: str  # "mllp" | "https"
    direccion: str = ""
    certificado: str = ""
    cliente: UUID | None = None


@dataclass(frozen=True, slots=True)
class Ficha:
    """An interlocutor, as the receiver needs it."""

    id: UUID
    nombre: str
    actor: Actor
    aplicacion: str
    institucion: str
    certificado: str = ""
    redes: tuple[IPv4Network | IPv6Network, ...] = ()
    familias: frozenset[str] = frozenset()
    juego: str = ""
    sistemas: dict[str, str] = field(default_factory=dict)
    ordenes_ajenas: bool = False

    def contexto(self, institucion: str) -> Contexto:
        """What a bare identifier of theirs means; `institucion` is what MSH-4 says."""
        return Contexto(
            propio=institucion or self.aplicacion,
            sistemas=self.sistemas,
            zona=ZoneInfo(settings.TIME_ZONE),
        )

    def llega(self, origen: Origen) -> bool:
        """Whether `origen` is a way by which this one arrives."""
        if origen.canal == "https":
            return origen.cliente == self.actor.id
        if self.certificado or origen.certificado:
            return bool(self.certificado) and hmac.compare_digest(
                self.certificado.lower(), origen.certificado.lower()
            )
        try:
            direccion = ip_address(origen.direccion)
        except ValueError:
            return False
        return any(direccion in red for red in self.redes)

    def desde(self, origen: Origen) -> Actor:
        return replace(self.actor, origen=origen.direccion)


@dataclass(frozen=True, slots=True)
class Directorio:
    """Everybody who may connect, at one moment."""

    fichas: tuple[Ficha, ...] = ()

    def reconocer(self, origen: Origen, *, aplicacion: str, institucion: str) -> Ficha | None:
        """Who the connection and the header (MSH-3, MSH-4) say, both; None for anybody else."""
        candidatas = [
            f
            for f in self.fichas
            if f.aplicacion.upper() == aplicacion.upper()
            and f.institucion.upper() in ("", institucion.upper())
            and f.llega(origen)
        ]
        return max(candidatas, key=lambda f: bool(f.institucion), default=None)

    def de(self, id: UUID | None) -> Ficha | None:
        return next((f for f in self.fichas if f.id == id), None)


def directorio() -> Directorio:
    """Read it, with each one's role as it is now."""
    filas = Interlocutor.objects.filter(activo=True).select_related("cliente")
    return Directorio(tuple(f for fila in filas if (f := _ficha(fila)) is not None))


def _ficha(fila: Interlocutor) -> Ficha | None:
    actor = identidad.actor_de_cliente(fila.cliente.aplicacion_id)
    if actor is None:
        return None
    return Ficha(
        id=fila.pk,
        nombre=fila.nombre,
        actor=actor,
        aplicacion=fila.aplicacion,
        institucion=fila.institucion,
        certificado=fila.certificado.replace(":", "").lower(),
        redes=tuple(_redes(fila.redes.split(","))),
        familias=frozenset(fila.familias.replace(" ", "").upper().split(",")) - {""},
        juego=fila.juego,
        sistemas=dict(fila.sistemas),
        ordenes_ajenas=fila.ordenes_ajenas,
    )


def _redes(textos: Iterable[str]) -> Iterable[IPv4Network | IPv6Network]:
    for texto in textos:
        try:
            yield ip_network(texto.strip(), strict=False)
        except ValueError:
            continue
