"""The CURP: read, checked, and worked out to be compared with the person it is said to be of."""

import re
import unicodedata
from dataclasses import dataclass
from datetime import date

from ece.nucleo.frecuencias import normalizar
from ece.nucleo.identificadores.entidades import ENTIDADES

_SEXOS = {"H": "hombre", "M": "mujer", "X": "no binario"}
_LETRAS_DE_NOMBRE = re.compile(r"[A-Z][AEIOUX][A-Z]{2}")
_CONSONANTES = re.compile(r"[B-DF-HJ-NP-TV-Z]{3}")
_FINAL = re.compile(r"[A-Z0-9][0-9]")
_ALFABETO = "0123456789ABCDEFGHIJKLMNÑOPQRSTUVWXYZ"
_PARTICULAS = frozenset(
    {"DA", "DAS", "DE", "DEL", "DER", "DI", "DIE", "DD", "EL", "LA", "LOS", "LAS", "LE", "LES"}
    | {"MAC", "MC", "VAN", "VON", "Y", "MI"}
)
_COMPUESTOS = frozenset({"MARIA", "MA", "MA.", "M", "M.", "JOSE", "J", "J."})
_LISTA_DE_ALTISONANTES = """
    BACA BAKA BUEI BUEY CACA CACO CAGA CAGO CAKA CAKO COGE COGI COJA COJE COJI COJO COLA CULO
    FALO FETO GETA GUEI GUEY JETA JOTO KACA KACO KAGA KAGO KAKA KAKO KOGE KOGI KOJA KOJE KOJI
    KOJO KOLA KULO LILO LOCA LOCO LOKA LOKO MAME MAMO MEAR MEAS MEON MIAR MION MOCO MOKO MULA
    MULO NACA NACO PEDA PEDO PENE PIPI PITO POPO PUTA PUTO QULO RATA ROBA ROBE ROBO RUIN SENO
    TETA VACA VAGA VAGO VAKA VUEI VUEY WUEI WUEY
"""
_ALTISONANTES = frozenset(_LISTA_DE_ALTISONANTES.split())


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


def _revisar_forma(valor: str) -> None:
    if not _LETRAS_DE_NOMBRE.fullmatch(valor[:4]):
        raise CurpInvalida("La CURP debe empezar con cuatro letras, la segunda de ellas vocal o X.")
    if not re.fullmatch(r"[0-9]{6}", valor[4:10]):
        raise CurpInvalida("Los caracteres 5 a 10 de la CURP deben ser la fecha de nacimiento.")
    if valor[10] not in _SEXOS:
        raise CurpInvalida("El carácter 11 de la CURP (sexo) debe ser H, M o X.")
    if valor[11:13] not in ENTIDADES:
        raise CurpInvalida("Los caracteres 12 y 13 de la CURP no son una entidad federativa.")
    if not _CONSONANTES.fullmatch(valor[13:16]):
        raise CurpInvalida("Los caracteres 14 a 16 de la CURP deben ser consonantes.")
    if not _FINAL.fullmatch(valor[16:]):
        raise CurpInvalida("La CURP debe terminar en homoclave y dígito verificador.")


def validar_curp(curp: str) -> Curp:
    """Parse a CURP. Raises `CurpInvalida`."""
    valor = curp.strip().upper()
    if len(valor) != 18:
        raise CurpInvalida(f"La CURP tiene 18 caracteres; esta tiene {len(valor)}.")
    _revisar_forma(valor)
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
    compuesta = unicodedata.normalize("NFC", palabra)
    return normalizar(re.sub(r"[Ññ/\-.'’]", "X", compuesta))


def _significativa(texto: str, *, compuesto: bool = False) -> str:
    """The word of a name that counts: particles and a first María or José are skipped."""
    todas = texto.split()
    if compuesto and len(todas) > 1 and normalizar(todas[0]) in _COMPUESTOS:
        todas = todas[1:]
    partes = [_limpiar(parte) for parte in todas if normalizar(parte) not in _PARTICULAS]
    if not partes:  # a surname that is itself a particle, or a name that is only María
        partes = [_limpiar(parte) for parte in texto.split()]
    return partes[0] if partes else ""


