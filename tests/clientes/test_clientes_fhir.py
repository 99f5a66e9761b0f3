"""Clients that nobody here wrote, each through a whole piece of work against a live server."""

import json
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import jwt
import pytest
import requests
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from fhirpy import SyncFHIRClient
from fhirpy.base.exceptions import OperationOutcome, ResourceNotFound
from jwt.algorithms import ECAlgorithm
from pytest_django.live_server_helper import LiveServer

from ece.identidad.services import clientes
from ece.nucleo.roles import Rol
from interoperabilidad import intercambio
from interoperabilidad.oauth import credenciales
from tests.clientes.modulos import correr
from tests.elenco import CONTRASENA
from tests.interoperabilidad.socios import paciente

pytestmark = pytest.mark.django_db(transaction=True)
AQUI = Path(__file__).parent


@dataclass(frozen=True)
class Sistema:
    """A system of the institution's, with its key."""

    client_id: str
    pem: Path
    privada: ec.EllipticCurvePrivateKey

    def token(self, raiz: str) -> str:
        """By SMART Backend Services."""
        direccion = f"{raiz}/oauth/token"
        dicho = {
            "iss": self.client_id,
            "sub": self.client_id,
            "aud": direccion,
            "exp": int(time.time()) + 240,
            "jti": str(uuid4()),
        }
        asercion = jwt.encode(dicho, self.privada, algorithm="ES384", headers={"kid": "k1"})
        respuesta = requests.post(
            direccion,
            data={
                "grant_type": "client_credentials",
                "client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
                "client_assertion": asercion,
            },
            timeout=30,
        )
        respuesta.raise_for_status()
        return str(respuesta.json()["access_token"])


@pytest.fixture
def sistema(tmp_path: Path) -> Sistema:
    credenciales.olvidar()
    privada = ec.generate_private_key(ec.SECP384R1())
    jwk = {**json.loads(ECAlgorithm.to_jwk(privada.public_key())), "kid": "k1", "alg": "ES384"}
    clientes.registrar(
        client_id="otro-sistema",
        nombre="Otro sistema",
        rol=Rol.INTEGRACION,
        secreto=CONTRASENA,
        llaves={"k1": jwk},
    )
    pem = tmp_path / "llave.pem"
    pem.write_bytes(privada.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    return Sistema("otro-sistema", pem, privada)


@pytest.fixture
def trabajador() -> Iterator[None]:
    """What ``manage.py intercambio`` does, beside the server."""
    alto = threading.Event()
    hilo = threading.Thread(target=intercambio.siempre, args=(alto,), kwargs={"cada": 0.1})
    hilo.start()
    yield
    alto.set()
    hilo.join(30)


def test_fhir_kit_client(live_server: LiveServer, sistema: Sistema) -> None:
    base = f"{live_server.url}/fhir"
    visto = json.loads(
        correr(AQUI / "fhir_kit.mjs", base, sistema.client_id, str(sistema.pem)).splitlines()[-1]
    )
    assert visto == {
        "tokenUrl": f"{live_server.url}/oauth/token",
        "fhirVersion": "4.0.1",
        "leida": "Ibáñez Peña",
        "paginas": [2, 1],
        "enCompartimento": 3,
        "version": "2",
        "parchada": "corrected",
        "anterior": "final",
        "versiones": 3,
        "transaccion": ["201", "201"],
        "lote": ["200", "404"],
        "todo": 4,
        "borrada": "entered-in-error",
        "negada": [404, "OperationOutcome"],
        "invalida": [422, True],
    }


def test_medplum(live_server: LiveServer, sistema: Sistema, trabajador: None) -> None:
    salida = correr(AQUI / "medplum.mjs", live_server.url, sistema.client_id, str(sistema.pem))
    visto = json.loads(salida.splitlines()[-1])
    assert visto.pop("persona")
    assert visto == {
        "entro": True,
        "halladas": 2,
        "una": True,
        "contadas": 2,
        "incluidas": 3,
        "version": "2",
        "parchada": "corrected",
        "versiones": 3,
        "anterior": "final",
        "referida": "1984-05-17",
        "todo": 3,
        "resumen": "document",
        "lote": ["201", "201"],
        "borrada": "entered-in-error",
        "negada": "OperationOutcome",
        "exportado": {"Patient": 2, "Observation": 3},
    }


def test_fhirpy(live_server: LiveServer, sistema: Sistema) -> None:
    base = f"{live_server.url}/fhir"
    client = SyncFHIRClient(
        base,
        authorization=f"Bearer {sistema.token(live_server.url)}",
        # It counts with a parameter that is another server's.
        extra_headers={"Prefer": "handling=lenient"},
    )
    persona = client.resource("Patient", **paciente())
    persona.save()
    assert persona.id
    leida = client.reference("Patient", persona.id).to_resource()
    assert leida.get_by_path("name.0.family") == "Ibáñez Peña"
    medidas = [client.resource("Observation", **_temperatura(persona.id, n)) for n in range(5)]
    for medida in medidas:
        medida.save()
    suyas = client.resources("Observation").search(patient=persona.id, status="final")
    assert suyas.count() == 5
    assert len(suyas.limit(2).fetch()) == 2
    assert len(suyas.limit(2).fetch_all()) == 5  # following the links
    assert len(suyas.sort("-date", "_id").fetch()) == 5
    ultimas = [o["valueQuantity"]["value"] for o in suyas.search(value_quantity__gt=2).fetch()]
    assert sorted(ultimas) == [3, 4]
    incluidas = client.resources("Observation").include("Observation", "patient").fetch_raw()
    assert len(incluidas.entry) == 6
    una = medidas[0]
    una["status"] = "amended"
    una.save()
    assert una["meta"]["versionId"] == "2"
    una["status"] = "corrected"
    una.save()
    una.refresh()
    assert (una["status"], una["meta"]["versionId"]) == ("corrected", "3")
    nacidos = client.resources("Patient").search(birthdate="1990-02-03")
    for esperada in (True, False):
        nueva = client.resource("Patient", **paciente(birthDate="1990-02-03"))
        assert nacidos.update(nueva)[1] is esperada
    assert persona.execute("$everything", method="get")["entry"]
    dicho: Any = client.execute(
        "Observation/$validate", data={"resourceType": "Observation"}, method="post"
    )
    assert dicho["resourceType"] == "OperationOutcome"
    una.delete()
    assert client.get("Observation", una.id)["status"] == "entered-in-error"
    with pytest.raises(ResourceNotFound):
        client.get("Patient", str(uuid4()))
    with pytest.raises(OperationOutcome):
        client.resource("Observation", status="nada").save()


def _temperatura(persona: str, valor: int) -> dict[str, Any]:
    return {
        "status": "final",
        "code": {"coding": [{"system": "http://loinc.org", "code": "8310-5"}]},
        "subject": {"reference": f"Patient/{persona}"},
        "effectiveDateTime": f"2026-11-2{valor}T10:00:00-06:00",
        "valueQuantity": {"value": valor},
    }
