"""Whom a person let into their record, and what waits for their yes."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum, unique
from uuid import UUID

from consentimiento.models import AlcanceDelegado, Delegacion
from ece.nucleo.acceso import Acceso
from ece.nucleo.roles import Permiso


@unique
class Situacion(StrEnum):
    OFRECIDA = "ofrecida"  # the code waits
    ACEPTADA = "aceptada"  # somebody redeemed it: the person says whether it was them
    VIGENTE = "vigente"
    TERMINADA = "terminada"


@dataclass(frozen=True, slots=True)
class DelegacionVista:
    id: UUID
    situacion: Situacion
    nombre: str
    alcance: str
    con_sensibles: bool
    desde: datetime
    caduca: datetime
    hasta: datetime


def de_paciente(acceso: Acceso, *, ahora: datetime) -> list[DelegacionVista]:
    """Whom the patient let in, newest first: those that wait for something before the rest."""
    acceso.exigir(Permiso.DELEGACION_OTORGAR)
    filas = Delegacion.objects.filter(paciente=acceso.paciente).select_related("usuario")
    vistas = [
        DelegacionVista(
            id=fila.pk,
            situacion=_situacion(fila, ahora),
            nombre=fila.usuario.nombre if fila.usuario else "",
            alcance=str(AlcanceDelegado(fila.alcance).label),
            con_sensibles=fila.con_sensibles,
            desde=fila.ofrecida_at,
            caduca=fila.caduca_at,
            hasta=min(fila.hasta, fila.retirada_at or fila.hasta),
        )
        for fila in filas.order_by("-ofrecida_at")[:60]
    ]
    orden = [Situacion.ACEPTADA, Situacion.OFRECIDA, Situacion.VIGENTE, Situacion.TERMINADA]
    # A code that nobody used says nothing worth keeping in sight.
    return sorted(
        (v for v in vistas if v.nombre or v.situacion is not Situacion.TERMINADA),
        key=lambda v: orden.index(v.situacion),
    )


def _situacion(fila: Delegacion, ahora: datetime) -> Situacion:
    if fila.retirada_at is not None or fila.hasta <= ahora:
        return Situacion.TERMINADA
    if fila.concesion is not None:
        return Situacion.VIGENTE
    if fila.usuario_id is not None:
        return Situacion.ACEPTADA
    return Situacion.OFRECIDA if fila.caduca_at > ahora else Situacion.TERMINADA
