"""Tokens for other systems: by secret, and by an assertion signed for this very address."""

import base64
import json
import time
from collections.abc import Callable
from uuid import uuid4

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from django.test import Client
from jwt.algorithms import ECAlgorithm
from oauth2_provider.models import AccessToken

from ece.identidad.services import clientes as directorio
from ece.nucleo.roles import Rol
from tests.elenco import CONTRASENA

pytestmark = pytest.mark.django_db

ENDPOINT = "http://testserver/oauth/token"
CLASE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
Firmar = Callable[..., str]


@pytest.fixture
def client() -> Client:
    """One that names the server it speaks to, as every real one does."""
    return Client(headers={"Host": "testserver"})


@pytest.fixture
def firmar(clientes: None) -> Firmar:
    """Sign an assertion as `integracion`, whose public key is registered; claims may be changed."""
    llave = ec.generate_private_key(ec.SECP384R1())
    jwk = {**json.loads(ECAlgorithm.to_jwk(llave.public_key())), "kid": "k1", "alg": "ES384"}
    directorio.registrar(
        client_id="integracion",
        nombre="integracion",
        rol=Rol.INTEGRACION,
        secreto=CONTRASENA,
        llaves={"k1": jwk},
    )

    def _firmar(con: ec.EllipticCurvePrivateKey = llave, **cambios: object) -> str:
        dice = {
            "iss": "integracion",
            "sub": "integracion",
            "aud": ENDPOINT,
            "exp": int(time.time()) + 240,
            "jti": str(uuid4()),
            **cambios,
        }
        return jwt.encode(dice, con, algorithm="ES384", headers={"kid": "k1"})

    return _firmar


def canjear(client: Client, asercion: str, *, https: bool = False) -> int:
    respuesta = client.post(
        "/oauth/token",
        {
            "grant_type": "client_credentials",
            "client_assertion_type": CLASE,
            "client_assertion": asercion,
        },
        secure=https,
    )
    return respuesta.status_code


def test_un_token_por_asercion_firmada_abre_fhir(client: Client, firmar: Firmar) -> None:
    respuesta = client.post(
        "/oauth/token",
        {
            "grant_type": "client_credentials",
            "client_assertion_type": CLASE,
            "client_assertion": firmar(),
        },
    )

    assert respuesta.status_code == 200
    token = respuesta.json()["access_token"]
    leida = client.get("/fhir/Patient?_count=1", headers={"Authorization": f"Bearer {token}"})
    assert leida.status_code == 200


def test_tras_https_la_direccion_es_la_de_https(client: Client, firmar: Firmar) -> None:
    assert canjear(client, firmar(aud=ENDPOINT.replace("http:", "https:")), https=True) == 200
    assert canjear(client, firmar(), https=True) == 401


def test_una_asercion_se_canjea_una_vez(client: Client, firmar: Firmar) -> None:
    asercion = firmar()

    assert canjear(client, asercion) == 200
    assert canjear(client, asercion) == 401


@pytest.mark.parametrize(
    "cambios",
    [
        {"aud": "http://otro.example/oauth/token"},
        {"exp": int(time.time()) - 60},
        {"exp": int(time.time()) + 3600},
        {"sub": "sin-convenio"},
        {"iss": "otro"},
        {"con": ec.generate_private_key(ec.SECP384R1())},
    ],
)
def test_no_se_canjea_lo_que_no_es_para_aqui_y_ahora(
    client: Client, firmar: Firmar, cambios: dict[str, object]
) -> None:
    assert canjear(client, firmar(**cambios)) == 401


def test_un_token_por_secreto(client: Client, clientes: None) -> None:
    basico = base64.b64encode(f"integracion:{CONTRASENA}".encode()).decode()
    respuesta = client.post(
        "/oauth/token",
        {"grant_type": "client_credentials"},
        headers={"Authorization": f"Basic {basico}"},
    )

    assert respuesta.status_code == 200
    assert respuesta.json()["token_type"] == "Bearer"
    # What a dump would show is no token.
    assert not AccessToken.objects.filter(token=respuesta.json()["access_token"]).exists()
