"""Servers that a message may reach, on the loopback: SMTP, and a push service with its browser."""

import contextlib
import http.server
import json
import os
import socketserver
import struct
import threading
import time
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat


@dataclass
class Correo:
    """`modo`: ``bien``, ``rechaza`` (no to every message) or ``corta`` (takes it, says nothing)."""

    puerto: int = 0
    modo: str = "bien"
    demora: float = 0
    recibidos: list[tuple[str, EmailMessage]] = field(default_factory=list)


@contextlib.contextmanager
def de_correo() -> Iterator[Correo]:
    correo = Correo()

    class Trato(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            self.wfile.write(b"220 prueba\r\n")
            para = ""
            while linea := self.rfile.readline():
                orden = linea.strip().decode()
                verbo = orden.upper()
                if verbo.startswith("EHLO"):
                    self.wfile.write(b"250 prueba\r\n")
                elif verbo.startswith("RCPT") and correo.modo == "rechaza":
                    self.wfile.write(b"451 luego\r\n")
                elif verbo == "DATA":
                    self.wfile.write(b"354 diga\r\n")
                    crudo = b""
                    while (renglon := self.rfile.readline()) not in (b".\r\n", b""):
                        crudo += renglon
                    time.sleep(correo.demora)
                    mensaje = message_from_bytes(crudo, policy=policy.default)
                    correo.recibidos.append((para, mensaje))  # type: ignore[arg-type]
                    if correo.modo == "corta":
                        return
                    self.wfile.write(b"250 va\r\n")
                elif verbo == "QUIT":
                    self.wfile.write(b"221 adios\r\n")
                    return
                else:
                    if verbo.startswith("RCPT"):
                        para = orden.partition("<")[2].partition(">")[0]
                    self.wfile.write(b"250 va\r\n")

    class Servidor(socketserver.ThreadingTCPServer):
        daemon_threads = True
        allow_reuse_address = True

    with Servidor(("127.0.0.1", 0), Trato) as servidor, _sirviendo(servidor):
        correo.puerto = servidor.server_address[1]
        yield correo


class Navegador:
    """A browser that subscribed, and the push service it hangs from; it decrypts by RFC 8291."""

    def __init__(self) -> None:
        self.privada = ec.generate_private_key(ec.SECP256R1())
        self.publica = self.privada.public_key().public_bytes(
            Encoding.X962, PublicFormat.UncompressedPoint
        )
        self.auth = os.urandom(16)
        self.origen = ""
        self.estado = 201
        self.recibidos: list[tuple[dict[str, str], bytes]] = []

    @property
    def suscripcion(self) -> dict[str, Any]:
        llaves = {"p256dh": self.publica, "auth": self.auth}
        return {
            "endpoint": f"{self.origen}/un-navegador",
            "keys": {k: urlsafe_b64encode(v).rstrip(b"=").decode() for k, v in llaves.items()},
        }

    def leer(self, cuerpo: bytes) -> dict[str, str]:
        sal, (tamano, largo) = cuerpo[:16], struct.unpack("!LB", cuerpo[16:21])
        suyo, cifrado = cuerpo[21 : 21 + largo], cuerpo[21 + largo :]
        assert len(cifrado) <= tamano
        otra = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), suyo)
        compartido = self.privada.exchange(ec.ECDH(), otra)
        secreto = _hkdf(self.auth, compartido, b"WebPush: info\0" + self.publica + suyo, 32)
        clave = _hkdf(sal, secreto, b"Content-Encoding: aes128gcm\0", 16)
        nonce = _hkdf(sal, secreto, b"Content-Encoding: nonce\0", 12)
        claro = AESGCM(clave).decrypt(nonce, cifrado, None)
        assert claro.endswith(b"\x02")
        mensaje: dict[str, str] = json.loads(claro[:-1])
        return mensaje


@contextlib.contextmanager
def de_push() -> Iterator[Navegador]:
    navegador = Navegador()

    class Trato(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            cuerpo = self.rfile.read(int(self.headers["Content-Length"]))
            navegador.recibidos.append((dict(self.headers), cuerpo))
            self.send_response(navegador.estado)
            self.end_headers()

        def log_message(self, *args: object) -> None:
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Trato) as servidor, _sirviendo(servidor):
        navegador.origen = f"http://127.0.0.1:{servidor.server_address[1]}"
        yield navegador


@contextlib.contextmanager
def _sirviendo(servidor: socketserver.BaseServer) -> Iterator[None]:
    hilo = threading.Thread(target=lambda: servidor.serve_forever(0.02), daemon=True)
    hilo.start()
    try:
        yield
    finally:
        servidor.shutdown()
        hilo.join(5)


def _hkdf(sal: bytes, material: bytes, info: bytes, largo: int) -> bytes:
    return HKDF(algorithm=SHA256(), length=largo, salt=sal, info=info).derive(material)
