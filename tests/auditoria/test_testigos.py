"""Witnesses over real HTTP: what they cosign, what they refuse, and what that tells of the log."""

import base64
from collections.abc import Iterator

import httpx
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.test import Client
from django.test.utils import override_settings
from pytest_django.live_server_helper import LiveServer

from auditoria import bitacora, merkle, notas
from auditoria.models import BitacoraAjena
from auditoria.notas import Checkpoint, Firmante, Nota, Verificadora
from auditoria.sello import llaves, pruebas, sellador, testigos
from auditoria.sello.testigos import RechazoDeTestigo
from auditoria.verificacion.corrida import verificar
from auditoria.verificacion.hallazgos import Clase
from tests.auditoria.sellada import anexar, sueltos
from tests.elenco import AHORA

pytestmark = pytest.mark.django_db(transaction=True)
AJENA = Firmante("aliado.example/bitacora", Ed25519PrivateKey.generate())
HOJAS = [merkle.hoja(bytes([i])) for i in range(40)]


def lector(nivel: int, indice: int) -> bytes:
    return merkle.niveles(HOJAS)[nivel][indice]


def cuerpo(antes: int, tamano: int, *, raiz: bytes = b"", firmante: Firmante = AJENA) -> str:
    checkpoint = Checkpoint(firmante.nombre, tamano, raiz or merkle.raiz(HOJAS[:tamano]))
    camino = merkle.prueba_de_consistencia(antes, tamano, lector) if antes <= tamano else []
    renglones = [f"old {antes}", *(base64.b64encode(h).decode() for h in camino)]
    return "\n".join(renglones) + "\n\n" + notas.firmar(checkpoint.texto, [firmante])


@pytest.fixture
def testigo(live_server: LiveServer) -> Iterator[str]:
    """The address where this installation takes the checkpoints of `AJENA`."""
    with override_settings(ECE_BITACORAS_ATESTIGUADAS=[AJENA.verificadora.vkey]):
        yield f"{live_server.url}/verificar/bitacora/testigo"


def enviar(url: str, dicho: str) -> httpx.Response:
    return httpx.post(f"{url}/add-checkpoint", content=dicho.encode(), timeout=30)


def test_it_cosigns_what_continues_and_only_that(testigo: str) -> None:
    """The status codes of C2SP tlog-witness, one by one."""
    llave = llaves.de_testigo().verificadora
    primera = enviar(testigo, cuerpo(0, 7))
    assert primera.status_code == 200
    texto = Checkpoint(AJENA.nombre, 7, merkle.raiz(HOJAS[:7])).texto
    firmada = Nota.leer(notas.firmar(texto, [AJENA]) + primera.text)
    assert firmada.firmada_por([llave]) == [llave]
    assert enviar(testigo, cuerpo(7, 7)).status_code == 200
    assert enviar(testigo, cuerpo(7, 20)).status_code == 200
    atrasada = enviar(testigo, cuerpo(7, 30))
    assert (atrasada.status_code, atrasada.text) == (409, "20\n")
    assert atrasada.headers["content-type"] == "text/x.tlog.size"
    assert enviar(testigo, cuerpo(20, 20, raiz=bytes(32))).status_code == 409
    assert enviar(testigo, cuerpo(20, 30, raiz=bytes(32))).status_code == 422
    assert enviar(testigo, cuerpo(20, 12)).status_code == 400
    assert enviar(testigo, cuerpo(20, 30).replace("old 20", "old 020")).status_code == 400
    assert enviar(testigo, "nada").status_code == 400
    otra = Firmante(AJENA.nombre, Ed25519PrivateKey.generate())
    assert enviar(testigo, cuerpo(20, 30, firmante=otra)).status_code == 403
    desconocida = Firmante("nadie.example/bitacora", Ed25519PrivateKey.generate())
    assert enviar(testigo, cuerpo(0, 3, firmante=desconocida)).status_code == 404
    visto = httpx.get(f"{testigo}/ultimo", params={"origen": AJENA.nombre})
    assert Checkpoint.leer(Nota.leer(visto.text).texto).tamano == 20
    assert httpx.get(f"{testigo}/ultimo", params={"origen": "x"}).status_code == 404
    assert httpx.get(f"{testigo}/add-checkpoint").status_code == 405


