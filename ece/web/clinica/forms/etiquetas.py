from typing import Any

from django import forms
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from registros.catalogos.sensibles import CATEGORIAS, Categoria

_OPCION = "<span>{}<br><span class='tenue chica'>{}</span></span>"


class Etiquetas(forms.Form):
    """The categories a record should bear, and why they are not those it has."""

    categorias = forms.MultipleChoiceField(
        label=gettext_lazy("Este registro trata de"),
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    motivo = forms.CharField(
        label=gettext_lazy("Por qué se corrige"),
        help_text=gettext_lazy("Queda escrito en el registro, con su nombre y la hora."),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=500,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        campo = self.fields["categorias"]
        assert isinstance(campo, forms.MultipleChoiceField)
        campo.choices = [
            (c.value, format_html(_OPCION, _(d.nombre), _(d.explicacion)))
            for c, d in CATEGORIAS.items()
        ]

    def cambios(self) -> dict[str, frozenset[Categoria]]:
        """What to put and what to take off, from what the form began with."""
        elegidas = frozenset(map(Categoria, self.cleaned_data["categorias"]))
        previas = frozenset(map(Categoria, self.initial["categorias"]))
        return {"agregar": elegidas - previas, "retirar": previas - elegidas}
