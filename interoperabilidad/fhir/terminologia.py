"""The code systems this server knows, their hierarchies, sets and maps: those of R4, CIE-10 as it
is loaded, and the catalogues of medicines, vaccines, laboratory and vital signs."""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import cache

from ece import fhir
from ece.fhir.definiciones import cargar
from registros.catalogos.analitos import ANALITOS
from registros.catalogos.fuentes import CIE10
from registros.catalogos.medicamentos import MEDICAMENTOS, SISTEMA_ATC, SISTEMA_MEDICAMENTO
from registros.catalogos.signos import SIGNOS, SISTEMA_LOINC
from registros.catalogos.vacunas import BIOLOGICOS, SISTEMA_CVX
from registros.selectors import catalogos

SISTEMA_CIE10 = "http://hl7.org/fhir/sid/icd-10"
SISTEMA_BIOLOGICO = "urn:ece:biologico"
TODO_EL_SISTEMA = "?fhir_vs"
"""After the address of a system: the set of all its codes (R4 codesystem.html 4.8.14)."""

_CATEGORIA = 3
"""Letters of a CIE-10 category, under which its subcategories begin with the same."""


@dataclass(frozen=True, slots=True)
class Sistema:
    """A code system: its codes and what each is called. `por_prefijo`: a code subsumes those that
    begin with it."""

    url: str
    nombre: str
    conceptos: Mapping[str, str]
    completo: bool = False
    por_prefijo: bool = False

    def titulo(self, codigo: str) -> str | None:
        return self.conceptos.get(codigo)

    def buscar(self, texto: str, tope: int) -> list[tuple[str, str]]:
        """(code, name) whose name has the words of `texto`, or whose code begins with it."""
        buscado = fhir.normalizar(texto)
        return [
            (codigo, titulo)
            for codigo, titulo in self.conceptos.items()
            if codigo.lower().startswith(buscado) or buscado in fhir.normalizar(titulo)
        ][:tope]


class _Cie10(Sistema):
    """CIE-10: fourteen thousand concepts, in the database."""

    __slots__ = ()

    def titulo(self, codigo: str) -> str | None:
        hallado = catalogos.cie10(codigo.replace(".", "").upper())
        return hallado.texto if hallado else None

    def buscar(self, texto: str, tope: int) -> list[tuple[str, str]]:
        return [(o.clave, o.texto) for o in catalogos.buscar_cie10(texto, limite=tope)]


@cache
def sistemas() -> Mapping[str, Sistema]:
    """url -> code system."""
    loinc = {s.loinc: s.nombre for s in SIGNOS.values()}
    loinc |= {a.loinc: a.nombre for a in ANALITOS.values() if a.loinc}
    propios: Iterable[Sistema] = (
        _Cie10(SISTEMA_CIE10, "CIE-10", {}, completo=True, por_prefijo=True),
        Sistema(SISTEMA_LOINC, "LOINC", loinc),
        Sistema(SISTEMA_ATC, "ATC", {m.atc: m.nombre for m in MEDICAMENTOS}, por_prefijo=True),
        Sistema(
            SISTEMA_MEDICAMENTO, "Medicamentos", {m.clave: m.nombre for m in MEDICAMENTOS}, True
        ),
        Sistema(SISTEMA_CVX, "CVX", {c: b.nombre for b in BIOLOGICOS.values() for c in b.cvx}),
        Sistema(
            SISTEMA_BIOLOGICO, "Biológicos", {b.clave: b.nombre for b in BIOLOGICOS.values()}, True
        ),
    )
    de_r4 = (
        Sistema(url, url.rpartition("/")[2], titulos) for url, titulos in cargar().titulos.items()
    )
    return {sistema.url: sistema for sistema in (*de_r4, *propios)}


Par = tuple[str, str, str]
"""Code of origin, code of destination, equivalence (R4 ConceptMapEquivalence)."""


@dataclass(frozen=True, slots=True)
class Mapa:
    """How the codes of a system are said in another."""

    url: str
    origen: str
    destino: str
    pares: Callable[[], list[Par]]


MAPAS: tuple[Mapa, ...] = (
    Mapa(
        "urn:ece:mapa:medicamento-atc",
        SISTEMA_MEDICAMENTO,
        SISTEMA_ATC,
        lambda: [(m.clave, m.atc, "equivalent") for m in MEDICAMENTOS if m.atc],
    ),
    Mapa(
        "urn:ece:mapa:biologico-cvx",
        SISTEMA_BIOLOGICO,
        SISTEMA_CVX,
        lambda: [(b.clave, c, "narrower") for b in BIOLOGICOS.values() for c in b.cvx],
    ),
)


class _Terminologia:
    """What searches ask of all this."""

    def conjunto(self, url: str) -> Mapping[str, Collection[str]] | None:
        url = url.split("|")[0]
        if url.endswith(TODO_EL_SISTEMA):
            sistema = sistemas().get(url.removesuffix(TODO_EL_SISTEMA))
            return {sistema.url: list(sistema.conceptos)} if sistema and sistema.conceptos else None
        return cargar().valores.get(url)

    def descendientes(self, sistema: str, codigo: str) -> Collection[str] | None:
        conocido = sistemas().get(sistema)
        if conocido is None or not conocido.por_prefijo or len(codigo) < 1:
            return None
        if sistema != SISTEMA_CIE10:
            return {codigo, *(c for c in conocido.conceptos if c.startswith(codigo))}
        if len(codigo) < _CATEGORIA:
            return None
        compacto = codigo.replace(".", "").upper()
        claves = {compacto, *catalogos.claves_bajo(CIE10, compacto.rstrip("X") or compacto)}
        return claves | set(map(_con_punto, claves))

    def ascendientes(self, sistema: str, codigo: str) -> Collection[str] | None:
        conocido = sistemas().get(sistema)
        if conocido is None or not conocido.por_prefijo or not codigo:
            return None
        if sistema != SISTEMA_CIE10:
            return {codigo[:n] for n in range(1, len(codigo) + 1)}
        compacto = codigo.replace(".", "").upper()
        if len(compacto) < _CATEGORIA:
            return None
        claves = {compacto[:n] for n in range(_CATEGORIA, len(compacto) + 1)}
        return claves | set(map(_con_punto, claves))


def _con_punto(clave: str) -> str:
    """The key as others write it: E11.9 for E119."""
    return f"{clave[:_CATEGORIA]}.{clave[_CATEGORIA:]}" if len(clave) > _CATEGORIA else clave


TERMINOLOGIA = _Terminologia()
