"""People of the portal: a patient with an account, and those who are only in its tests."""

from datetime import timedelta
from uuid import UUID

from django.utils import timezone
from playwright.sync_api import Page

from ece.identidad.models import Asignacion, Usuario
from ece.nucleo.roles import Rol
from tests.elenco import CONTRASENA


def contratar(clave: str, rol: Rol) -> Usuario:
    """Somebody with a post in the whole institution."""
    usuario = Usuario.objects.create_user(clave, password=CONTRASENA)
    Asignacion.objects.create(usuario=usuario, rol=rol, desde=timezone.now() - timedelta(days=1))
    return usuario


def con_cuenta(paciente: UUID, clave: str = "paciente") -> Usuario:
    """The account of a patient."""
    usuario = Usuario.objects.create_user(
        clave, password=CONTRASENA, first_name="Xóchitl", last_name="Ibáñez"
    )
    usuario.paciente = paciente
    usuario.save()
    return usuario


def entrar_como(pagina: Page, clave: str) -> Page:
    """Sign in from the door, wherever it leads."""
    pagina.fill("#id_username", clave)
    pagina.fill("#id_password", CONTRASENA)
    pagina.keyboard.press("Enter")
    pagina.wait_for_url(lambda url: "/cuenta/entrar" not in url)
    return pagina
