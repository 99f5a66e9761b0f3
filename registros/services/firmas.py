"""Signing what is recorded, with the institution's own seal and the person's confidential key.

It is the lower of the two levels (the other is `firmas_avanzadas`): who signs has just proved again
who they are, and the institution's seal says so over the declaration. After it nothing changes.
"""

import base64
from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings

from auditoria.actos import Acto, acto
from auditoria.tipos import TipoDeEvento
from ece.identidad import confianza
from ece.identidad.confianza import FichaDeFirmante, Nivel, Uso
from ece.nucleo.acceso import Acceso
from ece.nucleo.firma import cms, jws, tiempo
from ece.nucleo.roles import Permiso
from registros.catalogos.notas import de_concepto
from registros.models import Firma, Informe, NotaClinica, Receta
from registros.models.base import Recurso, RegistroClinico
from registros.models.carta import ATESTIGUA, OTORGA
from registros.models.firma import (
    CMS,
    DECLARACION,
    JOSE,
    NIVEL,
    PAPEL,
    PLIEGO,
    SELLO,
    Papel,
    cita,
)
from registros.models.paciente import SISTEMA_CURP
from registros.services import declaraciones

CONTRASENA = ("contrasena",)
_ASTM = "urn:iso-astm:E1762-95:2013"
_TIPOS = {
    Papel.AUTOR: "1.2.840.10065.1.12.1.1",
    Papel.CONTRAFIRMA: "1.2.840.10065.1.12.1.5",
    Papel.CONJUNTA: "1.2.840.10065.1.12.1.3",
    Papel.RECHAZO: "1.2.840.10065.1.12.1.13",
    Papel.OTORGANTE: OTORGA,
    Papel.TESTIGO: ATESTIGUA,
    Papel.CONSERVACION: "1.2.840.10065.1.12.1.18",
}
"""Kind of signature (ASTM E1762-95, R4 value set signature-type)."""
DE_SELLO = "1.2.840.10065.1.12.1.18"
_PARTICIPA = {
    Papel.AUTOR: "author",
    Papel.CONTRAFIRMA: "verifier",
    Papel.CONJUNTA: "attester",
    Papel.RECHAZO: "attester",
    Papel.OTORGANTE: "attester",
    Papel.TESTIGO: "attester",
    Papel.CONSERVACION: "custodian",
}


class NadaQueFirmar(Exception):
    """The document is not finished, is not this person's to sign, or they signed it already."""


class SinMotivo(Exception):
    """Who refuses to sign says why."""


def asentar(
    el_acto: Acto,
    acceso: Acceso,
    nota: NotaClinica,
    *,
    papel: Papel,
    ahora: datetime,
    metodo: Iterable[str] = CONTRASENA,
    motivo: str = "",
) -> bool:
    """In the act that finishes it: the institutional signature of the actor over `nota`.

    Whether there was a seal to sign with: an institution that has not prepared one finishes notes
    with the author's attestation alone, and the page of the note says so.
    """
    if not confianza.hay_credencial(Uso.SELLO):
        return False
    momento = ahora.replace(microsecond=0)
    declaracion = declaraciones.declarar(
        acceso,
        nota,
        papel=papel,
        nivel=Nivel.INSTITUCIONAL,
        momento=momento,
        metodo=metodo,
        motivo=motivo,
        en_acto=el_acto.registros,
    )
    par = confianza.credencial(Uso.SELLO)
    firma = cms.firmar(par.llave, declaracion, par.der, momento)
    sobre = cms.armar(
        firma, declaracion, par.der, momento, cadena=par.cadena, sello=sellar_localmente(firma)
    )
    token = jws.firmar(par.llave, declaracion, par.der, momento)
    insertar(
        el_acto,
        acceso,
        nota,
        papel=papel,
        nivel=Nivel.INSTITUCIONAL,
        declaracion=declaracion,
        sobre=sobre,
        token=token,
        ahora=ahora,
    )
    return True


def firmar_tambien(
    acceso: Acceso, *, nota_id: UUID, metodo: Iterable[str], ahora: datetime
) -> None:
    """The signature of another person that a document of its kind asks for besides its author's.

    The caller has just verified who it is. Raises `NadaQueFirmar`, `SinCredencial`.
    """
    acceso.exigir(Permiso.NOTA_FINALIZAR)
    with acto(acceso, tipo=TipoDeEvento.NOTA_FIRMADA, ahora=ahora) as el_acto:
        nota = _por_firmar(acceso, nota_id)
        if not asentar(el_acto, acceso, nota, papel=Papel.CONJUNTA, ahora=ahora, metodo=metodo):
            raise confianza.SinCredencial(Uso.SELLO)


def rehusar(
    acceso: Acceso, *, nota_id: UUID, motivo: str, metodo: Iterable[str], ahora: datetime
) -> None:
    """A signed refusal to sign, with its reason. Raises as `firmar_tambien`, and `SinMotivo`."""
    acceso.exigir(Permiso.NOTA_FINALIZAR)
    if not motivo.strip():
        raise SinMotivo
    with acto(acceso, tipo=TipoDeEvento.FIRMA_REHUSADA, ahora=ahora) as el_acto:
        nota = _por_firmar(acceso, nota_id)
        if not asentar(
            el_acto,
            acceso,
            nota,
            papel=Papel.RECHAZO,
            ahora=ahora,
            metodo=metodo,
            motivo=motivo.strip(),
        ):
            raise confianza.SinCredencial(Uso.SELLO)


