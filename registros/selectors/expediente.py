"""The chart: the header, the one-screen summary, the timeline.

`vinculados` are Accesos to other records of the same person, which are read together with it.
"""

import base64
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from ece import fhir
from ece.nucleo.acceso import Acceso
from ece.nucleo.roles import Permiso
from registros.models import Encuentro, Paciente
from registros.models.base import ANULADO, Recurso, referido
from registros.models.paciente import EXTENSION, extension
from registros.models.paciente import ResumenDeIdentidad as ResumenDeIdentidad
from registros.selectors import descripciones, recursos, tratamientos
from registros.selectors.recursos import Orden, Sellado, Ultimos

BINARIO = "Binary"
"""What photographs and documents are made of; in the timeline is whatever names them."""
_ABIERTOS = Ultimos("Encounter", 100, ("arrived", "triaged", "in-progress", "onleave"))
_ALERGIAS, _PROBLEMAS = Ultimos("AllergyIntolerance", 50), Ultimos("Condition", 60)
_DEL_RESUMEN = (
    *(_ABIERTOS, _ALERGIAS, _PROBLEMAS, Ultimos("Observation", 60)),
    # what is prescribed here, and what somebody says, or another institution, that is taken
    *(Ultimos("MedicationRequest", 30), Ultimos("MedicationStatement", 30)),
    *(Ultimos("Composition", 6), Ultimos("DiagnosticReport", 6)),
)
_EN_EL_RESUMEN = 12
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
    paciente: UUID | None = None

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


class PeriodoDemasiadoLargo(Exception):
    """The period has more records than can be given at once; `limite` says how many."""

    def __init__(self, limite: int) -> None:
        super().__init__(f"hay más de {limite} registros en el periodo")
        self.limite = limite


def identidad(acceso: Acceso) -> tuple[ResumenDeIdentidad, Recurso, int]:
    """Who the patient is: summary, whole resource, version."""
    acceso.exigir(Permiso.PACIENTE_LEER)
    paciente = Paciente.objects.de(acceso).get()
    assert isinstance(paciente, Paciente)
    return paciente.identidad, paciente.recurso, paciente.version


@dataclass(frozen=True, slots=True)
class Familiar:
    """A mother, or a child who was born here: whose record, and as what."""

    id: UUID
    nombre: str
    es_madre: bool


def familia(acceso: Acceso) -> list[Familiar]:
    """The mother and the children of the patient who have a record here."""
    acceso.exigir(Permiso.PACIENTE_LEER)
    recurso = Paciente.objects.de(acceso).get().recurso
    madre = extension(recurso, f"{EXTENSION}madre")
    familiares = [(referido(madre or None, "Patient"), madre, True)]
    for enlace in recurso.get("link", ()):
        hijo = extension(enlace, f"{EXTENSION}hijo")
        familiares.append((referido(hijo or None, "Patient"), enlace.get("other", {}), False))
    return [
        Familiar(id_, quien.get("display", ""), es_madre)
        for id_, quien, es_madre in familiares
        if id_ is not None
    ]


def resumen(acceso: Acceso, *, hoy: date, vinculados: Sequence[Acceso] = ()) -> Resumen:
    """The one-screen summary, whatever the size of the record: a constant number of queries.

    Medicines whose days have passed by `hoy` are left out.
    """
    acceso.exigir(Permiso.EXPEDIENTE_LEER)
    quien, recurso, version = identidad(acceso)
    todas = _reunidas([acceso, *vinculados], *_DEL_RESUMEN)

    def de(*tipos: str) -> list[Entrada]:
        return [e for e in todas if e.tipo in tipos]

    medicamentos = de("MedicationRequest", "MedicationStatement")
    return Resumen(
        identidad=quien,
        paciente=recurso,
        version=version,
        alergias=[e for e in de("AllergyIntolerance") if activo(e.recurso)],
        problemas=_sin_repetir(e for e in de("Condition") if activo(e.recurso))[:_EN_EL_RESUMEN],
        medicamentos=[e for e in medicamentos if tratamientos.vigente(e.recurso, e.fecha, hoy=hoy)][
            :_EN_EL_RESUMEN
        ],
        signos=_sin_repetir(e for e in de("Observation") if "vital-signs" in categorias(e.recurso)),
        encuentros_abiertos=[e for e in de("Encounter") if e.paciente == acceso.paciente],
        notas=de("Composition")[:6],
        resultados=de("DiagnosticReport")[:6],
    )


def alergias(acceso: Acceso, *, vinculados: Sequence[Acceso] = ()) -> list[Entrada]:
    """Active allergies, for the header of every page of the chart."""
    acceso.exigir(Permiso.PACIENTE_LEER)
    return [e for e in _reunidas([acceso, *vinculados], _ALERGIAS) if activo(e.recurso)]


def problemas_activos(acceso: Acceso, *, vinculados: Sequence[Acceso] = ()) -> list[Entrada]:
    """Active diagnoses among the latest, with what each resource says."""
    acceso.exigir(Permiso.EXPEDIENTE_LEER)
    return [e for e in _reunidas([acceso, *vinculados], _PROBLEMAS) if activo(e.recurso)]


def problemas(acceso: Acceso, *, vinculados: Sequence[Acceso] = ()) -> list[Entrada]:
    """Active diagnoses, the newest of each."""
    return _sin_repetir(problemas_activos(acceso, vinculados=vinculados))[:_EN_EL_RESUMEN]


