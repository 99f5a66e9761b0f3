"""Vital signs as series over time."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from ece.nucleo.acceso import Acceso
from ece.nucleo.roles import Permiso
from registros.catalogos.aportaciones import es_aportado
from registros.catalogos.signos import POR_LOINC, Signo
from registros.selectors import expediente

LIMITE = 400


@dataclass(frozen=True, slots=True)
class Punto:
    """A figure; `aportado` when the patient measured it."""

    fecha: datetime
    valor: Decimal
    aportado: bool = False


@dataclass(frozen=True, slots=True)
class Serie:
    """The measurements of one sign, oldest first."""

    signo: Signo
    puntos: list[Punto]


def series(acceso: Acceso) -> list[Serie]:
    """Every sign that has been measured, from the latest `LIMITE` observations."""
    acceso.exigir(Permiso.EXPEDIENTE_LEER)
    puntos: dict[str, list[Punto]] = {}
    for entrada in expediente.ultimas(acceso, "Observation", LIMITE):
        for medido in (entrada.recurso, *entrada.recurso.get("component", ())):
            cantidad = medido.get("valueQuantity", {})
            for codigo in medido["code"].get("coding", ()):
                if codigo.get("code") in POR_LOINC and "value" in cantidad:
                    valor = Decimal(str(cantidad["value"]))
                    punto = Punto(entrada.fecha, valor, es_aportado(entrada.recurso))
                    puntos.setdefault(codigo["code"], []).append(punto)
    return [
        Serie(signo, puntos[loinc][::-1]) for loinc, signo in POR_LOINC.items() if loinc in puntos
    ]
