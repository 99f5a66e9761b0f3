"""What a search finds: by terms (on tokens) and by content, against a plain reading of the rules.

Two promises hold whatever the values: what matches has one of the terms looked for, and when the
criterion says it is exact, whatever has one of the terms matches.
"""

import unicodedata
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from ece import fhir
from ece.fhir import Criterio, CriterioInvalido, Indice
from ece.fhir.valores import Cadena, Cantidad, Fecha, Numero, Referencia, Token, Uri, intervalo
from tests.fhir.ejemplares import TIPOS, ejemplar

PARAMETROS = {
    "token": ("Observation", "code"),
    "string": ("Patient", "name"),
    "date": ("Observation", "date"),
    "reference": ("Observation", "subject"),
    "quantity": ("Observation", "value-quantity"),
    "number": ("RiskAssessment", "probability"),
    "uri": ("ValueSet", "url"),
}


def _criterio(clase: str, crudo: str, modificador: str = "") -> Criterio:
    tipo, codigo = PARAMETROS[clase]
    return fhir.criterio(fhir.parametros(tipo)[codigo], modificador, crudo)


def _coincide(clase: str, valor: Any, crudo: str, modificador: str = "") -> bool:
    """Whether a resource with `valor` matches, after checking both promises about terms."""
    criterio = _criterio(clase, crudo, modificador)
    indice = Indice(PARAMETROS[clase][1], valor)
    por_contenido = criterio.coincide([indice])
    suyos, buscados = set(fhir.terminos(indice)), set(criterio.terminos)
    positivo = por_contenido != criterio.negado
    if positivo and buscados:
        assert suyos & buscados, (crudo, valor)
    if criterio.exacto:
        assert bool(suyos & buscados) == positivo, (crudo, valor)
    return por_contenido


def _escapado(texto: str) -> str:
    for signo in "\\,|$":
        texto = texto.replace(signo, "\\" + signo)
    return texto


# tokens

_TROZO = st.text("ab|,$\\ ñ=:", max_size=4)
_CODIGO = _TROZO.filter(bool)
_TOKENS = st.builds(Token, sistema=_TROZO, codigo=_CODIGO)


@given(_TOKENS, _TOKENS)
def test_token(valor: Token, buscado: Token) -> None:
    codigo, sistema = _escapado(buscado.codigo), _escapado(buscado.sistema)
    mismo_codigo, mismo_sistema = valor.codigo == buscado.codigo, valor.sistema == buscado.sistema
    assert _coincide("token", valor, codigo) == mismo_codigo
    assert _coincide("token", valor, f"{sistema}|{codigo}") == (mismo_codigo and mismo_sistema)
    assert _coincide("token", valor, f"|{codigo}") == (mismo_codigo and not valor.sistema)
    if buscado.sistema:
        assert _coincide("token", valor, f"{sistema}|") == mismo_sistema
    assert _coincide("token", valor, f"nada,{codigo}") == mismo_codigo
    assert _coincide("token", valor, codigo, "not") != mismo_codigo


@pytest.mark.parametrize(
    ("crudo", "esperado"),
    [
        ("male", True),
        ("|male", True),
        ("http://hl7.org/fhir/administrative-gender|male", True),
        ("http://hl7.org/fhir/administrative-gender|", True),
        ("http://hl7.org/fhir/administrative-gender|female", False),
        ("http://hl7.org/fhir/administrative-gender|hombre", False),
        ("urn:otro|male", False),
    ],
)
def test_token_de_sistema_implicito(crudo: str, esperado: bool) -> None:
    criterio = fhir.criterio(fhir.parametros("Patient")["gender"], "", crudo)
    suyos = fhir.indices(ejemplar("Patient"))
    assert criterio.coincide(suyos) == esperado
    terminos = {t for i in suyos if i.parametro == "gender" for t in fhir.terminos(i)}
    assert bool(terminos & set(criterio.terminos)) == esperado


def test_token_sin_valor_cumple_not() -> None:
    assert _criterio("token", "a", "not").coincide([])


def test_token_por_texto() -> None:
    valor = Token("s", "c", "Presión arterial\nBlood pressure")
    assert _coincide("token", valor, "presion", "text")
    assert _coincide("token", valor, "BLOOD", "text")
    assert not _coincide("token", valor, "peso", "text")


def test_identificador_por_su_tipo() -> None:
    recurso = ejemplar("Patient")
    parametro = fhir.parametros("Patient")["identifier"]
    sistema = "http://terminology.hl7.org/CodeSystem/v2-0203"
    suyos = fhir.indices(recurso)
    for crudo, esperado in {
        f"{sistema}|MR|000123": True,
        f"{sistema}|PPN|000123": False,
        f"{sistema}|MR|000124": False,
    }.items():
        assert fhir.criterio(parametro, "of-type", crudo).coincide(suyos) == esperado


