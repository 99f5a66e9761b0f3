"""Breaches of personal data: noted, confirmed, told to whom they reached and to the authority.

LGPDPPSO 31 a 35; for private institutions, at once to whom it concerns. Whoever is reached and has
an account is told by every channel the moment that the breach is confirmed; whoever has none is
left in the officer's list until somebody says that they were told on paper.
"""

import json
from collections.abc import Collection, Mapping
from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from auditoria import bitacora
from auditoria.tipos import TipoDeEvento
from consentimiento.asientos import asiento
from consentimiento.models import Afectado, ClaseDeVulneracion, Concesion, Motivo, Vulneracion
from ece.identidad.models import Usuario
from ece.nucleo import sobres
from ece.nucleo.acceso import Alcance
from ece.nucleo.roles import Permiso
from ece.nucleo.uuid7 import uuid7

__all__ = ["ClaseDeVulneracion"]

TEXTOS = (
    *("descripcion", "motivo", "inmediatas", "naturaleza", "datos", "recomendaciones"),
    *("correctivas", "informes", "autoridad", "definitivas"),
)
"""What is written of a breach: how it was and why, what was done at once; the five things that
people are told (`DEL_AVISO`); what the authority answered; and the measures that stay."""
DEL_AVISO = ("naturaleza", "datos", "recomendaciones", "correctivas", "informes")
"""What whoever is reached is told: its nature, which data, what they can do, what was corrected,
and where to know more."""
_USO = "vulneracion"


class VulneracionInexistente(Exception):
    """There is no such breach, or it is closed already."""


class FaltaDecir(Exception):
    """Something that people are told, or that closes it, is missing: which (keys of `TEXTOS`)."""

    def __init__(self, faltan: tuple[str, ...]) -> None:
        super().__init__(", ".join(faltan))
        self.faltan = faltan


class YaConfirmada(Exception):
    """It was confirmed before: those it reached have been told."""


class SinConfirmar(Exception):
    """It has to be confirmed first."""


def registrar(
    alcance: Alcance,
    *,
    clase: ClaseDeVulneracion,
    ocurrida: date | None,
    textos: Mapping[str, str],
    ahora: datetime,
) -> UUID:
    """Note a breach as soon as it is suspected. Raises `FaltaDecir` without a description."""
    alcance.exigir(Permiso.REVISION_ATENDER)
    _exigir_dicho(textos, ("descripcion",))
    id_ = uuid7()
    anio = timezone.localdate(ahora).year
    with transaction.atomic():
        Vulneracion.objects.create(
            id=id_,
            folio=f"VUL-{anio}-{id_.hex[-8:].upper()}",
            clase=clase,
            ocurrida=ocurrida,
            detectada_at=ahora,
            contenido=_sellar(id_, textos),
            registrada_por_id=alcance.actor.id,
            registrada_at=ahora,
        )
        _asentar(alcance, TipoDeEvento.VULNERACION_REGISTRADA, id_, ahora)
    return id_


def senalar(
    alcance: Alcance, *, vulneracion_id: UUID, pacientes: Collection[UUID], ahora: datetime
) -> int:
    """Say whom it reached; how many were not known of. Of one confirmed, they are told at once."""
    alcance.exigir(Permiso.REVISION_ATENDER)
    with transaction.atomic():
        fila = _abierta(vulneracion_id)
        ya = set(fila.afectados.values_list("paciente", flat=True))
        nuevos = [p for p in dict.fromkeys(pacientes) if p not in ya]
        Afectado.objects.bulk_create(Afectado(vulneracion=fila, paciente=p) for p in nuevos)
        if nuevos and fila.confirmada_at is not None:
            _avisar(alcance, fila, nuevos, TipoDeEvento.VULNERACION_AVISADA, ahora)
    return len(nuevos)


def confirmar(
    alcance: Alcance, *, vulneracion_id: UUID, textos: Mapping[str, str], ahora: datetime
) -> None:
    """It did happen: those it reached are told. Raises `FaltaDecir`, `YaConfirmada`,
    `VulneracionInexistente`."""
    alcance.exigir(Permiso.REVISION_ATENDER)
    with transaction.atomic():
        fila = _abierta(vulneracion_id)
        if fila.confirmada_at is not None:
            raise YaConfirmada(str(vulneracion_id))
        dichos = _anadir(fila, textos)
        _exigir_dicho(dichos, DEL_AVISO)
        fila.confirmada_at = ahora
        fila.save(update_fields=["contenido", "confirmada_at"])
        reunidos = list(fila.afectados.values_list("paciente", flat=True))
        _avisar(alcance, fila, reunidos, TipoDeEvento.VULNERACION_CONFIRMADA, ahora)


