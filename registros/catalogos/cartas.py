"""Letters of consent as data: what each is for, who may inform and sign it, what it must say.

NOM-004-SSA3-2012 10.1 and 10.1.2; LGS 51 Bis 1 and 51 Bis 2; Reglamento de la LGS en materia de
prestación de servicios de atención médica (RLGSMPSAM) 80 to 83; data protection laws of 2025.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum, unique

from django.utils.translation import gettext_noop as _

from ece.nucleo.roles import Rol

SISTEMA = "urn:ece:carta"
MEDICOS = frozenset({Rol.MEDICO, Rol.URGENCIAS, Rol.RESIDENTE})
RECABAN = MEDICOS | {
    *(Rol.ENFERMERIA, Rol.PSICOLOGIA, Rol.TRABAJO_SOCIAL, Rol.ARCHIVO, Rol.ADMISION, Rol.PACIENTE)
}
MAYORIA_DE_EDAD = 18


@unique
class Ambito(StrEnum):
    """R4 consent scopes."""

    TRATAMIENTO = "treatment"
    INVESTIGACION = "research"
    ANTICIPADA = "adr"
    PRIVACIDAD = "patient-privacy"


@unique
class Momento(StrEnum):
    """When an element can be checked: once the letter is written, or once it is signed."""

    ESCRITA = "escrita"
    FIRMADA = "firmada"


@dataclass(frozen=True, slots=True)
class Elemento:
    """Something a letter must have, and the numeral that asks for it."""

    clave: str
    titulo: str
    numeral: str
    momento: Momento
    ayuda: str = ""


_E, _F = Momento.ESCRITA, Momento.FIRMADA
ELEMENTOS: dict[str, Elemento] = {
    e.clave: e
    for e in (
        Elemento("institucion", _("Nombre de la institución"), "NOM-004, 10.1.1.1", _E),
        Elemento("establecimiento", _("Nombre del establecimiento"), "NOM-004, 10.1.1.2", _E),
        Elemento("titulo", _("Título del documento"), "NOM-004, 10.1.1.3", _E),
        Elemento("lugar", _("Lugar y fecha"), "NOM-004, 10.1.1.4", _E),
        Elemento("acto", _("Acto que se autoriza"), "NOM-004, 10.1.1.5", _E),
        Elemento("objetivos", _("Objetivos"), "LGS 51 Bis 2", _E),
        Elemento("beneficios", _("Beneficios esperados"), "NOM-004, 10.1.1.6", _E),
        Elemento("riesgos", _("Riesgos"), "NOM-004, 10.1.1.6", _E),
        Elemento(
            "alternativas",
            _("Alternativas"),
            "LGS 51 Bis 2",
            _E,
            _("También la de no hacer nada, y qué se espera entonces."),
        ),
        Elemento(
            "contingencias",
            _("Autorización para atender contingencias y urgencias"),
            "NOM-004, 10.1.1.7",
            _E,
        ),
        Elemento("otorgante", _("Nombre y firma de quien decide"), "NOM-004, 10.1.1.8", _F),
        Elemento("medico", _("Nombre y firma del médico que informa"), "NOM-004, 10.1.1.9", _E),
        Elemento("testigos", _("Nombre y firma de dos testigos"), "NOM-004, 10.1.1.10", _F),
        Elemento("comprension", _("Se comprobó que entendió"), "LGS 51 Bis 2", _F),
    )
}
INFORMADO = tuple(ELEMENTOS)
"""All of them: the ten of 10.1.1 and what the law adds."""
DE_DATOS = ("institucion", "titulo", "lugar", "acto", "objetivos", "alternativas", "otorgante")
"""Of a consent about data: who answers, for what purposes, and what happens on a no."""

_CONTINGENCIAS = (
    "Autorizo al personal de salud a atender las contingencias y urgencias que deriven del acto "
    "autorizado, con libertad de prescripción."
)


@dataclass(frozen=True, slots=True)
class TipoDeCarta:
    """A letter: its scope, its elements, its legal ground and when that ground ends.

    What goes into the document (`base`, `termina`, `textos`) is in Spanish, whoever reads it.

    `dias` is how long it serves once given (None: until revoked). `textos` are what its elements
    say unless whoever informs writes something else.
    """

    clave: str
    titulo: str
    ambito: Ambito
    base: str
    termina: str
    elementos: tuple[str, ...] = INFORMADO
    dias: int | None = None
    en_portal: bool = False
    textos: Mapping[str, str] = field(default_factory=dict)

    @property
    def con_testigos(self) -> bool:
        return "testigos" in self.elementos

    @property
    def de_medico(self) -> bool:
        return "medico" in self.elementos

    @property
    def recaban(self) -> frozenset[Rol]:
        return MEDICOS if self.de_medico else RECABAN

    @property
    def redactables(self) -> tuple[Elemento, ...]:
        """The elements that somebody writes; the rest are facts of the record."""
        return tuple(ELEMENTOS[c] for c in REDACTABLES if c in self.elementos)


REDACTABLES = ("acto", "objetivos", "beneficios", "riesgos", "alternativas", "contingencias")
_MEDICA = "Consentimiento expreso por escrito: LGS 51 Bis 2; RLGSMPSAM 80 a 83"
_HASTA_EL_ACTO = "Al realizarse el acto, al vencer o al revocarse; no obra hacia atrás."
_HASTA_REVOCAR = "Al revocarse o al cumplirse la finalidad; no obra hacia atrás."


def _medica(clave: str, titulo: str, dias: int | None = 90, **textos: str) -> TipoDeCarta:
    return TipoDeCarta(
        clave,
        titulo,
        Ambito.TRATAMIENTO,
        _MEDICA,
        _HASTA_EL_ACTO,
        dias=dias,
        textos={"contingencias": _CONTINGENCIAS, **textos},
    )


def _de_datos(
    clave: str, titulo: str, base: str, ambito: Ambito = Ambito.PRIVACIDAD, **textos: str
) -> TipoDeCarta:
    return TipoDeCarta(
        clave, titulo, ambito, base, _HASTA_REVOCAR, DE_DATOS, en_portal=True, textos=textos
    )


CARTAS: dict[str, TipoDeCarta] = {
    c.clave: c
    for c in (
        _de_datos(
            "datos-sensibles",
            _("Tratamiento de datos personales sensibles"),
            "Consentimiento expreso y por escrito: LGPDPPSO 15 y 16; LFPDPPP 8",
            acto=(
                "Que la institución trate mis datos personales sensibles, entre ellos los de mi "
                "estado de salud, como dice su aviso de privacidad, que tuve a la vista."
            ),
            objetivos=(
                "Integrar mi expediente clínico, atenderme, y cumplir lo que la ley pide a quien "
                "presta servicios de salud."
            ),
            alternativas=(
                "Puedo negarme. La atención que la ley obliga a dar y a registrar no depende de "
                "esta carta; lo demás no se hará con mis datos."
            ),
        ),
        _medica(
            "ingreso",
            _("Ingreso hospitalario"),
            30,
            acto=("Mi ingreso y estancia en el hospital, con los cuidados ordinarios de ella."),
            objetivos=("Vigilar, diagnosticar y tratar mi padecimiento."),
            beneficios=("Atención continua y estudios que no pueden hacerse fuera del hospital."),
            riesgos=(
                "Infecciones asociadas a la atención, caídas, trombosis y reacciones a los "
                "medicamentos, entre otros."
            ),
            alternativas=("Atenderme como paciente externo o en otro establecimiento."),
        ),
        _medica("cirugia-mayor", _("Cirugía mayor")),
        _medica(
            "anestesia",
            _("Anestesia general o regional"),
            beneficios=("No sentir dolor durante el procedimiento."),
        ),
        _medica("alto-riesgo", _("Procedimiento de alto riesgo")),
        _medica(
            "transfusion",
            _("Transfusión de sangre o de sus componentes"),
            acto=("Que se me transfunda sangre o sus componentes."),
            riesgos=(
                "Reacciones febriles o alérgicas, sobrecarga de líquidos y, muy rara vez, "
                "hemólisis o transmisión de infecciones."
            ),
        ),
        TipoDeCarta(
            "investigacion",
            _("Investigación clínica en seres humanos"),
            Ambito.INVESTIGACION,
            "Consentimiento por escrito: LGS 100; RLGSMIS 20 a 22; NOM-012-SSA3-2012",
            "Al terminar el estudio o al retirarse, sin perjuicio de la atención.",
            textos={"contingencias": _CONTINGENCIAS},
        ),
        _de_datos(
            "telemedicina",
            _("Atención a distancia"),
            "Consentimiento expreso: LGS 51 Bis 2 y 71 Septies",
            Ambito.TRATAMIENTO,
            acto=("Que se me atienda a distancia, por videollamada, teléfono o mensajes."),
            objetivos=("Recibir consulta y seguimiento sin trasladarme."),
            alternativas=(
                "La consulta en persona, que puedo pedir en cualquier momento. A distancia no se "
                "me puede explorar igual y la comunicación puede fallar."
            ),
        ),
        _de_datos(
            "terceros",
            _("Transferencia de datos a terceros"),
            "Consentimiento expreso: LGPDPPSO 59; LFPDPPP 35",
            acto=("Que la institución entregue los datos necesarios a los terceros que digo."),
            objetivos=("Las finalidades que el aviso de privacidad dice de cada transferencia."),
            alternativas=(
                "Puedo negarme. Las transferencias que la ley permite sin consentimiento se hacen "
                "de todos modos, y quedan registradas."
            ),
        ),
        _de_datos(
            "docencia",
            _("Docencia e imágenes"),
            "Consentimiento expreso: LGPDPPSO 15; LFPDPPP 8",
            acto=("Que mi caso y mis imágenes se usen para enseñar, sin decir quién soy."),
            objetivos=("Formar personal de salud."),
            alternativas=("Puedo negarme sin que cambie mi atención."),
        ),
        _medica(
            "esterilizacion",
            _("Salpingoclasia o vasectomía"),
            riesgos=("Es permanente: no debe contarse con que pueda revertirse."),
            alternativas=("Métodos anticonceptivos temporales, que se me explicaron."),
        ),
        _medica("trasplante", _("Donación de órganos, tejidos y trasplantes")),
        _medica("necropsia", _("Necropsia hospitalaria")),
        _medica("mutilacion", _("Procedimiento que entraña mutilación")),
        TipoDeCarta(
            "voluntad-anticipada",
            _("Voluntad anticipada"),
            Ambito.ANTICIPADA,
            "LGS 166 Bis 3 y 166 Bis 4; RLGSMPSAM 138 Bis 22",
            "Al revocarse; puede revocarse en cualquier momento y por cualquier medio.",
            elementos=tuple(c for c in INFORMADO if c != "contingencias"),
        ),
        TipoDeCarta(
            "rechazo",
            _("Rechazo de un tratamiento o procedimiento"),
            Ambito.TRATAMIENTO,
            "Derecho a decidir libremente: LGS 51 Bis 2 y 77 Bis 37",
            "Al revocarse: puede aceptarse después lo que hoy se rechaza.",
            elementos=tuple(c for c in INFORMADO if c != "contingencias"),
        ),
    )
}


PROGRAMABLES = tuple(
    CARTAS[clave]
    for clave in (
        *("cirugia-mayor", "alto-riesgo", "anestesia", "transfusion", "esterilizacion"),
        *("trasplante", "mutilacion", "investigacion"),
    )
)
"""The letters of what is booked in an agenda (NOM-004 10.1.2)."""


@dataclass(frozen=True, slots=True)
class Calidad:
    """In whose name somebody decides; `de_menor` decides for whoever is under age."""

    clave: str
    titulo: str
    parentesco: str
    de_menor: bool = False


CALIDADES: dict[str, Calidad] = {
    c.clave: c
    for c in (
        Calidad("paciente", _("La persona misma"), "ONESELF"),
        Calidad("patria", _("Madre o padre, con la patria potestad"), "PRN", de_menor=True),
        Calidad("tutor", _("Tutora o tutor"), "GUARD", de_menor=True),
        Calidad("representante", _("Representante legal"), "POWATT", de_menor=True),
        Calidad("conyuge", _("Cónyuge, concubina o concubinario"), "SPS"),
        Calidad("hijo", _("Hija o hijo mayor de edad"), "CHILD"),
        Calidad("progenitor", _("Madre o padre de un adulto"), "PRN"),
        Calidad("hermano", _("Hermana o hermano"), "SIB"),
        Calidad("otro-familiar", _("Otro familiar"), "FAMMEMB"),
    )
}
"""NOM-004 10.1.1.8: the person; if their state does not allow it, the nearest relative present,
the guardian or the representative. In that order."""

IDENTIFICACIONES = {
    "ine": _("Credencial para votar"),
    "pasaporte": _("Pasaporte"),
    "cedula": _("Cédula profesional"),
    "cartilla": _("Cartilla militar"),
    "acta": _("Acta de nacimiento"),
    "otra": _("Otra identificación"),
    "cuenta": _("Su cuenta del portal"),
    "conocida": _("Persona conocida del personal"),
}
ESPANOL = "es-MX"
