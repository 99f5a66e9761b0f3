from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy

from ece.web.aplicaciones.palabras import Dicho


class Autorizar(forms.Form):
    """Which of what the app asks for it is let do, and, when it is about one, on whose record."""

    def __init__(
        self,
        *args: Any,
        dichos: Sequence[Dicho],
        expedientes: Sequence[tuple[UUID, str]] | None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        if expedientes is not None:
            self.fields["paciente"] = forms.TypedChoiceField(
                label=gettext_lazy("De qué expediente"),
                choices=[(str(id_), nombre) for id_, nombre in expedientes],
                coerce=UUID,
                widget=forms.RadioSelect,
                initial=str(expedientes[0][0]) if len(expedientes) == 1 else None,
                error_messages={"required": gettext_lazy("Elija un expediente.")},
            )
        self.fields["ambitos"] = forms.MultipleChoiceField(
            label=gettext_lazy("Qué podrá hacer"),
            choices=[(d.ambito, d.texto) for d in dichos],
            widget=forms.CheckboxSelectMultiple,
            initial=[d.ambito for d in dichos],
            error_messages={"required": gettext_lazy("Deje al menos una, o no la autorice.")},
        )