# strings

_PALABRAS = st.text("abñÑáÁ =.", max_size=14).filter(str.strip)


def _plano(texto: str) -> str:
    sin_marcas = [c for c in unicodedata.normalize("NFD", texto.lower()) if not _es_marca(c)]
    return " ".join("".join(sin_marcas).split())


def _es_marca(caracter: str) -> bool:
    return unicodedata.category(caracter) == "Mn"


@given(_PALABRAS, _PALABRAS)
def test_cadena(texto: str, buscado: str) -> None:
    valor, crudo = Cadena(texto), _escapado(buscado)
    assert _coincide("string", valor, crudo) == _plano(texto).startswith(_plano(buscado))
    assert _coincide("string", valor, crudo, "exact") == (texto == buscado)
    assert _coincide("string", valor, crudo, "contains") == (_plano(buscado) in _plano(texto))


@given(_PALABRAS, st.data())
def test_todo_prefijo_encuentra(texto: str, datos: st.DataObject) -> None:
    prefijo = texto[: datos.draw(st.integers(1, len(texto)))]
    assume(prefijo.strip())
    assert _coincide("string", Cadena(texto), _escapado(prefijo))
    assert _coincide("string", Cadena(texto), _escapado(texto), "exact")


def test_las_palabras_no_llevan_acentos() -> None:
    assert fhir.palabras("  José   Ángel MUÑOZ-Ávila ") == ["jose", "angel", "munoz", "avila"]
    assert fhir.normalizar("Ñandú  ÜBER") == "nandu uber"


# dates

_DIAS = st.dates(min_value=datetime(1895, 1, 1).date(), max_value=datetime(2105, 12, 31).date())


@st.composite
def _fechas(draw: st.DrawFn) -> str:
    dia = draw(_DIAS)
    match draw(st.integers(0, 4)):
        case 0:
            return f"{dia.year}"
        case 1:
            return f"{dia:%Y-%m}"
        case 2:
            return dia.isoformat()
        case 3:
            hora = draw(st.integers(0, 23))
            return f"{dia}T{hora:02}:30:15{draw(st.sampled_from(['Z', '-06:00', '+05:30']))}"
        case _:
            return f"{dia}T{draw(st.integers(0, 23)):02}:59:59.999-06:00"


@st.composite
def _valores_de_fecha(draw: st.DrawFn) -> Fecha:
    """A date, or a period that may be open on either side."""
    uno, otro = intervalo(draw(_fechas())), intervalo(draw(_fechas()))
    match draw(st.integers(0, 3)):
        case 0:
            return Fecha(*uno)
        case 1:
            return Fecha(min(uno, otro)[0], max(uno[1], otro[1]))
        case 2:
            return Fecha(uno[0], None)
        case _:
            return Fecha(None, uno[1])


_MINIMO, _MAXIMO = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)


def _segun_la_norma(prefijo: str, valor: Fecha, d: datetime, h: datetime) -> bool:
    """R4 search.html 3.1.1.4.5: [d, h) is what was searched; [a, b), what the resource says."""
    a, b = valor.desde or _MINIMO, valor.hasta or _MAXIMO
    contenido = d <= a and b <= h
    return {
        "": contenido,
        "eq": contenido,
        "ne": not contenido,
        "gt": b > h,
        "lt": a < d,
        "ge": b > h or contenido,
        "le": a < d or contenido,
        "sa": a >= h,
        "eb": b <= d,
    }[prefijo]


@given(_valores_de_fecha(), _fechas())
def test_fecha(valor: Fecha, buscada: str) -> None:
    d, h = intervalo(buscada)
    for prefijo in ("", "eq", "ne", "gt", "lt", "ge", "le", "sa", "eb"):
        esperado = _segun_la_norma(prefijo, valor, d, h)
        assert _coincide("date", valor, prefijo + buscada) == esperado, prefijo


@given(_valores_de_fecha(), _fechas())
def test_fecha_aproximada(valor: Fecha, buscada: str) -> None:
    if _coincide("date", valor, buscada):
        assert _coincide("date", valor, f"ap{buscada}")
    cerca = Fecha(*(m + timedelta(hours=12) for m in intervalo(buscada)))
    assert _coincide("date", cerca, f"ap{buscada}")


