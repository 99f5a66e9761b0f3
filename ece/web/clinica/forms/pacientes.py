"""The identification set: what is asked first, and what can wait behind a fold."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.urls import reverse_lazy
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ece.nucleo import identificadores
from registros.catalogos import personas
from registros.catalogos.personas import Clave
from registros.selectors import catalogos
from registros.services.pacientes import Cobertura, Contacto, Domicilio, Identificacion

_CATALOGOS = {
    "nacionalidad": personas.NACIONALIDADES,
    "entidad": personas.ENTIDADES,
    "lengua": personas.LENGUAS,
    "religion": personas.RELIGIONES,
    "escolaridad": personas.ESCOLARIDAD,
    "derechohabiencia": personas.AFILIACIONES,
    "derechohabiencia_2": personas.AFILIACIONES,
}
"""Field -> catalogue of its options."""
_TEXTOS = (
    *("nombre", "primer_apellido", "segundo_apellido", "sexo_curp", "sexo_biologico", "genero"),
    *("entidad_nacimiento", "telefono", "correo", "nss", "pasaporte", "indigena", "afromexicano"),
    *("estado_civil", "ocupacion", "nivel_socioeconomico", "vivienda", "senas"),
    *("folio_defuncion", "fecha_defuncion", "edad_aproximada", "curp", "fecha_nacimiento"),
)
"""Fields that go by the same name in `Identificacion`."""
_SI_NO = [("", "—"), ("Sí", gettext_lazy("Sí")), ("No", gettext_lazy("No"))]


@dataclass(frozen=True, slots=True)
class Grupo:
    """A group of fields as the page shows it; a folded one opens when something in it is wrong."""

    leyenda: str | Promise
    campos: list[forms.BoundField]
    plegado: bool
    abierto: bool


def _corto(etiqueta: Any, largo: int, **extra: Any) -> forms.CharField:
    return forms.CharField(label=etiqueta, max_length=largo, required=False, **extra)


def _lugar(etiqueta: Any, campo: str) -> forms.CharField:
    """A text that offers the catalogue's places as it is typed, where there is a catalogue."""
    atributos = {
        "list": f"opciones-{campo}",
        "autocomplete": "off",
        "hx-get": reverse_lazy("clinica:lugares"),
        "hx-trigger": "input changed delay:200ms",
        "hx-target": f"#opciones-{campo}",
        "hx-include": "[name=entidad]",
    }
    return _corto(etiqueta, 120, widget=forms.TextInput(attrs=atributos))


def _fecha(etiqueta: Any) -> forms.DateField:
    return forms.DateField(
        label=etiqueta,
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )


