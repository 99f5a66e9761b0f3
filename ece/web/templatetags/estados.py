"""Codes of orders and results in words."""

from django import template

from ece.web.clinica import estados

register = template.Library()

_TABLAS = {
    "avance": estados.AVANCES,
    "bandera": estados.BANDERAS,
    "de_informe": estados.DE_INFORME,
    "del_archivo": estados.DEL_ARCHIVO,
    "prioridad": estados.PRIORIDADES,
    "tendencia": estados.TENDENCIAS,
}


@register.filter
def en_palabras(codigo: str, tabla: str) -> str:
    """The words of `codigo` in one of the tables of `estados`; nothing for what has none."""
    return str(_TABLAS[tabla].get(str(codigo), ""))
