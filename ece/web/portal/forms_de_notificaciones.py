from collections.abc import Iterator
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from consentimiento.notificaciones.preferencias import Preferencias as Elegidas
from consentimiento.notificaciones.textos import SIN_APAGAR, SIN_PREFERENCIA, Canal, Tipo
from ece.identidad.services.contactos import Senas

OFRECIDOS = [tipo for tipo in Tipo if tipo not in SIN_PREFERENCIA]
_HORA = forms.TimeInput(attrs={"type": "time"})


class Preferencias(forms.Form):
    """Kinds by channels, quiet hours, language and address."""

    correo = forms.EmailField(
        label=gettext_lazy("Correo electrónico"),
        required=False,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        help_text=gettext_lazy("Se guarda cifrado. Vacío: sin avisos por correo."),
    )
    idioma = forms.ChoiceField(
        label=gettext_lazy("Idioma de los avisos"), choices=lambda: settings.LANGUAGES
    )
    silencio_desde = forms.TimeField(
        label=gettext_lazy("Sin correos ni alertas desde las"), required=False, widget=_HORA
    )
    silencio_hasta = forms.TimeField(
        label=gettext_lazy("hasta las"),
        required=False,
        widget=_HORA,
        help_text=gettext_lazy(
            "Lo que llegue en ese tiempo se le avisa al terminar, salvo una emergencia o un "
            "cambio de seguridad."
        ),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for tipo in OFRECIDOS:
            for canal in Canal:
                fijo = (tipo, canal) in SIN_APAGAR
                self.fields[f"{tipo}-{canal}"] = forms.BooleanField(
                    label=canal.label, required=False, disabled=fijo
                )

    def renglones(self) -> Iterator[tuple[str, list[forms.BoundField]]]:
        """Each kind, in words, with its boxes in the order of the channels."""
        for tipo in OFRECIDOS:
            yield str(tipo.label), [self[f"{tipo}-{canal}"] for canal in Canal]

    @property
    def canales(self) -> list[str]:
        return [str(canal.label) for canal in Canal]

    def generales(self) -> list[forms.BoundField]:
        return [self[n] for n in ("correo", "idioma", "silencio_desde", "silencio_hasta")]

    def clean(self) -> dict[str, Any]:
        datos: dict[str, Any] = super().clean() or {}
        desde, hasta = datos.get("silencio_desde"), datos.get("silencio_hasta")
        if (desde is None) != (hasta is None) or (desde is not None and desde == hasta):
            raise ValidationError(_("Diga desde y hasta qué hora, o deje las dos vacías."))
        return datos

    def elegidas(self) -> dict[str, Any]:
        """As `consentimiento.notificaciones.preferencias.guardar` takes it."""
        datos = self.cleaned_data
        desde, hasta = datos["silencio_desde"], datos["silencio_hasta"]
        return {
            "queridas": [(t, c) for t in OFRECIDOS for c in Canal if datos[f"{t}-{c}"]],
            "silencio": (desde, hasta) if desde is not None else None,
            "idioma": datos["idioma"],
            "correo": datos["correo"],
        }


def iniciales(actuales: Elegidas, senas: Senas) -> dict[str, Any]:
    desde, hasta = actuales.silencio or (None, None)
    return {
        "correo": senas.correo,
        "idioma": senas.idioma,
        "silencio_desde": desde,
        "silencio_hasta": hasta,
        **{f"{t}-{c}": actuales.quiere(t, c) for t in OFRECIDOS for c in Canal},
    }
