"""What sets of codes and hierarchies a search may name: those of R4, and CIE-10 as it is loaded."""

from collections.abc import Collection, Mapping

from ece.fhir.definiciones import cargar
from registros.catalogos.fuentes import CIE10
from registros.selectors import catalogos

SISTEMA_CIE10 = "http://hl7.org/fhir/sid/icd-10"
_CATEGORIA = 3
"""Letters of a CIE-10 category, under which its subcategories begin with the same."""


class _Terminologia:
    def conjunto(self, url: str) -> Mapping[str, Collection[str]] | None:
        return cargar().valores.get(url.split("|")[0])

    def descendientes(self, sistema: str, codigo: str) -> Collection[str] | None:
        if sistema != SISTEMA_CIE10 or len(codigo) < _CATEGORIA:
            return None
        compacto = codigo.replace(".", "").upper()
        claves = {compacto, *catalogos.claves_bajo(CIE10, compacto.rstrip("X") or compacto)}
        return claves | set(map(_con_punto, claves))

    def ascendientes(self, sistema: str, codigo: str) -> Collection[str] | None:
        if sistema != SISTEMA_CIE10 or len(codigo) < _CATEGORIA:
            return None
        compacto = codigo.replace(".", "").upper()
        claves = {compacto[:n] for n in range(_CATEGORIA, len(compacto) + 1)}
        claves |= {f"{compacto[:_CATEGORIA]}X"} if len(compacto) == _CATEGORIA else set()
        return claves | set(map(_con_punto, claves))


def _con_punto(clave: str) -> str:
    """The key as others write it: E11.9 for E119."""
    return f"{clave[:_CATEGORIA]}.{clave[_CATEGORIA:]}" if len(clave) > _CATEGORIA else clave


TERMINOLOGIA = _Terminologia()
