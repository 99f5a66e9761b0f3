"""Forms of the desk: plain, with a message in Spanish beside each field."""

import json
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ece.identidad import selectors as identidad
from ece.nucleo import identificadores
from ece.nucleo.acceso import Actor
from registros.catalogos.notas import Clase, TipoDeNota
from registros.catalogos.signos import SIGNOS
from registros.selectors import catalogos
from registros.services.alergias import Categoria, Criticidad
from registros.services.diagnosticos import NuevoDiagnostico as DiagnosticoElegido
from registros.services.encuentros import NOMBRES, ClaseDeEncuentro
from registros.services.notas import Contenido
from registros.services.pacientes import Contacto, Domicilio, Identificacion
from registros.services.resultados import Medida


class Signos(forms.Form):
    """One optional field a sign, within what a living person can have."""

    def __init__(
        self, *args: Any, valores: dict[str, Decimal] | None = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        for signo in SIGNOS.values():
            self.fields[signo.clave] = forms.DecimalField(
                label=f"{_(signo.nombre)} ({signo.unidad})",
                required=False,
                min_value=signo.minimo,
                max_value=signo.maximo,
                decimal_places=signo.decimales,
                initial=(valores or {}).get(signo.clave),
                widget=forms.NumberInput(attrs={"inputmode": "decimal", "step": "any"}),
                error_messages=dict.fromkeys(
                    ("min_value", "max_value"),
                    _("Revise la cifra: va de %(minimo)s a %(maximo)s.")
                    % {"minimo": signo.minimo, "maximo": signo.maximo},
                ),
            )

    def clean(self) -> dict[str, Any]:
        datos: dict[str, Any] = super().clean() or {}
        if not self.errors and not self.mediciones():
            raise ValidationError(_("Escriba al menos una medición."))
        sistolica, diastolica = datos.get("sistolica"), datos.get("diastolica")
        if sistolica and diastolica and diastolica >= sistolica:
            self.add_error("diastolica", _("La diastólica es menor que la sistólica."))
        return datos

    def mediciones(self) -> dict[str, Decimal]:
        return {c: v for c, v in self.cleaned_data.items() if c in SIGNOS and v is not None}


class NuevoEncuentro(forms.Form):
    clase = forms.ChoiceField(
        label=gettext_lazy("Tipo"),
        choices=[(c.value, gettext_lazy(NOMBRES[c])) for c in ClaseDeEncuentro],
    )
    unidad_id = forms.TypedChoiceField(label=gettext_lazy("Unidad"), coerce=str)
    motivo = forms.CharField(label=gettext_lazy("Motivo"), max_length=200)

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.unidades = {str(u.id): u for u in identidad.unidades()}
        campo = self.fields["unidad_id"]
        assert isinstance(campo, forms.TypedChoiceField)
        campo.choices = [(clave, u.nombre) for clave, u in self.unidades.items()]
        propias = [str(u) for u in actor.unidades()]
        campo.initial = propias[0] if propias else None

    def clean_clase(self) -> ClaseDeEncuentro:
        return ClaseDeEncuentro(self.cleaned_data["clase"])

    def clean_unidad_id(self) -> Any:
        return self.unidades[self.cleaned_data["unidad_id"]].id


class NuevaAlergia(forms.Form):
    sustancia = forms.CharField(label=gettext_lazy("Sustancia"), max_length=120)
    categoria = forms.ChoiceField(
        label=gettext_lazy("Clase"),
        choices=[
            (Categoria.MEDICAMENTO, gettext_lazy("Medicamento")),
            (Categoria.ALIMENTO, gettext_lazy("Alimento")),
            (Categoria.AMBIENTE, gettext_lazy("Ambiente")),
            (Categoria.BIOLOGICO, gettext_lazy("Biológico")),
        ],
    )
    criticidad = forms.ChoiceField(
        label=gettext_lazy("Gravedad"),
        choices=[
            (Criticidad.ALTA, gettext_lazy("Alta")),
            (Criticidad.BAJA, gettext_lazy("Baja")),
            (Criticidad.DESCONOCIDA, gettext_lazy("No se sabe")),
        ],
    )
    reaccion = forms.CharField(label=gettext_lazy("Reacción"), max_length=200, required=False)

    def clean_categoria(self) -> Categoria:
        return Categoria(self.cleaned_data["categoria"])

    def clean_criticidad(self) -> Criticidad:
        return Criticidad(self.cleaned_data["criticidad"])


class NuevoDiagnostico(forms.Form):
    clave = forms.CharField(
        label=gettext_lazy("Diagnóstico (CIE-10)"),
        max_length=8,
        widget=forms.TextInput(attrs={"data-cie10": ""}),
        help_text=gettext_lazy("Escriba palabras o la clave y elija de la lista."),
    )
    presuntivo = forms.BooleanField(label=gettext_lazy("Presuntivo"), required=False)

    def clean(self) -> dict[str, Any]:
        datos: dict[str, Any] = super().clean() or {}
        if "clave" in datos:
            concepto = catalogos.cie10(datos["clave"].upper())
            if concepto is None:
                self.add_error("clave", _("Esa clave no está en la CIE-10; elíjala de la lista."))
            else:
                nuevo = DiagnosticoElegido(
                    concepto.clave, concepto.texto, concepto.version, datos["presuntivo"]
                )
                return {"diagnostico": nuevo}
        return datos


class NuevaReceta(forms.Form):
    medicamento = forms.CharField(
        label=gettext_lazy("Medicamento (nombre genérico)"), max_length=150
    )
    dosis = forms.CharField(label=gettext_lazy("Dosis"), max_length=80)
    via = forms.CharField(
        label=gettext_lazy("Vía de administración"), max_length=60, initial="oral"
    )
    periodicidad = forms.CharField(label=gettext_lazy("Periodicidad"), max_length=80)
    duracion = forms.CharField(label=gettext_lazy("Duración"), max_length=80, required=False)


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


class Nota(forms.Form):
    """The form that a note type describes: one field a section, the signs, the diagnoses."""

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
        signos = Signos(valores=dict(contenido.signos))
        self.fields.update(signos.fields)
        self.claves_de_signos = list(signos.fields)
        self.diagnosticos_iniciales = json.dumps(
            [
                {"clave": d.clave, "texto": d.texto, "presuntivo": d.presuntivo}
                for d in contenido.diagnosticos
            ]
        )

    def partes(self) -> list[dict[str, Any]]:
        """Sections in the norm's order, each with its field or fields, for the template."""
        return [
            {
                "seccion": seccion,
                "campo": self[seccion.clave] if seccion.clase is Clase.TEXTO else None,
                "signos": [self[c] for c in self.claves_de_signos]
                if seccion.clase is Clase.SIGNOS
                else [],
            }
            for seccion in self.tipo.secciones
        ]

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
        return Contenido(textos, signos, datos["diagnosticos"])

    def errores_por_campo(self) -> dict[str, str]:
        return {campo: str(errores[0]) for campo, errores in self.errors.items()}


class Adenda(forms.Form):
    texto = forms.CharField(
        label=gettext_lazy("Adenda"), widget=forms.Textarea(attrs={"rows": 3}), max_length=10_000
    )
    contrasena = forms.CharField(
        label=gettext_lazy("Su contraseña"),
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )


class NuevoPaciente(forms.Form):
    """The identification set of NOM-024 (6.5, table 1)."""

    curp = forms.CharField(
        label="CURP",
        max_length=18,
        required=False,
        help_text=gettext_lazy("Se revisa con el nombre, la fecha y el sexo; nunca se inventa."),
        widget=forms.TextInput(
            attrs={"autocapitalize": "characters", "autocomplete": "off", "spellcheck": "false"}
        ),
    )
    sin_curp_motivo = forms.CharField(
        label=gettext_lazy("Si no tiene CURP, ¿por qué?"), max_length=120, required=False
    )
    nombre = forms.CharField(label=gettext_lazy("Nombre o nombres"), max_length=50)
    primer_apellido = forms.CharField(label=gettext_lazy("Primer apellido"), max_length=50)
    segundo_apellido = forms.CharField(
        label=gettext_lazy("Segundo apellido"), max_length=50, required=False
    )
    fecha_nacimiento = forms.DateField(
        label=gettext_lazy("Fecha de nacimiento"), widget=forms.DateInput(attrs={"type": "date"})
    )
    entidad_nacimiento = forms.ChoiceField(
        label=gettext_lazy("Entidad de nacimiento"),
        choices=[("", "—"), *identificadores.ENTIDADES.items()],
        required=False,
    )
    sexo_curp = forms.ChoiceField(
        label=gettext_lazy("Sexo en la CURP"),
        widget=forms.RadioSelect,
        choices=[
            ("H", gettext_lazy("Hombre")),
            ("M", gettext_lazy("Mujer")),
            ("X", gettext_lazy("No binario")),
        ],
    )
    sexo_biologico = forms.ChoiceField(
        label=gettext_lazy("Sexo biológico"),
        widget=forms.RadioSelect,
        choices=[
            ("femenino", gettext_lazy("Femenino")),
            ("masculino", gettext_lazy("Masculino")),
            ("intersexual", gettext_lazy("Intersexual")),
        ],
    )
    genero = forms.CharField(label=gettext_lazy("Género"), max_length=40, required=False)
    telefono = forms.CharField(label=gettext_lazy("Teléfono"), max_length=20, required=False)
    calle = forms.CharField(label=gettext_lazy("Calle y número"), max_length=120, required=False)
    colonia = forms.CharField(label=gettext_lazy("Colonia"), max_length=80, required=False)
    municipio = forms.CharField(label=gettext_lazy("Municipio"), max_length=80, required=False)
    codigo_postal = forms.RegexField(
        r"^\d{5}$",
        label=gettext_lazy("Código postal"),
        required=False,
        error_messages={"invalid": gettext_lazy("El código postal tiene cinco dígitos.")},
    )
    derechohabiencia = forms.ChoiceField(
        label=gettext_lazy("Derechohabiencia"),
        choices=[
            ("Ninguna", gettext_lazy("Ninguna")),
            *((c, c) for c in ("IMSS", "IMSS-Bienestar", "ISSSTE")),
            ("Otra", gettext_lazy("Otra")),
        ],
    )
    nss = forms.CharField(
        label=gettext_lazy("Número de seguridad social"), max_length=11, required=False
    )
    contacto = forms.CharField(label=gettext_lazy("Contacto"), max_length=120, required=False)
    parentesco = forms.CharField(label=gettext_lazy("Parentesco"), max_length=40, required=False)
    contacto_telefono = forms.CharField(
        label=gettext_lazy("Teléfono del contacto"), max_length=20, required=False
    )
    descartados = forms.Field(widget=forms.MultipleHiddenInput, required=False)
    """Ids of the likely duplicates that whoever registers has seen and said are other people."""

    GRUPOS = (
        (gettext_lazy("Identidad oficial"), ("curp", "sin_curp_motivo")),
        (
            gettext_lazy("Nombre y nacimiento"),
            (
                *("nombre", "primer_apellido", "segundo_apellido"),
                *("fecha_nacimiento", "entidad_nacimiento"),
            ),
        ),
        (gettext_lazy("Sexo y género"), ("sexo_curp", "sexo_biologico", "genero")),
        (
            gettext_lazy("Domicilio y teléfono"),
            ("calle", "colonia", "municipio", "codigo_postal", "telefono"),
        ),
        (gettext_lazy("Derechohabiencia"), ("derechohabiencia", "nss")),
        (
            gettext_lazy("Persona de contacto"),
            ("contacto", "parentesco", "contacto_telefono"),
        ),
    )

    def grupos(self) -> list[tuple[Any, list[forms.BoundField]]]:
        """(legend, fields), in the order of the page."""
        return [(leyenda, [self[nombre] for nombre in nombres]) for leyenda, nombres in self.GRUPOS]

    def clean_descartados(self) -> frozenset[str]:
        return frozenset(self.cleaned_data["descartados"] or ())

    def clean_curp(self) -> str:
        curp = str(self.cleaned_data["curp"]).strip().upper()
        if curp:
            try:
                identificadores.validar_curp(curp)
            except identificadores.CurpInvalida as error:
                raise ValidationError(str(error)) from error
        return curp

    def clean_fecha_nacimiento(self) -> Any:
        fecha = self.cleaned_data["fecha_nacimiento"]
        if fecha > timezone.localdate():
            raise ValidationError(_("La fecha de nacimiento no puede ser futura."))
        return fecha

    def clean_telefono(self) -> str:
        telefono = str(self.cleaned_data["telefono"])
        if telefono and not identificadores.telefono_valido(telefono):
            raise ValidationError(_("El teléfono tiene diez dígitos."))
        return telefono

    def clean_nss(self) -> str:
        nss = str(self.cleaned_data["nss"])
        if nss and not identificadores.nss_valido(nss):
            raise ValidationError(_("El número de seguridad social no es correcto; revíselo."))
        return nss

    def clean(self) -> dict[str, Any]:
        datos: dict[str, Any] = super().clean() or {}
        if "curp" in datos and not datos["curp"] and not datos.get("sin_curp_motivo"):
            self.add_error("curp", _("Escriba la CURP, o al lado por qué la persona no la tiene."))
        return datos

    def identificacion(self) -> Identificacion:
        d = self.cleaned_data
        contacto = None
        if d["contacto"]:
            contacto = Contacto(d["contacto"], d["parentesco"], d["contacto_telefono"])
        return Identificacion(
            nombre=d["nombre"],
            primer_apellido=d["primer_apellido"],
            segundo_apellido=d["segundo_apellido"],
            fecha_nacimiento=d["fecha_nacimiento"],
            sexo_curp=d["sexo_curp"],
            sexo_biologico=d["sexo_biologico"],
            genero=d["genero"],
            curp=d["curp"],
            sin_curp_motivo="" if d["curp"] else d["sin_curp_motivo"],
            entidad_nacimiento=d["entidad_nacimiento"],
            domicilio=Domicilio(d["calle"], d["colonia"], d["municipio"], "", d["codigo_postal"]),
            telefono=d["telefono"],
            derechohabiencia=d["derechohabiencia"],
            nss=d["nss"],
            contacto=contacto,
        )
