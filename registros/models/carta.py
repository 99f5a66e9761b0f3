"""A letter of consent inside a Consent: the extensions it uses, and how each is read."""

import base64
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from registros.catalogos.cartas import CARTAS, SISTEMA, TipoDeCarta
from registros.models.base import Recurso
from registros.models.documento import HUELLA
from registros.models.paciente import SISTEMA_CURP

_E = "urn:ece:fhir:"
FIRMA, COMPRENSION, MOTIVO = f"{_E}firma", f"{_E}comprension", f"{_E}motivo-de-la-decision"
IDIOMA, INTERPRETE = f"{_E}idioma-de-la-explicacion", f"{_E}interprete"
CALIDAD, IDENTIDAD, AUSENCIA = f"{_E}calidad", f"{_E}identidad-comprobada", f"{_E}por-que-decide"
URGENCIA, VIGENCIA = f"{_E}acuerdo-de-urgencia", f"{_E}vigencia"

OTORGA, ATESTIGUA, INFORMA = (f"1.2.840.10065.1.12.1.{n}" for n in (7, 8, 1))
"""Kinds of signature on a letter (ASTM E1762-95)."""


@dataclass(frozen=True, slots=True)
class FirmanteDeCarta:
    """Somebody whom a decided letter names as signing it; `curp` is empty if nobody wrote it.

    `clave` tells them apart within the letter.
    """

    clave: str
    clase: str
    nombre: str
    curp: str
    propia: bool
    """It is the patient, whose CURP is the record's."""


def tipo_de(recurso: Recurso) -> TipoDeCarta | None:
    """Which letter a Consent is; None for a directive, or a consent made elsewhere."""
    codigos = (c for categoria in recurso.get("category", ()) for c in categoria.get("coding", ()))
    return next(
        (CARTAS.get(c.get("code", "")) for c in codigos if c.get("system") == SISTEMA), None
    )


def texto_de(recurso: Recurso) -> str:
    """The text that was, or is to be, accepted."""
    datos = recurso.get("sourceAttachment", {}).get("data", "")
    return base64.b64decode(datos).decode()


def huella_de(recurso: Recurso) -> str:
    """SHA-256 of that text, in hexadecimal, as it was bound when the letter was written."""
    extensiones = recurso.get("sourceAttachment", {}).get("extension", ())
    return next((str(e["valueString"]) for e in extensiones if e["url"] == HUELLA), "")


def dicho(recurso: Recurso, url: str) -> str:
    """What the extension `url` says; nothing when it is not there."""
    hallada: dict[str, Any] = next((e for e in recurso.get("extension", ()) if e["url"] == url), {})
    return str(hallada.get("valueString", hallada.get("valueCode", "")))


def vigencia_de(recurso: Recurso) -> Recurso:
    """The period in which the letter holds.

    About privacy it is an extension: there a provision would be a directive.
    """
    en_extension = (e["valuePeriod"] for e in recurso.get("extension", ()) if e["url"] == VIGENCIA)
    propio: Recurso = recurso.get("provision", {}).get("period") or next(en_extension, {})
    return propio


def en_vigor(recurso: Recurso, ahora: datetime) -> bool:
    """Given, not revoked, and its term has not passed."""
    if recurso.get("status") != "active":
        return False
    fin = vigencia_de(recurso).get("end")
    return fin is None or datetime.fromisoformat(fin) > ahora


def firmantes_de(recurso: Recurso) -> list[FirmanteDeCarta]:
    """Who decided and who witnessed it, as the letter says; none while nobody has decided."""
    hallados: list[FirmanteDeCarta] = []
    for firma in (e["valueSignature"] for e in recurso.get("extension", ()) if e["url"] == FIRMA):
        clase = str(firma["type"][0].get("code", ""))
        if clase not in (OTORGA, ATESTIGUA):
            continue
        quien = firma["who"]
        identificador = quien.get("identifier", {})
        numero = sum(uno.clase == ATESTIGUA for uno in hallados) + 1
        hallados.append(
            FirmanteDeCarta(
                clave="decide" if clase == OTORGA else f"testigo_{numero}",
                clase=clase,
                nombre=str(quien.get("display", "")),
                curp=str(identificador.get("value", ""))
                if identificador.get("system") == SISTEMA_CURP
                else "",
                propia=str(quien.get("reference", "")).startswith("Patient/"),
            )
        )
    return hallados
