"""An app of another maker, as its own code would walk SMART App Launch: nothing but HTTP."""

import base64
import hashlib
import json
import secrets
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

from django.http import HttpResponse
from django.test import Client

from ece.identidad.services import clientes

REGRESO = "https://app.example/regreso"
LANZAR = "https://app.example/lanzar"
RAIZ = "http://testserver"


def registrar(client_id: str = "app", **extras: Any) -> UUID:
    return clientes.registrar_app(
        client_id=client_id,
        nombre="Aplicación de prueba",
        direcciones=[REGRESO],
        lanzamiento=LANZAR,
        **extras,
    )


@dataclass
class App:
    """One attempt of the app: its own verifier and state."""

    client_id: str = "app"
    verificador: str = field(default_factory=lambda: secrets.token_urlsafe(48))
    estado: str = field(default_factory=lambda: secrets.token_urlsafe(8))
    http: Client = field(default_factory=lambda: Client(headers={"Host": "testserver"}))

    @property
    def reto(self) -> str:
        resumen = hashlib.sha256(self.verificador.encode()).digest()
        return base64.urlsafe_b64encode(resumen).rstrip(b"=").decode()

    def pedido(self, scope: str, **cambios: str | None) -> dict[str, str]:
        dicho: dict[str, str | None] = {
            "response_type": "code",
            "client_id": self.client_id,
            "redirect_uri": REGRESO,
            "scope": scope,
            "state": self.estado,
            "aud": f"{RAIZ}/fhir",
            "code_challenge": self.reto,
            "code_challenge_method": "S256",
            **cambios,
        }
        return {clave: valor for clave, valor in dicho.items() if valor is not None}

    def ir(self, navegador: Client, scope: str, **cambios: str | None) -> HttpResponse:
        """The person's browser, sent to the authorization page."""
        return navegador.get("/oauth/authorize", self.pedido(scope, **cambios))

    def autorizar(
        self, navegador: Client, scope: str, *, paciente: UUID | None = None, **cambios: str | None
    ) -> HttpResponse:
        """The page, with everything left marked, sent."""
        pagina = self.ir(navegador, scope, **cambios)
        if pagina.status_code != 200:
            return pagina
        form = pagina.context["form"]
        datos: dict[str, Any] = {"ambitos": form.fields["ambitos"].initial, "permitir": "1"}
        if paciente is not None:
            datos["paciente"] = str(paciente)
        return navegador.post(pagina.wsgi_request.get_full_path(), datos)

    def canjear(self, codigo: str, **cambios: str | None) -> HttpResponse:
        dicho = {
            "grant_type": "authorization_code",
            "code": codigo,
            "redirect_uri": REGRESO,
            "client_id": self.client_id,
            "code_verifier": self.verificador,
            **cambios,
        }
        return self.http.post("/oauth/token", {c: v for c, v in dicho.items() if v is not None})

    def refrescar(self, refresh: str, **cambios: str) -> HttpResponse:
        dicho = {
            "grant_type": "refresh_token",
            "refresh_token": refresh,
            "client_id": self.client_id,
            **cambios,
        }
        return self.http.post("/oauth/token", dicho)

    def entrar(self, navegador: Client, scope: str, **como: Any) -> dict[str, Any]:
        """From the page to the token."""
        respuesta = self.autorizar(navegador, scope, **como)
        assert respuesta.status_code == 302, respuesta.content
        dicho = regreso(respuesta)
        assert dicho["state"] == self.estado, dicho
        token = self.canjear(dicho["code"])
        assert token.status_code == 200, token.content
        return dict(json.loads(token.content))

    def fhir(self, token: dict[str, Any], camino: str, **extras: Any) -> HttpResponse:
        cabecera = {"Authorization": f"Bearer {token['access_token']}"}
        return self.http.get(f"/fhir/{camino}", headers={**cabecera, **extras})


def regreso(respuesta: HttpResponse) -> dict[str, str]:
    """What the app is told at the address it is sent back to."""
    partes = urlsplit(respuesta["Location"])
    assert f"{partes.scheme}://{partes.netloc}{partes.path}" == REGRESO
    return {clave: valores[0] for clave, valores in parse_qs(partes.query).items()}
