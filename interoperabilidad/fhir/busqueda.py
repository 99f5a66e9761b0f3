"""Running a search: the decision's reach, pages of rows, opening, verifying, including."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from consentimiento import decision
from consentimiento.decision import AccesoDenegado
from ece import fhir
from ece.nucleo import fichas
from ece.nucleo.acceso import Acceso, Actor, Alcance
from ece.nucleo.roles import Permiso
from interoperabilidad.fhir.consulta import Inclusion, Plan, escribir_cursor
from interoperabilidad.fhir.errores import ErrorFhir
from registros.selectors import recursos
from registros.selectors.recursos import Consulta, Orden, Sellado

CANDIDATOS = 20_000
"""Rows a page may open to verify before the search is called too costly."""


@dataclass(frozen=True, slots=True)
class Hallado:
    fila: Sellado
    json: bytes = field(repr=False)


@dataclass(slots=True)
class Resultado:
    """A page: what matched, what was included, the next cursor, the total when it is known."""

    hallados: list[Hallado] = field(default_factory=list)
    incluidos: list[Hallado] = field(default_factory=list)
    siguiente: str = ""
    total: int | None = None


class _Busqueda:
    """One search by one actor."""

    def __init__(self, actor: Actor, plan: Plan, ahora: datetime) -> None:
        self.actor, self.plan, self.ahora = actor, plan, ahora
        self.accesos: dict[UUID, Acceso] = {}
        self.alcance: Alcance | None = None
        self.detalle: dict[str, object] = {"busqueda": plan.tipo}
        if plan.senas:  # by what few people share: an identifier, a telephone, a day of birth
            self.detalle["senas"] = True

    def prueba(self) -> Acceso | Alcance:
        """The reach of the search. Raises `AccesoDenegado`."""
        if self.plan.paciente is not None:
            acceso = decision.abrir_paciente(
                self.actor,
                self.plan.paciente,
                Permiso.RECURSO_LEER,
                ahora=self.ahora,
                detalle=self.detalle,
            )
            self.accesos[acceso.paciente] = acceso
            return acceso
        self.alcance = decision.alcanzar(
            self.actor,
            Permiso.RECURSO_LEER,
            motivo="busqueda",
            ahora=self.ahora,
            detalle=self.detalle,
        )
        return self.alcance

    def abrir(self, filas: Sequence[Sellado]) -> list[Hallado]:
        """Open each row the decision lets be opened; the others are as if they were not there."""
        faltan = {fila.paciente for fila in filas} - self.accesos.keys()
        if faltan:
            self.accesos |= decision.abrir_pacientes(
                self.actor,
                faltan,
                Permiso.RECURSO_LEER,
                ahora=self.ahora,
                detalle=self.detalle,
                dentro_de=self.alcance,
            )
        visibles = (
            fila
            for fila in filas
            if (acceso := self.accesos.get(fila.paciente)) and recursos.visible(acceso, fila)
        )
        return [Hallado(*abierto) for abierto in recursos.abrir_todos(self.accesos, visibles)]

    def pagina(self, prueba: Acceso | Alcance) -> tuple[list[Hallado], str]:
        plan, cuenta = self.plan, self.plan.cuenta
        hallados: list[Hallado] = []
        despues, vistos = plan.despues, 0
        while True:
            filas = recursos.buscar(prueba, plan.consulta(despues=despues, limite=cuenta + 1))
            hay_mas = len(filas) > cuenta
            for hallado in self.abrir(filas[:cuenta]):
                if plan.criterios and not plan.coincide(fhir.json.leer(hallado.json)):
                    continue
                if len(hallados) == cuenta:
                    return hallados, escribir_cursor(plan.orden, hallados[-1].fila)
                hallados.append(hallado)
            if not hay_mas:
                return hallados, ""
            if len(hallados) == cuenta:
                return hallados, escribir_cursor(plan.orden, hallados[-1].fila)
            vistos += len(filas)
            if vistos > CANDIDATOS:
                raise ErrorFhir(
                    422, "too-costly", "La búsqueda abriría demasiados registros; acótela más."
                )
            ultima = filas[cuenta - 1]
            columna = plan.orden.lstrip("-")
            despues = (None if columna == "id" else getattr(ultima, columna), ultima.id)

    def contar(self, prueba: Acceso | Alcance) -> int:
        plan = self.plan
        if not plan.criterios:
            return recursos.contar(prueba, plan.consulta(despues=None, limite=1))
        filas = recursos.buscar(prueba, plan.consulta(despues=None, limite=CANDIDATOS + 1))
        if len(filas) > CANDIDATOS:
            raise ErrorFhir(422, "too-costly", "Contar abriría demasiados registros; acote más.")
        return sum(plan.coincide(fhir.json.leer(h.json)) for h in self.abrir(filas))

    def incluir(self, hallados: Sequence[Hallado], prueba: Acceso | Alcance) -> list[Hallado]:
        """What `_include` and `_revinclude` add, each resource once."""
        vistos = {(h.fila.tipo, h.fila.id) for h in hallados}
        incluidos: list[Hallado] = []
        for tipo, ids in self._citados(hallados).items():
            consulta = Consulta(tipo=tipo, ids=tuple(sorted(ids)), limite=1_000)
            incluidos += self._nuevos(recursos.buscar(self._amplia(), consulta), vistos)
        for inclusion in self.plan.incluir_inverso:
            consulta = _inversa(inclusion, hallados)
            incluidos += self._nuevos(recursos.buscar(prueba, consulta), vistos)
        return incluidos

    def _amplia(self) -> Alcance:
        """A reach for what the matches cite, which may lie in the institution's compartment."""
        return decision.alcanzar(
            self.actor, Permiso.RECURSO_LEER, motivo="inclusion", ahora=self.ahora
        )

    def _nuevos(self, filas: Iterable[Sellado], vistos: set[tuple[str, UUID]]) -> list[Hallado]:
        nuevas = [fila for fila in filas if (fila.tipo, fila.id) not in vistos]
        vistos.update((fila.tipo, fila.id) for fila in nuevas)
        return self.abrir(nuevas)

    def _citados(self, hallados: Sequence[Hallado]) -> dict[str, set[UUID]]:
        citados: dict[str, set[UUID]] = {}
        propias = [i for i in self.plan.incluir if i.tipo == self.plan.tipo]
        if not propias:
            return citados
        parametros = frozenset(i.parametro for i in propias)
        for hallado in hallados:
            for indice in fhir.indices(fhir.json.leer(hallado.json), de=parametros):
                for inclusion in propias:
                    tipo = getattr(indice.valor, "tipo", "")
                    if indice.parametro != inclusion.parametro or not tipo:
                        continue
                    if inclusion.destino in ("", tipo):
                        try:
                            citados.setdefault(tipo, set()).add(UUID(indice.valor.id))  # type: ignore[union-attr]
                        except ValueError:
                            continue
        return citados