def encuentros_abiertos(acceso: Acceso) -> list[Entrada]:
    """Visits under way, newest first."""
    acceso.exigir(Permiso.EXPEDIENTE_LEER)
    return _reunidas([acceso], _ABIERTOS)


def unidad_de(acceso: Acceso, *, encuentro: UUID) -> UUID | None:
    """The unit where a visit of the patient takes place."""
    acceso.exigir(Permiso.EXPEDIENTE_LEER)
    fila = Encuentro.objects.uno(acceso, encuentro)
    return fila.unidad if isinstance(fila, Encuentro) else None


def linea_de_tiempo(
    acceso: Acceso,
    *,
    tipos: Iterable[str] | None = None,
    cursor: str = "",
    limite: int = 30,
    vinculados: Sequence[Acceso] = (),
) -> Pagina:
    """The record, newest first, a page at a time; `tipos` are R4 types (None: all).

    Raises `CursorInvalido`.
    """
    acceso.exigir(Permiso.EXPEDIENTE_LEER)
    tipos = None if tipos is None else list(tipos)
    accesos = [acceso, *vinculados]
    filas = [
        fila
        for uno in accesos
        for fila in recursos.compartimento(
            uno,
            tipos=tipos,
            orden=Orden.FECHA_DESC,
            despues=_leer_cursor(cursor),
            limite=limite + 1,
            sin_binarios=True,
        )
    ]
    if vinculados:
        filas.sort(key=lambda fila: (fila.fecha, fila.id), reverse=True)
    visibles = filas[:limite]
    siguiente = _cursor(visibles[-1]) if len(filas) > limite else ""
    return Pagina(_abiertas(accesos, visibles), siguiente)


def del_periodo(
    acceso: Acceso, *, desde: datetime | None, hasta: datetime, limite: int
) -> list[Entrada]:
    """The record from `desde` (None: its beginning) up to before `hasta`, newest first, whole.

    Those entered in error are left out. Raises `PeriodoDemasiadoLargo`.
    """
    acceso.exigir(Permiso.EXPEDIENTE_LEER)
    filas = recursos.compartimento(
        acceso,
        orden=Orden.FECHA_DESC,
        despues=(hasta, UUID(int=0)),
        limite=limite + 1,
        sin_binarios=True,
    )
    dentro = [fila for fila in filas if desde is None or fila.fecha >= desde]
    if len(dentro) > limite:
        raise PeriodoDemasiadoLargo(limite)
    return [e for e in _abiertas([acceso], dentro) if not e.anulada]


def registro(
    acceso: Acceso, *, tipo: str, id: UUID, vinculados: Sequence[Acceso] = ()
) -> Entrada | None:
    """One record of the patient, whatever its type but the bytes of a document, or None."""
    acceso.exigir(Permiso.EXPEDIENTE_LEER)
    accesos = {uno.paciente: uno for uno in (acceso, *vinculados)}
    fila = recursos.sellado(tipo, id) if tipo != BINARIO else None
    if fila is None or fila.paciente not in accesos:
        return None
    suyo = accesos[fila.paciente]
    return _abiertas([suyo], [fila])[0] if recursos.visible(suyo, fila) else None


def tipos_presentes(acceso: Acceso, *, vinculados: Sequence[Acceso] = ()) -> list[tuple[str, str]]:
    """(R4 type, its name for people) of every kind of record the patient has."""
    acceso.exigir(Permiso.EXPEDIENTE_LEER)
    presentes = dict.fromkeys(t for uno in (acceso, *vinculados) for t in recursos.tipos_de(uno))
    nombrados = (
        (tipo, descripciones.CLASES.get(tipo, tipo)) for tipo in presentes if tipo != BINARIO
    )
    return sorted(nombrados, key=lambda par: par[1])


def entrada(
    tipo: str,
    id: UUID,
    fecha: datetime,
    estado: str,
    version: int,
    recurso: Recurso,
    *,
    paciente: UUID | None = None,
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
        paciente=paciente,
    )


def _abiertas(accesos: Iterable[Acceso], filas: Iterable[Sellado]) -> list[Entrada]:
    return [
        entrada(
            fila.tipo,
            fila.id,
            fila.fecha,
            fila.estado,
            fila.version,
            fhir.json.leer(json),
            paciente=fila.paciente,
        )
        for fila, json in recursos.abrir_todos({a.paciente: a for a in accesos}, filas)
    ]


def ultimas(acceso: Acceso, tipo: str, limite: int) -> list[Entrada]:
    """The newest records of a type, those entered in error left out."""
    acceso.exigir(Permiso.PACIENTE_LEER)
    return _reunidas([acceso], Ultimos(tipo, limite))


def _reunidas(accesos: Sequence[Acceso], *pedidos: Ultimos) -> list[Entrada]:
    """What `pedidos` ask for of each record, newest first, without what was entered in error."""
    filas = [fila for acceso in accesos for fila in recursos.ultimos(acceso, pedidos)]
    filas.sort(key=lambda fila: (fila.fecha, fila.id), reverse=True)
    return [e for e in _abiertas(accesos, filas) if not e.anulada]


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


def activo(recurso: Recurso) -> bool:
    """Whether a Condition or an AllergyIntolerance is still so: neither ended nor refuted."""
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
