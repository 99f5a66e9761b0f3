"""Sensitive categories: what in a record asks for more reserve, found while it is written.

`conjuntos` knows the codes and `palabras` the words, both from files of this package that cite
their sources; `etiquetas` reads a whole R4 resource with them, and writes its labels. All pure.
"""

from registros.catalogos.sensibles.categorias import (
    CATEGORIAS,
    PUESTA,
    RETIRADA,
    SISTEMA,
    Categoria,
    Descrita,
)
from registros.catalogos.sensibles.etiquetas import (
    Correccion,
    Edad,
    aplicar,
    conservar,
    correcciones,
    corrige,
    etiquetar,
)

__all__ = [
    "CATEGORIAS",
    "PUESTA",
    "RETIRADA",
    "SISTEMA",
    "Categoria",
    "Correccion",
    "Descrita",
    "Edad",
    "aplicar",
    "conservar",
    "correcciones",
    "corrige",
    "etiquetar",
]
