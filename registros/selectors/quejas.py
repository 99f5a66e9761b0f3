"""Complaints about the use of a record: a patient's own, and the privacy officer's queue."""

from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from ece import fhir
from ece.nucleo import fichas
from ece.nucleo.acceso import Acceso, Alcance, PermisoInsuficiente
from ece.nucleo.roles import Permiso
from registros.catalogos.quejas import CATEGORIA, SISTEMA_EVENTO
from registros.models.base import Recurso
from registros.selectors import recursos
from registros.selectors.recursos import Consulta, Orden

EN_COLA = 200


@dataclass(frozen=True, slots=True)
class Queja:
    """What somebody asked (about `evento`, when it was about an access), and what was answered."""

    id: UUID
    version: int
    fecha: datetime
    texto: str
    quien: str
    evento: UUID | None
    respuesta: str
    respondio: str
    respondida_at: datetime | None


@dataclass(frozen=True, slots=True)
class EnCola:
    """A complaint that waits: whose and since when, and nothing of what it says."""

    id: UUID
    paciente: UUID
    fecha: datetime


def de_paciente(acceso: Acceso) -> list[Queja]:
    """The patient's complaints, newest first."""
    _exigir(acceso)
    hallados = recursos.buscar(acceso, _consulta())
    abiertos = recursos.abrir_todos({acceso.paciente: acceso}, hallados)
    return [
        _queja(fila.id, fila.version, fila.fecha, fhir.json.leer(json)) for fila, json in abiertos
    ]


def queja(acceso: Acceso, *, queja_id: UUID) -> Queja | None:
    """One complaint of the patient, or None."""
    return next((una for una in de_paciente(acceso) if una.id == queja_id), None)


def en_cola(alcance: Alcance) -> list[EnCola]:
    """Complaints without an answer, the oldest first."""
    alcance.exigir(Permiso.REVISION_ATENDER)
    abiertas = (fichas.ficha("Communication.status", "in-progress"),)
    consulta = replace(_consulta(), orden=Orden.FECHA_ASC)
    consulta = replace(consulta, fichas=(*consulta.fichas, abiertas))
    return [
        EnCola(fila.id, fila.paciente, fila.fecha) for fila in recursos.buscar(alcance, consulta)
    ]


def _consulta() -> Consulta:
    codigo = f"{CATEGORIA['system']}|{CATEGORIA['code']}"
    ficha = fichas.ficha("Communication.category", codigo)
    return Consulta("Communication", fichas=((ficha,),), orden=Orden.FECHA_DESC, limite=EN_COLA)


def _exigir(acceso: Acceso) -> None:
    if not {Permiso.QUEJA_PRESENTAR, Permiso.REVISION_ATENDER} & acceso.permisos:
        raise PermisoInsuficiente(Permiso.QUEJA_PRESENTAR)


def _queja(id_: UUID, version: int, fecha: datetime, recurso: Recurso) -> Queja:
    sobre: Recurso = next(iter(recurso.get("about", ())), {})
    asunto: Recurso = sobre.get("identifier", {})
    nota: Recurso = next(iter(recurso.get("note", ())), {})
    return Queja(
        id=id_,
        version=version,
        fecha=fecha,
        texto="\n".join(p.get("contentString", "") for p in recurso.get("payload", ())),
        quien=recurso.get("sender", {}).get("display", ""),
        evento=UUID(asunto["value"]) if asunto.get("system") == SISTEMA_EVENTO else None,
        respuesta=nota.get("text", ""),
        respondio=nota.get("authorReference", {}).get("display", ""),
        respondida_at=datetime.fromisoformat(nota["time"]) if "time" in nota else None,
    )
