"""Who the patient is: as values to correct, as it was before, and as a photograph."""

import base64
from dataclasses import dataclass, field
from datetime import datetime

from ece import fhir
from ece.nucleo.acceso import Acceso
from ece.nucleo.roles import Permiso
from registros.models import OtroRegistro, Paciente
from registros.models.base import Recurso, referido
from registros.models.identificacion import Identificacion
from registros.models.identificacion_en_fhir import de_recurso
from registros.selectors import recursos


@dataclass(frozen=True, slots=True)
class VersionDeIdentidad:
    """The identification as it was written at an instant."""

    version: int
    cuando: datetime
    recurso: Recurso = field(repr=False)


def identificacion(acceso: Acceso) -> tuple[Identificacion, int]:
    """What the record says of who the patient is, and its version."""
    acceso.exigir(Permiso.PACIENTE_LEER)
    paciente = Paciente.objects.de(acceso).get()
    assert isinstance(paciente, Paciente)
    return de_recurso(paciente.recurso), paciente.version


def historia(acceso: Acceso) -> list[VersionDeIdentidad]:
    """Every version of the identification, newest first (NOM-024: earlier states rebuilt)."""
    acceso.exigir(Permiso.PACIENTE_LEER)
    selladas = recursos.historia_sellada("Patient", acceso.paciente)
    return [
        VersionDeIdentidad(fila.version, fila.actualizado_at, fhir.json.leer(json))
        for fila, json in recursos.abrir_todos({acceso.paciente: acceso}, selladas)
    ]


def fotografia(acceso: Acceso) -> bytes | None:
    """The JPEG of the patient's face, if there is one."""
    acceso.exigir(Permiso.PACIENTE_LEER)
    fotos = Paciente.objects.de(acceso).get().recurso.get("photo", [{}])
    cual = referido({"reference": fotos[0].get("url", "")}, "Binary")
    guardada = None if cual is None else OtroRegistro.objects.uno(acceso, cual)
    return None if guardada is None else base64.b64decode(guardada.recurso["data"])
