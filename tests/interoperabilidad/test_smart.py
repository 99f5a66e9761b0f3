"""SMART App Launch 2.2 and Backend Services, as an app and an attacker would try them."""

import base64
import hmac
import json
import threading
import time
from collections.abc import Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from urllib.parse import parse_qs, quote, urlencode, urlsplit
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
from consentimiento import decision
from consentimiento.convenios import ConPacientes
from consentimiento.services import compartidos
from ece import fhir
from ece.identidad import aplicaciones
from ece.identidad.models import AutorizacionDeApp, Usuario
from ece.identidad.services import clientes as directorio
from ece.nucleo.roles import Permiso, Rol
from interoperabilidad.oauth import credenciales, jwks
from interoperabilidad.oauth.jwks import LlavesInalcanzables
from registros.services import recursos
from tests.convenios import LLAVE, pactar
from tests.elenco import (
    AHORA,
    CONTRASENA,
    INTEGRACION,
    Elenco,
    acceso_de_medica,
    en_consulta,
    registrar,
)
from tests.interoperabilidad.smart import LANZAR, RAIZ, REGRESO, App, regreso
from tests.interoperabilidad.smart import registrar as registrar_app
from tests.interoperabilidad.test_rest import observacion

pytestmark = pytest.mark.django_db
CLASE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
LABORATORIO = "http://terminology.hl7.org/CodeSystem/observation-category"


@pytest.fixture(autouse=True)
def _olvidar() -> None:
    credenciales.olvidar()
    jwks.olvidar()


@pytest.fixture
def medica(elenco: Elenco, paciente: UUID) -> Client:
    """Her browser; she treats `paciente`."""
    en_consulta(elenco, paciente)
    registrar_app()
    navegador = Client(headers={"Host": "testserver"})
    navegador.force_login(elenco.medica)
    return navegador


@pytest.fixture
def titular(elenco: Elenco, paciente: UUID) -> Client:
    """The browser of whose record it is."""
    registrar_app()
    usuario = Usuario.objects.create_user("titular", password=CONTRASENA, paciente=paciente)
    navegador = Client(headers={"Host": "testserver"})
    navegador.force_login(usuario)
    return navegador


def medir(elenco: Elenco, paciente: UUID, categoria: str = "laboratory") -> str:
    recurso = fhir.json.leer(observacion(str(paciente)))
    recurso["category"] = [{"coding": [{"system": LABORATORIO, "code": categoria}]}]
    acceso = decision.abrir_paciente(INTEGRACION, paciente, Permiso.RECURSO_ESCRIBIR, ahora=AHORA)
    return str(recursos.crear(acceso, recurso=recurso, ahora=AHORA).id)


