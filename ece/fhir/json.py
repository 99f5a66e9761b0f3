"""FHIR JSON in and out, with decimals kept digit by digit (R4 2.6.2: precision is significant)."""

from decimal import Decimal, InvalidOperation
from typing import Any

import msgspec

EXPONENTE = 1000


def _decimal(literal: str) -> Decimal:
    try:
        valor = Decimal(literal)
    except InvalidOperation as error:
        raise ValueError(f"{literal[:40]} no es un número admisible") from error
    if abs(valor.adjusted()) > EXPONENTE:
        raise ValueError(f"{literal[:40]} excede el exponente admisible")
    return valor


_lector: msgspec.json.Decoder[Any] = msgspec.json.Decoder(float_hook=_decimal)
_escritor = msgspec.json.Encoder(decimal_format="number")
_canonico = msgspec.json.Encoder(decimal_format="number", order="sorted")


class JsonInvalido(Exception):
    """The bytes are not a JSON object; the message says where they break."""


def leer(datos: bytes | str) -> dict[str, Any]:
    """Parse one object. Raises `JsonInvalido`."""
    try:
        valor = _lector.decode(datos)
    except msgspec.DecodeError as error:
        raise JsonInvalido(f"no es JSON válido: {error}") from error
    except ValueError as error:
        raise JsonInvalido(f"no es JSON válido: {error}") from error
    except RecursionError as error:
        raise JsonInvalido("está demasiado anidado") from error
    if not isinstance(valor, dict):
        raise JsonInvalido("se espera un objeto JSON")
    return valor


def lista(datos: bytes | str) -> list[Any]:
    """Parse one array. Raises `JsonInvalido`."""
    valor = leer(b'{"v":%s}' % (datos.encode() if isinstance(datos, str) else datos)).get("v")
    if not isinstance(valor, list):
        raise JsonInvalido("se espera una lista JSON")
    return valor


def numero(literal: str) -> Any:
    """The number that `literal` is in JSON, digit by digit. Raises `JsonInvalido`."""
    try:
        valor = _lector.decode(literal)
    except (msgspec.DecodeError, ValueError) as error:
        raise JsonInvalido(f"{literal[:40]!r} no es un número admisible") from error
    if isinstance(valor, bool) or not isinstance(valor, int | Decimal):
        raise JsonInvalido(f"{literal[:40]!r} no es un número")
    return valor


def escribir(valor: Any) -> bytes:
    return _escritor.encode(valor)


def canonico(valor: Any) -> bytes:
    """Bytes that do not depend on the order of keys (RFC 8785, decimals as written)."""
    return _canonico.encode(valor)


def escribir_bonito(valor: Any) -> bytes:
    """The same, indented, for people to read (``_pretty``)."""
    return msgspec.json.format(_escritor.encode(valor), indent=2)
