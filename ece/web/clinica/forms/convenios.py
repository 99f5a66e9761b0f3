from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy

from consentimiento.convenios import (
    Base,
    ConPacientes,
    Contacto,
    Firmante,
    Proposito,
    Terminos,
)
from ece.identidad.aplicaciones import FichaDeAliado
from registros.catalogos.sensibles import CATEGORIAS
from registros.selectors.descripciones import CLASES

DEL_DIRECTORIO = {
    "Organization": gettext_lazy("Institución"),
    "Practitioner": gettext_lazy("Profesional"),
    "Location": gettext_lazy("Lugar"),
}
NOMBRES = {
    **{t: gettext_lazy(n) for t, n in CLASES.items() if t != "Consent"},
    **DEL_DIRECTORIO,
}
"""R4 type -> its name, of those an agreement may name: what each person agreed to stays here."""


def clases_de_datos() -> list[tuple[str, str]]:
    """(type, its name and itself), who somebody is first and then by name."""
    dichas = sorted(((t, f"{nombre} ({t})") for t, nombre in NOMBRES.items()), key=lambda d: d[1])
    return sorted(dichas, key=lambda dicha: dicha[0] != "Patient")


class _Varias(forms.MultipleChoiceField):
    widget = forms.CheckboxSelectMultiple


def _fecha(etiqueta: Any) -> forms.DateField:
    return forms.DateField(
        label=etiqueta, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )


