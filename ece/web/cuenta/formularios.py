"""Forms of whoever opens or recovers an account."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from consentimiento.services import recuperacion


class Codigo(forms.Form):
    """The three things that whoever was invited knows, or holds."""

    codigo = forms.CharField(
        label=gettext_lazy("Código de la invitación"),
        max_length=20,
        widget=forms.TextInput(
            attrs={"autocomplete": "one-time-code", "autocapitalize": "characters"}
        ),
        help_text=gettext_lazy("Doce letras y números, como están en la hoja que le dieron."),
    )
    curp = forms.CharField(
        label="CURP",
        max_length=20,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters"}),
        help_text=gettext_lazy("Si no tiene, el número de expediente."),
    )
    nacimiento = forms.DateField(
        label=gettext_lazy("Fecha de nacimiento"),
        widget=forms.DateInput(attrs={"type": "date", "autocomplete": "bday"}),
    )


class Contrasena(forms.Form):
    """A new password, twice, checked against who signs in with it."""

    contrasena = forms.CharField(
        label=gettext_lazy("Contraseña nueva"),
        max_length=128,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=gettext_lazy("Doce caracteres o más. Una frase es fácil de recordar."),
    )
    otra_vez = forms.CharField(
        label=gettext_lazy("La misma contraseña, otra vez"),
        max_length=128,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def clean(self) -> dict[str, Any]:
        datos: dict[str, Any] = super().clean() or {}
        contrasena, otra = datos.get("contrasena"), datos.get("otra_vez")
        if contrasena and otra and contrasena != otra:
            self.add_error("otra_vez", _("No es igual a la de arriba."))
        if contrasena:
            try:
                recuperacion.revisar(contrasena, usuario=datos.get("usuario", ""))
            except ValidationError as error:
                self.add_error("contrasena", error)
        return datos


class CuentaNueva(Contrasena):
    """How somebody will sign in, and where they are written to."""

    usuario = forms.CharField(
        label=gettext_lazy("Nombre para entrar"),
        min_length=5,
        max_length=40,
        validators=[
            RegexValidator(
                r"^[a-z0-9._-]+$",
                gettext_lazy("Sólo minúsculas sin acento, números, puntos y guiones."),
            )
        ],
        widget=forms.TextInput(attrs={"autocomplete": "username", "autocapitalize": "none"}),
        help_text=gettext_lazy(
            "Invente uno que no sea su nombre ni su CURP. Por ejemplo: colibri-azul."
        ),
    )
    correo = forms.EmailField(
        label=gettext_lazy("Correo electrónico"),
        required=False,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        help_text=gettext_lazy(
            "Para avisarle de resultados y citas, nunca con datos de salud. Se guarda cifrado."
        ),
    )
    field_order = ("usuario", "correo", "contrasena", "otra_vez")


class QuienEntra(forms.Form):
    usuario = forms.CharField(
        label=gettext_lazy("Nombre con el que entra"),
        max_length=150,
        widget=forms.TextInput(attrs={"autocomplete": "username", "autocapitalize": "none"}),
    )


class Rescate(forms.Form):
    rescate = forms.CharField(
        label=gettext_lazy("Código de recuperación"),
        max_length=30,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters"}),
        help_text=gettext_lazy("Dieciséis letras y números. Se lo dimos al abrir su cuenta."),
    )
