"""Forms about other institutions: whom to ask, whom to refer to, how to answer."""

from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy

from red.pasos import Prioridad


class _Elegida(forms.TypedChoiceField):
    def __init__(self, etiqueta: Any, vacio: Any) -> None:
        super().__init__(
            label=etiqueta,
            coerce=UUID,
            widget=forms.RadioSelect,
            error_messages={"required": vacio, "invalid_choice": vacio},
        )


class Pedir(forms.Form):
    """Which institution is asked for the patient's record."""

    convenio = _Elegida(
        gettext_lazy("A qué institución"), gettext_lazy("Elija la institución a la que se pide.")
    )

    def __init__(self, *args: Any, convenios: list[tuple[UUID, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _opciones(self.fields["convenio"], convenios)


class Referir(Pedir):
    """Where a patient is referred, with which note, and how soon."""

    nota = _Elegida(
        gettext_lazy("Con qué nota de referencia"),
        gettext_lazy("Elija la nota terminada que viaja con el paciente."),
    )
    servicio = forms.CharField(
        label=gettext_lazy("Servicio que se solicita"),
        max_length=200,
        help_text=gettext_lazy("Por ejemplo: Cardiología, valoración."),
    )
    prioridad = forms.TypedChoiceField(
        label=gettext_lazy("Prioridad"),
        choices=Prioridad.choices,
        coerce=Prioridad,
        initial=Prioridad.ORDINARIA,
        widget=forms.RadioSelect,
    )

    def __init__(self, *args: Any, notas: list[tuple[UUID, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["convenio"].label = gettext_lazy("Institución que recibe")
        _opciones(self.fields["nota"], notas)


class Responder(forms.Form):
    nota = _Elegida(
        gettext_lazy("Con qué nota de contrarreferencia"),
        gettext_lazy("Elija la nota terminada que contesta."),
    )

    def __init__(self, *args: Any, notas: list[tuple[UUID, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _opciones(self.fields["nota"], notas)


class Negar(forms.Form):
    """Why a referral is not accepted, or is taken back: the other side reads it."""

    motivo = forms.CharField(
        label=gettext_lazy("Motivo"),
        min_length=8,
        max_length=400,
        help_text=gettext_lazy("Lo lee la otra institución."),
        widget=forms.Textarea(attrs={"rows": 2}),
    )


def _opciones(campo: forms.Field, opciones: list[tuple[UUID, str]]) -> None:
    assert isinstance(campo, forms.TypedChoiceField)
    campo.choices = [(str(id_), nombre) for id_, nombre in opciones]
