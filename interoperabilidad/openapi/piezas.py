"""What every operation is made of: parameters, answers and bodies, said once and cited."""

from collections.abc import Iterable, Mapping
from typing import Any

Pieza = dict[str, Any]
Camino = tuple[str, str, Pieza]
"""Path, method, operation."""

BASE = "/fhir"
JSON, XML = "application/fhir+json", "application/fhir+xml"
TEXTO: Pieza = {"type": "string"}
ENTERO: Pieza = {"type": "integer", "minimum": 0, "maximum": 999_999_999}

FALLOS = {
    400: "JSON, parámetro, cursor o cabecera que no se entiende.",
    401: "Sin credencial, o con una desconocida o vencida.",
    403: "El rol, los ámbitos del token o el convenio no incluyen la operación.",
    404: "No existe o no está a su alcance: la respuesta es la misma.",
    405: "No se admite aquí: los ids los da el servidor, o el tipo no se anula.",
    406: "No se responde en esa forma.",
    409: "Otro recurso, o su estado, lo impide.",
    412: "Hay una versión más reciente, o la condición halla varios.",
    413: "El cuerpo es demasiado grande.",
    415: "No se lee esa forma.",
    422: "El recurso no es válido, o la búsqueda cuesta demasiado.",
    429: "Se alcanzó un límite; reintente después de Retry-After.",
    500: "Algo falló de nuestro lado.",
    503: "La base de datos no responde; reintente.",
}
SIEMPRE = (400, 401, 403, 404, 406, 429, 500, 503)
"""How anything behind a credential may fail."""
CON_CUERPO = (413, 415, 422)


def cita(clase: str, nombre: str) -> Pieza:
    return {"$ref": f"#/components/{clase}/{nombre}"}


def esquema(nombre: str) -> Pieza:
    return cita("schemas", nombre)


def objeto(**propiedades: Pieza) -> Pieza:
    """An object that has all of `propiedades`, and maybe others."""
    return {"type": "object", "required": list(propiedades), "properties": propiedades}


def lista(de: Pieza) -> Pieza:
    return {"type": "array", "items": de}


def en_fhir(que: Pieza) -> Pieza:
    """Content in both of FHIR's forms."""
    return {JSON: {"schema": que}, XML: {}}


def respuesta(descripcion: str, contenido: Pieza | None = None, *cabeceras: str) -> Pieza:
    hecha: Pieza = {"description": descripcion}
    if cabeceras:
        hecha["headers"] = {nombre: {"schema": TEXTO} for nombre in cabeceras}
    if contenido:
        hecha["content"] = contenido
    return hecha


def operacion(
    id_: str,
    resumen: str,
    etiqueta: str,
    respuestas: Mapping[int, Pieza],
    *,
    falla: Iterable[int] = (),
    parametros: Iterable[str] = (),
    cuerpo: Pieza | None = None,
    abierta: bool = False,
) -> Pieza:
    """An operation; `parametros` are names of components, `falla` how it may besides `SIEMPRE`.

    One that is `abierta` asks for no credential, and `respuestas` are all it answers.
    """
    fallos = () if abierta else sorted({*SIEMPRE, *falla, *(CON_CUERPO if cuerpo else ())})
    todas = {**respuestas, **{f: cita("responses", f"Fallo{f}") for f in fallos}}
    hecha: Pieza = {
        "operationId": id_,
        "summary": resumen,
        "tags": [etiqueta],
        "responses": {str(estado): todas[estado] for estado in sorted(todas)},
    }
    if citados := [cita("parameters", nombre) for nombre in parametros]:
        hecha["parameters"] = citados
    if cuerpo is not None:
        hecha["requestBody"] = cuerpo
    if abierta:
        hecha["security"] = []
    return hecha


def cuerpo(contenido: Pieza, *, requerido: bool = True) -> Pieza:
    return {"required": requerido, "content": contenido}


def en(donde: str, nombre: str, que: Pieza, descripcion: str = "", **mas: Any) -> Pieza:
    """A parameter."""
    hecho: Pieza = {"name": nombre, "in": donde, "schema": que, **mas}
    if donde == "path":
        hecho["required"] = True
    if descripcion:
        hecho["description"] = descripcion
    return hecho


def fallidas() -> Pieza:
    """The components of failures: an OperationOutcome each."""
    cabeceras = {401: ("WWW-Authenticate",), 429: ("Retry-After",)}
    contenido = en_fhir(esquema("OperationOutcome"))
    return {
        f"Fallo{estado}": respuesta(dicho, contenido, *cabeceras.get(estado, ()))
        for estado, dicho in FALLOS.items()
    }
