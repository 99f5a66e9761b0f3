"""Chapter 10: letters of informed consent, voluntary discharge, notices, and death.

What every printed page says by itself is not asked for again: institution, establishment and its
address, title, date and time, the patient's identification, and the author, who signs
(10.1.1.1 to 10.1.1.3, 10.1.1.9, 10.2.3.1, 10.2.3.7, 10.3.1 to 10.3.3, 10.3.7).
"""

from django.utils.translation import gettext_noop as _

from registros.catalogos.notas.secciones import (
    SI_NO,
    SI_NO_APLICA,
    cantidad,
    de_reactivos,
    diagnosticos,
    elegir,
    firmante,
    momento,
    renglon,
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

_ACTOS = (
    Opcion("ingreso", _("Ingreso hospitalario")),
    Opcion("cirugia-mayor", _("Cirugía mayor")),
    Opcion("anestesia", _("Anestesia general o regional")),
    Opcion("esterilizacion", _("Salpingoclasia o vasectomía")),
    Opcion("trasplante", _("Donación de órganos o tejidos, o trasplante")),
    Opcion("investigacion", _("Investigación clínica en seres humanos")),
    Opcion("necropsia", _("Necropsia hospitalaria")),
    Opcion("alto-riesgo", _("Procedimiento de alto riesgo")),
    Opcion("mutilacion", _("Procedimiento que entraña mutilación")),
    Opcion("otro", _("Otro acto")),
)

CONSENTIMIENTO_INFORMADO = TipoDeNota(
    clave="consentimiento",
    titulo=_("Carta de consentimiento informado"),
    loinc="59284-0",
    numeral="10.1",
    autores=MEDICOS,
    capitulo=Capitulo.OTROS,
    secciones=(
        de_reactivos(
            "emision",
            _("Lugar y fecha"),
            "10.1.1.4",
            renglon("lugar", _("Lugar")),
            momento("fecha", _("Fecha y hora")),
        ),
        de_reactivos(
            "acto",
            _("Acto autorizado"),
            "10.1.1.5",
            elegir("clase", _("Clase de acto"), _ACTOS, "10.1.2"),
            Reactivo("acto", _("Acto que se autoriza"), numeral="10.1.1.5"),
        ),
        Seccion("riesgos", _("Riesgos del acto"), "10.1.1.6"),
        Seccion("beneficios", _("Beneficios esperados del acto"), "10.1.1.6"),
        Seccion("alternativas", _("Alternativas"), "LGS 51 Bis 2"),
        Seccion(
            "contingencias",
            _("Autorización para la atención de contingencias y urgencias"),
            "10.1.1.7",
            _("Derivadas del acto autorizado, con libertad de prescripción."),
        ),
        de_reactivos(
            "firmas",
            _("Quiénes firman"),
            "10.1.1.8",
            firmante("autoriza", _("Paciente, o quien autoriza por él"), "10.1.1.8"),
            renglon("vinculo", _("Vínculo, si no firma el paciente"), "10.1.1.8", requerido=False),
            firmante("testigo-1", _("Primer testigo"), "10.1.1.10"),
            firmante("testigo-2", _("Segundo testigo"), "10.1.1.10"),
            ayuda=_("Nombres completos; la firma se recaba en el documento impreso."),
        ),
    ),
    plazo=Plazo(_("Antes del acto que se autoriza."), "10.1.2"),
)

EGRESO_VOLUNTARIO = TipoDeNota(
    clave="egreso-voluntario",
    titulo=_("Hoja de egreso voluntario"),
    loinc="34109-9",
    numeral="10.2",
    autores=MEDICOS,
    capitulo=Capitulo.OTROS,
    secciones=(
        de_reactivos("alta", _("Alta"), "10.2.3.2", momento("alta", _("Fecha y hora del alta"))),
        de_reactivos(
            "solicitante",
            _("Quien solicita el egreso"),
            "10.2.3.3",
            firmante("nombre", _("Nombre completo de quien solicita")),
            cantidad("edad", _("Edad de quien solicita"), (_("años"), "a")),
            renglon("parentesco", _("Parentesco")),
        ),
        Seccion("resumen", _("Resumen clínico"), "10.2.3.4"),
        Seccion(
            "medidas",
            _("Medidas recomendadas y atención de factores de riesgo"),
            "10.2.3.5",
        ),
        de_reactivos(
            "firmas",
            _("Quiénes firman"),
            "10.2.3.6",
            firmante(
                "responsiva", _("Médico que otorga la responsiva"), "10.2.3.6", requerido=False
            ),
            firmante("testigo-1", _("Primer testigo"), "10.2.3.8"),
            firmante("testigo-2", _("Segundo testigo"), "10.2.3.8"),
            ayuda=_("Nombres completos; la firma se recaba en el documento impreso."),
        ),
    ),
)

MINISTERIO_PUBLICO = TipoDeNota(
    clave="ministerio-publico",
    titulo=_("Notificación al Ministerio Público"),
    loinc="34109-9",
    numeral="10.3",
    autores=MEDICOS,
    capitulo=Capitulo.OTROS,
    secciones=(
        Seccion("acto", _("Acto que se notifica"), "10.3.4"),
        Seccion("lesiones", _("Reporte de lesiones, en su caso"), "10.3.5", requerida=False),
        de_reactivos(
            "notificacion",
            _("Notificación"),
            "10.3.6",
            renglon("agencia", _("Agencia del Ministerio Público a la que se notifica")),
        ),
    ),
    plazo=Plazo(_("En cuanto se conoce el hecho."), "10.3"),
)

VIGILANCIA = TipoDeNota(
    clave="muerte-vigilancia",
    titulo=_("Reporte de muerte sujeta a vigilancia epidemiológica"),
    loinc="47046-8",
    numeral="10.4",
    autores=MEDICOS,
    capitulo=Capitulo.OTROS,
    secciones=(
        de_reactivos(
            "defuncion",
            _("Defunción"),
            "10.4",
            momento("momento", _("Fecha y hora de la muerte")),
        ),
        diagnosticos("10.4", _("Causas de la muerte")),
        Seccion("resumen", _("Resumen clínico"), "10.4"),
        de_reactivos(
            "aviso",
            _("Aviso"),
            "10.4",
            renglon("instancia", _("Instancia a la que se avisa")),
            momento("momento", _("Fecha y hora del aviso")),
        ),
    ),
)


def _de_muerte(clave: str, titulo: str, primera: Seccion, *propias: Seccion) -> TipoDeNota:
    """10.5: written besides the certificate, whose folio it names; `propias` come before it."""
    return TipoDeNota(
        clave=clave,
        titulo=titulo,
        loinc="47046-8",
        numeral="10.5",
        autores=MEDICOS,
        capitulo=Capitulo.OTROS,
        secciones=(
            primera,
            *propias,
            diagnosticos("10.5", _("Causas de la muerte")),
            de_reactivos(
                "certificado",
                _("Certificado y avisos"),
                "10.5",
                renglon("folio", _("Folio del certificado")),
                elegir("ministerio", _("Se dio aviso al Ministerio Público"), SI_NO),
                elegir(
                    "solicitada", _("Se solicitó necropsia hospitalaria"), SI_NO_APLICA, "8.9.11"
                ),
                elegir("realizada", _("Se llevó a cabo la necropsia"), SI_NO_APLICA, "8.9.11"),
            ),
        ),
        plazo=Plazo(_("Al ocurrir la muerte, además del certificado."), "10.5"),
    )


NOTA_DE_DEFUNCION = _de_muerte(
    "defuncion",
    _("Nota de defunción"),
    de_reactivos(
        "defuncion",
        _("Defunción"),
        "10.5",
        momento("momento", _("Fecha y hora de la muerte")),
    ),
    Seccion("descripcion", _("Descripción de los hechos y de las maniobras"), "10.5"),
)
NOTA_DE_MUERTE_FETAL = _de_muerte(
    "muerte-fetal",
    _("Nota de muerte fetal"),
    de_reactivos(
        "muerte",
        _("Muerte fetal"),
        "10.5",
        momento("momento", _("Fecha y hora de la expulsión o extracción")),
        cantidad("gestacion", _("Edad gestacional"), (_("semanas"), "wk")),
        cantidad("peso", _("Peso del producto"), ("g", "g"), requerido=False),
    ),
    Seccion("descripcion", _("Descripción de los hechos"), "10.5"),
)

TIPOS = (
    CONSENTIMIENTO_INFORMADO,
    EGRESO_VOLUNTARIO,
    MINISTERIO_PUBLICO,
    VIGILANCIA,
    NOTA_DE_DEFUNCION,
    NOTA_DE_MUERTE_FETAL,
)
