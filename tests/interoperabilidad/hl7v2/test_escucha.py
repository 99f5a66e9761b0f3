"""The listener on a real socket: senders that nobody here wrote, TLS, limits, misbehaviour."""

import asyncio
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import hl7
import hl7.client
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from django.core.management import CommandError, call_command
from django.db import connections
from django.utils import timezone

from interoperabilidad.hl7v2.escucha import Escucha, Limites
from interoperabilidad.models import Interlocutor, MensajeRecibido
from tests.interoperabilidad.hl7v2 import mensajes

pytestmark = pytest.mark.django_db(transaction=True)
LIMITES = Limites(mensaje=200_000, conexiones=6, por_direccion=6, ociosa=20, a_medias=0.5)
Servir = Callable[..., int]


@contextmanager
def escuchando(tls: ssl.SSLContext | None = None, limites: Limites = LIMITES) -> Iterator[int]:
    """A listener in a thread of its own; gives its port."""
    escucha, listo = Escucha(limites, tls=tls), threading.Event()
    bucles: list[tuple[asyncio.AbstractEventLoop, asyncio.Event]] = []

    async def servir() -> None:
        alto = asyncio.Event()
        bucles.append((asyncio.get_running_loop(), alto))
        await escucha.escuchar("127.0.0.1", 0, alto=alto, listo=listo.set)

    hilo = threading.Thread(target=lambda: asyncio.run(servir()))
    hilo.start()
    assert listo.wait(10)
    try:
        yield escucha.puerto
    finally:
        bucle, alto = bucles[0]
        bucle.call_soon_threadsafe(alto.set)
        hilo.join(10)
        connections.close_all()


@pytest.fixture
def puerto(interlocutores_: None) -> Iterator[int]:
    with escuchando() as numero:
        yield numero


def enviar(puerto: int, datos: bytes) -> bytes:
    """What is answered to raw bytes, until the other side closes or says something."""
    with socket.create_connection(("127.0.0.1", puerto), timeout=5) as enchufe:
        enchufe.sendall(datos)
        return enchufe.recv(65_536)


def test_con_un_emisor_que_nadie_aqui_escribio(puerto: int) -> None:
    """python-hl7: a conversation of several messages on one connection."""
    with hl7.client.MLLPClient("127.0.0.1", puerto) as cliente:
        for numero, datos in enumerate(
            [mensajes.adt("A01", "1"), mensajes.oru("2"), mensajes.siu("S12", "3")], 1
        ):
            acuse = hl7.parse(cliente.send_message(hl7.parse(datos.decode())).decode())
            assert str(acuse.segment("MSA")[1]) == "AA"
            assert str(acuse.segment("MSA")[2]) == str(numero)
    assert MensajeRecibido.objects.count() == 3


def test_muchos_a_la_vez_se_guardan_todos(puerto: int) -> None:
    def conversar(quien: int) -> None:
        with hl7.client.MLLPClient("127.0.0.1", puerto) as cliente:
            for numero in range(20):
                datos = mensajes.adt("A08", f"{quien}-{numero}")
                assert b"|AA|" in cliente.send(b"\x0b" + datos + b"\x1c\x0d")

    hilos = [threading.Thread(target=conversar, args=(n,)) for n in range(5)]
    for hilo in hilos:
        hilo.start()
    for hilo in hilos:
        hilo.join(30)
    assert MensajeRecibido.objects.count() == 100


def test_lo_que_no_es_mllp_recibe_un_no_y_se_corta(puerto: int) -> None:
    assert b"MSA|AR" in enviar(puerto, b"GET / HTTP/1.1\r\n\r\n")
    assert b"octetos" in enviar(puerto, b"\x0b" + b"A" * 300_000)
    assert b"MSA|AR" in enviar(puerto, b"\x0b\xff\xfe\x00basura\x1c\r")


