"""What a person has been told, as they read it in the portal."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Q, QuerySet

from consentimiento.models import Notificacion
from consentimiento.models.notificacion import Canal, Tipo
from consentimiento.notificaciones.textos import TEXTOS, Texto

LO_MAS = 100


@dataclass(frozen=True, slots=True)
class Leida:
    """A message of the inbox; the words of `texto` are still to be translated."""

    id: UUID
    tipo: Tipo
    texto: Texto
    creada_at: datetime
    nueva: bool


def de(usuario_id: UUID, paciente: UUID) -> list[Leida]:
    """What was told about `paciente` and about the account itself, newest first."""
    filas = _suyas(usuario_id, paciente).order_by("-creada_at", "-id")[:LO_MAS]
    return [
        Leida(n.pk, Tipo(n.tipo), TEXTOS[Tipo(n.tipo)], n.creada_at, n.leida_at is None)
        for n in filas
    ]


def sin_leer(usuario_id: UUID, paciente: UUID) -> int:
    return _suyas(usuario_id, paciente).filter(leida_at=None).count()


def leer_todas(usuario_id: UUID, paciente: UUID, *, ahora: datetime) -> None:
    _suyas(usuario_id, paciente).filter(leida_at=None).update(leida_at=ahora)


def destino(usuario_id: UUID, aviso: UUID) -> tuple[Tipo, UUID | None] | None:
    """What `aviso` tells this person, and of which patient (None: of the account); None if it is
    not theirs."""
    fila = Notificacion.objects.filter(pk=aviso, usuario_id=usuario_id).first()
    return None if fila is None else (Tipo(fila.tipo), fila.paciente)


def _suyas(usuario_id: UUID, paciente: UUID) -> "QuerySet[Notificacion]":
    return Notificacion.objects.filter(
        Q(paciente=paciente) | Q(paciente=None), usuario_id=usuario_id, canal=Canal.PORTAL
    )