class TestLanzamiento:
    def test_standalone_from_the_page_to_the_record_and_back(
        self, elenco: Elenco, medica: Client, paciente: UUID
    ) -> None:
        signo, app = medir(elenco, paciente), App()
        scope = "launch/patient patient/Observation.rs patient/Patient.r openid fhirUser"
        token = app.entrar(medica, scope, paciente=paciente)

        assert token["patient"] == str(paciente)
        assert token["scope"] == "launch/patient patient/Observation.rs patient/Patient.r"
        assert "refresh_token" not in token
        assert app.fhir(token, f"Observation/{signo}").status_code == 200
        assert app.fhir(token, f"Patient/{paciente}").status_code == 200
        hallados = app.fhir(token, f"Observation?patient={paciente}").json()["entry"]
        assert [e["resource"]["id"] for e in hallados] == [signo]
        # another type, and searching what may only be read
        assert app.fhir(token, f"Condition?patient={paciente}").status_code == 403
        assert app.fhir(token, "Patient").status_code == 403
        assert app.fhir(token, f"Encounter/{uuid4()}").status_code == 403
        todo = app.fhir(token, f"Patient/{paciente}/$everything").json()
        assert {e["resource"]["resourceType"] for e in todo["entry"]} == {"Patient", "Observation"}

    def test_the_app_reaches_one_record_and_its_person_another(
        self, elenco: Elenco, medica: Client, paciente: UUID
    ) -> None:
        otro = registrar(elenco)
        en_consulta(elenco, otro)
        app = App()
        token = app.entrar(medica, "patient/*.rs", paciente=paciente)
        assert app.fhir(token, f"Patient/{paciente}").status_code == 200
        assert app.fhir(token, f"Patient/{otro}").status_code == 404
        assert len(app.fhir(token, "Patient").json()["entry"]) == 1
        suyo = App().entrar(medica, "user/Patient.rs")
        assert len(app.fhir(suyo, "Patient").json()["entry"]) == 2
        assert "patient" not in suyo

    def test_the_record_is_no_further_than_the_persons_own_reach(
        self, elenco: Elenco, medica: Client, paciente: UUID
    ) -> None:
        ajeno = registrar(elenco)
        app = App()
        token = app.entrar(medica, "user/*.cruds")
        nada = app.fhir(token, f"Patient/{uuid4()}")
        negada = app.fhir(token, f"Patient/{ajeno}")
        assert (negada.status_code, negada.content) == (404, nada.content)
        pagina = app.ir(medica, "patient/*.rs")
        elegibles = [c[0] for c in pagina.context["form"].fields["paciente"].choices]
        assert str(ajeno) not in elegibles
        forzada = app.autorizar(medica, "patient/*.rs", paciente=ajeno)
        assert forzada.status_code == 422

    def test_a_category_narrows_reads_searches_and_counts(
        self, elenco: Elenco, medica: Client, paciente: UUID
    ) -> None:
        de_laboratorio = medir(elenco, paciente)
        signo = medir(elenco, paciente, "vital-signs")
        app = App()
        scope = f"patient/Observation.rs?category={LABORATORIO}|laboratory"
        token = app.entrar(medica, scope, paciente=paciente)
        assert app.fhir(token, f"Observation/{de_laboratorio}").status_code == 200
        assert app.fhir(token, f"Observation/{signo}").status_code == 404
        hallados = app.fhir(token, "Observation").json()["entry"]
        assert [e["resource"]["id"] for e in hallados] == [de_laboratorio]
        assert app.fhir(token, "Observation?_summary=count").json()["total"] == 1
        assert (
            app.fhir(token, f"Observation?patient={paciente}&_summary=count").json()["total"] == 1
        )

    def test_from_the_desk_with_the_patient_and_the_visit_at_hand(
        self, elenco: Elenco, medica: Client, paciente: UUID
    ) -> None:
        (ficha,) = aplicaciones.lanzables()
        pagina = medica.get(f"/clinica/{paciente}/apps/")
        assert "https://app.example" in pagina["Content-Security-Policy"]
        lanzada = medica.post(f"/clinica/{paciente}/apps/", {"app": str(ficha.id)})
        assert lanzada["Location"].startswith(LANZAR)
        dicho = parse_qs(urlsplit(lanzada["Location"]).query)
        assert dicho["iss"] == [f"{RAIZ}/fhir"]
        app, opaco = App(), dicho["launch"][0]
        token = app.entrar(medica, "launch patient/*.rs", launch=opaco)
        assert token["patient"] == str(paciente)
        assert UUID(token["encounter"])
        assert app.fhir(token, f"Encounter/{token['encounter']}").status_code == 200
        # once, and for who launched it
        otra = App().ir(medica, "launch patient/*.rs", launch=opaco)
        assert regreso(otra)["error"] == "invalid_request"
        assert regreso(App().ir(medica, "launch patient/*.rs"))["error"] == "invalid_request"

    def test_somebody_elses_launch_is_no_launch(
        self, elenco: Elenco, medica: Client, paciente: UUID
    ) -> None:
        (ficha,) = aplicaciones.lanzables()
        lanzada = medica.post(f"/clinica/{paciente}/apps/", {"app": str(ficha.id)})
        opaco = parse_qs(urlsplit(lanzada["Location"]).query)["launch"][0]
        ajena = Client(headers={"Host": "testserver"})
        ajena.force_login(elenco.medico_ajeno)
        negada = App().ir(ajena, "launch patient/*.rs", launch=opaco)
        assert regreso(negada)["error"] == "invalid_request"

    def test_a_patient_lends_their_own_record_in_plain_words(
        self, elenco: Elenco, titular: Client, paciente: UUID
    ) -> None:
        signo, app = medir(elenco, paciente), App()
        pagina = app.ir(titular, "patient/Observation.rs offline_access").content.decode()
        assert "Ver: " in pagina
        assert "Seguir conectada" in pagina
        token = app.entrar(titular, "patient/Observation.rs offline_access", paciente=paciente)
        assert app.fhir(token, f"Observation/{signo}").status_code == 200
        assert token["refresh_token"]

    def test_what_is_left_unmarked_is_not_granted(
        self, elenco: Elenco, titular: Client, paciente: UUID
    ) -> None:
        app = App()
        pagina = app.ir(titular, "patient/Observation.rs patient/Condition.rs offline_access")
        respuesta = titular.post(
            pagina.wsgi_request.get_full_path(),
            {"ambitos": ["patient/Condition.rs"], "paciente": str(paciente), "permitir": "1"},
        )
        token = app.canjear(regreso(respuesta)["code"]).json()
        assert token["scope"] == "patient/Condition.rs"
        assert "refresh_token" not in token
        assert app.fhir(token, "Observation").status_code == 403

    def test_who_says_no_grants_nothing(self, medica: Client) -> None:
        pagina = App().ir(medica, "user/*.rs")
        negada = medica.post(pagina.wsgi_request.get_full_path(), {"negar": "1"})
        assert regreso(negada)["error"] == "access_denied"
        assert not AutorizacionDeApp.objects.exists()


