"""Registering and correcting who a patient is (NOM-024 6.5, table 1)."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db import connection

from auditoria.tipos import TipoDeEvento
from ece.nucleo import identificadores
from ece.nucleo.acceso import Acceso
from ece.nucleo.roles import Permiso
from registros.models import Paciente
from registros.models.base import Recurso
from registros.models.paciente import (
    APELLIDO_MATERNO,
    APELLIDO_PATERNO,
    EXTENSION,
    SISTEMA_CURP,
    SISTEMA_EXPEDIENTE,
    SISTEMA_NSS,
)
from registros.services import recursos
from registros.services.recursos import IdentificadorRepetido

__all__ = [
    "EXTENSION",
    "SISTEMA_CURP",
    "SISTEMA_EXPEDIENTE",
    "SISTEMA_NSS",
    "CurpDiscrepante",
    "Domicilio",
    "FaltaMotivoSinCurp",
    "Identificacion",
    "IdentificadorRepetido",
    "modificar",
    "registrar",
    "siguiente_expediente",
]

_GENERO_FHIR = {"H": "male", "M": "female", "X": "other"}


class CurpDiscrepante(Exception):
    """The CURP says something else about the person; `discrepancias` says what, in words."""

    def __init__(self, discrepancias: list[str]) -> None:
        super().__init__("; ".join(discrepancias))
        self.discrepancias = discrepancias


class FaltaMotivoSinCurp(Exception):
    """Whoever has no CURP is registered with the reason why, never with an invented one."""


@dataclass(frozen=True, slots=True)
class Domicilio:
    calle: str = ""
    colonia: str = ""
    municipio: str = ""
    entidad: str = ""
    codigo_postal: str = ""


@dataclass(frozen=True, slots=True)
class Contacto:
    nombre: str
    parentesco: str = ""
    telefono: str = ""


@dataclass(frozen=True, slots=True)
class Identificacion:
    """The identification set.

    `sexo_curp` is what the CURP says (H, M, X), `sexo_biologico` what clinical rules use
    (masculino, femenino, intersexual), `genero` how the person identifies: three different things.
    """

    nombre: str
    primer_apellido: str
    segundo_apellido: str
    fecha_nacimiento: date
    sexo_curp: str
    sexo_biologico: str
    genero: str = ""
    curp: str = ""
    sin_curp_motivo: str = ""
    entidad_nacimiento: str = ""
    nacionalidad: str = "MEX"
    domicilio: Domicilio = Domicilio()
    telefono: str = ""
    correo: str = ""
    derechohabiencia: str = ""
    nss: str = ""
    contacto: Contacto | None = None


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
    """Correct who the patient is, as a new version, returned. Also raises `VersionEnConflicto`."""
    acceso.exigir(Permiso.PACIENTE_MODIFICAR)
    verificar(identificacion)
    paciente = Paciente.objects.de(acceso).get()
    assert isinstance(paciente, Paciente)
    recurso = {
        **paciente.recurso,
        **a_recurso(identificacion, expediente=paciente.identidad.expediente),
    }
    escrita = recursos.actualizar(
        acceso,
        id=acceso.paciente,
        recurso=recurso,
        version=version,
        ahora=ahora,
        tipo=TipoDeEvento.PACIENTE_MODIFICADO,
    )
    return escrita.version


def verificar(identificacion: Identificacion) -> None:
    """The CURP is checked against the person, never invented (NOM-024 6.5.1)."""
    if not identificacion.curp:
        if not identificacion.sin_curp_motivo:
            raise FaltaMotivoSinCurp("anote por qué la persona no tiene CURP")
        return
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


def a_recurso(identificacion: Identificacion, *, expediente: str) -> Recurso:
    """The FHIR Patient that says the same."""
    i = identificacion
    apellidos = " ".join(parte for parte in (i.primer_apellido, i.segundo_apellido) if parte)
    partes = [
        {"url": url, "valueString": apellido}
        for url, apellido in (
            (APELLIDO_PATERNO, i.primer_apellido),
            (APELLIDO_MATERNO, i.segundo_apellido),
        )
        if apellido
    ]
    extensiones = [
        {"url": EXTENSION + clave, "valueString": valor}
        for clave, valor in (
            ("sexo-curp", i.sexo_curp),
            ("sexo-biologico", i.sexo_biologico),
            ("genero", i.genero),
            ("entidad-nacimiento", i.entidad_nacimiento),
            ("nacionalidad", i.nacionalidad),
            ("sin-curp-motivo", i.sin_curp_motivo),
            ("derechohabiencia", i.derechohabiencia),
        )
        if valor
    ]
    identificadores_fhir = [
        {"system": sistema, "value": valor}
        for sistema, valor in (
            (SISTEMA_CURP, i.curp.upper()),
            (SISTEMA_EXPEDIENTE, expediente),
            (SISTEMA_NSS, i.nss),
        )
        if valor
    ]
    recurso: Recurso = {
        "resourceType": "Patient",
        "extension": extensiones,
        "identifier": identificadores_fhir,
        "active": True,
        "name": [
            {
                "use": "official",
                "family": apellidos,
                "_family": {"extension": partes},
                "given": i.nombre.split(),
            }
        ],
        "gender": _GENERO_FHIR.get(i.sexo_curp, "unknown"),
        "birthDate": i.fecha_nacimiento.isoformat(),
    }
    medios = [
        {"system": sistema, "value": valor}
        for sistema, valor in (("phone", i.telefono), ("email", i.correo))
        if valor
    ]
    if medios:
        recurso["telecom"] = medios
    if domicilio := _domicilio(i.domicilio):
        recurso["address"] = [domicilio]
    if i.contacto is not None:
        contacto: Recurso = {"name": {"text": i.contacto.nombre}}
        if i.contacto.parentesco:
            contacto["relationship"] = [{"text": i.contacto.parentesco}]
        if i.contacto.telefono:
            contacto["telecom"] = [{"system": "phone", "value": i.contacto.telefono}]
        recurso["contact"] = [contacto]
    return recurso


def _domicilio(domicilio: Domicilio) -> Recurso:
    lineas = [linea for linea in (domicilio.calle, domicilio.colonia) if linea]
    campos = {
        "city": domicilio.municipio,
        "state": domicilio.entidad,
        "postalCode": domicilio.codigo_postal,
    }
    recurso: Recurso = {clave: valor for clave, valor in campos.items() if valor}
    if lineas:
        recurso["line"] = lineas
    return {"use": "home", **recurso, "country": "MX"} if recurso else {}
