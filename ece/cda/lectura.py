"""A ClinicalDocument: what its header says, and its sections (CDA R2, 4.2 and 4.3)."""

import base64
import binascii
import re
from dataclasses import dataclass, field
from functools import cached_property
from hashlib import sha256

from lxml import etree

from ece.cda import tipos
from ece.cda.tipos import Recurso, atributo, palabras, primero, todos
from ece.nucleo.archivos import ArchivoRechazado, xml

SECCIONES_MAXIMAS = 500


class CdaInvalido(Exception):
    """It is no clinical document that can be used; the message says why, in Spanish."""


@dataclass(frozen=True, slots=True)
class Persona:
    """Whose the document is, as it says: FHIR Identifiers, words of the name, day of birth."""

    identificadores: tuple[Recurso, ...] = field(repr=False)
    nombres: tuple[str, ...] = field(repr=False)
    apellidos: tuple[str, ...] = field(repr=False)
    nacimiento: str = field(repr=False)
    sexo: str = ""

    @property
    def recurso(self) -> Recurso:
        """The same as a FHIR Patient."""
        nombre = {"given": list(self.nombres), "family": " ".join(self.apellidos)}
        return {
            "resourceType": "Patient",
            "identifier": list(self.identificadores),
            "name": [{clave: valor for clave, valor in nombre.items() if valor}],
            **({"gender": self.sexo} if self.sexo else {}),
            **({"birthDate": self.nacimiento} if self.nacimiento else {}),
        }


@dataclass(frozen=True)
class Seccion:
    """A section and how deep it lies; `texto` is its narrative block."""

    codigo: str
    titulo: str
    nivel: int
    plantillas: frozenset[str]
    nodo: etree._Element = field(repr=False)

    @property
    def texto(self) -> etree._Element | None:
        return primero(self.nodo, "h:text")

    def referido(self, referencia: str) -> str:
        """The words of its narrative that ``#id`` names, or nothing."""
        nodo = self._anclas.get(referencia[1:]) if referencia.startswith("#") else None
        if nodo is None:
            return ""
        if referencia not in self._dichas:
            self._dichas[referencia] = tipos.primeras_palabras(nodo)
        return self._dichas[referencia]

    @cached_property
    def _dichas(self) -> dict[str, str]:
        return {}

    @cached_property
    def _anclas(self) -> dict[str, etree._Element]:
        if self.texto is None:
            return {}
        return {str(n.get("ID")): n for n in self.texto.iter(etree.Element) if n.get("ID")}

    @property
    def entradas(self) -> list[etree._Element]:
        return [hijo for entrada in todos(self.nodo, "h:entry") for hijo in entrada.iterchildren()]


