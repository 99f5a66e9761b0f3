"""What two institutions agree to exchange: the terms, as values and as the bytes that both sign.

The canonical form is JSON as RFC 8785 writes it. Nothing here asks the database or the clock.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from enum import StrEnum
from hashlib import sha256
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import models
from django.utils.translation import gettext_lazy as _

from ece import fhir
from registros.catalogos.sensibles import Categoria

ZONA = ZoneInfo("America/Mexico_City")
"""Dates of an agreement begin and end at midnight here."""


class Estado(models.TextChoices):
    BORRADOR = "borrador", _("Borrador")
    FIRMADO = "firmado", _("Firmado por ambas")
    VIGENTE = "vigente", _("Vigente")
    SUSPENDIDO = "suspendido", _("Suspendido")
    TERMINADO = "terminado", _("Terminado")


PASOS: dict[Estado, frozenset[Estado]] = {
    Estado.BORRADOR: frozenset({Estado.FIRMADO, Estado.TERMINADO}),
    Estado.FIRMADO: frozenset({Estado.VIGENTE, Estado.TERMINADO}),
    Estado.VIGENTE: frozenset({Estado.SUSPENDIDO, Estado.TERMINADO}),
    Estado.SUSPENDIDO: frozenset({Estado.VIGENTE, Estado.TERMINADO}),
    Estado.TERMINADO: frozenset(),
}
"""state -> those it may pass to; a trigger keeps the same table (consentimiento 0011)."""


class Parte(models.TextChoices):
    NUESTRA = "nuestra", _("Nuestra institución")
    ALIADA = "aliada", _("Institución aliada")


class Base(models.TextChoices):
    """Why a patient's data may travel at all."""

    CONSENTIMIENTO = "consentimiento", _("Consentimiento del paciente")
    REFERENCIA = "referencia", _("Referencia o contrarreferencia")
    URGENCIA = "urgencia", _("Urgencia")
    SALUD_PUBLICA = "salud.publica", _("Salud pública")


class ConPacientes(StrEnum):
    """The bases that are told patient by patient; the others rest on the declared purpose."""

    CONSENTIMIENTO = Base.CONSENTIMIENTO.value
    REFERENCIA = Base.REFERENCIA.value


class Proposito(models.TextChoices):
    """The purposes of use that an agreement may name (HL7 v3 PurposeOfUse)."""

    TREAT = "TREAT", _("Atención médica")
    ETREAT = "ETREAT", _("Atención de urgencia")
    PUBHLTH = "PUBHLTH", _("Salud pública")


BASES_DE: dict[str, frozenset[Base]] = {
    Proposito.TREAT: frozenset({Base.CONSENTIMIENTO, Base.REFERENCIA}),
    Proposito.ETREAT: frozenset({Base.URGENCIA}),
    Proposito.PUBHLTH: frozenset({Base.SALUD_PUBLICA}),
}
"""declared purpose -> the bases that can hold it up."""


_DIRECCION = re.compile(r"https?://[A-Za-z0-9.\[\]:-]+(/[A-Za-z0-9._~-]+)*")


class TerminosInvalidos(ValueError):
    """`problemas`: field -> what is wrong with it, in words."""

    def __init__(self, problemas: Mapping[str, str]) -> None:
        super().__init__("; ".join(f"{campo}: {dicho}" for campo, dicho in problemas.items()))
        self.problemas = dict(problemas)


@dataclass(frozen=True, slots=True)
class Firmante:
    """Who signs for a party."""

    institucion: str
    representante: str
    cargo: str


@dataclass(frozen=True, slots=True)
class Contacto:
    """Whom to write to about personal data."""

    nombre: str
    correo: str
    telefono: str = ""