@pytest.mark.parametrize(
    ("valor", "crudo", "esperado"),
    [
        ("2013-01-14", "2013-01-14", True),
        ("2013-01-14", "eq2013-01", True),
        ("2013-01", "eq2013-01-14", False),
        ("2013-01-14T10:00:00-06:00", "2013-01-14", True),
        ("2013-01-14T23:00:00-06:00", "2013-01-14", False),  # the 15th, in UTC
        ("2013-01-14T10:00:00Z", "2013-01-14T10:00Z", True),
        ("2013-01-14T10:00:00Z", "2013-01-14T04:00:00 06:00", False),  # a plus not encoded
        ("9999-12-31", "ge2020", True),
        ("9999-12-31", "gt2150-01-01", True),
        ("9999-12-31T23:59:59Z", "9999-12-31", True),
        ("1850-05-01", "lt1900", True),
        ("1850-05-01", "1850", True),
        ("2016-12-31T23:59:60Z", "2016-12-31", True),
    ],
)
def test_fechas_de_ejemplo(valor: str, crudo: str, esperado: bool) -> None:
    assert _coincide("date", Fecha(*intervalo(valor)), crudo) == esperado


# numbers and quantities

_CIFRAS = st.decimals(-1000, 1000, places=3).map(lambda d: d.normalize() + Decimal(0))


def _con_precision(texto: str) -> tuple[Decimal, Decimal]:
    valor = Decimal(texto)
    exponente = int(valor.as_tuple().exponent)
    medio = Decimal(1).scaleb(exponente) / 2
    return valor - medio, valor + medio


@given(_CIFRAS, st.decimals(-1000, 1000, places=1), st.booleans())
def test_numero(valor: Decimal, cerca: Decimal, igual: bool) -> None:
    texto = format(valor if igual else cerca, "f")
    menor, mayor = _con_precision(texto)
    buscado = Decimal(texto)
    reglas: dict[str, Callable[[Decimal], bool]] = {
        "": lambda n: menor <= n < mayor,
        "ne": lambda n: not menor <= n < mayor,
        "gt": lambda n: n > buscado,
        "ge": lambda n: n >= buscado,
        "lt": lambda n: n < buscado,
        "le": lambda n: n <= buscado,
        "ap": lambda n: abs(n - buscado) <= abs(buscado) / 10,
    }
    for prefijo, regla in reglas.items():
        assert _coincide("number", Numero(valor), prefijo + texto) == regla(valor), prefijo


@pytest.mark.parametrize(
    ("crudo", "valor", "esperado"),
    [
        ("100", "99.6", True),
        ("100", "100.5", False),
        ("100.00", "99.996", True),
        ("100.00", "99.99", False),
        ("1e2", "148", True),
        ("1e2", "151", False),
        ("1.2345678901234567890123456789012", "1.2345678901234567890123456789012", True),
        ("-5", "-5.4", True),
        ("gt-5", "-4.9", True),
    ],
)
def test_precision_implicita(crudo: str, valor: str, esperado: bool) -> None:
    assert _coincide("number", Numero(Decimal(valor)), crudo) == esperado


UCUM = "http://unitsofmeasure.org"


@pytest.mark.parametrize(
    ("crudo", "esperado"),
    [
        ("128", True),
        (f"128|{UCUM}|mm[Hg]", True),
        ("128||mm[Hg]", True),
        ("128||mmHg", True),
        (f"128|{UCUM}|kPa", False),
        ("128|urn:otro|mm[Hg]", False),
        (f"gt120|{UCUM}|mm[Hg]", True),
        ("lt120", False),
        ("le128", True),
        ("127,128", True),
        ("ap120", True),
    ],
)
def test_cantidad(crudo: str, esperado: bool) -> None:
    valor = Cantidad(Decimal("128.00"), UCUM, "mm[Hg]", "mmHg")
    assert _coincide("quantity", valor, crudo) == esperado


# references and URIs

_IDS = st.sampled_from(["a", "b1", "019abc00-0000-7000-8000-000000000001"])
_REFERIDOS = st.builds(Referencia, tipo=st.sampled_from(["Patient", "Group", "Device"]), id=_IDS)


@given(_REFERIDOS, _REFERIDOS)
def test_referencia(valor: Referencia, buscada: Referencia) -> None:
    mismo_id = valor.id == buscada.id
    misma = mismo_id and valor.tipo == buscada.tipo
    assert _coincide("reference", valor, f"{buscada.tipo}/{buscada.id}") == misma
    assert _coincide("reference", valor, buscada.id) == mismo_id
    assert _coincide("reference", valor, buscada.id, buscada.tipo) == misma
    assert _coincide("reference", valor, f"{buscada.tipo}/{buscada.id}", buscada.tipo) == misma


