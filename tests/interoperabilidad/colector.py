"""A hospital's collector of audit messages: syslog over TLS, with clients' certificates."""

import re
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID
from lxml import etree

CABECERA = re.compile(rb"<(\d+)>1 (\S+) (\S+) ECE - DICOM\+RFC3881 - \xef\xbb\xbf")


@dataclass
class Colector:
    """`cierra`: whether it answers a close as it must; `corta_tras`, `se_va_tras`: after how many
    bytes it dies, or leaves in good order without reading the rest."""

    puerto: int
    carpeta: Path
    cierra: bool = True
    corta_tras: int | None = None
    se_va_tras: int | None = None
    recibido: list[bytes] = field(default_factory=list)

    @property
    def mensajes(self) -> list["tuple[re.Match[bytes], etree._Element]"]:
        """(header, message) of each whole one, in the order they came."""
        leidos = []
        for flujo in self.recibido:
            resto = flujo
            while resto:
                largo, _, resto = resto.partition(b" ")
                if len(resto) < int(largo):
                    break
                entero, resto = resto[: int(largo)], resto[int(largo) :]
                cabecera = CABECERA.match(entero)
                assert cabecera, entero[:80]
                leidos.append((cabecera, etree.fromstring(entero[cabecera.end() :])))
        return leidos

    def eventos(self) -> list[str]:
        return [
            objeto.get("ParticipantObjectID", "")
            for _, xml in self.mensajes
            for objeto in xml.findall("ParticipantObjectIdentification")
            if objeto.find("ParticipantObjectIDTypeCode").get("csd-code") == "evento"  # type: ignore[union-attr]
        ]

    def _irse(self, enchufe: ssl.SSLSocket) -> None:
        enchufe.setblocking(False)
        with suppress(ssl.SSLError):  # it does not wait for the other side's
            enchufe.unwrap()
        with socket.socket(fileno=enchufe.detach()) as crudo:
            crudo.setblocking(True)
            crudo.shutdown(socket.SHUT_WR)
            while crudo.recv(16_384):  # what comes is dropped
                pass

    def atender(self, enchufe: ssl.SSLSocket) -> None:
        flujo = b""
        self.recibido.append(flujo)
        with suppress(OSError), enchufe:
            if self.se_va_tras == 0:
                self._irse(enchufe)
                return
            while trozo := enchufe.recv(16_384):
                if self.se_va_tras is not None:
                    self._irse(enchufe)
                    return
                flujo += trozo
                if self.corta_tras is not None and len(flujo) >= self.corta_tras:
                    flujo = flujo[: self.corta_tras]
                    self.recibido[-1] = flujo
                    return
                self.recibido[-1] = flujo
            if self.cierra:
                enchufe.unwrap().close()


@contextmanager
def abierto(carpeta: Path) -> Iterator[Colector]:
    """One that listens, with an authority of its own whose files are in `carpeta`."""
    certificar(carpeta)
    contexto = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH, cafile=carpeta / "ca.pem")
    contexto.verify_mode = ssl.CERT_REQUIRED
    contexto.load_cert_chain(carpeta / "colector.pem")
    with socket.create_server(("127.0.0.1", 0)) as escucha:
        el_colector = Colector(escucha.getsockname()[1], carpeta)
        hilo = threading.Thread(target=_escuchar, args=(escucha, contexto, el_colector))
        hilo.start()
        try:
            yield el_colector
        finally:
            escucha.shutdown(socket.SHUT_RDWR)
            hilo.join()


def _escuchar(escucha: socket.socket, contexto: ssl.SSLContext, colector: Colector) -> None:
    while True:
        try:
            crudo, _ = escucha.accept()
        except OSError:
            return
        with suppress(OSError):  # who shows no certificate is not attended
            colector.atender(contexto.wrap_socket(crudo, server_side=True))


def certificar(carpeta: Path) -> None:
    """``ca.pem``, and a certificate with its key for each side: ``colector.pem``, ``ece.pem``."""
    raiz = ec.generate_private_key(ec.SECP256R1())
    de_raiz = _certificado("AC del hospital", raiz, "AC del hospital", raiz, autoridad=True)
    (carpeta / "ca.pem").write_bytes(de_raiz.public_bytes(Encoding.PEM))
    for nombre in ("colector", "ece"):
        llave = ec.generate_private_key(ec.SECP256R1())
        suyo = _certificado(nombre, llave, "AC del hospital", raiz)
        abierta = llave.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        (carpeta / f"{nombre}.pem").write_bytes(suyo.public_bytes(Encoding.PEM) + abierta)


def _certificado(
    nombre: str,
    llave: ec.EllipticCurvePrivateKey,
    de: str,
    firma: ec.EllipticCurvePrivateKey,
    *,
    autoridad: bool = False,
) -> x509.Certificate:
    ahora = datetime.now(UTC)
    constructor = (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, nombre)]))
        .issuer_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, de)]))
        .public_key(llave.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(ahora - timedelta(minutes=1))
        .not_valid_after(ahora + timedelta(days=1))
        .add_extension(x509.BasicConstraints(ca=autoridad, path_length=None), critical=True)
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False
        )
    )
    return constructor.sign(firma, hashes.SHA256())
