"""History: of one resource, of a type, of everything (R4 http.html 3.1.0.9)."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from urllib.parse import urlencode
from uuid import UUID

from consentimiento import decision
from ece import fhir
from ece.fhir import CriterioInvalido
from ece.nucleo.acceso import Acceso, Actor
from ece.nucleo.roles import Permiso
from interoperabilidad.fhir import cursores, paquetes
from interoperabilidad.fhir.errores import ErrorFhir
from registros.selectors import cambios, versiones
from registros.selectors.cambios import Corte
from registros.selectors.recursos import Rango, Sellado

CUENTA, CUENTA_MAXIMA = 50, 500
_DE_FORMA = frozenset({"_format", "_pretty"})


@dataclass(slots=True)
class _Pedida:
    """``_since``, ``_at``, ``_count`` and the cursor of a history."""

    cuando: Rango = field(default_factory=Rango)
    cuenta: int = CUENTA
    despues: Corte | None = None


def _leer(pares: Iterable[tuple[str, str]]) -> _Pedida:
    pedida = _Pedida()
    for clave, valor in pares:
        if clave in _DE_FORMA or valor == "":
            continue
        match clave:
            case "_since":
                pedida.cuando = Rango(_instante(valor), pedida.cuando.hasta)
            case "_at":
                _, desde, hasta = fhir.rango_de_fecha(valor)
                pedida.cuando = Rango(desde, hasta)
            case "_count":
                if not valor.isdecimal() or int(valor[:9]) == 0:
                    raise CriterioInvalido("_count es un número mayor que cero")
                pedida.cuenta = min(int(valor[:9]), CUENTA_MAXIMA)
            case "_cursor":
                pedida.despues = _corte(valor)
            case _:
                raise ErrorFhir(400, "not-supported", f"La historia no admite {clave!r}.")
    return pedida


def _instante(valor: str) -> datetime:
    return fhir.rango_de_fecha(valor)[1]


def _corte(cursor: str) -> Corte:
    valor, id_ = cursores.desempacar(cursor)
    momento, _, version = valor.partition("/")
    try:
        return Corte(datetime.fromisoformat(momento), id_, int(version))
    except ValueError as error:
        raise CriterioInvalido(cursores.ROTO) from error


def _cursor(fila: Sellado) -> str:
    return cursores.empacar(f"{fila.actualizado_at.isoformat()}/{fila.version}", fila.id)


def de_uno(
    actor: Actor,
    tipo: str,
    id: UUID,
    pares: Iterable[tuple[str, str]],
    *,
    base: str,
    ahora: datetime,
) -> bytes:
    """A history Bundle of one resource. Raises `AccesoDenegado`."""
    pedida = _leer(pares)
    acceso, _ = decision.abrir_registro(
        actor,
        tipo=tipo,
        id=id,
        permiso=Permiso.RECURSO_LEER,
        ahora=ahora,
        detalle={"interaccion": "history"},
    )
    todas = [
        par for par in versiones.historia(acceso, tipo=tipo, id=id) if _en(pedida.cuando, par[0])
    ]
    if pedida.despues is not None:
        todas = [par for par in todas if par[0].version < pedida.despues.version]
    pagina = todas[: pedida.cuenta]
    siguiente = ""
    if len(todas) > pedida.cuenta:
        siguiente = _enlace(f"{base}/{tipo}/{id}/_history", pares, pagina[-1][0])
    total = len(todas) if pedida.despues is None else None
    return paquetes.de_historia(base, pagina, total=total, siguiente=siguiente)


def _en(cuando: Rango, fila: Sellado) -> bool:
    momento = fila.actualizado_at
    return (cuando.desde is None or momento >= cuando.desde) and (
        cuando.hasta is None or momento < cuando.hasta
    )


def de_muchos(
    actor: Actor,
    tipo: str | None,
    pares: Iterable[tuple[str, str]],
    *,
    base: str,
    ahora: datetime,
) -> bytes:
    """A history Bundle of a type, or of everything, as far as `actor` may see."""
    pedida = _leer(pares)
    detalle = {"interaccion": "history", "busqueda": tipo or "*"}
    alcance = decision.alcanzar(
        actor, Permiso.RECURSO_LEER, motivo="historia", ahora=ahora, detalle=detalle
    )
    accesos: dict[UUID, Acceso] = {}
    pagina: list[tuple[Sellado, bytes]] = []
    despues, hay_mas = pedida.despues, True
    # One more than the page, whatever is taken out of it: nothing tells that there was more.
    while hay_mas and len(pagina) <= pedida.cuenta:
        filas = cambios.cambios(
            alcance,
            tipo=tipo,
            cuando=pedida.cuando,
            despues=despues,
            limite=pedida.cuenta + 1,
        )
        hay_mas = len(filas) > pedida.cuenta
        if faltan := {fila.paciente for fila, _ in filas} - accesos.keys():
            accesos |= decision.abrir_pacientes(
                actor,
                faltan,
                Permiso.RECURSO_LEER,
                ahora=ahora,
                detalle=detalle,
                dentro_de=alcance,
            )
        pagina += versiones.abiertas(accesos, filas)
        if filas:
            ultima = filas[-1][0]
            despues = Corte(ultima.actualizado_at, ultima.id, ultima.version)
    siguiente = ""
    if len(pagina) > pedida.cuenta:
        pagina = pagina[: pedida.cuenta]
        camino = f"{base}/{tipo}/_history" if tipo else f"{base}/_history"
        siguiente = _enlace(camino, pares, pagina[-1][0])
    return paquetes.de_historia(base, pagina, total=None, siguiente=siguiente)


def _enlace(camino: str, pares: Iterable[tuple[str, str]], ultima: Sellado) -> str:
    propios = [par for par in pares if par[0] != "_cursor"]
    return f"{camino}?{urlencode([*propios, ('_cursor', _cursor(ultima))])}"
