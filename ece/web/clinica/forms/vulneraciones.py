from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from consentimiento.services.vulneraciones import ClaseDeVulneracion


def _texto(etiqueta: Any, ayuda: Any = "", *, filas: int = 3) -> forms.CharField:
    return forms.CharField(
        label=etiqueta,
        help_text=ayuda,
        required=False,
        max_length=4_000,
        widget=forms.Textarea(attrs={"rows": filas}),
    )


class NuevaVulneracion(forms.Form):
    """A breach as soon as it is suspected: what is known, and the rest later."""

    clase = forms.ChoiceField(
        label=_("Qué les pasó a los datos"),
        choices=ClaseDeVulneracion.choices,
        widget=forms.RadioSelect,
    )
    ocurrida = forms.DateField(
        label=_("Cuándo ocurrió, si se sabe"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
    )
    descripcion = forms.CharField(
        label=_("Qué pasó"), max_length=4_000, widget=forms.Textarea(attrs={"rows": 4})
    )
    motivo = _texto(_("Por qué pasó"))
    inmediatas = _texto(_("Qué se hizo de inmediato"))

    def dicho(self) -> dict[str, Any]:
        """What `services.vulneraciones.registrar` takes."""
        datos = dict(self.cleaned_data)
        return {
            "clase": ClaseDeVulneracion(datos.pop("clase")),
            "ocurrida": datos.pop("ocurrida"),
            "textos": datos,
        }


class Confirmacion(forms.Form):
    """The five things that whoever was reached is told."""

    naturaleza = _texto(_("Naturaleza de lo que pasó"), _("Como se le dirá a cada persona."))
    datos = _texto(_("Qué datos personales"))
    recomendaciones = _texto(_("Qué puede hacer la persona para protegerse"))
    correctivas = _texto(_("Qué se corrigió de inmediato"))
    informes = _texto(_("Dónde puede saber más"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for campo in self.fields.values():
            campo.required = True


class Alcanzados(forms.Form):
    """Whom it reached, by the numbers of their records."""

    numeros = forms.CharField(
        label=_("Números de expediente"),
        help_text=_("Uno por renglón, o separados por comas."),
        max_length=40_000,
        widget=forms.Textarea(attrs={"rows": 4}),
    )

    def leidos(self) -> list[str]:
        escrito: str = self.cleaned_data["numeros"]
        return [n for n in escrito.replace(",", "\n").split() if n]


class Autoridad(forms.Form):
    dicho = forms.CharField(
        label=_("A qué autoridad, por qué medio y con qué folio"),
        max_length=1_000,
        widget=forms.Textarea(attrs={"rows": 2}),
    )


class Cierre(forms.Form):
    definitivas = forms.CharField(
        label=_("Medidas definitivas para que no se repita"),
        max_length=4_000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class PorEscrito(forms.Form):
    paciente = forms.UUIDField(widget=forms.HiddenInput)