class Documento:
    """A document that was read, closed to everything outside of it."""

    def __init__(self, raiz: etree._Element) -> None:
        self.raiz = raiz

    @cached_property
    def identificador(self) -> Recurso:
        """``ClinicalDocument/id`` as a FHIR Identifier."""
        return tipos.identificador(primero(self.raiz, "h:id"))

    @cached_property
    def llave(self) -> str:
        """What tells this document from any other: a digest of its id."""
        dicho = f"{self.identificador['system']}|{self.identificador['value']}"
        return sha256(dicho.encode()).hexdigest()

    @cached_property
    def tipo(self) -> Recurso:
        return tipos.concepto(primero(self.raiz, "h:code"))

    @cached_property
    def titulo(self) -> str:
        return palabras(primero(self.raiz, "h:title")) or str(self.tipo.get("text", ""))

    @cached_property
    def fecha(self) -> str:
        """When it was made, as a FHIR dateTime; or empty."""
        return tipos.fecha(atributo(primero(self.raiz, "h:effectiveTime"), "value"))

    @cached_property
    def confidencialidad(self) -> str:
        return atributo(primero(self.raiz, "h:confidentialityCode"), "code")

    @cached_property
    def idioma(self) -> str:
        """The BCP 47 tag of what it is written in; empty when it does not say, or not as one."""
        dicho = atributo(primero(self.raiz, "h:languageCode"), "code")
        return dicho if re.fullmatch(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}", dicho) else ""

    @cached_property
    def plantillas(self) -> frozenset[str]:
        return _plantillas(self.raiz)

    @cached_property
    def custodio(self) -> str:
        camino = "h:custodian/h:assignedCustodian/h:representedCustodianOrganization/h:name"
        return palabras(primero(self.raiz, camino))

    @cached_property
    def autores(self) -> list[str]:
        """Who, or what, wrote it, by name."""
        dichos = []
        for autor in todos(self.raiz, "h:author/h:assignedAuthor"):
            nombre = _nombre(primero(autor, "h:assignedPerson/h:name"))
            aparato = palabras(primero(autor, "h:assignedAuthoringDevice/h:softwareName"))
            organizacion = palabras(primero(autor, "h:representedOrganization/h:name"))
            if dicho := nombre or aparato or organizacion:
                dichos.append(dicho)
        return list(dict.fromkeys(dichos))

    @cached_property
    def persona(self) -> Persona:
        papel = primero(self.raiz, "h:recordTarget/h:patientRole")
        paciente = primero(papel, "h:patient")
        nombre = primero(paciente, "h:name")
        ids = (tipos.identificador(ii) for ii in todos(papel, "h:id"))
        sexo = atributo(primero(paciente, "h:administrativeGenderCode"), "code")
        return Persona(
            identificadores=tuple(i for i in ids if i and i["system"] != "urn:ietf:rfc:3986"),
            nombres=tuple(filter(None, map(palabras, todos(nombre, "h:given")))),
            apellidos=tuple(filter(None, map(palabras, todos(nombre, "h:family")))),
            nacimiento=tipos.dia(
                tipos.fecha(atributo(primero(paciente, "h:birthTime"), "value")[:8])
            ),
            sexo={"M": "male", "F": "female", "UN": "other"}.get(sexo, ""),
        )

    @cached_property
    def secciones(self) -> list[Seccion]:
        """Every section, in order, those inside another after it."""
        halladas: list[Seccion] = []
        por_ver = [
            (nodo, 1)
            for nodo in reversed(
                todos(self.raiz, "h:component/h:structuredBody/h:component/h:section")
            )
        ]
        while por_ver and len(halladas) < SECCIONES_MAXIMAS:
            nodo, nivel = por_ver.pop()
            halladas.append(
                Seccion(
                    atributo(primero(nodo, "h:code"), "code"),
                    palabras(primero(nodo, "h:title"))
                    or atributo(primero(nodo, "h:code"), "displayName"),
                    nivel,
                    _plantillas(nodo),
                    nodo,
                )
            )
            por_ver += [
                (hijo, nivel + 1) for hijo in reversed(todos(nodo, "h:component/h:section"))
            ]
        return halladas

    @cached_property
    def palabras(self) -> str:
        """What its narrative says, in one line."""
        dichas = [self.titulo]
        for seccion in self.secciones:
            dichas += [seccion.titulo, palabras(seccion.texto)]
        return " ".join(filter(None, dichas))

    @cached_property
    def cuerpo_ajeno(self) -> str:
        """The media type of a body that is a file (``nonXMLBody``); empty for one of sections."""
        texto = primero(self.raiz, "h:component/h:nonXMLBody/h:text")
        return "" if texto is None else atributo(texto, "mediaType") or "text/plain"

    @cached_property
    def cuerpo(self) -> bytes:
        """The file that is its body; empty when there is none, or it is somewhere else."""
        texto = primero(self.raiz, "h:component/h:nonXMLBody/h:text")
        if texto is None or atributo(texto, "representation") != "B64":
            return b""
        try:
            return base64.b64decode("".join((texto.text or "").split()), validate=True)
        except (binascii.Error, ValueError):
            return b""


def _nombre(nodo: etree._Element | None) -> str:
    """A person's name, its parts apart."""
    partes = [] if nodo is None else [palabras(parte) for parte in nodo if len(nodo)]
    return " ".join(filter(None, partes)) or palabras(nodo)


def _plantillas(nodo: etree._Element) -> frozenset[str]:
    return frozenset(atributo(t, "root") for t in todos(nodo, "h:templateId"))


def leer(contenido: bytes) -> Documento:
    """The document in those bytes. Raises `CdaInvalido`.

    No DTD, no entities, no network, no active content, at most the depth that lxml allows.
    """
    try:
        raiz = xml.abrir(contenido)
    except ArchivoRechazado as rechazo:
        raise CdaInvalido(rechazo.mensaje) from rechazo
    tipo = primero(raiz, "h:typeId")
    if tipo is not None and atributo(tipo, "root") not in ("", "2.16.840.1.113883.1.3"):
        raise CdaInvalido("El typeId no es el de CDA R2.")
    leido = Documento(raiz)
    if not leido.identificador:
        raise CdaInvalido("El documento no trae id (ClinicalDocument/id).")
    if primero(raiz, "h:recordTarget/h:patientRole") is None:
        raise CdaInvalido("El documento no dice de quién es (recordTarget).")
    return leido
