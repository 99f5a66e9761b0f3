from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from registros.catalogos.analitos import Analito
from registros.catalogos.estudios import Estudio
from registros.services.resultados import Medida


class NuevoResultado(forms.Form):
    estudio = forms.CharField(label=gettext_lazy("Estudio"), max_length=150)
    conclusion = forms.CharField(
        label=gettext_lazy("Resultado o conclusión"),
        widget=forms.Textarea(attrs={"rows": 4}),
        required=False,
    )
    nombre = forms.CharField(label=gettext_lazy("Medición"), max_length=100, required=False)
    valor = forms.DecimalField(label=gettext_lazy("Valor"), required=False)
    unidad = forms.CharField(label=gettext_lazy("Unidad"), max_length=30, required=False)

    def clean(self) -> dict[str, Any]:
        datos: dict[str, Any] = super().clean() or {}
        if self.errors:
            return datos
        medidas = []
        if datos["valor"] is not None:
            if not datos["nombre"] or not datos["unidad"]:
                raise ValidationError(_("Una medición lleva nombre, valor y unidad."))
            medidas.append(Medida(datos["nombre"], datos["valor"], datos["unidad"]))
        if not medidas and not datos["conclusion"]:
            raise ValidationError(_("Escriba el resultado o al menos una medición."))
        return {"estudio": datos["estudio"], "conclusion": datos["conclusion"], "medidas": medidas}


class InformeDeEstudio(forms.Form):
    """One field for each thing that a study measures, with the limits it will be read against."""

    def __init__(
        self,
        *args: Any,
        estudio: Estudio | None,
        sexo: str,
        edad_dias: int | None,
        previos: dict[str, Any],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.analitos = estudio.analitos if estudio else ()
        for analito in self.analitos:
            campo = _campo(analito, sexo, edad_dias)
            campo.initial = previos.get(analito.clave)
            self.fields[analito.clave] = campo
        self.fields["conclusion"] = forms.CharField(
            label=gettext_lazy("Interpretación o conclusión"),
            widget=forms.Textarea(attrs={"rows": 3}),
            required=not self.analitos,
            max_length=20_000,
            initial=previos.get("conclusion", ""),
        )
        self.fields["incidentes"] = forms.CharField(
            label=gettext_lazy("Incidentes y accidentes, si los hubo"),
            required=False,
            max_length=2_000,
            initial=previos.get("incidentes", ""),
        )

    @property
    def medidos(self) -> list[forms.BoundField]:
        return [self[a.clave] for a in self.analitos]

    @property
    def textos(self) -> list[forms.BoundField]:
        return [self["conclusion"], self["incidentes"]]

    def clean(self) -> dict[str, Any]:
        datos: dict[str, Any] = super().clean() or {}
        if not self.errors and not self.valores() and not datos.get("conclusion"):
            raise ValidationError(_("Escriba al menos un valor o una conclusión."))
        return datos

    def valores(self) -> dict[str, Decimal | str]:
        todos = {a.clave: self.cleaned_data.get(a.clave) for a in self.analitos}
        return {clave: valor for clave, valor in todos.items() if valor not in (None, "")}


def _campo(analito: Analito, sexo: str, edad_dias: int | None) -> forms.Field:
    if analito.valores:
        opciones = [("", "—"), *((v, v) for v in analito.valores)]
        return forms.ChoiceField(label=analito.nombre, choices=opciones, required=False)
    if analito.libre:
        return forms.CharField(label=analito.nombre, required=False, max_length=2_000)
    limites = analito.referencia(sexo, edad_dias)
    ayuda = f"{limites} {analito.unidad}" if limites else analito.unidad
    return forms.DecimalField(
        label=analito.nombre,
        required=False,
        max_digits=10,
        help_text=ayuda,
        widget=forms.NumberInput(attrs={"inputmode": "decimal", "step": "any"}),
    )


class Respuesta(forms.Form):
    """What was done about a result; each critical value, read and written again."""

    que_se_hizo = forms.CharField(
        label=gettext_lazy("Qué se hizo"),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=4_000,
        required=False,
    )

    def __init__(self, *args: Any, criticos: dict[str, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.criticos = list(criticos)
        self.fields["que_se_hizo"].required = bool(criticos)
        for numero, nombre in enumerate(self.criticos):
            self.fields[f"releido_{numero}"] = forms.CharField(
                label=_("Vuelva a escribir el valor de: %(nombre)s") % {"nombre": nombre},
                help_text=_("Léalo arriba y escriba la cifra; así consta que se leyó bien."),
                max_length=80,
                widget=forms.TextInput(attrs={"autocomplete": "off"}),
            )

    def releidos(self) -> dict[str, str]:
        return {n: self.cleaned_data[f"releido_{i}"] for i, n in enumerate(self.criticos)}
