"""A request about one's own data: states and clocks (LGPDPPSO 43-51; LFPDPPP 21-33).

Pure: the day, the terms and the calendar are given. What a step changes is a new `Situacion`.
"""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum, unique

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from auditoria.tipos import TipoDeEvento
from consentimiento import plazos
from consentimiento.plazos import Terminos
from ece.identidad.models import Regimen


class Derecho(TextChoices):
    ACCESO = "acceso", _("Acceso: saber qué datos tienen y recibir una copia")
    RECTIFICACION = "rectificacion", _("Rectificación: corregir un dato equivocado")
    CANCELACION = "cancelacion", _("Cancelación: que dejen de usar los datos")
    OPOSICION = "oposicion", _("Oposición: que no los usen para un fin")
    PORTABILIDAD = "portabilidad", _("Portabilidad: llevarlos a otro sistema")


class Calidad(TextChoices):
    TITULAR = "titular", _("La persona titular de los datos")
    REPRESENTANTE = "representante", _("Quien la representa")
    INTERES = "interes", _("Quien acredita interés jurídico (persona fallecida)")


class Canal(TextChoices):
    PORTAL = "portal", _("Portal")
    VENTANILLA = "ventanilla", _("Ventanilla")


class Fin(TextChoices):
    """What somebody opposes the use of their data for (codes of HL7 v3 PurposeOfUse)."""

    INVESTIGACION = "HRESCH", _("Investigación")
    OPERACION = "HOPERAT", _("Evaluación de la calidad y administración")


class Estado(TextChoices):
    RECIBIDA = "recibida", _("Recibida")
    INCOMPETENTE = "incompetente", _("No es de esta institución")
    TRAMITE = "tramite", _("Tiene un trámite específico")
    PREVENIDA = "prevenida", _("Falta que aclare o complete")
    EN_RESOLUCION = "en-resolucion", _("En resolución")
    PRORROGADA = "prorrogada", _("En resolución, con plazo ampliado")
    PROCEDENTE = "procedente", _("Procede; falta hacerla efectiva")
    IMPROCEDENTE = "improcedente", _("No procede")
    EFECTIVA = "efectiva", _("Hecha efectiva")
    NO_PRESENTADA = "no-presentada", _("Se tuvo por no presentada")
    INEXISTENTE = "inexistente", _("Los datos no existen aquí")
    RECURRIDA = "recurrida", _("En recurso ante la autoridad")
    CONFIRMADA = "confirmada", _("La autoridad confirmó la respuesta")


FINALES = frozenset(
    {Estado.INCOMPETENTE, Estado.TRAMITE, Estado.IMPROCEDENTE, Estado.EFECTIVA}
    | {Estado.NO_PRESENTADA, Estado.INEXISTENTE, Estado.CONFIRMADA}
)


@unique
class Paso(StrEnum):
    ADMITIR = "admitir"
    INCOMPETENCIA = "incompetencia"
    RECONDUCIR = "reconducir"
    PREVENIR = "prevenir"
    DESAHOGAR = "desahogar"
    NO_PRESENTAR = "no-presentar"
    PRORROGAR = "prorrogar"
    CONCEDER = "conceder"
    NEGAR = "negar"
    AMPLIAR = "ampliar"
    EFECTUAR = "efectuar"
    INEXISTENCIA = "inexistencia"
    RECURRIR = "recurrir"
    CONFIRMAR = "confirmar"
    MODIFICAR = "modificar"


