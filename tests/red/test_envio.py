"""What leaves, and what becomes of it: a partner that refuses, is silent, or leads us astray."""

import json
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, ClassVar
from uuid import UUID, uuid4

import pytest
from django.utils import timezone

from consentimiento import decision
from ece.nucleo.roles import Permiso, Rol
from interoperabilidad.oauth import credenciales
from red import envio, referencias, socio
from red.models import Envio
from red.pasos import Prioridad
from registros.catalogos.notas import TIPOS
from registros.services import notas
from registros.services.diagnosticos import NuevoDiagnostico
from tests import elenco as reparto
from tests.convenios import Alianza, alcance, aliado, pactar, persona
from tests.elenco import AHORA, Elenco
from tests.registros.nota_de_ejemplo import contenido_completo

pytestmark = pytest.mark.django_db(transaction=True)
TRATA = frozenset({"Patient", "Composition", "Condition", "Encounter", "ServiceRequest", "Task"})


class _Aliada(BaseHTTPRequestHandler):
    """A partner that says what it is told to say."""

    estado: ClassVar[int] = 200
    emisor: ClassVar[str] = ""
    recibidos: ClassVar[list[dict[str, Any]]] = []

    def do_GET(self) -> None:
        puerto = self.server.server_address[1]
        propio = f"http://127.0.0.1:{puerto}/token"
        self._decir(200, {"token_endpoint": self.emisor or propio})

    def do_POST(self) -> None:
        cuerpo = self.rfile.read(int(self.headers["Content-Length"]))
        if self.path == "/token":
            self._decir(200, {"access_token": "t", "expires_in": 300})
            return
        dicho = json.loads(cuerpo)
        self.recibidos.append(dicho)
        if self.estado != 200:
            asunto = {"severity": "error", "code": "forbidden", "diagnostics": "Aquí no se puede."}
            self._decir(self.estado, {"resourceType": "OperationOutcome", "issue": [asunto]})
            return
        acuse = {"response": {"identifier": dicho["id"], "code": "ok"}}
        self._decir(200, {"resourceType": "Bundle", "entry": [{"resource": acuse}]})

    def _decir(self, estado: int, cuerpo: dict[str, Any]) -> None:
        datos = json.dumps(cuerpo).encode()
        self.send_response(estado)
        self.send_header("Content-Length", str(len(datos)))
        self.end_headers()
        self.wfile.write(datos)

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def aliada() -> Iterator[str]:
    _Aliada.estado, _Aliada.emisor, _Aliada.recibidos = 200, "", []
    socio.olvidar()
    servidor = ThreadingHTTPServer(("127.0.0.1", 0), _Aliada)
    threading.Thread(target=servidor.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{servidor.server_address[1]}/fhir"
    servidor.shutdown()


@pytest.fixture
def alianza(elenco: Elenco, aliada: str) -> Alianza:
    return pactar(sale=TRATA, entra=TRATA, direccion=aliada, identificador="nosotros")


def referir(alianza: Alianza, elenco: Elenco, *diagnosticos: NuevoDiagnostico) -> UUID:
    """Refer a patient with a finished note."""
    paciente = reparto.registrar(elenco)
    encuentro = reparto.en_consulta(elenco, paciente)
    acceso = decision.abrir_paciente(
        elenco.actor(elenco.medica), paciente, Permiso.NOTA_REDACTAR, ahora=AHORA
    )
    contenido = contenido_completo(TIPOS["referencia"])
    contenido = replace(contenido, diagnosticos=(*contenido.diagnosticos, *diagnosticos))
    nota = notas.redactar(
        acceso, tipo="referencia", encuentro_id=encuentro, contenido=contenido, ahora=AHORA
    )
    notas.finalizar(acceso, nota_id=nota, contenido=contenido, version=1, ahora=AHORA)
    return referencias.solicitar(
        acceso,
        convenio_id=alianza.convenio,
        nota_id=nota,
        servicio="Cardiología",
        prioridad=Prioridad.ORDINARIA,
        ahora=timezone.now(),
    )


@pytest.fixture
def referida(alianza: Alianza, elenco: Elenco) -> UUID:
    return referir(alianza, elenco)


def test_lo_que_el_convenio_no_abre_no_viaja_y_se_dice(alianza: Alianza, elenco: Elenco) -> None:
    referir(alianza, elenco, NuevoDiagnostico("F321", "Episodio depresivo moderado"))
    assert envio.enviar(ahora=timezone.now()) == 0
    detenido = Envio.objects.get()
    assert (detenido.situacion, detenido.motivo) == (
        "detenido",
        "No se puede enviar: la nota habla de algo que no se les puede compartir.",
    )
    assert not _Aliada.recibidos


def test_viaja_lo_que_la_aliada_podria_leer_y_una_vez(referida: UUID) -> None:
    assert envio.enviar(ahora=timezone.now()) == 1
    assert envio.enviar(ahora=timezone.now()) == 0
    (dicho,) = _Aliada.recibidos
    tipos = [e["resource"]["resourceType"] for e in dicho["entry"]]
    assert tipos[:3] == ["MessageHeader", "Task", "ServiceRequest"]
    assert {"Patient", "Composition"} <= set(tipos)


def test_quien_calla_se_vuelve_a_intentar_y_quien_rehusa_espera_a_alguien(referida: UUID) -> None:
    _Aliada.estado = 503
    ahora = timezone.now()
    assert envio.enviar(ahora=ahora) == 0
    (espera,) = Envio.objects.all()
    assert (espera.situacion, espera.intentos) == ("pendiente", 1)
    assert espera.proximo_at > ahora
    _Aliada.estado = 403
    assert envio.enviar(ahora=ahora + timedelta(minutes=1)) == 0
    (detenido,) = Envio.objects.all()
    assert (detenido.situacion, detenido.motivo) == ("detenido", "Aquí no se puede.")
    _Aliada.estado = 200
    enlace = alcance(persona("enlace", Rol.ENLACE), Permiso.MENSAJE_ATENDER)
    envio.reintentar(enlace, id=detenido.id, ahora=timezone.now())
    with pytest.raises(envio.YaNoEsta):
        envio.reintentar(enlace, id=detenido.id, ahora=timezone.now())
    assert envio.enviar(ahora=timezone.now()) == 1


def test_quien_dice_que_se_llego_al_limite_se_deja_en_paz_lo_que_pide(referida: UUID) -> None:
    _Aliada.estado = 429
    ahora = timezone.now()
    assert envio.enviar(ahora=ahora) == 0
    (espera,) = Envio.objects.all()
    assert espera.motivo == "se alcanzó el límite de solicitudes del convenio"
    assert espera.proximo_at == ahora + timedelta(seconds=60)
    _Aliada.estado = 200
    assert envio.enviar(ahora=ahora + timedelta(seconds=59)) == 0
    assert envio.enviar(ahora=ahora + timedelta(seconds=61)) == 1


def test_lo_que_se_le_envia_no_cuenta_en_sus_limites(elenco: Elenco, aliada: str) -> None:
    limites = {"por_minuto": 1, "por_dia": 1}
    alianza = pactar(sale=TRATA, entra=TRATA, direccion=aliada, identificador="n", **limites)
    referir(alianza, elenco)
    credenciales.olvidar()  # those of another test's partner
    estados = [aliado().get(f"/fhir/Patient/{uuid4()}").status_code for _ in range(2)]
    assert estados == [404, 429]
    assert envio.enviar(ahora=timezone.now()) == 1


def test_su_direccion_de_tokens_no_nos_lleva_a_otra_parte(referida: UUID) -> None:
    _Aliada.emisor = "http://127.0.0.1:1/token"
    assert envio.enviar(ahora=timezone.now()) == 0
    assert Envio.objects.get().motivo == "su dirección de tokens es de otro servidor"


def test_una_red_propia_que_nadie_nombro_no_se_toca(referida: UUID, settings: Any) -> None:
    settings.ECE_HOSTS_INTERNOS = []
    assert envio.enviar(ahora=timezone.now()) == 0
    detenido = Envio.objects.get()
    assert detenido.situacion == "detenido"
    assert "no se puede usar" in detenido.motivo
    assert not _Aliada.recibidos
