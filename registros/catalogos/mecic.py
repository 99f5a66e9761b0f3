"""How a record is evaluated: the domains and criteria of the MECIC, as data.

After the *Modelo de Evaluación del Expediente Clínico Integrado y de Calidad* (Secretaría de Salud,
DGCES), which turns the numerals of NOM-004-SSA3-2012 (its informative appendix A) into yes, no or
not applicable. The criteria of a document are the required sections of its type, so that a new
description in `notas` is a new domain here. `UMBRAL` is pending collation with the published model.
"""

from dataclasses import dataclass
from enum import StrEnum, unique

from django.utils.translation import gettext_noop as _

from registros.catalogos.notas import TIPOS

CUESTIONARIO = "urn:ece:cuestionario:mecic|1"
MEDIDA = "urn:ece:medida:mecic|1"
UMBRAL = 80
"""Per cent from which a record counts as complete (first domain), and as of quality (all)."""

EN_ESPERA_DE_FIRMA_HORAS = 24
"""A draft older than this is a document without signature (NOM-004 5.10)."""


@unique
class Respuesta(StrEnum):
    """What is answered to a criterion."""

    SI = "si"
    NO = "no"
    NO_APLICA = "na"


@unique
class Nivel(StrEnum):
    """What a record deserves to be called."""

    DE_CALIDAD = "integrado-y-de-calidad"
    INTEGRADO = "integrado"
    NO_INTEGRADO = "no-integrado"


@dataclass(frozen=True, slots=True)
class Criterio:
    """A yes-or-no about a record; `juicio` is for what only a person can tell."""

    clave: str
    texto: str
    numeral: str
    juicio: bool = False


@dataclass(frozen=True, slots=True)
class Dominio:
    """Criteria that are scored together; `tipo` is the note type they are about, if any."""

    clave: str
    titulo: str
    criterios: tuple[Criterio, ...]
    tipo: str = ""


INTEGRACION = Dominio(
    "integracion",
    _("Integración del expediente"),
    (
        Criterio("identificacion", _("Nombre, sexo, edad y domicilio del paciente"), "5.2.4, 5.9"),
        Criterio("expediente", _("Número de expediente"), "5.9"),
        Criterio("historia", _("Tiene historia clínica terminada"), "6.1"),
        Criterio("terminadas", _("Ningún documento quedó sin terminar"), "5.10"),
        Criterio("autor", _("Cada documento dice quién lo elaboró, con su cédula"), "5.10"),
        Criterio("codificados", _("Los diagnósticos están codificados"), "6.1.4, 6.2.4"),
        Criterio("abreviaturas", _("Los textos no llevan abreviaturas"), "5.11"),
        Criterio("repetidas", _("Ninguna nota repite completa la anterior"), "5.11, 6.2.1"),
        Criterio("lenguaje", _("El lenguaje es técnico y se entiende"), "5.11", juicio=True),
    ),
)

_JUICIOS = {
    "historia-clinica": (
        Criterio(
            "historia-clinica.padecimiento",
            _("El padecimiento actual deja entender el cuadro"),
            "6.1.1",
            juicio=True,
        ),
        Criterio(
            "historia-clinica.plan",
            _("La indicación terapéutica corresponde a los diagnósticos"),
            "6.1.6",
            juicio=True,
        ),
    ),
    "evolucion": (
        Criterio(
            "evolucion.actualiza",
            _("La nota actualiza de verdad el cuadro clínico"),
            "6.2.1",
            juicio=True,
        ),
        Criterio(
            "evolucion.plan",
            _("El tratamiento corresponde a los diagnósticos"),
            "6.2.6",
            juicio=True,
        ),
    ),
}

DOMINIOS: tuple[Dominio, ...] = (
    INTEGRACION,
    *(
        Dominio(
            tipo.clave,
            tipo.titulo,
            (
                *(
                    Criterio(f"{tipo.clave}.{s.clave}", s.titulo, s.numeral)
                    for s in tipo.requeridas
                ),
                *_JUICIOS.get(tipo.clave, ()),
            ),
            tipo.clave,
        )
        for tipo in TIPOS.values()
    ),
)

CRITERIOS: dict[str, Criterio] = {c.clave: c for d in DOMINIOS for c in d.criterios}

ABREVIATURAS = frozenset(
    {
        *("Dx", "Tx", "Rx", "Hx", "Px", "Qx", "Sx", "Fx", "Ix", "APP", "AHF", "APNP", "FUM", "EF"),
        *("FC", "FR", "TA", "SV", "IMC", "HAS", "DM", "DM2", "IVU", "IVRA", "IRC", "ERC", "EVC"),
        *("IAM", "ICC", "EPOC", "SNA", "BH", "QS", "EGO", "PFH", "VO", "IM", "SC", "PRN"),
    }
)
"""What is usually written short in Mexican notes; as written, for some are words in lower case."""
