"""Pieces of text that people who write notes keep at hand."""

from uuid import UUID

from django.db import IntegrityError, transaction

from ece.identidad.models import Fragmento
from ece.nucleo.acceso import Actor, PermisoInsuficiente
from ece.nucleo.roles import Permiso


class FragmentoInexistente(Exception):
    """The actor has no such piece of text: only its author changes it."""


class AbreviaturaRepetida(Exception):
    """The author already has one with that abbreviation."""


def guardar(
    actor: Actor,
    *,
    abreviatura: str,
    texto: str,
    unidad_id: UUID | None,
    fragmento_id: UUID | None = None,
) -> UUID:
    """Make a piece of text, or change one of the actor's; shared with one of their units or not.

    Raises `PermisoInsuficiente`, `FragmentoInexistente`, `AbreviaturaRepetida`.
    """
    fragmento = _propio(actor, fragmento_id) if fragmento_id else Fragmento(usuario_id=actor.id)
    _exigir(actor, unidad_id)
    fragmento.abreviatura, fragmento.texto = abreviatura, texto
    fragmento.unidad_id = unidad_id
    try:
        with transaction.atomic():
            fragmento.save()
    except IntegrityError as error:
        raise AbreviaturaRepetida(abreviatura) from error
    return fragmento.pk


def borrar(actor: Actor, *, fragmento_id: UUID) -> None:
    """Forget one of the actor's pieces of text. Raises `FragmentoInexistente`."""
    _propio(actor, fragmento_id).delete()


def _exigir(actor: Actor, unidad_id: UUID | None) -> None:
    ajena = unidad_id is not None and unidad_id not in actor.unidades()
    if Permiso.NOTA_REDACTAR not in actor.permisos or ajena:
        raise PermisoInsuficiente(Permiso.NOTA_REDACTAR)


def _propio(actor: Actor, fragmento_id: UUID) -> Fragmento:
    fragmento = Fragmento.objects.filter(pk=fragmento_id, usuario_id=actor.id).first()
    if fragmento is None:
        raise FragmentoInexistente(str(fragmento_id))
    return fragmento
