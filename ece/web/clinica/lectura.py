"""Any FHIR resource as lines to read: names and codes in words, dates as they are written here.

The words are in `palabras`; this is only how the shapes of the standard become text.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from ece import fhir
from ece.nucleo.identificadores import ENTIDADES
from ece.web.clinica import palabras
from ece.web.templatetags import fechas
from registros.catalogos.dichos import leido
from registros.selectors import descripciones
from registros.selectors.descripciones import CLASES, numero

_CIFRAS = int | float | Decimal
_ESTRUCTURA = frozenset(
    {"meta", "id", "resourceType", "text", "subject", "patient", "contained", "implicitRules"}
)
_FECHA = re.compile(r"\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2})?)?")
_MES = re.compile(r"\d{4}-\d{2}")
_DEL_EXPEDIENTE = re.compile(r"(\w+)/([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})")


@dataclass(frozen=True, slots=True)
class Renglon:
    """A line: its name, its value, and the address of the record it names, if any."""

    nombre: str
    valor: str
    enlace: str = ""


def renglones(recurso: dict[str, Any], *, paciente: object) -> list[Renglon]:
    """A resource line by line, without what only machines read."""
    return [
        linea
        for clave, valor in sorted(recurso.items(), key=lambda par: par[0] == "extension")
        if clave not in _ESTRUCTURA and not clave.startswith("_")
        for linea in _lineas(clave, valor, "", str(paciente))
    ]


def por_nombre(lineas: list[Renglon]) -> dict[str, str]:
    """name -> value; what is said twice, together."""
    leidas: dict[str, str] = {}
    for linea in lineas:
        previo = leidas.get(linea.nombre)
        leidas[linea.nombre] = f"{previo}, {linea.valor}" if previo else linea.valor
    return leidas


def _lineas(clave: str, valor: Any, sobre: str, paciente: str) -> Iterator[Renglon]:
    if clave == "extension":
        yield from _extensiones(valor, sobre, paciente)
        return
    if isinstance(valor, list):
        if valor and all(isinstance(v, str | _CIFRAS) for v in valor):
            yield Renglon(_unir(sobre, _nombre(clave)), ", ".join(_simple(clave, v) for v in valor))
            return
        for uno in valor:
            yield from _lineas(clave, uno, sobre, paciente)
        return
    nombre = _unir(sobre, _nombre(clave))
    if not isinstance(valor, dict):
        yield Renglon(nombre, _simple(clave, valor))
        return
    if clave == "identifier":
        nombre = _unir(sobre, str(palabras.IDENTIFICADORES.get(valor.get("system", ""), nombre)))
    if (dicho := _en_palabras(valor)) is not None:
        if dicho:
            yield Renglon(nombre, dicho, _enlace(valor, paciente))
        return
    if isinstance(valor.get("code"), dict) and (medido := descripciones.valor(valor)):
        yield Renglon(_(fhir.texto(valor["code"])), medido)
        return
    for dentro, de_dentro in valor.items():
        if dentro not in ("id", "text", "div") and not dentro.startswith("_"):
            yield from _lineas(dentro, de_dentro, nombre, paciente)


def _extensiones(extensiones: list[dict[str, Any]], sobre: str, paciente: str) -> Iterator[Renglon]:
    for extension in extensiones:
        url = str(extension.get("url", ""))
        nombre = str(palabras.EXTENSIONES.get(url, "")) or _humano(re.split(r"[/:]", url)[-1])
        nombre = _unir(sobre, nombre)
        if dentro := extension.get("extension"):
            yield from _extensiones(dentro, nombre, paciente)
        for clave, valor in extension.items():
            if clave.startswith("value"):
                dicho = _en_palabras(valor) if isinstance(valor, dict) else _simple(clave, valor)
                yield Renglon(nombre, _dicho_por(url, dicho or ""))


def _dicho_por(url: str, valor: str) -> str:
    """A code of ours by its meaning."""
    if url.endswith("entidad-nacimiento"):
        return ENTIDADES.get(valor, valor)
    return str(palabras.CODIGOS_PROPIOS.get((url, valor), leido(valor)))


def _en_palabras(valor: dict[str, Any]) -> str | None:
    """What a FHIR data type says; None for a group of elements, which is read by its parts."""
    claves = valor.keys() - {"id", "extension"}
    if isinstance(valor.get("value"), _CIFRAS) and claves <= _DE_CANTIDAD:
        return _cantidad(valor)
    if claves <= _DE_MEDIO and valor.get("system") in _MEDIOS:
        return _medio(valor)
    if not isinstance(valor.get("code", ""), str):  # what a warning rests on, and its like
        return None
    for suyas, leer in _FORMAS:
        if claves <= suyas:
            return leer(valor)
    return None


def _concepto(valor: dict[str, Any]) -> str:
    codigos = [c["code"] for c in (valor, *valor.get("coding", ())) if c.get("code")]
    nuestros = (str(palabras.CODIGOS[c]) for c in codigos if c in palabras.CODIGOS)
    dicho = leido(valor.get("text") or next(nuestros, "") or fhir.texto(valor))
    propios = [c for c in dict.fromkeys(codigos) if re.search(r"\d", c) and c != dicho]
    return f"{dicho} ({', '.join(propios)})" if propios else dicho


def _cantidad(valor: dict[str, Any]) -> str:
    unidad = leido(valor.get("unit") or valor.get("currency") or valor.get("code") or "")
    cifra = numero(valor["value"]) if "value" in valor else ""
    return f"{valor.get('comparator', '')}{cifra} {unidad}".strip()


def _periodo(valor: dict[str, Any]) -> str:
    inicio, fin = (_fecha(valor[c]) if c in valor else "" for c in ("start", "end"))
    if inicio and fin:
        return _("del %(inicio)s al %(fin)s") % {"inicio": inicio, "fin": fin}
    if inicio:
        return _("desde el %(inicio)s") % {"inicio": inicio}
    return _("hasta el %(fin)s") % {"fin": fin} if fin else ""


def _intervalo(valor: dict[str, Any]) -> str:
    bajo, alto = (_cantidad(valor[c]) if c in valor else "" for c in ("low", "high"))
    return " – ".join(parte for parte in (bajo, alto) if parte)


def _razon(valor: dict[str, Any]) -> str:
    return " / ".join(_cantidad(valor[c]) for c in ("numerator", "denominator") if c in valor)


def _referencia(valor: dict[str, Any]) -> str:
    if valor.get("display"):
        return str(valor["display"])
    tipo = str(valor.get("reference", "")).split("/")[0]
    if tipo in CLASES:
        return _(CLASES[tipo])
    identificador = valor.get("identifier", {}).get("value", "")
    return str(identificador or valor.get("reference", ""))


def _persona(valor: dict[str, Any]) -> str:
    if valor.get("text"):
        return str(valor["text"])
    partes = [*valor.get("prefix", ()), *valor.get("given", ()), valor.get("family", "")]
    return " ".join(parte for parte in partes if parte)


def _medio(valor: dict[str, Any]) -> str:
    detalle = [_codigo(str(valor[c])) for c in ("system", "use") if c in valor]
    return f"{valor.get('value', '')} ({', '.join(detalle).lower()})" if detalle else valor["value"]


def domicilio(valor: dict[str, Any]) -> str:
    """An Address in one line."""
    if valor.get("text"):
        return str(valor["text"])
    codigo = f"C.P. {valor['postalCode']}" if valor.get("postalCode") else ""
    lugares = [valor.get(c, "") for c in ("city", "district", "state", "country")]
    return ", ".join(parte for parte in (*valor.get("line", ()), codigo, *lugares) if parte)


def _identificador(valor: dict[str, Any]) -> str:
    return str(valor.get("value", ""))


def _anotacion(valor: dict[str, Any]) -> str:
    autor = valor.get("authorString") or valor.get("authorReference", {}).get("display", "")
    cuando = _fecha(valor["time"]) if "time" in valor else ""
    firma = ", ".join(parte for parte in (autor, cuando) if parte)
    return f"{valor.get('text', '')} ({firma})" if firma else str(valor.get("text", ""))


def _idioma(valor: dict[str, Any]) -> str:
    idioma = valor.get("language", {})
    return _concepto(idioma) if isinstance(idioma, dict) else str(idioma)


def _adjunto(valor: dict[str, Any]) -> str:
    titulo = valor.get("title") or _("Documento")
    return f"{titulo} ({valor['contentType']})" if "contentType" in valor else str(titulo)


_MEDIOS = frozenset({"phone", "fax", "email", "pager", "url", "sms", "other"})
_DE_MEDIO = frozenset({"system", "value", "use", "rank", "period"})
_DE_CANTIDAD = frozenset({"value", "comparator", "unit", "system", "code", "currency"})
_FORMAS: tuple[tuple[frozenset[str], Callable[[dict[str, Any]], str]], ...] = tuple(
    (frozenset(claves.split()), leer)
    for claves, leer in (
        ("coding text", _concepto),
        ("language preferred", _idioma),
        ("system version code display userSelected", _concepto),
        ("start end", _periodo),
        ("low high", _intervalo),
        ("numerator denominator", _razon),
        ("use type system value period assigner", _identificador),
        ("reference type identifier display", _referencia),
        ("use text family given prefix suffix period _family _given", _persona),
        (
            "use type text line city _city district _district state _state postalCode country "
            "period",
            domicilio,
        ),
        ("authorReference authorString time text", _anotacion),
        ("contentType language data url size hash title creation", _adjunto),
    )
)
"""The elements a data type may have -> how it is read; the first that holds them all."""


def _enlace(valor: dict[str, Any], paciente: str) -> str:
    hallada = _DEL_EXPEDIENTE.fullmatch(str(valor.get("reference", "")))
    if hallada is None or hallada[1] not in CLASES:
        return ""
    return reverse("clinica:registro", args=[paciente, hallada[1], hallada[2]])


def _simple(clave: str, valor: Any) -> str:
    if isinstance(valor, bool):
        return _("Sí") if valor else _("No")
    if isinstance(valor, _CIFRAS):
        return numero(valor)
    escrito = str(valor)
    if _FECHA.fullmatch(escrito) or _MES.fullmatch(escrito):
        return _fecha(escrito)
    return _codigo(escrito) if clave not in _LIBRES else escrito


_LIBRES = frozenset(
    {"value", "valueString", "title", "description", "display", "text", "comment", "conclusion"}
)


def _codigo(valor: str) -> str:
    return str(palabras.CODIGOS.get(valor, valor))


def _fecha(escrita: str) -> str:
    """A FHIR date at the precision it was written with."""
    try:
        if "T" in escrita:
            return fechas.escribir(datetime.fromisoformat(escrita), "fecha_hora")
        if _MES.fullmatch(escrita):
            return fechas.escribir(date.fromisoformat(f"{escrita}-01"), "mes")
        return fechas.escribir(date.fromisoformat(escrita), "fecha")
    except ValueError:
        return escrita


def _nombre(clave: str) -> str:
    """The element's name; of a choice of types (`onsetPeriod`), that of what is chosen."""
    conocido = palabras.ELEMENTOS.get(clave) or palabras.ELEMENTOS.get(_ELECCION.sub("", clave))
    return str(conocido) if conocido is not None else _humano(clave)


_ELECCION = re.compile(
    "(Age|Boolean|CodeableConcept|Date|DateTime|Integer|Period|Quantity|Range|Reference|String)$"
)


def _humano(clave: str) -> str:
    """A name of the standard that has no translation yet, at least with spaces."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])|[-_]", " ", clave).capitalize()


def _unir(sobre: str, nombre: str) -> str:
    if not sobre or sobre == nombre:
        return nombre
    return f"{sobre}: {nombre[:1].lower()}{nombre[1:]}"
