"""Breaking the glass: one person, one patient, a reason, a short term; ended and reviewed."""

from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db import transaction

from auditoria import bitacora
from auditoria.actos import acto
from auditoria.tipos import TipoDeEvento
from consentimiento import constancias, decision
from consentimiento.asientos import asiento
from consentimiento.models import Dictamen, Emergencia, MotivoDeEmergencia
from ece.nucleo.acceso import Acceso, Actor
from ece.nucleo.roles import Permiso
from ece.nucleo.uuid7 import uuid7
from registros.models import OtroRegistro

__all__ = ["Dictamen", "EmergenciaInexistente", "MotivoDeEmergencia", "YaRevisada"]


class EmergenciaInexistente(Exception):
    """There is no such case of this patient."""


class YaRevisada(Exception):
    """Somebody else reviewed it first."""


class SinNota(Exception):
    """An opening found unjustified says why."""


def abrir(
    actor: Actor, *, paciente: UUID, motivo: MotivoDeEmergencia, texto: str, ahora: datetime
) -> UUID:
    """Let `actor` read the record of `paciente` for a short term; returns the case's id.

    `texto` is kept in the record itself, encrypted. Whoever already had one in force states a
    reason again, and it is another case. Raises `AccesoDenegado`.
    """
    acceso = decision.romper_el_cristal(actor, paciente, ahora=ahora)
    acceso.exigir(Permiso.EMERGENCIA_ABRIR)
    caso, hasta = uuid7(), ahora + timedelta(minutes=settings.ECE_EMERGENCIA_MINUTOS)
    detalle = {"caso": str(caso), "motivo": motivo.value, "hasta": hasta.isoformat()}
    with acto(
        acceso, tipo=TipoDeEvento.EMERGENCIA_ABIERTA, ahora=ahora, detalle=detalle
    ) as el_acto:
        recurso = constancias.de_emergencia(
            acceso, motivo=motivo.value, texto=texto, desde=ahora, hasta=hasta
        )
        constancia = OtroRegistro.nuevo(acceso, recurso, ahora=ahora)
        el_acto.insertar(constancia)
        Emergencia.objects.create(
            id=caso,
            paciente=paciente,
            usuario_id=actor.id,
            motivo=motivo,
            constancia=constancia.id,
            desde=ahora,
            hasta=hasta,
        )
    return caso


def terminar(acceso: Acceso, *, ahora: datetime) -> None:
    """End at once what the actor has open of this patient by an emergency."""
    acceso.exigir(Permiso.EMERGENCIA_ABRIR)
    suyas = Emergencia.objects.filter(
        usuario_id=acceso.actor.id, paciente=acceso.paciente, desde__lt=ahora, hasta__gt=ahora
    )
    with transaction.atomic():
        casos = [str(caso) for caso in suyas.values_list("id", flat=True)]
        if not casos:
            return
        suyas.update(hasta=ahora)
        tipo, suyos = TipoDeEvento.EMERGENCIA_TERMINADA, (acceso.paciente,)
        evento = asiento(acceso, tipo, ahora=ahora, detalle={"casos": casos}, pacientes=suyos)
        bitacora.anexar([evento])


def revisar(
    acceso: Acceso, *, caso_id: UUID, dictamen: Dictamen, nota: str, ahora: datetime
) -> None:
    """Say whether an opening was justified; `nota` goes to the record, encrypted.

    Raises `EmergenciaInexistente`, `YaRevisada`, `SinNota`.
    """
    acceso.exigir(Permiso.REVISION_ATENDER)
    if dictamen is Dictamen.INJUSTIFICADA and not nota.strip():
        raise SinNota
    detalle = {"caso": str(caso_id), "dictamen": dictamen.value}
    with acto(
        acceso, tipo=TipoDeEvento.EMERGENCIA_REVISADA, ahora=ahora, detalle=detalle
    ) as el_acto:
        caso = (
            Emergencia.objects.select_for_update()
            .filter(pk=caso_id, paciente=acceso.paciente)
            .first()
        )
        if caso is None:
            raise EmergenciaInexistente(str(caso_id))
        if caso.dictamen != Dictamen.PENDIENTE:
            raise YaRevisada(str(caso_id))
        constancia = OtroRegistro.objects.uno(acceso, caso.constancia)
        assert constancia is not None
        recurso = constancias.con_dictamen(
            constancia.recurso, acceso, dictamen=dictamen.value, nota=nota.strip(), ahora=ahora
        )
        el_acto.reemplazar(constancia.siguiente(acceso, recurso, ahora=ahora))
        caso.dictamen, caso.revisada_por_id, caso.revisada_at = dictamen, acceso.actor.id, ahora
        caso.save(update_fields=["dictamen", "revisada_por", "revisada_at"])
