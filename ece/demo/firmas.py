"""Signing in the demonstration: the hospital's own authority and seal, and invented e.firmas.

The `.cer` and `.key` of each person lie under ECE_HOME/demo/firma; no authority of the SAT made
them. The password of the keys is the demonstration's.
"""

from datetime import datetime
from pathlib import Path
from uuid import UUID

from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    PrivateFormat,
)
from django.conf import settings

from consentimiento import decision
from ece.demo.elenco import CONTRASENA, INSTITUCION, Gente
from ece.identidad import selectors as identidad
from ece.identidad.services import credenciales, firmantes
from ece.nucleo.firma import emision
from ece.nucleo.roles import Permiso
from registros.selectors import expediente

BITS = 2048
PERSONAS = (
    ("medica", "ELENA CRUZ ROBLES", "CURE800214K31", "CURE800214MOCRBL07"),
    ("suplente", "SARA UC BALAM", "UXBS850922T56", "UXBS850922MOCCLR08"),
    ("medico-ajeno", "HUGO NAVA RIOS", "NARH790503Q49", "NARH790503HOCVSG02"),
)
REGLAS = (
    ("egreso", "avanzada", 0),
    ("receta", "institucional", 0),
    ("transfusion", "institucional", 1),
    ("postoperatoria", "institucional", 1),
)


def preparar(gente: Gente, *, ahora: datetime) -> None:
    """Make what is not there yet."""
    credenciales.preparar(INSTITUCION, ahora=ahora, bits=BITS)
    for usuario, nombre, rfc, curp in PERSONAS:
        firmantes.identificar(gente.usuarios[usuario], rfc=rfc, curp=curp)
        _expedir(usuario, nombre, rfc, curp, ahora)
    firmantes.identificar(gente.usuarios["residente"], numero_de_empleado="EMP-0117")
    for documento, nivel, conjuntas in REGLAS:
        firmantes.pedir(documento, nivel=nivel, conjuntas=conjuntas)


def del_paciente(gente: Gente, paciente: UUID, *, ahora: datetime) -> None:
    """An e.firma for `paciente`, with the name and CURP of their record: for letters of consent."""
    actor = identidad.actor_activo(gente.usuarios["paciente"], ahora=ahora)
    assert actor is not None
    acceso = decision.abrir_paciente(actor, paciente, Permiso.EXPEDIENTE_LEER, ahora=ahora)
    quien = expediente.identidad(acceso)[0]
    if quien.curp:
        _expedir("paciente", quien.nombre.upper(), f"{quien.curp[:10]}AB1", quien.curp, ahora)


def _expedir(usuario: str, nombre: str, rfc: str, curp: str, ahora: datetime) -> None:
    ruta = Path(settings.ECE_HOME) / "demo" / "firma" / usuario
    if ruta.with_suffix(".key").exists():
        return
    ruta.parent.mkdir(parents=True, exist_ok=True)
    llave = emision.llave(BITS)
    certificado = credenciales.expedir(
        nombre=nombre, rfc=rfc, curp=curp, publica=llave.public_key(), ahora=ahora
    )
    ruta.with_suffix(".cer").write_bytes(certificado.public_bytes(Encoding.DER))
    cerrada = llave.private_bytes(
        Encoding.DER, PrivateFormat.PKCS8, BestAvailableEncryption(CONTRASENA.encode())
    )
    destino = ruta.with_suffix(".key")
    destino.touch(mode=0o600)
    destino.write_bytes(cerrada)
