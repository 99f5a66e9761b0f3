"""Official identifiers: CURP, NSS, CLUES, cédula. Checked against people, never invented for them."""

import re
from dataclasses import dataclass
from datetime import date

from ece.nucleo.frecuencias import normalizar

ENTIDADES = {
    "AS": "Aguascalientes", "BC": "Baja California", "BS": "Baja California Sur", "CC": "Campeche",
    "CL": "Coahuila", "CM": "Colima", "CS": "Chiapas", "CH": "Chihuahua", "DF": "Ciudad de México",
    "DG": "Durango", "GT": "Guanajuato", "GR": "Guerrero", "HG": "Hidalgo", "JC": "Jalisco",
    "MC": "México", "MN": "Michoacán", "MS": "Morelos", "NT": "Nayarit", "NL": "Nuevo León",
    "OC": "Oaxaca", "PL": "Puebla", "QT": "Querétaro", "QR": "Quintana Roo",
    "SP": "San Luis Potosí", "SL": "Sinaloa", "SR": "Sonora", "TC": "Tabasco", "TS": "Tamaulipas",
    "TL": "Tlaxcala", "VZ": "Veracruz", "YN": "Yucatán", "ZS": "Zacatecas",
    "NE": "Nacido en el extranjero",
}  # fmt: skip
"""Federative entities by the code that a CURP carries."""

_FORMA = re.compile(
    r"^[A-Z][AEIOUX][A-Z]{2}\d{6}[HMX](%s)[B-DF-HJ-NP-TV-Z]{3}[A-Z\d]\d$" % "|".join(ENTIDADES)
)
_ALFABETO = "0123456789ABCDEFGHIJKLMNÑOPQRSTUVWXYZ"
_PARTICULAS = frozenset(
    {"DA", "DAS", "DE", "DEL", "DER", "DI", "DIE", "DD", "EL", "LA", "LOS", "LAS", "LE", "LES"}
    | {"MAC", "MC", "VAN", "VON", "Y", "MI"}
)
_COMPUESTOS = frozenset({"MARIA", "MA", "MA.", "M", "M.", "JOSE", "J", "J."})
_ALTISONANTES = frozenset(
    "BACA BAKA BUEI BUEY CACA CACO CAGA CAGO CAKA CAKO COGE COGI COJA COJE COJI COJO COLA CULO FALO"
    " FETO GETA GUEI GUEY JETA JOTO KACA KACO KAGA KAGO KAKA KAKO KOGE KOGI KOJA KOJE KOJI KOJO KOLA"
    " KULO LILO LOCA LOCO LOKA LOKO MAME MAMO MEAR MEAS MEON MIAR MION MOCO MOKO MULA MULO NACA NACO"
    " PEDA PEDO PENE PIPI PITO POPO PUTA PUTO QULO RATA ROBA ROBE ROBO RUIN SENO TETA VACA VAGA VAGO"
    " VAKA VUEI VUEY WUEI WUEY".split()
)


class CurpInvalida(Exception):
    """Not a CURP; the message says what is wrong with it."""


@dataclass(frozen=True, slots=True)
class Curp:
    """What a CURP says about its holder."""

    valor: str
    fecha_nacimiento: date
    sexo: str
    entidad: str


def digito_verificador(primeros: str) -> str:
    """The eighteenth character of a CURP, from the first seventeen."""
    suma = sum(_ALFABETO.index(c) * (18 - i) for i, c in enumerate(primeros))
    return str(-suma % 10)


def validar_curp(curp: str) -> Curp:
    """Parse a CURP. Raises `CurpInvalida`."""
    valor = curp.strip().upper()
    if len(valor) != 18:
        raise CurpInvalida(f"La CURP tiene 18 caracteres; esta tiene {len(valor)}.")
    if not _FORMA.match(valor):
        raise CurpInvalida("La CURP no tiene la forma oficial; revise letras y números.")
    siglo = 1900 if valor[16].isdigit() else 2000
    try:
        nacimiento = date(siglo + int(valor[4:6]), int(valor[6:8]), int(valor[8:10]))
    except ValueError as error:
        raise CurpInvalida("La fecha de nacimiento de la CURP no existe.") from error
    if digito_verificador(valor[:17]) != valor[17]:
        raise CurpInvalida("El dígito verificador de la CURP no corresponde; revise cada carácter.")
    return Curp(valor, nacimiento, valor[10], valor[11:13])


