"""Chapter 9: reports of professional and technical staff."""

from django.utils.translation import gettext_noop as _

from ece.nucleo.roles import Rol
from registros.catalogos.notas.secciones import (
    SI_NO,
    cantidad,
    de_reactivos,
    diagnosticos,
    elegir,
    momento,
    pronostico,
    renglon,
    signos,
)
from registros.catalogos.notas.tipos import (
    ENFERMERIA,
    MEDICOS,
    Capitulo,
    Opcion,
    Plazo,
    Reactivo,
    Seccion,
    TipoDeNota,
)

_TURNO = (
    Opcion("matutino", _("Matutino")),
    Opcion("vespertino", _("Vespertino")),
    Opcion("nocturno", _("Nocturno")),
)

HOJA_DE_ENFERMERIA = TipoDeNota(
    clave="enfermeria",
    titulo=_("Hoja de enfermería"),
    loinc="34746-8",
    numeral="9.1",
    autores=ENFERMERIA,
    capitulo=Capitulo.REPORTES,
    secciones=(
        de_reactivos("turno", _("Turno"), "9.1", elegir("turno", _("Turno"), _TURNO)),
        Seccion("habitus", _("Habitus exterior"), "9.1.1"),
        signos("9.1.2"),
        Seccion(
            "ministracion",
            _("Ministración de medicamentos"),
            "9.1.3",
            _("De cada uno, fecha, hora, cantidad y vía prescrita; si no hubo, dígalo."),
        ),
        Seccion("procedimientos", _("Procedimientos realizados"), "9.1.4"),
        Seccion("observaciones", _("Observaciones"), "9.1.5"),
    ),
    plazo=Plazo(
        _("Por turno, o con la frecuencia que ordene el médico."),
        "9.1",
        8,
        frozenset({"EMER", "IMP"}),
    ),
)


def _informe(clave: str, titulo: str, loinc: str, *propias: Seccion) -> TipoDeNota:
    """9.2: a report of an auxiliary service; its author is who reports (9.2.8)."""
    return TipoDeNota(
        clave=clave,
        titulo=titulo,
        loinc=loinc,
        numeral="9.2",
        autores=MEDICOS,
        capitulo=Capitulo.REPORTES,
        secciones=(
            de_reactivos(
                "estudio",
                _("Identificación del estudio"),
                "9.2.1",
                momento("momento", _("Fecha y hora del estudio"), "9.2.1"),
                renglon("solicitante", _("Quién lo solicita"), "9.2.2"),
                renglon("solicitado", _("Estudio o procedimiento solicitado"), "9.2.3"),
            ),
            Seccion("problema", _("Problema clínico en estudio"), "9.2.4"),
            *propias,
            Seccion("resultados", _("Resultados"), "9.2.5"),
            Seccion(
                "incidentes", _("Incidentes y accidentes"), "9.2.6", _("Si no los hubo, dígalo.")
            ),
            de_reactivos(
                "personal",
                _("Personal"),
                "9.2.7",
                renglon("realizo", _("Quién realizó el estudio")),
            ),
        ),
    )


INFORME_DE_LABORATORIO = _informe("informe-laboratorio", _("Informe de laboratorio"), "11502-2")
INFORME_DE_IMAGEN = _informe(
    "informe-imagen",
    _("Informe de imagenología"),
    "18748-4",
    Seccion("tecnica", _("Técnica y proyecciones"), "9.2.5"),
)
PROCEDIMIENTO = _informe(
    "procedimiento",
    _("Informe de procedimiento"),
    "28570-0",
    Seccion("tecnica", _("Descripción del procedimiento"), "9.2.5"),
)

_COMPONENTE = (
    Opcion("eritrocitos", _("Concentrado de eritrocitos")),
    Opcion("plaquetas", _("Concentrado de plaquetas")),
    Opcion("plasma", _("Plasma")),
    Opcion("crioprecipitado", _("Crioprecipitado")),
    Opcion("sangre-total", _("Sangre total")),
)

TRANSFUSION = TipoDeNota(
    clave="transfusion",
    titulo=_("Nota de transfusión"),
    loinc="34109-9",
    numeral="5.18",
    autores=MEDICOS | ENFERMERIA,
    capitulo=Capitulo.REPORTES,
    secciones=(
        Seccion("indicacion", _("Indicación de la transfusión"), "NOM-253"),
        de_reactivos(
            "unidad",
            _("Unidad transfundida"),
            "NOM-253",
            elegir("componente", _("Componente"), _COMPONENTE),
            renglon("numero", _("Número de la unidad")),
            renglon("grupo", _("Grupo ABO y Rh de la unidad")),
            renglon("grupo-receptor", _("Grupo ABO y Rh del receptor")),
            elegir("cruzadas", _("Pruebas cruzadas compatibles"), SI_NO),
            cantidad("volumen", _("Volumen transfundido"), ("mL", "mL")),
        ),
        de_reactivos(
            "tiempos",
            _("Tiempos"),
            "NOM-253",
            momento("inicio", _("Inicio de la transfusión")),
            momento("fin", _("Término de la transfusión")),
        ),
        signos("NOM-253"),
        de_reactivos(
            "reacciones",
            _("Reacciones adversas"),
            "NOM-253",
            elegir("hubo", _("Hubo reacción adversa"), SI_NO),
            Reactivo("detalle", _("Descripción y manejo de la reacción"), requerido=False),
        ),
        de_reactivos(
            "personal",
            _("Personal"),
            "NOM-253",
            renglon("aplica", _("Quién aplica la transfusión")),
        ),
    ),
)

NOTA_DE_PSICOLOGIA = TipoDeNota(
    clave="psicologia",
    titulo=_("Nota de psicología"),
    loinc="11510-5",
    numeral="5.17",
    autores=frozenset({Rol.PSICOLOGIA}),
    capitulo=Capitulo.REPORTES,
    secciones=(
        Seccion("motivo", _("Motivo de la atención"), "5.17"),
        Seccion("valoracion", _("Entrevista y valoración psicológica"), "5.17"),
        Seccion("pruebas", _("Pruebas aplicadas y sus resultados"), "5.17", requerida=False),
        diagnosticos("5.17", _("Impresión diagnóstica")),
        Seccion("intervencion", _("Intervención y plan"), "5.17"),
        pronostico("5.17"),
    ),
)

REPORTE_DE_TRABAJO_SOCIAL = TipoDeNota(
    clave="trabajo-social",
    titulo=_("Reporte de trabajo social"),
    loinc="28656-7",
    numeral="5.15",
    autores=frozenset({Rol.TRABAJO_SOCIAL}),
    capitulo=Capitulo.REPORTES,
    secciones=(
        Seccion("motivo", _("Motivo de la atención"), "5.15"),
        Seccion("situacion", _("Situación familiar, económica y de vivienda"), "5.15"),
        Seccion("redes", _("Redes de apoyo"), "5.15"),
        Seccion("intervencion", _("Intervención y gestiones"), "5.15"),
        Seccion("seguimiento", _("Seguimiento"), "5.15"),
    ),
)

TIPOS = (
    HOJA_DE_ENFERMERIA,
    INFORME_DE_LABORATORIO,
    INFORME_DE_IMAGEN,
    PROCEDIMIENTO,
    TRANSFUSION,
    NOTA_DE_PSICOLOGIA,
    REPORTE_DE_TRABAJO_SOCIAL,
)
