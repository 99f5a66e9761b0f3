from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from registros.catalogos.antecedentes import HABITOS, PADECIMIENTOS, PARENTESCOS


class Familiar(forms.Form):
    parentesco = forms.ChoiceField(label=gettext_lazy("Parentesco"))
    nombre = forms.CharField(
        label=gettext_lazy("Nombre de pila, si hace falta distinguirlo"),
        max_length=60,
        required=False,
    )
    padecimientos = forms.MultipleChoiceField(
        label=gettext_lazy("Padece o padeció"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("Ninguno marcado: se preguntó y está sano."),
    )
    otro = forms.CharField(label=gettext_lazy("Otro padecimiento"), max_length=120, required=False)
    vive = forms.BooleanField(label=gettext_lazy("Vive"), required=False, initial=True)
    edad = forms.IntegerField(
        label=gettext_lazy("Edad, o edad al morir (años)"),
        required=False,
        min_value=0,
        max_value=120,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        parentesco, padecimientos = self.fields["parentesco"], self.fields["padecimientos"]
        assert isinstance(parentesco, forms.ChoiceField)
        assert isinstance(padecimientos, forms.MultipleChoiceField)
        parentesco.choices = [(p.codigo, _(p.nombre)) for p in PARENTESCOS.values()]
        padecimientos.choices = [(c, _(texto)) for c, (_x, texto) in PADECIMIENTOS.items()]


class Habito(forms.Form):
    """The question of one habit; of tobacco, also how much and for how long."""

    respuesta = forms.ChoiceField(label=gettext_lazy("Respuesta"), widget=forms.RadioSelect)
    cigarros_al_dia = forms.IntegerField(
        label=gettext_lazy("Cigarros al día"), required=False, min_value=1, max_value=200
    )
    anos = forms.IntegerField(
        label=gettext_lazy("Años de fumar"), required=False, min_value=1, max_value=100
    )
    detalle = forms.CharField(label=gettext_lazy("Detalle"), max_length=200, required=False)

    def __init__(self, *args: Any, habito: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        respuesta = self.fields["respuesta"]
        assert isinstance(respuesta, forms.ChoiceField)
        respuesta.label = _(HABITOS[habito].nombre)
        respuesta.choices = [(c, _(t)) for c, t in HABITOS[habito].opciones.items()]
        if habito != "tabaco":
            del self.fields["cigarros_al_dia"], self.fields["anos"]

    def clean(self) -> dict[str, Any]:
        datos: dict[str, Any] = super().clean() or {}
        return {"cigarros_al_dia": None, "anos": None, **datos}
