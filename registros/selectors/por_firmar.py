"""What waits for a signature, or for a stamp on one, across patients."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from auditoria import bitacora
from ece.identidad.confianza import Nivel
from ece.identidad.delegaciones_de_firma import Delegada
from ece.nucleo.acceso import Acceso, Alcance
from ece.nucleo.roles import Permiso
from registros.models import Firma, Informe, NotaClinica, Receta, Tarea
from registros.models.base import Recurso, RegistroClinico
from registros.models.tarea import FIRMA
from registros.selectors import delegaciones_de_firma, descripciones
from registros.selectors.delegaciones_de_firma import Poderes

LIMITE = 200
ESTADOS: dict[type[RegistroClinico], tuple[str, ...]] = {
    NotaClinica: ("final", "amended"),
    Receta: ("active", "on-hold", "completed"),
    Informe: ("final", "corrected", "amended"),
}
"""What is signed afterwards, and in which states it is finished and stands."""


@dataclass(frozen=True, slots=True)
class EnEspera:
    """A finished document, the task to sign it, at which level, and in whose name if another's."""

    documento: RegistroClinico
    tarea: Tarea
    nivel: Nivel
    delegada: Delegada | None


@dataclass(frozen=True, slots=True)
class PorFirmar:
    """A line of the list: `clase` is what it is, when its title does not tell; `por`, in whose name
    it would be signed, when its author delegated it."""

    paciente: UUID
    documento: UUID
    titulo: str
    fecha: datetime
    autor: str
    nivel: Nivel
    clase: str = ""
    por: str = ""


def pacientes(alcance: Alcance, *, ahora: datetime) -> frozenset[UUID]:
    """Whose documents wait for the signature of the actor of `alcance`, or of who delegated it."""
    alcance.exigir(Permiso.DOCUMENTO_FIRMAR)
    poderes = delegaciones_de_firma.de(alcance.actor, ahora=ahora)
    filas = Tarea.objects.en(alcance).filter(poderes.tareas)
    return frozenset(fila.paciente for fila in filas.order_by("fecha")[:LIMITE])


def documentos(accesos: Mapping[UUID, Acceso], *, ahora: datetime) -> list[PorFirmar]:
    """The documents themselves, oldest first."""
    actor = next((acceso.actor for acceso in accesos.values()), None)
    if actor is None:
        return []
    poderes = delegaciones_de_firma.de(actor, ahora=ahora)
    hallados = [
        _por_firmar(uno)
        for acceso in accesos.values()
        for uno in en_espera(acceso, poderes).values()
    ]
    return sorted(hallados, key=lambda uno: (uno.fecha, uno.documento))[:LIMITE]


def espera(acceso: Acceso, *, documento: UUID, ahora: datetime) -> str:
    """At which level `documento` waits for the signature of the actor; empty, if it does not."""
    if Permiso.DOCUMENTO_FIRMAR not in acceso.permisos:
        return ""
    poderes = delegaciones_de_firma.de(acceso.actor, ahora=ahora)
    uno = en_espera(acceso, poderes).get(documento)
    return uno.nivel if uno else ""


def en_espera(acceso: Acceso, poderes: Poderes) -> dict[UUID, EnEspera]:
    """What waits for who holds `poderes` in the record: theirs, and what was delegated to them."""
    acceso.exigir(Permiso.DOCUMENTO_FIRMAR)
    pendientes = Tarea.objects.de(acceso).filter(poderes.tareas)
    tareas = {tarea.documento: tarea for tarea in pendientes if tarea.documento}
    suyas = Firma.objects.de(acceso).filter(objeto__in=tareas, autor=acceso.actor.id)
    firmadas = {(una.objeto, una.declaracion["documento"]["version"], una.nivel) for una in suyas}
    hallados = {}
    for clase, estados in ESTADOS.items():
        for documento in clase.objects.de(acceso).filter(pk__in=tareas, estado__in=estados):
            tarea = tareas[documento.id]
            nivel = Nivel.AVANZADA if FIRMA in tarea.claves else Nivel.INSTITUCIONAL
            delegada = poderes.pesar(documento, tarea)
            if isinstance(delegada, Delegada | None) and (
                (documento.id, documento.version, nivel) not in firmadas
            ):
                hallados[documento.id] = EnEspera(documento, tarea, nivel, delegada)
    return hallados


def _por_firmar(uno: EnEspera) -> PorFirmar:
    fila = uno.documento
    titulo = descripciones.describir(fila.recurso).titulo
    autor: Recurso = next(iter(fila.recurso.get("author", ())), {})
    return PorFirmar(
        fila.paciente,
        fila.id,
        titulo,
        fila.fecha,
        autor.get("display", ""),
        uno.nivel,
        "" if fila.tipo_fhir == "Composition" else descripciones.CLASES[fila.tipo_fhir],
        uno.delegada.de if uno.delegada else "",
    )


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
