"""The versions of one record, each with the reserve that its own words ask for."""

from collections.abc import Iterable, Mapping
from uuid import UUID

from ece import fhir
from ece.nucleo.acceso import Acceso
from ece.nucleo.fichas import ficha_de_etiqueta
from registros.catalogos.sensibles import Categoria, etiquetar
from registros.models import nacimiento
from registros.models.base import Recurso, referido
from registros.selectors import recursos
from registros.selectors.recursos import Sellado


def historia(acceso: Acceso, *, tipo: str, id: UUID) -> list[tuple[Sellado, bytes]]:
    """(version, its JSON bytes) of a record of the patient, newest first; none if it is withheld.

    What a record no longer says was as sensitive when it said it: a superseded version is seen by
    whoever may see both the current one and what that one said.
    """
    versiones = recursos.historia_sellada(tipo, id)
    if not versiones or not recursos.visible(acceso, versiones[0]):
        return []
    abiertas = recursos.abrir_todos({acceso.paciente: acceso}, versiones)
    if not acceso.reserva:
        return abiertas
    actual, *anteriores = abiertas
    return [actual, *((s, json) for s, json in anteriores if _visible(acceso, s, json))]


def abiertas(
    accesos: Mapping[UUID, Acceso], pares: Iterable[tuple[Sellado, bool]]
) -> list[tuple[Sellado, bytes]]:
    """(version, its JSON bytes) of records of those patients; each pair says whether it is current.

    As in `historia`, a superseded one is seen by whoever may see what it said too.
    """
    vigentes, visibles = set[tuple[UUID, int]](), list[Sellado]()
    for sellado, vigente in pares:
        acceso = accesos.get(sellado.paciente)
        if acceso is None or not recursos.visible(acceso, sellado):
            continue
        visibles.append(sellado)
        if vigente:
            vigentes.add((sellado.id, sellado.version))
    return [
        (s, json)
        for s, json in recursos.abrir_todos(accesos, visibles)
        if (s.id, s.version) in vigentes
        or not accesos[s.paciente].reserva
        or _visible(accesos[s.paciente], s, json)
    ]


def version(acceso: Acceso, *, tipo: str, id: UUID, numero: int) -> tuple[Sellado, bytes] | None:
    """One version, as `historia` has it."""
    versiones = historia(acceso, tipo=tipo, id=id)
    return next((v for v in versiones if v[0].version == numero), None)


def _visible(acceso: Acceso, sellado: Sellado, json: bytes) -> bool:
    recurso: Recurso = fhir.json.leer(json)
    propia = sellado._replace(
        encuentro=referido(recurso.get("encounter"), "Encounter"),
        fecha=fhir.fecha_clinica(recurso) or sellado.fecha,
        # Who wrote it is not kept with it: nothing is opened because of its author.
        autor=None,
        etiquetas=[ficha_de_etiqueta(sellado.paciente, c) for c in _categorias(acceso, recurso)],
    )
    return recursos.visible(acceso, propia)


def _categorias(acceso: Acceso, recurso: Recurso) -> frozenset[Categoria]:
    return etiquetar(recurso, edad=nacimiento.edad_al_escribir(acceso, recurso))
