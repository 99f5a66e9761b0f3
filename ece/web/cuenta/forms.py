from datetime import datetime, time, timedelta
from typing import Any
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ece.identidad import selectors as identidad
from ece.identidad.services.asignaciones import DE_PERSONAS
from ece.nucleo.roles import Rol
from ece.web.cuenta.palabras import ROLES


class Confirmacion(forms.Form):
    """The password, or a code of the generator."""

    contrasena = forms.CharField(
        label=gettext_lazy("Contraseña"),
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )


class Codigo(forms.Form):
    codigo = forms.CharField(
        label=gettext_lazy("Código"),
        max_length=40,
        widget=forms.TextInput(
            attrs={"autocomplete": "one-time-code", "autocapitalize": "characters"}
        ),
    )


class NuevaContrasena(forms.Form):
    contrasena = forms.CharField(
        label=gettext_lazy("Contraseña nueva"),
        help_text=gettext_lazy("Al menos 12 caracteres, que no sea de las comunes."),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    otra_vez = forms.CharField(
        label=gettext_lazy("La misma, otra vez"),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def clean(self) -> dict[str, Any]:
        datos = super().clean() or {}
        if datos.get("contrasena") != datos.get("otra_vez"):
            raise ValidationError(_("Las dos contraseñas no son iguales."))
        return datos


class Invitacion(forms.Form):
    usuario = forms.SlugField(
        label=gettext_lazy("Usuario"),
        max_length=60,
        help_text=gettext_lazy("Con lo que entrará: letras, números y guiones."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    nombres = forms.CharField(label=gettext_lazy("Nombres"), max_length=150)
    apellidos = forms.CharField(label=gettext_lazy("Apellidos"), max_length=150)


class _Fechas(forms.Form):
    @staticmethod
    def _instante(dia: Any, *, al_final: bool) -> datetime | None:
        if dia is None:
            return None
        cual = dia + timedelta(days=1) if al_final else dia
        return timezone.make_aware(datetime.combine(cual, time()))


def _dia(etiqueta: Any, *, required: bool, ayuda: Any = "") -> forms.DateField:
    return forms.DateField(
        label=etiqueta,
        required=required,
        help_text=ayuda,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )


class Puesto(_Fechas):
    rol = forms.ChoiceField(label=gettext_lazy("Puesto"))
    unidad_id = forms.ChoiceField(label=gettext_lazy("Unidad"), required=False)
    hasta = _dia(
        gettext_lazy("Hasta"),
        required=False,
        ayuda=gettext_lazy("El último día. Los puestos que autorizan dos personas lo exigen."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rol, unidad = self.fields["rol"], self.fields["unidad_id"]
        assert isinstance(rol, forms.ChoiceField)
        assert isinstance(unidad, forms.ChoiceField)
        por_nombre = sorted(DE_PERSONAS, key=lambda r: str(ROLES[r]))
        rol.choices = [(r.value, str(ROLES[r])) for r in por_nombre]
        unidad.choices = [
            ("", _("Toda la institución")),
            *((str(u.id), u.nombre) for u in identidad.unidades()),
        ]

    def clean_rol(self) -> Rol:
        return Rol(self.cleaned_data["rol"])

    def clean_unidad_id(self) -> UUID | None:
        return UUID(valor) if (valor := self.cleaned_data["unidad_id"]) else None

    def clean_hasta(self) -> datetime | None:
        return self._instante(self.cleaned_data["hasta"], al_final=True)


class Licencia(_Fechas):
    desde = _dia(gettext_lazy("Desde"), required=True)
    hasta = _dia(gettext_lazy("Hasta"), required=False, ayuda=gettext_lazy("El último día."))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # The page of a person has two forms with an end: each label points to its own.
        self.auto_id = "licencia_%s"

    def clean_desde(self) -> datetime | None:
        return self._instante(self.cleaned_data["desde"], al_final=False)

    def clean_hasta(self) -> datetime | None:
        return self._instante(self.cleaned_data["hasta"], al_final=True)

    def clean(self) -> dict[str, Any]:
        datos = super().clean() or {}
        desde, hasta = datos.get("desde"), datos.get("hasta")
        if desde and hasta and hasta <= desde:
            raise ValidationError(_("La licencia termina antes de empezar."))
        return datos
