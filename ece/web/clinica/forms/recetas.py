"""A prescription: a line a medicine, with the choices that its medicine allows."""

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from registros.catalogos import medicamentos
from registros.catalogos.medicamentos import Dosis, Medicamento, Presentacion
from registros.catalogos.medicamentos.catalogo import VIAS, cifra
from registros.services.recetas import Renglon

FRECUENCIAS = (
    ("4", _("cada 4 horas")),
    ("6", _("cada 6 horas")),
    ("8", _("cada 8 horas")),
    ("12", _("cada 12 horas")),
    ("24", _("cada 24 horas")),
    ("48", _("cada 48 horas")),
    ("72", _("cada 72 horas")),
    ("168", _("una vez por semana")),
    ("", _("dosis única")),
)
UNIDADES = ("mg", "mcg", "g", "UI", "mL", "tableta", "cápsula", "gota", "dosis", "aplicación")


class RenglonDeReceta(forms.Form):
    medicamento = forms.CharField(label=_("Medicamento"), max_length=150)
    presentacion = forms.ChoiceField(label=_("Presentación"), required=False)
    dosis = forms.DecimalField(
        label=_("Dosis"), min_value=Decimal("0.001"), max_digits=12, decimal_places=3
    )
    unidad = forms.ChoiceField(label=_("Unidad"))
    via = forms.ChoiceField(label=_("Vía"), choices=[(via, _(via)) for via in VIAS])
    cada_horas = forms.TypedChoiceField(
        label=_("Frecuencia"),
        choices=FRECUENCIAS,
        required=False,
        coerce=int,
        empty_value=None,
        initial="8",
    )
    dias = forms.IntegerField(label=_("Días"), min_value=1, max_value=365, required=False)
    cantidad = forms.DecimalField(
        label=_("Surtir"), min_value=Decimal(1), max_digits=7, decimal_places=2, required=False
    )
    indicaciones = forms.CharField(label=_("Indicaciones"), max_length=200, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.elegido = self._elegido()
        presentaciones = self.elegido.presentaciones if self.elegido else ()
        self.fields["presentacion"].choices = [  # type: ignore[attr-defined]
            *([] if presentaciones else [("", _("la que dice el nombre"))]),
            *((p.clave, p.nombre) for p in presentaciones),
        ]
        propias = [p.contiene.unidad for p in presentaciones if p.contiene]
        propias += [p.contable for p in presentaciones if p.contable not in ("", "h")]
        unidades = list(dict.fromkeys([*propias, *(UNIDADES if not propias else ())]))
        if not all(p.contiene for p in presentaciones):
            unidades.append("aplicación")
        self.fields["unidad"].choices = [(u, _(u)) for u in unidades]  # type: ignore[attr-defined]
        for nombre in ("dosis", "dias", "cantidad"):
            self.fields[nombre].widget = forms.TextInput(
                attrs={"inputmode": "decimal", "autocomplete": "off"}
            )
        self.fields["cantidad"].widget.attrs["placeholder"] = _("se calcula")
        self.fields["indicaciones"].widget.attrs["placeholder"] = _("con alimentos, en ayunas…")

    def _elegido(self) -> Medicamento | None:
        dicho = self["medicamento"].value() or ""
        return medicamentos.por_clave(medicamentos.clave_de(str(dicho)))

    @property
    def presentaciones(self) -> dict[str, Presentacion]:
        return {p.clave: p for p in self.elegido.presentaciones} if self.elegido else {}

    def clean(self) -> dict[str, Any]:
        datos: dict[str, Any] = super().clean() or {}
        if datos.get("cada_horas") and not datos.get("dias") and "dias" not in self.errors:
            self.add_error("dias", _("Diga por cuántos días (Reglamento de Insumos, artículo 30)."))
        return datos

    def renglon(self) -> Renglon:
        """The line as the service takes it, once valid."""
        datos = self.cleaned_data
        return Renglon(
            nombre=datos["medicamento"],
            medicamento=self.elegido,
            presentacion=self.presentaciones.get(datos["presentacion"]),
            dosis=Dosis(datos["dosis"], datos["unidad"]),
            via=datos["via"],
            cada_horas=datos["cada_horas"],
            dias=datos["dias"],
            cantidad=datos["cantidad"],
            indicaciones=datos["indicaciones"],
        )


class MotivoDeReceta(forms.Form):
    motivo = forms.CharField(
        label=_("¿Por qué se receta a pesar de esto?"),
        max_length=400,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )


MedicamentosDeReceta = forms.formset_factory(
    RenglonDeReceta, extra=0, min_num=1, max_num=12, validate_min=True, absolute_max=12
)


def habitual(clave: str) -> dict[str, Any]:
    """What a line says when a medicine is just chosen: the usual order, to be looked at."""
    uno = medicamentos.por_clave(clave)
    if uno is None:
        return {"medicamento": clave}
    presentacion = uno.presentaciones[0]
    inicial: dict[str, Any] = {
        "medicamento": uno.nombre,
        "presentacion": presentacion.clave,
        "via": presentacion.via,
        "unidad": presentacion.contiene.unidad if presentacion.contiene else "aplicación",
    }
    if (usual := uno.habitual) is not None:
        exacta = (
            p
            for p in uno.presentaciones
            if p.contiene is not None and p.contable and p.contiene == usual.dosis
        )
        elegida = next(exacta, presentacion)
        inicial |= {
            "presentacion": elegida.clave,
            "via": elegida.via,
            "dosis": cifra(usual.dosis.valor).replace(",", ""),
            "unidad": usual.dosis.unidad,
            "cada_horas": str(usual.cada_horas) if usual.dias > 1 else "",
            "dias": usual.dias if usual.dias > 1 else "",
        }
    return inicial
