"""Invited, given posts by others, on leave, gone; and nobody does any of it to themselves."""

import hashlib
from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.test import Client
from oauth2_provider.models import AccessToken, Application

from auditoria import bitacora
from auditoria.models import Evento
from auditoria.tipos import TipoDeEvento
from consentimiento.decision import AccesoDenegado
from ece.identidad.models import Asignacion, InvitacionDePersonal, Usuario
from ece.identidad.selectors import actor_de_usuario
from ece.identidad.services import asignaciones, autorizaciones, personas
from ece.identidad.services.asignaciones import AsignacionInexistente, SinPlazo
from ece.identidad.services.autorizaciones import Contexto
from ece.identidad.services.personas import InvitacionInvalida, NombreOcupado, UnoMismo
from ece.nucleo.acceso import Alcance, PermisoInsuficiente
from ece.nucleo.roles import PERMISOS, Permiso, Rol
from tests.elenco import AHORA, Elenco
from tests.identidad.gobierno import alcance_de, gobierno

pytestmark = pytest.mark.django_db

BUENA = "una frase larga y propia 2026"
UN_ANO = AHORA + timedelta(days=365)


@pytest.fixture
def sistemas(elenco: Elenco) -> Alcance:
    return alcance_de(gobierno(Rol.SISTEMAS), Permiso.ASIGNACION_OTORGAR)


@pytest.fixture
def direccion(elenco: Elenco) -> Alcance:
    return alcance_de(gobierno(Rol.DIRECCION), Permiso.ASIGNACION_AUTORIZAR)


def invitar(alcance: Alcance) -> tuple[Usuario, str]:
    nueva = {"usuario": "nueva", "nombres": "Inés", "apellidos": "de Ejemplo"}
    id_, secreto = personas.invitar(alcance, **nueva, ahora=AHORA)
    return Usuario.objects.get(pk=id_), secreto


def otorgar(alcance: Alcance, quien: Usuario, rol: Rol, **cambios: object) -> Asignacion:
    datos = {"unidad_id": None, "hasta": UN_ANO, "ahora": AHORA, **cambios}
    id_ = asignaciones.otorgar(alcance, persona_id=quien.pk, rol=rol, **datos)  # type: ignore[arg-type]
    return Asignacion.objects.get(pk=id_)


def eventos(tipo: TipoDeEvento) -> int:
    return Evento.objects.filter(tipo=tipo).count()


def roles(usuario: Usuario, dias: int = 0) -> set[str]:
    return set(actor_de_usuario(usuario, ahora=AHORA + timedelta(days=dias)).roles)


def test_an_invitation_serves_once_and_only_its_digest_is_kept(sistemas: Alcance) -> None:
    nueva, secreto = invitar(sistemas)
    assert not nueva.is_active
    assert eventos(TipoDeEvento.PERSONA_INVITADA) == 1
    assert (
        bytes(InvitacionDePersonal.objects.get().resumen)
        == hashlib.sha256(secreto.encode()).digest()
    )
    personas.aceptar(secreto=secreto, contrasena=BUENA, ahora=AHORA)
    nueva.refresh_from_db()
    assert nueva.is_active
    assert nueva.check_password(BUENA)
    assert not roles(nueva)
    with pytest.raises(InvitacionInvalida):
        personas.aceptar(secreto=secreto, contrasena=BUENA, ahora=AHORA)
    with pytest.raises(NombreOcupado):
        invitar(sistemas)


def test_an_invitation_expires_and_asks_for_a_password_that_is_not_common(
    sistemas: Alcance,
) -> None:
    _, secreto = invitar(sistemas)
    tarde = AHORA + personas.VIGENCIA
    with pytest.raises(InvitacionInvalida):
        personas.aceptar(secreto=secreto, contrasena=BUENA, ahora=tarde)
    with pytest.raises(ValidationError):
        personas.aceptar(secreto=secreto, contrasena="password1234", ahora=AHORA)


