"""An invented Mexican population: plausible people with plausible histories, the same for a seed."""

from ece.demo.poblacion.historias import Historia, generar
from ece.demo.poblacion.personas import Elenco

__all__ = ["Elenco", "Historia", "generar"]
