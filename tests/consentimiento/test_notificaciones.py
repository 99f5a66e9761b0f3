"""People are told that something happened, once, by the means they chose, and never what it was."""

import os
import signal
import subprocess
import sys
import time as reloj_de_verdad
from collections.abc import Iterator
from datetime import datetime, time, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from auditoria import bitacora
from auditoria.bitacora import NuevoEvento
from auditoria.tipos import Resultado, TipoDeEvento
from consentimiento.models import CursorDeEventos, Notificacion, Suscripcion
from consentimiento.models.notificacion import Canal, Estado, Tipo
from consentimiento.notificaciones import buzon, cola, correo, derivacion, preferencias, push
from consentimiento.notificaciones.derivacion import Ocasion
from consentimiento.notificaciones.preferencias import POR_OMISION, Preferencias
from consentimiento.notificaciones.textos import TEXTOS
from consentimiento.services import concesiones
from consentimiento.services.concesiones import Motivo
from ece.identidad.models import Contacto, Usuario
from ece.identidad.services import contactos
from ece.nucleo.acceso import Actor
from ece.nucleo.roles import Permiso
from tests import elenco as reparto
from tests.conftest import BaseDePruebas
from tests.consentimiento import asentada, servidores
from tests.consentimiento.servidores import Correo, Navegador
from tests.elenco import AHORA, CONTRASENA, Elenco

RAIZ = Path(__file__).resolve().parents[2]
CORREO = "colibri@correo.example"
MINUTO = timedelta(minutes=1)


@pytest.fixture
def buzon_de_correo(settings: Any) -> Iterator[Correo]:
    with servidores.de_correo() as servidor:
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", servidor.puerto
        settings.EMAIL_USE_TLS = False
        settings.ECE_URL = "https://ece.example"
        yield servidor


@pytest.fixture
def navegador_suscrito(settings: Any, cuenta: Usuario) -> Iterator[Navegador]:
    with servidores.de_push() as navegador:
        settings.ECE_PUSH_SERVICIOS = [navegador.origen]
        push.suscribir(cuenta.pk, navegador.suscripcion, ahora=AHORA)
        yield navegador


@pytest.fixture
def cuenta(paciente: UUID) -> Usuario:
    return con_cuenta(paciente)


def con_cuenta(paciente: UUID | None, nombre: str = "colibri") -> Usuario:
    usuario = Usuario.objects.create_user(nombre, password=CONTRASENA)
    usuario.paciente = paciente
    usuario.save()
    contactos.guardar(usuario.pk, correo=CORREO, idioma="es-mx")
    return usuario


def ocurre(paciente: UUID, clave: str = "algo", tipo: Tipo = Tipo.RESULTADO) -> None:
    derivacion.encolar([Ocasion(clave, tipo, paciente=paciente)], ahora=AHORA)


def vaciar(ahora: datetime = AHORA) -> int:
    return cola.vaciar(reloj=lambda: ahora)


def derivar(ahora: datetime) -> None:
    asentada.esperar()
    derivacion.derivar(ahora=ahora)


def estados(canal: Canal = Canal.CORREO) -> list[str]:
    return sorted(Notificacion.objects.filter(canal=canal).values_list("estado", flat=True))


def test_an_email_says_that_there_is_something_and_not_what(
    cuenta: Usuario, paciente: UUID, buzon_de_correo: Correo
) -> None:
    ocurre(paciente)
    assert vaciar() == 1
    ((para, mensaje),) = buzon_de_correo.recibidos
    assert para == CORREO
    assert mensaje["Subject"] == "Hay un resultado nuevo"
    enviado = Notificacion.objects.get(canal=Canal.CORREO)
    assert mensaje["Message-ID"] == f"<{enviado.pk}@ece.example>"
    cuerpo = mensaje.get_content()
    assert f"https://ece.example/cuenta/aviso/{enviado.pk}/" in cuerpo
    for dicho in (str(paciente), "Xóchitl", "Ibáñez", cuenta.username):
        assert dicho not in f"{mensaje['Subject']}{cuerpo}"
    assert estados() == ["enviada"]
    assert vaciar() == 0