DE_QUIEN_PIDE = frozenset({Paso.DESAHOGAR, Paso.RECURRIR})
"""What whoever asked may say themselves."""
_E, _T = Estado, TipoDeEvento
_ABIERTA = frozenset({_E.EN_RESOLUCION, _E.PRORROGADA})
PASOS: dict[Paso, tuple[frozenset[Estado], Estado, TipoDeEvento]] = {
    Paso.ADMITIR: (frozenset({_E.RECIBIDA}), _E.EN_RESOLUCION, _T.ARCO_ADMITIDA),
    Paso.INCOMPETENCIA: (frozenset({_E.RECIBIDA}), _E.INCOMPETENTE, _T.ARCO_INCOMPETENTE),
    Paso.RECONDUCIR: (frozenset({_E.RECIBIDA}), _E.TRAMITE, _T.ARCO_RECONDUCIDA),
    Paso.PREVENIR: (frozenset({_E.RECIBIDA}), _E.PREVENIDA, _T.ARCO_PREVENIDA),
    Paso.DESAHOGAR: (frozenset({_E.PREVENIDA}), _E.EN_RESOLUCION, _T.ARCO_DESAHOGADA),
    Paso.NO_PRESENTAR: (frozenset({_E.PREVENIDA}), _E.NO_PRESENTADA, _T.ARCO_NO_PRESENTADA),
    Paso.PRORROGAR: (frozenset({_E.EN_RESOLUCION}), _E.PRORROGADA, _T.ARCO_PRORROGADA),
    Paso.CONCEDER: (_ABIERTA, _E.PROCEDENTE, _T.ARCO_CONCEDIDA),
    Paso.NEGAR: (_ABIERTA, _E.IMPROCEDENTE, _T.ARCO_NEGADA),
    Paso.AMPLIAR: (frozenset({_E.PROCEDENTE}), _E.PROCEDENTE, _T.ARCO_AMPLIADA),
    Paso.EFECTUAR: (frozenset({_E.PROCEDENTE}), _E.EFECTIVA, _T.ARCO_EFECTUADA),
    Paso.INEXISTENCIA: (_ABIERTA, _E.INEXISTENTE, _T.ARCO_INEXISTENTE),
    Paso.RECURRIR: (
        FINALES - {_E.CONFIRMADA} | _ABIERTA | {_E.RECIBIDA},
        _E.RECURRIDA,
        _T.ARCO_RECURRIDA,
    ),
    Paso.CONFIRMAR: (frozenset({_E.RECURRIDA}), _E.CONFIRMADA, _T.ARCO_CONFIRMADA),
    Paso.MODIFICAR: (frozenset({_E.RECURRIDA}), _E.PROCEDENTE, _T.ARCO_MODIFICADA),
}
"""step -> (from which states, to which, its event)."""


class PasoImposible(Exception):
    """The request is not in a state from which that step can be taken."""


class FueraDePlazo(Exception):
    """The law gives a term for that step, and it has ended (or has not yet)."""


@dataclass(frozen=True, slots=True)
class Situacion:
    """Where a request is: `vence` is the last day of the clock that runs, counted from `base`."""

    estado: Estado
    base: date
    vence: date | None
    ampliada: bool = False


def recibida(hoy: date, terminos: Terminos, propios: Collection[date]) -> Situacion:
    return Situacion(Estado.RECIBIDA, hoy, plazos.sumar(hoy, terminos.resolver, propios))


def posibles(
    situacion: Situacion, hoy: date, terminos: Terminos, propios: Collection[date]
) -> list[Paso]:
    """The steps that can be taken today."""
    quedan = []
    for paso in Paso:
        try:
            dar(situacion, paso, hoy, terminos, propios)
        except (PasoImposible, FueraDePlazo):
            continue
        quedan.append(paso)
    return quedan


