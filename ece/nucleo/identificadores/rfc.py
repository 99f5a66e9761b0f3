"""The RFC of a natural person: read and checked."""

import re
from dataclasses import dataclass
from datetime import date

_FORMA_DE_RFC = re.compile(r"[A-ZÑ&]{4}[0-9]{6}[A-Z0-9]{2}[0-9A]")
_ALFABETO_DE_RFC = "0123456789ABCDEFGHIJKLMN&OPQRSTUVWXYZ Ñ"
RFC_GENERICOS = frozenset({"XAXX010101000", "XEXX010101000"})
"""Of the general public and of foreigners: well-formed, and nobody's."""


class RfcInvalido(Exception):
    """Not the RFC of a person; the message says what is wrong with it."""


@dataclass(frozen=True, slots=True)
class Rfc:
    """What the RFC of a person says; the tax authority has issued some whose digit does not match,
    so that is a warning and not an error."""

    valor: str
    fecha_nacimiento: date
    digito_correcto: bool


def validar_rfc(rfc: str, *, hoy: date) -> Rfc:
    """Parse a natural person's RFC. Raises `RfcInvalido`.

    It does not carry the century: the birth is the latest that is not after `hoy`.
    """
    valor = rfc.strip().upper()
    if len(valor) != 13:
        raise RfcInvalido(f"El RFC de una persona tiene 13 caracteres; este tiene {len(valor)}.")
    if valor in RFC_GENERICOS:
        raise RfcInvalido("Ese RFC es genérico; no identifica a nadie.")
    if not _FORMA_DE_RFC.fullmatch(valor):
        raise RfcInvalido("El RFC lleva cuatro letras, la fecha de nacimiento y la homoclave.")
    nacimiento = _fecha_de_dos_cifras(valor[4:10], hoy)
    if nacimiento is None:
        raise RfcInvalido("La fecha de nacimiento del RFC no existe.")
    return Rfc(valor, nacimiento, digito_de_rfc(valor[:12]) == valor[12])


def digito_de_rfc(primeros: str) -> str:
    """The thirteenth character of an RFC, from the first twelve."""
    suma = sum(_ALFABETO_DE_RFC.index(c) * (13 - i) for i, c in enumerate(primeros))
    return "0123456789A"[-suma % 11]


def _fecha_de_dos_cifras(aammdd: str, hoy: date) -> date | None:
    """The latest date, up to `hoy`, whose year ends so; a 29 February may be a century back."""
    ano, mes, dia = (int(aammdd[i : i + 2]) for i in (0, 2, 4))
    for siglo in (hoy.year // 100 * 100, hoy.year // 100 * 100 - 100):
        try:
            fecha = date(siglo + ano, mes, dia)
        except ValueError:
            continue
        if fecha <= hoy:
            return fecha
    return None
