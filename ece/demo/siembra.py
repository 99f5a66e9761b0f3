"""Writing an invented population through the same doors as everybody."""

import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from multiprocessing import get_context
from uuid import UUID

from django.db import connections
from django.utils import timezone

from auditoria import bitacora
from auditoria.tipos import TipoDeEvento
from consentimiento import decision
from ece.demo.poblacion import Elenco, Historia, generar
from ece.nucleo.acceso import Actor, Asignado
from ece.nucleo.roles import Permiso, Rol
from ece.nucleo.uuid7 import uuid7
from registros.selectors import recursos as selectores
from registros.selectors import relaciones
from registros.services import citas, recursos
from registros.services.citas import Lugar
from registros.services.recursos import Escritura

LOTE = 10
"""Patients a transaction: each row looks itself up among all the digests of its event."""
TRAMO = 50
_TERMINOLOGIA = "http://terminology.hl7.org/CodeSystem/condition"
POR_DIA = 12
SEMBRADOR = Actor(
    id=UUID(int=3), clase="sistema", nombre="Siembra", asignaciones=(Asignado(Rol.INTEGRACION),)
)


@dataclass(frozen=True, slots=True)
class Tramo:
    """A stretch of the population, small enough to be one unit of work."""

    semilla: int
    desde: int
    cantidad: int
    hoy: date
    elenco: Elenco
    visitas_de_mas: int = 0
    a_lo_mas: int | None = None


@dataclass(frozen=True, slots=True)
class Sembrado:
    paciente: UUID
    nacimiento: date
    menor: bool
    registros: int


def sembrar(
    tramo: Tramo, *, ahora: datetime, avisar: Callable[[int], None] = lambda n: None
) -> list[Sembrado]:
    """Write the histories of `tramo`; those already written are left as they are."""
    sembrados: list[Sembrado] = []
    historias = generar(
        semilla=tramo.semilla,
        desde=tramo.desde,
        cantidad=tramo.cantidad,
        hoy=tramo.hoy,
        elenco=tramo.elenco,
        visitas_de_mas=tramo.visitas_de_mas,
        a_lo_mas=tramo.a_lo_mas,
    )
    for lote in _en_lotes(historias):
        _escribir(lote, ahora)
        sembrados += [Sembrado(h.paciente, h.nacimiento, h.menor, len(h.recursos)) for h in lote]
        avisar(len(lote))
    return sembrados


def _en_lotes(historias: Iterator[Historia]) -> Iterator[list[Historia]]:
    lote: list[Historia] = []
    for historia in historias:
        lote.append(historia)
        if len(lote) == LOTE:
            yield lote
            lote = []
    if lote:
        yield lote


def _escribir(lote: Sequence[Historia], ahora: datetime) -> None:
    existentes = selectores.existentes([h.paciente for h in lote])
    nuevas = [h for h in lote if h.paciente not in existentes]
    if not nuevas:
        return
    accesos = decision.admitir_lote(SEMBRADOR, [h.paciente for h in nuevas], ahora=ahora)
    escrituras = [
        Escritura(accesos[historia.paciente], recurso, id_)
        for historia in nuevas
        for id_, recurso in historia.recursos
    ]
    recursos.escribir(escrituras, ahora=ahora, tipo=TipoDeEvento.RECURSOS_TRANSACCION)


def _en_otro_proceso(tramo: Tramo) -> list[Sembrado]:
    connections.close_all()
    return sembrar(tramo, ahora=timezone.now())


def en_paralelo(tramos: Sequence[Tramo], avisar: Callable[[int], None]) -> list[Sembrado]:
    """`sembrar` each stretch, as many at once as there are cores."""
    procesos = min(os.cpu_count() or 1, len(tramos))
    if procesos <= 1:
        return [s for t in tramos for s in sembrar(t, ahora=timezone.now(), avisar=avisar)]
    connections.close_all()
    sembrados: list[Sembrado] = []
    with ProcessPoolExecutor(procesos, mp_context=get_context("fork")) as grupo:
        for hechos in grupo.map(_en_otro_proceso, tramos):
            sembrados += hechos
            avisar(len(hechos))
    return sembrados


