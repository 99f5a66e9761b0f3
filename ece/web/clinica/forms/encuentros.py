from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from ece.identidad import selectors as identidad
from ece.nucleo.acceso import Actor
from registros.services.encuentros import NOMBRES, ClaseDeEncuentro


class NuevoEncuentro(forms.Form):
    clase = forms.ChoiceField(
        label=gettext_lazy("Tipo"),
        choices=[(c.value, gettext_lazy(NOMBRES[c])) for c in ClaseDeEncuentro],
    )
    unidad_id = forms.TypedChoiceField(label=gettext_lazy("Unidad"), coerce=str)
    motivo = forms.CharField(label=gettext_lazy("Motivo"), max_length=200)

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.unidades = {str(u.id): u for u in identidad.unidades()}
        campo = self.fields["unidad_id"]
        assert isinstance(campo, forms.TypedChoiceField)
        campo.choices = [(clave, u.nombre) for clave, u in self.unidades.items()]
        propias = [str(u) for u in actor.unidades()]
        campo.initial = propias[0] if propias else None

    def clean_clase(self) -> ClaseDeEncuentro:
        return ClaseDeEncuentro(self.cleaned_data["clase"])

    def clean_unidad_id(self) -> Any:
        return self.unidades[self.cleaned_data["unidad_id"]].id
