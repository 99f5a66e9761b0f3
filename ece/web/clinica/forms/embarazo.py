from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ece.web.clinica.forms.fechas import Dia
from registros.catalogos.embarazo import (
    ALARMAS,
    DESENLACES,
    EDEMAS,
    FORMULA,
    GESTACION,
    OBSTETRICOS,
    RIESGOS,
)
from registros.catalogos.signos import SIGNOS
from registros.services.embarazo import Control

MEDIDAS = {c: SIGNOS[c] for c in ("peso", "sistolica", "diastolica")} | OBSTETRICOS


def _opciones(palabras: dict[str, str]) -> list[tuple[str, str]]:
    return [(clave, _(texto)) for clave, texto in palabras.items()]


class Abrir(forms.Form):
    fum = Dia(label=gettext_lazy("Fecha de última menstruación"))
    riesgos = forms.MultipleChoiceField(
        label=gettext_lazy("Factores de riesgo"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        riesgos = self.fields.pop("riesgos")
        assert isinstance(riesgos, forms.MultipleChoiceField)
        riesgos.choices = _opciones(RIESGOS)
        for clave, (_loinc, nombre) in FORMULA.items():
            inicial = 1 if clave == "gestas" else 0
            self.fields[clave] = forms.IntegerField(
                label=_(nombre), min_value=inicial, max_value=25, initial=inicial
            )
        self.fields["riesgos"] = riesgos

    def clean_fum(self) -> date:
        fum: date = self.cleaned_data["fum"]
        if not timezone.localdate() - GESTACION - timedelta(days=28) <= fum <= timezone.localdate():
            raise ValidationError(_("Debe caer en las últimas 44 semanas."))
        return fum

    def clean(self) -> dict[str, Any]:
        datos: dict[str, Any] = super().clean() or {}
        if self.errors:
            return datos
        formula = {clave: datos[clave] for clave in FORMULA}
        previos = formula["partos"] + formula["cesareas"] + formula["abortos"]
        if formula["gestas"] <= previos:
            raise ValidationError(
                _("Las gestas, contando ésta, son más que partos, cesáreas y abortos juntos.")
            )
        return {"fum": datos["fum"], "formula": formula, "riesgos": datos["riesgos"]}


class Corregir(forms.Form):
    fecha = Dia(label=gettext_lazy("Fecha del ultrasonido"))
    semanas = forms.IntegerField(
        label=gettext_lazy("Semanas por ultrasonido"), min_value=4, max_value=42
    )
    dias = forms.IntegerField(label=gettext_lazy("y días"), min_value=0, max_value=6, initial=0)


class Controlar(forms.Form):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for clave, signo in MEDIDAS.items():
            self.fields[clave] = forms.DecimalField(
                label=f"{_(signo.nombre)} ({signo.unidad})",
                required=clave != "fondo_uterino" and clave != "frecuencia_fetal",
                min_value=signo.minimo,
                max_value=signo.maximo,
                decimal_places=signo.decimales,
                widget=forms.NumberInput(attrs={"inputmode": "decimal", "step": "any"}),
            )
        self.fields["edema"] = forms.ChoiceField(label=_("Edema"), choices=_opciones(EDEMAS))
        self.fields["sintomas"] = forms.MultipleChoiceField(
            label=_("Signos de alarma"),
            required=False,
            choices=_opciones(ALARMAS),
            widget=forms.CheckboxSelectMultiple,
        )

    def clean(self) -> dict[str, Any]:
        datos: dict[str, Any] = super().clean() or {}
        if self.errors:
            return datos
        valores: dict[str, Decimal] = {c: datos[c] for c in MEDIDAS if datos[c] is not None}
        return {"control": Control(valores, datos["edema"], datos["sintomas"])}


class Concluir(forms.Form):
    desenlace = forms.ChoiceField(label=gettext_lazy("Desenlace"))
    fecha = Dia(label=gettext_lazy("Fecha"), initial=timezone.localdate)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        campo = self.fields["desenlace"]
        assert isinstance(campo, forms.ChoiceField)
        campo.choices = _opciones(DESENLACES)
