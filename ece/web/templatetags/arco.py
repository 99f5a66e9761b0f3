"""What the steps and the parts of an ARCO request are called, and those of a breach."""

from django import template

from consentimiento.arco import Fin, Paso
from ece.web.clinica import palabras

register = template.Library()


@register.filter
def paso_de_arco(paso: str) -> str:
    return str(palabras.PASOS_DE_ARCO[Paso(paso)])


@register.filter
def parte_de_arco(clave: str) -> str:
    return str(palabras.TEXTOS_DE_ARCO[clave])


@register.filter
def dicho_de_arco(texto: str, clave: str) -> str:
    """What a part says, in words when it is a code."""
    return str(Fin(texto).label) if clave == "fin" else texto


@register.filter
def parte_de_vulneracion(clave: str) -> str:
    return str(palabras.TEXTOS_DE_VULNERACION[clave])
