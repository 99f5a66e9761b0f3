"""Chapter 8, 8.5 to 8.8: the operation, from its plan to its report."""

from django.utils.translation import gettext_noop as _

from registros.catalogos.notas.secciones import (
    MEDICAMENTOS,
    SI_NO_APLICA,
    cantidad,
    de_reactivos,
    diagnosticos,
    elegir,
    firmante,
    momento,
    pronostico,
    renglon,
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

_RIESGO = (
    Opcion("bajo", _("Bajo")),
    Opcion("medio", _("Medio")),
    Opcion("alto", _("Alto")),
)
_CONTEO = (
    Opcion("completo", _("Completo")),
    Opcion("incompleto", _("Incompleto")),
    Opcion("no-aplica", _("No aplica")),
)

NOTA_PREOPERATORIA = TipoDeNota(
    clave="preoperatoria",
    titulo=_("Nota preoperatoria"),
    loinc="34876-3",
    numeral="8.5",
    autores=MEDICOS,
    capitulo=Capitulo.QUIRURGICAS,
    secciones=(
        de_reactivos(
            "fecha",
            _("Fecha de la cirugía"),
            "8.5.1",
            momento("cirugia", _("Fecha y hora programadas")),
        ),
        diagnosticos("8.5.2", _("Diagnóstico preoperatorio")),
        Seccion("plan", _("Plan quirúrgico"), "8.5.3"),
        Seccion("intervencion", _("Tipo de intervención quirúrgica"), "8.5.4"),
        de_reactivos(
            "riesgo",
            _("Riesgo quirúrgico"),
            "8.5.5",
            elegir("riesgo", _("Riesgo"), _RIESGO),
            Reactivo("detalle", _("Factores que lo determinan"), requerido=False),
        ),
        Seccion("cuidados", _("Cuidados y plan terapéutico preoperatorios"), "8.5.6"),
        pronostico("8.5.7"),
    ),
    plazo=Plazo(_("Antes de la cirugía, por el cirujano."), "8.5"),
)

CIRUGIA_SEGURA = TipoDeNota(
    clave="cirugia-segura",
    titulo=_("Lista de verificación de la cirugía"),
    loinc="28570-0",
    numeral="8.6",
    autores=MEDICOS | ENFERMERIA,
    capitulo=Capitulo.QUIRURGICAS,
    secciones=(
        de_reactivos(
            "entrada",
            _("Antes de la inducción de la anestesia"),
            "8.6",
            elegir(
                "identidad", _("El paciente confirmó identidad, sitio, cirugía y consentimiento")
            ),
            elegir("sitio", _("Sitio quirúrgico marcado"), SI_NO_APLICA),
            elegir("equipo", _("Aparatos y medicación de anestesia verificados")),
            elegir("oximetro", _("Oxímetro de pulso colocado y funcionando")),
            elegir("alergias", _("Tiene alergias conocidas")),
            elegir("via-aerea", _("Vía aérea difícil o riesgo de aspiración")),
            elegir("hemorragia", _("Riesgo de hemorragia mayor de 500 mL (7 mL/kg en niños)")),
        ),
        de_reactivos(
            "pausa",
            _("Antes de la incisión"),
            "8.6",
            elegir("presentacion", _("El equipo se presentó por nombre y función")),
            elegir(
                "confirmacion",
                _("Todo el equipo confirmó identidad, sitio y procedimiento"),
            ),
            elegir("eventos", _("Se revisaron los eventos críticos previstos")),
            elegir(
                "profilaxis", _("Profilaxis antibiótica en los últimos 60 minutos"), SI_NO_APLICA
            ),
            elegir("imagenes", _("Imágenes diagnósticas a la vista"), SI_NO_APLICA),
        ),
        de_reactivos(
            "salida",
            _("Antes de que el paciente salga del quirófano"),
            "8.6",
            elegir("procedimiento", _("Se confirmó el nombre del procedimiento realizado")),
            elegir("conteo", _("Recuento de instrumental, gasas y agujas correcto"), SI_NO_APLICA),
            elegir("muestras", _("Muestras etiquetadas con el nombre del paciente"), SI_NO_APLICA),
            elegir("instrumental", _("Hay problemas del instrumental o los equipos por resolver")),
            elegir("recuperacion", _("Se revisaron los aspectos críticos de la recuperación")),
        ),
        Seccion("observaciones", _("Observaciones"), "8.6", requerida=False),
    ),
    plazo=Plazo(_("Durante la cirugía, en sus tres momentos."), "8.6"),
)

NOTA_POSTOPERATORIA = TipoDeNota(
    clave="postoperatoria",
    titulo=_("Nota postoperatoria"),
    loinc="11504-8",
    numeral="8.8",
    autores=MEDICOS,
    capitulo=Capitulo.QUIRURGICAS,
    secciones=(
        Seccion("diagnostico-preoperatorio", _("Diagnóstico preoperatorio"), "8.8.1"),
        Seccion("planeada", _("Operación planeada"), "8.8.2"),
        Seccion("realizada", _("Operación realizada"), "8.8.3"),
        diagnosticos("8.8.4", _("Diagnóstico postoperatorio")),
        Seccion("tecnica", _("Descripción de la técnica quirúrgica"), "8.8.5"),
        Seccion("hallazgos", _("Hallazgos transoperatorios"), "8.8.6"),
        de_reactivos(
            "conteo",
            _("Conteo de gasas, compresas e instrumental"),
            "8.8.7",
            elegir("gasas", _("Gasas"), _CONTEO),
            elegir("compresas", _("Compresas"), _CONTEO),
            elegir("instrumental", _("Instrumental quirúrgico"), _CONTEO),
            Reactivo("detalle", _("Acciones si el conteo no coincidió"), requerido=False),
        ),
        Seccion("incidentes", _("Incidentes y accidentes"), "8.8.8", _("Si no los hubo, dígalo.")),
        de_reactivos(
            "sangrado",
            _("Sangrado y transfusiones"),
            "8.8.9",
            cantidad("volumen", _("Sangrado cuantificado"), ("mL", "mL")),
            Reactivo("transfusiones", _("Transfusiones, en su caso"), requerido=False),
        ),
        Seccion(
            "auxiliares",
            _("Estudios de servicios auxiliares transoperatorios"),
            "8.8.10",
            requerida=False,
        ),
        de_reactivos(
            "equipo",
            _("Equipo quirúrgico"),
            "8.8.11",
            renglon("ayudantes", _("Ayudantes")),
            renglon("instrumentista", _("Instrumentista")),
            renglon("anestesiologo", _("Anestesiólogo")),
            renglon("circulante", _("Circulante")),
        ),
        Seccion("estado", _("Estado postquirúrgico inmediato"), "8.8.12"),
        Seccion(
            "plan",
            _("Plan de manejo y tratamiento postoperatorio inmediato"),
            "8.8.13",
            MEDICAMENTOS,
        ),
        pronostico("8.8.14"),
        de_reactivos(
            "piezas",
            _("Piezas o biopsias"),
            "8.8.15",
            elegir("envio", _("Se enviaron a examen macroscópico e histopatológico"), SI_NO_APLICA),
            Reactivo("detalle", _("Piezas enviadas"), requerido=False),
        ),
        Seccion("otros", _("Otros hallazgos de importancia médica"), "8.8.16", requerida=False),
        de_reactivos(
            "responsable",
            _("Responsable de la cirugía"),
            "8.8.17",
            firmante("nombre", _("Nombre completo del responsable de la cirugía")),
        ),
    ),
    plazo=Plazo(_("Al término de la cirugía, por el cirujano."), "8.8"),
)

TIPOS = (NOTA_PREOPERATORIA, CIRUGIA_SEGURA, NOTA_POSTOPERATORIA)