class TestAtaques:
    @pytest.mark.parametrize(
        "direccion",
        [
            f"{REGRESO}/mas",
            f"{REGRESO}?x=1",
            f"{REGRESO}#x",
            "https://app.example.evil.example/regreso",
            "https://app.example@evil.example/regreso",
            "https://evil.example/?https://app.example/regreso",
            REGRESO.replace("https", "http"),
            REGRESO.upper(),
            f"{REGRESO}/../otra",
        ],
    )
    def test_another_address_is_told_to_nobody(self, medica: Client, direccion: str) -> None:
        respuesta = App().ir(medica, "user/*.rs", redirect_uri=direccion)
        assert respuesta.status_code == 400
        assert "Location" not in respuesta

    @pytest.mark.parametrize(
        "cambios",
        [
            {"code_challenge": None, "code_challenge_method": None},
            {"code_challenge_method": "plain"},
            {"code_challenge_method": None},
            {"aud": "https://otro.example/fhir"},
            {"aud": None},
            {"scope": "openid"},
            {"scope": "system/*.cruds"},
            {"scope": "patient/Hechizo.rs"},
            {"response_type": "token"},
            {"code_challenge": "x" * 200},
            {"code_challenge": "x"},
            {"scope": f"user/Observation.rs?category={'x' * 300}"},
            {"client_id": "no-existe"},
            {"client_id": "a\x00b"},
        ],
    )
    def test_what_smart_asks_for_is_asked(
        self, medica: Client, cambios: dict[str, str | None]
    ) -> None:
        scope = cambios.pop("scope", None) or "user/*.rs"
        respuesta = App().ir(medica, scope, **cambios)
        assert respuesta.status_code in (302, 400)
        if respuesta.status_code == 302:
            assert "error" in regreso(respuesta)
        assert not AutorizacionDeApp.objects.exists()

    def test_a_code_serves_its_app_once_with_its_proof(self, medica: Client) -> None:
        registrar_app("otra")
        app = App()
        codigo = regreso(app.autorizar(medica, "user/*.rs"))["code"]
        assert app.canjear(codigo, code_verifier="x" * 43).status_code == 400
        codigo = regreso(app.autorizar(medica, "user/*.rs"))["code"]
        assert app.canjear(codigo, code_verifier=None).status_code == 400
        codigo = regreso(app.autorizar(medica, "user/*.rs"))["code"]
        assert app.canjear(codigo, client_id="otra").status_code in (400, 401)
        codigo = regreso(app.autorizar(medica, "user/*.rs"))["code"]
        assert app.canjear(codigo, redirect_uri="https://evil.example/").status_code == 400

    def test_a_code_that_comes_twice_ends_what_it_gave(self, medica: Client) -> None:
        app = App()
        codigo = regreso(app.autorizar(medica, "user/*.rs offline_access"))["code"]
        token = app.canjear(codigo).json()
        assert app.fhir(token, "Patient").status_code == 200
        assert app.canjear(codigo).status_code == 400
        assert app.fhir(token, "Patient").status_code == 401
        assert app.refrescar(token["refresh_token"]).status_code == 400
        assert Evento.objects.filter(tipo="app.revocada").count() == 1

    def test_refreshing_rotates_narrows_and_never_widens(self, medica: Client) -> None:
        app = App()
        token = app.entrar(medica, "user/Patient.rs user/Observation.rs offline_access")
        ancho = app.refrescar(token["refresh_token"], scope="user/*.cruds")
        assert ancho.status_code == 400
        nuevo = app.refrescar(token["refresh_token"]).json()
        assert app.fhir(nuevo, "Patient").status_code == 200
        assert app.refrescar(token["refresh_token"]).status_code == 400  # used: the family ends
        assert app.refrescar(nuevo["refresh_token"]).status_code == 400
        assert app.fhir(nuevo, "Patient").status_code == 401

    def test_a_public_app_refreshes_without_saying_who_it_is(self, medica: Client) -> None:
        app = App()
        token = app.entrar(medica, "user/Patient.rs offline_access")
        dicho = {"grant_type": "refresh_token", "refresh_token": token["refresh_token"]}
        nuevo = app.http.post("/oauth/token", dicho)
        assert nuevo.status_code == 200
        assert app.fhir(nuevo.json(), "Patient").status_code == 200
        assert app.http.post("/oauth/token", {**dicho, "refresh_token": "x"}).status_code == 401

    def test_an_app_in_a_browser_may_call_from_elsewhere(self, medica: Client) -> None:
        """It is asked before, and what is answered allows no cookie."""
        for camino in ("/fhir/Patient", "/fhir/.well-known/smart-configuration", "/oauth/token"):
            previa = Client().options(camino, headers={"Origin": "https://app.example"})
            assert previa.status_code == 204, camino
            assert previa["Access-Control-Allow-Origin"] == "*"
            assert "Authorization" in previa["Access-Control-Allow-Headers"]
            assert "Access-Control-Allow-Credentials" not in previa
        app = App()
        token = app.entrar(medica, "user/Patient.rs")
        assert app.fhir(token, "Patient")["Access-Control-Allow-Origin"] == "*"
        # the session of a page is no credential here
        assert medica.get("/fhir/Patient").status_code == 401

    def test_taken_back_it_ends_at_the_next_request(
        self, elenco: Elenco, titular: Client, paciente: UUID
    ) -> None:
        app = App()
        token = app.entrar(titular, "patient/Patient.rs offline_access", paciente=paciente)
        assert app.fhir(token, f"Patient/{paciente}").status_code == 200
        lista = titular.get(f"/portal/{paciente}/aplicaciones/")
        (una,) = lista.context["autorizadas"]
        ajena = Client()
        ajena.force_login(elenco.medica)
        ajena.post(f"/cuenta/apps/{una['ficha'].id}/retirar/")
        assert app.fhir(token, f"Patient/{paciente}").status_code == 200
        titular.post(f"/cuenta/apps/{una['ficha'].id}/retirar/", {"paciente": str(paciente)})
        assert app.fhir(token, f"Patient/{paciente}").status_code == 401
        assert app.refrescar(token["refresh_token"]).status_code == 400
        assert not titular.get("/cuenta/apps/").context["autorizadas"]

    def test_revocation_and_introspection(
        self, medica: Client, paciente: UUID, clientes: None
    ) -> None:
        app = App()
        token = app.entrar(medica, "patient/*.rs", paciente=paciente)
        propia = base64.b64encode(f"integracion:{CONTRASENA}".encode()).decode()
        ajena = base64.b64encode(f"sin-convenio:{CONTRASENA}".encode()).decode()

        def mirar(quien: str, valor: str) -> dict[str, object]:
            respuesta = app.http.post(
                "/oauth/introspect", {"token": valor}, headers={"Authorization": f"Basic {quien}"}
            )
            assert respuesta.status_code == 200
            return dict(respuesta.json())

        visto = mirar(propia, token["access_token"])
        assert visto["active"] is True
        assert (visto["client_id"], visto["patient"]) == ("app", str(paciente))
        assert mirar(ajena, token["access_token"]) == {"active": False}
        assert mirar(propia, "no-existe") == {"active": False}
        assert app.http.post("/oauth/introspect", {"token": "x"}).status_code == 401
        registrar_app("otra")
        app.http.post("/oauth/revoke", {"token": token["access_token"], "client_id": "otra"})
        assert app.fhir(token, f"Patient/{paciente}").status_code == 200
        app.http.post("/oauth/revoke", {"token": token["access_token"], "client_id": "app"})
        assert app.fhir(token, f"Patient/{paciente}").status_code == 401
        assert mirar(propia, token["access_token"]) == {"active": False}


# -- systems


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
        assert not any(map(jwks.es_publica, [*internas, "224.0.0.1", "100.64.0.1", "fd00::1"]))
        assert jwks.es_publica("93.184.215.14")
        assert jwks.es_publica("2606:2800:21f:cb07:6820:80da:af6b:8b2c")

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


def test_the_smart_configuration_says_what_is_served(client: Client, medica: Client) -> None:
    dicho = client.get("/fhir/.well-known/smart-configuration").json()
    assert dicho["code_challenge_methods_supported"] == ["S256"]
    for clave, estado in (
        ("authorization_endpoint", {400}),
        ("token_endpoint", {400, 401}),
        ("introspection_endpoint", {401}),
        ("revocation_endpoint", {400, 401}),
    ):
        camino = urlsplit(dicho[clave]).path
        if clave == "authorization_endpoint":
            assert medica.get(camino).status_code in estado
        else:
            assert (
                client.post(
                    camino, urlencode({}), content_type="application/x-www-form-urlencoded"
                ).status_code
                in estado
            )
    assert {"launch-ehr", "launch-standalone", "permission-v2"} <= set(dicho["capabilities"])
    assert "sso-openid-connect" not in dicho["capabilities"]
