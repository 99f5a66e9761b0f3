"""Files from outside: what they really are, whether they may stay, and how they are shown.

Pure: bytes in, findings out; nothing is written anywhere, and no file is trusted to be what its
name or its sender says.
"""

from ece.nucleo.archivos.comprimido import juntar
from ece.nucleo.archivos.inspeccion import inspeccionar
from ece.nucleo.archivos.nombres import nombre_seguro
from ece.nucleo.archivos.tipos import Archivo, ArchivoRechazado, Tipo

__all__ = ["Archivo", "ArchivoRechazado", "Tipo", "inspeccionar", "juntar", "nombre_seguro"]
