"""The list of problems and the story of each."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.utils import timezone

from ece import fhir
from ece.nucleo.acceso import Acceso
from ece.nucleo.roles import Permiso
from registros.catalogos.problemas import CURSO, CURSOS, ESTADOS, VIVOS
from registros.models import Diagnostico
from registros.models.base import ANULADO, Recurso
from registros.selectors import expediente, versiones


@dataclass(frozen=True, slots=True)
class Problema:
    """A problem as it stands; `notas` are the ids of the notes that found it."""

    id: UUID
    version: int
    nombre: str
    clave: str
    estado: str
    curso: str
    inicio: date | None
    fin: date | None
    registrado: datetime
    quien: str
    notas: list[UUID]
    enlistado: bool

    @property
    def vivo(self) -> bool:
        return self.estado in VIVOS

    @property
    def en_palabras(self) -> str:
        return ESTADOS.get(self.estado, "")


@dataclass(frozen=True, slots=True)
class Cambio:
    """A version of a problem: its state, and the reason that was given for it."""

    version: int
    momento: datetime
    estado: str
    motivo: str
    quien: str


def lista(acceso: Acceso) -> tuple[list[Problema], list[Problema]]:
    """(living problems, ended ones), newest first; the same code twice is its newest."""
    acceso.exigir(Permiso.EXPEDIENTE_LEER)
    vistos: dict[str, Problema] = {}
    for entrada in expediente.ultimas(acceso, "Condition", 200):
        problema = _problema(entrada.id, entrada.version, entrada.fecha, entrada.recurso)
        clave = problema.clave or problema.nombre
        if clave not in vistos or (problema.enlistado and not vistos[clave].enlistado):
            vistos[clave] = problema
    todos = list(vistos.values())
    return [p for p in todos if p.vivo], [p for p in todos if not p.vivo]


def problema(acceso: Acceso, *, problema_id: UUID) -> tuple[Problema, list[Cambio]] | None:
    """A problem and its changes, newest first; None when it is not this patient's."""
    acceso.exigir(Permiso.EXPEDIENTE_LEER)
    fila = Diagnostico.objects.uno(acceso, problema_id)
    if fila is None or fila.estado == ANULADO:
        return None
    cambios = [
        _cambio(sellado.version, sellado.actualizado_at, fhir.json.leer(json))
        for sellado, json in versiones.historia(acceso, tipo="Condition", id=problema_id)
    ]
    return _problema(fila.id, fila.version, fila.fecha, fila.recurso), cambios


def _problema(id_: UUID, version: int, fecha: datetime, recurso: Recurso) -> Problema:
    detalles = [d for e in recurso.get("evidence", ()) for d in e.get("detail", ())]
    referencias = [str(d.get("reference", "")).partition("/") for d in detalles]
    curso = next(
        (e.get("valueCode") for e in recurso.get("extension", ()) if e["url"] == CURSO), ""
    )
    return Problema(
        id=id_,
        version=version,
        nombre=fhir.texto(recurso.get("code", {})),
        clave=_clave(recurso),
        estado=_estado(recurso),
        curso=CURSOS.get(curso or "", ""),
        inicio=_dia(recurso.get("onsetDateTime", "")),
        fin=_dia(recurso.get("abatementDateTime", "")),
        registrado=fecha,
        quien=recurso.get("recorder", {}).get("display", ""),
        notas=[UUID(id_) for tipo, _, id_ in referencias if tipo == "Composition"],
        enlistado="problem-list-item" in expediente.categorias(recurso),
    )


def _clave(recurso: Recurso) -> str:
    codigos = recurso.get("code", {}).get("coding", ())
    return str(next((c["code"] for c in codigos if c.get("code")), ""))


def _estado(recurso: Recurso) -> str:
    codigos = recurso.get("clinicalStatus", {}).get("coding", ())
    estado = str(next((c["code"] for c in codigos if c.get("code")), "active"))
    return "recurrence" if estado == "relapse" else estado


def _cambio(version: int, momento: datetime, recurso: Recurso) -> Cambio:
    nota: Recurso = next(iter(reversed(recurso.get("note", []))), {}) if version > 1 else {}
    quien = nota.get("authorReference") or recurso.get("recorder", {})
    return Cambio(
        version=version,
        momento=momento,
        estado=ESTADOS.get(_estado(recurso), ""),
        motivo=nota.get("text", ""),
        quien=quien.get("display", ""),
    )


def _dia(escrito: str) -> date | None:
    """The day of a FHIR dateTime; of a year or a month alone, its first."""
    if not escrito:
        return None
    try:
        if len(escrito) > 10:
            return timezone.localtime(datetime.fromisoformat(escrito)).date()
        return date.fromisoformat(f"{escrito}-01-01"[:10])
    except ValueError:
        return None
