"""Letting somebody in: what they see, for how long; and the code they were handed."""

from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from consentimiento.services.delegaciones import LO_MAS, AlcanceDelegado
from ece.web.clinica.forms.permisos import fin_del_dia


class NuevaDelegacion(forms.Form):
    alcance = forms.ChoiceField(
        label=gettext_lazy("¿Qué podrá ver?"),
        choices=AlcanceDelegado.choices,
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Elija qué podrá ver.")},
    )
    con_sensibles = forms.BooleanField(
        label=gettext_lazy("También lo delicado"),
        required=False,
        help_text=gettext_lazy(
            "VIH, salud mental, adicciones, violencia, salud sexual y reproductiva, genética. "
            "Si no lo marca, no lo verá ni sabrá que existe."
        ),
    )
    hasta = forms.DateField(
        label=gettext_lazy("¿Hasta cuándo?"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=gettext_lazy("Un año a lo más. Puede retirarlo antes, cuando quiera."),
        error_messages={"required": gettext_lazy("Diga hasta qué día.")},
    )

    def clean_hasta(self) -> date:
        hasta: date = self.cleaned_data["hasta"]
        ahora = timezone.now()
        if hasta < timezone.localdate():
            raise ValidationError(_("Esa fecha ya pasó."))
        if fin_del_dia(hasta) > ahora + LO_MAS:
            raise ValidationError(_("Un año a lo más."))
        return hasta

    def oferta(self) -> dict[str, Any]:
        datos = self.cleaned_data
        return {
            "alcance": AlcanceDelegado(datos["alcance"]),
            "con_sensibles": datos["con_sensibles"],
            "hasta": fin_del_dia(datos["hasta"]),
        }


class CodigoDeDelegacion(forms.Form):
    codigo = forms.CharField(
        label=gettext_lazy("Código"),
        max_length=20,
        widget=forms.TextInput(
            attrs={"autocomplete": "one-time-code", "autocapitalize": "characters"}
        ),
        help_text=gettext_lazy("Doce letras y números, como los recibió."),
    )
