"""Writing resources of any R4 type: the verbs of machines, and the base of every service."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from auditoria.actos import Acto, VersionEnConflicto, acto
from auditoria.tipos import TipoDeEvento
from ece import fhir
from ece.nucleo import fichas, llavero
from ece.nucleo.acceso import INSTITUCIONAL, Acceso, PermisoInsuficiente
from ece.nucleo.roles import Permiso
from ece.nucleo.uuid7 import uuid7
from registros.models import (
    IdentificadorUnico,
    Paciente,
    RecursoInvalido,
    RegistroClinico,
    clase_de,
)
from registros.models.base import Recurso
from registros.models.carta import tipo_de
from registros.models.firma import es_firma
from registros.models.paciente import SISTEMA_CURP, SISTEMA_EXPEDIENTE, identificador
from registros.services import requisitos
from registros.services.requisitos import FaltaConsentimiento

__all__ = [
    "CartaSinFirmar",
    "FaltaConsentimiento",
    "FirmaEnviada",
    "IdentificadorRepetido",
    "OtroPaciente",
    "RecursoInexistente",
    "RecursoInvalido",
    "VersionEnConflicto",
    "actualizar",
    "asentar",
    "crear",
    "escribir",
]


class OtroPaciente(Exception):
    """The resource speaks of a patient other than the one the access is for."""


class RecursoInexistente(Exception):
    """There is no such record of this patient."""


class CartaSinFirmar(Exception):
    """A letter of consent of ours is signed before who asks for it, never sent."""


class FirmaEnviada(Exception):
    """A signature of ours is made by signing, never sent; and none is written over."""


class IdentificadorRepetido(Exception):
    """The CURP or expediente number already belongs to another patient."""


ADMISION = "admision.nuevo"
"""The ground of whoever registers somebody new."""


@dataclass(frozen=True, slots=True)
class Escritura:
    """One resource to write: a new one (`version` None) or the successor of `version`."""

    acceso: Acceso
    recurso: Recurso = field(repr=False)
    id: UUID = field(default_factory=uuid7)
    version: int | None = None


@dataclass(frozen=True, slots=True)
class Escrita:
    """What was written."""

    tipo: str
    id: UUID
    paciente: UUID
    version: int
    actualizado_at: datetime
    json: bytes = field(repr=False)


def crear(
    acceso: Acceso,
    *,
    recurso: Recurso,
    ahora: datetime,
    id: UUID | None = None,
    tipo: TipoDeEvento = TipoDeEvento.RECURSO_CREADO,
) -> Escrita:
    """Keep a new resource. Raises `RecursoInvalido`, `OtroPaciente`, `IdentificadorRepetido`."""
    (escrita,) = escribir([Escritura(acceso, recurso, id or uuid7())], ahora=ahora, tipo=tipo)
    return escrita


def actualizar(
    acceso: Acceso,
    *,
    id: UUID,
    recurso: Recurso,
    version: int,
    ahora: datetime,
    tipo: TipoDeEvento = TipoDeEvento.RECURSO_ACTUALIZADO,
) -> Escrita:
    """Keep the successor of `version`. Also raises `RecursoInexistente`, `VersionEnConflicto`."""
    (escrita,) = escribir([Escritura(acceso, recurso, id, version)], ahora=ahora, tipo=tipo)
    return escrita


def escribir(
    escrituras: Sequence[Escritura],
    *,
    ahora: datetime,
    tipo: TipoDeEvento,
    antes: Callable[[], None] | None = None,
) -> list[Escrita]:
    """Write all or nothing, in one act, whatever the patients and types.

    `antes` runs inside its transaction, before anything is sealed, and may raise to stop it (a
    condition that others may be changing).
    """
    accesos = {e.acceso.paciente: e.acceso for e in escrituras}
    solo_sella = antes is None and not any(map(_toca_la_base, escrituras))
    with acto(*accesos.values(), tipo=tipo, ahora=ahora, de_una_vez=solo_sella) as el_acto:
        if antes is not None:
            antes()
        registros = asentar(el_acto, escrituras, ahora=ahora)
    return [Escrita(r.tipo_fhir, r.id, r.paciente, r.version, ahora, r.json) for r in registros]


def asentar(
    el_acto: Acto,
    escrituras: Sequence[Escritura],
    *,
    ahora: datetime,
    hechos: frozenset[str] = frozenset(),
) -> list[RegistroClinico]:
    """The same, in the same order, inside an act of the caller's, which writes something else too.

    `hechos` are types of what already happened when it is told: no letter would undo it.
    """
    for escritura in escrituras:
        _exigir(escritura)
    _preparar_llaves(escrituras)
    # Who somebody is comes first: their age says how some of the rest is labelled.
    turnos = sorted(enumerate(escrituras), key=lambda t: t[1].recurso["resourceType"] != "Patient")
    hechas = {turno: _registrar(el_acto, uno, ahora, hechos) for turno, uno in turnos}
    registros = [hechas[turno] for turno in range(len(escrituras))]
    apartar_identificadores([r for r in registros if isinstance(r, Paciente)])
    return registros


def _toca_la_base(escritura: Escritura) -> bool:
    """Whether sealing it reads what it succeeds, or writes keys and claims beside the record."""
    return (
        escritura.version is not None
        or bool(requisitos.exigidas(escritura.recurso))
        or escritura.recurso.get("resourceType") == "Patient"
        or escritura.acceso.paciente == INSTITUCIONAL
    )


def _exigir(escritura: Escritura) -> None:
    acceso, recurso = escritura.acceso, escritura.recurso
    nuevo = escritura.version is None
    if acceso.paciente == INSTITUCIONAL:
        acceso.exigir(Permiso.DIRECTORIO_ESCRIBIR)
    elif recurso.get("resourceType") == "Patient":
        acceso.exigir(Permiso.PACIENTE_REGISTRAR if nuevo else Permiso.PACIENTE_MODIFICAR)
        if escritura.id != acceso.paciente:
            raise OtroPaciente(str(escritura.id))
    else:
        acceso.exigir(Permiso.RECURSO_ESCRIBIR)
    if not acceso.reserva.escribe(str(recurso.get("resourceType")), nuevo=nuevo):
        raise PermisoInsuficiente(Permiso.RECURSO_ESCRIBIR)
    if recurso.get("resourceType") == "Patient":
        return
    referidos = fhir.pacientes_de(recurso)
    propio = f"Patient/{acceso.paciente}"
    if acceso.paciente != INSTITUCIONAL and propio not in referidos:
        raise OtroPaciente(", ".join(referidos) or "ninguno")


def _preparar_llaves(escrituras: Iterable[Escritura]) -> None:
    nuevos = [
        escritura.acceso
        for escritura in escrituras
        if escritura.version is None and escritura.recurso.get("resourceType") == "Patient"
    ]
    if nuevos:
        llavero.crear(*nuevos)
    for acceso in {e.acceso.paciente: e.acceso for e in escrituras}.values():
        if acceso.paciente == INSTITUCIONAL:
            llavero.asegurar(acceso)


def _registrar(
    el_acto: Acto, escritura: Escritura, ahora: datetime, hechos: frozenset[str]
) -> RegistroClinico:
    acceso, recurso = escritura.acceso, escritura.recurso
    clase = clase_de(recurso["resourceType"])
    if escritura.version is None:
        _exigir_cartas(escritura, None, ahora, hechos)
        registro = clase.nuevo(acceso, recurso, ahora=ahora, id=escritura.id)
        el_acto.insertar(registro)
        return registro
    anterior = clase.objects.uno(acceso, escritura.id)
    if anterior is None:
        raise RecursoInexistente(f"{clase.__name__} {escritura.id}")
    if anterior.version != escritura.version:
        raise VersionEnConflicto(f"la versión vigente es la {anterior.version}")
    _exigir_cartas(escritura, anterior.recurso, ahora, hechos)
    registro = anterior.siguiente(acceso, recurso, ahora=ahora)
    el_acto.reemplazar(registro)
    return registro


def _exigir_cartas(
    escritura: Escritura, anterior: Recurso | None, ahora: datetime, hechos: frozenset[str]
) -> None:
    """What a machine plans needs its letters too; and it signs none of them, nor anything else.

    A history that arrives with its person tells what already was.
    """
    if any(es_firma(r) for r in (escritura.recurso, anterior) if r):
        raise FirmaEnviada(str(escritura.id))
    if escritura.acceso.fundamento == ADMISION:
        return
    tipo = escritura.recurso["resourceType"]
    if tipo == "Consent" and any(tipo_de(r) for r in (escritura.recurso, anterior) if r):
        raise CartaSinFirmar(str(escritura.id))
    if tipo in requisitos.DE_MAQUINAS - hechos:
        requisitos.exigir(escritura.acceso, escritura.recurso, ahora=ahora, anterior=anterior)


def apartar_identificadores(pacientes: Iterable[Paciente]) -> None:
    """Claim the patients' CURPs and expediente numbers, inside the act that writes them."""
    pares = [
        (fichas.ficha("identificador.unico", f"{sistema}|{valor.upper()}"), paciente.id)
        for paciente in pacientes
        for sistema in (SISTEMA_CURP, SISTEMA_EXPEDIENTE)
        if (valor := identificador(paciente.recurso, sistema))
    ]
    if IdentificadorUnico.apartar(pares):
        raise IdentificadorRepetido("la CURP o el número de expediente ya es de otro paciente")
