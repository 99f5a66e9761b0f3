"""The chart: the header, the one-screen summary, the timeline."""

import base64
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from ece import fhir
from ece.nucleo.acceso import Acceso
from ece.nucleo.roles import Permiso
from registros.models import Encuentro, Paciente
from registros.models.base import ANULADO, Recurso
from registros.models.paciente import ResumenDeIdentidad as ResumenDeIdentidad
from registros.selectors import descripciones, recursos
from registros.selectors.recursos import Orden, Sellado

_INACTIVOS = frozenset({"inactive", "resolved", "remission", "refuted"})


@dataclass(frozen=True, slots=True)
class Entrada:
    """A record as a line of a list."""

    tipo: str
    clase: str
    id: UUID
    fecha: datetime
    titulo: str
    detalle: str
    estado: str
    version: int
    recurso: Recurso = field(repr=False)

    @property
    def anulada(self) -> bool:
        return self.estado == ANULADO


@dataclass(frozen=True, slots=True)
class Pagina:
    """A page of the timeline; `siguiente` is the opaque cursor of the next one, or empty."""

    entradas: list[Entrada]
    siguiente: str = ""


@dataclass(frozen=True, slots=True)
class Resumen:
    """What a physician needs at a glance."""

    identidad: ResumenDeIdentidad
    paciente: Recurso = field(repr=False)
    version: int
    alergias: list[Entrada]
    problemas: list[Entrada]
    medicamentos: list[Entrada]
    signos: list[Entrada]
    encuentros_abiertos: list[Entrada]
    notas: list[Entrada]
    resultados: list[Entrada]


class CursorInvalido(Exception):
    """The cursor is not one of ours."""


def identidad(acceso: Acceso) -> tuple[ResumenDeIdentidad, Recurso, int]:
    """Who the patient is: summary, whole resource, version."""
    acceso.exigir(Permiso.PACIENTE_LEER)
    paciente = Paciente.objects.de(acceso).get()
    assert isinstance(paciente, Paciente)
    return paciente.identidad, paciente.recurso, paciente.version


def resumen(acceso: Acceso) -> Resumen:
    """The one-screen summary, whatever the size of the record: a constant number of queries."""
    acceso.exigir(Permiso.EXPEDIENTE_LEER)
    quien, recurso, version = identidad(acceso)
    problemas = [e for e in ultimas(acceso, "Condition", 60) if _activo(e.recurso)]
    medicamentos = ultimas(acceso, "MedicationRequest", 30)
    return Resumen(
        identidad=quien,
        paciente=recurso,
        version=version,
        alergias=[e for e in ultimas(acceso, "AllergyIntolerance", 50) if _activo(e.recurso)],
        problemas=_sin_repetir(problemas)[:12],
        medicamentos=[e for e in medicamentos if e.estado in ("active", "on-hold")][:12],
        signos=_ultimos_signos(acceso),
        encuentros_abiertos=encuentros_abiertos(acceso),
        notas=ultimas(acceso, "Composition", 6),
        resultados=ultimas(acceso, "DiagnosticReport", 6),
    )


def alergias(acceso: Acceso) -> list[Entrada]:
    """Active allergies, for the header of every page of the chart."""
    acceso.exigir(Permiso.PACIENTE_LEER)
    return [e for e in ultimas(acceso, "AllergyIntolerance", 50) if _activo(e.recurso)]


def encuentros_abiertos(acceso: Acceso) -> list[Entrada]:
    """Visits under way, newest first."""
    acceso.exigir(Permiso.EXPEDIENTE_LEER)
    filas = Encuentro.objects.de(acceso).con_estado("arrived", "triaged", "in-progress", "onleave")
    return [
        entrada(fila.tipo_fhir, fila.id, fila.fecha, fila.estado, fila.version, fila.recurso)
        for fila in filas.order_by("-fecha", "-id")
    ]


