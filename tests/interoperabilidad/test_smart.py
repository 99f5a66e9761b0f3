"""SMART App Launch 2.2, as an app and an attacker would try it."""

import base64
from urllib.parse import parse_qs, urlencode, urlsplit
from uuid import UUID, uuid4

import pytest
from django.test import Client

from auditoria.models import Evento
from consentimiento import decision
from ece import fhir
from ece.identidad import aplicaciones
from ece.identidad.models import AutorizacionDeApp, Usuario
from ece.nucleo.roles import Permiso
from interoperabilidad.oauth import credenciales
from registros.services import recursos
from tests.elenco import (
    AHORA,
    CONTRASENA,
    INTEGRACION,
    Elenco,
    en_consulta,
    registrar,
)
from tests.interoperabilidad.smart import LANZAR, RAIZ, REGRESO, App, regreso
from tests.interoperabilidad.smart import registrar as registrar_app
from tests.interoperabilidad.test_rest import observacion

pytestmark = pytest.mark.django_db
LABORATORIO = "http://terminology.hl7.org/CodeSystem/observation-category"


@pytest.fixture(autouse=True)
def _olvidar() -> None:
    credenciales.olvidar()


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
        llamada = app.fhir(token, "Patient", Origin="https://app.example")
        assert llamada.status_code == 200
        assert llamada["Access-Control-Allow-Origin"] == "*"
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
