"""SMART Backend Services: a system that proves who it is with a key, as an attacker would try it.

Keys registered here or published by the client, what partners declare, and tokens bound to a
client certificate (RFC 8705).
"""

import base64
import hmac
import json
import threading
import time
from collections.abc import Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from urllib.parse import quote
from uuid import UUID, uuid4

import jwt
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import NameOID
from django.test import Client
from django.utils import timezone
from jwt.algorithms import ECAlgorithm, RSAAlgorithm

from auditoria.models import Evento
from consentimiento.convenios import ConPacientes
from consentimiento.services import compartidos
from ece.identidad.services import clientes as directorio
from ece.nucleo.roles import Rol
from interoperabilidad import salientes
from interoperabilidad.oauth import credenciales, jwks
from interoperabilidad.oauth.jwks import LlavesInalcanzables
from tests.convenios import LLAVE, pactar
from tests.elenco import AHORA, CONTRASENA, Elenco, acceso_de_medica, en_consulta
from tests.interoperabilidad.smart import RAIZ, App
from tests.interoperabilidad.smart import registrar as registrar_app
from tests.interoperabilidad.test_rest import observacion

pytestmark = pytest.mark.django_db
CLASE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"


@pytest.fixture(autouse=True)
def _olvidar() -> None:
    credenciales.olvidar()
    jwks.olvidar()


def par(clase: str = "ES384"):  # type: ignore[no-untyped-def]
    if clase == "RS384":
        llave = rsa.generate_private_key(65537, 2048)
        return llave, {**json.loads(RSAAlgorithm.to_jwk(llave.public_key())), "kid": "r1"}
    llave = ec.generate_private_key(ec.SECP384R1())
    return llave, {**json.loads(ECAlgorithm.to_jwk(llave.public_key())), "kid": "r1"}


def afirmar(llave, *, alg: str = "ES384", cabecera=None, **cambios) -> str:  # type: ignore[no-untyped-def]
    dice = {
        "iss": "aliado",
        "sub": "aliado",
        "aud": f"{RAIZ}/oauth/token",
        "exp": int(time.time()) + 240,
        "jti": str(uuid4()),
        **cambios,
    }
    return jwt.encode(dice, llave, algorithm=alg, headers={"kid": "r1", **(cabecera or {})})


def pedir(asercion: str, **extras: str):  # type: ignore[no-untyped-def]
    return Client(headers={"Host": "testserver"}).post(
        "/oauth/token",
        {
            "grant_type": "client_credentials",
            "client_assertion_type": CLASE,
            "client_assertion": asercion,
            **extras,
        },
    )


def _b64(datos: bytes) -> str:
    return base64.urlsafe_b64encode(datos).rstrip(b"=").decode()


def _hs256(secreto: bytes, cabeza: str, cuerpo: str) -> str:
    firma = hmac.digest(secreto, f"{cabeza}.{cuerpo}".encode(), "sha256")
    return f"{cabeza}.{cuerpo}.{_b64(firma)}"


def registrar_sistema(jwk=None, url: str = "", rol: Rol = Rol.INTEGRACION) -> None:  # type: ignore[no-untyped-def]
    directorio.registrar(
        client_id="aliado",
        nombre="Aliado",
        rol=rol,
        secreto=CONTRASENA,
        llaves={"r1": jwk} if jwk else None,
        jwks_url=url,
    )


class _Llavero(BaseHTTPRequestHandler):
    llaves: list[dict[str, object]] = []
    pedidos = 0
    estado = 200

    def do_GET(self) -> None:
        type(self).pedidos += 1
        cuerpo = json.dumps({"keys": self.llaves}).encode()
        if self.path == "/enorme":
            cuerpo = b" " * (jwks.BYTES + 10)
        self.send_response(302 if self.path == "/otra" else self.estado)
        self.send_header("Location", "/jwks")
        self.send_header("Content-Length", str(len(cuerpo)))
        self.end_headers()
        self.wfile.write(cuerpo)

    def log_message(self, *_: object) -> None:
        return


@pytest.fixture
def publicador() -> Iterator[str]:
    """A partner that publishes its keys at an address of its own."""
    _Llavero.llaves, _Llavero.pedidos, _Llavero.estado = [], 0, 200
    servidor = HTTPServer(("127.0.0.1", 0), _Llavero)
    hilo = threading.Thread(target=servidor.serve_forever, daemon=True)
    hilo.start()
    yield f"http://127.0.0.1:{servidor.server_port}"
    servidor.shutdown()
    servidor.server_close()
    hilo.join()