class NuevoPaciente(forms.Form):
    """The identification set of NOM-024 (6.5, table 1); with `anterior`, to correct it."""

    curp = forms.CharField(
        label="CURP",
        max_length=18,
        required=False,
        help_text=gettext_lazy("Se revisa con el nombre, la fecha y el sexo; nunca se inventa."),
        widget=forms.TextInput(
            attrs={"autocapitalize": "characters", "autocomplete": "off", "spellcheck": "false"}
        ),
    )
    sin_curp_motivo = _corto(gettext_lazy("Si no tiene CURP, ¿por qué?"), 120)
    nombre = forms.CharField(label=gettext_lazy("Nombre o nombres"), max_length=50)
    primer_apellido = forms.CharField(label=gettext_lazy("Primer apellido"), max_length=50)
    segundo_apellido = _corto(gettext_lazy("Segundo apellido"), 50)
    fecha_nacimiento = forms.DateField(
        label=gettext_lazy("Fecha de nacimiento"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
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
    genero = _corto(gettext_lazy("Género"), 40)
    edad_aproximada = forms.IntegerField(
        label=gettext_lazy("Edad aproximada en años"), min_value=0, max_value=120, required=False
    )
    senas = _corto(
        gettext_lazy("Señas particulares"), 500, widget=forms.Textarea(attrs={"rows": 3})
    )
    telefono = _corto(gettext_lazy("Teléfono"), 20)
    correo = forms.EmailField(label=gettext_lazy("Correo electrónico"), required=False)
    calle = _corto(gettext_lazy("Calle y número"), 120)
    colonia = _corto(gettext_lazy("Colonia"), 80)
    entidad = forms.ChoiceField(label=gettext_lazy("Entidad de residencia"), required=False)
    municipio = _lugar(gettext_lazy("Municipio"), "municipio")
    localidad = _lugar(gettext_lazy("Localidad"), "localidad")
    codigo_postal = forms.RegexField(
        r"^\d{5}$",
        label=gettext_lazy("Código postal"),
        required=False,
        error_messages={"invalid": gettext_lazy("El código postal tiene cinco dígitos.")},
    )
    derechohabiencia = forms.ChoiceField(label=gettext_lazy("Institución"), required=False)
    cobertura_numero = _corto(gettext_lazy("Número de afiliación"), 30)
    cobertura_nivel = _corto(gettext_lazy("Nivel o calidad (titular, beneficiario)"), 40)
    cobertura_vigencia = _fecha(gettext_lazy("Vigente hasta"))
    nss = _corto(gettext_lazy("Número de seguridad social"), 11)
    derechohabiencia_2 = forms.ChoiceField(label=gettext_lazy("Otra institución"), required=False)
    cobertura_numero_2 = _corto(gettext_lazy("Número en la otra institución"), 30)
    cobertura_nivel_2 = _corto(gettext_lazy("Nivel o calidad en la otra institución"), 40)
    cobertura_vigencia_2 = _fecha(gettext_lazy("Vigente en la otra hasta"))
    contacto = _corto(gettext_lazy("Contacto en caso de urgencia"), 120)
    parentesco = _corto(gettext_lazy("Parentesco"), 40)
    contacto_telefono = _corto(gettext_lazy("Teléfono del contacto"), 20)
    tutor = _corto(gettext_lazy("Madre, padre o tutor que decide por el paciente"), 120)
    tutor_parentesco = _corto(gettext_lazy("Parentesco del tutor"), 40)
    tutor_telefono = _corto(gettext_lazy("Teléfono del tutor"), 20)
    nacionalidad = forms.ChoiceField(label=gettext_lazy("Nacionalidad de origen"), required=False)
    pasaporte = _corto(gettext_lazy("Pasaporte"), 20)
    indigena = forms.ChoiceField(
        label=gettext_lazy("¿Se considera indígena?"), choices=_SI_NO, required=False
    )
    afromexicano = forms.ChoiceField(
        label=gettext_lazy("¿Se considera afromexicana o afromexicano?"),
        choices=_SI_NO,
        required=False,
    )
    lengua = forms.ChoiceField(label=gettext_lazy("Lengua indígena que habla"), required=False)
    estado_civil = forms.ChoiceField(
        label=gettext_lazy("Estado civil"),
        choices=[("", "—"), *((c, gettext_lazy(t)) for c, t in personas.ESTADOS_CIVILES.items())],
        required=False,
    )
    religion = forms.ChoiceField(label=gettext_lazy("Religión"), required=False)
    escolaridad = forms.ChoiceField(label=gettext_lazy("Escolaridad"), required=False)
    ocupacion = _corto(gettext_lazy("Ocupación"), 80)
    nivel_socioeconomico = _corto(gettext_lazy("Nivel socioeconómico del estudio"), 40)
    vivienda = _corto(gettext_lazy("Vivienda"), 80)
    fecha_defuncion = _fecha(gettext_lazy("Fecha de defunción"))
    folio_defuncion = forms.RegexField(
        r"^\d{9}$",
        label=gettext_lazy("Folio del certificado de defunción"),
        required=False,
        error_messages={"invalid": gettext_lazy("El folio tiene nueve dígitos.")},
    )
    descartados = forms.Field(widget=forms.MultipleHiddenInput, required=False)
    """Ids of the likely duplicates that whoever registers has seen and said are other people."""

    GRUPOS: tuple[tuple[Any, tuple[str, ...], bool], ...] = (
        (gettext_lazy("Identidad oficial"), ("curp", "sin_curp_motivo"), False),
        (
            gettext_lazy("Nombre y nacimiento"),
            (
                *("nombre", "primer_apellido", "segundo_apellido"),
                *("fecha_nacimiento", "entidad_nacimiento"),
            ),
            False,
        ),
        (gettext_lazy("Sexo y género"), ("sexo_curp", "sexo_biologico", "genero"), False),
        (gettext_lazy("Señas de quien no se conoce"), ("edad_aproximada", "senas"), False),
        (gettext_lazy("Teléfono y correo"), ("telefono", "correo"), False),
        (
            gettext_lazy("Domicilio"),
            ("calle", "colonia", "entidad", "municipio", "localidad", "codigo_postal"),
            True,
        ),
        (
            gettext_lazy("Derechohabiencia"),
            (
                *("derechohabiencia", "cobertura_numero", "cobertura_nivel", "cobertura_vigencia"),
                *("nss", "derechohabiencia_2", "cobertura_numero_2", "cobertura_nivel_2"),
                "cobertura_vigencia_2",
            ),
            True,
        ),
        (
            gettext_lazy("Contacto y tutor"),
            (
                *("contacto", "parentesco", "contacto_telefono"),
                *("tutor", "tutor_parentesco", "tutor_telefono"),
            ),
            True,
        ),
        (
            gettext_lazy("Origen y lengua"),
            ("nacionalidad", "pasaporte", "indigena", "afromexicano", "lengua"),
            True,
        ),
        (
            gettext_lazy("Datos sociales"),
            (
                *("estado_civil", "religion", "escolaridad", "ocupacion"),
                *("nivel_socioeconomico", "vivienda"),
            ),
            True,
        ),
        (gettext_lazy("Defunción"), ("fecha_defuncion", "folio_defuncion"), True),
    )

    def __init__(self, *args: Any, anterior: Identificacion | None = None, **kwargs: Any) -> None:
        if anterior is not None:
            kwargs["initial"] = _iniciales(anterior)
        else:
            kwargs["initial"] = {"nacionalidad": "MEX"}
        super().__init__(*args, **kwargs)
        self.anterior = anterior
        self._claves: dict[str, dict[str, Clave]] = {}
        for campo, catalogo in _CATALOGOS.items():
            self._ofrecer(campo, catalogo)
        if anterior is None:
            fuera = {"fecha_defuncion", "folio_defuncion", "edad_aproximada", "senas"}
        elif not anterior.provisional:
            fuera = {"edad_aproximada", "senas"}
        else:
            fuera = set()
            for campo in ("fecha_nacimiento", "sexo_curp", "sexo_biologico"):
                self.fields[campo].required = False
        for campo in fuera:
            del self.fields[campo]

    def _ofrecer(self, campo: str, catalogo: str) -> None:
        """The concepts in force and, when it is none of them, the one the record keeps."""
        claves = {clave.clave: clave for clave in catalogos.opciones(catalogo)}
        guardada = self.initial.get(f"{campo}_clave")
        if guardada:
            claves[guardada.clave or guardada.texto] = guardada
        self._claves[campo] = claves
        opciones = [(clave, concepto.texto) for clave, concepto in claves.items()]
        self.fields[campo].choices = [("", "—"), *opciones]  # type: ignore[attr-defined]

    def grupos(self) -> Iterator[Grupo]:
        """In the order of the page."""
        for leyenda, nombres, plegado in self.GRUPOS:
            campos = [self[nombre] for nombre in nombres if nombre in self.fields]
            if campos:
                abierto = any(campo.errors for campo in campos)
                yield Grupo(leyenda, campos, plegado, abierto)

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
        if fecha and fecha > timezone.localdate():
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
        if not self._sigue_provisional(datos):
            for campo in ("fecha_nacimiento", "sexo_curp", "sexo_biologico"):
                if not datos.get(campo) and campo not in self.errors:
                    self.add_error(campo, _("Ya con su nombre, este dato es obligatorio."))
        nacio, murio = datos.get("fecha_nacimiento"), datos.get("fecha_defuncion")
        if murio and (murio > timezone.localdate() or (nacio and murio < nacio)):
            self.add_error("fecha_defuncion", _("Esa fecha no puede ser la de la defunción."))
        return datos

    def _sigue_provisional(self, datos: dict[str, Any]) -> str:
        """A provisional identity lasts while nobody writes another name over it."""
        previa = self.anterior
        if previa is None or datos.get("nombre", previa.nombre) != previa.nombre:
            return ""
        return previa.provisional

    def identificacion(self) -> Identificacion:
        """What was written, over what the record had and this form does not ask."""
        d = self.cleaned_data
        base = self.anterior or Identificacion("", "", "", None, "", "")
        iguales = {campo: d[campo] for campo in _TEXTOS if campo in d}
        provisional = self._sigue_provisional(d)
        if base.provisional and not provisional:
            iguales.update(edad_aproximada=None, senas="")
        return replace(
            base,
            **iguales,
            sin_curp_motivo="" if d["curp"] else d["sin_curp_motivo"],
            nacionalidad=self._elegida("nacionalidad"),
            lengua=self._elegida("lengua"),
            religion=self._elegida("religion"),
            escolaridad=self._elegida("escolaridad"),
            domicilio=self._domicilio(),
            coberturas=(*self._coberturas(), *base.coberturas[2:]),
            contactos=(*self._contactos(), *_otros_contactos(base)),
            provisional=provisional,
        )

    def _elegida(self, campo: str) -> Clave:
        return self._claves[campo].get(self.cleaned_data[campo], Clave())

    def _domicilio(self) -> Domicilio:
        d, entidad = self.cleaned_data, self._elegida("entidad")
        return Domicilio(
            calle=d["calle"],
            colonia=d["colonia"],
            entidad=entidad,
            municipio=catalogos.lugar(personas.MUNICIPIOS, d["municipio"], dentro_de=entidad.clave),
            localidad=catalogos.lugar(
                personas.LOCALIDADES, d["localidad"], dentro_de=entidad.clave
            ),
            codigo_postal=d["codigo_postal"],
        )

    def _coberturas(self) -> Iterator[Cobertura]:
        for cual in ("", "_2"):
            if institucion := self._elegida(f"derechohabiencia{cual}"):
                numero, nivel, vigencia = (
                    self.cleaned_data[f"cobertura_{dato}{cual}"]
                    for dato in ("numero", "nivel", "vigencia")
                )
                yield Cobertura(institucion, numero, nivel, vigencia)

    def _contactos(self) -> Iterator[Contacto]:
        d = self.cleaned_data
        if d["contacto"]:
            yield Contacto(d["contacto"], d["parentesco"], d["contacto_telefono"])
        if d["tutor"]:
            yield Contacto(d["tutor"], d["tutor_parentesco"], d["tutor_telefono"], tutor=True)


def _primeros(i: Identificacion) -> list[Contacto]:
    """The contact and the guardian that the form shows."""
    return [
        primero
        for tutor in (False, True)
        for primero in [c for c in i.contactos if c.tutor == tutor][:1]
    ]


def _otros_contactos(i: Identificacion) -> list[Contacto]:
    mostrados = _primeros(i)
    return [contacto for contacto in i.contactos if contacto not in mostrados]


def _iniciales(i: Identificacion) -> dict[str, Any]:
    """The form's fields as `i` would have filled them in."""
    iniciales: dict[str, Any] = {campo: getattr(i, campo) for campo in _TEXTOS}
    iniciales["sin_curp_motivo"] = i.sin_curp_motivo
    claves = {campo: getattr(i, campo) for campo in _CATALOGOS if hasattr(i, campo)}
    claves["entidad"] = i.domicilio.entidad
    for cual, cobertura in zip(("", "_2"), i.coberturas, strict=False):
        claves[f"derechohabiencia{cual}"] = cobertura.institucion
        iniciales[f"cobertura_numero{cual}"] = cobertura.numero
        iniciales[f"cobertura_nivel{cual}"] = cobertura.nivel
        iniciales[f"cobertura_vigencia{cual}"] = cobertura.vigencia
    for campo, clave in claves.items():
        iniciales[campo] = clave.clave or clave.texto
        iniciales[f"{campo}_clave"] = clave
    for campo in ("calle", "colonia", "codigo_postal"):
        iniciales[campo] = getattr(i.domicilio, campo)
    iniciales["municipio"] = i.domicilio.municipio.texto
    iniciales["localidad"] = i.domicilio.localidad.texto
    for contacto in _primeros(i):
        nombre, prefijo = ("tutor", "tutor_") if contacto.tutor else ("contacto", "")
        iniciales[nombre] = contacto.nombre
        iniciales[f"{prefijo}parentesco"] = contacto.parentesco
        iniciales["tutor_telefono" if contacto.tutor else "contacto_telefono"] = contacto.telefono
    return iniciales
