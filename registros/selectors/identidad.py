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
from registros.models.paciente import SISTEMA_CURP, identificador
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


def discrepancia(conocido: Recurso, dicho: Recurso) -> str:
    """Why the Patient `dicho`, of another system, is not who we know as `conocido`; or nothing.

    One thing that differs is a correction; the surname *and* the birth date are another person
    (``identidad-discrepante``), and so is another CURP (``curp-distinta``). Pure.
    """
    curp, otra = identificador(conocido, SISTEMA_CURP), identificador(dicho, SISTEMA_CURP)
    if curp and otra and curp.upper() != otra.upper():
        return "curp-distinta"
    nacio, otra_fecha = conocido.get("birthDate", ""), dicho.get("birthDate", "")
    unos, otros = _apellidos(conocido), _apellidos(dicho)
    if nacio and otra_fecha and unos and otros and nacio != otra_fecha and not unos & otros:
        return "identidad-discrepante"
    return ""


def _apellidos(recurso: Recurso) -> set[str]:
    return {
        palabra
        for nombre in recurso.get("name", ())
        for palabra in fhir.palabras(str(nombre.get("family", "")))
    }


def fotografia(acceso: Acceso) -> bytes | None:
    """The JPEG of the patient's face, if there is one."""
    acceso.exigir(Permiso.PACIENTE_LEER)
    fotos = Paciente.objects.de(acceso).get().recurso.get("photo", [{}])
    cual = referido({"reference": fotos[0].get("url", "")}, "Binary")
    guardada = None if cual is None else OtroRegistro.objects.uno(acceso, cual)
    return None if guardada is None else base64.b64decode(guardada.recurso["data"])
