import json
from collections.abc import Iterable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ece.web.clinica.forms.reactivos import campo_de
from ece.web.clinica.forms.signos import Signos
from registros.catalogos.notas import Clase, TipoDeNota, norma
from registros.selectors import catalogos
from registros.services.diagnosticos import NuevoDiagnostico as DiagnosticoElegido
from registros.services.notas import Contenido, Falta


class Nota(forms.Form):
    """The form that a note type describes: a field a section or item, the signs, the diagnoses."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1, required=False)
    diagnosticos = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(
        self,
        *args: Any,
        tipo: TipoDeNota | None,
        contenido: Contenido | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        assert tipo is not None
        self.tipo = tipo
        contenido = contenido or Contenido()
        for seccion in tipo.secciones:
            if seccion.clase is Clase.TEXTO:
                self.fields[seccion.clave] = forms.CharField(
                    label=_(seccion.titulo),
                    help_text=_(seccion.ayuda),
                    required=False,
                    max_length=20_000,
                    initial=contenido.textos.get(seccion.clave, ""),
                    widget=forms.Textarea(attrs={"rows": 4}),
                )
            mezclada = any(reactivo.requerido for reactivo in seccion.reactivos)
            for reactivo in seccion.reactivos:
                clave = seccion.clave_de(reactivo)
                self.fields[clave] = campo_de(
                    reactivo,
                    contenido.respuestas.get(clave),
                    opcional=mezclada and not reactivo.requerido,
                )
        signos = Signos(valores=dict(contenido.signos))
        self.fields.update(signos.fields)
        self.claves_de_signos = list(signos.fields)
        self.diagnosticos_iniciales = json.dumps(
            [
                {"clave": d.clave, "texto": d.texto, "presuntivo": d.presuntivo}
                for d in contenido.diagnosticos
            ]
        )
        self.fields["diagnosticos"].initial = self.diagnosticos_iniciales

    def partes(self) -> list[dict[str, Any]]:
        """Sections in the norm's order, each with its field or fields, for the template."""
        return [
            {
                "seccion": seccion,
                "campo": self[seccion.clave] if seccion.clase is Clase.TEXTO else None,
                "signos": [self[c] for c in self.claves_de_signos]
                if seccion.clase is Clase.SIGNOS
                else [],
                "reactivos": [self[seccion.clave_de(r)] for r in seccion.reactivos],
            }
            for seccion in self.tipo.secciones
        ]

    def escrito(self) -> dict[str, str]:
        """What each field holds, by name, as a browser would send it."""
        return {c.html_name: _enviado(c) for c in self if c.name != "version"}

    def clean_diagnosticos(self) -> tuple[DiagnosticoElegido, ...]:
        try:
            elegidos = json.loads(self.cleaned_data["diagnosticos"] or "[]")
            pares = [(str(e["clave"]), bool(e.get("presuntivo"))) for e in elegidos]
        except (ValueError, TypeError, KeyError) as error:
            raise ValidationError(_("Elija los diagnósticos de la lista.")) from error
        conceptos = []
        for clave, presuntivo in pares:
            concepto = catalogos.cie10(clave)
            if concepto is None:
                raise ValidationError(_("Hay un diagnóstico que no está en la CIE-10."))
            conceptos.append(
                DiagnosticoElegido(concepto.clave, concepto.texto, concepto.version, presuntivo)
            )
        return tuple(conceptos)

    def contenido(self) -> Contenido:
        datos = self.cleaned_data
        textos = {s.clave: datos[s.clave] for s in self.tipo.secciones if s.clase is Clase.TEXTO}
        signos = {c: datos[c] for c in self.claves_de_signos if datos.get(c) is not None}
        respuestas = {
            clave: datos[clave]
            for s in self.tipo.secciones
            for r in s.reactivos
            if datos.get(clave := s.clave_de(r)) not in (None, "")
        }
        return Contenido(textos, signos, datos["diagnosticos"], respuestas)

    def exigir(self, faltas: Iterable[Falta]) -> None:
        """Say beside each field, or above all, what the norm asks for and is empty."""
        for falta in faltas:
            titulo = _(falta.seccion.titulo)
            if falta.reactivo:
                titulo = f"{titulo}: {_(falta.reactivo.titulo)}"
            mensaje = _("Falta «%(titulo)s» (%(norma)s).") % {
                "titulo": titulo,
                "norma": norma(falta.numeral),
            }
            self.add_error(self._donde(falta), mensaje)

    def _donde(self, falta: Falta) -> str:
        """The field beside which it is said: the first of those that share a section."""
        if falta.seccion.clase is Clase.SIGNOS:
            return self.claves_de_signos[0]
        if falta.seccion.clase is Clase.DIAGNOSTICOS:
            return "diagnosticos"
        if falta.seccion.reactivos and not falta.reactivo:
            return falta.seccion.clave_de(falta.seccion.reactivos[0])
        return falta.clave

    def errores_por_campo(self) -> dict[str, str]:
        return {campo: str(errores[0]) for campo, errores in self.errors.items()}


def _enviado(campo: forms.BoundField) -> str:
    valor = campo.field.widget.format_value(campo.value())
    if isinstance(valor, list):
        valor = valor[0] if valor else ""
    return "" if valor is None else str(valor)


class Adenda(forms.Form):
    texto = forms.CharField(
        label=gettext_lazy("Adenda"), widget=forms.Textarea(attrs={"rows": 3}), max_length=10_000
    )
    contrasena = forms.CharField(
        label=gettext_lazy("Su contraseña"),
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )


class Contrafirma(forms.Form):
    contrasena = forms.CharField(
        label=gettext_lazy("Su contraseña"),
        help_text=gettext_lazy("Al contrafirmar responde por lo que dice la nota."),
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )


class Devolucion(forms.Form):
    motivo = forms.CharField(
        label=gettext_lazy("Qué debe corregir quien la escribió"),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=1_000,
    )
