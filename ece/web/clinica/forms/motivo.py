from django import forms
from django.utils.translation import gettext_lazy as _

from consentimiento.motivos import MotivoDeConsulta


class MotivoDeLaConsulta(forms.Form):
    motivo = forms.TypedChoiceField(
        label=_("¿Con qué motivo consulta este expediente?"),
        choices=MotivoDeConsulta.choices,
        coerce=MotivoDeConsulta,
        widget=forms.RadioSelect,
        error_messages={"required": _("Elija el motivo: queda escrito en el expediente.")},
    )
