"""What many pages of the chart show alike: the header, the notes one may write, plain listings."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from ece.nucleo.acceso import Acceso
from ece.nucleo.roles import Permiso
from registros.catalogos.notas import TIPOS, TipoDeNota
from registros.selectors import expediente
from registros.selectors.expediente import Entrada, ResumenDeIdentidad

SEXOS = {
    "male": gettext_lazy("Hombre"),
    "female": gettext_lazy("Mujer"),
    "other": gettext_lazy("No binario"),
    "unknown": gettext_lazy("Sexo sin dato"),
}


def cabecera(
    acceso: Acceso, identidad: ResumenDeIdentidad, alergias: list[Entrada]
) -> dict[str, Any]:
    """The header of every page of a chart: who this is, and what harms them."""
    return {
        "paciente_id": acceso.paciente,
        "identidad": identidad,
        "edad": edad(identidad.nacimiento),
        "sexo": SEXOS.get(identidad.sexo, ""),
        "alergias": alergias,
        "puede": {permiso.name.lower() for permiso in acceso.permisos},
    }


def cabecera_de(acceso: Acceso) -> dict[str, Any]:
    """The same, asked for by pages that need nothing else of the chart."""
    identidad, _, _ = expediente.identidad(acceso)
    return cabecera(acceso, identidad, expediente.alergias(acceso))


def notas_posibles(acceso: Acceso) -> list[TipoDeNota]:
    if Permiso.NOTA_REDACTAR not in acceso.permisos:
        return []
    return [tipo for tipo in TIPOS.values() if tipo.autores & acceso.actor.roles]


@dataclass(frozen=True, slots=True)
class Jornada:
    """The entries of one day; `encabezado` is false where the day's heading is already on view."""

    dia: date
    entradas: list[Entrada]
    encabezado: bool


def por_dia(entradas: Iterable[Entrada], *, ya: str = "") -> list[Jornada]:
    """A timeline broken by days, as the institution's clock has them; `ya` is an ISO date."""
    return [
        Jornada(dia, list(suyas), dia.isoformat() != ya)
        for dia, suyas in groupby(entradas, key=lambda e: timezone.localtime(e.fecha).date())
    ]


def edad(nacimiento: date | None) -> str:
    """As people say it: days, months or years."""
    if nacimiento is None:
        return _("edad sin dato")
    hoy = timezone.localdate()
    dias = (hoy - nacimiento).days
    if dias < 60:
        return ngettext("%(n)s día", "%(n)s días", dias) % {"n": dias}
    meses = (hoy.year - nacimiento.year) * 12 + hoy.month - nacimiento.month
    meses -= hoy.day < nacimiento.day
    if meses < 24:
        return _("%(n)s meses") % {"n": meses}
    return _("%(n)s años") % {"n": meses // 12}
