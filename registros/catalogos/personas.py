"""What identifies and describes a person, as keys and words (NOM-024 6.5, table 1 and appendix A).

A handful of each, facts of our own with the keys that INEGI, RENAPO and the DGIS publish; the
official files take their place when they are loaded. A record keeps the key, the words and the
edition they were read in.
"""

from dataclasses import dataclass

VERSION_PROPIA = "ece-1"


@dataclass(frozen=True, slots=True)
class Clave:
    """A concept as a record keeps it; free words have no `clave`. Nothing at all is falsy."""

    clave: str = ""
    texto: str = ""
    version: str = ""

    def __bool__(self) -> bool:
        return bool(self.clave or self.texto)


NADA = Clave()

NACIONALIDADES = "nacionalidades"
ENTIDADES = "entidades"
MUNICIPIOS = "municipios"
LOCALIDADES = "localidades"
LENGUAS = "lenguas"
RELIGIONES = "religiones"
ESCOLARIDAD = "escolaridad"
AFILIACIONES = "afiliaciones"

PROPIOS: dict[str, dict[str, str]] = {
    NACIONALIDADES: {
        "MEX": "Mexicana", "ARG": "Argentina", "BOL": "Boliviana", "BRA": "Brasileña",
        "CAN": "Canadiense", "CHL": "Chilena", "CHN": "China", "COL": "Colombiana",
        "CRI": "Costarricense", "CUB": "Cubana", "DOM": "Dominicana", "ECU": "Ecuatoriana",
        "SLV": "Salvadoreña", "ESP": "Española", "USA": "Estadounidense", "FRA": "Francesa",
        "GTM": "Guatemalteca", "HTI": "Haitiana", "HND": "Hondureña", "ITA": "Italiana",
        "NIC": "Nicaragüense", "PAN": "Panameña", "PER": "Peruana", "URY": "Uruguaya",
        "VEN": "Venezolana", "NND": "No disponible",
    },
    ENTIDADES: {
        "01": "Aguascalientes", "02": "Baja California", "03": "Baja California Sur",
        "04": "Campeche", "05": "Coahuila", "06": "Colima", "07": "Chiapas", "08": "Chihuahua",
        "09": "Ciudad de México", "10": "Durango", "11": "Guanajuato", "12": "Guerrero",
        "13": "Hidalgo", "14": "Jalisco", "15": "México", "16": "Michoacán", "17": "Morelos",
        "18": "Nayarit", "19": "Nuevo León", "20": "Oaxaca", "21": "Puebla", "22": "Querétaro",
        "23": "Quintana Roo", "24": "San Luis Potosí", "25": "Sinaloa", "26": "Sonora",
        "27": "Tabasco", "28": "Tamaulipas", "29": "Tlaxcala", "30": "Veracruz", "31": "Yucatán",
        "32": "Zacatecas", "00": "No especificada",
    },
    AFILIACIONES: {
        "1": "Ninguna", "2": "IMSS", "3": "ISSSTE", "4": "PEMEX", "5": "SEDENA", "6": "SEMAR",
        "8": "Otra", "10": "IMSS-Bienestar", "11": "ISSFAM", "99": "Se ignora",
    },
    ESCOLARIDAD: {
        "1": "Ninguna", "122": "Preescolar incompleta", "121": "Preescolar completa",
        "32": "Primaria incompleta", "31": "Primaria completa", "52": "Secundaria incompleta",
        "51": "Secundaria completa", "72": "Bachillerato incompleto",
        "71": "Bachillerato completo", "132": "Técnica incompleta", "131": "Técnica completa",
        "82": "Licenciatura incompleta", "81": "Licenciatura completa",
        "102": "Posgrado incompleto", "101": "Posgrado completo", "88": "No aplica",
        "99": "Se ignora",
    },
    LENGUAS: {
        texto: texto
        for texto in (
            *("Amuzgo", "Chatino", "Chinanteco", "Ch’ol", "Chontal", "Cora", "Cuicateco"),
            *("Huasteco", "Huave", "Huichol", "Maya", "Mayo", "Mazahua", "Mazateco", "Mixe"),
            *("Mixteco", "Náhuatl", "Otomí", "Popoloca", "Purépecha", "Tarahumara", "Tepehua"),
            *("Tepehuano", "Tlapaneco", "Tojolabal", "Totonaco", "Triqui", "Tseltal", "Tsotsil"),
            *("Yaqui", "Zapoteco", "Zoque", "Otra"),
        )
    },
    RELIGIONES: {
        texto: texto
        for texto in (
            *("Ninguna", "Católica", "Protestante o cristiana evangélica", "Testigo de Jehová"),
            *("Adventista del Séptimo Día", "Santo de los Últimos Días", "Judía", "Islámica"),
            "Otra",
        )
    },
}  # fmt: skip
"""Catalogue -> key -> words. Languages and religions go by their words: their keys are INEGI's."""

ESTADOS_CIVILES: dict[str, str] = {
    "S": "Soltera o soltero",
    "M": "Casada o casado",
    "T": "Unión libre",
    "L": "Separada o separado",
    "D": "Divorciada o divorciado",
    "W": "Viuda o viudo",
}
"""HL7 v3 MaritalStatus."""


def propia(catalogo: str, clave: str) -> Clave:
    """A concept of the edition of our own."""
    return Clave(clave, PROPIOS[catalogo][clave], VERSION_PROPIA)


MEXICANA = propia(NACIONALIDADES, "MEX")


def por_texto(catalogo: str, texto: str) -> Clave:
    """The concept of ours with those words, or the words alone."""
    claves = (clave for clave, suyo in PROPIOS[catalogo].items() if suyo == texto)
    clave = next(claves, "")
    return Clave(clave, texto, VERSION_PROPIA) if clave else Clave(texto=texto)
