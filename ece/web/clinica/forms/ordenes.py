import json
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from registros.catalogos.estudios import ESTUDIOS
from registros.services.ordenes import Prioridad

FRECUENTES = ("bh", "qs6", "es", "ego", "pfh", "pl", "a1cs", "coag", "rxt", "ecg")
PRIORIDADES = {
    Prioridad.ORDINARIA: gettext_lazy("Ordinaria"),
    Prioridad.URGENTE: gettext_lazy("Urgente"),
    Prioridad.INMEDIATA: gettext_lazy("Inmediata"),
}


class NuevaOrden(forms.Form):
    frecuentes = forms.MultipleChoiceField(
        label=gettext_lazy("Estudios frecuentes"),
        choices=[(clave, ESTUDIOS[clave].nombre) for clave in FRECUENTES],
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    elegidos = forms.CharField(widget=forms.HiddenInput, required=False)
    prioridad = forms.ChoiceField(
        label=gettext_lazy("Prioridad"),
        choices=[(p.value, nombre) for p, nombre in PRIORIDADES.items()],
        widget=forms.RadioSelect,
        initial=Prioridad.ORDINARIA.value,
    )
    problema = forms.CharField(
        label=gettext_lazy("Problema clínico en estudio"),
        help_text=gettext_lazy("Qué debe contestar el estudio; lo lee quien lo hace."),
        max_length=500,
    )
    indicaciones = forms.CharField(
        label=gettext_lazy("Indicaciones para el servicio"), max_length=500, required=False
    )

    def clean_prioridad(self) -> Prioridad:
        return Prioridad(self.cleaned_data["prioridad"])

    def clean_elegidos(self) -> list[str]:
        try:
            claves = [str(e["clave"]) for e in json.loads(self.cleaned_data["elegidos"] or "[]")]
        except (ValueError, TypeError, KeyError) as error:
            raise ValidationError(_("Elija los estudios de la lista.")) from error
        return [clave for clave in claves if clave in ESTUDIOS]

    def clean(self) -> dict[str, Any]:
        datos: dict[str, Any] = super().clean() or {}
        juntos = [*datos.pop("frecuentes", ()), *datos.pop("elegidos", ())]
        if not juntos and "elegidos" not in self.errors:
            raise ValidationError(_("Elija al menos un estudio."))
        return {**datos, "estudios": list(dict.fromkeys(juntos))}

    @property
    def ya_elegidos(self) -> str:
        """What was chosen in the search field, to be shown again with the errors."""
        return str(self.data.get("elegidos", "")) if self.is_bound else "[]"


class Motivo(forms.Form):
    motivo = forms.CharField(label=gettext_lazy("Motivo"), max_length=300)
