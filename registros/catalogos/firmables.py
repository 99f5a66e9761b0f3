"""What is signed, by the key of its rule; who writes each, and who may sign it for its author."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_noop as _

from ece.identidad.confianza import INFORME, RECETA, Regla
from ece.nucleo.acceso import Asignado
from ece.nucleo.roles import PERMISOS, Permiso, Rol
from registros.catalogos.notas import TIPOS, de_concepto

CUALQUIER_NOTA = "*"
APRENDEN = frozenset({Rol.INTERNO, Rol.RESIDENTE})
"""Those whom another answers for: nobody signs through them."""
_DE_REGISTRO = {"MedicationRequest": RECETA, "DiagnosticReport": INFORME}
_PERMISO = {RECETA: Permiso.RECETA_PRESCRIBIR, INFORME: Permiso.RESULTADO_REGISTRAR}
_AUTOR = {
    "Composition": "author",
    "MedicationRequest": "requester",
    "DiagnosticReport": "performer",
}
TITULOS = {RECETA: _("Receta"), INFORME: _("Informe de resultados")} | {
    clave: tipo.titulo for clave, tipo in TIPOS.items()
}


def clave_de(recurso: dict[str, Any]) -> str:
    """The key of the rule of a document: a type of note, a prescription, or a report."""
    if propia := _DE_REGISTRO.get(recurso["resourceType"]):
        return propia
    tipo = de_concepto(recurso.get("type", {}))
    return tipo.clave if tipo else CUALQUIER_NOTA


def autor_de(recurso: dict[str, Any]) -> str:
    """The reference to who wrote a document, as it says itself."""
    dicho = recurso.get(_AUTOR.get(recurso.get("resourceType", ""), ""), {})
    primero = dicho[0] if isinstance(dicho, list) else dicho
    return str(primero.get("reference", ""))


def escriben(clave: str) -> frozenset[Rol]:
    """The posts that write documents of a kind; none, of one that is not known."""
    if permiso := _PERMISO.get(clave):
        return frozenset(rol for rol, suyos in PERMISOS.items() if permiso in suyos)
    return TIPOS[clave].autores if clave in TIPOS else frozenset()


def donde_escribe(puestos: Iterable[Asignado], clave: str) -> set[UUID | None]:
    """The units at which somebody with `puestos` writes that kind (None: the whole institution)."""
    roles = escriben(clave) - {Rol.INTERNO}
    return {puesto.unidad for puesto in puestos if puesto.rol in roles}


def donde_firma_por_otro(puestos: Iterable[Asignado], clave: str) -> set[UUID | None]:
    """The units at which they may sign that kind in the name of a colleague."""
    return donde_escribe((p for p in puestos if p.rol not in APRENDEN), clave)


def espera(clave: str, regla: Regla) -> bool:
    """Whether such a document can be left finished without what its rule asks of its author: the
    institutional signature of a note is put in the act that finishes it."""
    return regla.avanzada or (clave in _PERMISO and bool(regla.nivel))
