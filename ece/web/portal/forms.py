"""Forms of the portal: few fields, and a message in plain words beside each."""

from datetime import date, datetime, timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ece.web.clinica.forms import Signos
from registros.catalogos.aportaciones import MEDIBLES
from registros.catalogos.documentos import CLASES
from registros.catalogos.signos import SIGNOS, Signo
from registros.services.enlaces import LO_MAS


class DatosDeContacto(forms.Form):
    telefono = forms.CharField(
        label=gettext_lazy("Teléfono"),
        required=False,
        max_length=20,
        validators=[
            RegexValidator(r"^\+?[\d ()-]{10,20}$", gettext_lazy("Escriba los diez dígitos."))
        ],
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel", "inputmode": "tel"}),
    )
    correo = forms.EmailField(
        label=gettext_lazy("Correo electrónico"),
        required=False,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
    calle = forms.CharField(
        label=gettext_lazy("Calle y número"),
        required=False,
        max_length=150,
        widget=forms.TextInput(attrs={"autocomplete": "address-line1"}),
    )
    colonia = forms.CharField(label=gettext_lazy("Colonia"), required=False, max_length=100)
    codigo_postal = forms.CharField(
        label=gettext_lazy("Código postal"),
        required=False,
        validators=[RegexValidator(r"^\d{5}$", gettext_lazy("El código postal son 5 dígitos."))],
        widget=forms.TextInput(attrs={"autocomplete": "postal-code", "inputmode": "numeric"}),
    )
    localidad = forms.CharField(
        label=gettext_lazy("Ciudad o localidad"), required=False, max_length=100
    )
    municipio = forms.CharField(
        label=gettext_lazy("Municipio o alcaldía"), required=False, max_length=100
    )
    entidad = forms.CharField(label=gettext_lazy("Estado"), required=False, max_length=60)
    version = forms.IntegerField(widget=forms.HiddenInput)

    def clean(self) -> dict[str, Any]:
        datos: dict[str, Any] = super().clean() or {}
        if datos.get("colonia") and not datos.get("calle"):
            self.add_error("calle", _("Escriba también la calle."))
        return datos


EN_CASA = {
    "sistolica": gettext_lazy("Presión: el número de arriba"),
    "diastolica": gettext_lazy("Presión: el número de abajo"),
    "frecuencia_cardiaca": gettext_lazy("Pulso, latidos por minuto"),
    "glucosa_capilar": gettext_lazy("Azúcar en el dedo (glucosa)"),
    "saturacion": gettext_lazy("Oxígeno (oxímetro)"),
}
"""What the sign is called where it is measured at home, if it is otherwise."""


class MedicionPropia(Signos):
    """What somebody measures at home, and when."""

    cuando = forms.DateTimeField(
        label=gettext_lazy("Cuándo la tomó"),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for clave, nombre in EN_CASA.items():
            self.fields[clave].label = f"{nombre} ({SIGNOS[clave].unidad})"
        self.fields["cuando"].initial = timezone.localtime().replace(second=0, microsecond=0)
        self.order_fields([*(s.clave for s in self.signos()), "cuando"])

    @staticmethod
    def signos() -> list[Signo]:
        return [SIGNOS[clave] for clave in MEDIBLES]

    def clean_cuando(self) -> datetime:
        cuando: datetime = self.cleaned_data["cuando"]
        if cuando > timezone.now():
            raise ValidationError(_("La fecha no puede ser futura."))
        return cuando

    def momento(self) -> datetime:
        cuando: datetime = self.cleaned_data["cuando"]
        return cuando


class DocumentoPropio(forms.Form):
    archivo = forms.FileField(
        label=gettext_lazy("Archivo"),
        help_text=gettext_lazy("PDF, foto o texto, de hasta 25 MB. Se revisa antes de guardarse."),
        allow_empty_file=True,
    )
    titulo = forms.CharField(label=gettext_lazy("Título"), max_length=150)
    clase = forms.ChoiceField(
        label=gettext_lazy("Qué es"),
        choices=[(c.clave, gettext_lazy(c.nombre)) for c in CLASES.values()],
        initial="otro",
    )
    fecha_documento = forms.DateField(
        label=gettext_lazy("Fecha del documento"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
    )

    def clean_fecha_documento(self) -> date | None:
        fecha: date | None = self.cleaned_data["fecha_documento"]
        if fecha is not None and fecha > timezone.localdate():
            raise ValidationError(_("La fecha no puede ser futura."))
        return fecha


class Queja(forms.Form):
    texto = forms.CharField(
        label=gettext_lazy("Su pregunta o queja"),
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 4}),
    )


class NuevoEnlace(forms.Form):
    dura = forms.TypedChoiceField(
        label=gettext_lazy("Cuánto tiempo sirve"),
        coerce=lambda minutos: timedelta(minutes=int(minutos)),
        choices=[
            ("15", gettext_lazy("15 minutos")),
            ("60", gettext_lazy("1 hora")),
            ("1440", gettext_lazy("1 día")),
            (str(int(LO_MAS.total_seconds() // 60)), gettext_lazy("7 días")),
        ],
        initial="60",
    )
