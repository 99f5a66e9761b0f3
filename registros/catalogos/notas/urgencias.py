"""Chapter 7: emergency care."""

from django.utils.translation import gettext_noop as _

from registros.catalogos.notas.secciones import (
    MEDICAMENTOS,
    de_reactivos,
    diagnosticos,
    estudios,
    evolucion,
    interrogatorio,
    momento,
    pronostico,
    signos,
)
from registros.catalogos.notas.tipos import MEDICOS, Capitulo, Plazo, Seccion, TipoDeNota

NOTA_DE_URGENCIAS = TipoDeNota(
    clave="urgencias",
    titulo=_("Nota inicial de urgencias"),
    loinc="34878-9",
    numeral="7.1",
    autores=MEDICOS,
    capitulo=Capitulo.URGENCIAS,
    secciones=(
        de_reactivos(
            "servicio",
            _("Fecha y hora en que se otorga el servicio"),
            "7.1.1",
            momento("momento", _("Fecha y hora de la atención"), requerido=False),
            ayuda=_("Sólo si no es la de esta nota, que se imprime siempre."),
            requerida=False,
        ),
        signos("7.1.2"),
        Seccion("motivo", _("Motivo de la atención"), "7.1.3"),
        interrogatorio("7.1.4"),
        estudios("7.1.5"),
        diagnosticos("7.1.6"),
        Seccion("tratamiento", _("Tratamiento"), "7.1.7", MEDICAMENTOS),
        pronostico("7.1.7"),
    ),
)

EVOLUCION_DE_URGENCIAS = TipoDeNota(
    clave="urgencias-evolucion",
    titulo=_("Nota de evolución de urgencias"),
    loinc="34111-5",
    numeral="7.2",
    autores=MEDICOS,
    capitulo=Capitulo.URGENCIAS,
    secciones=evolucion("6.2"),
    plazo=Plazo(
        _("Cada vez que se atiende; por turno o al menos cada 8 horas."),
        "NOM-027 6.2.2",
        8,
        frozenset({"EMER"}),
    ),
)

TIPOS = (NOTA_DE_URGENCIAS, EVOLUCION_DE_URGENCIAS)
