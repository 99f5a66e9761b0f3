"""Reading the log by who asked: what a partner's system exchanged, and what it was refused.

The index on (actor, moment) finds a system's events; what is decoded is only theirs.
"""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from auditoria import bitacora
from ece.nucleo.acceso import Prueba
from ece.nucleo.roles import Permiso


@dataclass(frozen=True, slots=True)
class Renglon:
    """So many decisions of one day with one result, ground and purpose; `pacientes`, over how many
    openings of a record they went."""

    dia: date
    permitido: bool
    fundamento: str
    proposito: str
    decisiones: int
    pacientes: int


def de_sistema(
    prueba: Prueba, *, sistema: UUID, convenio: UUID, desde: datetime, hasta: datetime, zona: str
) -> list[Renglon]:
    """What was decided about the requests of a system under an agreement, by day, newest first.

    For who reads agreements, and for the system itself.
    """
    if prueba.actor.id != sistema:
        prueba.exigir(Permiso.CONVENIO_LEER)
    filas = bitacora.consultar(
        "SELECT dia, permitido, fundamento, proposito, count(*), sum(cuantos) FROM ("
        "  SELECT (momento AT TIME ZONE %s)::date AS dia, resultado = 'permitido' AS permitido, "
        "    c ->> 'fundamento' AS fundamento, "
        "    COALESCE(c #>> '{detalle,declarado,proposito}', '') AS proposito, "
        "    cardinality(pacientes) AS cuantos "
        "  FROM auditoria_evento, LATERAL (SELECT convert_from(contenido, 'UTF8')::jsonb AS c) x "
        "  WHERE actor = %s AND momento >= %s AND momento < %s "
        "    AND tipo IN ('acceso.decidido', 'alcance.decidido') "
        "    AND c #>> '{detalle,convenio}' = %s"
        ") e GROUP BY 1, 2, 3, 4 ORDER BY 1 DESC, 2, 5 DESC",
        [zona, sistema, desde, hasta, str(convenio)],
    )
    return [
        Renglon(dia, permitido, fundamento, proposito, int(cuantas), int(pacientes or 0))
        for dia, permitido, fundamento, proposito, cuantas, pacientes in filas
    ]
