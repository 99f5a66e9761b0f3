"""Registering and correcting who a patient is (NOM-024 6.5, table 1)."""

from datetime import datetime
from uuid import UUID

from django.db import connection

from auditoria.tipos import TipoDeEvento
from ece.nucleo import identificadores
from ece.nucleo.acceso import Acceso
from ece.nucleo.roles import Permiso
from registros.models import Paciente
from registros.models.identificacion import (
    Cobertura,
    Contacto,
    Domicilio,
    Identificacion,
    desconocido,
)
from registros.models.identificacion_en_fhir import a_recurso
from registros.models.paciente import (
    EXTENSION,
    PROVISIONAL,
    SISTEMA_CURP,
    SISTEMA_EXPEDIENTE,
    SISTEMA_NSS,
    SISTEMA_PASAPORTE,
)
from registros.services import recursos
from registros.services.recursos import IdentificadorRepetido, VersionEnConflicto

__all__ = [
    "EXTENSION",
    "PROVISIONAL",
    "SISTEMA_CURP",
    "SISTEMA_EXPEDIENTE",
    "SISTEMA_NSS",
    "SISTEMA_PASAPORTE",
    "Cobertura",
    "Contacto",
    "CurpDiscrepante",
    "Domicilio",
    "FaltaMotivoSinCurp",
    "Identificacion",
    "IdentificadorRepetido",
    "VersionEnConflicto",
    "a_recurso",
    "desconocido",
    "modificar",
    "registrar",
    "siguiente_expediente",
]


class CurpDiscrepante(Exception):
    """The CURP says something else about the person; `discrepancias` says what, in words."""

    def __init__(self, discrepancias: list[str]) -> None:
        super().__init__("; ".join(discrepancias))
        self.discrepancias = discrepancias


class FaltaMotivoSinCurp(Exception):
    """Whoever has no CURP is registered with the reason why, never with an invented one."""


def registrar(acceso: Acceso, *, identificacion: Identificacion, ahora: datetime) -> UUID:
    """Register the person `acceso` was admitted for; returns the patient's id.

    Raises `identificadores.CurpInvalida`, `CurpDiscrepante`, `FaltaMotivoSinCurp`,
    `IdentificadorRepetido`.
    """
    acceso.exigir(Permiso.PACIENTE_REGISTRAR)
    verificar(identificacion)
    recurso = a_recurso(identificacion, expediente=siguiente_expediente())
    escrita = recursos.crear(
        acceso,
        recurso=recurso,
        ahora=ahora,
        id=acceso.paciente,
        tipo=TipoDeEvento.PACIENTE_REGISTRADO,
    )
    return escrita.id


def modificar(
    acceso: Acceso, *, identificacion: Identificacion, version: int, ahora: datetime
) -> int:
    """Correct who the patient is, as a new version, returned; or say who they turned out to be.

    Also raises `VersionEnConflicto`.
    """
    acceso.exigir(Permiso.PACIENTE_MODIFICAR)
    verificar(identificacion)
    paciente = Paciente.objects.de(acceso).get()
    assert isinstance(paciente, Paciente)
    antes = paciente.identidad
    recurso = a_recurso(identificacion, expediente=antes.expediente, anterior=paciente.recurso)
    identificado = antes.provisional and not identificacion.provisional
    escrita = recursos.actualizar(
        acceso,
        id=acceso.paciente,
        recurso=recurso,
        version=version,
        ahora=ahora,
        tipo=(
            TipoDeEvento.PACIENTE_IDENTIFICADO if identificado else TipoDeEvento.PACIENTE_MODIFICADO
        ),
    )
    return escrita.version


def verificar(identificacion: Identificacion) -> None:
    """The CURP is checked against the person, never invented (NOM-024 6.5.1)."""
    if not identificacion.curp:
        if not identificacion.sin_curp_motivo:
            raise FaltaMotivoSinCurp("anote por qué la persona no tiene CURP")
        return
    if identificacion.fecha_nacimiento is None:
        raise CurpDiscrepante(["Con la CURP va la fecha de nacimiento."])
    discrepancias = identificadores.discrepancias_curp(
        identificacion.curp,
        nombre=identificacion.nombre,
        primer_apellido=identificacion.primer_apellido,
        segundo_apellido=identificacion.segundo_apellido,
        fecha_nacimiento=identificacion.fecha_nacimiento,
        sexo=identificacion.sexo_curp,
        entidad=identificacion.entidad_nacimiento,
    )
    if discrepancias:
        raise CurpDiscrepante(discrepancias)


def siguiente_expediente() -> str:
    """The next expediente number of the institution (eight digits)."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('registros_expediente')")
        return f"{cursor.fetchone()[0]:08d}"
