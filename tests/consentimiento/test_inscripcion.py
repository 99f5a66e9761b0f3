"""Opening an account with what the counter handed over, and coming back into it."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.test import Client

from auditoria import bitacora
from auditoria.models import Evento
from consentimiento import decision
from consentimiento.models import Concesion
from consentimiento.services import inscripcion, recuperacion
from consentimiento.services.inscripcion import (
    Documento,
    Emitida,
    InvitacionInvalida,
    Persona,
    Proposito,
    Relacion,
)
from consentimiento.services.recuperacion import RecuperacionInvalida
from ece.identidad.models import Contacto, Invitacion, Recuperacion, Usuario
from ece.nucleo.acceso import Acceso, PermisoInsuficiente
from ece.nucleo.roles import Permiso
from registros.selectors import expediente
from tests import elenco as reparto
from tests.elenco import AHORA, XOCHITL, Elenco

FRASE = "un colibri en la ventana"
MADRE = Persona("GOHA900101MOCMRN05", date(1990, 1, 1))


def invitar(
    acceso: Acceso,
    *,
    relacion: Relacion = Relacion.TITULAR,
    proposito: Proposito = Proposito.INSCRIBIR,
    representante: Persona | None = None,
) -> Emitida:
    return inscripcion.invitar(
        acceso,
        relacion=relacion,
        proposito=proposito,
        documento=Documento.INE,
        representante=representante,
        ahora=AHORA,
    )


def quien(acceso: Acceso) -> Persona:
    """XOCHITL has no CURP yet: her expediente number stands for it."""
    identidad = expediente.identidad(acceso)[0]
    assert identidad.nacimiento is not None
    return Persona(identidad.curp or identidad.expediente, identidad.nacimiento)


def comprobar(emitida: Emitida, persona: Persona, **cambios: object) -> inscripcion.Comprobada:
    datos = {"codigo": emitida.codigo, "curp": persona.curp, "nacimiento": persona.nacimiento}
    return inscripcion.comprobar(**{**datos, "ahora": AHORA, **cambios})  # type: ignore[arg-type]


def abrir(emitida: Emitida, persona: Persona, usuario: str = "colibri-azul") -> inscripcion.Hecha:
    return inscripcion.inscribir(
        comprobar(emitida, persona).id,
        usuario=usuario,
        contrasena=FRASE,
        correo="colibri@correo.example",
        idioma="es-mx",
        ahora=AHORA,
    )


def eventos(tipo: str) -> int:
    return Evento.objects.filter(tipo=tipo).count()


def test_the_code_opens_the_account_of_its_patient(acceso: Acceso) -> None:
    emitida = invitar(acceso)
    assert eventos("invitacion.emitida") == 1
    hecha = abrir(emitida, quien(acceso))
    cuenta = Usuario.objects.get(username=hecha.usuario)
    assert cuenta.paciente == acceso.paciente
    assert (cuenta.first_name, cuenta.last_name, cuenta.email) == ("", "", "")
    assert eventos("cuenta.inscrita") == 1
    with pytest.raises(InvitacionInvalida):
        comprobar(emitida, quien(acceso))


def test_neither_code_nor_curp_nor_birth_date_is_kept(acceso: Acceso) -> None:
    emitida = invitar(acceso)
    fila = Invitacion.objects.get()
    guardado = b"".join(bytes(c) for c in (fila.codigo, fila.curp, fila.nacimiento))
    for dicho in (emitida.codigo.replace("-", ""), quien(acceso).curp, "1984-05-17"):
        assert dicho.encode() not in guardado


def test_what_is_wrong_is_not_said_and_the_third_time_the_code_dies(acceso: Acceso) -> None:
    emitida, persona = invitar(acceso), quien(acceso)
    errores = []
    for cambios in ({"codigo": "0" * 12}, {"curp": "OTRA"}, {"nacimiento": date(1984, 5, 18)}):
        with pytest.raises(InvitacionInvalida) as error:
            comprobar(emitida, persona, **cambios)
        errores.append(error.value.args)
    assert errores == [()] * 3
    assert comprobar(emitida, persona).con_cuenta is False
    with pytest.raises(InvitacionInvalida):
        comprobar(emitida, persona, curp="OTRA")
    with pytest.raises(InvitacionInvalida):
        comprobar(emitida, persona)
    assert eventos("invitacion.agotada") == 1


def test_a_code_expires_and_a_newer_one_voids_it(acceso: Acceso) -> None:
    vieja, persona = invitar(acceso), quien(acceso)
    nueva = invitar(acceso)
    with pytest.raises(InvitacionInvalida):
        comprobar(vieja, persona)
    with pytest.raises(InvitacionInvalida):
        comprobar(nueva, persona, ahora=AHORA + timedelta(days=7))
    comprobar(nueva, persona, ahora=AHORA + timedelta(days=6))


def test_only_the_counter_invites(elenco: Elenco, acceso: Acceso) -> None:
    enfermera = decision.abrir_paciente(
        elenco.actor(elenco.enfermera), acceso.paciente, Permiso.EXPEDIENTE_LEER, ahora=AHORA
    )
    with pytest.raises(PermisoInsuficiente):
        invitar(enfermera)
    assert not Invitacion.objects.exists()


def test_an_event_that_cannot_be_written_undoes_it(
    acceso: Acceso, monkeypatch: pytest.MonkeyPatch
) -> None:
    emitida, persona = invitar(acceso), quien(acceso)
    comprobada = comprobar(emitida, persona)

    def falla(*_: object) -> None:
        raise OSError("sin bitácora")

    monkeypatch.setattr(bitacora, "anexar", falla)
    with pytest.raises(OSError, match="bitácora"):
        invitar(acceso)
    with pytest.raises(OSError, match="bitácora"):
        inscripcion.inscribir(
            comprobada.id, usuario="x-y-z", contrasena=FRASE, correo="", idioma="es-mx", ahora=AHORA
        )
    assert Invitacion.objects.get().usada_at is None
    assert not Usuario.objects.filter(username="x-y-z").exists()


def test_who_has_an_account_is_not_given_another(acceso: Acceso) -> None:
    with pytest.raises(inscripcion.SinCuenta):
        invitar(acceso, proposito=Proposito.RECUPERAR)
    abrir(invitar(acceso), quien(acceso))
    with pytest.raises(inscripcion.YaTieneCuenta):
        invitar(acceso)


def test_a_name_that_is_taken_leaves_the_code_good(acceso: Acceso) -> None:
    emitida = invitar(acceso)
    with pytest.raises(inscripcion.NombreOcupado):
        abrir(emitida, quien(acceso), "medica")
    assert abrir(emitida, quien(acceso)).usuario == "colibri-azul"


class TestDeUnMenor:
    @pytest.fixture
    def nino(self, elenco: Elenco) -> Acceso:
        paciente = reparto.registrar(
            elenco, replace(XOCHITL, nombre="Inés", fecha_nacimiento=date(2016, 2, 29))
        )
        reparto.en_consulta(elenco, paciente)
        return reparto.acceso_de_medica(elenco, paciente)

    def test_a_mother_looks_after_it_until_it_is_eighteen(self, nino: Acceso) -> None:
        emitida = invitar(nino, relacion=Relacion.TUTELA, representante=MADRE)
        hecha = abrir(emitida, MADRE)
        concesion = Concesion.objects.get(usuario__username=hecha.usuario)
        assert concesion.paciente == nino.paciente
        assert concesion.hasta.astimezone().date() == date(2034, 3, 1)
        assert Usuario.objects.get(username=hecha.usuario).paciente is None

    def test_who_has_an_account_adds_the_child_to_it_and_keeps_the_password(
        self, nino: Acceso
    ) -> None:
        abrir(invitar(nino, relacion=Relacion.TUTELA, representante=MADRE), MADRE)
        otra = comprobar(invitar(nino, relacion=Relacion.TUTELA, representante=MADRE), MADRE)
        assert (otra.con_cuenta, otra.pide_contrasena) == (True, False)
        hecha = inscripcion.inscribir(
            otra.id, usuario="", contrasena="otra", correo="", idioma="es-mx", ahora=AHORA
        )
        assert (hecha.usuario, hecha.rescate) == ("colibri-azul", "")
        assert Usuario.objects.get(username="colibri-azul").check_password(FRASE)
        assert Concesion.objects.count() == 1

    def test_the_record_of_an_adult_is_represented_by_nobody(self, acceso: Acceso) -> None:
        with pytest.raises(inscripcion.NoEsMenor):
            invitar(acceso, relacion=Relacion.TUTELA, representante=MADRE)


class TestVolver:
    """Recovery: the mailbox is not enough, the counter is, and open sessions end."""

    @pytest.fixture
    def rescate(self, acceso: Acceso) -> str:
        return abrir(invitar(acceso), quien(acceso)).rescate

    @pytest.fixture
    def pedida(self, rescate: str) -> tuple[UUID, str]:
        recuperacion.pedir(usuario="colibri-azul", ahora=AHORA)
        una = Recuperacion.objects.get()
        return una.pk, recuperacion.camino(una.pk).rstrip("/").rsplit("/", 1)[1]

    def test_link_and_code_then_a_day_and_the_owner_may_say_no(
        self, pedida: tuple[UUID, str], rescate: str, client: Client
    ) -> None:
        cuenta = Usuario.objects.get(username="colibri-azul")
        client.force_login(cuenta, backend="django.contrib.auth.backends.ModelBackend")
        recuperacion.comprobar(*pedida, rescate=rescate.lower(), ahora=AHORA)
        with pytest.raises(RecuperacionInvalida):
            recuperacion.terminar(*pedida, contrasena="otra frase larga", ahora=AHORA)
        luego = AHORA + timedelta(hours=24)
        assert recuperacion.estado(*pedida, ahora=luego).lista
        nuevo = recuperacion.terminar(*pedida, contrasena="otra frase larga", ahora=luego)
        cuenta.refresh_from_db()
        assert cuenta.check_password("otra frase larga")
        assert nuevo != rescate
        assert client.get("/portal/").status_code == 302  # that session is over
        assert [eventos(f"recuperacion.{q}") for q in ("pedida", "comprobada")] == [1, 1]
        assert eventos("cuenta.recuperada") == 1
        with pytest.raises(RecuperacionInvalida):
            recuperacion.terminar(*pedida, contrasena="x", ahora=luego)

    def test_the_link_alone_lets_nobody_in(self, pedida: tuple[UUID, str]) -> None:
        for _ in range(recuperacion.INTENTOS):
            with pytest.raises(RecuperacionInvalida):
                recuperacion.comprobar(*pedida, rescate="0" * 16, ahora=AHORA)
        with pytest.raises(RecuperacionInvalida):
            recuperacion.estado(*pedida, ahora=AHORA)
        assert Usuario.objects.get(username="colibri-azul").check_password(FRASE)

    def test_the_waiting_time_is_a_setting(
        self, pedida: tuple[UUID, str], rescate: str, settings: Any
    ) -> None:
        settings.ECE_RECUPERACION_HORAS = 0
        recuperacion.comprobar(*pedida, rescate=rescate, ahora=AHORA)
        assert recuperacion.estado(*pedida, ahora=AHORA).lista

    def test_a_link_is_not_made_from_another(self, pedida: tuple[UUID, str]) -> None:
        with pytest.raises(RecuperacionInvalida):
            recuperacion.estado(UUID(int=1), pedida[1], ahora=AHORA)
        with pytest.raises(RecuperacionInvalida):
            recuperacion.estado(*pedida, ahora=AHORA + timedelta(hours=1))

    def test_the_owner_cancels_it_from_within(self, pedida: tuple[UUID, str], rescate: str) -> None:
        recuperacion.comprobar(*pedida, rescate=rescate, ahora=AHORA)
        cuenta = Usuario.objects.get(username="colibri-azul")
        assert recuperacion.en_curso(cuenta.pk, ahora=AHORA)
        recuperacion.cancelar_las_de(cuenta.pk, ahora=AHORA)
        assert eventos("recuperacion.cancelada") == 1
        with pytest.raises(RecuperacionInvalida):
            recuperacion.terminar(*pedida, contrasena="x", ahora=AHORA + timedelta(days=1))

    def test_asking_says_nothing_of_who_has_an_account_and_cannot_be_a_nuisance(
        self, pedida: tuple[UUID, str]
    ) -> None:
        for usuario in ("nadie", "medica", "colibri-azul"):
            assert recuperacion.pedir(usuario=usuario, ahora=AHORA) is None
        assert Recuperacion.objects.count() == 1

    def test_the_counter_gives_it_back_at_once(self, acceso: Acceso, rescate: str) -> None:
        emitida = invitar(acceso, proposito=Proposito.RECUPERAR)
        comprobada = comprobar(emitida, quien(acceso))
        assert (comprobada.con_cuenta, comprobada.pide_contrasena) == (True, True)
        hecha = inscripcion.inscribir(
            comprobada.id,
            usuario="",
            contrasena="otra frase larga",
            correo="",
            idioma="es-mx",
            ahora=AHORA,
        )
        cuenta = Usuario.objects.get(username="colibri-azul")
        assert cuenta.check_password("otra frase larga")
        assert hecha.rescate not in ("", rescate)
        assert Contacto.objects.get().direccion == "colibri@correo.example"
