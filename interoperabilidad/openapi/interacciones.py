"""FHIR's interactions as requests, by the codes that the CapabilityStatement calls them by."""

from dataclasses import dataclass

FORMA = ("_format", "_pretty")
ESCRIBE = (405, 409, 412)
PAGINA = ("_count", "_cursor")
HISTORIA = ("_since", "_at", *PAGINA)
LECTURA = ("elementos", "resumen", "If-None-Match", "If-Modified-Since")
BUSQUEDA = ("_filter", "_sort", "_total", "_summary", "_elements", "_include", "_revinclude")


@dataclass(frozen=True, slots=True)
class Interaccion:
    """An interaction of a type: where, how, and what it takes and gives.

    `da` is the schema of the answer, empty for the type's own; `toma`, what comes in the body.
    """

    metodo: str
    camino: str
    dice: str
    exitos: tuple[int, ...]
    da: str = ""
    falla: tuple[int, ...] = ()
    parametros: tuple[str, ...] = ()
    toma: str = ""
    buscada: bool = False


INTERACCIONES: dict[str, tuple[Interaccion, ...]] = {
    "read": (
        Interaccion("get", "/{id}", "La versión vigente", (200, 304), parametros=("id", *LECTURA)),
    ),
    "vread": (
        Interaccion(
            "get",
            "/{id}/_history/{version}",
            "Una versión",
            (200, 304),
            parametros=("id", "version", *LECTURA),
        ),
    ),
    "update": (
        Interaccion(
            "put",
            "/{id}",
            "La versión siguiente",
            (200, 201),
            "Resultado",
            ESCRIBE,
            ("id", "If-Match", "Prefer"),
            "recurso",
        ),
    ),
    "patch": (
        Interaccion(
            "patch",
            "/{id}",
            "Un cambio, como JSON Patch o FHIRPath Patch",
            (200,),
            "Resultado",
            ESCRIBE,
            ("id", "If-Match", "Prefer"),
            "parche",
        ),
    ),
    "delete": (
        Interaccion(
            "delete",
            "/{id}",
            "La versión siguiente dice que fue un error",
            (204,),
            falla=(*ESCRIBE, 422),
            parametros=("id", "If-Match"),
        ),
    ),
    "history-instance": (
        Interaccion(
            "get", "/{id}/_history", "Sus versiones", (200,), "Bundle", (), ("id", *HISTORIA)
        ),
    ),
    "history-type": (
        Interaccion("get", "/_history", "Las versiones del tipo", (200,), "Bundle", (), HISTORIA),
    ),
    "create": (
        Interaccion(
            "post",
            "",
            "Uno nuevo",
            (200, 201),
            "Resultado",
            (*ESCRIBE,),
            ("If-None-Exist", "Prefer"),
            "recurso",
        ),
    ),
    "search-type": (
        Interaccion(
            "get", "", "Una búsqueda", (200,), "Bundle", (422,), (*BUSQUEDA, *PAGINA), buscada=True
        ),
        Interaccion(
            "post", "/_search", "La búsqueda, por POST", (200,), "Bundle", toma="criterios"
        ),
    ),
}
"""By their codes in the CapabilityStatement."""

CONDICIONALES: dict[str, tuple[Interaccion, ...]] = {
    "conditionalUpdate": (
        Interaccion(
            "put",
            "",
            "La versión siguiente del que se halle, o uno nuevo",
            (200, 201),
            "Resultado",
            ESCRIBE,
            ("criterios", "If-Match", "Prefer"),
            "recurso",
        ),
        Interaccion(
            "patch",
            "",
            "Un cambio al que se halle",
            (200,),
            "Resultado",
            ESCRIBE,
            ("criterios", "If-Match", "Prefer"),
            "parche",
        ),
    ),
    "conditionalDelete": (
        Interaccion(
            "delete",
            "",
            "El que se halle fue un error",
            (204,),
            falla=(*ESCRIBE, 422),
            parametros=("criterios", "If-Match"),
        ),
    ),
}
"""By what the CapabilityStatement calls them."""
