"""What is asked when somebody arrives without papers, or arrives in the world."""

from datetime import timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from registros.selectors.pacientes import ResumenDeIdentidad
from registros.services.fotografias import BYTES
from registros.services.nacimientos import Nacimiento
from registros.services.pacientes import Identificacion, desconocido

NO_SE_DISTINGUE = "-"
_SEXO_APARENTE = [
    ("H", gettext_lazy("Hombre")),
    ("M", gettext_lazy("Mujer")),
    (NO_SE_DISTINGUE, gettext_lazy("No se distingue")),
]


def _distinguido(sexo: str) -> str:
    """H, M, or nothing where it cannot be told."""
    return sexo.replace(NO_SE_DISTINGUE, "")


class PersonaDesconocida(forms.Form):
    """Everything may be left empty: care does not wait for a name."""

    sexo = forms.ChoiceField(
        label=gettext_lazy("Sexo aparente"),
        choices=_SEXO_APARENTE,
        widget=forms.RadioSelect,
        required=False,
        initial=NO_SE_DISTINGUE,
    )
    edad_aproximada = forms.IntegerField(
        label=gettext_lazy("Edad aproximada en años"), min_value=0, max_value=120, required=False
    )
    senas = forms.CharField(
        label=gettext_lazy("Señas particulares"),
        help_text=gettext_lazy(
            "Ropa, cicatrices, tatuajes, pertenencias, dónde se le encontró y quién lo trajo."
        ),
        widget=forms.Textarea(attrs={"rows": 4}),
        max_length=500,
        required=False,
    )

    def clean_sexo(self) -> str:
        return _distinguido(self.cleaned_data["sexo"])

    def identificacion(self) -> Identificacion:
        return desconocido(**self.cleaned_data)


class NuevoNacimiento(forms.Form):
    """A birth; only the hour and what the sex looks like are needed."""

    momento = forms.DateTimeField(
        label=gettext_lazy("Fecha y hora de nacimiento"),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )
    sexo = forms.ChoiceField(
        label=gettext_lazy("Sexo"),
        choices=_SEXO_APARENTE,
        widget=forms.RadioSelect,
    )
    orden = forms.IntegerField(
        label=gettext_lazy("Orden, si el parto es múltiple"),
        min_value=1,
        max_value=9,
        required=False,
    )
    peso = forms.IntegerField(
        label=gettext_lazy("Peso en gramos"), min_value=200, max_value=8000, required=False
    )
    talla = forms.DecimalField(
        label=gettext_lazy("Talla en centímetros"),
        min_value=20,
        max_value=65,
        max_digits=4,
        decimal_places=1,
        required=False,
    )
    apgar_1 = forms.IntegerField(
        label=gettext_lazy("Apgar al minuto"), min_value=0, max_value=10, required=False
    )
    apgar_5 = forms.IntegerField(
        label=gettext_lazy("Apgar a los cinco minutos"), min_value=0, max_value=10, required=False
    )

    def clean_sexo(self) -> str:
        return _distinguido(self.cleaned_data["sexo"])

    def clean_momento(self) -> object:
        momento = self.cleaned_data["momento"]
        ahora = timezone.now()
        if not ahora - timedelta(days=60) <= momento <= ahora:
            raise ValidationError(_("El nacimiento es de los últimos sesenta días."))
        return momento

    def nacimiento(self) -> Nacimiento:
        return Nacimiento(**self.cleaned_data)


class NuevaFotografia(forms.Form):
    imagen = forms.FileField(
        label=gettext_lazy("Fotografía"),
        help_text=gettext_lazy("JPEG, PNG o WebP de hasta 8 MB; se guarda sin metadatos."),
        widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png,image/webp"}),
    )

    def contenido(self) -> bytes:
        """The bytes, one past the limit at most."""
        return bytes(self.cleaned_data["imagen"].read(BYTES + 1))


class NuevoVinculo(forms.Form):
    """Which of the two records goes on, and why they are one person's."""

    sigue = forms.ChoiceField(
        label=gettext_lazy("¿En cuál expediente se continúa?"), widget=forms.RadioSelect
    )
    motivo = forms.CharField(
        label=gettext_lazy("¿Por qué son la misma persona?"),
        max_length=200,
        help_text=gettext_lazy("Queda escrito en los dos expedientes."),
    )

    def __init__(
        self, *args: Any, expedientes: list[tuple[str, ResumenDeIdentidad]], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self._primero = expedientes[0][0]
        self.fields["sigue"].choices = [  # type: ignore[attr-defined]
            (expediente, f"{expediente} · {quien.nombre}") for expediente, quien in expedientes
        ]

    def sigue_el_primero(self) -> bool:
        return bool(self.cleaned_data["sigue"] == self._primero)
