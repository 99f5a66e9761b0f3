"""JSON in the one form that is signed (RFC 8785, JSON Canonicalization Scheme)."""

import json
from decimal import Decimal
from hashlib import sha256
from typing import Any

MAXIMO_ENTERO = 2**53 - 1


class NoCanonico(ValueError):
    """The value has no canonical form: signing it would leave something out.

    A number that a double does not hold digit by digit, or half a surrogate.
    """


def canonico(valor: Any) -> bytes:
    """The canonical bytes of a JSON value; decimals may come as `Decimal`. Raises `NoCanonico`."""
    partes: list[str] = []
    _escribir(valor, partes)
    try:
        return "".join(partes).encode()
    except UnicodeEncodeError as error:
        raise NoCanonico("hay medio par sustituto en un texto") from error


def huella(recurso: dict[str, Any]) -> str:
    """SHA-256, in hexadecimal, of what a FHIR resource says.

    ``meta`` stays out: version, instant and labels of confidentiality are of how it is kept. The
    version signed is named beside the digest.
    """
    return sha256(canonico({k: v for k, v in recurso.items() if k != "meta"})).hexdigest()


def _escribir(valor: Any, partes: list[str]) -> None:
    if isinstance(valor, str):
        partes.append(json.dumps(valor, ensure_ascii=False))
    elif valor is None or isinstance(valor, bool):
        partes.append({None: "null", True: "true", False: "false"}[valor])
    elif isinstance(valor, int):
        partes.append(str(valor) if abs(valor) <= MAXIMO_ENTERO else _numero(Decimal(valor)))
    elif isinstance(valor, float | Decimal):
        partes.append(_numero(valor))
    elif isinstance(valor, list | tuple):
        for n, uno in enumerate(valor):
            partes.append("," if n else "[")
            _escribir(uno, partes)
        partes.append("]" if valor else "[]")
    elif isinstance(valor, dict):
        # Property names sort as UTF-16 code units (RFC 8785, 3.2.3), not as code points.
        claves = sorted(valor, key=lambda clave: clave.encode("utf-16-be", "surrogatepass"))
        for n, clave in enumerate(claves):
            partes.append("," if n else "{")
            partes.append(f"{json.dumps(clave, ensure_ascii=False)}:")
            _escribir(valor[clave], partes)
        partes.append("}" if valor else "{}")
    else:
        raise NoCanonico(f"{type(valor).__name__} no es un valor de JSON")


def _numero(valor: float | Decimal) -> str:
    """As ECMAScript writes a double (ECMA-262, Number::toString)."""
    try:
        doble = float(valor)
    except OverflowError as error:
        raise NoCanonico("no cabe en un doble") from error
    if doble != doble or doble in (float("inf"), float("-inf")):
        raise NoCanonico("no es un número")
    exacto = Decimal(repr(doble))
    if isinstance(valor, Decimal) and valor != exacto:
        raise NoCanonico(f"{valor} no cabe en un doble")
    if doble == 0:
        return "0"
    signo = "-" if doble < 0 else ""
    _, cifras, exponente = abs(exacto).normalize().as_tuple()
    assert isinstance(exponente, int)
    digitos = "".join(map(str, cifras))
    largo = len(digitos)
    punto = exponente + largo
    if largo <= punto <= 21:
        return signo + digitos + "0" * (punto - largo)
    if 0 < punto <= 21:
        return f"{signo}{digitos[:punto]}.{digitos[punto:]}"
    if -6 < punto <= 0:
        return f"{signo}0.{'0' * -punto}{digitos}"
    mantisa = digitos if largo == 1 else f"{digitos[0]}.{digitos[1:]}"
    return f"{signo}{mantisa}e{'+' if punto > 0 else '-'}{abs(punto - 1)}"
