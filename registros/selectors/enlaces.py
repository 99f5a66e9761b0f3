"""The links that a patient shared, and whose a code is."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from auditoria import bitacora
from ece import fhir
from ece.nucleo import fichas
from ece.nucleo.acceso import Acceso
from ece.nucleo.roles import Permiso
from registros.catalogos.enlaces import CODIGO, SISTEMA_CODIGO, VENCE
from registros.selectors import recursos
from registros.selectors.recursos import Consulta, Orden


@dataclass(frozen=True, slots=True)
class Enlace:
    """A link; `vence` is when it ends or ended by itself, `revocado` if it was ended before."""

    id: UUID
    creado_at: datetime
    vence: datetime
    revocado: bool

    def vigente(self, ahora: datetime) -> bool:
        return not self.revocado and ahora < self.vence


@dataclass(frozen=True, slots=True)
class Compartido:
    """Whose record a code names, and who of theirs shared it."""

    id: UUID
    paciente: UUID
    autor: UUID


def lista(acceso: Acceso) -> list[Enlace]:
    """The patient's links, newest first."""
    acceso.exigir(Permiso.DELEGACION_OTORGAR)
    ficha = fichas.ficha("Basic.code", f"{CODIGO['system']}|{CODIGO['code']}")
    consulta = Consulta("Basic", fichas=((ficha,),), orden=Orden.ACTUALIZADO_DESC, limite=20)
    abiertos = recursos.abrir_todos({acceso.paciente: acceso}, recursos.buscar(acceso, consulta))
    enlaces = []
    for fila, json in abiertos:
        recurso = fhir.json.leer(json)
        (vence,) = (e["valueDateTime"] for e in recurso["extension"] if e["url"] == VENCE)
        fin = datetime.fromisoformat(vence)
        enlaces.append(Enlace(fila.id, fila.fecha, fin, not recurso.get("identifier")))
    return enlaces


def compartido(huella: str) -> Compartido | None:
    """What the code with this digest names (asked by the decision's door, never by a page)."""
    buscada = fichas.ficha("Basic.identifier", f"{SISTEMA_CODIGO}|{huella}")
    filas = bitacora.consultar(
        "SELECT id, paciente, autor FROM registros_otroregistro "
        "WHERE fichas @> %s::bigint[] AND tipo = 'Basic'",
        [bitacora.arreglo([buscada])],
    )
    return Compartido(*filas[0]) if len(filas) == 1 else None
