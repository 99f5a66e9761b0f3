from collections.abc import Iterable, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from consentimiento.directivas import Destino, Directiva, Rango
from consentimiento.frases import DATOS, FINES, PUESTOS
from consentimiento.services.directivas import EN_PERSONA, Otorgante
from ece.identidad import selectors as identidad
from ece.nucleo.reserva import TODO, Ambito
from registros.catalogos.sensibles import CATEGORIAS

_ELIJA = gettext_lazy("Elija una opción.")
CUALQUIERA, INSTITUCION, UNIDAD, PUESTO, PERSONA = (
    "todos",
    "institucion",
    "unidad",
    "puesto",
    "persona",
)
TODO_EL_EXPEDIENTE, TIPOS, DELICADO, EPISODIO = "todo", "tipos", "categorias", "atencion"
_QUE_EPISODIO = gettext_lazy("Una atención o estancia")
_QUE: list[tuple[str, Any]] = [
    (TODO_EL_EXPEDIENTE, gettext_lazy("Todo mi expediente")),
    (DELICADO, gettext_lazy("Lo relativo a temas delicados")),
    (TIPOS, gettext_lazy("Algunas clases de datos")),
    (EPISODIO, _QUE_EPISODIO),
]


def _lista(etiqueta: Any) -> forms.ChoiceField:
    return forms.ChoiceField(label=etiqueta, required=False)


def _opciones(etiqueta: Any, opciones: Iterable[tuple[str, Any]]) -> forms.ChoiceField:
    return forms.ChoiceField(
        label=etiqueta,
        choices=list(opciones),
        widget=forms.RadioSelect,
        error_messages={"required": _ELIJA, "invalid_choice": _ELIJA},
    )


def _casillas(etiqueta: Any, opciones: Iterable[tuple[str, Any]]) -> forms.MultipleChoiceField:
    return forms.MultipleChoiceField(
        label=etiqueta,
        choices=list(opciones),
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )


def fin_del_dia(dia: date) -> datetime:
    """The instant when `dia` is over, by the institution's clock."""
    return datetime.combine(
        dia + timedelta(days=1), time.min, tzinfo=timezone.get_default_timezone()
    )


