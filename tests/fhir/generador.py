"""Random resources of any R4 type, drawn from the definitions (invariants aside)."""

from random import Random
from typing import Any

from ece.fhir.definiciones import Elemento, cargar, tipos_de_recurso

_PRIMITIVOS: dict[str, tuple[Any, ...]] = {
    "base64Binary": ("aG9sYQ==",),
    "boolean": (True, False),
    "canonical": ("http://ejemplo.mx/perfil", "http://ejemplo.mx/otro|1.0"),
    "code": ("abc", "x-1"),
    "date": ("2021", "2021-03", "2021-03-04"),
    "dateTime": ("2021", "2021-03-04", "2021-03-04T10:20:30-06:00", "2022-01-01T00:00:00Z"),
    "decimal": (1, 2, 35),
    "id": ("uno", "dos-2"),
    "instant": ("2021-03-04T10:20:30.5Z",),
    "integer": (-1, 0, 7),
    "markdown": ("**sí**",),
    "oid": ("urn:oid:1.2.3",),
    "positiveInt": (1, 3),
    "string": ("hola", "uno dos", "1.5"),
    "time": ("10:20:30",),
    "unsignedInt": (0, 3),
    "uri": ("http://ejemplo.mx/s", "urn:oid:1.2.3"),
    "url": ("https://ejemplo.mx",),
    "uuid": ("urn:uuid:c757873d-ec9a-4326-a141-556f43239520",),
    "xhtml": ('<div xmlns="http://www.w3.org/1999/xhtml"><p>hola</p></div>',),
}


def recurso(tipo: str, azar: Random, *, densidad: float = 0.5) -> dict[str, Any]:
    """A resource of `tipo` with about `densidad` of its optional elements."""
    return {"resourceType": tipo, **_nodo(tipo, azar, densidad, 0)}


def _nodo(tipo: str, azar: Random, densidad: float, hondura: int) -> dict[str, Any]:
    nodo: dict[str, Any] = {}
    for nombre, elemento in cargar().tipos[tipo].elementos.items():
        if elemento.minimo == 0 and azar.random() > densidad / (1 + 2 * hondura):
            continue
        if nombre in ("contained", "extension", "modifierExtension", "implicitRules"):
            continue
        uno = azar.choice(elemento.tipos)
        clave = nombre + uno[0].upper() + uno[1:] if elemento.eleccion else nombre
        cuantos = azar.choice((1, 1, 2)) if elemento.muchos else 1
        valores = [_valor(nombre, uno, elemento, azar, densidad, hondura) for _ in range(cuantos)]
        propios = [v for v in valores if v is not None]
        if propios:
            nodo[clave] = propios if elemento.muchos else propios[0]
    return nodo or {"id": "solo"}


def _valor(
    nombre: str, tipo: str, elemento: Elemento, azar: Random, densidad: float, hondura: int
) -> Any:
    conjunto = cargar().valores.get(elemento.valores, {})
    codigos = [(sistema, codigo) for sistema, todos in conjunto.items() for codigo in todos]
    if nombre == "id":
        return "uno"
    if tipo == "code" and codigos:
        return azar.choice(codigos)[1]
    if tipo in _PRIMITIVOS:
        return azar.choice(_PRIMITIVOS[tipo])
    if tipo == "Reference":
        destinos = elemento.destinos or ("Patient", "Practitioner", "Device")
        return {"reference": f"{azar.choice(destinos)}/{azar.choice(('a1', 'b2'))}"}
    if tipo == "Resource":
        if hondura > 2:
            return None
        return recurso(azar.choice(sorted(tipos_de_recurso())), azar, densidad=densidad / 4)
    if hondura > 6:
        return {"id": "hondo"}
    nodo = _nodo(tipo, azar, densidad, hondura + 1)
    if codigos and tipo in ("CodeableConcept", "Coding"):
        sistema, codigo = azar.choice(codigos)
        coding = {"system": sistema, "code": codigo}
        nodo = {"coding": [coding]} if tipo == "CodeableConcept" else coding
    return nodo
