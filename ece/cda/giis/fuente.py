"""What a summary is made of."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from ece.cda.tipos import Recurso


@dataclass(frozen=True, slots=True)
class Establecimiento:
    nombre: str
    clues: str
    domicilio: str
    institucion: str


@dataclass(frozen=True, slots=True)
class Profesional:
    nombre: str
    cedula: str


@dataclass(frozen=True, slots=True)
class Persona:
    """What the header says of the patient that a FHIR Patient has no place of R4 for.

    `domicilio` are (part of a v3 address, its words); `edad`, whole years.
    """

    apellidos: tuple[str, str]
    domicilio: Sequence[tuple[str, str]] = ()
    nacionalidad: tuple[str, str] = ("", "")
    religion: tuple[str, str] = ("", "")
    etnia: tuple[str, str] = ("", "")
    entidad_de_nacimiento: str = ""
    tutor: str = ""
    edad: int | None = None
    afiliaciones: Sequence[tuple[str, str]] = ()


@dataclass(frozen=True, slots=True)
class Fuente:
    """`raiz` is the OID under which ids are given: the institution's (`registrada`) or one of the
    2.25 arc. Resources are FHIR R4, newest first; `textos`, the words of notes, by the LOINC code
    of the section; `familiares`, (CIE-10 key, its words, ``presente`` | ``ausente`` |
    ``sin-informacion``, whose it is).
    """

    id: UUID
    momento: datetime
    raiz: str
    registrada: bool
    establecimiento: Establecimiento
    elabora: Profesional | None
    reservado: bool
    paciente: Recurso = field(repr=False)
    persona: Persona = field(repr=False)
    encuentro: Recurso | None = field(default=None, repr=False)
    responsable: Profesional | None = None
    alergias: Sequence[Recurso] = field(default=(), repr=False)
    sin_alergias: bool = False
    familiares: Sequence[tuple[str, str, str, str]] = field(default=(), repr=False)
    habitos: Sequence[Recurso] = field(default=(), repr=False)
    antecedentes: Sequence[Recurso] = field(default=(), repr=False)
    problemas: Sequence[Recurso] = field(default=(), repr=False)
    procedimientos: Sequence[Recurso] = field(default=(), repr=False)
    medicamentos: Sequence[Recurso] = field(default=(), repr=False)
    signos: Sequence[Recurso] = field(default=(), repr=False)
    textos: Mapping[str, Sequence[str]] = field(default_factory=dict, repr=False)
