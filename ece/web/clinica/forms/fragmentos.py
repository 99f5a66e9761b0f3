from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ece.identidad import selectors as identidad
from ece.nucleo.acceso import Actor


class Fragmento(forms.Form):
    abreviatura = forms.SlugField(
        label=gettext_lazy("Abreviatura"),
        max_length=30,
        allow_unicode=True,
        help_text=gettext_lazy("Una palabra: en la nota se escribe después de una diagonal."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    texto = forms.CharField(
        label=gettext_lazy("Texto"),
        max_length=4_000,
        help_text=gettext_lazy(
            "Los huecos van entre llaves dobles, como {{dosis}}. No escriba datos de nadie."
        ),
        widget=forms.Textarea(attrs={"rows": 5}),
    )
    unidad_id = forms.ChoiceField(label=gettext_lazy("Quién lo usa"), required=False)

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        propias = actor.unidades()
        campo = self.fields["unidad_id"]
        assert isinstance(campo, forms.ChoiceField)
        campo.choices = [
            ("", _("Sólo yo")),
            *((str(u.id), u.nombre) for u in identidad.unidades() if u.id in propias),
        ]

    def clean_unidad_id(self) -> UUID | None:
        return UUID(valor) if (valor := self.cleaned_data["unidad_id"]) else None
