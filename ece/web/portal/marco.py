"""What every page of the portal shows alike: whose record is open, and as what it is read."""

from typing import Any

from django.utils import timezone

from consentimiento.selectors import a_cargo
from ece.nucleo.acceso import Acceso
from registros.selectors import expediente


def marco(acceso: Acceso) -> dict[str, Any]:
    """Whose record this is, whether it is one's own or there are others, and what may be done."""
    identidad, _, _ = expediente.identidad(acceso)
    return {
        "paciente_id": acceso.paciente,
        "identidad": identidad,
        "otros": len(a_cargo.ids(acceso.actor, ahora=timezone.now())) > 1,
        "consulta": acceso.decision,
        "propio": acceso.actor.paciente_propio == acceso.paciente,
        "puede": {permiso.name.lower() for permiso in acceso.permisos},
    }
