"""What a record said at an instant: of each of its resources, the version in force then.

For whoever answers for what somebody saw. With each version goes what its event has the digest of.
"""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from auditoria import bitacora
from ece.nucleo.acceso import Acceso
from ece.nucleo.roles import Permiso
from registros.models import CLASES, OtroRegistro, Paciente, RegistroClinico
from registros.selectors import recursos
from registros.selectors.recursos import Sellado


@dataclass(frozen=True, slots=True)
class DeEntonces:
    """A version in force at an instant: open, as it is stored, and the event that wrote it."""

    tipo: str
    id: UUID
    version: int
    acto: UUID
    json: bytes = field(repr=False)
    guardado: bytes = field(repr=False)


def vigentes(
    acceso: Acceso, *, momento: datetime, nombrados: Collection[UUID] | None = None
) -> list[DeEntonces]:
    """The versions in force at `momento` of the record of `acceso`, or of those `nombrados`."""
    acceso.exigir(Permiso.SANCION_INTEGRAR)
    partes: list[str] = []
    valores: list[Any] = []
    clases: list[type[RegistroClinico]] = [*CLASES.values(), OtroRegistro]
    for clase in clases:
        tipo = "r.tipo" if clase is OtroRegistro else f"'{clase.TIPO}'::varchar"
        resumen = "r.resumen" if clase is Paciente else "''::bytea"
        partes.append(
            f"SELECT {tipo}, r.id, r.version, r.estado, r.fecha, r.actualizado_at, r.contenido, "
            f"{resumen}, r.acto FROM {clase._meta.db_table} r "
            "WHERE r.paciente = %s AND r.actualizado_at <= %s"
        )
        valores += [acceso.paciente, momento]
        if nombrados is not None:
            partes[-1] += " AND r.id = ANY(%s::uuid[])"
            valores.append(bitacora.arreglo(nombrados))
    partes.append(
        "SELECT DISTINCT ON (r.registro) r.tipo, r.registro, r.version, r.estado, r.creado_at, "
        "r.actualizado_at, r.contenido, r.resumen, r.acto FROM registros_historia r "
        "WHERE r.paciente = %s AND r.actualizado_at <= %s"
    )
    valores += [acceso.paciente, momento]
    if nombrados is not None:
        partes[-1] += " AND r.registro = ANY(%s::uuid[])"
        valores.append(bitacora.arreglo(nombrados))
    partes[-1] += " ORDER BY r.registro, r.version DESC"
    filas = bitacora.consultar(" UNION ALL ".join(f"({p})" for p in partes), valores)
    ultimas: dict[tuple[str, UUID], Any] = {}
    for fila in sorted(filas, key=lambda fila: fila[2]):
        ultimas[fila[0], fila[1]] = fila
    elegidas = list(ultimas.values())
    abiertas = recursos.abrir_todos(
        {acceso.paciente: acceso}, [_sellado(acceso.paciente, fila) for fila in elegidas]
    )
    return [
        DeEntonces(fila[0], fila[1], fila[2], fila[8], json, fila[6] + fila[7])
        for fila, (_, json) in zip(elegidas, abiertas, strict=True)
    ]


def _sellado(paciente: UUID, fila: Any) -> Sellado:
    tipo, id_, version, estado, fecha, actualizado, contenido, *_ = fila
    return Sellado(tipo, id_, paciente, version, estado, fecha, actualizado, contenido)