def test_each_in_their_language(cuenta: Usuario, paciente: UUID, buzon_de_correo: Correo) -> None:
    contactos.guardar(cuenta.pk, correo=CORREO, idioma="en")
    ocurre(paciente)
    vaciar()
    assert buzon_de_correo.recibidos[0][1]["Subject"] == "There is a new result"


def test_the_same_occasion_is_told_once(
    cuenta: Usuario, paciente: UUID, buzon_de_correo: Correo
) -> None:
    for _ in range(3):
        ocurre(paciente)
        vaciar()
    assert len(buzon_de_correo.recibidos) == 1
    ocurre(paciente, "otra cosa")
    vaciar()
    assert len(buzon_de_correo.recibidos) == 2


def test_what_the_server_refused_is_tried_again_with_growing_waits(
    cuenta: Usuario, paciente: UUID, buzon_de_correo: Correo
) -> None:
    buzon_de_correo.modo = "rechaza"
    ocurre(paciente)
    cuando, esperas = AHORA, []
    while (fila := Notificacion.objects.get(canal=Canal.CORREO)).estado == Estado.PENDIENTE:
        esperas.append(fila.disponible_at - cuando)
        cuando = fila.disponible_at
        assert vaciar(cuando - timedelta(seconds=1)) == 0
        vaciar(cuando)
    assert esperas == [timedelta(), *cola.ESPERAS]
    assert fila.estado == Estado.FALLIDA
    assert buzon_de_correo.recibidos == []


def test_with_no_server_it_waits_and_then_leaves(
    cuenta: Usuario, paciente: UUID, buzon_de_correo: Correo, settings: Any
) -> None:
    settings.EMAIL_PORT = 1
    ocurre(paciente)
    assert vaciar() == 0
    assert estados() == ["pendiente"]
    settings.EMAIL_PORT = buzon_de_correo.puerto
    assert vaciar(AHORA + MINUTO) == 1


def test_what_was_cut_off_after_handing_it_over_is_not_sent_again(
    cuenta: Usuario, paciente: UUID, buzon_de_correo: Correo
) -> None:
    buzon_de_correo.modo = "corta"
    ocurre(paciente)
    assert vaciar() == 0
    buzon_de_correo.modo = "bien"
    vaciar(AHORA + timedelta(days=2))
    assert estados() == ["incierta"]
    assert len(buzon_de_correo.recibidos) == 1
    assert buzon.sin_leer(cuenta.pk, paciente) == 1


def test_a_claim_that_nobody_finished_is_uncertain_and_left_alone(
    cuenta: Usuario, paciente: UUID, buzon_de_correo: Correo
) -> None:
    ocurre(paciente)
    tomada = cola.reclamar(ahora=AHORA)
    assert tomada is not None
    assert cola.reclamar(ahora=AHORA) is None
    vaciar(AHORA + timedelta(minutes=10))
    assert estados() == ["enviando"]
    vaciar(AHORA + timedelta(minutes=16))
    assert estados() == ["incierta"]
    assert buzon_de_correo.recibidos == []


def test_a_reminder_does_not_come_after_the_appointment(
    cuenta: Usuario, paciente: UUID, buzon_de_correo: Correo
) -> None:
    una = Ocasion("cita", Tipo.CITA, paciente=paciente, caduca=AHORA + MINUTO)
    derivacion.encolar([una], ahora=AHORA)
    assert vaciar(AHORA + MINUTO) == 0
    assert estados() == ["caducada"]


