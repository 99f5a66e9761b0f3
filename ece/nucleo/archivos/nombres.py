"""Names of files: never a path, nor what reads backwards, nor another's extension."""

import re
import unicodedata

from ece.nucleo.archivos.tipos import Tipo

LARGO = 100


def nombre_seguro(nombre: str, tipo: Tipo) -> str:
    """The name to keep and to download with, whose extension is that of the content."""
    ultimo = re.split(r"[/\\]", nombre)[-1]
    visible = "".join(c for c in ultimo if unicodedata.category(c)[0] != "C")
    sin_extension = re.sub(r"(\.[A-Za-z0-9]{1,5})+$", "", visible)
    limpio = re.sub(r'[<>:"|?*;%\s]+', " ", sin_extension).strip(" .")[:LARGO]
    return f"{limpio or 'documento'}.{tipo.extension}"


def extension_discordante(nombre: str, tipo: Tipo) -> bool:
    """Whether the name promised another kind of file."""
    hallada = re.search(r"\.([A-Za-z0-9]{1,5})$", nombre.strip())
    if hallada is None:
        return False
    iguales = {"jpeg": "jpg", "tiff": "tif", "cda": "xml", "dicom": "dcm"}
    declarada = hallada[1].lower()
    return iguales.get(declarada, declarada) != tipo.extension
