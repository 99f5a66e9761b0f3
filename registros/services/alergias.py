"""Allergies and intolerances: always in sight in the chart."""

from datetime import datetime
from enum import StrEnum, unique
from uuid import UUID

from auditoria.actos import Acto, acto
from auditoria.tipos import TipoDeEvento
from ece.nucleo.acceso import Acceso
from ece.nucleo.roles import Permiso
from registros.catalogos.alergenos import NIEGA, NINGUNA, SISTEMA_AUSENTE
from registros.models import Alergia
from registros.models.base import ANULADO, Recurso
from registros.selectors import alergias as selector
from registros.services.observaciones import anotacion, quien

_CLINICO = "http://terminology.hl7.org/CodeSystem/allergyintolerance-clinical"
_VERIFICACION = "http://terminology.hl7.org/CodeSystem/allergyintolerance-verification"


@unique
class Categoria(StrEnum):
    MEDICAMENTO = "medication"
    ALIMENTO = "food"
    AMBIENTE = "environment"
    BIOLOGICO = "biologic"


@unique
class Criticidad(StrEnum):
    ALTA = "high"
    BAJA = "low"
    DESCONOCIDA = "unable-to-assess"


@unique
class Cambio(StrEnum):
    """What may become of an allergy already recorded."""

    VERIFICAR = "confirmed"
    DESCARTAR = "refuted"
    RESOLVER = "resolved"
    ANULAR = "entered-in-error"


class AlergiaInexistente(Exception):
    """There is no such allergy of this patient, or it was entered in error."""


class YaHayAlergias(Exception):
    """Nobody denies allergies while some are recorded: refute those first."""


def registrar(
    acceso: Acceso,
    *,
    sustancia: str,
    categoria: Categoria,
    criticidad: Criticidad,
    reaccion: str,
    ahora: datetime,
    verificada: bool = True,
) -> UUID:
    """Record an allergy to `sustancia`; `reaccion` is what it caused, one reaction a comma.

    Unless `verificada`, it is what the person says and nobody has confirmed. A denial of allergies
    that was on record is refuted by it.
    """
    acceso.exigir(Permiso.ALERGIA_REGISTRAR)
    recurso = _recurso(acceso, {"text": sustancia}, verificada=verificada, ahora=ahora)
    recurso |= {"category": [categoria.value], "criticality": criticidad.value}
    if manifestaciones := [{"text": r.strip()} for r in reaccion.split(",") if r.strip()]:
        recurso["reaction"] = [{"manifestation": manifestaciones}]
    with acto(acceso, tipo=TipoDeEvento.ALERGIA_REGISTRADA, ahora=ahora) as el_acto:
        alergia = Alergia.nuevo(acceso, recurso, ahora=ahora)
        el_acto.insertar(alergia)
        refutar_negacion(el_acto, acceso, sustancia=sustancia, ahora=ahora)
    return alergia.id


def refutar_negacion(el_acto: Acto, acceso: Acceso, *, sustancia: str, ahora: datetime) -> None:
    """In an act that records an allergy: nobody denies them any more."""
    for negada in _vivas(acceso, niegan=True):
        motivo = f"Se registró alergia a {sustancia}."
        el_acto.reemplazar(_cambiada(acceso, negada, Cambio.DESCARTAR, motivo, ahora))


def negar(acceso: Acceso, *, ahora: datetime) -> UUID:
    """Record that the person says they have no known allergies. Raises `YaHayAlergias`."""
    acceso.exigir(Permiso.ALERGIA_REGISTRAR)
    codigo = {"coding": [{"system": SISTEMA_AUSENTE, "code": NINGUNA}], "text": NIEGA}
    with acto(acceso, tipo=TipoDeEvento.ALERGIA_REGISTRADA, ahora=ahora) as el_acto:
        if _vivas(acceso, niegan=False):
            raise YaHayAlergias
        alergia = Alergia.nuevo(
            acceso, _recurso(acceso, codigo, verificada=True, ahora=ahora), ahora=ahora
        )
        el_acto.insertar(alergia)
    return alergia.id


def cambiar(
    acceso: Acceso, *, alergia_id: UUID, cambio: Cambio, motivo: str, ahora: datetime
) -> None:
    """Verify, refute, resolve or annul an allergy, for a reason. Raises `AlergiaInexistente`."""
    acceso.exigir(Permiso.ALERGIA_REGISTRAR)
    with acto(acceso, tipo=TipoDeEvento.ALERGIA_CAMBIADA, ahora=ahora) as el_acto:
        alergia = Alergia.objects.uno(acceso, alergia_id)
        if alergia is None or alergia.estado == ANULADO:
            raise AlergiaInexistente(str(alergia_id))
        el_acto.reemplazar(_cambiada(acceso, alergia, cambio, motivo, ahora))


def _recurso(acceso: Acceso, sustancia: Recurso, *, verificada: bool, ahora: datetime) -> Recurso:
    certeza = "confirmed" if verificada else "unconfirmed"
    recurso: Recurso = {
        "resourceType": "AllergyIntolerance",
        "clinicalStatus": {"coding": [{"system": _CLINICO, "code": "active"}]},
        "verificationStatus": {"coding": [{"system": _VERIFICACION, "code": certeza}]},
        "code": sustancia,
        "patient": {"reference": f"Patient/{acceso.paciente}"},
        "recordedDate": ahora.isoformat(timespec="seconds"),
        "recorder": quien(acceso),
    }
    if verificada:
        recurso["asserter"] = quien(acceso)
    return recurso


def _cambiada(
    acceso: Acceso, alergia: Alergia, cambio: Cambio, motivo: str, ahora: datetime
) -> Alergia:
    recurso: Recurso = dict(alergia.recurso)
    if cambio is Cambio.RESOLVER:
        recurso["clinicalStatus"] = {"coding": [{"system": _CLINICO, "code": "resolved"}]}
    else:
        certeza = {"coding": [{"system": _VERIFICACION, "code": cambio.value}]}
        recurso["verificationStatus"] = certeza
    if cambio is Cambio.ANULAR:
        del recurso["clinicalStatus"]  # R4 ait-2
    if cambio is Cambio.VERIFICAR:
        recurso["asserter"] = quien(acceso)
    nota = anotacion(acceso, motivo, ahora=ahora)
    recurso["note"] = [*recurso.get("note", ()), nota]
    return alergia.siguiente(acceso, recurso, ahora=ahora)


def _vivas(acceso: Acceso, *, niegan: bool) -> list[Alergia]:
    return [
        fila
        for fila in Alergia.objects.de(acceso)
        if fila.estado != ANULADO
        and selector.vigente(fila.recurso)
        and selector.niega(fila.recurso) is niegan
    ]