class TestSistemas:
    @pytest.mark.parametrize("clase", ["ES384", "RS384"])
    def test_a_signed_assertion_narrowed_by_its_scopes(
        self, elenco: Elenco, paciente: UUID, clase: str
    ) -> None:
        llave, jwk = par(clase)
        registrar_sistema(jwk)
        respuesta = pedir(afirmar(llave, alg=clase), scope="system/Patient.r system/Magia.rs")
        assert respuesta.json()["scope"] == "system/Patient.r"
        app = App()
        token = respuesta.json()
        assert app.fhir(token, f"Patient/{paciente}").status_code == 200
        assert app.fhir(token, "Patient").status_code == 403
        escrita = app.http.post(
            "/fhir/Observation",
            observacion(str(paciente)),
            content_type="application/fhir+json",
            headers={"Authorization": f"Bearer {token['access_token']}"},
        )
        assert escrita.status_code in (403, 404)

    def test_confusions_of_algorithm_and_key_get_no_token(self) -> None:
        llave, jwk = par()
        registrar_sistema(jwk)
        ajena, _ = par()
        publica = llave.public_key().public_bytes(
            serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
        )
        ninguna = jwt.encode(
            {"iss": "aliado", "sub": "aliado", "aud": f"{RAIZ}/oauth/token"},
            None,
            algorithm="none",
            headers={"kid": "r1"},
        )
        cuerpo = _b64(
            json.dumps(
                {
                    "iss": "aliado",
                    "sub": "aliado",
                    "aud": f"{RAIZ}/oauth/token",
                    "exp": int(time.time()) + 60,
                    "jti": "h",
                }
            ).encode()
        )
        cabeza = _b64(b'{"alg":"HS256","kid":"r1"}')
        con_publica = [
            _hs256(secreto, cabeza, cuerpo) for secreto in (publica, json.dumps(jwk).encode())
        ]
        p256 = ec.generate_private_key(ec.SECP256R1())
        malas = [
            ninguna,
            *con_publica,
            afirmar(ajena),
            afirmar(p256, alg="ES256"),
            afirmar(llave, cabecera={"kid": "otra"}),
            afirmar(llave, cabecera={"jku": "http://127.0.0.1:1/jwks", "kid": "nueva"}),
            afirmar(llave, aud="https://otro.example/oauth/token"),
            afirmar(llave, aud=[]),
            afirmar(llave, exp=int(time.time()) - 5),
            afirmar(llave, exp=int(time.time()) + 3_600),
            afirmar(llave, sub="integracion"),
            afirmar(llave, nbf=int(time.time()) + 100),
            afirmar(llave, sub="ali\x00ado"),
            afirmar(llave, jti="a\x00b"),
            afirmar(llave, exp=10**18),
            afirmar(llave, exp="mañana"),
            "a.b.c",
            "x" * 20_000,
        ]
        for mala in malas:
            assert pedir(mala).status_code == 401, mala[:80]
        assert Evento.objects.filter(tipo="token.negado").count() == len(malas)
        buena = afirmar(llave)
        assert pedir(buena).status_code == 200
        assert pedir(buena).status_code == 401  # replayed

    @pytest.mark.parametrize(
        "dicho",
        [
            {"grant_type": "urn:ietf:params:oauth:grant-type:device_code"},
            {"grant_type": "password", "username": "medica", "password": CONTRASENA},
            {"grant_type": "authorization_code", "code": "a\x00b", "client_id": "app"},
            {"grant_type": "refresh_token", "refresh_token": "\x00", "client_id": "app"},
            {"grant_type": "client_credentials", "client_id": "\x00", "client_secret": "x"},
            {"grant_type": "authorization_code", "code": "x" * 5_000, "client_id": "app"},
            {},
        ],
    )
    def test_nothing_malformed_breaks_the_endpoint(self, dicho: dict[str, str]) -> None:
        registrar_app()
        for camino in ("token", "revoke", "introspect"):
            respuesta = Client(raise_request_exception=True).post(f"/oauth/{camino}", dicho)
            assert respuesta.status_code in (400, 401), (camino, respuesta.status_code)

    def test_keys_published_at_an_address_of_their_own(self, publicador: str) -> None:
        llave, jwk = par()
        _Llavero.llaves = [jwk]
        registrar_sistema(url=f"{publicador}/jwks")
        assert pedir(afirmar(llave)).status_code == 200
        assert pedir(afirmar(llave)).status_code == 200
        assert _Llavero.pedidos == 1  # kept
        # a kid that somebody makes up does not make us call at their pace
        for n in range(5):
            assert pedir(afirmar(llave, cabecera={"kid": f"inventada-{n}"})).status_code == 401
        assert _Llavero.pedidos == 1
        jwks.olvidar()
        _Llavero.llaves = [jwk, jwk]
        assert pedir(afirmar(llave)).status_code == 401  # which of the two?

    @pytest.mark.parametrize("camino", ["/otra", "/enorme"])
    def test_it_follows_no_redirection_and_reads_no_flood(
        self, publicador: str, camino: str
    ) -> None:
        with pytest.raises(LlavesInalcanzables):
            jwks.traer(f"{publicador}{camino}")

    @pytest.mark.parametrize(
        "url",
        [
            "https://127.0.0.2/jwks",
            "https://localhost/jwks",
            "https://10.0.0.1/jwks",
            "https://192.168.1.1/jwks",
            "https://169.254.169.254/latest/meta-data",
            "https://[::1]/jwks",
            "https://[::ffff:10.0.0.1]/jwks",
            "https://0.0.0.0/jwks",
            "https://2130706433/jwks",
            "https://user:pass@127.0.0.1/jwks",
            "http://example.com/jwks",
            "file:///etc/passwd",
            "gopher://127.0.0.1/",
            "https:///jwks",
        ],
    )
    def test_it_calls_no_address_of_ours(self, url: str) -> None:
        with pytest.raises(LlavesInalcanzables):
            jwks.traer(url)

    def test_addresses_in_disguise_are_told(self) -> None:
        internas = [
            "10.1.2.3",
            "::ffff:127.0.0.1",
            "64:ff9b::7f00:1",
            "2002:7f00:1::",
            "fe80::1%lo",
        ]
        assert not any(map(salientes.es_publica, [*internas, "224.0.0.1", "100.64.0.1", "fd00::1"]))
        assert salientes.es_publica("93.184.215.14")
        assert salientes.es_publica("2606:2800:21f:cb07:6820:80da:af6b:8b2c")

    def test_what_a_partner_declares_travels_signed_in_its_token(
        self, elenco: Elenco, paciente: UUID
    ) -> None:
        alianza = pactar()
        en_consulta(elenco, paciente)
        compartidos.compartir(
            acceso_de_medica(elenco, paciente),
            convenio_id=alianza.convenio,
            base=ConPacientes.REFERENCIA,
            hasta=AHORA.replace(year=2040),
            ahora=AHORA,
        )

        def token(**b2b: object) -> dict[str, str]:
            dicho = {"version": "1", "subject_id": "dr-uitz", "subject_role": "medico", **b2b}
            asercion = afirmar(
                LLAVE,
                cabecera={"kid": "k1"},
                iss="hospital-aliado",
                sub="hospital-aliado",
                extensions={"hl7-b2b": dicho},
            )
            return dict(pedir(asercion).json())

        app = App()
        oid = "urn:oid:2.16.840.1.113883.5.8#"
        bueno = token(purpose_of_use=[f"{oid}TREAT", f"{oid}ETREAT"])
        assert app.fhir(bueno, f"Patient/{paciente}").status_code == 200
        urgente = {"ECE-Proposito": "ETREAT"}
        assert app.fhir(bueno, f"Patient/{paciente}", **urgente).status_code == 200
        otro = {"ECE-Proposito": "PUBHLTH"}  # which its assertion did not name
        assert app.fhir(bueno, f"Patient/{paciente}", **otro).status_code == 403
        # what is not signed changes nothing
        falso = {"ECE-Usuario": "otra-persona"}
        assert app.fhir(bueno, f"Patient/{paciente}", **falso).status_code == 200
        ultimo = Evento.objects.filter(actor=alianza.cliente).order_by("-momento", "-id")[0]
        assert json.loads(bytes(ultimo.contenido))["detalle"]["declarado"]["usuario"] == "dr-uitz"
        for malo in ({"purpose_of_use": []}, {"purpose_of_use": [f"{oid}TREAT"], "subject_id": ""}):
            negada = app.fhir(token(**malo), f"Patient/{paciente}")
            assert negada.status_code == 403, malo

    def test_a_token_bound_to_a_certificate_serves_its_holder(
        self, elenco: Elenco, paciente: UUID, settings
    ) -> None:  # type: ignore[no-untyped-def]
        settings.ECE_CABECERA_DE_CERTIFICADO = "X-Cliente-Cert"
        settings.ECE_PROXIES = ["127.0.0.1"]
        llave, jwk = par()
        registrar_sistema(jwk)
        suyo, ajeno = certificado(), certificado()
        cliente = Client(headers={"Host": "testserver"})

        def pedir_con(pem: str, **extras: str):  # type: ignore[no-untyped-def]
            return cliente.post(
                "/oauth/token",
                {
                    "grant_type": "client_credentials",
                    "client_assertion_type": CLASE,
                    "client_assertion": afirmar(llave),
                },
                headers={"X-Cliente-Cert": pem},
                **extras,
            )

        token = pedir_con(suyo).json()
        bearer = {"Authorization": f"Bearer {token['access_token']}"}

        def leer(pem: str = "", **extras: str) -> int:
            cabeceras = {**bearer, "X-Cliente-Cert": pem} if pem else bearer
            return cliente.get(f"/fhir/Patient/{paciente}", headers=cabeceras, **extras).status_code

        assert leer(suyo) == 200
        assert leer(ajeno) == 401
        assert leer() == 401
        assert leer(suyo, REMOTE_ADDR="10.9.9.9") == 401  # a header that no proxy of ours wrote
        sin_ligar = pedir_con(suyo, REMOTE_ADDR="10.9.9.9").json()
        bearer = {"Authorization": f"Bearer {sin_ligar['access_token']}"}
        assert leer() == 200


def certificado() -> str:
    """A self-signed client certificate, as a proxy would hand it on."""
    llave = ec.generate_private_key(ec.SECP256R1())
    nombre = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "aliado")])
    ahora = timezone.now()
    hecho = (
        x509.CertificateBuilder()
        .subject_name(nombre)
        .issuer_name(nombre)
        .public_key(llave.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(ahora - timedelta(days=1))
        .not_valid_after(ahora + timedelta(days=9))
        .sign(llave, hashes.SHA256())
    )
    return quote(hecho.public_bytes(serialization.Encoding.PEM).decode())
