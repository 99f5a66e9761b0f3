"""The patient's own proof, for tests of what they do by themselves."""

from uuid import UUID

from django.utils import timezone

from consentimiento import decision
from ece.identidad.models import Usuario
from ece.identidad.selectors import actor_de_usuario
from ece.nucleo.acceso import Acceso
from ece.nucleo.roles import Permiso


def acceso_del_paciente(usuario: Usuario | None, paciente: UUID) -> Acceso:
    """What the account of the patient may do with their own record."""
    assert usuario is not None
    ahora = timezone.now()
    actor = actor_de_usuario(usuario, ahora=ahora)
    return decision.abrir_paciente(actor, paciente, Permiso.EXPEDIENTE_LEER, ahora=ahora)
