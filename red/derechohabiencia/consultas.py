"""Asking whose right to care a patient has, and what is known when nobody answers.

The last answer is kept in the record and serves for `VALE`. A connector that fails `FALLAS` times
in a row is not waited for during `CORTADO`: the desk is told at once, with the last that was known
and how old it is, and goes on.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db import transaction

from auditoria import bitacora
from auditoria.tipos import TipoDeEvento
from consentimiento.asientos import asiento
from ece.nucleo.acceso import Acceso
from ece.nucleo.roles import Permiso
from red.derechohabiencia import conectores, modelo
from red.derechohabiencia.conectores import Conector
from red.derechohabiencia.modelo import ConectorCallado, Pregunta, Vigencia
from red.models import Corte
from registros.selectors import coberturas as leidas
from registros.selectors import identidad
from registros.services import coberturas

VALE = timedelta(hours=24)
FALLAS = 3
CORTADO = timedelta(minutes=2)


class ConectorInexistente(Exception):
    """Nobody is configured under that name."""


class SinIdentificador(Exception):
    """Who has neither CURP nor social security number cannot be asked for."""


@dataclass(frozen=True, slots=True)
class Sabida:
    """What is known from one connector: the last answer and when it was given (None: never)."""

    conector: str
    nombre: str
    vigencia: Vigencia | None = field(repr=False)
    consultada_at: datetime | None
    fresca: bool
    callado: bool = False
    cortado_hasta: datetime | None = None


def todas(acceso: Acceso, *, ahora: datetime) -> list[Sabida]:
    """The last known from each connector, without asking anybody."""
    acceso.exigir(Permiso.COBERTURA_CONSULTAR)
    ultimas = leidas.ultimas(acceso, sistema=modelo.SISTEMA_DE_CONECTOR)
    cortes = {c.conector: c.abierto_hasta for c in Corte.objects.filter(abierto_hasta__gt=ahora)}
    return [
        _sabida(c, ultimas.get(c.clave), ahora, cortado_hasta=cortes.get(c.clave))
        for c in conectores.configurados()
    ]


def consultar(acceso: Acceso, *, conector: str, ahora: datetime, de_nuevo: bool = False) -> Sabida:
    """Ask that connector, unless its last answer still serves (or `de_nuevo`).

    If it does not answer, what was last known, marked. Raises `ConectorInexistente`,
    `SinIdentificador`.
    """
    acceso.exigir(Permiso.COBERTURA_CONSULTAR)
    cual = next((c for c in conectores.configurados() if c.clave == conector), None)
    if cual is None:
        raise ConectorInexistente(conector)
    anterior = leidas.ultimas(acceso, sistema=modelo.SISTEMA_DE_CONECTOR).get(cual.clave)
    previa = _sabida(cual, anterior, ahora)
    if previa.fresca and not de_nuevo:
        return previa
    quien, _ = identidad.identificacion(acceso)
    if not (quien.curp or quien.nss):
        raise SinIdentificador(str(acceso.paciente))
    corte = Corte.objects.filter(conector=cual.clave).first()
    if corte is not None and corte.abierto_hasta and corte.abierto_hasta > ahora:
        return _sabida(cual, anterior, ahora, callado=True, cortado_hasta=corte.abierto_hasta)
    try:
        vigencia = cual.preguntar(Pregunta(quien.curp, quien.nss, ahora.date()))
    except ConectorCallado:
        hasta = _fallo(cual.clave, ahora)
        detalle = {"conector": cual.clave, "resultado": "callado"}
        evento = asiento(
            acceso,
            TipoDeEvento.COBERTURA_CONSULTADA,
            ahora=ahora,
            detalle=detalle,
            pacientes=(acceso.paciente,),
        )
        bitacora.anexar([evento])
        return _sabida(cual, anterior, ahora, callado=True, cortado_hasta=hasta)
    if corte is not None and corte.fallas:
        Corte.objects.filter(conector=cual.clave).update(fallas=0, abierto_hasta=None)
    recurso = modelo.a_recurso(
        vigencia,
        conector=cual.clave,
        nombre=cual.nombre,
        paciente=str(acceso.paciente),
        ahora=ahora,
    )
    coberturas.anotar(acceso, recurso=recurso, ahora=ahora)
    return Sabida(cual.clave, cual.nombre, vigencia, ahora, fresca=True)


def _sabida(
    conector: Conector,
    ultima: tuple[datetime, modelo.Recurso] | None,
    ahora: datetime,
    *,
    callado: bool = False,
    cortado_hasta: datetime | None = None,
) -> Sabida:
    cuando, recurso = ultima or (None, None)
    return Sabida(
        conector.clave,
        conector.nombre,
        modelo.de_recurso(recurso) if recurso else None,
        cuando,
        fresca=cuando is not None and ahora - cuando < VALE,
        callado=callado,
        cortado_hasta=cortado_hasta,
    )


@transaction.atomic
def _fallo(conector: str, ahora: datetime) -> datetime | None:
    """Count a failure; until when nobody waits for it now, if that was one too many."""
    Corte.objects.get_or_create(conector=conector)
    corte = Corte.objects.select_for_update().get(conector=conector)
    corte.fallas += 1
    corte.ultima_at = ahora
    corte.abierto_hasta = ahora + CORTADO if corte.fallas >= FALLAS else None
    corte.save()
    return corte.abierto_hasta
