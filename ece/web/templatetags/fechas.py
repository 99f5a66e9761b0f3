"""Dates as the readers of the page write them: days first, months in lower case in Spanish."""

from datetime import date, datetime

from django import template
from django.utils import formats, timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

register = template.Library()

_HORA, _DIA = 60, 24 * 60

_FORMATOS = {
    "fecha": (r"j \d\e F \d\e Y", "j F Y"),
    "fecha_hora": (r"j \d\e F \d\e Y, H:i", "j F Y, H:i"),
    "fecha_corta": ("d/m/Y", "j M Y"),
    "fecha_hora_corta": ("d/m/Y H:i", "j M Y H:i"),
    "dia": (r"l j \d\e F \d\e Y", "l j F Y"),
    "mes": ("M Y", "M Y"),
}
"""name of the filter -> Spanish, English."""


def escribir(momento: date | None, formato: str) -> str:
    """`momento` in the reader's language and the institution's hour; nothing for None."""
    if momento is None:
        return ""
    if isinstance(momento, datetime) and timezone.is_aware(momento):
        momento = timezone.localtime(momento)
    espanol, ingles = _FORMATOS[formato]
    if (translation.get_language() or "es").startswith("en"):
        return formats.date_format(momento, ingles)
    return formats.date_format(momento, espanol).lower()


@register.filter
def fecha(momento: date | None) -> str:
    return escribir(momento, "fecha")


@register.filter
def fecha_hora(momento: date | None) -> str:
    return escribir(momento, "fecha_hora")


@register.filter
def fecha_corta(momento: date | None) -> str:
    return escribir(momento, "fecha_corta")


@register.filter
def fecha_hora_corta(momento: date | None) -> str:
    return escribir(momento, "fecha_hora_corta")


@register.filter
def espera(minutos: int) -> str:
    """How long somebody has waited, in what one would say it in: minutes, hours, days."""
    if minutos < _HORA:
        return _("%(n)s min") % {"n": minutos}
    if minutos < _DIA:
        return _("%(h)s h %(m)s min") % {"h": minutos // _HORA, "m": minutos % _HORA}
    dias = minutos // _DIA
    return ngettext("%(n)s día", "%(n)s días", dias) % {"n": dias}


@register.filter
def dia(momento: date | None) -> str:
    return escribir(momento, "dia")


@register.filter
def mes(momento: date | None) -> str:
    return escribir(momento, "mes")
