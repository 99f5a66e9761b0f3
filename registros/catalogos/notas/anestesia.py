"""8.7: the anaesthetist's notes, as NOM-006-SSA3-2011 asks for them."""

from django.utils.translation import gettext_noop as _

from registros.catalogos.notas.secciones import (
    cantidad,
    de_reactivos,
    diagnosticos,
    elegir,
    momento,
    renglon,
    signos,
)
from registros.catalogos.notas.tipos import (
    MEDICOS,
    Capitulo,
    Opcion,
    Plazo,
    Reactivo,
    Seccion,
    TipoDeNota,
)

_ASA = tuple(
    Opcion(f"asa-{numero}", f"ASA {romano}")
    for numero, romano in enumerate(("I", "II", "III", "IV", "V", "VI"), 1)
)
_MALLAMPATI = (
    *(Opcion(f"clase-{n}", romano) for n, romano in enumerate(("I", "II", "III", "IV"), 1)),
    Opcion("no-valorable", _("No valorable")),
)
_TECNICA = (
    Opcion("general", _("General")),
    Opcion("regional", _("Regional")),
    Opcion("sedacion", _("Sedación")),
    Opcion("local", _("Local")),
    Opcion("combinada", _("Combinada")),
)


def _nota(clave: str, titulo: str, secciones: tuple[Seccion, ...], plazo: Plazo) -> TipoDeNota:
    return TipoDeNota(
        clave=clave,
        titulo=titulo,
        loinc="34750-0",
        numeral="8.7",
        autores=MEDICOS,
        capitulo=Capitulo.QUIRURGICAS,
        secciones=secciones,
        plazo=plazo,
    )


PREANESTESICA = _nota(
    "preanestesica",
    _("Nota preanestésica"),
    (
        Seccion("evaluacion", _("Evaluación clínica y antecedentes anestésicos"), "8.7"),
        signos("8.7"),
        diagnosticos("8.7"),
        de_reactivos(
            "riesgo",
            _("Riesgo anestésico y vía aérea"),
            "8.7",
            elegir("asa", _("Estado físico (ASA)"), _ASA),
            elegir("mallampati", _("Mallampati"), _MALLAMPATI),
            Reactivo("detalle", _("Otros datos de la vía aérea"), requerido=False),
            cantidad("ayuno", _("Ayuno"), ("h", "h")),
        ),
        de_reactivos(
            "anestesia",
            _("Anestesia propuesta"),
            "8.7",
            elegir("tecnica", _("Tipo de anestesia"), _TECNICA),
        ),
        Seccion("medicacion", _("Medicación preanestésica"), "8.7"),
    ),
    Plazo(_("Antes de la anestesia, por el anestesiólogo."), "8.7"),
)

TRANSANESTESICA = _nota(
    "transanestesica",
    _("Vigilancia y registro transanestésico"),
    (
        de_reactivos(
            "tiempos",
            _("Tiempos"),
            "8.7",
            momento("inicio", _("Inicio de la anestesia")),
            momento("fin", _("Término de la anestesia")),
        ),
        de_reactivos(
            "anestesia",
            _("Técnica anestésica"),
            "8.7",
            elegir("tecnica", _("Tipo de anestesia"), _TECNICA),
            Reactivo("descripcion", _("Descripción de la técnica y de la vía aérea")),
        ),
        Seccion(
            "medicamentos",
            _("Medicamentos administrados"),
            "8.7",
            _("De cada uno, dosis, vía y hora."),
        ),
        Seccion("vigilancia", _("Registro de la vigilancia"), "8.7"),
        Seccion("incidentes", _("Incidentes y accidentes"), "8.7", _("Si no los hubo, dígalo.")),
    ),
    Plazo(_("Durante la anestesia, por el anestesiólogo."), "8.7"),
)

POSTANESTESICA = _nota(
    "postanestesica",
    _("Nota postanestésica"),
    (
        Seccion("medicamentos", _("Medicamentos utilizados"), "8.7"),
        de_reactivos(
            "balance",
            _("Duración, sangre y soluciones"),
            "8.7",
            cantidad("duracion", _("Duración de la anestesia"), ("min", "min")),
            cantidad("sangre", _("Sangre transfundida"), ("mL", "mL")),
            cantidad("soluciones", _("Soluciones administradas"), ("mL", "mL")),
        ),
        Seccion("incidentes", _("Incidentes y accidentes"), "8.7", _("Si no los hubo, dígalo.")),
        signos("8.7"),
        Seccion("estado", _("Estado clínico al egreso del quirófano"), "8.7"),
        de_reactivos(
            "aldrete",
            _("Escala de Aldrete"),
            "8.7",
            cantidad("puntos", _("Puntuación de Aldrete"), (_("puntos"), "{score}")),
        ),
        Seccion("plan", _("Plan de manejo, con el dolor"), "8.7"),
        de_reactivos(
            "entrega",
            _("Entrega del paciente"),
            "8.7",
            renglon("recibe", _("Quién recibe al paciente"), requerido=False),
            requerida=False,
        ),
    ),
    Plazo(_("Al término de la anestesia, por el anestesiólogo."), "8.7"),
)

TIPOS = (PREANESTESICA, TRANSANESTESICA, POSTANESTESICA)
