"""An institution that signs, people with their certificates, and finished notes."""

from datetime import datetime
from itertools import count
from typing import Any
from uuid import UUID

import pytest
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.hashes import SHA256
from django.utils import timezone

from ece.identidad import confianza
from ece.identidad.models import Usuario
from ece.identidad.services import credenciales, firmantes
from ece.nucleo.acceso import Acceso
from ece.nucleo.firma import cms, emision, jws
from registros.catalogos.notas import TIPOS
from registros.selectors import expediente
from registros.services import firmas_avanzadas, notas
from registros.services.pliegos import Preparado
from tests.firma import autoridades as con
from tests.firma.autoridades import Persona
from tests.registros.nota_de_ejemplo import contenido_completo

INSTITUCION = "Hospital General de Ejemplo"


def preparar_institucion() -> None:
    """The internal authority, the seal and the time stamps, with keys made once a run."""
    numeros = count(30)
    confianza.olvidar()
    with pytest.MonkeyPatch.context() as cambiado:
        cambiado.setattr(emision, "llave", lambda bits=0: con.llave(next(numeros)))
        credenciales.preparar(INSTITUCION, ahora=timezone.now())


def con_certificado(
    usuario: Usuario, *, rfc: str = con.RFC, curp: str = con.CURP, cual: int = 10
) -> Persona:
    """`usuario` is who the certificate, issued by the institution, says."""
    firmantes.identificar(usuario.pk, rfc=rfc, curp=curp)
    return expedido(rfc=rfc, curp=curp, cual=cual)


def expedido(*, rfc: str = con.RFC, curp: str = con.CURP, cual: int = 10) -> Persona:
    certificado = credenciales.expedir(
        nombre="ELENA DE EJEMPLO",
        rfc=rfc,
        curp=curp,
        publica=con.llave(cual).public_key(),
        ahora=timezone.now(),
    )
    return Persona(con.llave(cual), certificado)


def terminada(acceso: Acceso, *, tipo: str = "evolucion", ahora: datetime | None = None) -> UUID:
    """A finished note of the patient; its id."""
    momento = ahora or timezone.now()
    (encuentro,) = expediente.encuentros_abiertos(acceso)[:1]
    id_ = notas.redactar(acceso, tipo=tipo, encuentro_id=encuentro.id, ahora=momento)
    notas.finalizar(
        acceso,
        nota_id=id_,
        contenido=contenido_completo(TIPOS[tipo]),
        version=1,
        ahora=momento,
    )
    return id_


def firmar_todo(
    accesos: dict[UUID, Acceso], elegidas: list[tuple[UUID, UUID]], persona: Persona, **cambios: Any
) -> int:
    """What the browser does, in Python: sign the sheet and send the two signatures.

    `cambios` are sent in place of what it would send."""
    preparado = firmas_avanzadas.preparar(
        accesos, documentos=elegidas, certificado=persona.der, ahora=timezone.now()
    )
    argumentos: dict[str, Any] = {
        "documentos": elegidas,
        "certificado": persona.der,
        "momento": preparado.momento,
        "ahora": timezone.now(),
        **firmas_de(preparado, persona),
        **cambios,
    }
    return firmas_avanzadas.firmar(accesos, **argumentos)


def firmas_de(preparado: Preparado, persona: Persona) -> dict[str, bytes]:
    entrada = jws.entrada(preparado.pliego, persona.der, preparado.momento)
    return {
        "firma_cms": cms.firmar(persona.llave, preparado.pliego, persona.der, preparado.momento),
        "firma_jws": persona.llave.sign(entrada, padding.PKCS1v15(), SHA256()),
    }
