"""Those who govern the others' accounts."""

from datetime import timedelta

from consentimiento import decision
from ece.identidad.models import Asignacion, Usuario
from ece.identidad.selectors import actor_de_usuario
from ece.nucleo.acceso import Alcance
from ece.nucleo.roles import Permiso, Rol
from tests.elenco import AHORA, CONTRASENA


def gobierno(*roles: Rol) -> Usuario:
    """Somebody with those posts, named by the first: sistemas, direccion."""
    nombre = "gobierno" if len(roles) > 1 else roles[0].value
    usuario = Usuario.objects.filter(username=nombre).first()
    if usuario is None:
        usuario = Usuario.objects.create_user(nombre, password=CONTRASENA, first_name="Gobierno")
        for rol in roles:
            Asignacion.objects.create(usuario=usuario, rol=rol, desde=AHORA - timedelta(days=1))
    return usuario


def alcance_de(usuario: Usuario, permiso: Permiso) -> Alcance:
    actor = actor_de_usuario(usuario, ahora=AHORA)
    return decision.alcanzar(actor, permiso, motivo="personas", ahora=AHORA)
