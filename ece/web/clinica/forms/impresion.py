from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ece.web.impresion.expediente import Documento


class Impresion(forms.Form):
    """Which document, and of which days."""

    documento = forms.TypedChoiceField(
        label=gettext_lazy("Documento"),
        coerce=Documento,
        choices=[
            (Documento.EXPEDIENTE, gettext_lazy("Expediente completo, con sus notas")),
            (Documento.RESUMEN, gettext_lazy("Resumen clínico")),
            (Documento.CDA, gettext_lazy("Resumen clínico para otra institución (CDA, XML)")),
        ],
        initial=Documento.EXPEDIENTE,
        widget=forms.RadioSelect,
        help_text=gettext_lazy(
            "El CDA se baja en un ZIP, con su firma, y dice lo de hoy, sin periodo."
        ),
    )
    desde = forms.DateField(
        label=gettext_lazy("Desde"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text=gettext_lazy("Vacío: desde el primer registro."),
    )
    hasta = forms.DateField(
        label=gettext_lazy("Hasta"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text=gettext_lazy("Vacío: hasta hoy."),
    )

    def clean(self) -> dict[str, Any]:
        datos: dict[str, Any] = super().clean() or {}
        desde, hasta = datos.get("desde"), datos.get("hasta")
        if desde and hasta and hasta < desde:
            raise ValidationError(_("El periodo termina antes de empezar."))
        return datos
