from typing import Any
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ece.web.clinica.forms.diagnosticos import NuevoDiagnostico
from ece.web.clinica.forms.fechas import Dia
from registros.catalogos.problemas import CURSOS, ESTADOS
from registros.selectors.expediente import Entrada


class NuevoProblema(NuevoDiagnostico):
    """A problem for the list; `notas` are those it may be founded on."""

    inicio = Dia(label=gettext_lazy("Inicio"), required=False)
    curso = forms.ChoiceField(label=gettext_lazy("Curso"), required=False)
    nota_id = forms.TypedChoiceField(
        label=gettext_lazy("Nota que lo sustenta"),
        required=False,
        coerce=UUID,
        empty_value=None,
    )

    def __init__(self, *args: Any, notas: list[Entrada], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        curso, nota = self.fields["curso"], self.fields["nota_id"]
        assert isinstance(curso, forms.ChoiceField)
        assert isinstance(nota, forms.TypedChoiceField)
        curso.choices = [("", "—"), *((c, _(t)) for c, t in CURSOS.items())]
        nota.choices = [
            ("", "—"),
            *((str(n.id), f"{_(n.titulo)} · {n.fecha:%d/%m/%Y}") for n in notas),
        ]

    def clean_inicio(self) -> Any:
        inicio = self.cleaned_data["inicio"]
        if inicio and inicio > timezone.localdate():
            raise ValidationError(_("Todavía no llega esa fecha."))
        return inicio

    def clean(self) -> dict[str, Any]:
        datos = dict(self.cleaned_data)
        elegido = super().clean()
        if "diagnostico" not in elegido:
            return elegido
        resto = ("inicio", "curso", "nota_id")
        return {**elegido, **{clave: datos.get(clave) for clave in resto}}


class CambioDeProblema(forms.Form):
    estado = forms.ChoiceField(label=gettext_lazy("Estado"))
    fecha = Dia(
        label=gettext_lazy("Fecha en que terminó"),
        required=False,
        help_text=gettext_lazy("Sólo si se resolvió, remitió o quedó inactivo."),
    )
    motivo = forms.CharField(label=gettext_lazy("Motivo del cambio"), max_length=300)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        campo = self.fields["estado"]
        assert isinstance(campo, forms.ChoiceField)
        campo.choices = [(c, _(t)) for c, t in ESTADOS.items()]
