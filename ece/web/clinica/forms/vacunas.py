from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ece.web.clinica.forms.fechas import Dia
from registros.catalogos.vacunas import BIOLOGICOS, MOTIVOS


class NuevaVacuna(forms.Form):
    """A dose given here, copied from the cartilla, or not given and why."""

    biologico = forms.ChoiceField(label=gettext_lazy("Vacuna"))
    fecha = Dia(label=gettext_lazy("Fecha"), initial=timezone.localdate)
    lote = forms.CharField(
        label=gettext_lazy("Lote"),
        max_length=40,
        required=False,
        help_text=gettext_lazy("Obligatorio si se aplicó aquí."),
    )
    sitio = forms.CharField(
        label=gettext_lazy("Sitio"),
        max_length=60,
        required=False,
        help_text=gettext_lazy("Vacío: el que dice el esquema."),
    )
    de_cartilla = forms.BooleanField(
        label=gettext_lazy("Se aplicó en otra parte; la copio de su cartilla"), required=False
    )
    motivo = forms.ChoiceField(label=gettext_lazy("No se aplicó porque"), required=False)

    def __init__(self, *args: Any, nacimiento: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.nacimiento = nacimiento
        biologico, motivo = self.fields["biologico"], self.fields["motivo"]
        assert isinstance(biologico, forms.ChoiceField)
        assert isinstance(motivo, forms.ChoiceField)
        biologico.choices = [(b.clave, _(b.nombre)) for b in BIOLOGICOS.values()]
        se_aplico = _("— (sí se aplicó)")
        motivo.choices = [("", se_aplico), *((c, _(t)) for c, (_x, t) in MOTIVOS.items())]

    def clean_fecha(self) -> Any:
        fecha = self.cleaned_data["fecha"]
        if fecha > timezone.localdate():
            raise ValidationError(_("Todavía no llega esa fecha."))
        if self.nacimiento and fecha < self.nacimiento:
            raise ValidationError(_("Es anterior al nacimiento."))
        return fecha

    def clean(self) -> dict[str, Any]:
        datos: dict[str, Any] = super().clean() or {}
        aqui = not datos.get("motivo") and not datos.get("de_cartilla")
        if aqui and not datos.get("lote") and "lote" not in self.errors:
            self.add_error("lote", _("Escriba el lote de la vacuna que aplicó."))
        return datos
