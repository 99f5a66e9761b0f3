"""The categories of data that ask for more reserve, and how HL7 names each."""

from dataclasses import dataclass
from enum import StrEnum, unique

from django.utils.translation import gettext_noop as _

SISTEMA = "urn:ece:etiqueta"
"""Of the labels that a person set."""
PUESTA, RETIRADA = "urn:ece:etiqueta-puesta", "urn:ece:etiqueta-retirada"
"""Extensions of `meta` that say which category a person set or withdrew, who, when and why."""
SISTEMA_HL7 = "http://terminology.hl7.org/CodeSystem/v3-ActCode"
SISTEMAS_HL7 = frozenset({SISTEMA_HL7, "http://hl7.org/fhir/v3/ActCode"})
SISTEMA_RESERVA = "http://terminology.hl7.org/CodeSystem/v3-Confidentiality"
RESTRINGIDO = "R"


@unique
class Categoria(StrEnum):
    """What a record may tell that harms a person when the wrong one reads it."""

    VIH = "VIH"
    SALUD_MENTAL = "SALUD_MENTAL"
    ADICCIONES = "ADICCIONES"
    VIOLENCIA = "VIOLENCIA"
    REPRODUCTIVA = "REPRODUCTIVA"
    GENETICA = "GENETICA"
    ADOLESCENCIA = "ADOLESCENCIA"


@dataclass(frozen=True, slots=True)
class Descrita:
    """`escritas` are the HL7 ActCode sensitivities we write; `leidas`, others that mean it."""

    nombre: str
    explicacion: str
    escritas: tuple[str, ...]
    leidas: tuple[str, ...] = ()


CATEGORIAS: dict[Categoria, Descrita] = {
    Categoria.VIH: Descrita(
        _("VIH e infecciones de transmisión sexual"),
        _("Diagnósticos, pruebas y tratamientos de VIH, sífilis, gonorrea y otras."),
        ("HIV", "STD"),
    ),
    Categoria.SALUD_MENTAL: Descrita(
        _("Salud mental"),
        _("Trastornos mentales, su tratamiento, escalas y notas de psicología o psiquiatría."),
        ("MH",),
        ("BH", "COGN", "EMOTDIS", "PSY", "PSYTHPN"),
    ),
    Categoria.ADICCIONES: Descrita(
        _("Adicciones"),
        _("Uso de alcohol y de otras sustancias; el tabaco no."),
        ("SUD",),
        ("ETH", "ETHUD", "OPIOIDUD"),
    ),
    Categoria.VIOLENCIA: Descrita(
        _("Violencia sexual o familiar"),
        _("Maltrato, violencia de pareja, familiar o sexual, y lo que se hizo por ella."),
        ("SDV",),
        ("DVD", "MST", "VIO"),
    ),
    Categoria.REPRODUCTIVA: Descrita(
        _("Salud sexual y reproductiva"),
        _("Anticoncepción, aborto, infertilidad, sexualidad; el embarazo ordinario no."),
        ("SEX",),
    ),
    Categoria.GENETICA: Descrita(
        _("Genética"),
        _("Estudios genéticos y padecimientos que dicen algo de toda la familia."),
        ("GDIS",),
        ("SICKLE",),
    ),
    Categoria.ADOLESCENCIA: Descrita(
        _("Atención confidencial del adolescente"),
        _("Lo que una persona de 12 a 17 años puede reservar ante su familia."),
        ("ADOL",),
    ),
}
"""HL7 v3 ActCode, _InformationSensitivityPolicy (terminology.hl7.org); DS4P."""

DE_HL7: dict[str, Categoria] = {
    codigo: categoria
    for categoria, descrita in CATEGORIAS.items()
    for codigo in (*descrita.escritas, *descrita.leidas)
}

DEL_ADOLESCENTE = frozenset(Categoria) - {Categoria.GENETICA, Categoria.ADOLESCENCIA}
"""What makes the care of somebody from 12 to 17 years old confidential as well.

Reproductive health, mental health and addictions (LGDNNA 50, NOM-047-SSA2-2015); also infections
of the same kind, and violence, whose author may be who looks into the record.
"""
EDADES_DEL_ADOLESCENTE = range(12, 18)
