from collections.abc import Sequence
from datetime import datetime, time, timedelta
from typing import Any
from uuid import UUID

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from consentimiento.services.muestras import LO_MAS
from ece.identidad import selectors as identidad
from registros.catalogos.mecic import CRITERIOS, Respuesta
from registros.services.calidad import Juicio

TRIMESTRE = timedelta(days=90)


def _fecha() -> forms.DateInput:
    return forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class Sorteo(forms.Form):
    """Which records to draw from, how many, and the seed that lets anybody repeat it."""

    unidad_id = forms.ChoiceField(label=gettext_lazy("Unidad"))
    desde = forms.DateField(label=gettext_lazy("Atendidos desde el"), widget=_fecha())
    hasta = forms.DateField(label=gettext_lazy("Hasta el"), widget=_fecha())
    cuantos = forms.IntegerField(
        label=gettext_lazy("Cuántos expedientes"), min_value=1, max_value=LO_MAS, initial=10
    )
    semilla = forms.IntegerField(
        label=gettext_lazy("Semilla"),
        min_value=0,
        max_value=2**31 - 1,
        help_text=gettext_lazy("Con el mismo número se sortean los mismos."),
    )

    def __init__(self, datos: Any = None) -> None:
        hoy = timezone.localdate()
        inicial = {"desde": hoy - TRIMESTRE, "hasta": hoy, "semilla": hoy.strftime("%Y%m%d")}
        super().__init__(datos, initial=inicial)
        campo = self.fields["unidad_id"]
        assert isinstance(campo, forms.ChoiceField)
        campo.choices = [(str(u.id), u.nombre) for u in identidad.unidades()]

    def clean_unidad_id(self) -> UUID:
        return UUID(self.cleaned_data["unidad_id"])

    def clean_desde(self) -> datetime:
        return timezone.make_aware(datetime.combine(self.cleaned_data["desde"], time()))

    def clean_hasta(self) -> datetime:
        siguiente = self.cleaned_data["hasta"] + timedelta(days=1)
        return timezone.make_aware(datetime.combine(siguiente, time()))

    def clean(self) -> dict[str, Any]:
        datos: dict[str, Any] = super().clean() or {}
        if "desde" in datos and "hasta" in datos and datos["hasta"] <= datos["desde"]:
            self.add_error("hasta", _("La segunda fecha es anterior a la primera."))
        return datos


class Evaluacion(forms.Form):
    """A yes, no or not applicable for each criterion that a person must judge, and a comment."""

    def __init__(self, *args: Any, preguntados: Sequence[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.preguntados = preguntados
        for clave in preguntados:
            self.fields[clave] = forms.ChoiceField(
                label=_(CRITERIOS[clave].texto),
                widget=forms.RadioSelect,
                choices=[
                    (Respuesta.SI.value, _("Sí")),
                    (Respuesta.NO.value, _("No")),
                    (Respuesta.NO_APLICA.value, _("No aplica")),
                ],
                error_messages={"required": _("Falta su respuesta.")},
            )
            self.fields[f"{clave}-comentario"] = forms.CharField(
                label=_("Comentario"), required=False, max_length=400
            )

    def juicios(self) -> dict[str, Juicio]:
        return {
            clave: Juicio(
                Respuesta(self.cleaned_data[clave]), self.cleaned_data[f"{clave}-comentario"]
            )
            for clave in self.preguntados
        }