def test_a_common_post_holds_at_once_and_a_dangerous_one_waits(
    elenco: Elenco, sistemas: Alcance, direccion: Alcance
) -> None:
    otorgar(sistemas, elenco.archivo, Rol.CALIDAD, hasta=None)
    assert Rol.CALIDAD in roles(elenco.archivo)
    puesto = otorgar(sistemas, elenco.archivo, Rol.PRIVACIDAD)
    assert Rol.PRIVACIDAD not in roles(elenco.archivo)
    asignaciones.autorizar(direccion, asignacion_id=puesto.pk, ahora=AHORA)
    assert Rol.PRIVACIDAD in roles(elenco.archivo)
    assert Rol.PRIVACIDAD not in roles(elenco.archivo, dias=366)
    assert eventos(TipoDeEvento.PUESTO_OTORGADO) == 2
    assert eventos(TipoDeEvento.PUESTO_AUTORIZADO) == 1
    asignaciones.retirar(sistemas, asignacion_id=puesto.pk, ahora=AHORA)
    assert Rol.PRIVACIDAD not in roles(elenco.archivo)
    with pytest.raises(AsignacionInexistente):
        asignaciones.autorizar(direccion, asignacion_id=puesto.pk, ahora=AHORA)


def test_nobody_serves_themselves(elenco: Elenco, sistemas: Alcance, direccion: Alcance) -> None:
    yo = Usuario.objects.get(pk=sistemas.actor.id)
    with pytest.raises(UnoMismo):
        otorgar(sistemas, yo, Rol.MEDICO)
    with pytest.raises(UnoMismo):
        personas.dar_de_baja(sistemas, persona_id=yo.pk, ahora=AHORA)
    with pytest.raises(UnoMismo):
        personas.reinvitar(sistemas, persona_id=yo.pk, ahora=AHORA)
    with pytest.raises(SinPlazo):
        otorgar(sistemas, elenco.archivo, Rol.SISTEMAS, hasta=None)
    suyo = otorgar(sistemas, Usuario.objects.get(pk=direccion.actor.id), Rol.INVESTIGACION)
    with pytest.raises(UnoMismo):
        asignaciones.autorizar(direccion, asignacion_id=suyo.pk, ahora=AHORA)
    # Whoever has both posts does not authorise what they gave, and the database would not either.
    ambos = gobierno(Rol.DIRECCION, Rol.SISTEMAS)
    dado = otorgar(alcance_de(ambos, Permiso.ASIGNACION_OTORGAR), elenco.archivo, Rol.ADMINISTRADOR)
    autoriza = alcance_de(ambos, Permiso.ASIGNACION_AUTORIZAR)
    with pytest.raises(UnoMismo):
        asignaciones.autorizar(autoriza, asignacion_id=dado.pk, ahora=AHORA)
    with pytest.raises(IntegrityError), transaction.atomic():
        Asignacion.objects.filter(pk=dado.pk).update(autorizada_por=ambos.pk)


def test_it_takes_the_permission(elenco: Elenco, sistemas: Alcance, direccion: Alcance) -> None:
    with pytest.raises(AccesoDenegado):
        alcance_de(elenco.medica, Permiso.ASIGNACION_OTORGAR)
    with pytest.raises(PermisoInsuficiente):
        otorgar(direccion, elenco.archivo, Rol.CALIDAD)
    with pytest.raises(PermisoInsuficiente):
        invitar(direccion)
    with pytest.raises(PermisoInsuficiente):
        personas.dar_de_baja(direccion, persona_id=elenco.medica.pk, ahora=AHORA)
    puesto = otorgar(sistemas, elenco.archivo, Rol.PRIVACIDAD)
    with pytest.raises(PermisoInsuficiente):
        asignaciones.autorizar(sistemas, asignacion_id=puesto.pk, ahora=AHORA)


