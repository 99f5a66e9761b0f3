"""What waits for a signature, or for a stamp on one, across patients."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from auditoria import bitacora
from ece.nucleo.acceso import Acceso, Alcance
from ece.nucleo.roles import Permiso
from registros.models import NotaClinica, Tarea
from registros.models.base import Recurso
from registros.models.tarea import FIRMA, PENDIENTES, ficha_de

LIMITE = 200


@dataclass(frozen=True, slots=True)
class PorFirmar:
    """A finished note that its author, or who countersigned it, has yet to sign."""

    paciente: UUID
    nota: UUID
    titulo: str
    fecha: datetime
    autor: str


def pacientes(alcance: Alcance) -> frozenset[UUID]:
    """Whose notes wait for the signature of the actor of `alcance`."""
    alcance.exigir(Permiso.NOTA_FINALIZAR)
    filas = Tarea.objects.en(alcance).filter(
        responsable=alcance.actor.id,
        estado__in=PENDIENTES,
        fichas__contains=[ficha_de(FIRMA)],
    )
    return frozenset(fila.paciente for fila in filas.order_by("fecha")[:LIMITE])


def notas(accesos: Mapping[UUID, Acceso]) -> list[PorFirmar]:
    """The notes themselves, oldest first."""
    halladas = []
    for acceso in accesos.values():
        acceso.exigir(Permiso.EXPEDIENTE_LEER)
        tareas = Tarea.objects.de(acceso).filter(
            responsable=acceso.actor.id,
            estado__in=PENDIENTES,
            fichas__contains=[ficha_de(FIRMA)],
        )
        ids = [tarea.nota for tarea in tareas if tarea.nota]
        for nota in NotaClinica.objects.de(acceso).filter(pk__in=ids):
            autor: Recurso = next(iter(nota.recurso.get("author", ())), {})
            halladas.append(
                PorFirmar(nota.paciente, nota.id, nota.titulo, nota.fecha, autor.get("display", ""))
            )
    return sorted(halladas, key=lambda una: (una.fecha, una.nota))[:LIMITE]


def con_firmas(lote: int) -> Iterator[list[UUID]]:
    """Ids of the patients in whose record somebody signed, in order, so many at a time."""
    ultimo = UUID(int=0)
    while filas := bitacora.consultar(
        "SELECT DISTINCT paciente FROM registros_firma "
        "WHERE papel <> '' AND paciente > %s ORDER BY paciente LIMIT %s",
        [ultimo, lote],
    ):
        yield [fila[0] for fila in filas]
        ultimo = filas[-1][0]
