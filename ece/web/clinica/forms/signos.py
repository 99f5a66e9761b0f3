from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from registros.catalogos.signos import FUERA_DEL_FORMULARIO, SIGNOS, Signo


class Signos(forms.Form):
    """One optional field a sign, within what a living person can have."""

    def __init__(
        self, *args: Any, valores: dict[str, Decimal] | None = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        for signo in self.signos():
            self.fields[signo.clave] = forms.DecimalField(
                label=f"{_(signo.nombre)} ({signo.unidad})",
                required=False,
                min_value=signo.minimo,
                max_value=signo.maximo,
                decimal_places=signo.decimales,
                initial=(valores or {}).get(signo.clave),
                widget=forms.NumberInput(attrs={"inputmode": "decimal", "step": "any"}),
                error_messages=dict.fromkeys(
                    ("min_value", "max_value"),
                    _("Revise la cifra: va de %(minimo)s a %(maximo)s.")
                    % {"minimo": signo.minimo, "maximo": signo.maximo},
                ),
            )

    @staticmethod
    def signos() -> list[Signo]:
        """What the form asks, in order."""
        return [s for clave, s in SIGNOS.items() if clave not in FUERA_DEL_FORMULARIO]

    def clean(self) -> dict[str, Any]:
        datos: dict[str, Any] = super().clean() or {}
        if not self.errors and not self.mediciones():
            raise ValidationError(_("Escriba al menos una medición."))
        sistolica, diastolica = datos.get("sistolica"), datos.get("diastolica")
        if sistolica and diastolica and diastolica >= sistolica:
            self.add_error("diastolica", _("La diastólica es menor que la sistólica."))
        return datos

    def mediciones(self) -> dict[str, Decimal]:
        return {c: v for c, v in self.cleaned_data.items() if c in SIGNOS and v is not None}


class Crecimiento(Signos):
    """What is measured at each visit of a child."""

    @staticmethod
    def signos() -> list[Signo]:
        return [SIGNOS[clave] for clave in ("peso", "talla", "perimetro_cefalico")]
