"""What waits for a signature, or for a stamp on one, across patients."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from auditoria import bitacora
from ece.nucleo.acceso import Acceso, Alcance
from ece.nucleo.roles import Permiso
from registros.models import Informe, NotaClinica, Receta, Tarea
from registros.models.base import Recurso, RegistroClinico
from registros.models.tarea import espera_firma_de
from registros.selectors import descripciones

LIMITE = 200


@dataclass(frozen=True, slots=True)
class PorFirmar:
    """A finished document that its author, or who countersigned it, has yet to sign.

    `clase` is what it is, when its title does not tell.
    """

    paciente: UUID
    documento: UUID
    titulo: str
    fecha: datetime
    autor: str
    clase: str = ""


def pacientes(alcance: Alcance) -> frozenset[UUID]:
    """Whose documents wait for the signature of the actor of `alcance`."""
    alcance.exigir(Permiso.DOCUMENTO_FIRMAR)
    filas = Tarea.objects.en(alcance).filter(espera_firma_de(alcance.actor.id))
    return frozenset(fila.paciente for fila in filas.order_by("fecha")[:LIMITE])


def documentos(accesos: Mapping[UUID, Acceso]) -> list[PorFirmar]:
    """The documents themselves, oldest first."""
    hallados = []
    for acceso in accesos.values():
        ids = _esperan(acceso)
        for clase in (NotaClinica, Receta, Informe):
            for fila in clase.objects.de(acceso).filter(pk__in=ids):
                hallados.append(_por_firmar(fila))
    return sorted(hallados, key=lambda uno: (uno.fecha, uno.documento))[:LIMITE]


def espera(acceso: Acceso, *, documento: UUID) -> bool:
    """Whether `documento` waits for the signature of the actor."""
    return Permiso.DOCUMENTO_FIRMAR in acceso.permisos and documento in _esperan(acceso)


def _esperan(acceso: Acceso) -> list[UUID]:
    acceso.exigir(Permiso.DOCUMENTO_FIRMAR)
    tareas = Tarea.objects.de(acceso).filter(espera_firma_de(acceso.actor.id))
    return [tarea.documento for tarea in tareas if tarea.documento]


def _por_firmar(fila: RegistroClinico) -> PorFirmar:
    titulo = descripciones.describir(fila.recurso).titulo
    autor: Recurso = next(iter(fila.recurso.get("author", ())), {})
    clase = "" if fila.tipo_fhir == "Composition" else descripciones.CLASES[fila.tipo_fhir]
    return PorFirmar(fila.paciente, fila.id, titulo, fila.fecha, autor.get("display", ""), clase)


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
