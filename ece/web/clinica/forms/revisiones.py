from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from consentimiento.services.emergencias import Dictamen


class Dictaminar(forms.Form):
    """Whether an access was justified; what was not, with a note that says why."""

    dictamen = forms.TypedChoiceField(
        label=_("Dictamen"),
        choices=[(d.value, d.label) for d in Dictamen if d is not Dictamen.PENDIENTE],
        coerce=Dictamen,
        widget=forms.RadioSelect,
        error_messages={"required": _("Elija el dictamen.")},
    )
    nota = forms.CharField(
        label=_("Nota"),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Queda cifrada en el expediente. Obligatoria si no se justifica."),
    )

    def clean(self) -> dict[str, Any]:
        datos = super().clean() or {}
        if datos.get("dictamen") is Dictamen.INJUSTIFICADA and not datos.get("nota", "").strip():
            self.add_error("nota", _("Diga por qué no se justifica."))
        return datos


class SinNota(forms.Form):
    """The same of what is about no record in particular."""

    dictamen = Dictaminar.base_fields["dictamen"]


class NumeroDeExpediente(forms.Form):
    numero = forms.CharField(label=_("Número de expediente"), max_length=40)
