"""The systems that connect to the demonstration, with their keys under ECE_HOME/demo."""

import json
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from django.conf import settings
from jwt.algorithms import ECAlgorithm

from ece.demo.elenco import CONTRASENA
from ece.identidad.services import clientes
from ece.nucleo.roles import Rol
from interoperabilidad.hl7v2 import alta

MAQUINAS: tuple[tuple[str, str, Rol | None], ...] = (
    ("integracion", "Sistemas propios del hospital", Rol.INTEGRACION),
    ("hospital-aliado", "Hospital aliado", Rol.ALIADO),
    ("sin-convenio", "Institución sin convenio", None),
)
INTERLOCUTORES = (("HIS", "Sistema de admisión"), ("LIS", "Sistema del laboratorio"))
"""Who speaks HL7 v2 in the demonstration: MSH-3 and name; MSH-4 is HGE."""


def registrar() -> None:
    """Register machines, an app and who speaks HL7 v2; each private key stays on this disk."""
    carpeta = Path(settings.ECE_HOME) / "demo"
    carpeta.mkdir(parents=True, exist_ok=True)
    for client_id, nombre, rol in MAQUINAS:
        clientes.registrar(
            client_id=client_id,
            nombre=nombre,
            rol=rol,
            secreto=CONTRASENA,
            llaves={"k1": _llave_publica(carpeta / f"{client_id}.pem")},
        )
    clientes.registrar_app(
        client_id="app-de-ejemplo",
        nombre="Aplicación de ejemplo",
        direcciones=["http://127.0.0.1:9000/regreso"],
        lanzamiento="http://127.0.0.1:9000/lanzar",
    )
    for aplicacion, nombre in INTERLOCUTORES:
        alta.registrar(
            nombre=nombre,
            client_id="integracion",
            aplicacion=aplicacion,
            institucion="HGE",
            redes="127.0.0.0/8",
            sistemas={"HGE": "urn:ece:expediente"},
        )


def _llave_publica(ruta: Path) -> dict[str, Any]:
    """The public JWK of the key at `ruta`, which is made if it is not there."""
    if ruta.exists():
        llave = serialization.load_pem_private_key(ruta.read_bytes(), password=None)
        assert isinstance(llave, ec.EllipticCurvePrivateKey)
    else:
        llave = ec.generate_private_key(ec.SECP384R1())
        ruta.touch(mode=0o600)
        ruta.write_bytes(
            llave.private_bytes(
                serialization.Encoding.PEM,
                serialization.PrivateFormat.PKCS8,
                serialization.NoEncryption(),
            )
        )
    jwk: dict[str, Any] = json.loads(ECAlgorithm.to_jwk(llave.public_key()))
    return {**jwk, "kid": "k1", "alg": "ES384", "use": "sig"}