def test_two_workers_at_once_and_one_killed_never_tell_twice(
    transactional_db: None, base_de_pruebas: BaseDePruebas, buzon_de_correo: Correo
) -> None:
    usuario = con_cuenta(UUID(int=5))
    buzon_de_correo.demora = 0.02
    total = 60
    derivacion.encolar(
        [Ocasion(f"n{n}", Tipo.CITA, usuario=usuario.pk) for n in range(total)], ahora=AHORA
    )
    entorno = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "settings.demo",
        "DATABASE_URL": base_de_pruebas.url(),
        "ECE_LLAVERO": "pruebas",
        "ECE_CORREO_SERVIDOR": "127.0.0.1",
        "ECE_CORREO_PUERTO": str(buzon_de_correo.puerto),
        "ECE_CORREO_TLS": "0",
    }
    orden = [sys.executable, "manage.py", "enviar_notificaciones"]
    dos = [subprocess.Popen(orden, cwd=RAIZ, env=entorno) for _ in range(2)]
    limite = reloj_de_verdad.monotonic() + 30
    while len(buzon_de_correo.recibidos) < 12 and reloj_de_verdad.monotonic() < limite:
        reloj_de_verdad.sleep(0.005)
    dos[0].send_signal(signal.SIGKILL)
    assert [proceso.wait(30) for proceso in dos] == [-signal.SIGKILL, 0]
    vaciar(AHORA + timedelta(days=365))
    identificadores = [mensaje["Message-ID"] for _, mensaje in buzon_de_correo.recibidos]
    assert len(identificadores) == len(set(identificadores))
    inciertas = estados().count("incierta")
    assert inciertas <= 1
    assert estados().count("enviada") == total - inciertas
    assert len(identificadores) in (total, total - 1)


def test_push_is_encrypted_as_the_rfc_says() -> None:
    """RFC 8291, appendix A: the same bytes."""
    privada = push._con_relleno("yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw")
    efimera = push.ec.derive_private_key(int.from_bytes(privada, "big"), push.ec.SECP256R1())
    llaves = {
        "p256dh": "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkN"
        "toIAiw4",
        "auth": "BTBZMqHH6r4Tts7J_aSIgg",
    }
    cuerpo = push.cifrar(
        llaves,
        b"When I grow up, I want to be a watermelon",
        efimera=efimera,
        sal=push._con_relleno("DGv6ra1nlYgDCS1FRnbzlw"),
    )
    assert push._sin_relleno(cuerpo) == (
        "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS"
        "6TlzAC8wEqKK6PBru3jl7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Q"
        "ulcy4a-fN"
    )


def test_a_browser_is_told_and_only_it_can_read(
    cuenta: Usuario, paciente: UUID, navegador_suscrito: Navegador, settings: Any
) -> None:
    settings.ECE_URL = "https://ece.example"
    ocurre(paciente)
    assert vaciar() == 1
    ((cabeceras, cuerpo),) = navegador_suscrito.recibidos
    enviada = Notificacion.objects.get(canal=Canal.PUSH)
    assert navegador_suscrito.leer(cuerpo) == {
        "titulo": "Hay un resultado nuevo",
        "texto": "Entre al portal para verlo.",
        "url": f"https://ece.example/cuenta/aviso/{enviada.pk}/",
    }
    assert b"resultado" not in cuerpo
    quien, llave = cabeceras["Authorization"].removeprefix("vapid t=").split(", k=")
    assert llave == push.llave_publica()
    reclamo = push.jwt.decode(
        quien,
        push._publica(llave),
        algorithms=["ES256"],
        audience=navegador_suscrito.origen,
        options={"verify_exp": False},
    )
    assert reclamo["exp"] == int((AHORA + timedelta(hours=12)).timestamp())


def test_a_browser_that_left_is_forgotten_and_one_that_is_busy_is_not(
    cuenta: Usuario, paciente: UUID, navegador_suscrito: Navegador
) -> None:
    navegador_suscrito.estado = 503
    ocurre(paciente)
    assert vaciar() == 0
    assert estados(Canal.PUSH) == ["pendiente"]
    navegador_suscrito.estado = 410
    vaciar(AHORA + MINUTO)
    assert estados(Canal.PUSH) == ["fallida"]
    assert not Suscripcion.objects.exists()


