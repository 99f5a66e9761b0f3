"""How people ask for a CIE-10 diagnosis: abbreviations, everyday words, and what is common.

Ours, from general knowledge of Mexican practice; the catalogue's own words always work too.
"""

import re
from dataclasses import dataclass

from ece import fhir

_LISTA_DE_FRECUENTES = """
    A09X B349 B373 C509 C539 C61X D509 E039 E109 E119 E669 E780 E782 E785 F321 F329 F411 F432 G409
    G439 G470 H109 H669 I10X I219 I251 I509 I639 I839 J00X J029 J039 J069 J189 J209 J304 J449 J459
    K021 K051 K219 K297 K359 K529 K589 K590 K802 L209 L309 M069 M179 M545 M797 N189 N390 N40X N760
    N939 O039 O149 O244 O342 O800 O820 P599 R05X R104 R509 R51X S018 S525 S610 S934 T781 T784 Z000
    Z001 Z017 Z304 Z340 Z348 Z359 Z392 Z713
"""
MUY_FRECUENTES = frozenset(
    {"A09X", "E119", "E669", "E785", "I10X", "J00X", "J029", "J069", "J459", "K297", "M545"}
    | {"N189", "N390", "O800", "Z000", "Z001", "Z340", "Z348"}
)
FRECUENTES = frozenset(_LISTA_DE_FRECUENTES.split())
"""What a general hospital writes most: first among what matches equally well."""

SINONIMOS = {
    "azucar en la sangre": "hiperglucemia",
    "calculo renal": "calculo del rinon",
    "calculos renales": "calculo del rinon",
    "cancer": "tumor maligno",
    "cancer de matriz": "tumor maligno utero",
    "catarro": "rinofaringitis",
    "colesterol alto": "hipercolesterolemia",
    "control del nino sano": "z001",
    "control prenatal": "supervision embarazo",
    "covid": "u071",
    "covid 19": "u071",
    "derrame cerebral": "hemorragia intracerebral",
    "diabetes mellitus tipo 1": "e10",
    "diabetes mellitus tipo 2": "e11",
    "diabetes tipo 1": "e10",
    "diabetes tipo 2": "e11",
    "dm1": "e10",
    "dm2": "e11",
    "dolor de cabeza": "cefalea",
    "dolor de estomago": "dolor abdominal",
    "epoc": "pulmonar obstructiva cronica",
    "erc": "renal cronica",
    "evc": "accidente vascular",
    "gripa": "rinofaringitis",
    "gripe": "influenza",
    "has": "i10",
    "hipertension arterial": "i10",
    "hpb": "hiperplasia prostata",
    "hta": "i10",
    "iam": "infarto agudo miocardio",
    "infarto": "infarto agudo miocardio",
    "irc": "renal cronica",
    "ivu": "infeccion vias urinarias",
    "lumbalgia": "lumbago",
    "nino sano": "z001",
    "pie diabetico": "e115",
    "piedras en el rinon": "calculo del rinon",
    "piedras en la vesicula": "calculo vesicula",
    "presion alta": "hipertension",
    "reflujo": "reflujo gastroesofagico",
    "reumas": "artritis",
    "sida": "inmunodeficiencia humana",
    "vih": "inmunodeficiencia humana",
}
"""What people type -> words of the catalogue, or the beginning of a key."""

_VACIAS = frozenset(
    {"a", "al", "con", "de", "del", "el", "en", "la", "las", "los", "o", "por", "su", "un", "y"}
)
_CLAVE = re.compile(r"[a-z]\d[\da-z]{0,3}")
_SINONIMO = re.compile(
    r"\b(?:" + "|".join(map(re.escape, sorted(SINONIMOS, key=len, reverse=True))) + r")\b"
)


@dataclass(frozen=True, slots=True)
class Peticion:
    """What is looked for: the beginning of a key, or the beginnings of words."""

    clave: str = ""
    palabras: tuple[str, ...] = ()


def entender(texto: str) -> Peticion:
    """What somebody who types `texto` looks for; accents, points and capitals do not count."""
    normal = " ".join(re.findall(r"\w+", fhir.normalizar(texto)))
    normal = " ".join(_SINONIMO.sub(lambda hallado: SINONIMOS[hallado[0]], normal).split())
    junta = normal.replace(" ", "")
    if _CLAVE.fullmatch(junta):
        return Peticion(clave=junta.upper())
    palabras = tuple(
        p for p in dict.fromkeys(normal.split()) if p not in _VACIAS and not _CLAVE.fullmatch(p)
    )
    clave = next((p.upper() for p in normal.split() if _CLAVE.fullmatch(p)), "")
    return Peticion(clave, palabras)
