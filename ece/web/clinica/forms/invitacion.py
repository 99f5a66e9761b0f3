from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from consentimiento.services.inscripcion import Documento, Persona, Proposito, Relacion
from ece.nucleo import identificadores


class Invitacion(forms.Form):
    """Whom the code is for, and the document that whoever attends has before their eyes."""

    relacion = forms.TypedChoiceField(
        label=gettext_lazy("¿Para quién?"),
        coerce=Relacion,
        choices=Relacion.choices,
        initial=Relacion.TITULAR,
        widget=forms.RadioSelect,
    )
    proposito = forms.TypedChoiceField(
        label=gettext_lazy("¿Para qué?"),
        coerce=Proposito,
        choices=Proposito.choices,
        widget=forms.RadioSelect,
    )
    documento = forms.TypedChoiceField(
        label=gettext_lazy("Documento con el que se identificó"),
        coerce=Documento,
        choices=[("", gettext_lazy("Elija uno")), *Documento.choices],
    )
    curp = forms.CharField(
        label=gettext_lazy("CURP de quien lo representa"), max_length=18, required=False
    )
    nacimiento = forms.DateField(
        label=gettext_lazy("Fecha de nacimiento de quien lo representa"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
    )
    cotejada = forms.BooleanField(
        label=gettext_lazy("Tuve el documento a la vista y es de esta persona")
    )

    def de_ambos(self) -> list[forms.BoundField]:
        return [self[campo] for campo in ("relacion", "proposito", "documento")]

    def de_tutela(self) -> list[forms.BoundField]:
        """Shown only for who represents the patient."""
        return [self[campo] for campo in ("curp", "nacimiento")]

    def clean_curp(self) -> str:
        curp: str = self.cleaned_data["curp"].strip().upper()
        if curp:
            try:
                identificadores.validar_curp(curp)
            except identificadores.CurpInvalida as error:
                raise ValidationError(str(error)) from error
        return curp

    def clean_nacimiento(self) -> date | None:
        nacimiento: date | None = self.cleaned_data["nacimiento"]
        if nacimiento and nacimiento > timezone.localdate():
            raise ValidationError(_("Esa fecha todavía no llega."))
        return nacimiento

    def clean(self) -> dict[str, Any]:
        datos: dict[str, Any] = super().clean() or {}
        if datos.get("relacion") is Relacion.TUTELA:
            for campo in ("curp", "nacimiento"):
                if campo not in self.errors and not datos.get(campo):
                    self.add_error(campo, _("Hace falta, de quien lo representa."))
        return datos

    def pedida(self) -> dict[str, Any]:
        """As `inscripcion.invitar` takes it."""
        datos = self.cleaned_data
        tutela = datos["relacion"] is Relacion.TUTELA
        return {
            **{campo: datos[campo] for campo in ("relacion", "proposito", "documento")},
            "representante": Persona(datos["curp"], datos["nacimiento"]) if tutela else None,
        }
