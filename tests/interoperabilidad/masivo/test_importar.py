"""Bulk imports: fetched with suspicion, each resource once, and a reason for every refusal."""

import gzip
import http.server
import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import pytest

from auditoria.models import Evento
from ece.identidad.services import clientes as directorio
from ece.nucleo.roles import Rol
from interoperabilidad import importacion
from interoperabilidad.masivo import importador
from interoperabilidad.models import Importacion, RechazosDeImportacion
from interoperabilidad.oauth import credenciales
from tests.elenco import AHORA, CONTRASENA
from tests.interoperabilidad.masivo.pedir import ESPERAR, trabajar
from tests.interoperabilidad.socios import SocioEntero, paciente
from tests.interoperabilidad.test_rest import observacion

pytestmark = pytest.mark.django_db


@dataclass
class Publicador:
    """Whoever publishes files; `corta` closes the connection in the middle of one."""

    url: str = ""
    archivos: dict[str, bytes] = field(default_factory=dict)
    corta: bool = False
    comprime: bool = False
    pedidos: int = 0


@pytest.fixture
def publicador() -> Iterator[Publicador]:
    otro = Publicador()

    class Trato(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            otro.pedidos += 1
            if self.path not in otro.archivos:
                self.send_response(302 if self.path == "/otra" else 404)
                self.send_header("Location", f"{otro.url}/Patient.ndjson")
                self.end_headers()
                return
            cuerpo = otro.archivos[self.path]
            self.send_response(200)
            if otro.comprime:
                cuerpo = gzip.compress(cuerpo)
                self.send_header("Content-Encoding", "gzip")
            self.send_header("Content-Length", str(len(cuerpo)))
            self.end_headers()
            self.wfile.write(cuerpo[: len(cuerpo) // 2] if otro.corta else cuerpo)

        def log_message(self, *args: object) -> None:
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Trato) as servidor:
        hilo = threading.Thread(target=lambda: servidor.serve_forever(0.02), daemon=True)
        hilo.start()
        otro.url = f"http://127.0.0.1:{servidor.server_address[1]}"
        yield otro
        servidor.shutdown()
        hilo.join(5)


@pytest.fixture
def socio(clientes: None) -> SocioEntero:
    credenciales.olvidar()
    return SocioEntero("integracion")


def publicar(publicador: Publicador, cuantos: int = 3) -> None:
    """Patients and an observation of each, by ids of their own."""
    pacientes = [paciente(id=f"p{n}") for n in range(cuantos)]
    observaciones = [
        {**json.loads(observacion(f"p{n}")), "id": f"o{n}", "valueQuantity": {"value": n}}
        for n in range(cuantos)
    ]
    for tipo, recursos in (("Patient", pacientes), ("Observation", observaciones)):
        publicador.archivos[f"/{tipo}.ndjson"] = b"\n".join(
            json.dumps(r).encode() for r in recursos
        )


def pedido(publicador: Publicador, *archivos: tuple[str, str], **cambios: str) -> dict[str, Any]:
    archivos = archivos or (("Observation", "/Observation.ndjson"), ("Patient", "/Patient.ndjson"))
    return {
        "resourceType": "Parameters",
        "parameter": [
            {"name": "inputFormat", "valueCode": cambios.get("formato", "application/fhir+ndjson")},
            {"name": "inputSource", "valueUri": "urn:ejemplo:hospital-del-norte"},
            *(
                {
                    "name": "input",
                    "part": [
                        {"name": "type", "valueCode": tipo},
                        {"name": "url", "valueUrl": f"{publicador.url}{camino}"},
                    ],
                }
                for tipo, camino in archivos
            ),
        ],
    }


def importar(socio: SocioEntero, parametros: dict[str, Any]) -> dict[str, Any]:
    """What became of it."""
    respuesta = socio.post("$import", parametros, **ESPERAR)
    assert respuesta.status_code == 202, respuesta.content
    donde = respuesta["Content-Location"].partition("testserver")[2]
    assert socio.http.get(donde).status_code == 202
    trabajar(donde)
    dicho = socio.http.get(donde)
    assert dicho.status_code == 200, dicho.content
    resultado: dict[str, Any] = dicho.json()
    return resultado


@pytest.mark.parametrize("comprime", [False, True])
def test_lo_que_otros_publican_se_toma(
    socio: SocioEntero, publicador: Publicador, comprime: bool
) -> None:
    publicador.comprime = comprime
    publicar(publicador)
    dicho = importar(socio, pedido(publicador))
    assert dicho["outcome"] == {"taken": 6, "refused": 0}
    assert dicho["error"] == []
    assert socio.buscar("Patient?_summary=count")["total"] == 3
    for suya in socio.buscar("Observation")["entry"]:
        quien = suya["resource"]["subject"]["reference"]
        assert socio.get(quien).status_code == 200
    # Again: what is there already is not taken twice; what changed is another version.
    cambiado = paciente(id="p0", gender="other")
    publicador.archivos["/Patient.ndjson"] = json.dumps(cambiado).encode()
    importar(socio, pedido(publicador))
    assert socio.buscar("Patient?_summary=count")["total"] == 3
    assert socio.buscar("Patient?gender=other&_summary=count")["total"] == 1
    assert Evento.objects.filter(tipo="importacion.terminada").count() == 2


def test_cada_rechazo_con_su_razon(socio: SocioEntero, publicador: Publicador) -> None:
    publicar(publicador)
    publicador.archivos["/Patient.ndjson"] += b'\n{"resourceType":"Patient","gender":"nadie"}'
    publicador.archivos["/Patient.ndjson"] += b'\n{"resourceType":"Observation"}\n{no es json}\n'
    dicho = importar(socio, pedido(publicador))
    assert dicho["outcome"] == {"taken": 6, "refused": 3}
    (error,) = dicho["error"]
    assert error["inputUrl"].endswith("/Patient.ndjson")
    lineas = socio.http.get(error["url"].partition("testserver")[2]).content.splitlines()
    assert len(lineas) == 3
    razones = " ".join(json.loads(linea)["issue"][0]["diagnostics"] for linea in lineas)
    for razon in ("gender", "no es un recurso Patient"):
        assert razon in razones
    assert b"gender" not in bytes(RechazosDeImportacion.objects.get().contenido)


def test_sigue_donde_iba(
    socio: SocioEntero, publicador: Publicador, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importacion, "LOTE", 2)
    publicar(publicador, 5)
    respuesta = socio.post("$import", pedido(publicador), **ESPERAR)
    donde = respuesta["Content-Location"].partition("testserver")[2]
    hechos = []

    def muere_luego(*_: object, **__: object) -> Iterator[importacion.Renglon]:
        if len(hechos) == 1:
            raise ZeroDivisionError
        hechos.append(1)
        return original(*_, **__)  # type: ignore[arg-type]

    original = importacion.tomar
    with monkeypatch.context() as roto:
        roto.setattr(importacion, "tomar", muere_luego)
        with pytest.raises(ZeroDivisionError):
            importador.atender(Importacion.objects.get().id)
    fila = Importacion.objects.get()
    assert (fila.archivo, fila.renglon, fila.tomados) == (0, 2, 2)
    trabajar(donde)
    assert socio.http.get(donde).json()["outcome"] == {"taken": 10, "refused": 0}
    assert socio.buscar("Patient?_summary=count")["total"] == 5


def test_lo_que_no_se_puede_traer_se_reintenta_y_se_deja(
    socio: SocioEntero, publicador: Publicador
) -> None:
    publicar(publicador)
    publicador.corta = True
    respuesta = socio.post("$import", pedido(publicador), **ESPERAR)
    donde = respuesta["Content-Location"].partition("testserver")[2]
    trabajar(donde)
    dicho = socio.http.get(donde)
    assert dicho.status_code == 500
    assert "input[0]" in dicho.json()["issue"][0]["diagnostics"]
    assert publicador.pedidos == importador.INTENTOS
    assert socio.http.delete(donde).status_code == 202
    assert socio.http.get(donde).status_code == 404


@pytest.mark.parametrize("camino", ["/otra", "/nada"])
def test_no_sigue_a_otra_parte(socio: SocioEntero, publicador: Publicador, camino: str) -> None:
    publicar(publicador)
    respuesta = socio.post("$import", pedido(publicador, ("Patient", camino)), **ESPERAR)
    donde = respuesta["Content-Location"].partition("testserver")[2]
    trabajar(donde)
    assert socio.http.get(donde).status_code == 500
    assert not socio.buscar("Patient").get("entry")


@pytest.mark.parametrize(
    "cambio",
    [
        {"name": "input", "part": [{"name": "type", "valueCode": "Patient"}]},
        {
            "name": "input",
            "part": [
                {"name": "type", "valueCode": "Patient"},
                {"name": "url", "valueUrl": "http://example.com/a.ndjson"},
            ],
        },
        {
            "name": "input",
            "part": [
                {"name": "type", "valueCode": "Nada"},
                {"name": "url", "valueUrl": "https://example.com/a.ndjson"},
            ],
        },
        {"name": "inventado", "valueString": "x"},
        {"name": "inputFormat", "valueCode": "text/csv"},
    ],
)
def test_lo_que_no_se_entiende_se_dice(
    socio: SocioEntero, publicador: Publicador, cambio: dict[str, Any]
) -> None:
    parametros = pedido(publicador)
    parametros["parameter"].append(cambio)
    assert socio.post("$import", parametros, **ESPERAR).status_code == 400
    assert not Importacion.objects.exists()


def test_es_de_quien_la_pidio_y_de_quien_puede(socio: SocioEntero, publicador: Publicador) -> None:
    publicar(publicador)
    assert socio.post("$import", pedido(publicador)).status_code == 400  # without Prefer
    nadie = SocioEntero("sin-convenio")
    assert nadie.post("$import", pedido(publicador), **ESPERAR).status_code == 403
    importar(socio, pedido(publicador))
    directorio.registrar(client_id="otra", nombre="Otra", rol=Rol.INTEGRACION, secreto=CONTRASENA)
    otra, fila = SocioEntero("otra"), Importacion.objects.get()
    assert otra.get(f"$import-status/{fila.id}").status_code == 404
    assert otra.get(f"$import-status/{uuid4()}").status_code == 404
    # What another brings under the same name is its own.
    importar(otra, pedido(publicador))
    assert socio.buscar("Patient?_summary=count")["total"] == 6
    Importacion.objects.update(caduca_at=AHORA)
    assert socio.get(f"$import-status/{fila.id}").status_code == 404
