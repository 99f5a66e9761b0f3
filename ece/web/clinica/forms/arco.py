from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from consentimiento.arco import Calidad, Derecho, Fin
from registros.selectors.disputables import Disputable


class SolicitudArco(forms.Form):
    """What the law lets be asked of whoever exercises a right, and no more (LGPDPPSO 46)."""

    derecho = forms.TypedChoiceField(
        label=gettext_lazy("¿Qué derecho ejerce?"),
        choices=Derecho.choices,
        coerce=Derecho,
        widget=forms.RadioSelect,
    )
    peticion = forms.CharField(
        label=gettext_lazy("¿Qué pide, y sobre qué datos?"),
        help_text=gettext_lazy(
            "Con sus palabras. Si pide corregir un dato, diga cuál es y cuál es el correcto."
        ),
        max_length=4_000,
        widget=forms.Textarea(attrs={"rows": 5}),
    )
    registro = forms.ChoiceField(
        label=gettext_lazy("¿Cuál es el dato que pide corregir?"),
        help_text=gettext_lazy("Sólo si pide corregir uno, y está en la lista."),
        required=False,
    )
    fin = forms.ChoiceField(
        label=gettext_lazy("¿A qué uso se opone?"),
        help_text=gettext_lazy("Sólo si ejerce la oposición."),
        choices=[("", gettext_lazy("A ninguno")), *Fin.choices],
        required=False,
    )
    solicitante = forms.CharField(label=gettext_lazy("Nombre de quien lo pide"), max_length=150)
    calidad = forms.TypedChoiceField(
        label=gettext_lazy("Lo pide"), choices=Calidad.choices, coerce=Calidad, initial="titular"
    )
    acredita = forms.CharField(
        label=gettext_lazy("Con qué acredita que la representa, o su interés jurídico"),
        help_text=gettext_lazy(
            "Carta poder ante dos testigos, poder notarial, sentencia, acta de nacimiento o de "
            "defunción. Sólo si no lo pide la persona titular."
        ),
        max_length=200,
        required=False,
    )
    identidad = forms.CharField(
        label=gettext_lazy("Identificación oficial que se cotejó, y quién la cotejó"),
        max_length=150,
    )
    medio = forms.CharField(
        label=gettext_lazy("Dónde quiere recibir la respuesta"),
        help_text=gettext_lazy("Domicilio, correo electrónico, o aquí mismo."),
        max_length=200,
    )

    def __init__(
        self,
        escrito: Any = None,
        *,
        en_portal: bool,
        quien: str = "",
        datos: Sequence[Disputable] = (),
    ) -> None:
        super().__init__(escrito)
        self._datos = {dato.referencia: _en_palabras(dato) for dato in datos}
        if datos:
            registro = self.fields["registro"]
            assert isinstance(registro, forms.ChoiceField)
            registro.choices = [("", _("Ninguno, o no está aquí")), *self._datos.items()]
        else:
            del self.fields["registro"]
        if en_portal:
            del self.fields["identidad"]
            self.fields["medio"].initial = _("En el portal")
            self.fields["solicitante"].initial = quien

    def clean(self) -> dict[str, Any]:
        limpios: dict[str, Any] = super().clean() or {}
        calidad = limpios.get("calidad")
        if calidad not in (None, Calidad.TITULAR) and not limpios.get("acredita", "").strip():
            self.add_error("acredita", _("Diga con qué lo acredita."))
        if limpios.get("derecho") is Derecho.OPOSICION and not limpios.get("fin"):
            self.add_error("fin", _("Diga a qué uso se opone."))
        return limpios

    def pedido(self, *, identidad: str = "") -> dict[str, Any]:
        """What `services.arco.presentar` takes of what was written."""
        limpios = dict(self.cleaned_data)
        derecho, calidad = limpios.pop("derecho"), limpios.pop("calidad")
        textos = {"identidad": identidad, **limpios}
        if derecho is not Derecho.RECTIFICACION:
            textos.pop("registro", None)
        elif cual := textos.get("registro"):
            textos["dato"] = self._datos[cual]
        return {"derecho": derecho, "calidad": calidad, "textos": textos}


class PasoDeArco(forms.Form):
    """What the person is told at a step; a denial also says the fraction it rests on."""

    texto = forms.CharField(
        label=gettext_lazy("Qué se le dice a la persona"),
        max_length=4_000,
        widget=forms.Textarea(attrs={"rows": 4}),
    )

    def __init__(self, datos: Any = None, *, causales: dict[str, str] | None = None) -> None:
        super().__init__(datos)
        if causales:
            self.fields["causal"] = forms.ChoiceField(
                label=_("Causa de la ley"),
                required=False,
                choices=[
                    ("", _("Sólo si no procede")),
                    *((clave, f"{clave}. {_(dicho)}") for clave, dicho in causales.items()),
                ],
            )


class RespuestaDelTitular(forms.Form):
    texto = forms.CharField(
        label=gettext_lazy("Lo que aclara o completa"),
        max_length=4_000,
        widget=forms.Textarea(attrs={"rows": 4}),
    )

    def __init__(self, datos: Any = None, *, recurso: bool = False) -> None:
        super().__init__(datos)
        if recurso:
            self.fields["texto"].label = _("Ante quién lo presentó, cuándo y con qué folio")


def _en_palabras(dato: Disputable) -> str:
    """A datum as whoever disputes it reads it: of what kind, what it says, of when."""
    fecha = date_format(timezone.localtime(dato.fecha), "j/m/Y")
    return f"{dato.clase}: {dato.titulo} ({fecha})"


class DescargaDeArco(forms.Form):
    """Whoever takes a whole record away says again who they are."""

    contrasena = forms.CharField(
        label=gettext_lazy("Su contraseña, otra vez"),
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )
