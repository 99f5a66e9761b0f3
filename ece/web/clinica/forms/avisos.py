from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from consentimiento.selectors.avisos import AvisoVisto

MEDIOS = {
    "impreso": gettext_lazy("Se le entregó impreso"),
    "pantalla": gettext_lazy("Lo leyó en la pantalla"),
    "leido": gettext_lazy("Se le leyó en voz alta"),
    "portal": gettext_lazy("Lo abrió en el portal"),
}


class Aviso(forms.Form):
    """A text for each fraction of the law; any of them may still be empty in a draft."""

    def __init__(self, *args: Any, aviso: AvisoVisto, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for fraccion, texto in aviso.secciones:
            self.fields[fraccion.clave] = forms.CharField(
                label=_("%(titulo)s (art. %(articulo)s)")
                % {"titulo": _(fraccion.titulo), "articulo": fraccion.articulo},
                help_text=_(fraccion.ayuda) if fraccion.ayuda else "",
                initial=texto,
                required=False,
                max_length=8_000,
                widget=forms.Textarea(attrs={"rows": 3}),
            )


class Entrega(forms.Form):
    medio = forms.ChoiceField(
        label=gettext_lazy("Cómo se puso a su disposición"),
        choices=[(c, t) for c, t in MEDIOS.items() if c != "portal"],
        widget=forms.RadioSelect,
        initial="pantalla",
    )
