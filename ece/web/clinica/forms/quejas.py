from django import forms
from django.utils.translation import gettext_lazy


class Respuesta(forms.Form):
    respuesta = forms.CharField(
        label=gettext_lazy("Respuesta"),
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=gettext_lazy("La lee el paciente en su portal."),
    )
