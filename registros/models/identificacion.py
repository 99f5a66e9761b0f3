"""Who a person is, as values: what NOM-024 asks for and what a social-work desk asks besides."""

from dataclasses import dataclass
from datetime import date

from registros.catalogos import dichos, personas
from registros.catalogos.personas import NADA, Clave
from registros.models.paciente import DESCONOCIDO


@dataclass(frozen=True, slots=True)
class Domicilio:
    calle: str = ""
    colonia: str = ""
    municipio: Clave = NADA
    entidad: Clave = NADA
    codigo_postal: str = ""
    localidad: Clave = NADA


SIN_DOMICILIO = Domicilio()


@dataclass(frozen=True, slots=True)
class Contacto:
    """Whom to call; a `tutor` also decides for the patient."""

    nombre: str
    parentesco: str = ""
    telefono: str = ""
    tutor: bool = False


@dataclass(frozen=True, slots=True)
class Cobertura:
    """A right to care: institution, number, level (or kind) and until when it is in force."""

    institucion: Clave
    numero: str = ""
    nivel: str = ""
    vigencia: date | None = None


@dataclass(frozen=True, slots=True)
class Identificacion:
    """The identification set (NOM-024 6.5, table 1) and what a social-work desk asks besides.

    `sexo_curp` is what the CURP says (H, M, X), `sexo_biologico` what clinical rules use
    (masculino, femenino, intersexual), `genero` how the person identifies: three different things.
    `provisional` says why the identity still stands in for another (`desconocido`,
    `recien-nacido`); `fecha_nacimiento` None, that nobody knows it.
    """

    nombre: str
    primer_apellido: str
    segundo_apellido: str
    fecha_nacimiento: date | None
    sexo_curp: str
    sexo_biologico: str
    genero: str = ""
    curp: str = ""
    sin_curp_motivo: str = ""
    entidad_nacimiento: str = ""
    nacionalidad: Clave = personas.MEXICANA
    pasaporte: str = ""
    domicilio: Domicilio = SIN_DOMICILIO
    telefono: str = ""
    correo: str = ""
    coberturas: tuple[Cobertura, ...] = ()
    nss: str = ""
    contactos: tuple[Contacto, ...] = ()
    indigena: str = ""
    afromexicano: str = ""
    lengua: Clave = NADA
    religion: Clave = NADA
    escolaridad: Clave = NADA
    estado_civil: str = ""
    ocupacion: str = ""
    nivel_socioeconomico: str = ""
    vivienda: str = ""
    fecha_defuncion: date | None = None
    folio_defuncion: str = ""
    edad_aproximada: int | None = None
    senas: str = ""
    provisional: str = ""
    hora_nacimiento: str = ""


def desconocido(*, sexo: str, edad_aproximada: int | None, senas: str) -> Identificacion:
    """Somebody nobody can name yet, as the urgencias instructions write them (DGIS)."""
    biologico = {"H": "masculino", "M": "femenino"}.get(sexo, "")
    return Identificacion(
        nombre=DESCONOCIDO,
        primer_apellido=DESCONOCIDO,
        segundo_apellido=DESCONOCIDO,
        fecha_nacimiento=None,
        sexo_curp=sexo,
        sexo_biologico=biologico,
        sin_curp_motivo=dichos.SIN_IDENTIFICAR,
        nacionalidad=personas.propia(personas.NACIONALIDADES, "NND"),
        edad_aproximada=edad_aproximada,
        senas=senas,
        provisional="desconocido",
    )
