"""The annotations that stand beside a disputed datum."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from ece import fhir
from ece.nucleo import fichas
from ece.nucleo.acceso import Acceso
from ece.nucleo.roles import Permiso
from registros.selectors import recursos
from registros.selectors.recursos import Consulta, Orden

LIMITE = 200


@dataclass(frozen=True, slots=True)
class Rectificacion:
    """What the person asked about a datum, and what was resolved."""

    fecha: datetime
    pedido: str
    resuelto: str


def sobre(acceso: Acceso, *, tipo: str, id: UUID) -> list[Rectificacion]:
    """Those about one record of the patient, newest first."""
    acceso.exigir(Permiso.EXPEDIENTE_LEER)
    ficha = fichas.ficha("Communication.category", "urn:ece:comunicacion|rectificacion")
    consulta = Consulta("Communication", fichas=((ficha,),), orden=Orden.FECHA_DESC, limite=LIMITE)
    filas = recursos.buscar(acceso, consulta)
    halladas = []
    for fila, json in recursos.abrir_todos({acceso.paciente: acceso}, filas):
        recurso = fhir.json.leer(json)
        if any(r.get("reference") == f"{tipo}/{id}" for r in recurso.get("about", ())):
            halladas.append(
                Rectificacion(
                    fila.fecha,
                    recurso["payload"][0]["contentString"],
                    recurso["note"][0]["text"],
                )
            )
    return halladas
