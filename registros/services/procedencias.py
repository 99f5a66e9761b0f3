"""The Provenance (FHIR) of a signature: who, as what, in whose name, over which document."""

import base64
from datetime import datetime
from typing import Any

from ece.identidad.confianza import FichaDeFirmante
from ece.identidad.delegaciones_de_firma import Delegada
from ece.nucleo.acceso import Acceso
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

DELEGACION = "urn:ece:delegacion-de-firma"
"""System of the id of a delegation."""
_ASTM = "urn:iso-astm:E1762-95:2013"
_TIPOS = {
    Papel.AUTOR: "1.2.840.10065.1.12.1.1",
    Papel.CONTRAFIRMA: "1.2.840.10065.1.12.1.5",
    Papel.CONJUNTA: "1.2.840.10065.1.12.1.3",
    Papel.DELEGADA: "1.2.840.10065.1.12.1.6",
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
    Papel.DELEGADA: "attester",
    Papel.RECHAZO: "attester",
    Papel.OTORGANTE: "attester",
    Papel.TESTIGO: "attester",
    Papel.CONSERVACION: "custodian",
}
_PARTICIPANTE = "http://terminology.hl7.org/CodeSystem/provenance-participant-type"
_DELEGATARIO = {"system": "http://terminology.hl7.org/CodeSystem/v3-RoleCode", "code": "DELEGATEE"}


def de_firma(
    acceso: Acceso,
    documento: RegistroClinico,
    *,
    papel: Papel,
    nivel: str,
    declaracion: bytes,
    pliego: bytes | None,
    sobre: bytes | None,
    token: str | None,
    sello: bytes | None,
    quien: FichaDeFirmante | None,
    delegada: Delegada | None,
    ahora: datetime,
) -> Recurso:
    """`quien` signs, when it is not the actor; `delegada`, in whose name."""
    firmante = _quien(acceso, quien)
    en_nombre_de = _delegante(delegada) if delegada else None
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
                "type": {"coding": [{"system": _PARTICIPANTE, "code": _PARTICIPA[papel]}]},
                **({"role": [{"coding": [_DELEGATARIO]}]} if delegada else {}),
                "who": firmante,
                **({"onBehalfOf": en_nombre_de} if en_nombre_de else {}),
            }
        ],
        "entity": [
            *({"role": "source", "what": {"reference": f"#{uno['id']}"}} for uno in contenidos),
            *([{"role": "source", "what": _identificada(delegada)}] if delegada else ()),
        ],
        "signature": [
            _firma(firmante, en_nombre_de, _TIPOS[papel], formato, datos, ahora)
            for formato, datos in (
                (JOSE, token.encode() if token else None),
                (CMS, sobre),
                (SELLO, sello),
            )
            if datos is not None
        ],
    }


def _binario(id: str, datos: bytes) -> dict[str, Any]:
    return {
        "resourceType": "Binary",
        "id": id,
        "contentType": "application/json",
        "data": base64.b64encode(datos).decode(),
    }


def _firma(
    quien: Recurso,
    en_nombre_de: Recurso | None,
    tipo: str,
    formato: str,
    datos: bytes,
    ahora: datetime,
) -> Recurso:
    return {
        "type": [{"system": _ASTM, "code": DE_SELLO if formato == SELLO else tipo}],
        "when": ahora.isoformat(timespec="seconds"),
        "who": quien,
        **({"onBehalfOf": en_nombre_de} if en_nombre_de else {}),
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


def _delegante(delegada: Delegada) -> Recurso:
    return {"reference": f"Practitioner/{delegada.delegante}", "display": delegada.de}


def _identificada(delegada: Delegada) -> Recurso:
    return {"identifier": {"system": DELEGACION, "value": str(delegada.id)}}
