from django import forms
from django.utils.translation import gettext_lazy as _

from consentimiento.services.emergencias import MotivoDeEmergencia

MINIMO, MAXIMO = 15, 600


class Emergencia(forms.Form):
    """Why somebody opens a record by exception, and who they are, again."""

    motivo = forms.TypedChoiceField(
        label=_("¿Qué ocurre?"),
        choices=MotivoDeEmergencia.choices,
        coerce=MotivoDeEmergencia,
        widget=forms.RadioSelect,
        error_messages={"required": _("Elija lo que ocurre.")},
    )
    texto = forms.CharField(
        label=_("Explíquelo"),
        min_length=MINIMO,
        max_length=MAXIMO,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Con sus palabras: lo leerán la persona y quien revisa."),
        error_messages={
            "required": _("Explique la emergencia: es lo que se revisará."),
            "min_length": _("Diga un poco más: es lo que se revisará."),
        },
    )
    contrasena = forms.CharField(
        label=_("Su contraseña"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
        error_messages={"required": _("Escriba su contraseña.")},
    )
