"""Allergies, those in force and those that were, and the denial of having any."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from ece import fhir
from ece.nucleo.acceso import Acceso
from ece.nucleo.roles import Permiso
from registros.catalogos.alergenos import NINGUNA
from registros.models.base import Recurso
from registros.selectors import expediente
from registros.selectors.expediente import activo as vigente

__all__ = ["Detalle", "detalle", "lista", "niega", "vigente"]


@dataclass(frozen=True, slots=True)
class Detalle:
    """An allergy with who says so; `certeza` and `estado` are the standard's codes."""

    id: UUID
    sustancia: str
    categoria: str
    criticidad: str
    reacciones: list[str]
    estado: str
    certeza: str
    fecha: datetime
    quien: str
    verifico: str
    motivos: list[str]
    vigente: bool
    niega: bool


def niega(recurso: Recurso) -> bool:
    """Whether an AllergyIntolerance is the statement that there are none."""
    return any(c.get("code") == NINGUNA for c in recurso.get("code", {}).get("coding", ()))


def lista(acceso: Acceso) -> tuple[list[Detalle], list[Detalle]]:
    """(in force, no longer), newest first."""
    acceso.exigir(Permiso.EXPEDIENTE_LEER)
    todas = [
        _detalle(entrada.id, entrada.fecha, entrada.recurso)
        for entrada in expediente.ultimas(acceso, "AllergyIntolerance", 100)
    ]
    return [a for a in todas if a.vigente], [a for a in todas if not a.vigente]


def detalle(acceso: Acceso, *, alergia_id: UUID) -> Detalle | None:
    """One allergy of the patient, or None."""
    entrada = expediente.registro(acceso, tipo="AllergyIntolerance", id=alergia_id)
    if entrada is None or entrada.anulada:
        return None
    return _detalle(entrada.id, entrada.fecha, entrada.recurso)


def _detalle(id_: UUID, fecha: datetime, recurso: Recurso) -> Detalle:
    reacciones = [m for r in recurso.get("reaction", ()) for m in r.get("manifestation", ())]
    return Detalle(
        id=id_,
        sustancia=fhir.texto(recurso.get("code", {})),
        categoria=next(iter(recurso.get("category", ())), ""),
        criticidad=recurso.get("criticality", ""),
        reacciones=[fhir.texto(m) for m in reacciones],
        estado=_codigo(recurso, "clinicalStatus"),
        certeza=_codigo(recurso, "verificationStatus"),
        fecha=fecha,
        quien=recurso.get("recorder", {}).get("display", ""),
        verifico=recurso.get("asserter", {}).get("display", ""),
        motivos=[n.get("text", "") for n in recurso.get("note", ())],
        vigente=vigente(recurso),
        niega=niega(recurso),
    )


def _codigo(recurso: Recurso, clave: str) -> str:
    codigos = recurso.get(clave, {}).get("coding", ())
    return str(next((c["code"] for c in codigos if c.get("code")), ""))