def linea_de_tiempo(
    acceso: Acceso, *, tipos: Iterable[str] | None = None, cursor: str = "", limite: int = 30
) -> Pagina:
    """The record, newest first, a page at a time; `tipos` are R4 types (None: all).

    Raises `CursorInvalido`.
    """
    acceso.exigir(Permiso.EXPEDIENTE_LEER)
    filas = recursos.compartimento(
        acceso,
        tipos=tipos,
        orden=Orden.FECHA_DESC,
        despues=_leer_cursor(cursor),
        limite=limite + 1,
    )
    visibles = filas[:limite]
    siguiente = _cursor(visibles[-1]) if len(filas) > limite else ""
    return Pagina([_abierta(acceso, fila) for fila in visibles], siguiente)


def registro(acceso: Acceso, *, tipo: str, id: UUID) -> Entrada | None:
    """One record of the patient, whatever its type, or None."""
    acceso.exigir(Permiso.EXPEDIENTE_LEER)
    fila = recursos.sellado(tipo, id)
    if fila is None or fila.paciente != acceso.paciente:
        return None
    return _abierta(acceso, fila)


def tipos_presentes(acceso: Acceso) -> list[tuple[str, str]]:
    """(R4 type, its name for people) of every kind of record the patient has."""
    acceso.exigir(Permiso.EXPEDIENTE_LEER)
    presentes = recursos.tipos_de(acceso)
    nombrados = ((tipo, descripciones.CLASES.get(tipo, tipo)) for tipo in presentes)
    return sorted(nombrados, key=lambda par: par[1])


def entrada(
    tipo: str, id: UUID, fecha: datetime, estado: str, version: int, recurso: Recurso
) -> Entrada:
    descripcion = descripciones.describir(recurso)
    return Entrada(
        tipo=tipo,
        clase=descripciones.CLASES.get(tipo, tipo),
        id=id,
        fecha=fecha,
        titulo=descripcion.titulo,
        detalle=descripcion.detalle,
        estado=estado,
        version=version,
        recurso=recurso,
    )


def _abierta(acceso: Acceso, fila: Sellado) -> Entrada:
    recurso = fhir.json.leer(recursos.abrir(acceso, fila))
    return entrada(fila.tipo, fila.id, fila.fecha, fila.estado, fila.version, recurso)


def ultimas(acceso: Acceso, tipo: str, limite: int) -> list[Entrada]:
    """The newest records of a type, those entered in error left out."""
    acceso.exigir(Permiso.PACIENTE_LEER)
    filas = recursos.compartimento(acceso, tipos=[tipo], orden=Orden.FECHA_DESC, limite=limite)
    return [e for e in (_abierta(acceso, fila) for fila in filas) if not e.anulada]


def _ultimos_signos(acceso: Acceso) -> list[Entrada]:
    """The latest of each vital sign, among the most recent measurements."""
    medidos = [
        e for e in ultimas(acceso, "Observation", 60) if "vital-signs" in categorias(e.recurso)
    ]
    return _sin_repetir(medidos)


def categorias(recurso: Recurso) -> set[str]:
    return {
        codigo.get("code", "")
        for categoria in recurso.get("category", ())
        for codigo in categoria.get("coding", ())
    }


def _sin_repetir(entradas: Iterable[Entrada]) -> list[Entrada]:
    """The first (newest) of each title."""
    vistas: dict[str, Entrada] = {}
    for una in entradas:
        vistas.setdefault(una.titulo, una)
    return list(vistas.values())


def _activo(recurso: Recurso) -> bool:
    codigos = {
        codigo.get("code")
        for clave in ("clinicalStatus", "verificationStatus")
        for codigo in recurso.get(clave, {}).get("coding", ())
    }
    return not codigos & _INACTIVOS


def _cursor(fila: Sellado) -> str:
    crudo = f"{fila.fecha.isoformat()}|{fila.id}"
    return base64.urlsafe_b64encode(crudo.encode()).decode().rstrip("=")


def _leer_cursor(cursor: str) -> tuple[Any, UUID] | None:
    if not cursor:
        return None
    try:
        crudo = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode()
        fecha, id_ = crudo.split("|")
        return datetime.fromisoformat(fecha), UUID(id_)
    except ValueError as error:
        raise CursorInvalido(cursor) from error
