"""When each record was last used to care for somebody: what its conservation counts from."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from auditoria import bitacora
from registros.models import CLASES

ACTOS = ("Encounter", "Composition", "Observation", "MedicationRequest", "DiagnosticReport")
"""What attending somebody leaves (NOM-004 5.4: «el último acto médico»)."""


def ultimos_actos(pacientes: Iterable[UUID]) -> dict[UUID, datetime]:
    """patient -> instant of the last medical act, of those who have any; no key is opened."""
    partes = " UNION ALL ".join(
        f"SELECT paciente, fecha FROM {CLASES[tipo]._meta.db_table} "
        "WHERE paciente = ANY(%s::uuid[])"
        for tipo in ACTOS
    )
    quienes = bitacora.arreglo(set(pacientes))
    filas = bitacora.consultar(
        f"SELECT paciente, max(fecha) FROM ({partes}) a GROUP BY paciente", [quienes] * len(ACTOS)
    )
    return dict(filas)
