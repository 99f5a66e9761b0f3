"""Looking things up in the catalogues in force."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.utils.translation import gettext as _

from ece import fhir
from registros.catalogos import cie10 as lenguaje
from registros.catalogos import personas
from registros.catalogos.fuentes import CIE10
from registros.catalogos.personas import Clave
from registros.models import Concepto, VersionDeCatalogo

_ANO = 365.25
_MES = _ANO / 12

# The words first and apart: their index is the way in, whatever the planner believes of how many
# rows an edition has just after loading it. Then the exact key, what is common, what begins with
# the words, what says them together; the shorter first.
_BUSCAR = """
WITH hallados AS MATERIALIZED (
  SELECT * FROM registros_concepto
  WHERE to_tsvector('simple'::regconfig, COALESCE(palabras, ''))
        @@ to_tsquery('simple', %(comienzos)s)
)
SELECT c.clave, c.texto, v.version, c.sexo, c.edad_minima, c.edad_maxima
FROM hallados c JOIN registros_versiondecatalogo v
  ON v.id = c.version_id AND v.catalogo = %(catalogo)s AND v.vigente
WHERE starts_with(c.clave, %(clave)s)
ORDER BY
  c.clave <> %(clave)s,
  c.clave <> ALL (%(muy_frecuentes)s),
  CASE WHEN %(frase)s = '' THEN c.clave <> ALL (%(frecuentes)s) END,
  CASE strpos(c.palabras, %(frase)s) WHEN length(c.clave) + 1 THEN 0 WHEN 0 THEN 2 ELSE 1 END
    + CASE WHEN c.clave = ANY (%(frecuentes)s) THEN 0 ELSE 3 END,
  length(c.texto),
  c.clave
LIMIT %(limite)s
"""


@dataclass(frozen=True, slots=True)
class Opcion:
    """A concept that was found; `objecion` says why it does not fit this patient, if so."""

    clave: str
    texto: str
    version: str
    objecion: str = ""


def buscar_cie10(
    texto: str, *, sexo: str = "", edad_en_dias: int | None = None, limite: int = 20
) -> list[Opcion]:
    """CIE-10 by code, by the beginnings of words or as people say it, the likeliest first.

    One letter is not asked for yet: it begins a third of the catalogue and says nothing. `sexo` is
    the biological one (H, M; empty: do not check).
    """
    peticion = lenguaje.entender(texto)
    if not peticion.clave and all(len(palabra) < 2 for palabra in peticion.palabras):
        return []
    filas = _buscar(CIE10, clave=peticion.clave, palabras=peticion.palabras, limite=limite)
    return [
        Opcion(clave, palabras, version, _objecion(limites, sexo, edad_en_dias))
        for clave, palabras, version, *limites in filas
    ]


def _buscar(
    catalogo: str, *, clave: str, palabras: Iterable[str], limite: int
) -> list[tuple[Any, ...]]:
    palabras = list(palabras)
    comienzos = (p for p in (clave.lower(), *palabras) if p)
    with connection.cursor() as cursor:
        cursor.execute(
            _BUSCAR,
            {
                "catalogo": catalogo,
                "clave": clave,
                "comienzos": " & ".join(f"{comienzo}:*" for comienzo in comienzos),
                "frase": f" {' '.join(palabras)}" if palabras else "",
                "muy_frecuentes": list(lenguaje.MUY_FRECUENTES),
                "frecuentes": list(lenguaje.FRECUENTES),
                "limite": limite,
            },
        )
        return list(cursor.fetchall())


def cie10(clave: str) -> Opcion | None:
    """The concept of a CIE-10 key in the edition in force."""
    return concepto(CIE10, clave)


def concepto(catalogo: str, clave: str, *, version: str = "") -> Opcion | None:
    """What a key means in the edition in force, or meant in an earlier one."""
    conceptos = Concepto.objects.filter(version__catalogo=catalogo, clave=clave)
    if version:
        conceptos = conceptos.filter(version__version=version)
    else:
        conceptos = conceptos.filter(version__vigente=True)
    hallado = conceptos.select_related("version").first()
    return Opcion(hallado.clave, hallado.texto, hallado.version.version) if hallado else None


def opciones(catalogo: str) -> list[Clave]:
    """Every concept of a small catalogue: the edition in force, or the one of our own."""
    vigentes = Concepto.objects.filter(version__catalogo=catalogo, version__vigente=True)
    filas = vigentes.order_by("texto").values_list("clave", "texto", "version__version")
    if cargadas := [Clave(*fila) for fila in filas]:
        return cargadas
    return [personas.propia(catalogo, clave) for clave in personas.PROPIOS[catalogo]]


def buscar_lugar(catalogo: str, texto: str, *, dentro_de: str, limite: int = 12) -> list[Clave]:
    """Municipalities or localities by the beginnings of words, within an entity's key."""
    palabras = fhir.palabras(texto)
    filas = _buscar(catalogo, clave=dentro_de, palabras=palabras, limite=limite) if palabras else []
    return [Clave(clave, palabras, version) for clave, palabras, version, *_limites in filas]


def lugar(catalogo: str, texto: str, *, dentro_de: str) -> Clave:
    """The place called exactly `texto` (accents aside) in the edition in force, or just the words.

    Raises nothing: where the catalogue is not loaded, places are free text.
    """
    for hallado in buscar_lugar(catalogo, texto, dentro_de=dentro_de, limite=40):
        if fhir.normalizar(hallado.texto) == fhir.normalizar(texto):
            return hallado
    return Clave(texto=texto)


def cargado(catalogo: str) -> bool:
    """Whether some edition of `catalogo` is in force."""
    return VersionDeCatalogo.objects.filter(catalogo=catalogo, vigente=True).exists()


def _objecion(limites: list[object], sexo: str, edad: int | None) -> str:
    propio, minima, maxima = limites
    if propio and sexo and propio != sexo:
        return _("sólo en hombres") if propio == "H" else _("sólo en mujeres")
    if edad is None:
        return ""
    if isinstance(minima, int) and edad < minima:
        return _("desde los %(edad)s") % {"edad": _en_palabras(minima + 1)}
    if isinstance(maxima, int) and edad > maxima:
        return _("hasta los %(edad)s") % {"edad": _en_palabras(maxima)}
    return ""


def _en_palabras(dias: int) -> str:
    if dias >= 2 * _ANO:
        return _("%(n)s años") % {"n": int(dias / _ANO)}
    if dias >= 2 * _MES:
        return _("%(n)s meses") % {"n": int(dias / _MES)}
    return _("%(n)s días") % {"n": dias}


def claves_bajo(catalogo: str, comienzo: str, *, limite: int = 2_000) -> list[str]:
    """Keys of the edition in force that begin with `comienzo` (in CIE-10, what it subsumes)."""
    conceptos = Concepto.objects.filter(
        version__catalogo=catalogo, version__vigente=True, clave__startswith=comienzo
    )
    return list(conceptos.order_by("clave").values_list("clave", flat=True)[:limite])
