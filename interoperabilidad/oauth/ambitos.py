"""Which scopes a client may be given, and what they say as tokens of the index."""

from collections.abc import Iterable
from functools import lru_cache

from ece import fhir
from ece.nucleo import ambitos as nucleo
from ece.nucleo.ambitos import AmbitoInvalido, Ambitos, Concedido
from interoperabilidad.fhir import consulta
from interoperabilidad.fhir.errores import ErrorFhir

DE_MAQUINA = "system/*.cruds"
OFFLINE = "offline_access"
LARGO = 200
"""Characters of the longest scope that is kept."""
DE_LANZAMIENTO = frozenset({"launch", "launch/patient"})
DE_CONTEXTO = DE_LANZAMIENTO | {OFFLINE}
"""Scopes that are not about resources."""


def admisibles(pedidos: Iterable[str], *, de_persona: bool) -> list[str]:
    """Those of `pedidos` that can be granted, each once, in order; the others are left out, as
    SMART lets a server do: `de_persona`, to an app of somebody's; else, to a machine."""
    quedan = list[str]()
    for pedido in pedidos:
        if pedido in quedan or len(pedido) > LARGO:
            continue
        if (pedido in DE_CONTEXTO and de_persona) or _de_recurso(pedido, de_persona):
            quedan.append(pedido)
    return quedan


def _de_recurso(pedido: str, de_persona: bool) -> bool:
    try:
        leido = compilar(pedido)
    except AmbitoInvalido:
        return False
    return (leido.contexto != "system") is de_persona


@lru_cache(maxsize=2_000)
def compilar(texto: str) -> Concedido:
    """A scope, with the tokens of its search parameter. Raises `AmbitoInvalido` for a type that
    does not exist, or a parameter that tokens alone cannot settle."""
    leido = nucleo.leer(texto)
    if leido.tipo != nucleo.CUALQUIERA and leido.tipo not in fhir.tipos_de_recurso():
        raise AmbitoInvalido(texto)
    if leido.filtro is None:
        return leido
    try:
        plan = consulta.compilar(leido.tipo, [leido.filtro], estricto=True)
    except (ErrorFhir, fhir.CriterioInvalido) as error:
        raise AmbitoInvalido(texto) from error
    grupos = plan.fichas + plan.senas
    sueltos = plan.criterios or plan.sin_fichas or plan.ids is not None or plan.paciente
    if len(grupos) != 1 or sueltos or plan.pacientes is not None or leido.filtro[0].startswith("_"):
        raise AmbitoInvalido(texto)
    return leido.con_fichas(grupos[0])


def de_token(texto: str) -> tuple[Concedido, ...]:
    """The scopes about resources that a token carries."""
    return tuple(compilar(uno) for uno in texto.split() if uno not in DE_CONTEXTO)


def limites(texto: str, **contexto: object) -> Ambitos:
    """The reach of a token that carries these scopes, in the context of its launch."""
    return Ambitos(de_token(texto), **contexto)  # type: ignore[arg-type]


def pide_paciente(ambitos: Iterable[str]) -> bool:
    """Whether these scopes only make sense about one patient."""
    return any(uno == "launch/patient" or uno.startswith("patient/") for uno in ambitos)
