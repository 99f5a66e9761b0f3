"""Reading catalogues: the defaults of licensed packages, and the official files of the DGIS."""

import csv
import gzip
import io
import math
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import metadata, resources
from pathlib import Path

CIE10 = "cie10"


class ArchivoInesperado(Exception):
    """A file bears an official name and is not what the name says."""


@dataclass(frozen=True, slots=True)
class Fila:
    """A concept as a source gives it; ages in days, sex H or M or empty."""

    clave: str
    texto: str
    sexo: str = ""
    edad_minima: int | None = None
    edad_maxima: int | None = None


@dataclass(frozen=True, slots=True)
class Fuente:
    """A catalogue to load: its name, its edition, its rows."""

    catalogo: str
    version: str
    filas: list[Fila]


@dataclass(frozen=True, slots=True)
class _Columnas:
    """Where a file keeps the key, the words and the limits of each concept."""

    catalogo: str
    clave: str
    texto: str
    sexo: str = "LSEX"
    edad_minima: str = "LINF"
    edad_maxima: str = "LSUP"


_UNIDADES = {"H": 0.0, "D": 1.0, "M": 30.4375, "A": 365.25}
_SEXOS = {"HOMBRE": "H", "MUJER": "M", "1": "H", "2": "M", "H": "H", "M": "M"}
_CLAVE = "CATALOG_KEY"
_CORTA = "DESCRIPCIÓN CORTA"
_OFICIALES: dict[str, _Columnas] = {
    "diagnosticos_sis.csv": _Columnas(CIE10, _CLAVE, "NOMBRE"),
    "cie10_mx_unificado.csv": _Columnas(CIE10, "clave", "nombre", "sexo", "edad_min", "edad_max"),
    "establecimiento_de_salud_sis.csv": _Columnas("clues", "clues", "nombre_unidad"),
    "enitades_federativas.csv": _Columnas("entidades", _CLAVE, "ENTIDAD_FEDERATIVA"),
    "entidades_federativas.csv": _Columnas("entidades", _CLAVE, "ENTIDAD_FEDERATIVA"),
    "municipios.csv": _Columnas("municipios", "CVEGEO", "MUNICIPIO"),
    "cat_nacionalidades.csv": _Columnas("nacionalidades", "clave nacionalidad", "pais"),
    "cat_pais.csv": _Columnas("paises", _CLAVE, "DESCRIPCION"),
    "cat_afiliacion.csv": _Columnas("afiliaciones", _CLAVE, _CORTA),
    "lenguas_indigenas.csv": _Columnas("lenguas", "CLAVE_LENGUA", "LENGUA INDÍGENA"),
    "escolaridad.csv": _Columnas("escolaridad", _CLAVE, "ESCOLARIDAD"),
    "formacion_academica.csv": _Columnas("formacion", _CLAVE, "FORMACION_ACADEMICA"),
    "cat_religiones.csv": _Columnas("religiones", "CLAVE RELIGION", "RELIGIÓN"),
    "cat_tipo_personal.csv": _Columnas("personal", _CLAVE, "TIPO_PERSONAL"),
    "cat_tipo_vialidad.csv": _Columnas("vialidades", _CLAVE, "TIPO_VIALIDAD"),
    "cat_tipo_asentamiento.csv": _Columnas("asentamientos", _CLAVE, "TIPO_ASENTAMIENTO"),
    "cat_agente_lesion.csv": _Columnas("lesion-agente", _CLAVE, _CORTA),
    "cat_area_anatomica.csv": _Columnas("lesion-area", _CLAVE, _CORTA),
    "cat_consecuencia.csv": _Columnas("lesion-consecuencia", _CLAVE, _CORTA),
    "cat_sitio_ocurrencia.csv": _Columnas("lesion-sitio", _CLAVE, _CORTA),
}
"""Official files by name (one is published with a slip in it)."""


def por_omision() -> Iterator[Fuente]:
    """What ships with the product: CIE-10 in Spanish (package `cie`, MIT)."""
    filas = [Fila(clave, texto) for clave, texto in _cie10_del_paquete()]
    yield Fuente(CIE10, f"paquete-{metadata.version('cie')}", filas)


def _cie10_del_paquete() -> Iterator[tuple[str, str]]:
    """Codes as Mexico writes them: without point, and with X where a category is not divided."""
    comprimido = resources.files("cie").joinpath("data/cie-10.zip").read_bytes()
    with zipfile.ZipFile(io.BytesIO(comprimido)) as archivo:
        texto = archivo.read("cie-10.csv").decode("utf-8")
    textos = {
        fila["code"]: fila["description"].strip()
        for fila in csv.DictReader(io.StringIO(texto))
        if re.fullmatch(r"[A-Z]\d{2}[\dX]?", fila["code"])
    }
    divididas = {clave[:3] for clave in textos if len(clave) == 4}
    for clave, descripcion in textos.items():
        if len(clave) == 4:
            yield clave, descripcion
        elif clave not in divididas:
            yield f"{clave}X", descripcion


def oficiales(carpeta: Path) -> list[Fuente]:
    """The official files in `carpeta` (or below): of each catalogue, the fullest edition."""
    fuentes: dict[str, Fuente] = {}
    for archivo in sorted(carpeta.rglob("*")):
        columnas = _OFICIALES.get(archivo.name.removesuffix(".gz"))
        if columnas is None:
            continue
        filas = {fila.clave: fila for fila in _leer(archivo, columnas)}
        version = re.sub(r"\W+", "-", archivo.name.split(".")[0].lower())
        fuente = Fuente(columnas.catalogo, version[:30], list(filas.values()))
        otra = fuentes.get(fuente.catalogo)
        if otra is None or len(otra.filas) < len(fuente.filas):
            fuentes[fuente.catalogo] = fuente
    return [fuentes[catalogo] for catalogo in sorted(fuentes)]


def _leer(archivo: Path, columnas: _Columnas) -> Iterator[Fila]:
    """The rows of a CSV that have a key. Raises `ArchivoInesperado`."""
    datos = archivo.read_bytes()
    if archivo.suffix == ".gz":
        datos = gzip.decompress(datos)
    lector = csv.DictReader(io.StringIO(datos.decode("utf-8-sig")))
    if not {columnas.clave, columnas.texto} <= set(lector.fieldnames or ()):
        raise ArchivoInesperado(
            f"{archivo}: se esperaban las columnas {columnas.clave} y {columnas.texto}"
        )
    for fila in lector:
        if clave := _celda(fila, columnas.clave):
            yield Fila(
                clave,
                " ".join(_celda(fila, columnas.texto).split()),
                _SEXOS.get(_celda(fila, columnas.sexo).upper(), ""),
                en_dias(_celda(fila, columnas.edad_minima)),
                en_dias(_celda(fila, columnas.edad_maxima), cumplidos=True),
            )


def _celda(fila: dict[str, str], columna: str) -> str:
    return (fila.get(columna) or "").strip()


def en_dias(limite: str, *, cumplidos: bool = False) -> int | None:
    """``028D``, ``011M``, ``120A``, ``000H`` as days of life; None when there is no limit.

    An upper limit reaches to the eve of the next unit: whoever is 59 years old still fits ``059A``.
    """
    encontrado = re.fullmatch(r"(\d+)([HDMA])", limite.strip().upper())
    if encontrado is None:
        return None
    unidades, dias = int(encontrado[1]), _UNIDADES[encontrado[2]]
    return max(0, math.ceil((unidades + 1) * dias) - 1) if cumplidos else int(unidades * dias)
