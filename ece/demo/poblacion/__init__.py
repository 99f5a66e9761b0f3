"""An invented Mexican population: plausible people and histories, the same for a seed."""

from ece.demo.poblacion.historias import Historia, generar
from ece.demo.poblacion.personas import Elenco, Sitio

__all__ = ["Elenco", "Historia", "Sitio", "generar"]
