"""What a note type is made of: sections and, in some, items with an answer of their own."""

from dataclasses import dataclass
from enum import StrEnum, unique

from django.utils.translation import gettext_noop as _

from ece.nucleo.roles import Rol

SISTEMA_LOINC = "http://loinc.org"
SISTEMA_NOTA = "urn:ece:fhir:nota"
SISTEMA_SECCION = "urn:ece:fhir:seccion"
SISTEMA_OPCION = "urn:ece:fhir:opcion"


@unique
class Clase(StrEnum):
    """How a section is written."""

    TEXTO = "texto"
    SIGNOS = "signos"
    DIAGNOSTICOS = "diagnosticos"
    REACTIVOS = "reactivos"


@unique
class Forma(StrEnum):
    """How an item is answered."""

    TEXTO = "texto"
    RENGLON = "renglon"
    OPCION = "opcion"
    MOMENTO = "momento"
    CANTIDAD = "cantidad"


@unique
class Capitulo(StrEnum):
    """The chapters of NOM-004 that ask for documents, by the name people know them."""

    CONSULTA = _("Consulta general y de especialidad")
    URGENCIAS = _("Urgencias")
    HOSPITALIZACION = _("Hospitalización")
    QUIRURGICAS = _("Cirugía y anestesia")
    REPORTES = _("Reportes del personal profesional y técnico")
    OTROS = _("Otros documentos")


def norma(numeral: str) -> str:
    """How a numeral is cited: of NOM-004, unless it names another rule."""
    return f"NOM-004, {numeral}" if numeral[0].isdigit() else numeral


@dataclass(frozen=True, slots=True)
class Opcion:
    clave: str
    titulo: str


@dataclass(frozen=True, slots=True)
class Reactivo:
    """An item of a section: `opciones` of an OPCION, `unidad` (shown, UCUM) of a CANTIDAD.

    `firma` marks the name of somebody who signs the printed document by hand.
    """

    clave: str
    titulo: str
    forma: Forma = Forma.TEXTO
    opciones: tuple[Opcion, ...] = ()
    unidad: tuple[str, str] = ("", "")
    numeral: str = ""
    requerido: bool = True
    firma: bool = False


@dataclass(frozen=True, slots=True)
class Seccion:
    """A section: its heading, the numeral that asks for it, and what helps to write it.

    One of items is complete when each required item has its answer, and at least one item has.
    """

    clave: str
    titulo: str
    numeral: str
    ayuda: str = ""
    requerida: bool = True
    clase: Clase = Clase.TEXTO
    reactivos: tuple[Reactivo, ...] = ()

    def clave_de(self, reactivo: Reactivo) -> str:
        """Under which an answer travels: in the form, in the resource."""
        return f"{self.clave}.{reactivo.clave}"


@dataclass(frozen=True, slots=True)
class Plazo:
    """When a note is due: in words, by which norm.

    If it repeats, every `cada_horas` in visits of the HL7 classes `encuentros`.
    """

    texto: str
    fuente: str
    cada_horas: int | None = None
    encuentros: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class TipoDeNota:
    """A document of NOM-004."""

    clave: str
    titulo: str
    loinc: str
    numeral: str
    autores: frozenset[Rol]
    secciones: tuple[Seccion, ...]
    capitulo: Capitulo
    plazo: Plazo | None = None

    def seccion(self, clave: str) -> Seccion:
        return next(seccion for seccion in self.secciones if seccion.clave == clave)

    @property
    def requeridas(self) -> tuple[Seccion, ...]:
        return tuple(seccion for seccion in self.secciones if seccion.requerida)


MEDICOS = frozenset({Rol.MEDICO, Rol.URGENCIAS, Rol.RESIDENTE})
EN_FORMACION = frozenset({Rol.INTERNO})
"""Who writes what is theirs only once a physician countersigns it."""
ENFERMERIA = frozenset({Rol.ENFERMERIA})