def test_quien_se_queda_a_medias_no_detiene_a_nadie(puerto: int) -> None:
    with socket.create_connection(("127.0.0.1", puerto), timeout=5) as lento:
        lento.sendall(b"\x0bMSH|^~\\&|HIS")
        inicio = time.monotonic()
        assert b"|AA|" in enviar(puerto, b"\x0b" + mensajes.adt("A04") + b"\x1c\r")
        assert lento.recv(100) == b""
        assert time.monotonic() - inicio < 5


def test_de_mas_no_se_acepta_y_se_vuelve_a_aceptar(puerto: int) -> None:
    abiertas = [socket.create_connection(("127.0.0.1", puerto), timeout=5) for _ in range(6)]
    time.sleep(0.2)
    with socket.create_connection(("127.0.0.1", puerto), timeout=5) as de_mas:
        assert de_mas.recv(10) == b""
    for abierta in abiertas:
        abierta.close()
    time.sleep(0.2)
    assert b"|AA|" in enviar(puerto, b"\x0b" + mensajes.adt("A04") + b"\x1c\r")


def _en_claro(numero: int) -> bytes:
    """What the listener says to who speaks to it without TLS: nothing framed."""
    try:
        return enviar(numero, b"\x0b" + mensajes.adt("A04") + b"\x1c\r").partition(b"\x0b")[2]
    except OSError:
        return b""


def certificado(carpeta: Path, nombre: str) -> tuple[Path, Path, str]:
    """A self-signed certificate: (its file, its key's file, its SHA-256)."""
    llave = ec.generate_private_key(ec.SECP256R1())
    sujeto = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, nombre)])
    ahora = timezone.now()
    hecho = (
        x509.CertificateBuilder()
        .subject_name(sujeto)
        .issuer_name(sujeto)
        .public_key(llave.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(ahora - timedelta(days=1))
        .not_valid_after(ahora + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(llave, hashes.SHA256())
    )
    rutas = carpeta / f"{nombre}.pem", carpeta / f"{nombre}.key"
    rutas[0].write_bytes(hecho.public_bytes(serialization.Encoding.PEM))
    rutas[1].write_bytes(
        llave.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return *rutas, hecho.fingerprint(hashes.SHA256()).hex()


def test_por_tls_cada_quien_es_su_certificado(interlocutores_: None, tmp_path: Path) -> None:
    nuestro, llave, _ = certificado(tmp_path, "servidor")
    suyo, su_llave, huella = certificado(tmp_path, "his")
    ajeno, llave_ajena, _ = certificado(tmp_path, "ajeno")
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(nuestro, llave)
    for autoridad in (suyo, ajeno):
        tls.load_verify_locations(autoridad)
    tls.verify_mode = ssl.CERT_REQUIRED
    Interlocutor.objects.filter(aplicacion="HIS").update(certificado=huella, redes="")

    def hablar(cual: Path, con: Path, numero: int) -> bytes:
        contexto = ssl.create_default_context(cafile=str(nuestro))
        contexto.load_cert_chain(cual, con)
        with (
            socket.create_connection(("127.0.0.1", numero), timeout=5) as enchufe,
            contexto.wrap_socket(enchufe, server_hostname="localhost") as seguro,
        ):
            seguro.sendall(b"\x0b" + mensajes.adt("A04") + b"\x1c\r")
            return seguro.recv(65_536)

    with escuchando(tls) as numero:
        assert b"|AR|" in hablar(ajeno, llave_ajena, numero)
        assert b"|AA|" in hablar(suyo, su_llave, numero)
        assert not _en_claro(numero)
    assert MensajeRecibido.objects.count() == 1


def test_en_claro_solo_se_escucha_en_esta_maquina() -> None:
    with pytest.raises(CommandError, match="CERTIFICADO"):
        call_command("mllp", anfitrion="0.0.0.0")


def test_se_puede_preguntar_si_alguien_escucha(puerto: int) -> None:
    call_command("mllp", vive=True, puerto=puerto)
    with socket.socket() as libre:
        libre.bind(("127.0.0.1", 0))
        with pytest.raises(CommandError, match="Nadie escucha"):
            call_command("mllp", vive=True, puerto=libre.getsockname()[1])
