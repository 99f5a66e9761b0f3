from collections.abc import Iterator
from datetime import date
from functools import cached_property
from typing import Any, ClassVar
from uuid import UUID

import msgspec
from django.db import models

from ece import fhir
from ece.nucleo import cifrado, fichas, llavero
from ece.nucleo.acceso import Acceso, Prueba
from ece.nucleo.cifrado import Lugar
from ece.nucleo.llavero import Envuelta
from registros.models import nacimiento
from registros.models.base import Recurso, RegistroClinico, referido
from registros.models.nacimiento import Nacido, lugar_del_resumen

SISTEMA_CURP = "urn:oid:2.16.840.1.113883.4.629"
SISTEMA_NSS = "urn:oid:2.16.840.1.113883.3.215.12.1"
SISTEMA_EXPEDIENTE = "urn:ece:expediente"
SISTEMA_PASAPORTE = "urn:ece:pasaporte"
EXTENSION = "urn:ece:fhir:"
PROVISIONAL = f"{EXTENSION}identidad-provisional"
EDAD_APROXIMADA = f"{EXTENSION}edad-aproximada"
DESCONOCIDO = "DESCONOCIDO"
APELLIDO_PATERNO = "http://hl7.org/fhir/StructureDefinition/humanname-fathers-family"
APELLIDO_MATERNO = "http://hl7.org/fhir/StructureDefinition/humanname-mothers-family"

_NOMBRE_DE_PERSONA = frozenset({"name", "family", "given", "phonetic"})


class Vinculo(msgspec.Struct, frozen=True):
    """Another record of the same person: which, as what (`replaces`, `replaced-by`, `seealso`)."""

    paciente: UUID
    tipo: str
    expediente: str


class ResumenDeIdentidad(msgspec.Struct, frozen=True):
    """What a minimal listing may show about a patient."""

    id: UUID
    nombre: str
    sexo: str
    fecha_nacimiento: str | None
    expediente: str
    curp: str
    fallecido: bool = False
    provisional: str = ""
    edad_aproximada: int | None = None
    vinculos: tuple[Vinculo, ...] = ()

    @property
    def nacimiento(self) -> date | None:
        """The birth date, when it is known to the day."""
        try:
            return date.fromisoformat(self.fecha_nacimiento or "")
        except ValueError:
            return None


class Paciente(RegistroClinico):
    """The identified person (FHIR Patient; NOM-024 6.5, table 1).

    `contenido` is the whole resource under the clinical key; `resumen` the minimum that a listing
    shows, under the identity key, which an Alcance opens too.
    """

    TIPO: ClassVar[str] = "Patient"
    CAMPOS_CIFRADOS: ClassVar[frozenset[str]] = frozenset({"contenido", "resumen"})

    resumen = models.BinaryField()

    def _sellar(self, acceso: Acceso, recurso: Recurso, **kwargs: Any) -> None:
        super()._sellar(acceso, recurso, **kwargs)
        self.fecha = self.creado_at  # the birth date is nobody's business on disk
        llave = llavero.clave_de_identidad(acceso, self.paciente)
        self.resumen = cifrado.cifrar(
            msgspec.json.encode(resumir(self.id, self.recurso)),
            llave=llave,
            lugar=self.lugar_del_resumen,
        )
        edad = edad_aproximada(self.recurso)
        nacimiento.recordar(self.id, Nacido(self.recurso.get("birthDate"), edad))

    def _fichas(self, recurso: Recurso) -> set[int]:
        nombres = [
            parte
            for nombre in recurso.get("name", ())
            for parte in (*nombre.get("given", ()), nombre.get("family", ""))
            if parte
        ]
        return fichas.fichas_de_nombre(self.id, nombres) | {
            fichas.ficha(f"Patient.{indice.parametro}", termino)
            for indice in fhir.indices(recurso)
            if indice.parametro not in _NOMBRE_DE_PERSONA
            for termino in fhir.terminos(indice)
        }

    @property
    def lugar_del_resumen(self) -> Lugar:
        return lugar_del_resumen(self.id, self.version)

    @cached_property
    def identidad(self) -> ResumenDeIdentidad:
        return abrir_resumen(self.prueba, self.id, self.version, self.resumen)


def abrir_resumen(
    prueba: Prueba,
    paciente: UUID,
    version: int,
    resumen: bytes | memoryview,
    envuelta: Envuelta | None = None,
) -> ResumenDeIdentidad:
    """The identity summary, for an Acceso of the patient or an Alcance that covers it."""
    sellado = bytes(resumen)
    llave = llavero.clave_de_identidad(
        prueba, paciente, version=cifrado.version_de_llave(sellado), envuelta=envuelta
    )
    lugar = lugar_del_resumen(paciente, version)
    return msgspec.json.decode(
        cifrado.descifrar(sellado, llave=llave, lugar=lugar), type=ResumenDeIdentidad
    )


def identificador(recurso: Recurso, sistema: str) -> str:
    """The value of the patient's first identifier of `sistema`, or an empty string."""
    return next(
        (i.get("value", "") for i in recurso.get("identifier", ()) if i.get("system") == sistema),
        "",
    )


def extension(recurso: Recurso, url: str) -> Any:
    """The value of the first extension at `url`, or an empty string."""
    hallada: Recurso = next((e for e in recurso.get("extension", ()) if e.get("url") == url), {})
    return next((valor for clave, valor in hallada.items() if clave.startswith("value")), "")


def edad_aproximada(recurso: Recurso) -> int | None:
    """Years, as they look, of somebody whose birth date nobody knows."""
    edad = extension(recurso, EDAD_APROXIMADA)
    return edad if isinstance(edad, int) else None


def nombre_completo(recurso: Recurso) -> str:
    """The name as Mexicans read it: given names, then surnames."""
    nombre: Recurso = next(iter(recurso.get("name", ())), {})
    if not nombre.get("family") and not nombre.get("given"):
        return str(nombre.get("text", ""))
    if nombre.get("given") == [DESCONOCIDO]:
        return DESCONOCIDO
    return " ".join([*nombre.get("given", ()), nombre.get("family", "")]).strip()


def resumir(paciente: UUID, recurso: Recurso) -> ResumenDeIdentidad:
    return ResumenDeIdentidad(
        id=paciente,
        nombre=nombre_completo(recurso),
        sexo=recurso.get("gender", "unknown"),
        fecha_nacimiento=recurso.get("birthDate"),
        expediente=identificador(recurso, SISTEMA_EXPEDIENTE),
        curp=identificador(recurso, SISTEMA_CURP),
        fallecido=bool(recurso.get("deceasedDateTime") or recurso.get("deceasedBoolean")),
        provisional=str(extension(recurso, PROVISIONAL)),
        edad_aproximada=edad_aproximada(recurso),
        vinculos=tuple(_vinculos(recurso)),
    )


def _vinculos(recurso: Recurso) -> Iterator[Vinculo]:
    """The other records of the same person (a link to a RelatedPerson is of a relative's)."""
    for enlace in recurso.get("link", ()):
        otro = referido(enlace.get("other"), "Patient")
        if otro is not None:
            yield Vinculo(otro, enlace.get("type", ""), enlace["other"].get("display", ""))