def programar_citas(
    pacientes: Sequence[UUID],
    *,
    profesional: UUID,
    unidad: UUID,
    ahora: datetime,
    por_dia: int = POR_DIA,
) -> None:
    """Give each patient an appointment with `profesional`: today's first, then the days around.

    Whoever has one that still ties them is left as they are.
    """
    lazos = relaciones.de_actor(profesional, unidades=(), ahora=ahora, pacientes=pacientes)
    citados = {paciente for _, paciente, _ in lazos}
    _citar(
        [p for p in pacientes if p not in citados],
        profesional=profesional,
        unidad=unidad,
        ahora=ahora,
        por_dia=por_dia,
    )


def reservar(paciente: UUID, *, ahora: datetime) -> None:
    """Give an adolescent something to keep to themselves: advice that they asked for alone."""
    acceso = decision.abrir_paciente(SEMBRADOR, paciente, Permiso.RECURSO_ESCRIBIR, ahora=ahora)
    consejo = {
        "resourceType": "Condition",
        "clinicalStatus": {"coding": [{"system": f"{_TERMINOLOGIA}-clinical", "code": "active"}]},
        "verificationStatus": {
            "coding": [{"system": f"{_TERMINOLOGIA}-ver-status", "code": "confirmed"}]
        },
        "code": {
            "coding": [
                {
                    "system": "http://hl7.org/fhir/sid/icd-10",
                    "code": "Z300",
                    "display": "Consejo y asesoramiento general sobre la anticoncepción",
                }
            ]
        },
        "subject": {"reference": f"Patient/{paciente}"},
        "recordedDate": ahora.date().isoformat(),
    }
    recursos.escribir(
        [Escritura(acceso, consejo, uuid7())], ahora=ahora, tipo=TipoDeEvento.RECURSO_CREADO
    )


def renovar_citas(*, profesional: UUID, unidad: UUID, ahora: datetime) -> None:
    """On a day without appointments, give everybody who ever had one another, around that day.

    (A demonstration that is opened again a month later is still a hospital at work.)
    """
    ultimas = bitacora.consultar(
        "SELECT paciente, max(fecha) FROM registros_cita WHERE profesional = %s "
        "GROUP BY paciente ORDER BY max(fecha), paciente",
        [profesional],
    )
    hoy = timezone.localdate(ahora)
    if not any(timezone.localdate(ultima) == hoy for _, ultima in ultimas):
        pacientes = [paciente for paciente, _ in ultimas]
        _citar(pacientes, profesional=profesional, unidad=unidad, ahora=ahora)


def _citar(
    pacientes: Sequence[UUID],
    *,
    profesional: UUID,
    unidad: UUID,
    ahora: datetime,
    por_dia: int = POR_DIA,
) -> None:
    accesos = decision.abrir_pacientes(
        SEMBRADOR, pacientes, Permiso.CITA_PROGRAMAR, ahora=ahora, comprobar=True
    )
    manana = timezone.localtime(ahora).replace(hour=8, minute=0, second=0, microsecond=0)
    for numero, paciente in enumerate(p for p in pacientes if p in accesos):
        dia, turno = divmod(numero, por_dia)
        inicio = manana + _dias_alrededor(dia) + citas.DURACION * turno
        citas.programar(
            accesos[paciente],
            lugar=Lugar(profesional, unidad, inicio, inicio + citas.DURACION),
            motivo="Consulta de seguimiento",
            ahora=ahora,
        )


def _dias_alrededor(numero: int) -> timedelta:
    """0, 1, -1, 2, -2… and, past a week ahead, only back: an appointment farther than that does not
    tie yet (`relaciones.ANTES_DE_LA_CITA`)."""
    adelante = relaciones.ANTES_DE_LA_CITA.days - 1
    dia = (numero + 1) // 2 if numero % 2 else -(numero // 2)
    return timedelta(days=dia if numero <= 2 * adelante else adelante - numero)
