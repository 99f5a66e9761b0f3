"""Data types of HL7 v2 to FHIR's, as the v2-to-FHIR guide maps them. Pure.

A value that a FHIR type cannot hold gives nothing here: the message is kept whole beside what it
was translated to, so nothing is lost by it.
"""

import re
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal, InvalidOperation
from typing import Any
from zoneinfo import ZoneInfo

from ece.nucleo import identificadores
from interoperabilidad.hl7v2 import tablas
from interoperabilidad.hl7v2.er7 import Valor

Recurso = dict[str, Any]

SISTEMA_CURP = "urn:oid:2.16.840.1.113883.4.629"
SISTEMA_NSS = "urn:oid:2.16.840.1.113883.3.215.12.1"
AJENO = "urn:ece:hl7v2:"
"""Prefix of the systems of those who name no URI: their namespace follows."""

_MARCA_DE_TIEMPO = re.compile(
    r"(\d{4})(?:(\d\d)(?:(\d\d)(?:(\d\d)(?:(\d\d)(?:(\d\d)(?:\.(\d{1,6}))?)?)?)?)?)?"
    r"\s*([+-]\d{4})?"
)
_OID = re.compile(r"[0-2](\.(0|[1-9]\d*))+")
_CODIGO = re.compile(r"[^\s]+( [^\s]+)*")


class DatoInvalido(Exception):
    """A value that the standard's type does not admit; the message says which and why."""


class Contexto:
    """Whose message it is: what a bare identifier means, and the zone of bare times.

    `sistemas` maps the namespaces of assigning authorities to FHIR systems; `propio`, the sender's
    own name, is the authority of what names none.
    """

    def __init__(self, *, propio: str, sistemas: Mapping[str, str], zona: ZoneInfo) -> None:
        self.propio = _espacio(propio) or "REMITENTE"
        self.zona = zona
        self._sistemas = {clave.upper(): valor for clave, valor in sistemas.items()}

    def sistema(self, autoridad: Valor | None, *, de: str = "id") -> str:
        """The FHIR system of an HD: a configured one, its OID, or its namespace under ours."""
        if autoridad is None or not autoridad:
            return self._sistemas.get(self.propio, f"{AJENO}{de}:{self.propio}")
        espacio, universal = autoridad[1], autoridad[2]
        for nombre in (espacio, universal):
            if nombre.upper() in self._sistemas:
                return self._sistemas[nombre.upper()]
        if _OID.fullmatch(universal):
            return f"urn:oid:{universal}"
        if universal.startswith(("http://", "https://", "urn:")) and " " not in universal:
            return universal
        nombre = _espacio(espacio or universal)
        return f"{AJENO}{de}:{nombre or self.propio}"


def _espacio(nombre: str) -> str:
    return re.sub(r"[^A-Za-z0-9._-]+", "-", nombre).strip("-").upper()[:64]


def limpio(recurso: Mapping[str, Any]) -> Recurso:
    """The same without what says nothing."""
    return {clave: valor for clave, valor in recurso.items() if valor not in ("", None, [], {})}


def identificador(cx: Valor, contexto: Contexto) -> Recurso:
    """CX to Identifier. The CURP and the NSS are ours to recognise, when they are well formed."""
    valor = cx[1]
    if not valor:
        return {}
    tipo = cx[5].upper()
    sistema = contexto.sistema(cx.componente(4) if cx.sub(4, 1) or cx.sub(4, 2) else None)
    if (tipo in ("NNMEX", "CURP") or cx[4].upper() in ("CURP", "RENAPO")) and es_curp(valor):
        sistema, valor = SISTEMA_CURP, valor.upper()
    elif tipo in ("NSS", "SS") and cx[4].upper() in ("IMSS", "NSS"):
        sistema = SISTEMA_NSS
    periodo = limpio({"start": fecha(cx[7]), "end": fecha(cx[8])})
    return limpio(
        {
            "system": sistema,
            "value": valor,
            "type": {"coding": [{"system": f"{tablas.V2}0203", "code": tipo}]}
            if _CODIGO.fullmatch(tipo)
            else {},
            "period": periodo,
        }
    )


