"""Parameters: those of searches and operations, from their tables, and those that all share."""

from collections.abc import Iterable

from ece import fhir
from interoperabilidad.fhir import consulta, definiciones
from interoperabilidad.fhir.definiciones import Buscable, Entra
from interoperabilidad.openapi.interacciones import BUSQUEDA, HISTORIA
from interoperabilidad.openapi.piezas import ENTERO, TEXTO, Pieza, en


def va_en_consulta(entra: Entra) -> bool:
    """Whether a parameter of an operation fits in a query string."""
    return entra.tipo[0].islower() or entra.tipo == "Reference"


def de_operacion(entra: Entra) -> str:
    """The name of its component."""
    return f"op-{entra.nombre}"


def todos() -> Pieza:
    """The components that the paths cite."""
    hechos: Pieza = {
        p.id: _buscable(p)
        for tipo in sorted(fhir.tipos_de_recurso())
        for p in definiciones.parametros(tipo)
    }
    hechos |= {
        de_operacion(e): en("query", e.nombre, TEXTO, e.tipo)
        for operacion in definiciones.OPERACIONES
        for e in operacion.parametros
        if "GET" in operacion.metodos and not e.sale and va_en_consulta(e)
    }
    return hechos | _comunes()


def _buscable(p: Buscable) -> Pieza:
    admite = [f":{m}" for m in p.modificadores] + list(p.prefijos)
    return en("query", p.codigo, TEXTO, f"{p.clase}{'; ' if admite else ''}{' '.join(admite)}")


def _comunes() -> Pieza:
    def uno_de(valores: Iterable[str]) -> Pieza:
        return {"type": "string", "enum": list(valores)}

    tipos = sorted(fhir.tipos_de_recurso())
    del_paciente = [t for t in tipos if fhir.en_compartimento(t)]
    libres = {"type": "object", "additionalProperties": TEXTO}
    etiqueta = {"type": "string", "pattern": '^(W/)?"[1-9][0-9]{0,8}"$'}
    return {
        "id": en("path", "id", {"type": "string", "pattern": "^[A-Za-z0-9.-]{1,64}$"}),
        "version": en("path", "version", {"type": "string", "pattern": "^[0-9]+$"}),
        "tipo": en("path", "tipo", uno_de(tipos)),
        "compartimento": en("path", "compartimento", uno_de(del_paciente)),
        "criterios": en(
            "query", "criterios", libres, "Los de la búsqueda del tipo.", style="form", explode=True
        ),
        "resumen": en("query", "_summary", uno_de(r for r in consulta.RESUMENES if r != "count")),
        "elementos": en("query", "_elements", TEXTO, "Nombres de elementos, con comas."),
        "_summary": en("query", "_summary", uno_de(consulta.RESUMENES)),
        "_total": en("query", "_total", uno_de(consulta.TOTALES)),
        "_count": en("query", "_count", ENTERO),
        **{
            nombre: en("query", nombre, TEXTO)
            for nombre in (*BUSQUEDA, *HISTORIA)
            if nombre not in ("_summary", "_total", "_count")
        },
        "_format": en("query", "_format", uno_de(("json", "xml"))),
        "_pretty": en("query", "_pretty", {"type": "boolean"}),
        "If-Match": en("header", "If-Match", etiqueta),
        "If-None-Match": en("header", "If-None-Match", TEXTO),
        "If-Modified-Since": en("header", "If-Modified-Since", TEXTO),
        "If-None-Exist": en("header", "If-None-Exist", TEXTO, "Una búsqueda."),
        "Prefer": en(
            "header",
            "Prefer",
            uno_de(f"return={que}" for que in ("representation", "OperationOutcome", "minimal")),
        ),
        "espera": en("header", "Prefer", {"const": "respond-async"}, required=True),
        "trabajo": en("path", "trabajo", {"type": "string", "format": "uuid"}),
        "archivo": en("path", "archivo", {"type": "string", "pattern": "^[0-9]{1,6}$"}),
        "tipo-de-archivo": en("path", "tipo", uno_de(tipos)),
    }