def test_nobody_makes_the_server_call_another_address(
    cuenta: Usuario, navegador_suscrito: Navegador
) -> None:
    for ajeno in ("http://127.0.0.1:9/", "https://fcm.googleapis.com.example/x", "file:///etc"):
        datos = {**navegador_suscrito.suscripcion, "endpoint": ajeno}
        with pytest.raises(push.ServicioAjeno):
            push.suscribir(cuenta.pk, datos, ahora=AHORA)


def test_addresses_are_in_no_column(
    cuenta: Usuario, paciente: UUID, navegador_suscrito: Navegador
) -> None:
    ocurre(paciente)
    with connection.cursor() as sql:
        for tabla in ("identidad_contacto", "identidad_usuario", "consentimiento_suscripcion"):
            sql.execute(f"SELECT t::text FROM {tabla} t")
            escrito = " ".join(fila[0] for fila in sql.fetchall())
            assert CORREO.encode().hex() not in escrito
            assert "colibri@" not in escrito
            assert navegador_suscrito.origen not in escrito
    assert Contacto.objects.get().direccion == CORREO


def test_what_is_wanted_is_what_is_sent(
    cuenta: Usuario, paciente: UUID, buzon_de_correo: Correo
) -> None:
    preferencias.guardar(cuenta.pk, queridas=[], silencio=None, idioma="es-mx", correo=CORREO)
    for tipo in Tipo:
        ocurre(paciente, tipo.value, tipo)
    hechas = Notificacion.objects.values_list("tipo", "canal")
    siempre = [("emergencia", "portal"), ("recuperacion", "correo"), ("recuperacion", "portal")]
    siempre += [("seguridad", "correo"), ("seguridad", "portal")]
    siempre += [("vulneracion", "correo"), ("vulneracion", "portal")]
    siempre += [("firma-delegada", "correo"), ("firma-delegada", "portal")]
    assert sorted(hechas) == sorted(siempre)


@pytest.mark.parametrize(
    ("hora", "esperada"),
    [("21:59", "21:59"), ("22:00", "07:00 mañana"), ("03:00", "07:00"), ("07:00", "07:00")],
)
def test_quiet_hours_hold_what_can_wait(hora: str, esperada: str) -> None:
    zona = AHORA.astimezone(derivacion_zona()).tzinfo
    dia = datetime(2026, 11, 23, tzinfo=zona)
    horas, minutos = map(int, hora.split(":"))
    momento = dia.replace(hour=horas, minute=minutos)
    suyas = Preferencias(POR_OMISION.queridas, (time(22), time(7)))
    manana = esperada.endswith("mañana")
    horas, minutos = map(int, esperada[:5].split(":"))
    debida = dia.replace(hour=horas, minute=minutos) + timedelta(days=int(manana))
    assert suyas.cuando(Tipo.RESULTADO, momento) == debida
    assert suyas.cuando(Tipo.EMERGENCIA, momento) == momento


def derivacion_zona() -> object:
    from django.utils import timezone

    return timezone.get_default_timezone()


def test_every_kind_has_its_words() -> None:
    assert TEXTOS.keys() == set(Tipo)
    assert set(derivacion.DE_PACIENTES.values()) | set(derivacion.DE_CUENTAS.values()) <= set(Tipo)


