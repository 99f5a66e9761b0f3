from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ece.identidad import horarios
from ece.identidad import selectors as identidad
from registros.catalogos.cartas import PROGRAMABLES
from registros.selectors.agenda import Espacio
from registros.services.citas import Lugar


class FiltroDeAgenda(forms.Form):
    """Whose agenda, where and from what day; by GET, and nothing in it is an error."""

    unidad = forms.ChoiceField(label=gettext_lazy("Unidad"), required=False)
    profesional = forms.ChoiceField(label=gettext_lazy("Profesional"), required=False)
    fecha = forms.DateField(
        label=gettext_lazy("Fecha"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )

    def __init__(self, datos: Any, *, inicial: dict[str, str] | None = None) -> None:
        super().__init__({**(inicial or {}), **{k: v for k, v in datos.items() if v}})
        self.profesionales = {str(id_): nombre for id_, nombre in horarios.profesionales()}
        for nombre, opciones in (
            ("unidad", [(str(u.id), u.nombre) for u in identidad.unidades()]),
            ("profesional", list(self.profesionales.items())),
        ):
            campo = self.fields[nombre]
            assert isinstance(campo, forms.ChoiceField)
            campo.choices = [("", _("Cualquiera")), *opciones]
        self.is_valid()

    @property
    def unidad_id(self) -> UUID | None:
        return self._uuid("unidad")

    @property
    def profesional_id(self) -> UUID | None:
        return self._uuid("profesional")

    @property
    def dia(self) -> date:
        return self.cleaned_data.get("fecha") or timezone.localdate()

    def _uuid(self, nombre: str) -> UUID | None:
        valor = self.cleaned_data.get(nombre)
        return UUID(valor) if valor else None


class NuevaCita(forms.Form):
    """One of the slots offered and why; overbooking offers the taken ones too, for a reason."""

    hueco = forms.ChoiceField(
        label=gettext_lazy("Hora"),
        widget=forms.RadioSelect,
        error_messages={
            "required": gettext_lazy("Elija una hora."),
            "invalid_choice": gettext_lazy("Esa hora ya no está libre; elija otra."),
        },
    )
    motivo = forms.CharField(label=gettext_lazy("Motivo de la cita"), max_length=200)
    procedimiento = forms.ChoiceField(
        label=gettext_lazy("Qué se hará"),
        required=False,
        choices=[
            ("", gettext_lazy("Consulta")),
            *((c.clave, gettext_lazy(c.titulo)) for c in PROGRAMABLES),
        ],
        help_text=gettext_lazy("Lo que no es consulta necesita su carta de consentimiento."),
    )
    sobrecupo = forms.CharField(
        label=gettext_lazy("Por qué se da un sobrecupo"),
        max_length=200,
        required=False,
        help_text=gettext_lazy("Obligatorio si la hora ya está ocupada."),
    )

    def __init__(
        self,
        *args: Any,
        espacios: Sequence[Espacio],
        con_sobrecupo: bool = False,
        con_motivo: bool = True,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.espacios = {e.hueco.clave: e for e in espacios if e.libre or con_sobrecupo}
        campo = self.fields["hueco"]
        assert isinstance(campo, forms.ChoiceField)
        campo.choices = [(clave, clave) for clave in self.espacios]
        if not con_sobrecupo:
            del self.fields["sobrecupo"]
        if not con_motivo:
            del self.fields["motivo"], self.fields["procedimiento"]

    def clean(self) -> dict[str, Any]:
        datos: dict[str, Any] = super().clean() or {}
        espacio = self.espacios.get(datos.get("hueco", ""))
        if espacio and not espacio.libre and not datos.get("sobrecupo"):
            self.add_error("sobrecupo", _("Esa hora está ocupada: anote por qué se da."))
        return datos

    def lugar(self) -> Lugar:
        espacio = self.espacios[self.cleaned_data["hueco"]]
        hueco = espacio.hueco
        return Lugar(
            profesional_id=hueco.profesional,
            unidad_id=hueco.unidad,
            inicio=hueco.inicio,
            fin=hueco.fin,
            consultorio_id=hueco.consultorio,
            sobrecupo="" if espacio.libre else self.cleaned_data["sobrecupo"],
        )


class EnListaDeEspera(forms.Form):
    unidad_id = forms.ChoiceField(label=gettext_lazy("Unidad"))
    motivo = forms.CharField(label=gettext_lazy("Motivo de la cita"), max_length=200)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        campo = self.fields["unidad_id"]
        assert isinstance(campo, forms.ChoiceField)
        campo.choices = [(str(u.id), u.nombre) for u in identidad.unidades()]

    def clean_unidad_id(self) -> UUID:
        return UUID(self.cleaned_data["unidad_id"])


class Cancelacion(forms.Form):
    motivo = forms.CharField(label=gettext_lazy("Por qué se cancela"), max_length=200)
