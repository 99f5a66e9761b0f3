"""Rights to care: three forms asked for real, an answer that is kept, a desk that never waits."""

import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from uuid import UUID

import pytest

from auditoria.models import Evento
from consentimiento import decision
from ece.demo.red import CONOCIDA
from ece.nucleo import salidas
from ece.nucleo.acceso import Acceso
from ece.nucleo.roles import Permiso
from red.derechohabiencia import conectores, consultas
from red.derechohabiencia.conectores import FORMAS
from red.derechohabiencia.modelo import ConectorCallado, Pregunta
from red.models import Corte
from tests import elenco as reparto
from tests.elenco import AHORA, Elenco
from tests.instancia import RAIZ

PREGUNTA = Pregunta("SOLM850214MOCSNR08", "", AHORA.date())


def libre() -> int:
    with socket.socket() as enchufe:
        enchufe.bind(("127.0.0.1", 0))
        return int(enchufe.getsockname()[1])


@pytest.fixture(scope="module")
def puerto() -> Iterator[int]:
    """The reference responder, a process of its own."""
    elegido = libre()
    proceso = subprocess.Popen(
        [sys.executable, RAIZ / "manage.py", "responder_derechohabiencia", "--puerto", str(elegido)]
    )
    limite = time.monotonic() + 30
    while time.monotonic() < limite:
        with socket.socket() as enchufe:
            if enchufe.connect_ex(("127.0.0.1", elegido)) == 0:
                break
        time.sleep(0.1)
    yield elegido
    proceso.terminate()
    proceso.wait(10)


@pytest.mark.parametrize("forma", ["rest", "soap", "fhir"])
@pytest.mark.parametrize(
    ("curp", "vigente"),
    [
        ("SOLM850214MOCSNR08", True),
        ("SOLM850214MOCSNR09", False),
        ("SOLM850214MOCSNR00", None),
    ],
)
def test_las_tres_formas_dicen_lo_mismo(
    puerto: int, forma: str, curp: str, vigente: bool | None
) -> None:
    conector = FORMAS[forma]("x", "X", f"http://127.0.0.1:{puerto}/{forma}")
    dicho = conector.preguntar(Pregunta(curp, "", AHORA.date()))
    assert dicho.vigente is vigente
    assert bool(dicho.hasta) is (vigente is not None)
    assert (dicho.numero == "N-850214") is (vigente is not None)


@pytest.fixture
def acceso(elenco: Elenco) -> Acceso:
    paciente = reparto.registrar(elenco, CONOCIDA)
    return _acceso(elenco, paciente)


def _acceso(elenco: Elenco, paciente: UUID) -> Acceso:
    return decision.abrir_paciente(
        elenco.actor(elenco.archivo), paciente, Permiso.COBERTURA_CONSULTAR, ahora=AHORA
    )


@pytest.mark.django_db
def test_la_respuesta_se_guarda_y_vale_un_dia(acceso: Acceso, puerto: int, settings: Any) -> None:
    settings.ECE_DERECHOHABIENCIA = [f"IMSS soap http://127.0.0.1:{puerto}/soap"]
    primera = consultas.consultar(acceso, conector="IMSS", ahora=AHORA)
    assert primera.vigencia is not None
    assert primera.vigencia.vigente
    settings.ECE_DERECHOHABIENCIA = [f"IMSS soap http://127.0.0.1:{libre()}/soap"]
    despues = AHORA + timedelta(hours=23)
    assert consultas.consultar(acceso, conector="IMSS", ahora=despues).fresca
    assert not Corte.objects.exists()  # nobody was called

    # past its day, and the other side down: the last known, with its age, and no error
    tarde = AHORA + timedelta(days=3)
    vieja = consultas.consultar(acceso, conector="IMSS", ahora=tarde)
    assert (vieja.callado, vieja.fresca, vieja.consultada_at) == (True, False, AHORA)
    assert vieja.vigencia is not None
    assert (vieja.vigencia.vigente, vieja.vigencia.hasta) == (True, primera.vigencia.hasta)
    tipos = Evento.objects.filter(tipo="cobertura.consultada", pacientes=[acceso.paciente])
    assert tipos.count() == 2