def _inversa(inclusion: Inclusion, hallados: Sequence[Hallado]) -> Consulta:
    """Resources of `inclusion.tipo` whose parameter leads to one of `hallados`."""
    if inclusion.parametro in ("patient", "subject") and hallados[0].fila.tipo == "Patient":
        pacientes = tuple(sorted(h.fila.id for h in hallados))
        return Consulta(tipo=inclusion.tipo, pacientes=pacientes, limite=1_000)
    parametro = f"{inclusion.tipo}.{inclusion.parametro}"
    tokens = tuple(fichas.ficha(parametro, f"{h.fila.tipo}/{h.fila.id}") for h in hallados)
    return Consulta(tipo=inclusion.tipo, fichas=(tokens,), orden=Orden.FECHA_DESC, limite=1_000)


def ejecutar(actor: Actor, plan: Plan, *, ahora: datetime) -> Resultado:
    """Run `plan` as far as `actor` may see. Raises `AccesoDenegado` only for lack of role."""
    busqueda = _Busqueda(actor, plan, ahora)
    if plan.vacio:
        return Resultado(total=0)
    try:
        prueba = busqueda.prueba()
    except AccesoDenegado as negado:
        if negado.fundamento in ErrorFhir.DEL_CLIENTE:
            raise
        return Resultado(total=0)
    if plan.resumen == "count":
        return Resultado(total=busqueda.contar(prueba))
    hallados, siguiente = busqueda.pagina(prueba)
    resultado = Resultado(hallados=hallados, siguiente=siguiente)
    if not siguiente and plan.despues is None:
        resultado.total = len(hallados)
    elif plan.total != "none":
        resultado.total = busqueda.contar(prueba)
    if hallados and (plan.incluir or plan.incluir_inverso):
        resultado.incluidos = busqueda.incluir(hallados, prueba)
    return resultado
