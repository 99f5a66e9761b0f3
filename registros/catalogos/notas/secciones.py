"""Sections and answers that several documents of the norm ask for alike, each with its numeral."""

from django.utils.translation import gettext_noop as _

from registros.catalogos.notas.tipos import Clase, Forma, Opcion, Reactivo, Seccion

SIGNOS_MINIMOS = _(
    "Temperatura, tensión arterial, frecuencias cardiaca y respiratoria, peso y talla."
)
MEDICAMENTOS = _("De cada medicamento, por lo menos dosis, vía de administración y periodicidad.")

SI_NO = (Opcion("si", _("Sí")), Opcion("no", _("No")))
SI_NO_APLICA = (*SI_NO, Opcion("no-aplica", _("No aplica")))
PRESENCIA = (
    Opcion("presente", _("Presente")),
    Opcion("ausente", _("Ausente")),
    Opcion("sin-informacion", _("Sin información")),
)


def renglon(clave: str, titulo: str, numeral: str = "", *, requerido: bool = True) -> Reactivo:
    """A short answer in words."""
    return Reactivo(clave, titulo, Forma.RENGLON, numeral=numeral, requerido=requerido)


def firmante(clave: str, titulo: str, numeral: str = "", *, requerido: bool = True) -> Reactivo:
    """The full name of somebody who signs by hand on the printed page."""
    return Reactivo(
        clave, titulo, Forma.RENGLON, (), numeral=numeral, requerido=requerido, firma=True
    )


def momento(clave: str, titulo: str, numeral: str = "", *, requerido: bool = True) -> Reactivo:
    return Reactivo(clave, titulo, Forma.MOMENTO, numeral=numeral, requerido=requerido)


def elegir(
    clave: str,
    titulo: str,
    opciones: tuple[Opcion, ...] = SI_NO,
    numeral: str = "",
    *,
    requerido: bool = True,
) -> Reactivo:
    return Reactivo(clave, titulo, Forma.OPCION, opciones, numeral=numeral, requerido=requerido)


def cantidad(
    clave: str, titulo: str, unidad: tuple[str, str], numeral: str = "", *, requerido: bool = True
) -> Reactivo:
    """A figure with its unit, as (shown, UCUM)."""
    return Reactivo(
        clave, titulo, Forma.CANTIDAD, unidad=unidad, numeral=numeral, requerido=requerido
    )


def de_reactivos(
    clave: str,
    titulo: str,
    numeral: str,
    *reactivos: Reactivo,
    ayuda: str = "",
    requerida: bool = True,
) -> Seccion:
    return Seccion(clave, titulo, numeral, ayuda, requerida, Clase.REACTIVOS, reactivos)


def signos(numeral: str, *, requerida: bool = True) -> Seccion:
    return Seccion("signos", _("Signos vitales"), numeral, SIGNOS_MINIMOS, requerida, Clase.SIGNOS)


def diagnosticos(numeral: str, titulo: str = _("Diagnósticos o problemas clínicos")) -> Seccion:
    return Seccion("diagnosticos", titulo, numeral, clase=Clase.DIAGNOSTICOS)


def estudios(numeral: str) -> Seccion:
    return Seccion(
        "estudios",
        _("Resultados relevantes de los estudios auxiliares"),
        numeral,
        requerida=False,
    )


def pronostico(numeral: str) -> Seccion:
    return Seccion("pronostico", _("Pronóstico"), numeral)


def interrogatorio(numeral: str) -> Seccion:
    return Seccion(
        "interrogatorio",
        _("Resumen del interrogatorio, exploración física y estado mental"),
        numeral,
    )


def evolucion(numeral: str) -> tuple[Seccion, ...]:
    """The contents of a progress note (6.2), with the numeral of whoever refers to it."""
    return (
        Seccion(
            "evolucion",
            _("Evolución y actualización del cuadro clínico"),
            f"{numeral}.1",
            _("Incluya abuso y dependencia del tabaco, del alcohol y de otras sustancias."),
        ),
        Seccion(
            "signos",
            _("Signos vitales"),
            f"{numeral}.2",
            _("Según se considere necesario."),
            requerida=False,
            clase=Clase.SIGNOS,
        ),
        Seccion(
            "estudios",
            _("Resultados relevantes de los estudios solicitados"),
            f"{numeral}.3",
            requerida=False,
        ),
        diagnosticos(f"{numeral}.4"),
        pronostico(f"{numeral}.5"),
        Seccion(
            "tratamiento", _("Tratamiento e indicaciones médicas"), f"{numeral}.6", MEDICAMENTOS
        ),
    )
