"""What many pages of the chart show alike: the header, the notes one may write, plain listings."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from itertools import groupby
from typing import Any
from uuid import UUID

from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _

from consentimiento import decision
from consentimiento.selectors import emergencias
from ece.nucleo.acceso import INSTITUCIONAL, Acceso
from ece.nucleo.roles import Permiso
from registros.catalogos.edades import meses_cumplidos
from registros.catalogos.notas import CAPITULO_DE, HABITUALES, TIPOS, Capitulo, TipoDeNota
from registros.selectors import alergias as selector_de_alergias
from registros.selectors import embarazo as selector_de_embarazo
from registros.selectors import expediente, plazos
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
    niegan = [a for a in alergias if selector_de_alergias.niega(a.recurso)]
    return {
        "paciente_id": acceso.paciente,
        "identidad": identidad,
        "edad": edad(identidad.nacimiento, aproximada=identidad.edad_aproximada),
        "sexo": SEXOS.get(identidad.sexo, ""),
        "alergias": [a for a in alergias if a not in niegan],
        "niega_alergias": niegan,
        "embarazo": _embarazo(acceso, identidad),
        "en_crecimiento": _meses(identidad) is not None and (_meses(identidad) or 0) < 228,
        "puede_embarazarse": _puede_embarazarse(identidad),
        "atajos_de_notas": _escritas("clinica/_atajos_de_notas.html", acceso),
        "emergencia_hasta": emergencias.vigente(acceso, ahora=timezone.now()),
        "puede": {permiso.name.lower() for permiso in acceso.permisos},
    }


def cabecera_de(acceso: Acceso) -> dict[str, Any]:
    """The same, asked for by pages that need nothing else of the chart."""
    identidad, _, _ = expediente.identidad(acceso)
    otros = vinculados(acceso) if identidad.vinculos else []
    return cabecera(acceso, identidad, expediente.alergias(acceso, vinculados=otros))


def vinculados(acceso: Acceso) -> list[Acceso]:
    """Accesos to the patient's other records, for whoever may read a chart."""
    if Permiso.EXPEDIENTE_LEER not in acceso.permisos:
        return []
    return decision.abrir_vinculados(acceso, ahora=timezone.now())


def encuentro_de(acceso: Acceso) -> UUID | None:
    """The visit under way that what is recorded now hangs from."""
    if Permiso.EXPEDIENTE_LEER not in acceso.permisos:
        return None
    abiertos = expediente.encuentros_abiertos(acceso)
    return abiertos[0].id if abiertos else None


def _embarazo(acceso: Acceso, identidad: ResumenDeIdentidad) -> dict[str, Any] | None:
    """The pregnancy under way and its age today, for those who may read the record."""
    if Permiso.EXPEDIENTE_LEER not in acceso.permisos or not _puede_embarazarse(identidad):
        return None
    vigente = selector_de_embarazo.vigente(acceso)
    if vigente is None:
        return None
    return {"datos": vigente, "edad": vigente.edad(timezone.localdate())}


def _puede_embarazarse(identidad: ResumenDeIdentidad) -> bool:
    meses = _meses(identidad)
    return identidad.sexo != "male" and (meses is None or 9 * 12 <= meses < 60 * 12)


def _meses(identidad: ResumenDeIdentidad) -> int | None:
    if identidad.nacimiento is None:
        return None
    return meses_cumplidos(identidad.nacimiento, timezone.localdate())


def notas_posibles(acceso: Acceso) -> list[TipoDeNota]:
    """The types of note that the actor's posts write."""
    if Permiso.NOTA_REDACTAR not in acceso.permisos:
        return []
    return [tipo for tipo in TIPOS.values() if tipo.autores & acceso.actor.roles]


@dataclass(frozen=True, slots=True)
class MenuDeNotas:
    """What one may write: `habituales` in sight, and `todas` by chapter, that of the visit first.

    `vencidas` are those that the open visit should already have.
    """

    habituales: list[TipoDeNota]
    todas: SafeString
    vencidas: list[TipoDeNota]


def menu_de_notas(
    acceso: Acceso, abiertos: list[Entrada], *, ahora: datetime
) -> MenuDeNotas | None:
    """The types of note that the actor's posts write, arranged for the newest open visit."""
    posibles = notas_posibles(acceso)
    if not posibles:
        return None
    clase = abiertos[0].recurso["class"].get("code", "") if abiertos else ""
    return MenuDeNotas(
        habituales=[
            TIPOS[clave]
            for clave in HABITUALES.get(clase, HABITUALES["AMB"])
            if TIPOS[clave] in posibles
        ],
        todas=_escritas("clinica/_menu_de_notas.html", acceso, CAPITULO_DE.get(clase)),
        vencidas=[
            tipo
            for tipo in (
                plazos.vencidas(acceso, encuentro=abiertos[0], ahora=ahora) if abiertos else ()
            )
            if tipo in posibles
        ],
    )


_ALGUIEN = str(INSTITUCIONAL)
"""In the place of the patient, in what is drawn once for all."""


def _escritas(plantilla: str, acceso: Acceso, propio: Capitulo | None = None) -> SafeString:
    """A list of what one may write about the patient of `acceso`."""
    claves = tuple(tipo.clave for tipo in notas_posibles(acceso))
    dibujada = _dibujadas(plantilla, claves, propio, get_language() or "")
    return SafeString(dibujada.replace(_ALGUIEN, str(acceso.paciente)))


@lru_cache(maxsize=256)
def _dibujadas(
    plantilla: str, claves: tuple[str, ...], propio: Capitulo | None, idioma: str
) -> str:
    """The same list for anybody, since only the address says whose: tens of lines, drawn once a
    post and language."""
    tipos = [TIPOS[clave] for clave in claves]
    capitulos = [
        (capitulo, [tipo for tipo in tipos if tipo.capitulo is capitulo])
        for capitulo in sorted(Capitulo, key=lambda capitulo: capitulo is not propio)
    ]
    contexto = {
        "paciente_id": _ALGUIEN,
        "tipos": tipos,
        "capitulos": [(capitulo, suyos) for capitulo, suyos in capitulos if suyos],
        "del_encuentro": propio,
    }
    return render_to_string(plantilla, contexto)


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


def edad(nacimiento: date | None, *, aproximada: int | None = None, al: date | None = None) -> str:
    """As people say it: days, months or years; today, unless `al` says when."""
    if nacimiento is None and aproximada is not None:
        return ngettext("unos %(n)s año", "unos %(n)s años", aproximada) % {"n": aproximada}
    if nacimiento is None:
        return _("edad sin dato")
    hoy = al or timezone.localdate()
    dias = (hoy - nacimiento).days
    if dias < 60:
        return ngettext("%(n)s día", "%(n)s días", dias) % {"n": dias}
    meses = meses_cumplidos(nacimiento, hoy)
    if meses < 24:
        return _("%(n)s meses") % {"n": meses}
    return _("%(n)s años") % {"n": meses // 12}
