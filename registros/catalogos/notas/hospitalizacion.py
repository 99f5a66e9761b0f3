"""Chapter 8: what a stay in hospital leaves written, but for surgery."""

from django.utils.translation import gettext_noop as _

from registros.catalogos.notas.secciones import (
    MEDICAMENTOS,
    SI_NO_APLICA,
    de_reactivos,
    diagnosticos,
    elegir,
    estudios,
    evolucion,
    interrogatorio,
    momento,
    pronostico,
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

NOTA_DE_INGRESO = TipoDeNota(
    clave="ingreso",
    titulo=_("Nota de ingreso"),
    loinc="47039-3",
    numeral="8.1",
    autores=MEDICOS,
    capitulo=Capitulo.HOSPITALIZACION,
    secciones=(
        signos("8.1.1"),
        Seccion("motivo", _("Motivo del ingreso"), "8.1.2"),
        interrogatorio("8.1.2"),
        estudios("8.1.3"),
        diagnosticos("8.1.4"),
        Seccion("tratamiento", _("Tratamiento"), "8.1.4", MEDICAMENTOS),
        pronostico("8.1.4"),
    ),
    plazo=Plazo(_("Al ingresar, por el médico que ingresa al paciente."), "8.1"),
)

EVOLUCION_HOSPITALARIA = TipoDeNota(
    clave="hospital-evolucion",
    titulo=_("Nota de evolución hospitalaria"),
    loinc="11506-3",
    numeral="8.3",
    autores=MEDICOS,
    capitulo=Capitulo.HOSPITALIZACION,
    secciones=evolucion("6.2"),
    plazo=Plazo(_("Cuando menos una vez al día."), "8.3", 24, frozenset({"IMP"})),
)

_MOTIVOS = (
    Opcion("mejoria", _("Mejoría")),
    Opcion("curacion", _("Curación")),
    Opcion("maximo-beneficio", _("Máximo beneficio")),
    Opcion("voluntario", _("Egreso voluntario")),
    Opcion("traslado", _("Traslado a otra unidad")),
    Opcion("defuncion", _("Defunción")),
    Opcion("otro", _("Otro motivo")),
)

NOTA_DE_EGRESO = TipoDeNota(
    clave="egreso",
    titulo=_("Nota de egreso"),
    loinc="18842-5",
    numeral="8.9",
    autores=MEDICOS,
    capitulo=Capitulo.HOSPITALIZACION,
    secciones=(
        de_reactivos(
            "fechas",
            _("Fechas de ingreso y egreso"),
            "8.9.1",
            momento("ingreso", _("Fecha y hora de ingreso")),
            momento("egreso", _("Fecha y hora de egreso")),
        ),
        de_reactivos(
            "motivo",
            _("Motivo del egreso"),
            "8.9.2",
            elegir("motivo", _("Motivo"), _MOTIVOS),
            Reactivo("detalle", _("Detalle del motivo"), requerido=False),
        ),
        diagnosticos("8.9.3", _("Diagnósticos finales")),
        Seccion("evolucion", _("Resumen de la evolución y estado actual"), "8.9.4"),
        Seccion("manejo", _("Manejo durante la estancia hospitalaria"), "8.9.5"),
        Seccion("pendientes", _("Problemas clínicos pendientes"), "8.9.6"),
        Seccion("tratamiento", _("Plan de manejo y tratamiento"), "8.9.7", MEDICAMENTOS),
        Seccion("recomendaciones", _("Recomendaciones para vigilancia ambulatoria"), "8.9.8"),
        Seccion(
            "factores",
            _("Atención de factores de riesgo"),
            "8.9.9",
            _("Incluya abuso y dependencia del tabaco, del alcohol y de otras sustancias."),
        ),
        pronostico("8.9.10"),
        de_reactivos(
            "defuncion",
            _("En caso de defunción"),
            "8.9.11",
            Reactivo("causas", _("Causas de la muerte conforme al certificado de defunción")),
            elegir("solicitada", _("Se solicitó necropsia hospitalaria"), SI_NO_APLICA),
            elegir("realizada", _("Se llevó a cabo la necropsia"), SI_NO_APLICA),
            requerida=False,
        ),
    ),
    plazo=Plazo(_("Al egresar el paciente."), "8.9"),
)

TIPOS = (NOTA_DE_INGRESO, EVOLUCION_HOSPITALARIA, NOTA_DE_EGRESO)
