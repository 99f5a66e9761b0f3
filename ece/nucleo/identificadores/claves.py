"""Keys whose form, and sometimes a digit, is all that can be checked: NSS, CLUES, cédula, phone."""

import re

from ece.nucleo.identificadores.entidades import ENTIDADES


def nss_valido(nss: str) -> bool:
    """Whether an IMSS number has eleven digits and its Luhn digit."""
    if not re.fullmatch(r"[0-9]{11}", nss):
        return False
    return digito_de_luhn(nss[:10]) == nss[10]


def digito_de_luhn(cifras: str) -> str:
    """The digit that makes `cifras` pass Luhn's check."""
    suma = 0
    for i, cifra in enumerate(reversed(cifras)):
        doble = int(cifra) * (2 if i % 2 == 0 else 1)
        suma += doble - 9 if doble > 9 else doble
    return str(-suma % 10)


def clues_valida(clues: str) -> bool:
    """Whether `clues` has the form of an establishment's key: two letters of its entity, three of
    its institution, six digits."""
    return bool(re.fullmatch(r"[A-Z]{5}[0-9]{6}", clues)) and clues[:2] in ENTIDADES.keys() - {"NE"}


def cedula_valida(cedula: str) -> bool:
    """Whether it has the form of a professional licence: seven or eight digits."""
    return bool(re.fullmatch(r"[0-9]{7,8}", cedula))


def telefono_valido(telefono: str) -> bool:
    """Ten national digits, however they are separated."""
    return bool(re.fullmatch(r"[0-9]{10}", re.sub(r"[\s\-().]", "", telefono)))