class TestLaBitacora:
    """From the log to the queue: nothing forgotten, nothing twice, nothing that did not happen."""

    @pytest.fixture
    def elenco(self, transactional_db: None) -> Elenco:
        return reparto.reunir()

    @pytest.fixture
    def paciente(self, elenco: Elenco) -> UUID:
        return reparto.registrar(elenco)

    @pytest.fixture
    def titular(self, paciente: UUID) -> Usuario:
        usuario = con_cuenta(paciente)
        derivar(AHORA - timedelta(days=3))
        return usuario

    def test_what_happens_to_a_record_is_told_to_whose_it_is_and_who_looks_after_them(
        self, elenco: Elenco, paciente: UUID, titular: Usuario, buzon_de_correo: Correo
    ) -> None:
        tutora, equipo = con_cuenta(None, "tutora"), elenco.medica
        for quien, motivo in ((tutora, Motivo.TUTELA), (equipo, Motivo.EQUIPO)):
            concesiones.otorgar(
                usuario_id=quien.pk,
                paciente=paciente,
                permisos=[Permiso.EXPEDIENTE_LEER],
                motivo=motivo,
                desde=AHORA,
                hasta=AHORA + timedelta(days=365),
            )
        reparto.citada(elenco, paciente)
        for _ in range(2):
            derivar(AHORA)
        avisados = Notificacion.objects.filter(clave__startswith="evento:").values_list(
            "usuario__username", "tipo", "canal"
        )
        assert sorted(avisados) == [
            (quien, "cita", canal)
            for quien in ("colibri", "tutora")
            for canal in ("correo", "portal")
        ]

    def test_of_an_adolescents_care_only_they_are_told(
        self, elenco: Elenco, paciente: UUID, titular: Usuario
    ) -> None:
        concesiones.otorgar(
            usuario_id=con_cuenta(None, "madre").pk,
            paciente=paciente,
            permisos=[Permiso.EXPEDIENTE_LEER],
            motivo=Motivo.TUTELA,
            desde=AHORA,
            hasta=AHORA + timedelta(days=365),
            confidencial_desde=AHORA,
        )
        reparto.citada(elenco, paciente)
        derivar(AHORA)
        ocurre(paciente, "otra", Tipo.EMERGENCIA)
        avisados = Notificacion.objects.values_list("usuario__username", "tipo")
        assert sorted(avisados) == [
            ("colibri", "cita"),
            ("colibri", "emergencia"),
            ("colibri", "permiso"),  # that her mother looks after her, from today
            ("madre", "emergencia"),
        ]

    def test_who_is_to_sign_for_a_colleague_is_told_and_not_the_colleague(
        self, elenco: Elenco, titular: Usuario, client: Client
    ) -> None:
        for tipo in (TipoDeEvento.FIRMA_DELEGADA, TipoDeEvento.FIRMA_NO_DELEGADA):
            delegante, detalle = elenco.actor(elenco.medica), {"delegado": str(titular.pk)}
            evento = NuevoEvento(tipo, Resultado.HECHO, delegante, momento=AHORA, detalle=detalle)
            bitacora.anexar([evento])
        derivar(AHORA)
        avisos = Notificacion.objects.filter(tipo=Tipo.FIRMA_DELEGADA)
        assert [a.usuario_id for a in avisos] == [titular.pk, titular.pk]
        client.force_login(titular)
        destino = client.get(reverse("cuenta:aviso", args=[avisos[0].pk]))["Location"]
        assert destino == reverse("clinica:delegaciones-de-firma")

    def test_what_happened_before_there_was_a_queue_is_not_news(
        self, elenco: Elenco, paciente: UUID
    ) -> None:
        con_cuenta(paciente)
        reparto.citada(elenco, paciente)
        derivar(AHORA - timedelta(days=2))
        assert not Notificacion.objects.exists()

    def test_a_transaction_that_ends_late_is_not_passed_over(
        self, paciente: UUID, titular: Usuario, base_de_pruebas: BaseDePruebas
    ) -> None:
        def evento() -> NuevoEvento:
            actor = Actor(id=UUID(int=9), clase="sistema", nombre="")
            return NuevoEvento(
                TipoDeEvento.RESULTADO_REGISTRADO,
                Resultado.HECHO,
                actor,
                momento=AHORA,
                pacientes=(paciente,),
            )

        with psycopg.connect(base_de_pruebas.url()) as lenta:
            tardio = evento()
            lenta.execute(*bitacora.insercion([tardio]))  # type: ignore[arg-type]
            bitacora.anexar([pronto := evento()])
            derivacion.derivar(ahora=AHORA)
            assert not Notificacion.objects.filter(clave=f"evento:{tardio.id}").exists()
        derivar(AHORA)
        claves = set(Notificacion.objects.values_list("clave", flat=True))
        assert claves == {f"evento:{tardio.id}", f"evento:{pronto.id}"}

    def test_a_restored_database_which_counts_anew_forgets_nothing(
        self, elenco: Elenco, paciente: UUID, titular: Usuario
    ) -> None:
        CursorDeEventos.objects.update(transaccion=str(2**60))
        reparto.citada(elenco, paciente)
        derivar(AHORA)
        derivar(AHORA)
        assert Notificacion.objects.filter(tipo=Tipo.CITA, canal=Canal.PORTAL).count() == 1

    def test_the_day_before_there_is_a_reminder_and_before_a_grant_ends_a_word(
        self, elenco: Elenco, paciente: UUID, titular: Usuario
    ) -> None:
        reparto.citada(elenco, paciente)
        concesiones.otorgar(
            usuario_id=con_cuenta(None, "hija").pk,
            paciente=paciente,
            permisos=[Permiso.EXPEDIENTE_LEER],
            motivo=Motivo.TUTELA,
            desde=AHORA - timedelta(days=90),
            hasta=AHORA + timedelta(days=10),
        )
        for horas in (23, 22, 21):
            derivar(AHORA - timedelta(hours=horas))
        propias = Notificacion.objects.filter(usuario=titular, canal=Canal.PORTAL)
        claves = [n.clave.split(":")[0] for n in propias.order_by("clave")]
        assert claves == ["cita", "concesion", "evento"]