def notificar_a_la_autoridad(
    alcance: Alcance, *, vulneracion_id: UUID, dicho: str, ahora: datetime
) -> None:
    """The authority was told; `dicho` is which, how and with what number. Raises `FaltaDecir`,
    `SinConfirmar`, `VulneracionInexistente`."""
    alcance.exigir(Permiso.REVISION_ATENDER)
    with transaction.atomic():
        fila = _confirmada(vulneracion_id)
        _exigir_dicho({"autoridad": dicho}, ("autoridad",))
        _anadir(fila, {"autoridad": dicho})
        fila.autoridad_at = ahora
        fila.save(update_fields=["contenido", "autoridad_at"])
        _asentar(alcance, TipoDeEvento.VULNERACION_NOTIFICADA, fila.pk, ahora)


def avisado_por_escrito(
    alcance: Alcance, *, vulneracion_id: UUID, paciente: UUID, ahora: datetime
) -> None:
    """Somebody without an account was told on paper. Raises `SinConfirmar`,
    `VulneracionInexistente`."""
    alcance.exigir(Permiso.REVISION_ATENDER)
    with transaction.atomic():
        fila = _confirmada(vulneracion_id)
        if not fila.afectados.filter(paciente=paciente).update(escrito_at=ahora):
            raise VulneracionInexistente(str(paciente))
        detalle = {"vulneracion": str(fila.pk), "medio": "escrito"}
        tipo, suyo = TipoDeEvento.VULNERACION_AVISADA, (paciente,)
        bitacora.anexar([asiento(alcance, tipo, ahora=ahora, detalle=detalle, pacientes=suyo)])


def cerrar(alcance: Alcance, *, vulneracion_id: UUID, definitivas: str, ahora: datetime) -> None:
    """End it with the measures that stay. Raises `FaltaDecir`, `SinConfirmar`,
    `VulneracionInexistente`."""
    alcance.exigir(Permiso.REVISION_ATENDER)
    with transaction.atomic():
        fila = _confirmada(vulneracion_id)
        _exigir_dicho({"definitivas": definitivas}, ("definitivas",))
        _anadir(fila, {"definitivas": definitivas})
        fila.cerrada_at = ahora
        fila.save(update_fields=["contenido", "cerrada_at"])
        _asentar(alcance, TipoDeEvento.VULNERACION_CERRADA, fila.pk, ahora)


def leer(fila: Vulneracion) -> dict[str, str]:
    """What was written of it, by the keys of `TEXTOS`."""
    dichos: dict[str, str] = json.loads(sobres.abrir(_USO, fila.pk, fila.contenido))
    return dichos


def _abierta(id: UUID) -> Vulneracion:
    fila = Vulneracion.objects.select_for_update().filter(pk=id, cerrada_at=None).first()
    if fila is None:
        raise VulneracionInexistente(str(id))
    return fila


def _confirmada(id: UUID) -> Vulneracion:
    fila = _abierta(id)
    if fila.confirmada_at is None:
        raise SinConfirmar(str(id))
    return fila


def _exigir_dicho(textos: Mapping[str, str], claves: tuple[str, ...]) -> None:
    if faltan := tuple(clave for clave in claves if not textos.get(clave, "").strip()):
        raise FaltaDecir(faltan)


def _sellar(id: UUID, textos: Mapping[str, str]) -> bytes:
    dichos = {c: textos[c].strip() for c in TEXTOS if textos.get(c, "").strip()}
    return sobres.sellar(_USO, id, json.dumps(dichos, ensure_ascii=False))


def _anadir(fila: Vulneracion, textos: Mapping[str, str]) -> dict[str, str]:
    dichos = {**leer(fila), **{c: t for c, t in textos.items() if t.strip()}}
    fila.contenido = _sellar(fila.pk, dichos)
    return dichos


def _avisar(
    alcance: Alcance,
    fila: Vulneracion,
    pacientes: Collection[UUID],
    tipo: TipoDeEvento,
    ahora: datetime,
) -> None:
    """The event that tells them; those somebody reads the portal for are told by it."""
    titulares = Usuario.objects.filter(paciente__in=pacientes, is_active=True)
    representados = Concesion.objects.filter(
        paciente__in=pacientes, motivo=Motivo.TUTELA, desde__lte=ahora, hasta__gt=ahora
    )
    con_cuenta = {
        paciente
        for filas in (titulares, representados)
        for paciente in filas.values_list("paciente", flat=True)
        if paciente is not None
    }
    fila.afectados.filter(paciente__in=con_cuenta).update(avisado_at=ahora)
    detalle = {"vulneracion": str(fila.pk), "medio": "portal"}
    suyos = tuple(sorted(pacientes))
    bitacora.anexar([asiento(alcance, tipo, ahora=ahora, detalle=detalle, pacientes=suyos)])


def _asentar(alcance: Alcance, tipo: TipoDeEvento, id: UUID, ahora: datetime) -> None:
    detalle = {"vulneracion": str(id)}
    bitacora.anexar([asiento(alcance, tipo, ahora=ahora, detalle=detalle)])
