"""Chapter 6: general and specialised consultation."""

from django.utils.translation import gettext_noop as _

from registros.catalogos.notas.secciones import (
    MEDICAMENTOS,
    PRESENCIA,
    SIGNOS_MINIMOS,
    de_reactivos,
    diagnosticos,
    elegir,
    estudios,
    evolucion,
    interrogatorio,
    pronostico,
    renglon,
)
from registros.catalogos.notas.tipos import (
    EN_FORMACION,
    MEDICOS,
    Capitulo,
    Clase,
    Opcion,
    Reactivo,
    Seccion,
    TipoDeNota,
)

HISTORIA_CLINICA = TipoDeNota(
    clave="historia-clinica",
    titulo=_("Historia clínica"),
    loinc="34117-2",
    numeral="6.1",
    autores=MEDICOS | EN_FORMACION,
    capitulo=Capitulo.CONSULTA,
    secciones=(
        de_reactivos(
            "identificacion",
            _("Ficha de identificación"),
            "6.1.1",
            renglon("grupo-etnico", _("Grupo étnico"), requerido=False),
            ayuda=_(
                "Los datos del paciente se imprimen siempre; anote el grupo étnico, en su caso."
            ),
            requerida=False,
        ),
        de_reactivos(
            "heredofamiliares",
            _("Antecedentes heredofamiliares"),
            "6.1.1",
            elegir("hipertension", _("Hipertensión arterial"), PRESENCIA),
            elegir("dislipidemia", _("Dislipidemia"), PRESENCIA),
            elegir("diabetes", _("Diabetes mellitus"), PRESENCIA),
            Reactivo("otros", _("Otros antecedentes, con parentesco"), requerido=False),
            ayuda=_(
                "Hipertensión, dislipidemia y diabetes: presentes, ausentes o sin información."
            ),
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
        de_reactivos(
            "aparatos-y-sistemas",
            _("Interrogatorio por aparatos y sistemas"),
            "6.1.1",
            *(
                Reactivo(clave, titulo, requerido=False)
                for clave, titulo in (
                    ("cardiovascular", _("Cardiovascular")),
                    ("respiratorio", _("Respiratorio")),
                    ("digestivo", _("Digestivo")),
                    ("genitourinario", _("Genitourinario")),
                    ("endocrino", _("Endocrino y metabólico")),
                    ("hematico", _("Hemático y linfático")),
                    ("nervioso", _("Nervioso")),
                    ("musculoesqueletico", _("Musculoesquelético")),
                    ("piel", _("Piel y anexos")),
                    ("sentidos", _("Órganos de los sentidos")),
                )
            ),
            ayuda=_("Escriba los que interrogó; por lo menos uno."),
        ),
        Seccion(
            "signos",
            _("Signos vitales y somatometría"),
            "6.1.2",
            SIGNOS_MINIMOS,
            clase=Clase.SIGNOS,
        ),
        de_reactivos(
            "exploracion",
            _("Exploración física"),
            "6.1.2",
            Reactivo("habitus", _("Habitus exterior")),
            Reactivo("cabeza", _("Cabeza")),
            Reactivo("cuello", _("Cuello")),
            Reactivo("torax", _("Tórax")),
            Reactivo("abdomen", _("Abdomen")),
            Reactivo("miembros", _("Miembros")),
            Reactivo("genitales", _("Genitales")),
            ayuda=_("De lo que no se exploró, diga por qué."),
        ),
        Seccion(
            "estudios", _("Resultados previos y actuales de estudios"), "6.1.3", requerida=False
        ),
        diagnosticos("6.1.4"),
        pronostico("6.1.5"),
        Seccion("tratamiento", _("Indicación terapéutica"), "6.1.6", MEDICAMENTOS),
    ),
)

NOTA_DE_EVOLUCION = TipoDeNota(
    clave="evolucion",
    titulo=_("Nota de evolución"),
    loinc="11506-3",
    numeral="6.2",
    autores=MEDICOS | EN_FORMACION,
    capitulo=Capitulo.CONSULTA,
    secciones=evolucion("6.2"),
)

_PRIORIDAD = (
    Opcion("ordinaria", _("Ordinaria")),
    Opcion("preferente", _("Preferente")),
    Opcion("urgente", _("Urgente")),
)

SOLICITUD_DE_INTERCONSULTA = TipoDeNota(
    clave="interconsulta-solicitud",
    titulo=_("Solicitud de interconsulta"),
    loinc="57133-1",
    numeral="6.3",
    autores=MEDICOS,
    capitulo=Capitulo.CONSULTA,
    secciones=(
        de_reactivos(
            "solicitud",
            _("Servicio y prioridad"),
            "7.2.1",
            renglon("servicio", _("Servicio o especialidad que se consulta")),
            elegir("prioridad", _("Prioridad"), _PRIORIDAD),
        ),
        Seccion("motivo", _("Motivo de la interconsulta"), "7.2.1"),
        Seccion("resumen", _("Resumen clínico"), "7.2.1"),
        diagnosticos("7.2.1"),
    ),
)

NOTA_DE_INTERCONSULTA = TipoDeNota(
    clave="interconsulta",
    titulo=_("Nota de interconsulta"),
    loinc="11488-4",
    numeral="6.3",
    autores=MEDICOS,
    capitulo=Capitulo.CONSULTA,
    secciones=(
        Seccion("criterios", _("Criterios diagnósticos"), "6.3.1"),
        Seccion("plan-de-estudios", _("Plan de estudios"), "6.3.2"),
        Seccion("sugerencias", _("Sugerencias diagnósticas y de tratamiento"), "6.3.3"),
        Seccion("signos", _("Signos vitales"), "6.3.4", SIGNOS_MINIMOS, clase=Clase.SIGNOS),
        Seccion("motivo", _("Motivo de la atención"), "6.3.4"),
        interrogatorio("6.3.4"),
        estudios("6.3.4"),
        diagnosticos("6.3.4"),
        Seccion("tratamiento", _("Tratamiento"), "6.3.4", MEDICAMENTOS),
        pronostico("6.3.4"),
    ),
)


def _traslado(clave: str, titulo: str, *propias: Seccion) -> TipoDeNota:
    """6.4: where to, and the clinical summary; where from (6.4.1) heads the printed page."""
    return TipoDeNota(
        clave=clave,
        titulo=titulo,
        loinc="57133-1",
        numeral="6.4",
        autores=MEDICOS,
        capitulo=Capitulo.CONSULTA,
        secciones=(
            de_reactivos(
                "receptor",
                _("Establecimiento receptor"),
                "6.4.2",
                renglon("nombre", _("Nombre del establecimiento")),
                renglon("clues", _("CLUES"), requerido=False),
            ),
            Seccion("motivo", _("Motivo de envío"), "6.4.3.1"),
            Seccion("resumen", _("Resumen clínico"), "6.4.3"),
            diagnosticos("6.4.3.2", _("Impresión diagnóstica")),
            Seccion(
                "sustancias",
                _("Abuso y dependencia del tabaco, del alcohol y de otras sustancias"),
                "6.4.3.2",
            ),
            Seccion("terapeutica", _("Terapéutica empleada, si la hubo"), "6.4.3.3", MEDICAMENTOS),
            *propias,
        ),
    )


NOTA_DE_REFERENCIA = _traslado("referencia", _("Nota de referencia o traslado"))
NOTA_DE_CONTRARREFERENCIA = _traslado(
    "contrarreferencia",
    _("Nota de contrarreferencia"),
    Seccion("recomendaciones", _("Recomendaciones para quien continúa la atención"), "6.4"),
)

TIPOS = (
    HISTORIA_CLINICA,
    NOTA_DE_EVOLUCION,
    SOLICITUD_DE_INTERCONSULTA,
    NOTA_DE_INTERCONSULTA,
    NOTA_DE_REFERENCIA,
    NOTA_DE_CONTRARREFERENCIA,
)
