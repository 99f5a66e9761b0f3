"""The last that each institution answered about a patient's right to care."""

from datetime import datetime

from ece import fhir
from ece.nucleo.acceso import Acceso
from ece.nucleo.roles import Permiso
from registros.models.base import Recurso
from registros.selectors import recursos
from registros.selectors.recursos import Orden

TIPO = "CoverageEligibilityResponse"
LIMITE = 60


def ultimas(acceso: Acceso, *, sistema: str) -> dict[str, tuple[datetime, Recurso]]:
    """identifier of `sistema` -> (when it was answered, the answer), the newest of each."""
    acceso.exigir(Permiso.COBERTURA_CONSULTAR)
    filas = recursos.compartimento(acceso, tipos=[TIPO], orden=Orden.FECHA_DESC, limite=LIMITE)
    halladas: dict[str, tuple[datetime, Recurso]] = {}
    for fila, json in recursos.abrir_todos({acceso.paciente: acceso}, filas):
        recurso = fhir.json.leer(json)
        for identificador in recurso.get("identifier", ()):
            if identificador.get("system") == sistema:
                halladas.setdefault(
                    str(identificador.get("value", "")), (fila.actualizado_at, recurso)
                )
    return halladas