def _limpiar(palabra: str) -> str:
    """Letters as the CURP counts them: Ñ and special characters become X."""
    con_x = re.sub("[Ññ]", "X", palabra)
    con_x = re.sub(r"[/\-.']", "X", con_x)
    return normalizar(con_x)


def _significativa(texto: str, *, compuesto: bool = False) -> str:
    """The word of a name that counts: particles and a first María or José are skipped."""
    partes = [p for p in _limpiar(texto).split() if p not in _PARTICULAS]
    if compuesto and len(partes) > 1 and partes[0] in _COMPUESTOS:
        partes = partes[1:]
    return partes[0] if partes else ""


def _consonante(palabra: str) -> str:
    return next((c for c in palabra[1:] if c in "BCDFGHJKLMNPQRSTVWXYZ"), "X")


def raiz_curp(
    *,
    nombre: str,
    primer_apellido: str,
    segundo_apellido: str,
    fecha_nacimiento: date,
    sexo: str,
    entidad: str,
) -> str:
    """The first sixteen characters that the CURP of such a person has (to compare, not to assign)."""
    paterno = _significativa(primer_apellido) or "X"
    materno = _significativa(segundo_apellido) or "X"
    propio = _significativa(nombre, compuesto=True) or "X"
    vocal = next((c for c in paterno[1:] if c in "AEIOU"), "X")
    inicio = paterno[0] + vocal + materno[0] + propio[0]
    if inicio in _ALTISONANTES:
        inicio = inicio[0] + "X" + inicio[2:]
    consonantes = _consonante(paterno) + _consonante(materno) + _consonante(propio)
    return f"{inicio}{fecha_nacimiento:%y%m%d}{sexo}{entidad}{consonantes}"


def calcular_curp(*, homoclave: str, **persona: object) -> str:
    """A whole, well-formed CURP for an invented person of `raiz_curp`'s arguments."""
    primeros = raiz_curp(**persona) + homoclave  # type: ignore[arg-type]
    return primeros + digito_verificador(primeros)


def discrepancias_curp(
    curp: str,
    *,
    nombre: str,
    primer_apellido: str,
    segundo_apellido: str,
    fecha_nacimiento: date,
    sexo: str,
    entidad: str,
) -> list[str]:
    """What the CURP says differently about the person, in words. Raises `CurpInvalida`."""
    dice = validar_curp(curp)
    esperada = raiz_curp(
        nombre=nombre,
        primer_apellido=primer_apellido,
        segundo_apellido=segundo_apellido,
        fecha_nacimiento=fecha_nacimiento,
        sexo=sexo,
        entidad=entidad or dice.entidad,
    )
    resultado = []
    if dice.fecha_nacimiento != fecha_nacimiento:
        resultado.append(f"La CURP dice que nació el {dice.fecha_nacimiento:%d/%m/%Y}.")
    if dice.sexo != sexo:
        nombres = {"H": "hombre", "M": "mujer", "X": "no binario"}
        resultado.append(f"La CURP dice sexo {nombres[dice.sexo]}.")
    if entidad and dice.entidad != entidad:
        resultado.append(f"La CURP dice que nació en {ENTIDADES[dice.entidad]}.")
    letras = dice.valor[:4] + dice.valor[13:16]
    if letras != esperada[:4] + esperada[13:16]:
        resultado.append("Las letras de la CURP no corresponden con el nombre y los apellidos.")
    return resultado


def nss_valido(nss: str) -> bool:
    """Whether an IMSS number has eleven digits and its Luhn digit."""
    if not re.fullmatch(r"\d{11}", nss):
        return False
    return digito_de_luhn(nss[:10]) == nss[10]


def digito_de_luhn(cifras: str) -> str:
    suma = 0
    for i, cifra in enumerate(reversed(cifras)):
        doble = int(cifra) * (2 if i % 2 == 0 else 1)
        suma += doble - 9 if doble > 9 else doble
    return str(-suma % 10)


def clues_valida(clues: str) -> bool:
    """Whether `clues` has the form of an establishment's key: two letters of its entity, three of
    its institution, six digits."""
    return bool(re.fullmatch(r"[A-Z]{5}\d{6}", clues)) and clues[:2] in ENTIDADES


def cedula_valida(cedula: str) -> bool:
    return bool(re.fullmatch(r"\d{7,8}", cedula))


def telefono_valido(telefono: str) -> bool:
    """Ten national digits, however they are separated."""
    return len(re.sub(r"[\s\-().]", "", telefono)) == 10 and re.sub(
        r"[\s\-().]", "", telefono
    ).isdigit()
