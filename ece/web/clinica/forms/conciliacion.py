from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _


class DatoAjeno(forms.Form):
    """What is done with a datum of a document from elsewhere."""

    llave = forms.RegexField(r"^[0-9a-f]{40}$")
    accion = forms.ChoiceField(
        choices=[(a, a) for a in ("incorporar", "fusionar", "descartar")],
    )
    con = forms.UUIDField(required=False)
    motivo = forms.CharField(max_length=300, required=False)

    def clean(self) -> dict[str, Any]:
        datos: dict[str, Any] = super().clean() or {}
        if datos.get("accion") == "fusionar" and not datos.get("con"):
            raise ValidationError(_("Elija a cuál se suma."))
        return datos
