"""The labels of a record, as whoever sees it reads them."""

from dataclasses import dataclass

from ece.nucleo.acceso import Acceso
from registros.catalogos import sensibles
from registros.catalogos.sensibles import CATEGORIAS, Categoria, Correccion
from registros.models import nacimiento
from registros.models.base import Recurso


@dataclass(frozen=True, slots=True)
class EtiquetaVista:
    """A category; `puesta` when the record bears it, `correccion` when somebody said so by hand."""

    categoria: Categoria
    nombre: str
    explicacion: str
    puesta: bool
    correccion: Correccion | None


@dataclass(frozen=True, slots=True)
class Etiquetado:
    """Every category, in order."""

    todas: list[EtiquetaVista]

    @property
    def puestas(self) -> list[EtiquetaVista]:
        return [e for e in self.todas if e.puesta]

    @property
    def corregidas(self) -> list[EtiquetaVista]:
        return [e for e in self.todas if e.correccion]


def de_recurso(acceso: Acceso, recurso: Recurso) -> Etiquetado:
    """Which categories `recurso`, of the patient of `acceso`, bears, and who corrected them."""
    edad = nacimiento.edad_al_escribir(acceso, recurso)
    vigentes, dichas = sensibles.etiquetar(recurso, edad=edad), sensibles.correcciones(recurso)
    return Etiquetado(
        [
            EtiquetaVista(
                categoria,
                descrita.nombre,
                descrita.explicacion,
                puesta=categoria in vigentes,
                correccion=dichas.get(categoria),
            )
            for categoria, descrita in CATEGORIAS.items()
        ]
    )
