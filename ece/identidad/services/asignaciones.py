"""Giving posts: by another person, with a term, and by two where the post is dangerous."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from auditoria.tipos import TipoDeEvento
from ece.identidad.models import Asignacion, Usuario
from ece.identidad.services.personas import PersonaInexistente, UnoMismo
from ece.identidad.services.sesiones import asentar
from ece.nucleo.acceso import Alcance
from ece.nucleo.roles import Permiso, Rol

DE_DOS = frozenset(
    {Rol.PRIVACIDAD, Rol.DIRECCION, Rol.SISTEMAS, Rol.ADMINISTRADOR, Rol.INVESTIGACION}
)
"""Posts that see over everybody: they have a term, and a second person authorises them."""
DE_PERSONAS = frozenset(Rol) - {Rol.PACIENTE, Rol.INTEGRACION, Rol.ALIADO}


class SinPlazo(Exception):
    """The post must end some day, later than it begins."""


class AsignacionInexistente(Exception):
    """There is no such post, or it does not wait for anybody."""


@transaction.atomic
def otorgar(
    alcance: Alcance,
    *,
    persona_id: UUID,
    rol: Rol,
    unidad_id: UUID | None,
    hasta: datetime | None,
    ahora: datetime,
) -> UUID:
    """Give a post from now on; a dangerous one waits for somebody else's `autorizar`.

    Raises `PermisoInsuficiente`, `UnoMismo`, `PersonaInexistente`, `SinPlazo`.
    """
    alcance.exigir(Permiso.ASIGNACION_OTORGAR)
    if persona_id == alcance.actor.id:
        raise UnoMismo
    if rol not in DE_PERSONAS or not Usuario.objects.filter(pk=persona_id).exists():
        raise PersonaInexistente(str(persona_id))
    if (hasta is None and rol in DE_DOS) or (hasta is not None and hasta <= ahora):
        raise SinPlazo(rol)
    suyos = Asignacion.objects.filter(usuario_id=persona_id, rol=rol)
    puesto = next((p for p in suyos if p.unidad_id == unidad_id), None) or Asignacion(
        usuario_id=persona_id, rol=rol, unidad_id=unidad_id
    )
    puesto.desde, puesto.hasta = ahora, hasta
    puesto.por_autorizar = rol in DE_DOS
    puesto.otorgada_por, puesto.autorizada_por = alcance.actor.id, None
    puesto.save()
    _asentar(TipoDeEvento.PUESTO_OTORGADO, alcance, puesto, ahora)
    return puesto.pk


@transaction.atomic
def autorizar(alcance: Alcance, *, asignacion_id: UUID, ahora: datetime) -> None:
    """Let a post that waits begin. Raises `PermisoInsuficiente`, `AsignacionInexistente`,
    `UnoMismo` for whoever gave it or would hold it."""
    alcance.exigir(Permiso.ASIGNACION_AUTORIZAR)
    puesto = (
        Asignacion.objects.select_for_update().filter(pk=asignacion_id, por_autorizar=True).first()
    )
    if puesto is None:
        raise AsignacionInexistente(str(asignacion_id))
    if alcance.actor.id in (puesto.usuario_id, puesto.otorgada_por):
        raise UnoMismo
    puesto.por_autorizar, puesto.autorizada_por = False, alcance.actor.id
    puesto.save()
    _asentar(TipoDeEvento.PUESTO_AUTORIZADO, alcance, puesto, ahora)


@transaction.atomic
def retirar(alcance: Alcance, *, asignacion_id: UUID, ahora: datetime) -> None:
    """End a post now. Raises `PermisoInsuficiente`, `AsignacionInexistente`."""
    alcance.exigir(Permiso.ASIGNACION_OTORGAR)
    puesto = Asignacion.objects.select_for_update().filter(pk=asignacion_id).first()
    if puesto is None:
        raise AsignacionInexistente(str(asignacion_id))
    puesto.hasta = ahora
    puesto.save()
    _asentar(TipoDeEvento.PUESTO_RETIRADO, alcance, puesto, ahora)


def _asentar(tipo: TipoDeEvento, alcance: Alcance, puesto: Asignacion, ahora: datetime) -> None:
    asentar(
        tipo,
        alcance.actor,
        ahora=ahora,
        persona=str(puesto.usuario_id),
        rol=puesto.rol,
        unidad=str(puesto.unidad_id or ""),
    )
