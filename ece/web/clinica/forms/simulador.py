from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from consentimiento.services.simulador import Proposito
from ece.identidad import selectors as identidad
from ece.nucleo.roles import Permiso

PERMISOS = (
    (Permiso.EXPEDIENTE_LEER, _("Leer el expediente")),
    (Permiso.PACIENTE_LEER, _("Ver la identificación")),
    (Permiso.NOTA_REDACTAR, _("Escribir una nota")),
    (Permiso.RECETA_PRESCRIBIR, _("Recetar")),
    (Permiso.RESULTADO_REGISTRAR, _("Registrar un resultado")),
    (Permiso.EXPEDIENTE_IMPRIMIR, _("Imprimir el expediente")),
)
PROPOSITOS = (
    ("", _("El que corresponda")),
    (Proposito.TREAT, _("Atención")),
    (Proposito.ETREAT, _("Emergencia")),
    (Proposito.HOPERAT, _("Operación de la institución")),
    (Proposito.PUBHLTH, _("Salud pública")),
    (Proposito.HRESCH, _("Investigación")),
    (Proposito.PATRQT, _("A petición de la persona")),
)


class Simulacion(forms.Form):
    """Of which record, by whom, to do what; without `persona`, everybody who could read it."""

    numero = forms.CharField(label=_("Número de expediente"), max_length=40)
    persona = forms.TypedChoiceField(
        label=_("Persona"), required=False, empty_value=None, help_text=_("Vacío: todas.")
    )
    permiso = forms.TypedChoiceField(
        label=_("Para"), choices=[(p.value, t) for p, t in PERMISOS], coerce=Permiso
    )
    proposito = forms.TypedChoiceField(
        label=_("Fin"), choices=PROPOSITOS, coerce=Proposito, required=False, empty_value=None
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        gente = [(str(id_), nombre) for id_, nombre in identidad.personal()]
        self.fields["persona"].choices = [("", _("Todas")), *gente]  # type: ignore[attr-defined]
