"""The grounds of a no in words, with what may be done about it (of a yes: `constancias`)."""

from dataclasses import dataclass

from django.utils.translation import gettext_noop as _

from consentimiento.decision.reglas import AUTORIZACION, NEGATIVAS, REGLAS

FUENTES = {regla.fundamento: regla.fuente for regla in (*REGLAS, AUTORIZACION)} | NEGATIVAS
"""ground -> the articles it rests on."""


@dataclass(frozen=True, slots=True)
class Negativa:
    """A no: in a line, why, and what to do."""

    titulo: str
    porque: str
    pasos: tuple[str, ...]


_PEDIR = _("Pregunte a la persona: puede darle permiso ahí mismo, o en su portal.")
_ASIGNAR = _("Si le toca atenderla, pida que le asignen la atención o abra su encuentro.")
_PRIVACIDAD = _("Si cree que es un error, escriba a la persona responsable de privacidad.")

NEGATIVA_DE = {
    "sin.relacion": Negativa(
        _("No tiene una atención en curso con esta persona"),
        _("Un expediente lo abre quien atiende: con un encuentro, una cita, un estudio pedido o un "
          "permiso. Usted puede saber que la persona está registrada, y nada más."),
        (_ASIGNAR, _PEDIR, _PRIVACIDAD),
    ),
    "rol.insuficiente": Negativa(
        _("Su puesto no incluye esto"),
        _("Lo que pidió corresponde a otro puesto, aunque la persona esté a su cargo."),
        (_("Pídalo a quien le corresponde en su servicio."), _PRIVACIDAD),
    ),
    "directiva": Negativa(
        _("La persona pidió que no se le muestre"),
        _("Quien es dueño de sus datos decide quién los ve. Esta persona dejó dicho que no los "
          "compartan con usted, con su puesto o con su unidad."),
        (_PEDIR, _PRIVACIDAD),
    ),
    "bloqueo": Negativa(
        _("Este expediente está bloqueado"),
        _("Se pidió su cancelación. La ley lo conserva un tiempo, y nadie lo usa mientras tanto."),
        (_PRIVACIDAD,),
    ),
    "proposito": Negativa(
        _("No es para ese fin"),
        _("Lo que le une a esta persona no alcanza para lo que pidió hacer con sus datos."),
        (_PEDIR, _PRIVACIDAD),
    ),
}  # fmt: skip
"""ground of a no -> its words, for whoever may know that the person is there."""

_CON_LA_PERSONA = _("Pídale que lo haga desde su propia cuenta, o que acuda con usted al hospital.")
_AL_HOSPITAL = _("Si cree que es un error, pregunte en el hospital, en Privacidad o en Archivo.")
EN_PORTAL = {
    "sin.relacion": Negativa(
        _("Ya no puede ver este expediente"),
        _("El permiso que tenía terminó, o quien se lo dio lo retiró."),
        (_("Pida a la persona otro código, si quiere que usted siga viéndolo."), _AL_HOSPITAL),
    ),
    "rol.insuficiente": Negativa(
        _("Esto sólo lo hace la persona de quien es el expediente"),
        _("Usted puede leerlo en su nombre, pero esta decisión le toca a ella."),
        (_CON_LA_PERSONA, _AL_HOSPITAL),
    ),
    "directiva": Negativa(
        _("La persona pidió que esto no se le muestre"),
        _("Quien es dueño de sus datos decide quién los ve, y puede cambiar de opinión."),
        (_("Hable con ella: puede darle permiso en su portal."), _AL_HOSPITAL),
    ),
    "bloqueo": Negativa(
        _("Este expediente está bloqueado"),
        _("Se pidió su cancelación. La ley lo conserva un tiempo, y nadie lo usa mientras tanto."),
        (_AL_HOSPITAL,),
    ),
    "proposito": Negativa(
        _("No es para ese fin"),
        _("Su permiso no alcanza para lo que pidió hacer con estos datos."),
        (_CON_LA_PERSONA, _AL_HOSPITAL),
    ),
}
"""The same for whoever comes by the portal: they hold no post, and nobody assigns them."""
