"""Agreements for tests: one that both signed and is in force, and the partner's own hands."""

import base64
import json
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import jwt
from cryptography.hazmat.primitives.asymmetric import ec
from django.test import Client
from jwt.algorithms import ECAlgorithm

from consentimiento import decision
from consentimiento.convenios import Contacto, Firmante, Terminos
from consentimiento.selectors import convenios as selectores
from consentimiento.services import convenios
from ece.identidad.models import Asignacion, Usuario
from ece.identidad.selectors import actor_de_usuario
from ece.identidad.services import clientes
from ece.nucleo.acceso import Actor, Alcance, Asignado, Declaracion
from ece.nucleo.roles import Permiso, Rol
from tests.elenco import AHORA, CONTRASENA

LLAVE = ec.generate_private_key(ec.SECP384R1())
JWK: dict[str, Any] = {
    **json.loads(ECAlgorithm.to_jwk(LLAVE.public_key())),
    "kid": "k1",
    "alg": "ES384",
}
SALE = frozenset({"Patient", "Observation", "Condition", "Organization"})


@dataclass(frozen=True)
class Alianza:
    """A partner, and the agreement with it."""

    cliente: UUID
    convenio: UUID
    enlace: Alcance

    def actor(self, proposito: str = "TREAT", *, usuario: str = "dr-uitz") -> Actor:
        return Actor(
            id=self.cliente,
            clase="cliente",
            nombre="Hospital aliado",
            asignaciones=(Asignado(Rol.ALIADO),),
            institucion=self.cliente,
            declaracion=Declaracion(usuario, "medico", proposito),
        )


def persona(clave: str, rol: Rol) -> Actor:
    usuario = Usuario.objects.filter(username=clave).first()
    if usuario is not None:
        return actor_de_usuario(usuario, ahora=AHORA)
    usuario = Usuario.objects.create_user(clave, password=CONTRASENA, first_name=clave)
    Asignacion.objects.create(usuario=usuario, rol=rol, desde=AHORA - timedelta(days=9))
    return actor_de_usuario(usuario, ahora=AHORA)


def alcance(actor: Actor, permiso: Permiso) -> Alcance:
    return decision.alcanzar(actor, permiso, motivo="convenios", ahora=AHORA)


def registrar_aliado(client_id: str = "hospital-aliado") -> UUID:
    return clientes.registrar(
        client_id=client_id,
        nombre="Hospital aliado",
        rol=Rol.ALIADO,
        secreto=CONTRASENA,
        llaves={"k1": JWK},
    )


def terminos(cliente: UUID, **cambios: Any) -> Terminos:
    base = Terminos(
        folio="PRUEBA-001",
        cliente=cliente,
        nuestra=Firmante("Hospital General de Ejemplo", "Adela Pech", "Directora"),
        aliada=Firmante("Hospital aliado", "Blas Uitz", "Director"),
        privacidad=Contacto("Carmen Itzá", "datos@aliado.example"),
        propositos=frozenset({"TREAT", "ETREAT"}),
        bases=frozenset({"consentimiento", "referencia", "urgencia"}),
        sale=SALE,
        entra=frozenset({"Observation"}),
        categorias=frozenset(),
        desde=AHORA.date() - timedelta(days=10),
        hasta=AHORA.date() + timedelta(days=3_650),
        por_minuto=1_000,
        por_dia=10_000,
        llaves=selectores.llaves_de_aliado(cliente),
    )
    return replace(base, **cambios)


def firma_de_aliada(
    canonico: bytes, *, con: Any = LLAVE, kid: str = "k1", cruda: bool = True
) -> str:
    """Over the bytes as they are (RFC 7797), or encoded as JWS does."""
    jws = jwt.api_jws.PyJWS()
    return jws.encode(
        canonico, con, algorithm="ES384", headers={"kid": kid}, is_payload_detached=cruda
    )


def pactar(*, iniciado: bool = True, **cambios: Any) -> Alianza:
    """An agreement with a new partner, signed by both, and in force unless told otherwise."""
    cliente = registrar_aliado()
    enlace, direccion = persona("enlace", Rol.ENLACE), persona("direccion", Rol.DIRECCION)
    gobierna = alcance(enlace, Permiso.CONVENIO_GOBERNAR)
    acordado = terminos(cliente, **cambios)
    id_ = convenios.redactar(gobierna, terminos=acordado, ahora=AHORA)
    convenios.firmar(alcance(direccion, Permiso.CONVENIO_FIRMAR), convenio_id=id_, ahora=AHORA)
    jws = firma_de_aliada(acordado.canonico())
    convenios.recibir_firma(gobierna, convenio_id=id_, jws=jws, ahora=AHORA)
    if iniciado:
        convenios.iniciar(gobierna, convenio_id=id_, ahora=AHORA)
    return Alianza(cliente, id_, gobierna)


def aliado(proposito: str = "TREAT", *, usuario: str = "dr-uitz", client_id="hospital-aliado"):
    """The partner's HTTP client, which declares for whom it asks."""
    secreto = base64.b64encode(f"{client_id}:{CONTRASENA}".encode()).decode()
    return Client(
        headers={
            "Authorization": f"Basic {secreto}",
            "ECE-Usuario": usuario,
            "ECE-Rol": "medico",
            "ECE-Proposito": proposito,
        }
    )
