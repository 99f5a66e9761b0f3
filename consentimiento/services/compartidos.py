"""Letting one patient's data travel under an agreement, and taking it back."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from auditoria import bitacora
from auditoria.tipos import TipoDeEvento
from consentimiento import convenios
from consentimiento.asientos import asiento
from consentimiento.convenios import ConPacientes, Estado
from consentimiento.models import Compartido, Convenio
from ece.nucleo.acceso import Acceso
from ece.nucleo.roles import Permiso


class BaseNoPactada(Exception):
    """The agreement does not admit that basis, or is not in force."""


class CompartidoInexistente(Exception):
    """There is no such thing shared of this patient."""


@transaction.atomic
def compartir(
    acceso: Acceso,
    *,
    convenio_id: UUID,
    base: ConPacientes,
    hasta: datetime,
    ahora: datetime,
    documento: UUID | None = None,
) -> UUID:
    """Let the partner ask for this patient until `hasta`. Raises `BaseNoPactada`.

    `documento` is the record that holds it up (the referral; the signed consent).
    """
    acceso.exigir(Permiso.EXPEDIENTE_COMPARTIR)
    return _anotar(
        acceso, convenio_id=convenio_id, base=base, hasta=hasta, ahora=ahora, documento=documento
    )


@transaction.atomic
def por_referencia(
    acceso: Acceso, *, convenio_id: UUID, hasta: datetime, ahora: datetime, documento: UUID
) -> UUID:
    """The same for who accepts a patient that the partner refers. Raises `BaseNoPactada`."""
    acceso.exigir(Permiso.REFERENCIA_ATENDER)
    return _anotar(
        acceso,
        convenio_id=convenio_id,
        base=ConPacientes.REFERENCIA,
        hasta=hasta,
        ahora=ahora,
        documento=documento,
    )


def _anotar(
    acceso: Acceso,
    *,
    convenio_id: UUID,
    base: ConPacientes,
    hasta: datetime,
    ahora: datetime,
    documento: UUID | None,
) -> UUID:
    convenio = Convenio.objects.filter(pk=convenio_id, estado=Estado.VIGENTE).first()
    if convenio is None or hasta <= ahora:
        raise BaseNoPactada(base)
    if base.value not in convenios.leer(bytes(convenio.terminos)).bases:
        raise BaseNoPactada(base)
    compartido = Compartido.objects.create(
        paciente=acceso.paciente,
        convenio=convenio.pk,
        base=base.value,
        documento=documento,
        desde=ahora,
        hasta=hasta,
        registrado_por=acceso.actor.id,
    )
    _asentar(acceso, TipoDeEvento.EXPEDIENTE_COMPARTIDO, compartido, ahora)
    return compartido.pk


@transaction.atomic
def retirar(acceso: Acceso, *, compartido_id: UUID, ahora: datetime) -> None:
    """From the next request on the partner has no tie. Raises `CompartidoInexistente`."""
    acceso.exigir(Permiso.EXPEDIENTE_COMPARTIR)
    compartido = (
        Compartido.objects.select_for_update()
        .filter(pk=compartido_id, paciente=acceso.paciente, retirado_at=None)
        .first()
    )
    if compartido is None:
        raise CompartidoInexistente(str(compartido_id))
    compartido.retirado_at = ahora
    compartido.save(update_fields=["retirado_at"])
    _asentar(acceso, TipoDeEvento.EXPEDIENTE_RETIRADO, compartido, ahora)


def _asentar(acceso: Acceso, tipo: TipoDeEvento, compartido: Compartido, ahora: datetime) -> None:
    detalle = {"convenio": str(compartido.convenio), "base": compartido.base}
    detalle["compartido"] = str(compartido.pk)
    pacientes = (acceso.paciente,)
    bitacora.anexar([asiento(acceso, tipo, ahora=ahora, detalle=detalle, pacientes=pacientes)])
