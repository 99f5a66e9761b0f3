"""Several files handed out as one."""

import io
import zipfile
from collections.abc import Mapping


def juntar(archivos: Mapping[str, bytes]) -> bytes:
    """A ZIP of the files that have something, by their names."""
    salida = io.BytesIO()
    with zipfile.ZipFile(salida, "w", zipfile.ZIP_DEFLATED) as archivo:
        for nombre, datos in archivos.items():
            if datos:
                archivo.writestr(nombre, datos)
    return salida.getvalue()
