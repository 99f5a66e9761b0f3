"""A system that is told things: a real HTTP server on the loopback, and what it got."""

import contextlib
import http.server
import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from http_message_signatures import (
    HTTPMessageVerifier,
    HTTPSignatureKeyResolver,
    algorithms,
)
from jwt.algorithms import OKPAlgorithm

from interoperabilidad.suscripciones.recurso import GUIA


@dataclass
class Pedido:
    """A request as it came, as the library that verifies it reads it."""

    method: str
    url: str
    headers: dict[str, str]
    body: bytes

    @property
    def paquete(self) -> dict[str, Any]:
        dicho: dict[str, Any] = json.loads(self.body)
        return dicho

    @property
    def estado(self) -> dict[str, Any]:
        """The parameters of the first entry, by name; the events, as lists of parts."""
        parametros = self.paquete["entry"][0]["resource"]["parameter"]
        dicho: dict[str, Any] = {"sucesos": []}
        for parte in parametros:
            if parte["name"] == "notificationEvent":
                dicho["sucesos"].append(
                    {p["name"]: next(v for c, v in p.items() if c != "name") for p in parte["part"]}
                )
            else:
                dicho[parte["name"]] = next(v for c, v in parte.items() if c != "name")
        return dicho


@dataclass
class Receptor:
    """`responde` is the status of each answer; `aplicados`, what it kept by event number."""

    url: str = ""
    responde: int = 200
    calla: bool = False
    recibidos: list[Pedido] = field(default_factory=list)
    aplicados: dict[int, dict[str, Any]] = field(default_factory=dict)

    def de(self, clase: str) -> list[Pedido]:
        return [p for p in self.recibidos if p.estado["type"] == clase]


@contextlib.contextmanager
def escuchando() -> Iterator[Receptor]:
    receptor = Receptor()

    class Trato(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            cuerpo = self.rfile.read(int(self.headers["Content-Length"]))
            url = f"{receptor.url.partition('/hook')[0]}{self.path}"
            pedido = Pedido("POST", url, dict(self.headers), cuerpo)
            receptor.recibidos.append(pedido)
            for suceso in pedido.estado["sucesos"]:
                receptor.aplicados.setdefault(int(suceso["eventNumber"]), suceso)
            if receptor.calla:
                self.close_connection = True
                return
            self.send_response(receptor.responde)
            if receptor.responde == 307:
                self.send_header("Location", f"{url}/otra")
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *args: object) -> None:
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Trato) as servidor:
        hilo = threading.Thread(target=lambda: servidor.serve_forever(0.02), daemon=True)
        hilo.start()
        receptor.url = f"http://127.0.0.1:{servidor.server_address[1]}/hook?de=ece"
        try:
            yield receptor
        finally:
            servidor.shutdown()
            hilo.join(5)


def suscripcion(receptor: Receptor, tema: str = "observacion", **cambios: Any) -> dict[str, Any]:
    """A Subscription; `contenido`, `filtro`, `latido` and `cabeceras` are what is asked for."""
    contenido = cambios.pop("contenido", "id-only")
    filtro, latido = cambios.pop("filtro", ""), cambios.pop("latido", 0)
    canal: dict[str, Any] = {
        "type": "rest-hook",
        "endpoint": receptor.url,
        "payload": "application/fhir+json",
        "_payload": {
            "extension": [{"url": f"{GUIA}backport-payload-content", "valueCode": contenido}]
        },
        "header": cambios.pop("cabeceras", ["Authorization: Bearer secreto-del-otro"]),
    }
    if latido:
        extension = {"url": f"{GUIA}backport-heartbeat-period", "valueUnsignedInt": latido}
        canal["extension"] = [extension]
    dicho: dict[str, Any] = {
        "resourceType": "Subscription",
        "status": "requested",
        "reason": "Saber lo que pasa",
        "criteria": f"urn:ece:tema:{tema}",
        "channel": canal,
    }
    if filtro:
        extension = {"url": f"{GUIA}backport-filter-criteria", "valueString": filtro}
        dicho["_criteria"] = {"extension": [extension]}
    return {**dicho, **cambios}


class _Publicada(HTTPSignatureKeyResolver):
    def __init__(self, jwks: dict[str, Any]) -> None:
        self._llaves = {k["kid"]: OKPAlgorithm.from_jwk(k) for k in jwks["keys"]}

    def resolve_public_key(self, key_id: str) -> Any:
        llave = self._llaves[key_id]
        assert isinstance(llave, Ed25519PublicKey)
        return llave

    def resolve_private_key(self, key_id: str) -> Any:
        raise NotImplementedError


def comprobar_firma(pedido: Pedido, jwks: dict[str, Any]) -> Any:
    """What the signature covers. Raises `InvalidSignature` and its like."""
    verificador = HTTPMessageVerifier(
        signature_algorithm=algorithms.ED25519, key_resolver=_Publicada(jwks)
    )
    (hecha,) = verificador.verify(pedido, body=pedido.body)
    return hecha
