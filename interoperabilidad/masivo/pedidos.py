"""What an export asks for (Bulk Data Access 2.0, section 3.1): read, refused or kept."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from ece import fhir
from ece.nucleo.acceso import Actor
from interoperabilidad import encargos
from interoperabilidad.fhir import consulta, definiciones, respuestas
from interoperabilidad.fhir.errores import ErrorFhir
from interoperabilidad.fhir.plan import Plan

NDJSON = "application/fhir+ndjson"
FORMATOS = frozenset({NDJSON, "application/ndjson", "ndjson"})
SISTEMA, PACIENTES = "sistema", "pacientes"
FILTROS = 20
"""How many ``_typeFilter`` an export may have."""


@dataclass(frozen=True, slots=True)
class Pedido:
    """An export. `pacientes` are those of a group or named one by one (None: whoever is in reach);
    `tipos` None is all; `filtros` are (type, query); `quien` what `encargos` keeps."""

    url: str
    nivel: str
    quien: dict[str, Any] = field(repr=False)
    tipos: tuple[str, ...] | None = None
    desde: datetime | None = None
    filtros: tuple[tuple[str, str], ...] = ()
    pacientes: tuple[UUID, ...] | None = None

    def json(self) -> bytes:
        dicho = asdict(self)
        dicho["desde"] = self.desde.isoformat() if self.desde else None
        dicho["pacientes"] = None if self.pacientes is None else [str(p) for p in self.pacientes]
        return fhir.json.escribir(dicho)

    def planes(self) -> dict[str, list[Plan]]:
        """type -> the searches of which its rows must match any."""
        planes: dict[str, list[Plan]] = {}
        for tipo, criterios in self.filtros:
            planes.setdefault(tipo, []).append(_plan(tipo, criterios))
        return planes


def de_json(guardado: bytes) -> Pedido:
    """What `Pedido.json` wrote."""
    dicho = fhir.json.leer(guardado)
    return Pedido(
        url=dicho["url"],
        nivel=dicho["nivel"],
        quien=dicho["quien"],
        tipos=None if dicho["tipos"] is None else tuple(dicho["tipos"]),
        desde=datetime.fromisoformat(dicho["desde"]) if dicho["desde"] else None,
        filtros=tuple((tipo, criterios) for tipo, criterios in dicho["filtros"]),
        pacientes=None
        if dicho["pacientes"] is None
        else tuple(UUID(p) for p in dicho["pacientes"]),
    )


def leer(
    actor: Actor,
    pares: Iterable[tuple[str, str]],
    *,
    url: str,
    nivel: str,
    miembros: Sequence[UUID] | None = None,
) -> Pedido:
    """The export that `pares` ask for. Raises `ErrorFhir` for what is not understood.

    `miembros` are those of the group, at the level of one.
    """
    tipos: list[str] = []
    filtros: list[tuple[str, str]] = []
    nombrados: list[UUID] = []
    desde: datetime | None = None
    for clave, valor in pares:
        match clave:
            case "_outputFormat":
                if valor not in FORMATOS:
                    raise ErrorFhir(400, "not-supported", f"_outputFormat es {NDJSON}.")
            case "_since":
                desde = fhir.rango_de_fecha(valor)[1]
            case "_type":
                tipos += [_tipo(parte) for parte in valor.split(",") if parte]
            case "_typeFilter":
                filtros.append(_filtro(valor))
            case "patient" if nivel != SISTEMA:
                nombrados += [_paciente(parte) for parte in valor.split(",")]
            case _:
                raise ErrorFhir(400, "not-supported", f"$export no admite {clave!r}.")
    if len(filtros) > FILTROS:
        raise ErrorFhir(400, "too-costly", f"Un $export lleva hasta {FILTROS} _typeFilter.")
    if tipos and any(tipo not in tipos for tipo, _ in filtros):
        raise ErrorFhir(400, "invalid", "_typeFilter habla de un tipo que _type no pide.")
    _exigir_ambito(actor, tipos)
    pacientes = None if miembros is None else set(miembros)
    if nombrados:
        pacientes = set(nombrados) if pacientes is None else pacientes & set(nombrados)
    return Pedido(
        url=url,
        nivel=nivel,
        quien=encargos.guardar(actor),
        tipos=tuple(dict.fromkeys(tipos)) or None,
        desde=desde,
        filtros=tuple(filtros),
        pacientes=None if pacientes is None else tuple(sorted(pacientes)),
    )


def _exigir_ambito(actor: Actor, tipos: Iterable[str]) -> None:
    """A type that was asked for by name and the token does not reach is refused, not left out."""
    for tipo in tipos:
        if actor.ambitos is not None and not actor.ambitos.permite("r", tipo):
            raise ErrorFhir(403, "forbidden", f"Los ámbitos (scopes) del token no dan {tipo}.")


def _tipo(texto: str) -> str:
    if texto not in fhir.tipos_de_recurso() or texto in definiciones.APARTE:
        raise ErrorFhir(400, "not-supported", f"_type: {texto!r} no se exporta.")
    return texto


def _filtro(valor: str) -> tuple[str, str]:
    tipo, signo, criterios = valor.partition("?")
    if not signo or not criterios:
        raise ErrorFhir(400, "invalid", "_typeFilter es Tipo?parámetro=valor.")
    _plan(_tipo(tipo), criterios)
    return tipo, criterios


def _plan(tipo: str, criterios: str) -> Plan:
    plan = consulta.compilar(tipo, respuestas.pares(criterios), estricto=True)
    sobra = plan.cadenas or plan.inversas or plan.incluir or plan.incluir_inverso or plan.claves
    if sobra or plan.resumen or plan.elementos or plan.despues is not None or plan.vacio:
        raise ErrorFhir(
            400, "not-supported", "_typeFilter lleva parámetros del tipo, sin cadenas ni _include."
        )
    return plan


def _paciente(texto: str) -> UUID:
    tipo, _, id_ = texto.strip().rpartition("/")
    try:
        if tipo in ("", "Patient"):
            return UUID(id_)
    except ValueError:
        pass
    raise ErrorFhir(400, "invalid", "patient es Patient/id.")