def _vocal(palabra: str) -> str:
    return next((letra for letra in palabra[1:] if letra in "AEIOU"), "X")


def _consonante(palabra: str) -> str:
    return next((letra for letra in palabra[1:] if letra in "BCDFGHJKLMNPQRSTVWXYZ"), "X")


@dataclass(frozen=True, slots=True)
class _Letras:
    """The letters that each part of a name gives to a CURP."""

    paterno: str
    materno: str
    propio: str

    @classmethod
    def de(cls, nombre: str, primer_apellido: str, segundo_apellido: str) -> "_Letras":
        return cls(
            paterno=_significativa(primer_apellido) or "X",
            materno=_significativa(segundo_apellido) or "X",
            propio=_significativa(nombre, compuesto=True) or "X",
        )

    @property
    def inicio(self) -> str:
        inicio = self.paterno[0] + _vocal(self.paterno) + self.materno[0] + self.propio[0]
        return f"{inicio[0]}X{inicio[2:]}" if inicio in _ALTISONANTES else inicio

    @property
    def consonantes(self) -> str:
        return "".join(_consonante(p) for p in (self.paterno, self.materno, self.propio))

    def discrepancias(self, curp: str) -> list[str]:
        """Parts of the name whose letters in `curp` are others."""
        inicio, consonantes = self.inicio, self.consonantes
        partes = (
            ("el primer apellido", inicio[:2] + consonantes[0], curp[:2] + curp[13]),
            ("el segundo apellido", inicio[2] + consonantes[1], curp[2] + curp[14]),
            ("el nombre", inicio[3] + consonantes[2], curp[3] + curp[15]),
        )
        return [
            f"La CURP no corresponde con {parte}."
            for parte, esperadas, halladas in partes
            if esperadas != halladas
        ]


def raiz_curp(
    *,
    nombre: str,
    primer_apellido: str,
    segundo_apellido: str,
    fecha_nacimiento: date,
    sexo: str,
    entidad: str,
) -> str:
    """The first sixteen characters of such a person's CURP: to compare, not to assign."""
    letras = _Letras.de(nombre, primer_apellido, segundo_apellido)
    return f"{letras.inicio}{fecha_nacimiento:%y%m%d}{sexo}{entidad}{letras.consonantes}"


def calcular_curp(
    *,
    nombre: str,
    primer_apellido: str,
    segundo_apellido: str,
    fecha_nacimiento: date,
    sexo: str,
    entidad: str,
    homoclave: str,
) -> str:
    """A whole CURP for an invented person. Raises `CurpInvalida` if no such CURP can be.

    The homoclave of whoever was born before 2000 is a digit; of the rest, a letter.
    """
    raiz = raiz_curp(
        nombre=nombre,
        primer_apellido=primer_apellido,
        segundo_apellido=segundo_apellido,
        fecha_nacimiento=fecha_nacimiento,
        sexo=sexo,
        entidad=entidad,
    )
    primeros = raiz + homoclave
    if not re.fullmatch(r"[A-Z0-9]{17}", primeros):
        raise CurpInvalida("Con esos datos no se forma una CURP.")
    curp = validar_curp(primeros + digito_verificador(primeros))
    if curp.fecha_nacimiento != fecha_nacimiento:
        raise CurpInvalida("La homoclave no es la del siglo de nacimiento.")
    return curp.valor


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
    """What the CURP says differently about the person, in words. Raises `CurpInvalida`.

    An `entidad` that is not known (empty) is not compared.
    """
    dice = validar_curp(curp)
    letras = _Letras.de(nombre, primer_apellido, segundo_apellido)
    resultado = letras.discrepancias(dice.valor)
    if dice.fecha_nacimiento != fecha_nacimiento:
        resultado.append(f"La CURP dice que nació el {dice.fecha_nacimiento:%d/%m/%Y}.")
    if dice.sexo != sexo:
        resultado.append(f"La CURP dice sexo {_SEXOS[dice.sexo]}.")
    if entidad and dice.entidad != entidad:
        resultado.append(f"La CURP dice que nació en {ENTIDADES[dice.entidad]}.")
    return resultado