@dataclass(frozen=True, slots=True)
class Terminos:
    """All that is agreed.

    `sale` and `entra` are R4 types that may be read from us and written here; `categorias`, the
    sensitive ones that may be read. `por_minuto` and `por_dia` count patients asked for. `llaves`
    are the JWK thumbprints (RFC 7638) of the partner's keys. `direccion` is the base of the FHIR
    server where the partner answers us, the only address of theirs that is ever called, and
    `identificador`, who we are there (an OAuth2 client id); without them nothing is asked of it.
    """

    folio: str
    cliente: UUID
    nuestra: Firmante
    aliada: Firmante
    privacidad: Contacto
    propositos: frozenset[str]
    bases: frozenset[str]
    sale: frozenset[str]
    entra: frozenset[str]
    categorias: frozenset[str]
    desde: date
    hasta: date
    por_minuto: int
    por_dia: int
    llaves: frozenset[str] = field(default_factory=frozenset)
    direccion: str = ""
    identificador: str = ""

    def canonico(self) -> bytes:
        """The bytes that both sides sign."""
        return fhir.json.canonico(
            {
                "formato": "ece-convenio-1",
                "folio": self.folio,
                "cliente": str(self.cliente),
                "partes": {"nuestra": _firmante(self.nuestra), "aliada": _firmante(self.aliada)},
                "privacidad": {
                    "nombre": self.privacidad.nombre,
                    "correo": self.privacidad.correo,
                    "telefono": self.privacidad.telefono,
                },
                "propositos": sorted(self.propositos),
                "bases": sorted(self.bases),
                "datos": {
                    "sale": sorted(self.sale),
                    "entra": sorted(self.entra),
                    "categorias": sorted(self.categorias),
                },
                "vigencia": {"desde": self.desde.isoformat(), "hasta": self.hasta.isoformat()},
                "limites": {"por_minuto": self.por_minuto, "por_dia": self.por_dia},
                "llaves": sorted(self.llaves),
                **(
                    {"enlace": {"direccion": self.direccion, "identificador": self.identificador}}
                    if self.direccion or self.identificador
                    else {}  # as agreements without it were signed
                ),
            }
        )

    def en_vigencia(self, ahora: datetime) -> bool:
        """From the first midnight to the end of the last day."""
        desde = datetime.combine(self.desde, time.min, ZONA)
        return desde <= ahora and ahora.astimezone(ZONA).date() <= self.hasta

    def validar(self) -> None:
        """Raise `TerminosInvalidos` for what could not be kept."""
        problemas: dict[str, str] = {}
        if not self.propositos or self.propositos - set(Proposito.values):
            problemas["propositos"] = str(_("Elija al menos un propósito."))
        posibles = {b for p in self.propositos for b in BASES_DE.get(p, ())}
        if not self.bases or self.bases - posibles:
            problemas["bases"] = str(_("Elija bases que sostengan los propósitos elegidos."))
        elif any(not BASES_DE[p] & self.bases for p in self.propositos & BASES_DE.keys()):
            problemas["bases"] = str(_("A algún propósito le falta su base."))
        tipos = set(fhir.tipos_de_recurso())
        if not self.sale | self.entra:
            problemas["sale"] = str(_("Elija qué datos se intercambian."))
        if self.sale - tipos:
            problemas["sale"] = str(_("Hay una clase de datos que FHIR R4 no define."))
        if self.entra - tipos:
            problemas["entra"] = str(_("Hay una clase de datos que FHIR R4 no define."))
        if self.categorias - {c.value for c in Categoria}:
            problemas["categorias"] = str(_("Hay una categoría que no existe."))
        if self.hasta < self.desde:
            problemas["hasta"] = str(_("El término es anterior al inicio."))
        if not 0 < self.por_minuto <= self.por_dia:
            problemas["por_dia"] = str(_("El tope del día no puede ser menor que el del minuto."))
        if bool(self.direccion) != bool(self.identificador):
            problemas["identificador"] = str(_("La dirección y quiénes somos allá van juntas."))
        elif self.direccion and not _DIRECCION.fullmatch(self.direccion):
            problemas["direccion"] = str(
                _("Escriba una dirección completa, como https://hospital.example/fhir.")
            )
        if problemas:
            raise TerminosInvalidos(problemas)


def leer(canonico: bytes) -> Terminos:
    """The terms that `canonico` says. Raises `TerminosInvalidos` for bytes that are not theirs."""
    try:
        dicho = fhir.json.leer(canonico)
        datos, partes = dicho["datos"], dicho["partes"]
        terminos = Terminos(
            folio=dicho["folio"],
            cliente=UUID(dicho["cliente"]),
            nuestra=Firmante(**partes["nuestra"]),
            aliada=Firmante(**partes["aliada"]),
            privacidad=Contacto(**dicho["privacidad"]),
            propositos=frozenset(dicho["propositos"]),
            bases=frozenset(dicho["bases"]),
            sale=frozenset(datos["sale"]),
            entra=frozenset(datos["entra"]),
            categorias=frozenset(datos["categorias"]),
            desde=date.fromisoformat(dicho["vigencia"]["desde"]),
            hasta=date.fromisoformat(dicho["vigencia"]["hasta"]),
            por_minuto=int(dicho["limites"]["por_minuto"]),
            por_dia=int(dicho["limites"]["por_dia"]),
            llaves=frozenset(dicho["llaves"]),
            **dicho.get("enlace", {}),
        )
    except (KeyError, TypeError, ValueError, fhir.JsonInvalido) as error:
        raise TerminosInvalidos({"terminos": str(error)}) from error
    if terminos.canonico() != canonico:
        raise TerminosInvalidos({"terminos": "no están en forma canónica"})
    return terminos


def huella(canonico: bytes) -> str:
    return sha256(canonico).hexdigest()


def _firmante(firmante: Firmante) -> dict[str, Any]:
    return {
        "institucion": firmante.institucion,
        "representante": firmante.representante,
        "cargo": firmante.cargo,
    }


@dataclass(frozen=True, slots=True)
class Pacto:
    """An agreement as the decision weighs it: its terms, its state, and how much it was used.

    `en_el_minuto` and `en_el_dia` are the patients asked for so far, this request included.
    """

    id: UUID
    estado: Estado
    terminos: Terminos
    en_el_minuto: int = 0
    en_el_dia: int = 0
