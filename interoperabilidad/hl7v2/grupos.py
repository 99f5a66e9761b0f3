"""Order groups: which ORC, OBX, NTE, TQ1 and SPM go with each OBR, in orders and results.

Read by position, as receivers do: structures differ between versions and between senders.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

from interoperabilidad.hl7v2.er7 import Segmento


@dataclass(slots=True)
class Observado:
    """An OBX and the notes that follow it."""

    obx: Segmento
    notas: list[Segmento] = field(default_factory=list)


@dataclass(slots=True)
class Grupo:
    """An OBR and what goes with it."""

    obr: Segmento
    orc: Segmento | None = None
    tq1: Segmento | None = None
    notas: list[Segmento] = field(default_factory=list)
    observados: list[Observado] = field(default_factory=list)
    muestras: list[Segmento] = field(default_factory=list)


def de(
    segmentos: Iterable[Segmento], *, muestra_primero: bool
) -> tuple[list[Grupo], list[Observado]]:
    """(order groups, OBX of none). `muestra_primero`: SPM comes before its OBR (OUL)."""
    grupos: list[Grupo] = []
    sueltos: list[Observado] = []
    actual: Grupo | None = None
    orc: Segmento | None = None
    muestras: list[Segmento] = []
    ultimo: Observado | None = None
    for s in segmentos:
        match s.nombre:
            case "ORC":
                if muestra_primero and actual is not None and actual.orc is None:
                    actual.orc = s
                else:
                    orc, actual, ultimo = s, None, None
            case "OBR":
                actual = Grupo(s, orc=orc, muestras=list(muestras))
                orc, ultimo = None, None
                grupos.append(actual)
            case "TQ1" if actual is not None:
                actual.tq1 = actual.tq1 or s
            case "SPM" if muestra_primero:
                muestras, actual, ultimo = [s], None, None
            case "SPM" if actual is not None:
                actual.muestras.append(s)
                ultimo = None
            case "OBX":
                ultimo = Observado(s)
                (actual.observados if actual is not None else sueltos).append(ultimo)
            case "NTE" if ultimo is not None:
                ultimo.notas.append(s)
            case "NTE" if actual is not None:
                actual.notas.append(s)
    return grupos, sueltos