def test_referencia_por_identificador() -> None:
    valor = Referencia("", "", identificador=("urn:s", "1|2"))
    for crudo, esperado in {
        "urn:s|1\\|2": True,
        "1\\|2": True,
        "urn:otro|1\\|2": False,
        "urn:s|1": False,
    }.items():
        assert _coincide("reference", valor, crudo, "identifier") == esperado


def test_referencia_por_direccion() -> None:
    valor = Referencia("Patient", "7", "https://otro.mx/fhir/Patient/7")
    assert _coincide("reference", valor, "https://otro.mx/fhir/Patient/7")
    assert not _coincide("reference", valor, "https://otro.mx/fhir/Patient/8")


def test_uri() -> None:
    valor = Uri("http://ejemplo.mx/ValueSet/a")
    assert _coincide("uri", valor, "http://ejemplo.mx/ValueSet/a")
    assert not _coincide("uri", valor, "http://ejemplo.mx/ValueSet")
    assert _coincide("uri", valor, "http://ejemplo.mx/ValueSet", "below")


# any class


@pytest.mark.parametrize("clase", sorted(PARAMETROS))
def test_missing(clase: str) -> None:
    codigo = PARAMETROS[clase][1]
    presente = [Indice(codigo, Cadena("x"))]
    assert _criterio(clase, "true", "missing").coincide([])
    assert not _criterio(clase, "true", "missing").coincide(presente)
    assert _criterio(clase, "false", "missing").coincide(presente)
    assert not _criterio(clase, "false", "missing").coincide([Indice("otro", Cadena("x"))])


@pytest.mark.parametrize(
    ("clase", "modificador", "crudo"),
    [
        ("token", "", ""),
        ("token", "", "a,"),
        ("token", "", "|"),
        ("token", "", "a|b|c"),
        ("token", "exact", "a"),
        ("token", "in", "http://ejemplo.mx/vs"),
        ("token", "of-type", "MR|1"),
        ("token", "missing", "quizá"),
        ("string", "not", "a"),
        ("string", "text", "a"),
        ("string", "", " "),
        ("string", "", "\u0301"),
        ("date", "", "ayer"),
        ("date", "", "2020-13"),
        ("date", "", "2020-02-30"),
        ("date", "", "2020-1-1"),
        ("date", "", "0000"),
        ("date", "", "gt"),
        ("date", "", "gte2020"),
        ("date", "exact", "2020"),
        ("date", "", "2020-01-01T25:00"),
        ("number", "", "uno"),
        ("number", "", "NaN"),
        ("number", "", "1_000"),
        ("number", "", "1e9999"),
        ("number", "text", "1"),
        ("quantity", "", "5|mg"),
        ("quantity", "", "|s|mg"),
        ("quantity", "not", "5"),
        ("reference", "Paciente", "1"),
        ("reference", "exact", "1"),
        ("reference", "identifier", "a|b|c"),
        ("uri", "exact", "a"),
    ],
)
def test_lo_que_no_se_entiende_se_dice(clase: str, modificador: str, crudo: str) -> None:
    with pytest.raises(CriterioInvalido) as caso:
        _criterio(clase, crudo, modificador)
    assert str(caso.value)


@given(st.sampled_from(sorted(PARAMETROS)), st.text(max_size=12))
def test_ningun_valor_rompe_la_busqueda(clase: str, crudo: str) -> None:
    try:
        criterio = _criterio(clase, crudo)
    except CriterioInvalido:
        return
    assert not criterio.coincide([])


@pytest.mark.parametrize("tipo", TIPOS)
def test_cada_valor_de_un_recurso_se_encuentra_a_si_mismo(tipo: str) -> None:
    suyos = fhir.indices(ejemplar(tipo))
    assert suyos
    for indice in suyos:
        crudo = _como_se_busca(indice)
        if crudo:
            criterio = fhir.criterio(fhir.parametros(tipo)[indice.parametro], "", crudo)
            assert criterio.coincide(suyos), (indice, crudo)
            terminos = {
                t for i in suyos if i.parametro == indice.parametro for t in fhir.terminos(i)
            }
            assert not criterio.terminos or terminos & set(criterio.terminos)


def _como_se_busca(indice: Indice) -> str:
    match indice.valor:
        case Token(sistema, codigo):
            return f"{_escapado(sistema)}|{_escapado(codigo)}" if codigo else ""
        case Cadena(texto):
            return _escapado(texto)
        case Fecha(desde, _):
            return f"ge{desde:%Y-%m-%dT%H:%M:%SZ}" if desde else ""
        case Referencia(tipo, id_, url):
            return f"{tipo}/{id_}" if tipo else _escapado(url)
        case Cantidad(valor):
            return str(valor)
        case Numero(valor):
            return str(valor)
        case Uri(uri):
            return _escapado(uri)
