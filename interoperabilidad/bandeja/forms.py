from django import forms
from django.utils.translation import gettext_lazy as _


class Corregir(forms.Form):
    """A message, one segment a line, as whoever attends it says it should have come."""

    texto = forms.CharField(
        label=_("Mensaje"),
        max_length=2_000_000,
        strip=False,
        widget=forms.Textarea(
            attrs={"rows": 14, "spellcheck": "false", "class": "mensaje", "wrap": "off"}
        ),
        help_text=_("Un segmento por renglón. Al guardarlo se aplica en el lugar del que llegó."),
        error_messages={"required": _("El mensaje no puede quedar vacío.")},
    )


class Descartar(forms.Form):
    motivo = forms.CharField(
        label=_("Por qué no se aplica"),
        max_length=400,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Queda cifrado con el mensaje, que se conserva como llegó."),
        error_messages={"required": _("Diga por qué no se aplica.")},
    )