def regla_de(documento: RegistroClinico) -> confianza.Regla:
    """What the institution asks of a note of its type, of a prescription, or of a report."""
    if isinstance(documento, Receta | Informe):
        propia = confianza.RECETA if isinstance(documento, Receta) else confianza.INFORME
        return confianza.regla(propia)
    tipo = de_concepto(documento.recurso["type"])
    return confianza.regla(tipo.clave if tipo else "*")


def _por_firmar(acceso: Acceso, nota_id: UUID) -> NotaClinica:
    """A finished note that still takes the actor's signature beside the others."""
    nota = NotaClinica.objects.uno(acceso, nota_id)
    if nota is None or not nota.finalizada or not regla_de(nota).conjuntas:
        raise NadaQueFirmar(str(nota_id))
    firmas = Firma.objects.de(acceso).filter(objeto=nota_id).exclude(papel="")
    if any(una.autor == acceso.actor.id for una in firmas):
        raise NadaQueFirmar(str(nota_id))
    return nota


def insertar(
    el_acto: Acto,
    acceso: Acceso,
    documento: RegistroClinico,
    *,
    papel: Papel,
    nivel: str,
    declaracion: bytes,
    sobre: bytes | None,
    token: str | None,
    ahora: datetime,
    pliego: bytes | None = None,
    sello: bytes | None = None,
    quien: FichaDeFirmante | None = None,
) -> Firma:
    """In an act: the Provenance of a signature, hidden from whom its document is hidden.

    `quien` signs, when it is not the actor.
    """
    referencia = _quien(acceso, quien)
    recurso = _procedencia(
        acceso,
        documento,
        papel=papel,
        nivel=nivel,
        declaracion=declaracion,
        pliego=pliego,
        quien=referencia,
        ahora=ahora,
    )
    recurso["signature"] = [
        _firma(referencia, _TIPOS[papel], formato, datos, ahora)
        for formato, datos in (
            (JOSE, token.encode() if token else None),
            (CMS, sobre),
            (SELLO, sello),
        )
        if datos is not None
    ]
    firma = Firma.nuevo(acceso, recurso, ahora=ahora)
    firma.encuentro, firma.etiquetas = documento.encuentro, documento.etiquetas
    firma.autor = quien.id if quien else acceso.actor.id
    el_acto.insertar(firma)
    return firma


def sellar_localmente(datos: bytes) -> bytes | None:
    """A time stamp of the institution's own authority, at once; None where another one is used.

    That one is across a network, and no transaction waits for it: `sellos` asks it later.
    """
    if settings.ECE_AUTORIDAD_DE_TIEMPO or not confianza.hay_credencial(Uso.TIEMPO):
        return None
    par = confianza.credencial(Uso.TIEMPO)
    return tiempo.sellar(tiempo.AutoridadLocal(par.llave, par.certificado), datos)


def _procedencia(
    acceso: Acceso,
    documento: RegistroClinico,
    *,
    papel: Papel,
    nivel: str,
    declaracion: bytes,
    pliego: bytes | None,
    quien: Recurso,
    ahora: datetime,
) -> Recurso:
    contenidos = [_binario(DECLARACION, declaracion)]
    if pliego is not None:
        contenidos.append(_binario(PLIEGO, pliego))
    return {
        "resourceType": "Provenance",
        "contained": contenidos,
        "extension": [
            {"url": PAPEL, "valueCode": papel.value},
            {"url": NIVEL, "valueCode": str(nivel)},
        ],
        "target": [
            {"reference": cita(documento.tipo_fhir, documento.id, documento.version)},
            {"reference": f"Patient/{acceso.paciente}"},
        ],
        "occurredDateTime": ahora.isoformat(timespec="seconds"),
        "recorded": ahora.isoformat(timespec="seconds"),
        "agent": [
            {
                "type": {
                    "coding": [
                        {
                            "system": "http://terminology.hl7.org/CodeSystem/"
                            "provenance-participant-type",
                            "code": _PARTICIPA[papel],
                        }
                    ]
                },
                "who": quien,
            }
        ],
        "entity": [
            {"role": "source", "what": {"reference": f"#{uno['id']}"}} for uno in contenidos
        ],
    }


def _binario(id: str, datos: bytes) -> dict[str, Any]:
    return {
        "resourceType": "Binary",
        "id": id,
        "contentType": "application/json",
        "data": base64.b64encode(datos).decode(),
    }


def _firma(quien: Recurso, tipo: str, formato: str, datos: bytes, ahora: datetime) -> Recurso:
    return {
        "type": [{"system": _ASTM, "code": DE_SELLO if formato == SELLO else tipo}],
        "when": ahora.isoformat(timespec="seconds"),
        "who": quien,
        "targetFormat": "application/json",
        "sigFormat": formato,
        "data": base64.b64encode(datos).decode(),
    }


def _quien(acceso: Acceso, quien: FichaDeFirmante | None) -> Recurso:
    if quien is not None and quien.id == acceso.paciente:
        return {"reference": f"Patient/{quien.id}", "display": quien.nombre}
    if quien is not None:
        curp = {"system": SISTEMA_CURP, "value": quien.curp}
        return {"identifier": curp, "display": quien.nombre}
    return {"reference": f"Practitioner/{acceso.actor.id}", "display": acceso.actor.nombre}