class NuevaDirectiva(forms.Form):
    """To share or not: with whom, which data, what for, until when.

    Each answer brings its own detail.
    """

    efecto = _opciones(
        gettext_lazy("¿Qué quiere hacer?"),
        [
            ("no", gettext_lazy("No compartir algo de mi expediente")),
            ("si", gettext_lazy("Compartir algo con alguien que hoy no lo ve")),
        ],
    )
    con = _opciones(
        gettext_lazy("¿Con quién?"),
        [
            (UNIDAD, gettext_lazy("Un servicio o unidad")),
            (PERSONA, gettext_lazy("Una persona, por su nombre")),
            (PUESTO, gettext_lazy("Un puesto")),
            (INSTITUCION, gettext_lazy("Toda la institución")),
            (CUALQUIERA, gettext_lazy("Cualquiera, de aquí o de fuera")),
        ],
    )
    unidad = _lista(gettext_lazy("Servicio o unidad"))
    persona = forms.CharField(
        label=gettext_lazy("Nombre de la persona"),
        required=False,
        max_length=120,
        widget=forms.TextInput(attrs={"list": "cercanos", "autocomplete": "off"}),
    )
    puesto = _lista(gettext_lazy("Puesto"))
    que = _opciones(gettext_lazy("¿Qué datos?"), [])
    categorias = _casillas(gettext_lazy("Temas"), [])
    tipos = _casillas(gettext_lazy("Clases de datos"), [(c, DATOS[c][0]) for c in DATOS])
    atencion = _lista(gettext_lazy("Atención o estancia"))
    para = _casillas(
        gettext_lazy("¿Sólo para algo en particular?"), [(f.value, FINES[f]) for f in FINES]
    )
    hasta = forms.DateField(
        label=gettext_lazy("¿Hasta cuándo?"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=gettext_lazy("Sin fecha, hasta que usted lo retire."),
    )

    def __init__(self, *args: Any, visitas: Sequence[tuple[UUID, str]] = (), **kwargs: Any) -> None:
        """`visitas` are (id, words) of those that may be chosen; without any, none is offered."""
        super().__init__(*args, **kwargs)
        self.nombres: dict[str, str] = {str(id_): nombre for id_, nombre in visitas}
        self.nombres |= {str(u.id): u.nombre for u in identidad.unidades()}
        self.fields["para"].help_text = _("Si no marca nada, para cualquier cosa.")
        self._elegir("unidad", [(str(u.id), u.nombre) for u in identidad.unidades()])
        self._elegir("puesto", [(p.value, PUESTOS[p]) for p in PUESTOS])
        self._elegir("atencion", [(str(id_), nombre) for id_, nombre in visitas])
        self._campo("categorias").choices = [
            (c.value, f"{_(d.nombre)}: {_minuscula(_(d.explicacion))}")
            for c, d in CATEGORIAS.items()
        ]
        preguntas = [*_QUE]
        if not visitas:
            del self.fields["atencion"]
            preguntas.remove((EPISODIO, _QUE_EPISODIO))
        self._campo("que").choices = preguntas
        for campo in self.fields.values():
            if isinstance(campo.widget, forms.RadioSelect | forms.CheckboxSelectMultiple):
                campo.widget.attrs["class"] = "opciones-de-permiso"

    def _campo(self, nombre: str) -> forms.ChoiceField:
        campo = self.fields[nombre]
        assert isinstance(campo, forms.ChoiceField)
        return campo

    def _elegir(self, nombre: str, opciones: Sequence[tuple[str, Any]]) -> None:
        self._campo(nombre).choices = [("", _("Elija…")), *opciones]

    def clean_persona(self) -> str:
        """The id of the only person with a post who is called so."""
        texto = str(self.cleaned_data["persona"])
        if self.data.get("con") != PERSONA:
            return ""
        halladas = identidad.por_nombre(texto, ahora=timezone.now())
        if not halladas:
            raise ValidationError(_("No hay nadie en el directorio con ese nombre."))
        if len(halladas) > 1:
            nombres = "; ".join(nombre for _id, nombre in halladas)
            raise ValidationError(
                _("Hay varias personas con ese nombre (%s). Escríbalo completo.") % nombres
            )
        ((id_, nombre),) = halladas
        self.nombres[str(id_)] = nombre
        return str(id_)

    def clean_hasta(self) -> date | None:
        hasta: date | None = self.cleaned_data["hasta"]
        if hasta is not None and hasta < timezone.localdate():
            raise ValidationError(_("Esa fecha ya pasó."))
        return hasta

    def clean(self) -> dict[str, Any]:
        datos: dict[str, Any] = super().clean() or {}
        for pregunta, detalles in (
            ("con", (UNIDAD, PUESTO, PERSONA)),
            ("que", (TIPOS, DELICADO, EPISODIO)),
        ):
            detalle = {DELICADO: "categorias", TIPOS: "tipos", EPISODIO: "atencion"}
            respuesta = datos.get(pregunta)
            campo = detalle.get(respuesta or "", respuesta or "")
            if respuesta in detalles and not datos.get(campo) and campo not in self.errors:
                self.add_error(campo, _("Diga cuál."))
        return datos

    def directiva(self) -> Directiva:
        datos = self.cleaned_data
        return Directiva(
            consentimiento=UUID(int=0),
            permite=datos["efecto"] == "si",
            destinos=frozenset(self._destinos()),
            propositos=frozenset(datos["para"]) or None,
            ambito=self._ambito(),
            hasta=fin_del_dia(datos["hasta"]) if datos["hasta"] else None,
        )

    def _destinos(self) -> Iterable[Destino]:
        datos = self.cleaned_data
        match datos["con"]:
            case "unidad":
                yield Destino(Rango.UNIDAD, datos["unidad"])
            case "persona":
                yield Destino(Rango.PERSONA, datos["persona"])
            case "puesto":
                yield Destino(Rango.ROL, datos["puesto"])
            case "institucion" if nuestra := identidad.institucion():
                self.nombres[str(nuestra.pk)] = nuestra.nombre
                yield Destino(Rango.INSTITUCION, str(nuestra.pk))

    def _ambito(self) -> Ambito:
        datos = self.cleaned_data
        match datos["que"]:
            case "categorias":
                return Ambito(etiquetas=frozenset(datos["categorias"]))
            case "tipos":
                clases = [DATOS[clave][1] for clave in datos["tipos"]]
                return Ambito(tipos=frozenset[str]().union(*clases))
            case "atencion":
                return Ambito(encuentros=frozenset({UUID(datos["atencion"])}))
        return TODO


class ComprobacionDeIdentidad(forms.Form):
    """At the counter: how whoever asks was known, and who they are if it is not the person."""

    identificacion = forms.ChoiceField(
        label=gettext_lazy("Cómo se comprobó su identidad"),
        choices=[
            ("", gettext_lazy("Elija…")),
            ("Credencial para votar", gettext_lazy("Credencial para votar")),
            ("Pasaporte", gettext_lazy("Pasaporte")),
            ("Cédula profesional", gettext_lazy("Cédula profesional")),
            ("Cartilla militar", gettext_lazy("Cartilla militar")),
            ("Acta de nacimiento y CURP", gettext_lazy("Acta de nacimiento y CURP")),
            ("Documento migratorio", gettext_lazy("Documento migratorio")),
        ],
        error_messages={"required": gettext_lazy("Diga con qué documento.")},
    )
    representante = forms.CharField(
        label=gettext_lazy("Nombre de quien la representa"),
        required=False,
        max_length=120,
        help_text=gettext_lazy("Sólo si no lo pide la propia persona."),
    )

    def otorgante(self) -> Otorgante:
        return Otorgante(self.cleaned_data["identificacion"], self.cleaned_data["representante"])


class EnPersona(forms.Form):
    """Nothing to check: the person is in their own session."""

    def otorgante(self) -> Otorgante:
        return EN_PERSONA


def _minuscula(texto: str) -> str:
    return texto[:1].lower() + texto[1:]
