"""Authorities asked over real sockets, and what serves when they do not answer."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp
from django.utils import timezone

from ece.identidad import confianza
from ece.identidad.confianza import Uso
from ece.identidad.models import Autoridad, ConstanciaDeRevocacion
from ece.identidad.services import revocaciones
from ece.nucleo.acceso import Acceso
from ece.nucleo.firma import FirmaInvalida, certificados, emision, tiempo
from registros.models import Firma
from registros.selectors import firmas
from registros.services import sellos
from tests.elenco import Elenco
from tests.firma import autoridades as con
from tests.registros import firmadas

pytestmark = pytest.mark.django_db


@contextmanager
def servidor(responder: Callable[[bytes], bytes]) -> Iterator[str]:
    """An HTTP server on the loopback that answers `responder(body)`; its address."""

    class Atiende(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            cuerpo = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            self.send_response(200)
            self.end_headers()
            self.wfile.write(responder(cuerpo))

        do_GET = do_POST

        def log_message(self, *_: Any) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Atiende) as escucha:
        hilo = threading.Thread(target=escucha.serve_forever, daemon=True)
        hilo.start()
        try:
            yield f"http://127.0.0.1:{escucha.server_port}/"
        finally:
            escucha.shutdown()
            hilo.join()


@pytest.fixture
def raiz() -> con.Autoridad:
    return con.autoridad()


def en_lista(raiz: con.Autoridad, **direcciones: str) -> Autoridad:
    return Autoridad.objects.create(
        nombre="AC de prueba",
        uso=Uso.AVANZADA,
        certificado=certificados.a_der(raiz.certificado),
        **direcciones,
    )


def respuesta(raiz: con.Autoridad, persona: con.Persona, *, revocado: bool) -> bytes:
    ahora = con.ahora()
    return (
        ocsp.OCSPResponseBuilder()
        .add_response(
            persona.certificado,
            raiz.certificado,
            hashes.SHA1(),
            ocsp.OCSPCertStatus.REVOKED if revocado else ocsp.OCSPCertStatus.GOOD,
            ahora,
            ahora + timedelta(days=2),
            ahora - timedelta(hours=1) if revocado else None,
            None,
        )
        .responder_id(ocsp.OCSPResponderEncoding.HASH, raiz.certificado)
        .sign(raiz.llave, hashes.SHA256())
        .public_bytes(Encoding.DER)
    )


def exigir(persona: con.Persona, despues: timedelta = timedelta()) -> list[Any]:
    momento = timezone.now() + despues
    cadena = confianza.lista(Uso.AVANZADA).alcanzar(persona.certificado, momento)
    return revocaciones.exigir(cadena, uso=Uso.AVANZADA, momento=momento)


def test_it_is_asked_and_the_answer_serves_while_it_lasts(raiz: con.Autoridad) -> None:
    persona = con.persona(raiz)
    preguntas: list[bytes] = []

    def responder(cuerpo: bytes) -> bytes:
        preguntas.append(cuerpo)
        return respuesta(raiz, persona, revocado=False)

    with servidor(responder) as url:
        en_lista(raiz, url_ocsp=url)
        (dicha,) = exigir(persona)
        exigir(persona)
        assert len(preguntas) == 1
    # The authority is gone: what it said serves, with its age, until it expires.
    (guardada,) = exigir(persona, timedelta(hours=30))
    assert guardada.der == dicha.der
    assert guardada.edad(timezone.now() + timedelta(hours=30)) > timedelta(hours=29)
    with pytest.raises(FirmaInvalida, match="sin-revocacion"):
        exigir(persona, timedelta(days=3))


def test_revoked_it_is_refused(raiz: con.Autoridad) -> None:
    persona = con.persona(raiz)
    with servidor(lambda _: respuesta(raiz, persona, revocado=True)) as url:
        en_lista(raiz, url_ocsp=url)
        with pytest.raises(FirmaInvalida, match="revocado"):
            exigir(persona)


def test_an_answer_of_rubbish_is_no_answer(raiz: con.Autoridad) -> None:
    with servidor(lambda _: b"<html>mantenimiento</html>") as url:
        autoridad = en_lista(raiz, url_ocsp=url)
        with pytest.raises(FirmaInvalida, match="sin-revocacion"):
            exigir(con.persona(raiz))
        autoridad.exige_revocacion = False
        autoridad.save()
        assert exigir(con.persona(raiz)) == []


def test_lists_are_brought_and_an_older_one_never_takes_their_place(raiz: con.Autoridad) -> None:
    persona, ahora = con.persona(raiz), con.ahora()
    hoy = emision.lista_de_revocacion(
        raiz.certificado,
        raiz.llave,
        revocados={persona.certificado.serial_number: ahora - timedelta(minutes=1)},
        ahora=ahora,
    )
    ayer = emision.lista_de_revocacion(
        raiz.certificado, raiz.llave, revocados={}, ahora=ahora - timedelta(days=1)
    )
    listas = [hoy, ayer]
    with servidor(lambda _: listas.pop(0)) as url:
        en_lista(raiz, url_crl=url)
        assert revocaciones.actualizar(ahora=ahora) == [("AC de prueba", "")]
        ((_, falla),) = revocaciones.actualizar(ahora=ahora)
        assert "más vieja" in falla
    assert bytes(ConstanciaDeRevocacion.objects.get().contenido) == hoy
    with pytest.raises(FirmaInvalida, match="revocado"):
        exigir(persona)


def test_a_time_authority_elsewhere_stamps_afterwards(
    elenco: Elenco, acceso: Acceso, settings: Any, raiz: con.Autoridad
) -> None:
    firmadas.preparar_institucion()
    ajena = con.de_tiempo(raiz)
    Autoridad.objects.create(
        nombre="Tiempo", uso=Uso.TIEMPO, certificado=certificados.a_der(raiz.certificado)
    )
    with servidor(ajena.responder) as url:
        settings.ECE_AUTORIDAD_DE_TIEMPO = url
        nota = firmadas.terminada(acceso)
        (antes,) = firmas.de_documento(acceso, tipo="Composition", id=nota)
        assert (antes.vale, antes.sellado_at) == (True, None)
        ids = sellos.por_resellar(acceso, ahora=timezone.now())
        assert sellos.resellar(acceso, ids=ids, ahora=timezone.now()) == 1
    (despues,) = firmas.de_documento(acceso, tipo="Composition", id=nota)
    assert despues.vale
    assert despues.sellado_at is not None
    with pytest.raises(tiempo.SinSello):  # it is gone, and nothing was left half done
        sellos.resellar(acceso, ids=ids, ahora=timezone.now())
    assert Firma.objects.de(acceso).get(pk=ids[0]).version == 2