def de_entidad(ei: Valor, contexto: Contexto, *, tipo: str = "", de: str = "orden") -> Recurso:
    """EI to Identifier; `tipo` is a code of table 0203 (PLAC, FILL).

    `de` is what it numbers: orders and documents are not one series.
    """
    if not ei[1]:
        return {}
    separador = ei.delimitadores.componente
    autoridad = Valor(separador.join((ei[2], ei[3])), ei.delimitadores) if ei[2] or ei[3] else None
    sistema = contexto.sistema(autoridad, de=de)
    return limpio(
        {
            "type": {"coding": [{"system": f"{tablas.V2}0203", "code": tipo}]} if tipo else {},
            "system": sistema,
            "value": ei[1],
        }
    )


def es_curp(valor: str) -> bool:
    try:
        identificadores.validar_curp(valor.upper())
    except identificadores.CurpInvalida:
        return False
    return True


def nombre(xpn: Valor) -> Recurso:
    """XPN to HumanName; the mother's family name, when there is one, goes with the father's."""
    usos = {"L": "official", "D": "usual", "A": "anonymous", "M": "maiden", "N": "nickname"}
    dados = [parte for numero in (2, 3) for parte in xpn[numero].split()]
    resultado = limpio(
        {
            "use": usos.get(xpn[7].upper(), ""),
            "family": " ".join(xpn[1].split()),
            "given": dados,
            "suffix": [xpn[4]] if xpn[4] else [],
            "prefix": [xpn[5]] if xpn[5] else [],
        }
    )
    return resultado if resultado.keys() - {"use"} else {}


def domicilio(xad: Valor) -> Recurso:
    """XAD to Address."""
    usos = {"H": "home", "B": "work", "O": "work", "C": "temp", "BA": "old"}
    resultado = limpio(
        {
            "use": usos.get(xad[7].upper(), ""),
            "line": [linea for linea in (xad[1], xad[2], xad[8]) if linea],
            "city": xad[3],
            "district": xad[9],
            "state": xad[4],
            "postalCode": xad[5],
            "country": xad[6],
        }
    )
    return resultado if resultado.keys() - {"use"} else {}


def medio(xtn: Valor, *, uso: str = "") -> Recurso:
    """XTN to ContactPoint."""
    usos = {"PRN": "home", "ORN": "home", "WPN": "work", "VHN": "temp"}
    equipo = xtn[3].upper()
    if equipo in ("INTERNET", "X.400") or "@" in xtn[4]:
        return limpio({"system": "email", "value": xtn[4] or xtn[1], "use": uso})
    numero = xtn[12] or xtn[1] or "".join((xtn[5], xtn[6], xtn[7]))
    sistemas = {"FX": "fax", "BP": "pager"}
    uso = "mobile" if equipo == "CP" else usos.get(xtn[2].upper(), uso)
    if not numero:
        return {}
    return limpio({"system": sistemas.get(equipo, "phone"), "value": numero, "use": uso})


def concepto(cwe: Valor, *, tabla: str = "") -> Recurso:
    """CWE (CE, CNE, IS) to CodeableConcept; `tabla` is the HL7 table of a bare code."""
    codigos = [
        c
        for c in (_codigo(cwe, 1, tabla), _codigo(cwe, 4, ""))
        if c.get("code") or c.get("display")
    ]
    texto = cwe[9] or cwe[2] or (cwe[5] if not cwe[1] else "")
    if not texto and not codigos:
        texto = cwe.entero
    return limpio({"coding": codigos, "text": texto})


def _codigo(cwe: Valor, desde: int, tabla: str) -> Recurso:
    codigo, palabras, sistema = cwe[desde], cwe[desde + 1], cwe[desde + 2]
    if not codigo or not _CODIGO.fullmatch(codigo):
        return {}
    oid = cwe[14] if desde == 1 else cwe[17]
    return limpio(
        {
            "system": _sistema_de_codigos(sistema, oid) or (f"{tablas.V2}{tabla}" if tabla else ""),
            "version": cwe[7] if desde == 1 else cwe[8],
            "code": codigo,
            "display": palabras,
        }
    )


def _sistema_de_codigos(nombre: str, oid: str) -> str:
    if nombre.upper() in tablas.SISTEMAS:
        return tablas.SISTEMAS[nombre.upper()]
    if _OID.fullmatch(oid):
        return f"urn:oid:{oid}"
    if re.fullmatch(r"HL7\d{4}", nombre.upper()):
        return f"{tablas.V2}{nombre[3:]}"
    if nombre.startswith(("http://", "https://", "urn:")) and " " not in nombre:
        return nombre
    return f"{AJENO}codigos:{_espacio(nombre)}" if _espacio(nombre) else ""


