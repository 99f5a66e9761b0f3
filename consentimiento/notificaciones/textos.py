"""What each kind says: fixed words, with nothing of what it is about, in the person's language."""

from dataclasses import dataclass

from django.utils.translation import gettext_noop as _

from consentimiento.models.notificacion import Canal, Tipo

__all__ = ["DESDE_FUERA", "SIN_APAGAR", "SIN_PREFERENCIA", "TEXTOS", "Canal", "Texto", "Tipo"]


@dataclass(frozen=True, slots=True)
class Texto:
    """`urgente`: quiet hours do not hold it; `por_omision`: the channels of who has not chosen."""

    titulo: str
    cuerpo: str
    urgente: bool = False
    por_omision: frozenset[Canal] = frozenset(Canal)


_SOLO_PORTAL = frozenset({Canal.PORTAL})
DESDE_FUERA = _("Entre al portal para verlo.")

TEXTOS: dict[Tipo, Texto] = {
    Tipo.RESULTADO: Texto(
        _("Hay un resultado nuevo"), _("Uno de sus estudios ya tiene resultado en el portal.")
    ),
    Tipo.CITA: Texto(
        _("Su cita"), _("Tiene una cita próxima, o una cita suya cambió. Revise día y hora.")
    ),
    Tipo.EMERGENCIA: Texto(
        _("Alguien abrió su expediente en una emergencia"),
        _("Quedó registrado quién fue, cuándo y por qué, y la institución lo revisará."),
        urgente=True,
    ),
    Tipo.CONSENTIMIENTO: Texto(
        _("Un consentimiento o permiso está por vencer"),
        _("Puede dejar que termine o darlo otra vez."),
    ),
    Tipo.ARCO: Texto(
        _("Hay novedad en su solicitud"),
        _("La institución respondió, o pide algo, sobre una solicitud o queja de sus datos."),
    ),
    Tipo.PERMISO: Texto(
        _("Cambió quién puede ver su expediente"),
        _("Se dio o se terminó el permiso de una persona. Si no lo esperaba, avise."),
    ),
    Tipo.DELEGACION: Texto(
        _("Alguien usó el código que usted dio"),
        _("Vea quién fue, en Permisos. No verá nada hasta que usted diga que sí."),
    ),
    Tipo.VULNERACION: Texto(
        _("Algo pasó con sus datos personales"),
        _("La institución le dice qué fue, qué datos y qué puede hacer, en Preguntas y quejas."),
        urgente=True,
    ),
    Tipo.SESION: Texto(
        _("Alguien entró con su cuenta"),
        _("Si no fue usted, cambie su contraseña y avise a la institución."),
        por_omision=_SOLO_PORTAL,
    ),
    Tipo.SEGURIDAD: Texto(
        _("Cambió la seguridad de su cuenta"),
        _("Alguien pidió o hizo un cambio en cómo se entra a ella. Si no fue usted, avise ya."),
        urgente=True,
    ),
    Tipo.RECUPERACION: Texto(
        _("Alguien pidió volver a entrar a su cuenta"),
        _("Si fue usted, siga el enlace del correo. Si no fue usted, diga que no desde él."),
        urgente=True,
    ),
    Tipo.FIRMA_DELEGADA: Texto(
        _("Alguien le delegó su firma, o dejó de hacerlo"),
        _("Vea quién, de qué documentos y hasta cuándo, en Delegaciones de firma."),
    ),
}

SIN_APAGAR = frozenset({(Tipo.EMERGENCIA, Canal.PORTAL)})
"""What nobody can ask not to be told."""
SIN_PREFERENCIA = frozenset(
    {Tipo.SEGURIDAD, Tipo.RECUPERACION, Tipo.VULNERACION, Tipo.FIRMA_DELEGADA}
)
"""What goes by every channel there is: one of them may be in other hands, the law asks it, or it is
their work."""
