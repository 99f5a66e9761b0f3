"""Note types as descriptions: what NOM-004 asks of each, in the order it asks it.

The form, the completeness meter, the validation and the printed page all read these; adding a type
is adding a description.
"""

from dataclasses import dataclass
from enum import StrEnum, unique

from django.utils.translation import gettext_noop as _

from ece.nucleo.roles import Rol

SISTEMA_LOINC = "http://loinc.org"
SISTEMA_SECCION = "urn:ece:fhir:seccion"


@unique
class Clase(StrEnum):
    """How a section is written."""

    TEXTO = "texto"
    SIGNOS = "signos"
    DIAGNOSTICOS = "diagnosticos"


@dataclass(frozen=True, slots=True)
class Seccion:
    """A section: its heading, the numeral that asks for it, and what helps to write it."""

    clave: str
    titulo: str
    numeral: str
    ayuda: str = ""
    requerida: bool = True
    clase: Clase = Clase.TEXTO


@dataclass(frozen=True, slots=True)
class TipoDeNota:
    clave: str
    titulo: str
    loinc: str
    numeral: str
    autores: frozenset[Rol]
    secciones: tuple[Seccion, ...]

    def seccion(self, clave: str) -> Seccion:
        return next(seccion for seccion in self.secciones if seccion.clave == clave)

    @property
    def requeridas(self) -> tuple[Seccion, ...]:
        return tuple(seccion for seccion in self.secciones if seccion.requerida)


_MEDICOS = frozenset({Rol.MEDICO, Rol.URGENCIAS})
_SIGNOS = _("Temperatura, tensión arterial, frecuencias cardiaca y respiratoria, peso y talla.")
_TRATAMIENTO = _("De cada medicamento, por lo menos dosis, vía de administración y periodicidad.")

HISTORIA_CLINICA = TipoDeNota(
    clave="historia-clinica",
    titulo=_("Historia clínica"),
    loinc="34117-2",
    numeral="6.1",
    autores=_MEDICOS,
    secciones=(
        Seccion(
            "heredofamiliares",
            _("Antecedentes heredofamiliares"),
            "6.1.1",
            _("Hipertensión, dislipidemia y diabetes: presentes, ausentes o sin información."),
        ),
        Seccion(
            "patologicos",
            _("Antecedentes personales patológicos"),
            "6.1.1",
            _("Incluya uso y dependencia de tabaco, alcohol y otras sustancias psicoactivas."),
        ),
        Seccion("no-patologicos", _("Antecedentes personales no patológicos"), "6.1.1"),
        Seccion(
            "padecimiento-actual",
            _("Padecimiento actual"),
            "6.1.1",
            _("Indague tratamientos previos de tipo convencional, alternativo y tradicional."),
        ),
        Seccion("aparatos-y-sistemas", _("Interrogatorio por aparatos y sistemas"), "6.1.1"),
        Seccion("signos", _("Signos vitales y somatometría"), "6.1.2", _SIGNOS, clase=Clase.SIGNOS),
        Seccion(
            "exploracion",
            _("Exploración física"),
            "6.1.2",
            _("Habitus exterior, cabeza, cuello, tórax, abdomen, miembros y genitales."),
        ),
        Seccion(
            "estudios", _("Resultados previos y actuales de estudios"), "6.1.3", requerida=False
        ),
        Seccion(
            "diagnosticos",
            _("Diagnósticos o problemas clínicos"),
            "6.1.4",
            clase=Clase.DIAGNOSTICOS,
        ),
        Seccion("pronostico", _("Pronóstico"), "6.1.5"),
        Seccion("tratamiento", _("Indicación terapéutica"), "6.1.6", _TRATAMIENTO),
    ),
)

NOTA_DE_EVOLUCION = TipoDeNota(
    clave="evolucion",
    titulo=_("Nota de evolución"),
    loinc="11506-3",
    numeral="6.2",
    autores=_MEDICOS,
    secciones=(
        Seccion(
            "evolucion",
            _("Evolución y actualización del cuadro clínico"),
            "6.2.1",
            _("Incluya abuso y dependencia del tabaco, del alcohol y de otras sustancias."),
        ),
        Seccion(
            "signos",
            _("Signos vitales"),
            "6.2.2",
            _("Según se considere necesario."),
            requerida=False,
            clase=Clase.SIGNOS,
        ),
        Seccion(
            "estudios",
            _("Resultados relevantes de los estudios solicitados"),
            "6.2.3",
            requerida=False,
        ),
        Seccion(
            "diagnosticos",
            _("Diagnósticos o problemas clínicos"),
            "6.2.4",
            clase=Clase.DIAGNOSTICOS,
        ),
        Seccion("pronostico", _("Pronóstico"), "6.2.5"),
        Seccion("tratamiento", _("Tratamiento e indicaciones médicas"), "6.2.6", _TRATAMIENTO),
    ),
)

NOTA_DE_URGENCIAS = TipoDeNota(
    clave="urgencias",
    titulo=_("Nota inicial de urgencias"),
    loinc="34878-9",
    numeral="7.1",
    autores=_MEDICOS,
    secciones=(
        Seccion("signos", _("Signos vitales"), "7.1.2", _SIGNOS, clase=Clase.SIGNOS),
        Seccion("motivo", _("Motivo de la atención"), "7.1.3"),
        Seccion(
            "interrogatorio",
            _("Resumen del interrogatorio, exploración física y estado mental"),
            "7.1.4",
        ),
        Seccion(
            "estudios",
            _("Resultados relevantes de los estudios auxiliares"),
            "7.1.5",
            requerida=False,
        ),
        Seccion(
            "diagnosticos",
            _("Diagnósticos o problemas clínicos"),
            "7.1.6",
            clase=Clase.DIAGNOSTICOS,
        ),
        Seccion("tratamiento", _("Tratamiento"), "7.1.7", _TRATAMIENTO),
        Seccion("pronostico", _("Pronóstico"), "7.1.7"),
    ),
)

TIPOS: dict[str, TipoDeNota] = {
    tipo.clave: tipo for tipo in (HISTORIA_CLINICA, NOTA_DE_EVOLUCION, NOTA_DE_URGENCIAS)
}


def por_loinc(loinc: str) -> TipoDeNota | None:
    return next((tipo for tipo in TIPOS.values() if tipo.loinc == loinc), None)
