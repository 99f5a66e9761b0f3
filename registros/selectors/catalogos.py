"""Looking things up in the catalogues in force."""

import re
from dataclasses import dataclass

from django.contrib.postgres.search import SearchQuery, SearchVector
from django.db.models import Case, IntegerField, Q, Value, When
from django.db.models.functions import Length

from ece import fhir
from registros.catalogos.fuentes import CIE10
from registros.models import Concepto


@dataclass(frozen=True, slots=True)
class Opcion:
    """A concept that was found; `objecion` says why it does not fit this patient, if it does not."""

    clave: str
    texto: str
    version: str
    objecion: str = ""


def buscar_cie10(
    texto: str, *, sexo: str = "", edad_en_dias: int | None = None, limite: int = 20
) -> list[Opcion]:
    """CIE-10 by code or by the beginnings of words, without accents, the likeliest first.

    `sexo` is the biological one (H, M; empty: do not check).
    """
    palabras = re.findall(r"\w+", fhir.normalizar(texto))
    if not palabras:
        return []
    clave = re.sub(r"\W", "", texto).upper()
    consulta = SearchQuery(
        " & ".join(f"{palabra}:*" for palabra in palabras), config="simple", search_type="raw"
    )
    encontrados = (
        Concepto.objects.filter(version__catalogo=CIE10, version__vigente=True)
        .annotate(vector=SearchVector("palabras", config="simple"))
        .filter(Q(clave__startswith=clave) | Q(vector=consulta))
        .annotate(
            rango=Case(
                When(clave=clave, then=Value(0)),
                When(clave__startswith=clave, then=Value(1)),
                When(palabras__contains=f" {' '.join(palabras)}", then=Value(2)),
                default=Value(3),
                output_field=IntegerField(),
            )
        )
        .select_related("version")
        .order_by("rango", Length("texto"), "clave")[:limite]
    )
    return [
        Opcion(c.clave, c.texto, c.version.version, _objecion(c, sexo, edad_en_dias))
        for c in encontrados
    ]


def cie10(clave: str) -> Opcion | None:
    """The concept of a CIE-10 key in the edition in force."""
    concepto = (
        Concepto.objects.filter(version__catalogo=CIE10, version__vigente=True, clave=clave)
        .select_related("version")
        .first()
    )
    return Opcion(clave, concepto.texto, concepto.version.version) if concepto else None


def _objecion(concepto: Concepto, sexo: str, edad: int | None) -> str:
    if concepto.sexo and sexo and concepto.sexo != sexo:
        return "sólo en hombres" if concepto.sexo == "H" else "sólo en mujeres"
    if edad is not None and concepto.edad_minima is not None and edad < concepto.edad_minima:
        return "no a esta edad"
    if edad is not None and concepto.edad_maxima is not None and edad > concepto.edad_maxima + 365:
        return "no a esta edad"
    return ""
