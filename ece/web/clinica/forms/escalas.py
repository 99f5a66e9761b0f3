from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from registros.catalogos.escalas import BANDERAS, Escala


class Aplicar(forms.Form):
    """A question an item of a scale, and its red flags when it has them."""

    def __init__(self, *args: Any, escala: Escala, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.escala = escala
        if escala.banderas:
            self.fields[BANDERAS] = forms.MultipleChoiceField(
                label=gettext_lazy("Signos de alarma"),
                required=False,
                choices=[(b.clave, _(b.texto)) for b in escala.banderas],
                widget=forms.CheckboxSelectMultiple,
                help_text=gettext_lazy("Cada uno puede subir la prioridad, nunca bajarla."),
            )
        for item in escala.items:
            self.fields[item.clave] = forms.ChoiceField(
                label=_(item.nombre),
                choices=[(o.clave, self._texto(o.texto, o.puntos)) for o in item.opciones],
                widget=forms.RadioSelect,
                error_messages={"required": _("Elija una respuesta.")},
            )

    def _texto(self, texto: str, puntos: int) -> str:
        if self.escala.espera or texto == str(puntos):
            return _(texto)
        return f"{_(texto)} ({puntos})"

    def respuestas(self) -> dict[str, str]:
        return {i.clave: self.cleaned_data[i.clave] for i in self.escala.items}

    def banderas(self) -> tuple[str, ...]:
        return tuple(self.cleaned_data.get(BANDERAS, ()))
