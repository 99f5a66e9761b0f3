"""Vaccines: given here, copied from the cartilla, or not given and why."""

from datetime import date, datetime
from uuid import UUID

from auditoria.actos import acto
from auditoria.tipos import TipoDeEvento
from ece.nucleo.acceso import Acceso
from ece.nucleo.roles import Permiso
from registros.catalogos.vacunas import BIOLOGICOS, MOTIVOS, SISTEMA_CVX
from registros.models import Vacuna
from registros.models.base import Recurso
from registros.services.observaciones import quien

_RAZON = "http://terminology.hl7.org/CodeSystem/v3-ActReason"
_ORIGEN = "http://terminology.hl7.org/CodeSystem/immunization-origin"


def aplicar(
    acceso: Acceso,
    *,
    biologico: str,
    fecha: date,
    lote: str,
    sitio: str,
    de_cartilla: bool,
    encuentro_id: UUID | None,
    ahora: datetime,
) -> UUID:
    """Record a dose of `biologico` (key of `catalogos.vacunas.BIOLOGICOS`) given on `fecha`.

    `de_cartilla`: it was given elsewhere and is copied from the person's cartilla, so nobody here
    is named as having given it.
    """
    descripcion = BIOLOGICOS[biologico]
    recurso = _base(acceso, biologico, fecha, encuentro_id, ahora)
    recurso |= {
        "status": "completed",
        "primarySource": not de_cartilla,
        "site": {"text": sitio or descripcion.sitio},
        "route": {"text": descripcion.via},
    }
    if lote:
        recurso["lotNumber"] = lote
    if de_cartilla:
        recurso["reportOrigin"] = {
            "coding": [{"system": _ORIGEN, "code": "record"}],
            "text": "Cartilla",
        }
    else:
        recurso["performer"] = [{"actor": quien(acceso)}]
    return _escribir(acceso, recurso, ahora)


def no_aplicar(
    acceso: Acceso,
    *,
    biologico: str,
    fecha: date,
    motivo: str,
    encuentro_id: UUID | None,
    ahora: datetime,
) -> UUID:
    """Record that a dose was not given, for a reason of `catalogos.vacunas.MOTIVOS`."""
    codigo, texto = MOTIVOS[motivo]
    recurso = _base(acceso, biologico, fecha, encuentro_id, ahora)
    recurso |= {
        "status": "not-done",
        "statusReason": {"coding": [{"system": _RAZON, "code": codigo}], "text": texto},
        "performer": [{"actor": quien(acceso)}],
    }
    return _escribir(acceso, recurso, ahora)


def _base(
    acceso: Acceso, biologico: str, fecha: date, encuentro_id: UUID | None, ahora: datetime
) -> Recurso:
    acceso.exigir(Permiso.VACUNA_REGISTRAR)
    descripcion = BIOLOGICOS[biologico]
    recurso: Recurso = {
        "resourceType": "Immunization",
        "vaccineCode": {
            "coding": [{"system": SISTEMA_CVX, "code": descripcion.cvx[0]}],
            "text": descripcion.nombre,
        },
        "patient": {"reference": f"Patient/{acceso.paciente}"},
        "occurrenceDateTime": fecha.isoformat(),
        "recorded": ahora.isoformat(timespec="seconds"),
    }
    if encuentro_id is not None:
        recurso["encounter"] = {"reference": f"Encounter/{encuentro_id}"}
    return recurso


def _escribir(acceso: Acceso, recurso: Recurso, ahora: datetime) -> UUID:
    with acto(acceso, tipo=TipoDeEvento.VACUNA_REGISTRADA, ahora=ahora) as el_acto:
        vacuna = Vacuna.nuevo(acceso, recurso, ahora=ahora)
        el_acto.insertar(vacuna)
    return vacuna.id
