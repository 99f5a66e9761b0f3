"""Terminology operations: ``$lookup``, ``$validate-code``, ``$expand``, ``$translate`` (R4
terminology-service.html). They say nothing of anybody."""

from collections.abc import Mapping
from typing import Any

from ece import fhir
from ece.fhir.definiciones import cargar
from interoperabilidad.fhir.errores import ErrorFhir
from interoperabilidad.fhir.terminologia import MAPAS, TERMINOLOGIA, TODO_EL_SISTEMA, sistemas

EXPANSION = 1_000
Argumentos = Mapping[str, Any]
Recurso = dict[str, Any]


def lookup(argumentos: Argumentos) -> Recurso:
    """What a code is called. Raises `ErrorFhir` 404 for one that is not known."""
    url, codigo = _codigo(argumentos)
    sistema = sistemas().get(url)
    titulo = sistema.titulo(codigo) if sistema else None
    if sistema is None or titulo is None:
        raise ErrorFhir(404, "not-found", f"No se conoce {codigo!r} de {url!r}.")
    return _parametros(("name", "String", sistema.nombre), ("display", "String", titulo))


def validar_codigo(argumentos: Argumentos) -> Recurso:
    """Whether a code is of a system or of a value set, and is called what they say."""
    conjunto = argumentos.get("url")
    url, codigo = _codigo(argumentos, sistema_de=None if conjunto is None else str(conjunto))
    sistema = sistemas().get(url)
    titulo = sistema.titulo(codigo) if sistema else None
    if conjunto is not None and str(conjunto) not in (url, f"{url}{TODO_EL_SISTEMA}"):
        codigos = TERMINOLOGIA.conjunto(str(conjunto))
        if codigos is None:
            raise ErrorFhir(404, "not-found", f"No se conoce el conjunto {conjunto!r}.")
        bien = codigo in codigos.get(url, ())
    elif sistema is None:
        raise ErrorFhir(404, "not-found", f"No se conoce el sistema {url!r}.")
    else:
        bien = titulo is not None
    mensaje = "" if bien else f"{codigo!r} no está"
    dado = argumentos.get("display")
    if bien and dado and titulo and fhir.normalizar(str(dado)) != fhir.normalizar(titulo):
        bien, mensaje = False, f"{codigo!r} se llama {titulo!r}"
    return _parametros(
        ("result", "Boolean", bien),
        *((("message", "String", mensaje),) if mensaje else ()),
        *((("display", "String", titulo),) if titulo else ()),
    )


def expandir(argumentos: Argumentos) -> Recurso:
    """The codes of a value set, those that have the words of ``filter``. Raises `ErrorFhir`."""
    url, filtro = str(argumentos.get("url", "")), str(argumentos.get("filter", ""))
    cuantos, desde = _entero(argumentos, "count", EXPANSION), _entero(argumentos, "offset", 0)
    conceptos = _del_conjunto(url, filtro, desde + cuantos + 1)
    pagina = conceptos[desde : desde + cuantos]
    if "count" not in argumentos and len(conceptos) > EXPANSION:
        raise ErrorFhir(422, "too-costly", "Son demasiados códigos: use filter o count.")
    total = {} if len(conceptos) > desde + cuantos else {"total": len(conceptos)}
    contiene = [{"system": s, "code": c, **({"display": t} if t else {})} for s, c, t in pagina]
    return {
        "resourceType": "ValueSet",
        "url": url,
        "status": "active",
        "expansion": {
            "timestamp": "2026-11-29T00:00:00Z",
            **total,
            **({"offset": desde} if desde else {}),
            **({"contains": contiene} if contiene else {}),
        },
    }


def _del_conjunto(url: str, filtro: str, tope: int) -> list[tuple[str, str, str]]:
    """(system, code, name) of a set."""
    sistema = sistemas().get(url.removesuffix(TODO_EL_SISTEMA))
    if url.endswith(TODO_EL_SISTEMA) and sistema is not None:
        if not sistema.conceptos and not filtro:
            raise ErrorFhir(422, "too-costly", "Son demasiados códigos: use filter.")
        return [(sistema.url, c, t) for c, t in sistema.buscar(filtro, tope)]
    conjunto = cargar().valores.get(url.split("|")[0])
    if conjunto is None:
        raise ErrorFhir(404, "not-found", f"No se conoce el conjunto {url!r}.")
    buscado = fhir.normalizar(filtro)
    todos = (
        (s, c, cargar().titulos.get(s, {}).get(c, "")) for s, cs in conjunto.items() for c in cs
    )
    return [(s, c, t) for s, c, t in todos if buscado in fhir.normalizar(f"{c} {t}")][:tope]


def traducir(argumentos: Argumentos) -> Recurso:
    """A code in another system, by the maps that ship. Raises `ErrorFhir`."""
    origen, codigo = _codigo(argumentos)
    mapa, destino = argumentos.get("url"), argumentos.get("targetsystem")
    propios = [
        m
        for m in MAPAS
        if m.origen == origen and mapa in (None, m.url) and destino in (None, m.destino)
    ]
    if not propios:
        raise ErrorFhir(404, "not-found", f"No hay un mapa de {origen!r} para eso.")
    hallados = [
        {
            "name": "match",
            "part": [
                {"name": "equivalence", "valueCode": equivalencia},
                {"name": "concept", "valueCoding": _coding(m.destino, otro)},
                {"name": "source", "valueUri": m.url},
            ],
        }
        for m in propios
        for uno, otro, equivalencia in m.pares()
        if uno == codigo
    ]
    resultado = _parametros(("result", "Boolean", bool(hallados)))
    resultado["parameter"] += hallados
    return resultado


def _coding(sistema: str, codigo: str) -> Recurso:
    conocido = sistemas().get(sistema)
    titulo = conocido.titulo(codigo) if conocido else None
    return {"system": sistema, "code": codigo, **({"display": titulo} if titulo else {})}


def _codigo(argumentos: Argumentos, *, sistema_de: str | None = None) -> tuple[str, str]:
    """(system, code) however it was given. Raises `ErrorFhir`."""
    dado = argumentos.get("coding")
    if dado is None and isinstance(argumentos.get("codeableConcept"), dict):
        dado = next(iter(argumentos["codeableConcept"].get("coding", ())), None)
    if isinstance(dado, dict):
        sistema, codigo = str(dado.get("system", "")), str(dado.get("code", ""))
    else:
        sistema = str(argumentos.get("system", sistema_de or ""))
        codigo = str(argumentos.get("code", ""))
    if not sistema or not codigo:
        raise ErrorFhir(400, "required", "Faltan system y code, o coding.")
    return sistema, codigo


def _entero(argumentos: Argumentos, nombre: str, omision: int) -> int:
    valor = str(argumentos.get(nombre, omision))
    if not valor.isdecimal() or len(valor) > 6:
        raise ErrorFhir(400, "invalid", f"{nombre} es un número.")
    return min(int(valor), EXPANSION) if nombre == "count" else int(valor)


def _parametros(*ternas: tuple[str, str, Any]) -> Recurso:
    return {
        "resourceType": "Parameters",
        "parameter": [{"name": n, f"value{tipo}": valor} for n, tipo, valor in ternas],
    }
