"""What the documents name is there: paths, links, tests, commands, variables."""

import re
from pathlib import Path

import pytest
from django.core.management import get_commands

RAIZ = Path(__file__).resolve().parents[2]
DOCUMENTOS = sorted([*RAIZ.glob("*.md"), *(RAIZ / "docs").rglob("*.md")])
_CODIGO = re.compile(r"`([^`\n]+)`")
_ENLACE = re.compile(r"\]\(([^)\s]+)\)")
_TITULO = re.compile(r"^#+ (.+)$", re.MULTILINE)
_RUTA = re.compile(
    r"(?:ece|registros|consentimiento|auditoria|red|interoperabilidad|settings|tests|benchmarks|docs"
    r"|locale|\.ci)/[\w./*-]*"
)

por_documento = pytest.mark.parametrize(
    "documento", DOCUMENTOS, ids=lambda d: str(d.relative_to(RAIZ))
)


def ancla(titulo: str) -> str:
    """As forges make it of a heading."""
    return re.sub(r"[^\w -]", "", titulo.lower().replace("`", "")).replace(" ", "-")


def faltas(documento: Path, texto: str) -> list[str]:
    """Everything that `texto`, of the place of `documento`, names and is not there."""
    halladas = [f"enlace {e}" for e in _ENLACE.findall(texto) if not _lleva(documento, e)]
    for codigo in _CODIGO.findall(texto):
        ruta, _, prueba = codigo.partition("::")
        if _RUTA.fullmatch(ruta) and not any(RAIZ.glob(ruta.rstrip("/"))):
            halladas.append(f"ruta {ruta}")
        elif prueba and _RUTA.fullmatch(ruta) and f"def {prueba}(" not in (RAIZ / ruta).read_text():
            halladas.append(f"prueba {codigo}")
    metas = set(re.findall(r"^([a-z-]+):", (RAIZ / "Makefile").read_text(), re.MULTILINE))
    halladas += [f"make {m}" for m in re.findall(r"`make ([a-z-]+)", texto) if m not in metas]
    ordenes = re.findall(r"manage\.py ([a-z_]+)", texto)
    halladas += [f"manage.py {o}" for o in ordenes if o not in get_commands()]
    return halladas + [
        f"variable {v}"
        for v in _VARIABLE.findall(texto)
        if v.removesuffix("_FILE") not in _leidas()
    ]


_VARIABLE = re.compile(r"\bECE_[A-Z_]+\b")


def _leidas() -> str:
    ajustes = [archivo.read_text() for archivo in (RAIZ / "settings").glob("*.py")]
    de_pruebas = [
        variable
        for archivo in (RAIZ / "tests").rglob("*.py")
        for variable in re.findall(r'environ(?:\.get\(|\[)"(\w+)"', archivo.read_text())
    ]
    return "".join([*ajustes, *de_pruebas])


def _lleva(documento: Path, enlace: str) -> bool:
    if enlace.startswith(("http:", "https:", "mailto:")):
        return True
    ruta, _, parte = enlace.partition("#")
    destino = documento.parent / ruta if ruta else documento
    if not destino.exists():
        return False
    return not parte or parte in map(ancla, _TITULO.findall(destino.read_text()))


@por_documento
def test_what_it_names_is_there(documento: Path) -> None:
    assert faltas(documento, documento.read_text()) == []


def test_what_is_not_there_would_be_told() -> None:
    """The positive control."""
    texto = (
        "[x](no.md) [y](#nada) `ece/nada.py` `tests/conftest.py::test_nada` `make nada` "
        "`manage.py nada` `ECE_NADA`\n# Algo\n[z](https://example.org) [w](../README.md)"
    )
    assert faltas(RAIZ / "docs" / "x.md", texto) == [
        "enlace no.md",
        "enlace #nada",
        "ruta ece/nada.py",
        "prueba tests/conftest.py::test_nada",
        "make nada",
        "manage.py nada",
        "variable ECE_NADA",
    ]


def test_every_decision_is_in_the_index() -> None:
    indice = (RAIZ / "docs" / "adr" / "README.md").read_text()
    registros = {p.name for p in (RAIZ / "docs" / "adr").glob("0*.md")}
    assert registros == set(re.findall(r"\((0[\w-]+\.md)\)", indice))
