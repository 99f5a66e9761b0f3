"""No page says a word in Spanish to who reads in English, but for what people wrote.

Each translation is put between marks, so that what is outside them was never given to it.
"""

import ast
import importlib
import io
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from django.core.management import call_command
from django.test import Client
from django.utils.translation import trans_real

from auditoria import bitacora
from consentimiento import decision
from ece import fhir
from ece.identidad.models import Institucion, Unidad, Usuario
from ece.nucleo.identificadores.entidades import ENTIDADES
from ece.nucleo.roles import Permiso
from ece.web.clinica import paneles
from ece.web.clinica.forms.convenios import NOMBRES
from registros.selectors import recursos
from tests import convenios
from tests import elenco as reparto
from tests.consentimiento import vulneraciones
from tests.elenco import AHORA, INTEGRACION
from tests.flujos.conftest import Hospital
from tests.flujos.expediente_lleno import Lleno, llenar
from tests.flujos.test_accesibilidad import PAGINAS, contratados

ABRE, CIERRA = "⟦", "⟧"
CON_PALABRAS = {"aria-label", "title", "placeholder", "alt", "data-fallo", "data-guardado"}
SIN_PALABRAS = {"script", "style", "code", "kbd", "pre", "blockquote", "textarea"}
SIGLAS = {"ADT", "CIE", "CLUES", "CURP", "EDTA", "HIS", "LIS", "ORU", "PID", "SHA", "VUL", "rpm"}
CATALOGOS = ("personas", "estudios", "analitos", "escalas", "formulas")
"""Modules of `registros.catalogos` whose names of things are what official lists, and authors, say
in Spanish: peoples, religions, states, studies, the sources of a scale."""
_FOLIO = re.compile(r"[A-Z]{3,4}-\d{4}-[0-9A-F]{8}")
_PALABRA = re.compile(r"(?<!\w)[^\W\d_]{3,}(?!\w)")


class Textos(HTMLParser):
    """What a page says: its texts, and the attributes that are read out."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.dichos: list[str] = []
        self._dentro: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        # What is marked as being in Spanish (a letter, a notice) is so because the law asks it.
        en_espanol = tag != "html" and str(dict(attrs).get("lang", "")).startswith("es")
        if tag in SIN_PALABRAS or en_espanol or (self._dentro and tag == self._dentro[-1]):
            self._dentro.append(tag)
        self.dichos += [v for k, v in attrs if v and k in CON_PALABRAS]

    def handle_endtag(self, tag: str) -> None:
        if self._dentro and self._dentro[-1] == tag:
            self._dentro.pop()

    def handle_data(self, data: str) -> None:
        if not self._dentro and data.strip():
            self.dichos.append(data)


def sin_traducir(html: str) -> Iterator[str]:
    """The words of a page outside the marks."""
    hondo = 0
    for trozo in re.split(f"([{ABRE}{CIERRA}])", "\n".join(Textos(html).dichos)):
        if trozo in (ABRE, CIERRA):
            hondo = max(0, hondo + (1 if trozo == ABRE else -1))
        elif not hondo:
            yield from _PALABRA.findall(_FOLIO.sub("", trozo))


def test_a_word_outside_would_be_found() -> None:
    """The positive control."""
    html = f'<p title="Hola">{ABRE}Name{CIERRA} Adiós <b>{ABRE}a {ABRE}b{CIERRA} c{CIERRA}</b></p>'
    assert set(sin_traducir(html)) == {"Hola", "Adiós"}


@pytest.fixture
def marcado(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """English, with each translation between marks; what was drawn without them is drawn anew."""
    ingles = trans_real.translation("en")
    uno, varios = ingles.gettext, ingles.ngettext
    monkeypatch.setattr(ingles, "gettext", lambda m: f"{ABRE}{uno(m)}{CIERRA}" if m else m)
    monkeypatch.setattr(ingles, "ngettext", lambda s, p, n: f"{ABRE}{varios(s, p, n)}{CIERRA}")
    paneles._dibujadas.cache_clear()
    yield
    paneles._dibujadas.cache_clear()


@pytest.fixture
def hospital_lleno(db: None) -> tuple[Hospital, Lleno]:
    personas = reparto.reunir()
    paciente = reparto.registrar(personas)
    reparto.en_consulta(personas, paciente)
    hospital = Hospital("http://testserver", personas, paciente)
    call_command("cargar_catalogos", stdout=io.StringIO())
    lleno = llenar(hospital)
    contratados(hospital)
    return hospital, lleno


def escrito() -> set[str]:
    """Every word that people wrote: in records, breaches and agreements, and names of people and
    places."""
    textos = [*_cadenas(fhir.json.leer(convenios.terminos(uuid4()).canonico()))]
    textos += [*vulneraciones.DICHO.values(), vulneraciones.DESCRIPCION]
    textos += [f"{u.username} {u.nombre}" for u in Usuario.objects.all()]
    textos += [u.nombre for u in (*Unidad.objects.all(), *Institucion.objects.all())]
    pacientes: list[UUID] = [
        f for (f,) in bitacora.consultar("SELECT id FROM registros_paciente", ())
    ]
    accesos = decision.abrir_pacientes(INTEGRACION, pacientes, Permiso.RECURSO_LEER, ahora=AHORA)
    for acceso in accesos.values():
        filas = recursos.compartimento(acceso, limite=5_000, sin_binarios=True)
        textos += _cadenas(
            [fhir.json.leer(json) for _, json in recursos.abrir_todos(accesos, filas)]
        )
    return {palabra for texto in textos for palabra in _PALABRA.findall(texto)}


def de_catalogos() -> set[str]:
    textos = list(ENTIDADES.values())
    for nombre in CATALOGOS:
        modulo = importlib.import_module(f"registros.catalogos.{nombre}")
        arbol = ast.parse(Path(str(modulo.__file__)).read_text())
        textos += [
            n.value
            for n in ast.walk(arbol)
            if isinstance(n, ast.Constant) and isinstance(n.value, str)
        ]
    return {palabra for texto in textos for palabra in _PALABRA.findall(texto)}


def _cadenas(nodo: object) -> Iterator[str]:
    if isinstance(nodo, str):
        yield nodo
    for uno in nodo.values() if isinstance(nodo, dict) else nodo if isinstance(nodo, list) else ():
        yield from _cadenas(uno)


def test_no_page_has_a_word_that_was_never_translated(
    hospital_lleno: tuple[Hospital, Lleno], marcado: None
) -> None:
    hospital, lleno = hospital_lleno
    clientes: dict[str, Client] = {}
    for usuario in {u for visitas in PAGINAS.values() for u, _ in visitas}:
        clientes[usuario] = cliente = Client()
        cliente.cookies["django_language"] = "en"
        if usuario:
            cliente.force_login(Usuario.objects.get(username=usuario))
    paginas = {
        (nombre, direccion): clientes[usuario].get(direccion)
        for nombre, visitas in PAGINAS.items()
        for usuario, direcciones in visitas
        for direccion in direcciones(hospital, lleno)
    }
    sabidas = escrito() | de_catalogos() | SIGLAS | set(NOMBRES)
    sueltas: dict[str, list[str]] = {}
    for (nombre, _), respuesta in paginas.items():
        if respuesta.status_code == 302:
            continue
        assert respuesta.status_code == 200, nombre
        quedan = set(sin_traducir(respuesta.content.decode())) - sabidas
        if quedan:
            sueltas[nombre] = sorted(quedan)
    assert not sueltas, "\n".join(f"{n}: {' '.join(p)}" for n, p in sueltas.items())
