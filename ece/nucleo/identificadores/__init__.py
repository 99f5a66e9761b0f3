"""CURP, RFC, NSS, CLUES, cédula: compared with people, never made up for them."""

from ece.nucleo.identificadores.claves import (
    cedula_valida,
    clues_valida,
    digito_de_luhn,
    nss_valido,
    telefono_valido,
)
from ece.nucleo.identificadores.curp import (
    Curp,
    CurpInvalida,
    calcular_curp,
    digito_verificador,
    discrepancias_curp,
    raiz_curp,
    validar_curp,
)
from ece.nucleo.identificadores.entidades import ENTIDADES
from ece.nucleo.identificadores.rfc import (
    RFC_GENERICOS,
    Rfc,
    RfcInvalido,
    digito_de_rfc,
    validar_rfc,
)

__all__ = [
    "ENTIDADES",
    "RFC_GENERICOS",
    "Curp",
    "CurpInvalida",
    "Rfc",
    "RfcInvalido",
    "calcular_curp",
    "cedula_valida",
    "clues_valida",
    "digito_de_luhn",
    "digito_de_rfc",
    "digito_verificador",
    "discrepancias_curp",
    "nss_valido",
    "raiz_curp",
    "telefono_valido",
    "validar_curp",
    "validar_rfc",
]
