"""What each person wants to be told, by which channel, and when they want silence."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from consentimiento.models import Preferencia
from consentimiento.models.notificacion import Canal, Tipo
from consentimiento.notificaciones.textos import SIN_APAGAR, SIN_PREFERENCIA, TEXTOS
from ece.identidad.services import contactos

Querida = tuple[Tipo, Canal]


@dataclass(frozen=True, slots=True)
class Preferencias:
    queridas: frozenset[Querida]
    silencio: tuple[time, time] | None = None

    def quiere(self, tipo: Tipo, canal: Canal) -> bool:
        return tipo in SIN_PREFERENCIA or (tipo, canal) in self.queridas | SIN_APAGAR

    def cuando(self, tipo: Tipo, momento: datetime) -> datetime:
        """`momento` or, if it falls in the silence of the person, when the silence ends."""
        if self.silencio is None or TEXTOS[tipo].urgente:
            return momento
        desde, hasta = self.silencio
        local = timezone.localtime(momento)
        hora = local.time().replace(tzinfo=None)
        callada = desde <= hora < hasta if desde < hasta else hora >= desde or hora < hasta
        if not callada:
            return momento
        dia = local.date() + timedelta(days=int(hora >= hasta))
        return datetime.combine(dia, hasta, local.tzinfo)


POR_OMISION = Preferencias(
    frozenset((tipo, canal) for tipo, texto in TEXTOS.items() for canal in texto.por_omision)
)


def de(usuario_id: UUID) -> Preferencias:
    """What `usuario_id` chose, or what is usual."""
    fila = Preferencia.objects.filter(pk=usuario_id).first()
    if fila is None:
        return POR_OMISION
    queridas = (querida.split(":") for querida in fila.queridas)
    silencio = None
    if fila.silencio_desde is not None and fila.silencio_hasta is not None:
        silencio = (fila.silencio_desde, fila.silencio_hasta)
    return Preferencias(frozenset((Tipo(t), Canal(c)) for t, c in queridas), silencio)


@transaction.atomic
def guardar(
    usuario_id: UUID,
    *,
    queridas: Collection[Querida],
    silencio: tuple[time, time] | None,
    idioma: str,
    correo: str,
) -> None:
    """Keep what `usuario_id` wants of their own messages, and where they are written to."""
    Preferencia.objects.update_or_create(
        pk=usuario_id,
        defaults={
            "queridas": sorted(f"{tipo}:{canal}" for tipo, canal in queridas),
            "silencio_desde": silencio[0] if silencio else None,
            "silencio_hasta": silencio[1] if silencio else None,
        },
    )
    contactos.guardar(usuario_id, correo=correo, idioma=idioma)
