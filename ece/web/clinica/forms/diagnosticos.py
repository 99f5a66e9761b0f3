from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from registros.selectors import catalogos
from registros.services.diagnosticos import NuevoDiagnostico as DiagnosticoElegido


class NuevoDiagnostico(forms.Form):
    clave = forms.CharField(
        label=gettext_lazy("Diagnóstico (CIE-10)"),
        max_length=8,
        widget=forms.TextInput(attrs={"data-cie10": ""}),
        help_text=gettext_lazy("Escriba palabras o la clave y elija de la lista."),
    )
    presuntivo = forms.BooleanField(label=gettext_lazy("Presuntivo"), required=False)

    def clean(self) -> dict[str, Any]:
        datos: dict[str, Any] = super().clean() or {}
        if "clave" in datos:
            concepto = catalogos.cie10(datos["clave"].upper())
            if concepto is None:
                self.add_error("clave", _("Esa clave no está en la CIE-10; elíjala de la lista."))
            else:
                nuevo = DiagnosticoElegido(
                    concepto.clave, concepto.texto, concepto.version, datos["presuntivo"]
                )
                return {"diagnostico": nuevo}
        return datos
