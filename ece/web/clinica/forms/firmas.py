from datetime import datetime, time, timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ece.web.clinica.forms.fechas import Dia
from registros.catalogos.firmables import TITULOS
from registros.selectors.delegaciones_de_firma import Colega


class Delegacion(forms.Form):
    """To whom, of which documents, from which day to which, and why."""

    delegado = forms.ChoiceField(
        label=gettext_lazy("Quién firmará por usted"),
        help_text=gettext_lazy("Quien tiene, en su misma unidad, un puesto que escribe eso."),
    )
    documentos = forms.MultipleChoiceField(
        label=gettext_lazy("Qué documentos"), widget=forms.CheckboxSelectMultiple
    )
    desde = Dia(label=gettext_lazy("Desde el día"))
    hasta = Dia(
        label=gettext_lazy("Hasta el día"), help_text=gettext_lazy("A lo más, sesenta días.")
    )
    motivo = forms.CharField(
        label=gettext_lazy("Por qué"),
        max_length=200,
        help_text=gettext_lazy("Lo ven ustedes dos. No va en lo que se firme."),
    )

    def __init__(self, datos: Any, *, colegas: list[Colega], claves: list[str]) -> None:
        hoy = timezone.localdate()
        super().__init__(datos, initial={"desde": hoy, "hasta": hoy + timedelta(days=14)})
        self.fields["delegado"].choices = [("", "—"), *((str(c.id), c.nombre) for c in colegas)]  # type: ignore[attr-defined]
        titulos = [(clave, _(TITULOS[clave])) for clave in claves]
        self.fields["documentos"].choices = titulos  # type: ignore[attr-defined]

    def termino(self, ahora: datetime) -> tuple[datetime, datetime]:
        """From the first moment of a day (now, if it is today) to the last of another."""
        return (
            max(ahora, _al_empezar(self.cleaned_data["desde"])),
            _al_empezar(self.cleaned_data["hasta"] + timedelta(days=1)),
        )


def _al_empezar(dia: Any) -> datetime:
    return timezone.make_aware(datetime.combine(dia, time()))
