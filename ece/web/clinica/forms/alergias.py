from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from registros.catalogos.alergenos import ALERGENOS
from registros.services.alergias import Cambio, Categoria, Criticidad


class NuevaAlergia(forms.Form):
    sustancia = forms.CharField(
        label=gettext_lazy("Sustancia"),
        max_length=120,
        widget=forms.TextInput(attrs={"list": "alergenos", "autocomplete": "off"}),
    )
    categoria = forms.ChoiceField(
        label=gettext_lazy("Clase"),
        choices=[
            (Categoria.MEDICAMENTO, gettext_lazy("Medicamento")),
            (Categoria.ALIMENTO, gettext_lazy("Alimento")),
            (Categoria.AMBIENTE, gettext_lazy("Ambiente")),
            (Categoria.BIOLOGICO, gettext_lazy("Biológico")),
        ],
    )
    criticidad = forms.ChoiceField(
        label=gettext_lazy("Gravedad"),
        choices=[
            (Criticidad.ALTA, gettext_lazy("Alta")),
            (Criticidad.BAJA, gettext_lazy("Baja")),
            (Criticidad.DESCONOCIDA, gettext_lazy("No se sabe")),
        ],
    )
    reaccion = forms.CharField(
        label=gettext_lazy("Reacción"),
        max_length=200,
        required=False,
        help_text=gettext_lazy("Si fueron varias, sepárelas con comas."),
    )
    verificada = forms.BooleanField(
        label=gettext_lazy("La verifiqué con la persona o con un documento"),
        required=False,
        initial=True,
    )

    @staticmethod
    def alergenos() -> list[str]:
        """What the field suggests."""
        return sorted(_(nombre) for nombres in ALERGENOS.values() for nombre in nombres)

    def clean_categoria(self) -> Categoria:
        return Categoria(self.cleaned_data["categoria"])

    def clean_criticidad(self) -> Criticidad:
        return Criticidad(self.cleaned_data["criticidad"])


class CambioDeAlergia(forms.Form):
    cambio = forms.ChoiceField(
        label=gettext_lazy("Qué cambia"),
        choices=[
            (Cambio.VERIFICAR, gettext_lazy("Se verificó")),
            (Cambio.DESCARTAR, gettext_lazy("Se descartó")),
            (Cambio.RESOLVER, gettext_lazy("Ya no la tiene")),
            (Cambio.ANULAR, gettext_lazy("Se registró por error")),
        ],
    )
    motivo = forms.CharField(label=gettext_lazy("Motivo del cambio"), max_length=300)

    def clean_cambio(self) -> Cambio:
        return Cambio(self.cleaned_data["cambio"])
