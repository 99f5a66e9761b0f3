"""What somebody saw of a record, in words: parts of it, never what they say."""

from collections.abc import Iterable
from typing import Any

from django.utils.text import capfirst
from django.utils.translation import gettext as _

from consentimiento.selectors.vistos import Visto
from ece.web.constancias import TEMAS
from registros.selectors.descripciones import CLASES


def en_palabras(vistos: Iterable[Visto]) -> list[dict[str, Any]]:
    """Each thing that was seen or done, in words, with how many times and when."""
    return [{"que": capfirst(_parte(visto.que)), "visto": visto} for visto in vistos]


def _parte(codigo: str) -> str:
    """The part of the record that the name of a page, of a resource or of an event is about."""
    nombre = codigo.rpartition(":")[2]
    tema = next((t for clave, t in TEMAS.items() if nombre.startswith(clave)), "")
    return str(tema) or _(CLASES.get(nombre, nombre))