@time_machine.travel(AHORA)
def test_a_leave_takes_the_posts_and_gives_them_back(elenco: Elenco, sistemas: Alcance) -> None:
    lejos = 3650  # days: pages go by the real clock
    desde, hasta = AHORA + timedelta(days=lejos), AHORA + timedelta(days=lejos + 5)
    cliente = Client()
    cliente.force_login(elenco.medica)
    licencia = {"persona_id": elenco.medica.pk, "hasta": hasta, "ahora": AHORA}
    personas.suspender(sistemas, desde=desde, **licencia)  # type: ignore[arg-type]
    assert cliente.get("/clinica/").status_code == 200
    assert [bool(roles(elenco.medica, dias)) for dias in (0, lejos, lejos + 4, lejos + 5)] == [
        True,
        False,
        False,
        True,
    ]
    personas.suspender(sistemas, desde=AHORA, **licencia)  # type: ignore[arg-type]
    assert cliente.get("/clinica/").status_code == 302
    assert eventos(TipoDeEvento.PERSONA_SUSPENDIDA) == 2


def _con_token(usuario: Usuario) -> Callable[[], int]:
    """A machine's call with a token that `usuario` lent it; gives the status."""
    aplicacion = Application.objects.get(client_id="integracion")
    vence = AHORA + timedelta(days=3650)
    scope = "user/*.rs"
    AccessToken.objects.create(
        user=usuario, application=aplicacion, token="prestado", expires=vence, scope=scope
    )
    actor = actor_de_usuario(usuario, ahora=AHORA)
    autorizacion = autorizaciones.otorgar(
        actor, client_id="integracion", ambitos=[scope], contexto=Contexto(), ahora=AHORA
    )
    autorizaciones.anotar("prestado", vence_at=vence, ahora=AHORA, autorizacion=autorizacion)
    cabeceras = {"HTTP_AUTHORIZATION": "Bearer prestado"}
    return lambda: Client(**cabeceras).get("/fhir/Organization").status_code  # type: ignore[arg-type]


def test_whoever_is_dismissed_loses_pages_pieces_and_tokens_at_once(
    elenco: Elenco, sistemas: Alcance, clientes: None
) -> None:
    navegador, llamar = Client(), _con_token(elenco.medica)
    navegador.force_login(elenco.medica)
    assert navegador.get("/clinica/").status_code == 200
    assert llamar() == 200
    personas.dar_de_baja(sistemas, persona_id=elenco.medica.pk, ahora=AHORA)
    pagina, pieza = navegador.get("/clinica/"), navegador.get("/clinica/", HTTP_HX_REQUEST="true")
    assert pagina["Location"].startswith("/cuenta/entrar/")
    assert pieza["Location"].startswith("/cuenta/entrar/")
    assert llamar() == 401
    assert not roles(elenco.medica)
    assert eventos(TipoDeEvento.PERSONA_CESADA) == eventos(TipoDeEvento.SESION_CORTADA) == 1


def test_without_its_event_nobody_is_dismissed(
    elenco: Elenco, sistemas: Alcance, monkeypatch: pytest.MonkeyPatch
) -> None:
    def falla(eventos: object) -> None:
        raise RuntimeError("the log is full")

    monkeypatch.setattr(bitacora, "anexar", falla)
    with pytest.raises(RuntimeError):
        personas.dar_de_baja(sistemas, persona_id=elenco.medica.pk, ahora=AHORA)
    elenco.medica.refresh_from_db()
    assert elenco.medica.is_active
    assert roles(elenco.medica)


def test_to_administer_reads_no_record(elenco: Elenco, paciente: object) -> None:
    clinicos = {Permiso.PACIENTE_LEER, Permiso.EXPEDIENTE_LEER, Permiso.RECURSO_LEER}
    for rol in (Rol.ADMINISTRADOR, Rol.SISTEMAS, Rol.DIRECCION):
        assert not PERMISOS[rol] & clinicos
    admin = gobierno(Rol.ADMINISTRADOR)
    admin.is_staff = admin.is_superuser = True
    admin.save()
    cliente = Client()
    cliente.force_login(admin)
    assert cliente.get(f"/clinica/{paciente}/").status_code == 404
    puestos = "/admin/identidad/asignacion/add/"
    contrasena = f"/admin/identidad/usuario/{elenco.medica.pk}/password/"
    assert [cliente.get(d).status_code for d in (puestos, contrasena)] == [403, 403]
