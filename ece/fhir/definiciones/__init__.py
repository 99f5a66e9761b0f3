"""The published R4 definitions, compiled to one small file (see `compilar`)."""

import gzip
from functools import cache
from importlib import resources

import msgspec


class Elemento(msgspec.Struct, frozen=True):
    """One element: its types, cardinality, reference targets, required value set."""

    tipos: tuple[str, ...] = ()
    minimo: int = 0
    muchos: bool = False
    destinos: tuple[str, ...] = ()
    valores: str = ""
    eleccion: bool = False
    resumen: bool = False


class Invariante(msgspec.Struct, frozen=True):
    clave: str
    expresion: str
    descripcion: str


class Tipo(msgspec.Struct, frozen=True):
    """A resource, a data type or a backbone element (``Observation.component``)."""

    elementos: dict[str, Elemento]
    invariantes: tuple[Invariante, ...] = ()
    recurso: bool = False


class ParametroPublicado(msgspec.Struct, frozen=True):
    codigo: str
    clase: str
    expresion: str
    url: str
    destinos: tuple[str, ...] = ()
    componentes: tuple[tuple[str, str], ...] = ()
    """Of a composite: the definition of each part, and its expression from where both are."""


class Definiciones(msgspec.Struct, frozen=True):
    """Everything the library knows about R4."""

    primitivos: dict[str, str]
    tipos: dict[str, Tipo]
    valores: dict[str, dict[str, tuple[str, ...]]]
    parametros: dict[str, tuple[ParametroPublicado, ...]]
    compartimento: dict[str, tuple[str, ...]]
    titulos: dict[str, dict[str, str]]
    """Code system -> code -> what it is called (in English), of the codes in `valores`."""


@cache
def cargar() -> Definiciones:
    """The definitions, read once in the life of the process."""
    archivo = resources.files(__package__).joinpath("r4.json.gz")
    return msgspec.json.decode(gzip.decompress(archivo.read_bytes()), type=Definiciones)


@cache
def tipos_de_recurso() -> frozenset[str]:
    """Names of all R4 resource types."""
    return frozenset(nombre for nombre, tipo in cargar().tipos.items() if tipo.recurso)


@cache
def elecciones() -> dict[str, frozenset[str]]:
    """Choice elements of any type (``value[x]`` without the brackets) -> their JSON members."""
    miembros: dict[str, set[str]] = {}
    for tipo in cargar().tipos.values():
        for nombre, elemento in tipo.elementos.items():
            if elemento.eleccion:
                propios = (nombre + t[0].upper() + t[1:] for t in elemento.tipos)
                miembros.setdefault(nombre, set()).update(propios)
    return {nombre: frozenset(claves) for nombre, claves in miembros.items()}


def variantes(nombre: str) -> frozenset[str]:
    """JSON members of the choice element `nombre` (``valueQuantity``…); none if it is not one."""
    return elecciones().get(nombre, frozenset())
