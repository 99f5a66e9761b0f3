"""What cannot be planned without a signed letter (NOM-004 10.1.2), asked where it is written."""

from datetime import datetime

from ece.nucleo.acceso import Acceso
from registros.catalogos.cartas import CARTAS, SISTEMA
from registros.catalogos.estudios import SISTEMA as SISTEMA_ESTUDIO
from registros.catalogos.notas import de_concepto
from registros.models import Consentimiento
from registros.models.base import Recurso
from registros.models.carta import en_vigor, tipo_de

_SNOMED = "http://snomed.info/sct"
DE_CODIGO = {
    (_SNOMED, "387713003"): "cirugia-mayor",
    (_SNOMED, "399097000"): "anestesia",
    (_SNOMED, "116859006"): "transfusion",
    (SISTEMA_ESTUDIO, "endo"): "alto-riesgo",
    (SISTEMA_ESTUDIO, "colo"): "alto-riesgo",
}
"""(system, code) of a procedure -> the letter it asks for."""
DE_NOTA = {"preoperatoria": "cirugia-mayor", "preanestesica": "anestesia"}
_POR_HACER = {
    "Encounter": ("planned", "arrived", "triaged", "in-progress", "onleave"),
    "Appointment": ("proposed", "pending", "booked", "arrived", "checked-in"),
    "ServiceRequest": ("active", "draft", "on-hold"),
    "Composition": ("final", "amended"),
}
DE_MAQUINAS = frozenset({"Encounter", "Appointment", "ServiceRequest"})
"""What a machine plans; a note it sends was written elsewhere and is a fact."""


class FaltaConsentimiento(Exception):
    """What is planned needs letters that nobody has signed; `cartas` are their keys."""

    def __init__(self, cartas: tuple[str, ...]) -> None:
        super().__init__("; ".join(CARTAS[clave].titulo for clave in cartas))
        self.cartas = cartas


def exigidas(recurso: Recurso) -> tuple[str, ...]:
    """The keys of the letters that planning `recurso` needs; pure."""
    tipo = recurso.get("resourceType", "")
    if recurso.get("status") not in _POR_HACER.get(tipo, ()):
        return ()
    if tipo == "Encounter":
        return ("ingreso",) if recurso.get("class", {}).get("code") == "IMP" else ()
    if tipo == "Composition":
        nota = de_concepto(recurso["type"])
        return (DE_NOTA[nota.clave],) if nota and nota.clave in DE_NOTA else ()
    halladas = (
        codigo["code"]
        if codigo.get("system") == SISTEMA and codigo.get("code") in CARTAS
        else DE_CODIGO.get((codigo.get("system", ""), codigo.get("code", "")))
        for concepto in _conceptos(recurso)
        for codigo in concepto.get("coding", ())
    )
    return tuple(dict.fromkeys(clave for clave in halladas if clave))


def exigir(
    acceso: Acceso, recurso: Recurso, *, ahora: datetime, anterior: Recurso | None = None
) -> None:
    """Raise `FaltaConsentimiento` unless every letter that `recurso` needs is in force.

    What `anterior`, the version before, already needed is not asked for again.
    """
    ya = exigidas(anterior) if anterior else ()
    pedidas = tuple(clave for clave in exigidas(recurso) if clave not in ya)
    if not pedidas:
        return
    vigentes = {
        tipo.clave
        for fila in Consentimiento.objects.de(acceso).con_estado("active")
        if en_vigor(fila.recurso, ahora) and (tipo := tipo_de(fila.recurso))
    }
    if faltan := tuple(clave for clave in pedidas if clave not in vigentes):
        raise FaltaConsentimiento(faltan)


def _conceptos(recurso: Recurso) -> list[Recurso]:
    simples = [recurso[c] for c in ("code", "appointmentType") if c in recurso]
    return [*simples, *recurso.get("category", ()), *recurso.get("serviceType", ())]
