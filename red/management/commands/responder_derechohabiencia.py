"""``manage.py responder_derechohabiencia``: somebody to ask, for the demonstration and the tests.

It answers in the three forms, of invented people: whoever has a CURP that ends in an even digit is
in force, in 0 nobody knows them, and any other has lost it. It keeps nothing and needs no database.
"""

import json
import signal
import time
from argparse import ArgumentParser
from datetime import date
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone
from lxml import etree

from red.derechohabiencia import modelo
from red.derechohabiencia.conectores import ESPACIO, SOAP
from red.derechohabiencia.modelo import Vigencia

LARGO = 64 * 1024


class Command(BaseCommand):
    help = "Contesta consultas de derechohabiencia inventadas (REST, SOAP y FHIR)."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--puerto", type=int, required=True)
        parser.add_argument("--tarda", type=float, default=0, metavar="SEGUNDOS")

    def handle(self, *, puerto: int, tarda: float, **_: Any) -> None:
        signal.signal(signal.SIGTERM, lambda *_: (_ for _ in ()).throw(SystemExit(0)))
        _Respondedor.tarda = tarda
        with ThreadingHTTPServer(("127.0.0.1", puerto), _Respondedor) as servidor:
            servidor.serve_forever()


class _Respondedor(BaseHTTPRequestHandler):
    tarda = 0.0

    def do_POST(self) -> None:
        largo = int(self.headers.get("Content-Length", 0))
        if not 0 < largo <= LARGO:
            self.send_error(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
            return
        datos = self.rfile.read(largo)
        time.sleep(self.tarda)
        camino = self.path.split("/")[1]
        try:
            tipo, cuerpo = {"rest": _rest, "soap": _soap, "fhir": _fhir}[camino](datos)
        except (KeyError, ValueError, TypeError, etree.XMLSyntaxError):
            self.send_error(HTTPStatus.BAD_REQUEST)
            return
        self.send_response(HTTPStatus.OK)
        self.send_header("Content-Type", tipo)
        self.send_header("Content-Length", str(len(cuerpo)))
        self.end_headers()
        self.wfile.write(cuerpo)

    def log_message(self, format: str, *args: object) -> None:
        """A line of the log would say who was asked for."""


def _de(curp: str) -> Vigencia:
    ultimo = curp[-1:]
    if not ultimo.isdigit() or ultimo == "0":
        return Vigencia(None, dicho="La persona no está registrada.")
    vigente = int(ultimo) % 2 == 0
    hasta = date(timezone.localdate().year + 1, 12, 31) if vigente else date(2025, 12, 31)
    return Vigencia(vigente, f"N-{curp[4:10]}", "Titular, con su familia", hasta)


def _rest(datos: bytes) -> tuple[str, bytes]:
    dicho = _de(str(json.loads(datos)["curp"]))
    cuerpo = {
        "vigente": dicho.vigente,
        "numero": dicho.numero,
        "plan": dicho.plan,
        "hasta": dicho.hasta.isoformat() if dicho.hasta else None,
        "mensaje": dicho.dicho,
    }
    return "application/json", json.dumps(cuerpo).encode()


def _soap(datos: bytes) -> tuple[str, bytes]:
    lector = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    pedido = etree.fromstring(datos, lector)
    curp = pedido.findtext(f"{{{SOAP}}}Body/{{{ESPACIO}}}ConsultarVigencia/{{{ESPACIO}}}curp")
    dicho = _de(str(curp or ""))
    sobre = etree.Element(f"{{{SOAP}}}Envelope", nsmap={"soap": SOAP, "d": ESPACIO})
    respuesta = etree.SubElement(
        etree.SubElement(sobre, f"{{{SOAP}}}Body"), f"{{{ESPACIO}}}ConsultarVigenciaRespuesta"
    )
    for clave, valor in (
        ("vigente", {True: "true", False: "false", None: ""}[dicho.vigente]),
        ("numero", dicho.numero),
        ("plan", dicho.plan),
        ("hasta", dicho.hasta.isoformat() if dicho.hasta else ""),
        ("mensaje", dicho.dicho),
    ):
        etree.SubElement(respuesta, f"{{{ESPACIO}}}{clave}").text = valor
    return "text/xml; charset=utf-8", etree.tostring(sobre, encoding="UTF-8")


def _fhir(datos: bytes) -> tuple[str, bytes]:
    pedido = json.loads(datos)
    identificadores = pedido["contained"][0]["identifier"]
    curp = next((i["value"] for i in identificadores if i["system"].endswith(".4.629")), "")
    recurso = modelo.a_recurso(
        _de(curp), conector="demo", nombre="Demostración", paciente="quien", ahora=timezone.now()
    )
    return "application/fhir+json", json.dumps(recurso).encode()