class Convenio(forms.Form):
    """The terms of an agreement, field by field."""

    folio = forms.RegexField(
        r"^[A-Za-z0-9./-]{3,40}$",
        label=gettext_lazy("Folio"),
        error_messages={"invalid": gettext_lazy("Letras, números, puntos, guiones y diagonales.")},
    )
    cliente = forms.ChoiceField(label=gettext_lazy("Sistema de la institución aliada"))
    institucion = forms.CharField(label=gettext_lazy("Nuestra institución"), max_length=200)
    representante = forms.CharField(label=gettext_lazy("Quien nos representa"), max_length=150)
    cargo = forms.CharField(label=gettext_lazy("Cargo de quien nos representa"), max_length=150)
    aliada = forms.CharField(label=gettext_lazy("Institución aliada"), max_length=200)
    representante_aliada = forms.CharField(
        label=gettext_lazy("Quien representa a la aliada"), max_length=150
    )
    cargo_aliada = forms.CharField(
        label=gettext_lazy("Cargo de quien representa a la aliada"), max_length=150
    )
    privacidad_nombre = forms.CharField(
        label=gettext_lazy("Responsable de datos personales de la aliada"), max_length=150
    )
    privacidad_correo = forms.EmailField(label=gettext_lazy("Su correo"))
    privacidad_telefono = forms.CharField(
        label=gettext_lazy("Su teléfono"), max_length=20, required=False
    )
    propositos = _Varias(label=gettext_lazy("Propósitos"), choices=Proposito.choices)
    bases = _Varias(
        label=gettext_lazy("Por qué viajan los datos de un paciente"), choices=Base.choices
    )
    sale = _Varias(
        label=gettext_lazy("Qué puede leer la aliada"), choices=clases_de_datos, required=False
    )
    entra = _Varias(
        label=gettext_lazy("Qué puede enviar la aliada"), choices=clases_de_datos, required=False
    )
    categorias = _Varias(
        label=gettext_lazy("Datos sensibles que también puede leer"),
        choices=[(c.value, gettext_lazy(dicha.nombre)) for c, dicha in CATEGORIAS.items()],
        required=False,
    )
    desde = _fecha(gettext_lazy("Desde"))
    hasta = _fecha(gettext_lazy("Hasta"))
    por_minuto = forms.IntegerField(
        label=gettext_lazy("Pacientes por minuto, a lo más"), min_value=1, max_value=100_000
    )
    por_dia = forms.IntegerField(
        label=gettext_lazy("Pacientes por día, a lo más"), min_value=1, max_value=10_000_000
    )

    direccion = forms.CharField(
        label=gettext_lazy("Dirección FHIR de la aliada"),
        help_text=gettext_lazy(
            "La única a la que se le llamará: para consultarle, referirle pacientes y contestarle."
        ),
        max_length=200,
        required=False,
    )
    identificador = forms.RegexField(
        r"^[\w.@:-]{1,100}$",
        label=gettext_lazy("Quiénes somos allá (client_id)"),
        required=False,
        error_messages={"invalid": gettext_lazy("Letras, números, puntos y guiones.")},
    )

    def __init__(self, *args: Any, aliados: list[FichaDeAliado], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        campo = self.fields["cliente"]
        assert isinstance(campo, forms.ChoiceField)
        campo.choices = [(str(a.id), a.nombre) for a in aliados]

    def terminos(self, llaves: frozenset[str]) -> Terminos:
        """The terms that the form says; `llaves` are those registered with the partner's system."""
        dicho = self.cleaned_data
        return Terminos(
            folio=dicho["folio"],
            cliente=UUID(dicho["cliente"]),
            nuestra=Firmante(dicho["institucion"], dicho["representante"], dicho["cargo"]),
            aliada=Firmante(dicho["aliada"], dicho["representante_aliada"], dicho["cargo_aliada"]),
            privacidad=Contacto(
                dicho["privacidad_nombre"],
                dicho["privacidad_correo"],
                dicho["privacidad_telefono"],
            ),
            propositos=frozenset(dicho["propositos"]),
            bases=frozenset(dicho["bases"]),
            sale=frozenset(dicho["sale"]),
            entra=frozenset(dicho["entra"]),
            categorias=frozenset(dicho["categorias"]),
            desde=dicho["desde"],
            hasta=dicho["hasta"],
            por_minuto=dicho["por_minuto"],
            por_dia=dicho["por_dia"],
            llaves=llaves,
            direccion=dicho["direccion"].rstrip("/"),
            identificador=dicho["identificador"],
        )


def iniciales(terminos: Terminos) -> dict[str, Any]:
    """What the form of a draft starts from."""
    return {
        "folio": terminos.folio,
        "cliente": str(terminos.cliente),
        "institucion": terminos.nuestra.institucion,
        "representante": terminos.nuestra.representante,
        "cargo": terminos.nuestra.cargo,
        "aliada": terminos.aliada.institucion,
        "representante_aliada": terminos.aliada.representante,
        "cargo_aliada": terminos.aliada.cargo,
        "privacidad_nombre": terminos.privacidad.nombre,
        "privacidad_correo": terminos.privacidad.correo,
        "privacidad_telefono": terminos.privacidad.telefono,
        "propositos": sorted(terminos.propositos),
        "bases": sorted(terminos.bases),
        "sale": sorted(terminos.sale),
        "entra": sorted(terminos.entra),
        "categorias": sorted(terminos.categorias),
        "desde": terminos.desde,
        "hasta": terminos.hasta,
        "por_minuto": terminos.por_minuto,
        "por_dia": terminos.por_dia,
        "direccion": terminos.direccion,
        "identificador": terminos.identificador,
    }


def en_blanco(institucion: str, hoy: date) -> dict[str, Any]:
    """What the form of a new agreement starts from."""
    return {
        "institucion": institucion,
        "desde": hoy,
        "hasta": hoy + timedelta(days=365),
        "por_minuto": 60,
        "por_dia": 2_000,
    }


class FirmaDeAliada(forms.Form):
    jws = forms.CharField(
        label=gettext_lazy("Firma de la institución aliada (JWS)"),
        help_text=gettext_lazy("La aliada firma los términos con su llave registrada y la envía."),
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 4, "spellcheck": "false"}),
    )


class Paso(forms.Form):
    motivo = forms.CharField(label=gettext_lazy("Motivo"), min_length=8, max_length=300)


class Compartir(forms.Form):
    """With whom one patient's record is shared, why, and until when."""

    convenio = forms.TypedChoiceField(
        label=gettext_lazy("Institución"), coerce=UUID, widget=forms.RadioSelect
    )
    base = forms.TypedChoiceField(
        label=gettext_lazy("Por qué"),
        choices=[(b.value, Base(b.value).label) for b in ConPacientes],
        coerce=ConPacientes,
        widget=forms.RadioSelect,
    )
    dias = forms.IntegerField(
        label=gettext_lazy("Durante cuántos días"), min_value=1, max_value=365, initial=30
    )

    def __init__(self, *args: Any, convenios: list[tuple[UUID, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        campo = self.fields["convenio"]
        assert isinstance(campo, forms.TypedChoiceField)
        campo.choices = [(str(id_), nombre) for id_, nombre in convenios]