def dar(
    situacion: Situacion, paso: Paso, hoy: date, terminos: Terminos, propios: Collection[date]
) -> Situacion:
    """Where the request is after `paso`. Raises `PasoImposible`, `FueraDePlazo`.

    Granting, denying and carrying out are never refused for being late: late is better than never,
    and the delay shows.
    """
    desde, hasta, _evento = PASOS[paso]
    if situacion.estado not in desde:
        raise PasoImposible(f"{paso} desde {situacion.estado}")

    def a_mas_tardar(dias: int) -> date:
        return plazos.sumar(situacion.base, dias, propios)

    limite = {
        Paso.INCOMPETENCIA: a_mas_tardar(terminos.incompetencia),
        Paso.RECONDUCIR: a_mas_tardar(terminos.tramite),
        Paso.PREVENIR: a_mas_tardar(terminos.prevencion),
        Paso.DESAHOGAR: situacion.vence,
        Paso.PRORROGAR: situacion.vence,
        Paso.AMPLIAR: situacion.vence,
    }.get(paso)
    if limite is not None and hoy > limite:
        raise FueraDePlazo(f"{paso} venció el {limite}")
    despues = replace(situacion, estado=hasta)
    match paso:
        case Paso.ADMITIR:
            return despues
        case Paso.PREVENIR:
            return replace(despues, vence=plazos.sumar(hoy, terminos.desahogo, propios))
        case Paso.DESAHOGAR:  # the prevention interrupted the term: it begins anew
            vence = plazos.sumar(hoy, terminos.resolver, propios)
            return replace(despues, base=hoy, vence=vence)
        case Paso.NO_PRESENTAR if situacion.vence is None or hoy <= situacion.vence:
            raise FueraDePlazo("todavía puede aclarar o completar")
        case Paso.PRORROGAR if terminos.prorroga:
            return replace(despues, vence=a_mas_tardar(terminos.resolver + terminos.prorroga))
        case Paso.CONCEDER | Paso.MODIFICAR:
            vence = plazos.sumar(hoy, terminos.efectuar, propios)
            return replace(despues, base=hoy, vence=vence)
        case Paso.RECURRIR if not _se_puede_recurrir(situacion, hoy, terminos, propios):
            raise FueraDePlazo("el recurso sigue a una respuesta, o a su falta, y tiene su término")
        case Paso.AMPLIAR if terminos.ampliacion and not situacion.ampliada:
            vence = a_mas_tardar(terminos.efectuar + terminos.ampliacion)
            return replace(despues, vence=vence, ampliada=True)
        case Paso.PRORROGAR | Paso.AMPLIAR:
            raise PasoImposible(f"{paso}: el régimen no lo prevé, o ya se hizo")
    return replace(despues, base=hoy, vence=None)


def recurso_hasta(situacion: Situacion, terminos: Terminos, propios: Collection[date]) -> date:
    """The last day to appeal against an answer (`base` is the day it was given)."""
    return plazos.sumar(situacion.base, terminos.recurso, propios)


def _se_puede_recurrir(
    situacion: Situacion, hoy: date, terminos: Terminos, propios: Collection[date]
) -> bool:
    """Against an answer, within its term; against the lack of one, once it was due."""
    if situacion.estado in FINALES:
        return hoy <= recurso_hasta(situacion, terminos, propios)
    return situacion.vence is not None and hoy > situacion.vence


CAUSALES: dict[str, dict[str, str]] = {
    Regimen.PUBLICO.value: {
        "49-I": gettext_noop("El titular o su representante no están debidamente acreditados."),
        "49-II": gettext_noop("Los datos no están en posesión de la institución."),
        "49-III": gettext_noop(
            "Hay un impedimento legal (como la conservación que ordena la NOM-004, 5.4)."
        ),
        "49-IV": gettext_noop("Se lesionarían los derechos de otra persona."),
        "49-V": gettext_noop("Se obstaculizarían actuaciones judiciales o administrativas."),
        "49-VI": gettext_noop("Una resolución de autoridad competente lo restringe."),
        "49-VII": gettext_noop("La cancelación u oposición ya se había hecho."),
        "49-VIII": gettext_noop("La institución no es competente."),
        "49-IX": gettext_noop(
            "Los datos son necesarios para proteger intereses tutelados del titular."
        ),
        "49-X": gettext_noop(
            "Los datos son necesarios para cumplir obligaciones que el titular adquirió."
        ),
    },
    Regimen.PARTICULAR.value: {
        "33-I": gettext_noop("Quien solicita no es el titular, o no acreditó representarlo."),
        "33-II": gettext_noop("Los datos no se encuentran en la base de la institución."),
        "33-III": gettext_noop("Se lesionarían los derechos de otra persona."),
        "33-IV": gettext_noop(
            "Hay un impedimento legal o resolución de autoridad que lo restringe."
        ),
        "33-V": gettext_noop("La rectificación, cancelación u oposición ya se había hecho."),
    },
}
"""regime -> {article and fraction: cause to deny}."""
