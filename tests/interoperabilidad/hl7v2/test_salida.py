"""The outbox: what happened here is told once, in order, to whoever may know, until it is heard."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta

import pytest
from django.utils import timezone

from auditoria.models import Evento
from auditoria.tipos import TipoDeEvento
from consentimiento import decision
from ece.nucleo.roles import Permiso
from interoperabilidad.hl7v2 import envio, er7, salida
from interoperabilidad.hl7v2.acuses import acuse
from interoperabilidad.hl7v2.marco import Desenmarcador, enmarcar
from interoperabilidad.models import EstadoDeSalida, Interlocutor, Salida
from registros.services import citas, vinculos
from tests.elenco import AHORA, XOCHITL, Elenco, citada, en_consulta, registrar
from tests.interoperabilidad.hl7v2 import mensajes
from tests.interoperabilidad.hl7v2.conftest import Recibir

pytestmark = pytest.mark.django_db(transaction=True)


@dataclass
class Receptor:
    """A system on the other side; `contestar` makes MSA of what it got (empty: says nothing)."""

    puerto: int
    recibidos: list[str] = field(default_factory=list)
    contestar: str = "AA"


@contextmanager
def receptor() -> Iterator[Receptor]:
    with socket.create_server(("127.0.0.1", 0)) as servidor:
        otro = Receptor(servidor.getsockname()[1])

        def atender() -> None:
            while True:
                try:
                    conexion, _ = servidor.accept()
                except OSError:
                    return
                desenmarcador = Desenmarcador(limite=1_000_000)
                with conexion:
                    while datos := conexion.recv(65_536):
                        for mensaje in desenmarcador.recibir(datos):
                            leido = er7.leer(mensaje.decode())
                            otro.recibidos.append(f"{leido.tipo}^{leido.evento}")
                            if not otro.contestar:
                                conexion.close()
                                return
                            texto = acuse(leido.msh, id=_id(), momento=AHORA)
                            conexion.sendall(
                                enmarcar(texto.replace("MSA|AA", f"MSA|{otro.contestar}").encode())
                            )

        hilo = threading.Thread(target=atender, daemon=True)
        hilo.start()
        yield otro


def _id():  # type: ignore[no-untyped-def]
    from ece.nucleo.uuid7 import uuid7

    return uuid7()


@pytest.fixture
def destino(interlocutores_: None) -> Iterator[Receptor]:
    """HIS is told everything; and the log is read from now on."""
    with receptor() as otro:
        Interlocutor.objects.filter(aplicacion="HIS").update(
            anfitrion="127.0.0.1", puerto=otro.puerto, tls=False, envia="ADT, SIU, ORU, MDM"
        )
        salida.derivar(ahora=timezone.now())
        yield otro


def enviar() -> list[str]:
    """Derive and send; the states of the outbox."""
    salida.derivar(ahora=timezone.now())
    envio.enviar_lote()
    return list(Salida.objects.order_by("orden").values_list("estado", flat=True))


def test_lo_que_pasa_se_cuenta_en_orden_y_una_vez(destino: Receptor, elenco: Elenco) -> None:
    paciente = registrar(elenco)
    en_consulta(elenco, paciente)
    cita = citada(elenco, paciente)
    acceso = decision.abrir_paciente(
        elenco.actor(elenco.archivo), paciente, Permiso.CITA_PROGRAMAR, ahora=AHORA
    )
    citas.cancelar(acceso, cita_id=cita, motivo="No puede", ahora=AHORA)
    assert set(enviar()) == {EstadoDeSalida.ENVIADO}
    assert destino.recibidos == ["ADT^A28", "ADT^A04", "SIU^S12", "SIU^S15"]
    assert enviar() == [EstadoDeSalida.ENVIADO] * 4
    assert len(destino.recibidos) == 4
    assert not Salida.objects.filter(contenido__isnull=False).exists()
    assert Evento.objects.filter(tipo=TipoDeEvento.MENSAJE_ENVIADO).count() == 4


def test_a_quien_lo_envio_no_se_le_devuelve(destino: Receptor, recibir: Recibir) -> None:
    recibir(mensajes.adt("A01"))
    assert enviar() == []


def test_un_vinculo_se_cuenta_como_fusion(destino: Receptor, elenco: Elenco) -> None:
    uno, otro = registrar(elenco), registrar(elenco, XOCHITL)
    accesos = [
        decision.abrir_paciente(
            elenco.actor(elenco.archivo), p, Permiso.PACIENTE_VINCULAR, ahora=AHORA
        )
        for p in (uno, otro)
    ]
    vinculos.vincular(*accesos, motivo="Es la misma", ahora=AHORA)
    enviar()
    assert destino.recibidos[-1] == "ADT^A40"


def test_lo_que_el_otro_rechaza_espera_y_con_el_lo_de_ese_paciente(
    destino: Receptor, elenco: Elenco
) -> None:
    paciente = registrar(elenco)
    destino.contestar = "AE"
    assert enviar() == [EstadoDeSalida.EN_ESPERA]
    destino.contestar = "AA"
    en_consulta(elenco, paciente)
    otro = registrar(elenco, XOCHITL)
    assert enviar() == [
        EstadoDeSalida.EN_ESPERA,
        EstadoDeSalida.PENDIENTE,
        EstadoDeSalida.ENVIADO,
    ]
    assert Salida.objects.get(estado=EstadoDeSalida.ENVIADO).paciente == otro


def test_sin_respuesta_se_reintenta_mas_tarde_y_en_orden(destino: Receptor, elenco: Elenco) -> None:
    paciente = registrar(elenco)
    en_consulta(elenco, paciente)
    destino.contestar = ""
    assert enviar() == [EstadoDeSalida.PENDIENTE, EstadoDeSalida.PENDIENTE]
    primero = Salida.objects.order_by("orden").first()
    assert primero is not None
    assert primero.intentos == 1
    assert primero.proximo_at > timezone.now()


def test_nadie_escucha(destino: Receptor, elenco: Elenco) -> None:
    with socket.socket() as libre:
        libre.bind(("127.0.0.1", 0))
        Interlocutor.objects.filter(aplicacion="HIS").update(puerto=libre.getsockname()[1])
    registrar(elenco)
    assert enviar() == [EstadoDeSalida.PENDIENTE]
    with receptor() as otro:
        Interlocutor.objects.filter(aplicacion="HIS").update(puerto=otro.puerto)
        Salida.objects.update(proximo_at=timezone.now() - timedelta(seconds=1))
        assert enviar() == [EstadoDeSalida.ENVIADO]


def test_el_acuse_de_aplicacion_de_quien_lo_pide_aparte(
    destino: Receptor, recibir: Recibir
) -> None:
    datos = mensajes.adt("A01").replace(b"2.5.1||||||", b"2.5.1|||AL|AL||")
    assert recibir(datos).primero("MSA")[1] == "CA"  # type: ignore[index]
    assert enviar() == [EstadoDeSalida.ENVIADO]
    assert destino.recibidos == ["ACK^A01"]