@pytest.mark.django_db
def test_tras_tres_fallas_nadie_espera_y_luego_se_prueba_de_nuevo(
    acceso: Acceso, puerto: int, settings: Any
) -> None:
    caido = [f"IMSS rest http://127.0.0.1:{libre()}/rest"]
    settings.ECE_DERECHOHABIENCIA = caido
    for _ in range(consultas.FALLAS):
        assert consultas.consultar(acceso, conector="IMSS", ahora=AHORA).callado
    cortada = consultas.consultar(acceso, conector="IMSS", ahora=AHORA)
    assert cortada.cortado_hasta == AHORA + consultas.CORTADO
    assert Corte.objects.get().fallas == consultas.FALLAS  # it was not asked
    settings.ECE_DERECHOHABIENCIA = [f"IMSS rest http://127.0.0.1:{puerto}/rest"]
    antes = AHORA + consultas.CORTADO - timedelta(seconds=1)
    assert consultas.consultar(acceso, conector="IMSS", ahora=antes).callado
    pasado = AHORA + consultas.CORTADO + timedelta(seconds=1)
    assert not consultas.consultar(acceso, conector="IMSS", ahora=pasado).callado
    assert (Corte.objects.get().fallas, Corte.objects.get().abierto_hasta) == (0, None)


class _Hostil(BaseHTTPRequestHandler):
    """Answers by its path whatever nobody should."""

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        que = self.path.strip("/").split("/")[0]
        if que == "otra":
            self.send_response(302)
            self.send_header("Location", "http://169.254.169.254/")
            self.end_headers()
            return
        self.send_response(200)
        self.end_headers()
        try:
            if que == "gotea":
                for _ in range(200):
                    self.wfile.write(b" ")
                    self.wfile.flush()
                    time.sleep(0.1)
            self.wfile.write(CUERPOS.get(que, b""))
        except OSError:
            pass

    def log_message(self, format: str, *args: object) -> None:
        pass


_SOBRE = (
    b'<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body>%s</s:Body>'
    b"</s:Envelope>"
)
CUERPOS = {
    "nada": b"",
    "html": b"<html>hola",
    "enorme": b" " * (conectores.BYTES + 10),
    "entidad": b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]>' + _SOBRE % b"&x;",
    "bomba": b'<!DOCTYPE a [<!ENTITY x "xxxx"><!ENTITY y "&x;&x;&x;">]>' + _SOBRE % b"&y;",
    "fallo": _SOBRE % b"<s:Fault><faultcode>s:Server</faultcode></s:Fault>",
    "lista": b"[1]",
    "texto": b'{"vigente": "quiza"}',
    "fecha": b'{"vigente": true, "hasta": "2026-02-31"}',
    "honda": b"[" * 100_000,
    "otro": b'{"resourceType": "Patient"}',
}


@pytest.fixture(scope="module")
def hostil() -> Iterator[str]:
    servidor = ThreadingHTTPServer(("127.0.0.1", 0), _Hostil)
    threading.Thread(target=servidor.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{servidor.server_address[1]}"
    servidor.shutdown()


@pytest.mark.parametrize("forma", ["rest", "soap", "fhir"])
@pytest.mark.parametrize("que", [*CUERPOS, "otra"])
def test_lo_hostil_es_un_silencio(hostil: str, forma: str, que: str) -> None:
    if forma == "rest" and que == "otro":  # an object without an answer: nobody is known there
        pytest.skip("es una respuesta vacía, no hostil")
    with pytest.raises(ConectorCallado):
        FORMAS[forma]("x", "X", f"{hostil}/{que}").preguntar(PREGUNTA)


def test_quien_gotea_no_pasa_del_plazo(hostil: str) -> None:
    antes = time.monotonic()
    with pytest.raises(salidas.SinRespuesta):
        salidas.llamar("POST", f"{hostil}/gotea", segundos=1, limite=1_000, cuerpo=b"x")
    assert time.monotonic() - antes < 2.5


@pytest.mark.parametrize(
    "url",
    [
        "http://10.0.0.1/rest",
        "https://192.168.1.1/rest",
        "https://[::1]/rest",
        "http://example.com/rest",
        "file:///etc/passwd",
    ],
)
def test_no_se_llama_a_la_red_propia(url: str) -> None:
    with pytest.raises(salidas.DireccionVedada):
        salidas.llamar("POST", url, segundos=1, limite=10)
