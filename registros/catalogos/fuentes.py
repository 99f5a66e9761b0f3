"""Reading catalogues: the defaults of licensed packages, and the official files of the DGIS."""

import csv
import gzip
import io
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import metadata, resources
from pathlib import Path

CIE10 = "cie10"


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


_UNIDADES = {"H": 0, "D": 1, "M": 30, "A": 365}
_SEXOS = {"HOMBRE": "H", "MUJER": "M", "1": "H", "2": "M", "H": "H", "M": "M"}
_OFICIALES: dict[str, tuple[str, str, tuple[str, ...]]] = {
    "diagnosticos_sis.csv": (CIE10, "CATALOG_KEY", ("NOMBRE",)),
    "establecimiento_de_salud_sis.csv": ("clues", "clues", ("nombre_unidad",)),
    "enitades_federativas.csv": ("entidades", "CATALOG_KEY", ("ENTIDAD_FEDERATIVA",)),
    "municipios.csv": ("municipios", "CVEGEO", ("MUNICIPIO",)),
    "cat_nacionalidades.csv": ("nacionalidades", "clave nacionalidad", ("pais",)),
    "cat_afiliacion.csv": ("afiliaciones", "CATALOG_KEY", ("DESCRIPCIÓN CORTA",)),
    "lenguas_indigenas.csv": ("lenguas", "CLAVE_LENGUA", ("LENGUA INDÍGENA",)),
    "escolaridad.csv": ("escolaridad", "CATALOG_KEY", ("ESCOLARIDAD",)),
    "cat_religiones.csv": ("religiones", "CLAVE RELIGION", ("RELIGIÓN",)),
    "cat_tipo_personal.csv": ("personal", "CATALOG_KEY", ("TIPO_PERSONAL",)),
}
"""Official file -> catalogue, column of the key, columns of the words."""


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


def oficiales(carpeta: Path) -> Iterator[Fuente]:
    """The official files that are in `carpeta` (or below), each as an edition of its catalogue."""
    for archivo in sorted(carpeta.rglob("*")):
        nombre = archivo.name.removesuffix(".gz")
        if nombre not in _OFICIALES:
            continue
        catalogo, clave, textos = _OFICIALES[nombre]
        datos = archivo.read_bytes()
        if archivo.suffix == ".gz":
            datos = gzip.decompress(datos)
        lector = csv.DictReader(io.StringIO(datos.decode("utf-8-sig")))
        filas = {
            fila[clave].strip(): _fila(fila, fila[clave].strip(), textos)
            for fila in lector
            if (fila.get(clave) or "").strip()
        }
        yield Fuente(catalogo, "dgis", list(filas.values()))


def _fila(fila: dict[str, str], clave: str, textos: tuple[str, ...]) -> Fila:
    texto = " ".join((fila.get(columna) or "").strip() for columna in textos)
    return Fila(
        clave,
        texto,
        _SEXOS.get((fila.get("LSEX") or "").strip().upper(), ""),
        en_dias(fila.get("LINF") or ""),
        en_dias(fila.get("LSUP") or ""),
    )


def en_dias(limite: str) -> int | None:
    """``028D``, ``011M``, ``120A``, ``000H`` as days; None when there is no limit."""
    encontrado = re.fullmatch(r"(\d+)([HDMA])", limite.strip().upper())
    return int(encontrado[1]) * _UNIDADES[encontrado[2]] if encontrado else None
