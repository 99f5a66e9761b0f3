from typing import Any

from django import forms
from django.utils.translation import gettext as _

from registros.catalogos.notas import Forma, Reactivo
from registros.services.respuestas import Valor

_BOTONES = 4
"""Up to how many options are all in sight; more go in a list that opens."""


def campo_de(reactivo: Reactivo, valor: Valor | None, *, opcional: bool) -> forms.Field:
    """The field where an item of a note is answered; all may be left for later.

    `opcional`: the label says so, because others of its section are required.
    """
    titulo = _(reactivo.titulo)
    if reactivo.unidad[0]:
        titulo = f"{titulo} ({_(reactivo.unidad[0])})"
    if opcional:
        titulo = f"{titulo} ({_('opcional')})"
    comun: dict[str, Any] = {"label": titulo, "required": False, "initial": valor}
    match reactivo.forma:
        case Forma.OPCION:
            opciones = [(opcion.clave, _(opcion.titulo)) for opcion in reactivo.opciones]
            if len(opciones) <= _BOTONES:
                return forms.ChoiceField(choices=opciones, widget=forms.RadioSelect, **comun)
            return forms.ChoiceField(choices=[("", "—"), *opciones], **comun)
        case Forma.MOMENTO:
            control = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
            return forms.DateTimeField(widget=control, **comun)
        case Forma.CANTIDAD:
            numero = forms.NumberInput(attrs={"inputmode": "decimal", "step": "any", "min": "0"})
            return forms.DecimalField(
                min_value=0, max_digits=9, decimal_places=3, widget=numero, **comun
            )
        case Forma.RENGLON:
            return forms.CharField(max_length=300, **comun)
        case Forma.TEXTO:
            area = forms.Textarea(attrs={"rows": 2})
            return forms.CharField(max_length=20_000, widget=area, **comun)
