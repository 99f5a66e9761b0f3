"""Which categories a resource tells of, and how its `meta` says so. Pure."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from registros.catalogos.sensibles import palabras
from registros.catalogos.sensibles.categorias import (
    CATEGORIAS,
    DE_HL7,
    DEL_ADOLESCENTE,
    EDADES_DEL_ADOLESCENTE,
    PUESTA,
    RESTRINGIDO,
    RETIRADA,
    SISTEMA,
    SISTEMA_HL7,
    SISTEMA_RESERVA,
    SISTEMAS_HL7,
    Categoria,
)
from registros.catalogos.sensibles.conjuntos import de_codigo

Recurso = dict[str, Any]
Edad = int | Callable[[], int | None] | None
"""Whole years, None when nobody knows; or who to ask, where finding out costs something."""


@dataclass(frozen=True, slots=True)
class Correccion:
    """What somebody said of one category of a record; `cuando` is an ISO instant."""

    retirada: bool
    motivo: str
    quien: str
    cuando: str


NINGUNA: frozenset[Categoria] = frozenset()

_SIN_ETIQUETA = frozenset({"Patient"})
"""Who somebody is tells of no category by itself, and must be found by whoever attends them."""
_AJENOS = frozenset({"meta", "subject", "patient", "identifier", "data"})
_TEXTOS = frozenset(
    {"text", "display", "title", "conclusion", "description", "comment", "valueString", "summary"}
    | {"patientInstruction", "contentString", "reasonString", "detail", "name"}
)
_DECLARADAS = tuple(Categoria)


def etiquetar(
    recurso: Mapping[str, Any], *, edad: Edad = None, unidad: str | None = None
) -> frozenset[Categoria]:
    """The categories of an R4 resource: what its codes and words tell, and what people said.

    `edad` is the patient's, asked for only where it changes something; `unidad`, the name of the
    unit or service that writes it.
    What `meta.security` already says (a partner's label, or one set here) is kept; what a clinician
    withdrew (`correcciones`) is not put back.
    """
    puestas, de_otros = _declaradas(recurso)
    if recurso.get("resourceType") in _SIN_ETIQUETA:
        return frozenset(puestas | de_otros)
    codigos, textos = _recorrer(recurso)
    halladas = palabras.de_textos(textos) if textos else set()
    if unidad:
        halladas |= palabras.de_unidad(unidad)
    suyas = halladas | codigos
    if Categoria.ADOLESCENCIA in codigos or not DEL_ADOLESCENTE.isdisjoint(suyas):
        anios = edad() if callable(edad) else edad
        codigos.discard(Categoria.ADOLESCENCIA)
        if anios in EDADES_DEL_ADOLESCENTE:
            halladas.add(Categoria.ADOLESCENCIA)
    halladas |= codigos | de_otros
    return frozenset(halladas - _retiradas(recurso) | puestas) if halladas else puestas


def aplicar(recurso: Recurso, categorias: Iterable[Categoria]) -> Recurso:
    """`recurso` whose `meta.security` says exactly `categorias`, as HL7 names them (idempotent).

    Restricted confidentiality comes and goes with them; what else `meta.security` says, stays.
    """
    queridas = frozenset(categorias)
    antes = recurso.get("meta", {}).get("security", ())
    if not antes and not queridas:
        return recurso
    quedan = [c for c in antes if (de := _de_hl7(c)) is None or de in queridas]
    quitadas = len(quedan) < len(antes)
    dichos = {c.get("code") for c in quedan if _de_hl7(c)}
    for categoria in _DECLARADAS:
        if categoria in queridas:
            escritas = CATEGORIAS[categoria].escritas
            quedan += [{"system": SISTEMA_HL7, "code": c} for c in escritas if c not in dichos]
    reservas = [c for c in quedan if c.get("system") == SISTEMA_RESERVA]
    if queridas and not any(c.get("code") in (RESTRINGIDO, "V") for c in reservas):
        quedan = [c for c in quedan if c not in reservas]
        quedan.append({"system": SISTEMA_RESERVA, "code": RESTRINGIDO})
    elif quitadas and not queridas:
        quedan = [c for c in quedan if c not in reservas or c.get("code") != RESTRINGIDO]
    return recurso if quedan == list(antes) else con_seguridad(recurso, quedan)


def conservar(recurso: Recurso, anterior: Mapping[str, Any]) -> Recurso:
    """`recurso`, the next version of `anterior`, with what people corrected in its labels.

    What `recurso` itself says of a category comes after, and holds.
    """
    meta, previa = recurso.get("meta", {}), anterior.get("meta", {})
    dichas = {corrige(e) for e in meta.get("extension", ())}
    suman = {
        "security": [
            c
            for c in previa.get("security", ())
            if c.get("system") == SISTEMA
            and c.get("code") not in dichas
            and c not in meta.get("security", ())
        ],
        "extension": [
            e for e in previa.get("extension", ()) if (de := corrige(e)) and de not in dichas
        ],
    }
    sumados = {clave: [*meta.get(clave, ()), *nuevas] for clave, nuevas in suman.items() if nuevas}
    return {**recurso, "meta": {**meta, **sumados}} if sumados else recurso


def con_seguridad(recurso: Recurso, codigos: list[dict[str, str]]) -> Recurso:
    """`recurso` with `codigos` as its whole `meta.security`."""
    meta = {k: v for k, v in recurso.get("meta", {}).items() if k != "security"}
    if codigos:
        meta["security"] = codigos
    resto = {k: v for k, v in recurso.items() if k != "meta"}
    return {**resto, "meta": meta} if meta else resto


def corrige(extension: Mapping[str, Any]) -> Categoria | None:
    """The category that an extension of `meta` corrects, if it is one of ours."""
    if extension.get("url") not in (PUESTA, RETIRADA):
        return None
    partes = extension.get("extension", ())
    codigo = next((p.get("valueCode", "") for p in partes if p.get("url") == "categoria"), "")
    return Categoria[codigo] if codigo in Categoria.__members__ else None


def correcciones(recurso: Mapping[str, Any]) -> dict[Categoria, Correccion]:
    """What people set or withdrew by hand, with their reasons."""
    dichas: dict[Categoria, Correccion] = {}
    for extension in recurso.get("meta", {}).get("extension", ()):
        if categoria := corrige(extension):
            partes = {p.get("url"): p for p in extension["extension"]}
            dichas[categoria] = Correccion(
                retirada=extension["url"] == RETIRADA,
                motivo=str(partes.get("motivo", {}).get("valueString", "")),
                quien=str(partes.get("quien", {}).get("valueReference", {}).get("display", "")),
                cuando=str(partes.get("cuando", {}).get("valueDateTime", "")),
            )
    return dichas


def _retiradas(recurso: Mapping[str, Any]) -> set[Categoria]:
    return {categoria for categoria, dicha in correcciones(recurso).items() if dicha.retirada}


def _declaradas(recurso: Mapping[str, Any]) -> tuple[frozenset[Categoria], set[Categoria]]:
    """What `meta.security` says: labels set here by somebody, and HL7's of anybody."""
    puestas: set[Categoria] = set()
    de_otros: set[Categoria] = set()
    for coding in recurso.get("meta", {}).get("security", ()):
        if coding.get("system") == SISTEMA and coding.get("code") in Categoria.__members__:
            puestas.add(Categoria[coding["code"]])
        elif categoria := _de_hl7(coding):
            de_otros.add(categoria)
    return (frozenset(puestas) if puestas else NINGUNA), de_otros


def _de_hl7(coding: Mapping[str, Any]) -> Categoria | None:
    return DE_HL7.get(coding.get("code", "")) if coding.get("system") in SISTEMAS_HL7 else None


def _recorrer(recurso: Mapping[str, Any]) -> tuple[set[Categoria], list[str]]:
    """The categories of every coding in the resource, and every text in it that says something."""
    halladas: set[Categoria] = set()
    textos: list[str] = []
    por_ver: list[Any] = [recurso]
    while por_ver:
        nodo = por_ver.pop()
        if nodo.__class__ is list:
            por_ver.extend(uno for uno in nodo if uno.__class__ is dict)
            continue
        for clave, valor in nodo.items():
            clase = valor.__class__
            if clase is str:
                if clave in _TEXTOS:
                    textos.append(valor)
                elif clave == "code":
                    halladas.update(de_codigo(nodo.get("system", ""), valor))
                elif clave == "div":
                    textos.append(palabras.de_narrativa(valor))
            elif (clase is dict or clase is list) and clave not in _AJENOS:
                por_ver.append(valor)
    return halladas, textos
