"""What another institution answered about a patient's right to care, kept as it was told."""

from datetime import datetime
from uuid import UUID

from auditoria.actos import acto
from auditoria.tipos import TipoDeEvento
from ece.nucleo.acceso import Acceso
from ece.nucleo.roles import Permiso
from registros.models import OtroRegistro
from registros.models.base import Recurso


def anotar(acceso: Acceso, *, recurso: Recurso, ahora: datetime) -> UUID:
    """Keep a CoverageEligibilityResponse; returns its id. Raises `RecursoInvalido`."""
    acceso.exigir(Permiso.COBERTURA_CONSULTAR)
    with acto(acceso, tipo=TipoDeEvento.COBERTURA_CONSULTADA, ahora=ahora) as el_acto:
        registro = OtroRegistro.nuevo(acceso, recurso, ahora=ahora)
        el_acto.insertar(registro)
    return registro.id