def test_who_verifies_from_the_same_address_does_not_use_up_its_turns(testigo: str) -> None:
    """Two institutions of one machine, or behind one proxy: each goes on cosigning the other."""
    verificadas = [Client().post("/verificar/", {"codigo": ""}).status_code for _ in range(21)]
    assert verificadas[-1] == 429
    estados = [enviar(testigo, cuerpo(n, n + 1)).status_code for n in range(30)]
    assert set(estados) == {200}


def test_our_log_is_witnessed_and_a_rewritten_one_is_not(live_server: LiveServer) -> None:
    """This installation as witness of its own log: the protocol is that of two."""
    anexar(5)
    sellador.sellar(ahora=AHORA)
    (_, propia, _) = llaves.generaciones()[-1]
    url = f"{live_server.url}/verificar/bitacora/testigo"
    with override_settings(
        ECE_BITACORAS_ATESTIGUADAS=[propia.vkey],
        ECE_TESTIGOS=[f"{url} {llaves.de_testigo().verificadora.vkey}"],
    ):
        assert testigos.pedir_cofirmas() == 1
        assert testigos.pedir_cofirmas() == 0
        anexar(5)
        sellador.sellar(ahora=AHORA)
        assert testigos.pedir_cofirmas() == 1
        publicado = pruebas.checkpoint()
        assert publicado is not None
        assert publicado.testigos == (llaves.de_testigo().nombre,)
        informe = verificar(procesos=1)
        assert (informe.hallazgos, informe.testigos) == ([], 3)

        # The witness has seen ten leaves; the log goes on as if there had been others.
        _suplantar_lo_visto(propia)
        informe = verificar(procesos=1)
        assert {h.clase for h in informe.hallazgos} == {Clase.TESTIGO_CONTRADICE}
        anexar(5)
        sellador.sellar(ahora=AHORA)
        with pytest.raises(RechazoDeTestigo):
            testigos._pedir(testigos.configurados()[0])
        assert testigos.pedir_cofirmas() == 0


def _suplantar_lo_visto(propia: Verificadora) -> None:
    """What the witness remembers is of another log with the same key: ours was rewritten."""

    otro = Checkpoint(propia.nombre, 10, merkle.raiz(HOJAS[:10]))
    nota = notas.firmar(otro.texto, [llaves.firmante(propia.nombre, 1)])
    BitacoraAjena.objects.filter(origen=propia.nombre).update(raiz=otro.raiz, nota=nota)


def test_a_witness_that_is_down_stops_nothing(caplog: pytest.LogCaptureFixture) -> None:
    anexar(1)
    sellador.sellar(ahora=AHORA)
    vkey = llaves.de_testigo().verificadora.vkey
    with override_settings(ECE_TESTIGOS=[f"http://127.0.0.1:9 {vkey}"]):
        assert testigos.pedir_cofirmas() == 0
        assert verificar(procesos=1).hallazgos == []


def test_its_public_face_is_that_of_tlog_tiles(live_server: LiveServer) -> None:

    bitacora.anexar(sueltos(600))
    list(sellador.sellar_todo(ahora=AHORA))
    base = f"{live_server.url}/verificar/bitacora"
    checkpoint = Checkpoint.leer(Nota.leer(httpx.get(f"{base}/checkpoint").text).texto)
    assert checkpoint.tamano == 600
    enteras = [httpx.get(f"{base}/tile/0/00{n}").content for n in (0, 1)]
    parcial = httpx.get(f"{base}/tile/0/002.p/88").content
    juntas = b"".join([*enteras, parcial])
    hojas = [juntas[i : i + 32] for i in range(0, len(juntas), 32)]
    assert merkle.raiz(hojas) == checkpoint.raiz
    arriba = httpx.get(f"{base}/tile/1/000.p/2")
    assert arriba.content == merkle.raiz(hojas[:256]) + merkle.raiz(hojas[256:512])
    assert "immutable" in arriba.headers["cache-control"]
    for nada in ("0/003", "0/002.p/89", "0/002", "1/000", "9/000", "0/x000/003", "0/000.p/257"):
        assert httpx.get(f"{base}/tile/{nada}").status_code == 404, nada
    vkeys = httpx.get(f"{base}/llaves").text.split()
    assert [Verificadora.de_vkey(v).clase for v in vkeys] == [notas.FIRMA, notas.COFIRMA]
    assert httpx.get(f"{base}/checkpoint/600").text == httpx.get(f"{base}/checkpoint").text
    assert httpx.get(f"{base}/checkpoint/601").status_code == 404
    assert bitacora.consultar("SELECT count(*) FROM auditoria_sello", []) == [(1,)]