def test_the_inbox_is_of_who_reads_it(
    cuenta: Usuario, paciente: UUID, client: Client, elenco: Elenco
) -> None:
    ocurre(paciente)
    otra = con_cuenta(None, "otra")
    direccion = reverse("portal:notificaciones", args=[paciente])
    client.force_login(cuenta, backend="django.contrib.auth.backends.ModelBackend")
    assert "Hay un resultado nuevo" in client.get(direccion).content.decode()
    assert buzon.sin_leer(cuenta.pk, paciente) == 1
    client.post(direccion)
    assert buzon.sin_leer(cuenta.pk, paciente) == 0
    aviso = Notificacion.objects.get()
    enlace = reverse("cuenta:aviso", args=[aviso.pk])
    assert client.get(enlace).headers["Location"] == direccion
    client.force_login(otra, backend="django.contrib.auth.backends.ModelBackend")
    assert client.get(enlace).status_code == 404
    assert client.get(direccion).status_code == 404


def test_a_browser_subscribes_and_leaves_by_the_page(
    cuenta: Usuario, paciente: UUID, client: Client, settings: Any
) -> None:
    client.force_login(cuenta, backend="django.contrib.auth.backends.ModelBackend")
    direccion = reverse("portal:notificaciones-push", args=[paciente])
    navegador = Navegador()
    navegador.origen = "https://fcm.googleapis.com"
    bien = {"suscripcion": navegador.suscripcion}
    for malo in (
        {},
        {"suscripcion": {}},
        {"suscripcion": {**bien["suscripcion"], "endpoint": "x"}},
    ):
        assert client.post(direccion, malo, content_type="application/json").status_code == 400
    for _ in range(2):
        assert client.post(direccion, bien, content_type="application/json").status_code == 204
    assert Suscripcion.objects.count() == 1
    fuera = {"olvidar": navegador.suscripcion["endpoint"]}
    assert client.post(direccion, fuera, content_type="application/json").status_code == 204
    assert not Suscripcion.objects.exists()


def test_without_a_mail_server_nobody_is_promised_an_email(
    cuenta: Usuario, paciente: UUID, settings: Any
) -> None:
    settings.EMAIL_HOST = ""
    assert not correo.hay_servidor()
    ocurre(paciente)
    assert estados() == []