def fecha(marca: str) -> str:
    """DTM to date; empty when there is none. Raises `DatoInvalido`."""
    return instante(marca, zona=ZoneInfo("UTC"))[:10] if marca else ""


def instante(marca: str, *, zona: ZoneInfo) -> str:
    """DTM to dateTime, as precise as it came (R4 asks for the zone with the time, and minutes).

    Raises `DatoInvalido`.
    """
    if not marca:
        return ""
    hallada = _MARCA_DE_TIEMPO.fullmatch(marca.strip())
    if hallada is None:
        raise DatoInvalido(f"{marca[:26]!r} no es una fecha de HL7 (AAAAMMDD[HHMM[SS]][±ZZZZ])")
    anio, mes, dia, hora, minuto, segundo, _fraccion, desfase = hallada.groups()
    try:
        if mes in (None, "00"):
            date(int(anio), 1, 1)
            return str(anio)
        if dia in (None, "00"):
            date(int(anio), int(mes), 1)
            return f"{anio}-{mes}"
        dicho = date(int(anio), int(mes), int(dia))
        if hora is None:
            return dicho.isoformat()
        momento = datetime(
            dicho.year, dicho.month, dicho.day, int(hora), int(minuto or 0), int(segundo or 0)
        )
        momento = momento.replace(tzinfo=_zona(desfase) if desfase else zona)
        momento.astimezone(UTC)
    except (ValueError, OverflowError):
        raise DatoInvalido(f"{marca[:26]!r} no es una fecha que exista") from None
    return momento.isoformat(timespec="seconds")


def _zona(desfase: str) -> timezone:
    signo = -1 if desfase[0] == "-" else 1
    return timezone(signo * timedelta(hours=int(desfase[1:3]), minutes=int(desfase[3:5])))


def numero(texto: str) -> Decimal | None:
    """NM; None when it is not a number that FHIR writes."""
    limpio_ = texto.strip().removeprefix("+")
    if not re.fullmatch(r"-?\d{1,30}(\.\d{1,30})?|-?\.\d{1,30}", limpio_):
        return None
    try:
        return Decimal(limpio_)
    except InvalidOperation:
        return None


def unidad(cwe: Valor) -> Recurso:
    """The units of a Quantity: a code only when they are UCUM's."""
    codigo, palabras, sistema = cwe[1], cwe[2], cwe[3].upper()
    if not codigo and not palabras:
        return {}
    if sistema == "UCUM" and _CODIGO.fullmatch(codigo):
        return {"unit": palabras or codigo, "system": tablas.UCUM, "code": codigo}
    return {"unit": palabras or codigo}


def persona(xcn: Valor) -> str:
    """The name of an XCN (XPN from its second component on), as it is read aloud."""
    partes = (xcn[6], xcn[3], xcn[4], xcn[2])
    return " ".join(parte for parte in partes if parte)


def profesional(xcn: Valor, contexto: Contexto) -> Recurso:
    """XCN to a Reference by identifier and name; `hallazgo` makes those of ours literal."""
    if not xcn:
        return {}
    resultado: Recurso = {}
    if xcn[1] and persona(xcn):
        autoridad = xcn.componente(9) if xcn.sub(9, 1) or xcn.sub(9, 2) else None
        tipo = xcn[13].upper()
        resultado["type"] = "Practitioner"
        resultado["identifier"] = limpio(
            {
                "type": {"coding": [{"system": f"{tablas.V2}0203", "code": tipo}]}
                if _CODIGO.fullmatch(tipo)
                else {},
                "system": contexto.sistema(autoridad, de="profesional"),
                "value": xcn[1],
            }
        )
    palabras = persona(xcn) or xcn[1]
    return {**resultado, "display": palabras} if palabras else {}


def lugar(pl: Valor) -> Recurso:
    """PL to a Reference by its words: point of care, room, bed, building, floor, facility."""
    partes = (pl[1], pl[2], pl[3], pl[7], pl[8], pl[4])
    palabras = " · ".join(dict.fromkeys(parte for parte in partes if parte)) or pl[9]
    return {"display": palabras} if palabras else {}


def notas(segmentos: Iterable[Any]) -> list[Recurso]:
    """NTE-3 of each, as Annotations."""
    textos = ("\n".join(v.entero for v in nte.valores(3)) for nte in segmentos)
    return [{"text": texto} for texto in textos if texto.strip()]
