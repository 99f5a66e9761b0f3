from datetime import date
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ece.nucleo.archivos.inspeccion import GRANDE
from registros.catalogos.documentos import CLASES


class NuevoDocumento(forms.Form):
    archivo = forms.FileField(
        label=gettext_lazy("Archivo"),
        help_text=gettext_lazy(
            "PDF, imagen, DICOM, CDA o texto, de hasta 25 MB. Se revisa antes de guardarse."
        ),
        allow_empty_file=True,
    )
    titulo = forms.CharField(label=gettext_lazy("Título"), max_length=150)
    clase = forms.ChoiceField(
        label=gettext_lazy("Clase de documento"),
        choices=[(c.clave, gettext_lazy(c.nombre)) for c in CLASES.values()],
        initial="otro",
    )
    origen = forms.CharField(
        label=gettext_lazy("De dónde viene"),
        help_text=gettext_lazy("Establecimiento o persona que lo entrega."),
        max_length=150,
    )
    autor = forms.CharField(
        label=gettext_lazy("Quién lo hizo, si consta"), max_length=150, required=False
    )
    fecha_documento = forms.DateField(
        label=gettext_lazy("Fecha del documento"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
    )
    avala = forms.BooleanField(
        label=gettext_lazy("Lo tuve a la vista y corresponde a este paciente"),
        error_messages={"required": gettext_lazy("Alguien tiene que dar fe del documento.")},
    )

    def __init__(self, *args: Any, recibidos: int = 0, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if recibidos > settings.ECE_DOCUMENTO_BYTES:  # nobody received it: it had no place
            self.fields["archivo"].error_messages["required"] = _(GRANDE)

    def clean_fecha_documento(self) -> date | None:
        fecha: date | None = self.cleaned_data["fecha_documento"]
        if fecha is not None and fecha > timezone.localdate():
            raise ValidationError(_("La fecha no puede ser futura."))
        return fecha
