import json
from typing import Any
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ece import fhir
from ece.identidad import selectors as identidad
from ece.nucleo import identificadores
from ece.nucleo.acceso import Actor
from registros.catalogos.cartas import CALIDADES, CARTAS, IDENTIFICACIONES, TipoDeCarta
from registros.catalogos.personas import LENGUAS, PROPIOS
from registros.services.cartas import Firma, QuienDecide

PUNTOS = 5_000
"""More points than a hand draws in a minute."""
ESPANOL = "Español"
_TESTIGOS = ("testigo_1", "testigo_2")


def _unidades(actor: Actor) -> tuple[list[tuple[str, str]], str | None]:
    """The choices, and which of them is the actor's own."""
    propias = [str(u) for u in actor.unidades()]
    return [(str(u.id), u.nombre) for u in identidad.unidades()], next(iter(propias), None)


class NuevaCarta(forms.Form):
    """What a letter says before it is signed; a physician answers for it with their password."""

    unidad_id = forms.ChoiceField(label=gettext_lazy("Establecimiento"))
    idioma = forms.ChoiceField(label=gettext_lazy("Idioma en que se explicó"))
    interprete = forms.CharField(
        label=gettext_lazy("Intérprete"),
        max_length=150,
        required=False,
        help_text=gettext_lazy("Nombre completo, si no se explicó en español."),
    )

    def __init__(self, *args: Any, carta: TipoDeCarta, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.carta = carta
        unidad, idioma = self.fields["unidad_id"], self.fields["idioma"]
        assert isinstance(unidad, forms.ChoiceField)
        assert isinstance(idioma, forms.ChoiceField)
        unidad.choices, unidad.initial = _unidades(actor)
        idioma.choices = [(n, n) for n in (ESPANOL, *PROPIOS[LENGUAS])]
        for elemento in carta.redactables:
            self.fields[elemento.clave] = forms.CharField(
                label=_(elemento.titulo),
                initial=carta.textos.get(elemento.clave, ""),
                max_length=3_000,
                help_text=_(elemento.ayuda) if elemento.ayuda else "",
                widget=forms.Textarea(attrs={"rows": 3}),
            )
        if carta.de_medico:
            self.fields["contrasena"] = forms.CharField(
                label=_("Su contraseña"),
                help_text=_("Con ella responde de haber informado a la persona."),
                widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
            )

    def clean_unidad_id(self) -> UUID:
        return UUID(self.cleaned_data["unidad_id"])

    def clean(self) -> dict[str, Any]:
        datos: dict[str, Any] = super().clean() or {}
        if datos.get("idioma") not in (None, ESPANOL) and not datos.get("interprete"):
            self.add_error("interprete", _("Anote quién interpretó."))
        return datos

    def datos(self) -> dict[str, Any]:
        """As `cartas.preparar` takes it."""
        limpio = self.cleaned_data
        return {
            "textos": {e.clave: limpio[e.clave] for e in self.carta.redactables},
            **{c: limpio[c] for c in ("unidad_id", "idioma", "interprete")},
        }


class Decision(forms.Form):
    """Who decides about a letter, how they were known, and their signature: drawn, or typed."""

    def __init__(
        self, *args: Any, carta: TipoDeCarta, quien: str, en_portal: bool = False, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.carta, self.en_portal = carta, en_portal
        if not en_portal:
            self._de_ventanilla()
        if "comprension" in carta.elementos:
            self.fields["comprension"] = forms.CharField(
                label=_("Con sus palabras, qué se le va a hacer y qué puede pasar"),
                help_text=_("Pídale que lo cuente: así se comprueba que entendió."),
                max_length=1_000,
                required=False,
                widget=forms.Textarea(attrs={"rows": 2}),
            )
        self._firmante("decide", inicial=quien, curp=self.initial.get("calidad") != "paciente")
        if carta.con_testigos and not en_portal:
            for testigo in _TESTIGOS:
                self._firmante(testigo)

    def _de_ventanilla(self) -> None:
        self.fields["calidad"] = forms.ChoiceField(
            label=_("Quién decide"),
            choices=[(c.clave, _(c.titulo)) for c in CALIDADES.values()],
        )
        self.fields["ausencia"] = forms.CharField(
            label=_("Por qué no decide la persona, ni alguien más cercano"),
            help_text=_("Sólo si no decide la persona misma."),
            max_length=500,
            required=False,
        )
        self.fields["identificacion"] = forms.ChoiceField(
            label=_("Con qué se identificó"),
            choices=[(c, _(t)) for c, t in IDENTIFICACIONES.items() if c != "cuenta"],
        )
        self.fields["folio"] = forms.CharField(
            label=_("Folio o número"), max_length=40, required=False
        )

    def _firmante(self, clave: str, inicial: str = "", curp: bool = True) -> None:
        self.fields[f"{clave}_nombre"] = forms.CharField(
            label=_("Nombre completo"), max_length=150, required=clave == "decide", initial=inicial
        )
        self.fields[f"{clave}_trazos"] = forms.CharField(
            widget=forms.HiddenInput, required=False, max_length=400_000
        )
        self.fields[f"{clave}_escrita"] = forms.CharField(
            label=_("O escriba su nombre completo como firma"), max_length=150, required=False
        )
        if curp:
            de_mas = _("Sólo si firmará además con su e.firma.")
            propia = _("La del paciente es la de su expediente.")
            self.fields[f"{clave}_curp"] = forms.CharField(
                label=_("CURP"),
                help_text=f"{de_mas} {propia}" if clave == "decide" else de_mas,
                max_length=18,
                required=False,
                widget=forms.TextInput(attrs={"autocapitalize": "characters"}),
            )

    @property
    def breves(self) -> list[forms.BoundField]:
        return [self[c] for c in ("calidad", "identificacion", "folio") if c in self.fields]

    @property
    def largos(self) -> list[forms.BoundField]:
        return [self[c] for c in ("ausencia", "comprension") if c in self.fields]

    @property
    def firmantes(self) -> list[dict[str, Any]]:
        titulos = {
            "decide": _("Firma de quien decide"),
            "testigo_1": _("Primer testigo"),
            "testigo_2": _("Segundo testigo"),
        }
        return [
            {
                "clave": clave,
                "titulo": titulo,
                **{
                    c: self[f"{clave}_{c}"]
                    for c in ("nombre", "trazos", "escrita", "curp")
                    if f"{clave}_{c}" in self.fields
                },
            }
            for clave, titulo in titulos.items()
            if f"{clave}_nombre" in self.fields
        ]

    def clean(self) -> dict[str, Any]:
        datos: dict[str, Any] = super().clean() or {}
        for clave in ("decide", *_TESTIGOS):
            if not datos.get(f"{clave}_nombre"):
                continue
            try:
                trazos = _trazos(datos.get(f"{clave}_trazos", ""))
            except ValueError:
                self.add_error(f"{clave}_escrita", _("La firma no se pudo leer; repítala."))
                continue
            escrita = fhir.normalizar(datos.get(f"{clave}_escrita", ""))
            if not trazos and escrita != fhir.normalizar(datos[f"{clave}_nombre"]):
                aviso = _("Falta la firma: trácela, o escriba el nombre completo tal como arriba.")
                self.add_error(f"{clave}_escrita", aviso)
            datos[f"{clave}_trazos"] = trazos
            if curp := datos.get(f"{clave}_curp"):
                datos[f"{clave}_curp"] = self._curp(clave, curp)
        return datos

    def _curp(self, clave: str, dicha: str) -> str:
        try:
            identificadores.validar_curp(dicha)
        except identificadores.CurpInvalida as error:
            self.add_error(f"{clave}_curp", str(error))
        return dicha.strip().upper()

    def quien(self) -> QuienDecide:
        datos = self.cleaned_data
        propia = datos.get("calidad") == "paciente"
        curp = "" if propia else datos.get("decide_curp", "")
        firma = Firma(datos["decide_nombre"], datos["decide_trazos"], curp)
        if self.en_portal:
            calidad = self.initial["calidad"]
            return QuienDecide(firma, calidad, IDENTIFICACIONES["cuenta"])
        identificacion = IDENTIFICACIONES[datos["identificacion"]]
        con_folio = ", ".join(filter(None, (identificacion, datos["folio"])))
        return QuienDecide(firma, datos["calidad"], con_folio, datos["ausencia"])

    def testigos(self) -> list[Firma]:
        datos = self.cleaned_data
        return [
            Firma(datos[f"{t}_nombre"], datos[f"{t}_trazos"], datos[f"{t}_curp"])
            for t in _TESTIGOS
            if datos.get(f"{t}_nombre")
        ]


def _trazos(texto: str) -> str:
    """The strokes, as numbers and nothing else; empty when there are none. Raises `ValueError`."""
    if not texto:
        return ""
    leidos = json.loads(texto)
    trazos = [[[round(float(n), 2) for n in punto] for punto in trazo] for trazo in leidos]
    puntos = [punto for trazo in trazos for punto in trazo]
    if len(puntos) > PUNTOS or any(len(punto) != 4 for punto in puntos):
        raise ValueError(len(puntos))
    return json.dumps(trazos) if len(puntos) > 1 else ""


class Revocacion(forms.Form):
    motivo = forms.CharField(
        label=gettext_lazy("Por qué, si quiere decirlo"), max_length=300, required=False
    )


class Acuerdo(forms.Form):
    """Two physicians, each with their password, on what cannot wait."""

    tipo = forms.ChoiceField(
        label=gettext_lazy("Qué no puede esperar"),
        choices=[(c.clave, gettext_lazy(c.titulo)) for c in CARTAS.values() if c.de_medico],
    )
    acto_urgente = forms.CharField(label=gettext_lazy("Acto que se va a realizar"), max_length=500)
    motivo = forms.CharField(
        label=gettext_lazy("Por qué no pudo decidir la persona, ni quien decida por ella"),
        max_length=500,
    )
    unidad_id = forms.ChoiceField(label=gettext_lazy("Establecimiento"))
    contrasena = forms.CharField(
        label=gettext_lazy("Su contraseña"),
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )
    segundo = forms.CharField(label=gettext_lazy("Usuario del segundo médico"), max_length=150)
    segunda_contrasena = forms.CharField(
        label=gettext_lazy("Contraseña del segundo médico"),
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
    )

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        unidad = self.fields["unidad_id"]
        assert isinstance(unidad, forms.ChoiceField)
        unidad.choices, unidad.initial = _unidades(actor)

    def clean_unidad_id(self) -> UUID:
        return UUID(self.cleaned_data["unidad_id"])

    def clean_tipo(self) -> str:
        clave: str = self.cleaned_data["tipo"]
        if clave not in CARTAS:
            raise ValidationError(_("Elija uno de la lista."))
        return clave
