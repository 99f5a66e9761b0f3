"""Running a search: the decision's reach, pages of rows, opening, verifying."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from consentimiento import decision
from consentimiento.decision import AccesoDenegado
from ece import fhir
from ece.fhir.valores import Referencia
from ece.nucleo import fichas
from ece.nucleo.acceso import Acceso, Actor, Alcance
from ece.nucleo.roles import Permiso
from interoperabilidad.fhir import consulta
from interoperabilidad.fhir.cursores import escribir_cursor
from interoperabilidad.fhir.errores import ErrorFhir
from interoperabilidad.fhir.plan import Plan
from registros.selectors import recursos
from registros.selectors.recursos import Sellado

CANDIDATOS = 20_000
"""Rows a page may open to verify before the search is called too costly."""

ESLABON = 1_000
"""Resources that an inner search of a chain may find."""


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


class Busqueda:
    """One search by one actor; what one of its proofs opened, its inner searches open too."""

    def __init__(
        self,
        actor: Actor,
        plan: Plan,
        ahora: datetime,
        accesos: dict[UUID, Acceso] | None = None,
    ) -> None:
        self.actor, self.plan, self.ahora = actor, plan, ahora
        self.accesos: dict[UUID, Acceso] = {} if accesos is None else accesos
        self.alcance: Alcance | None = None
        self.detalle: dict[str, object] = {"busqueda": plan.tipo}
        if plan.senas:  # by what few people share: an identifier, a telephone, a day of birth
            self.detalle["senas"] = True

    def prueba(self) -> Acceso | Alcance:
        """The reach of the search. Raises `AccesoDenegado`."""
        if self.plan.paciente is not None:
            acceso = self.accesos.get(self.plan.paciente)
            if acceso is None:
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
        abiertos = recursos.abrir_todos(self.accesos, filas, sin_reservados=True)
        return [Hallado(*abierto) for abierto in abiertos]

    def pagina(self, prueba: Acceso | Alcance) -> tuple[list[Hallado], str]:
        """A page of what matches, and the cursor of the next if there is one."""
        plan, cuenta = self.plan, self.plan.cuenta
        hallados: list[Hallado] = []
        despues, vistos = plan.despues, 0
        while True:
            filas = recursos.buscar(prueba, plan.consulta(despues=despues, limite=cuenta + 1))
            hay_mas = len(filas) > cuenta
            for hallado in self.abrir(filas[:cuenta]):
                if plan.por_verificar and not plan.coincide(fhir.json.leer(hallado.json)):
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
        if not plan.por_verificar:
            return recursos.contar(prueba, plan.consulta(despues=None, limite=1))
        return sum(1 for _ in self.todos(prueba, CANDIDATOS))

    def todos(
        self, prueba: Acceso | Alcance, tope: int
    ) -> Iterator[tuple[Hallado, dict[str, Any]]]:
        """Everything that matches, with its content, of up to `tope` rows. Raises `ErrorFhir`."""
        filas = recursos.buscar(prueba, self.plan.consulta(despues=None, limite=tope + 1))
        if len(filas) > tope:
            raise ErrorFhir(422, "too-costly", "Habría que abrir demasiados registros; acote más.")
        for hallado in self.abrir(filas):
            recurso = fhir.json.leer(hallado.json)
            if self.plan.coincide(recurso):
                yield hallado, recurso

    def encadenar(self) -> None:
        """Answer the inner searches, each by its own decision, and narrow the plan to what they
        find. Raises `ErrorFhir` when they find too much."""
        plan = self.plan
        for inversa in plan.inversas:
            dentro = inversa.plan
            if plan.tipo == "Patient" and consulta.por_columna(dentro.tipo, inversa.parametro):
                dentro.pacientes = plan.ids
            plan.limitar_ids(self._citados_por(dentro, inversa.parametro))
        for cadena in plan.cadenas:
            destinos = {
                (h.fila.tipo, h.fila.id)
                for dentro in cadena.planes
                for h, _ in self._dentro(dentro)
            }
            self._limitar(cadena.parametro, destinos)

    def _citados_por(self, dentro: Plan, parametro: str) -> set[UUID]:
        citados = set()
        for _, recurso in self._dentro(dentro):
            for indice in fhir.indices(recurso, de=frozenset({parametro})):
                valor = indice.valor
                if (
                    indice.parametro == parametro
                    and isinstance(valor, Referencia)
                    and valor.tipo == self.plan.tipo
                    and (id_ := _uuid(valor.id))
                ):
                    citados.add(id_)
        return citados

    def _dentro(self, dentro: Plan) -> list[tuple[Hallado, dict[str, Any]]]:
        """What an inner search finds; inside a compartment a chain stays inside."""
        suyo = dentro.tipo == "Patient" or fhir.en_compartimento(dentro.tipo)
        if dentro.paciente is None and self.plan.paciente is not None and suyo:
            dentro.paciente = self.plan.paciente
        busqueda = Busqueda(self.actor, dentro, self.ahora, self.accesos)
        busqueda.encadenar()
        if dentro.vacio:
            return []
        try:
            prueba = busqueda.prueba()
        except AccesoDenegado as negado:
            if negado.fundamento in ErrorFhir.DEL_CLIENTE:
                raise
            return []
        hallados = []
        tope = CANDIDATOS if dentro.por_verificar else ESLABON
        for hallado in busqueda.todos(prueba, tope):
            hallados.append(hallado)
            if len(hallados) > ESLABON:
                raise ErrorFhir(422, "too-costly", "La cadena halla demasiado; acótela más.")
        return hallados

    def _limitar(self, parametro: str, destinos: set[tuple[str, UUID]]) -> None:
        plan = self.plan
        if not destinos:
            plan.ids = ()
        elif not consulta.por_columna(plan.tipo, parametro):
            nombre = f"{plan.tipo}.{parametro}"
            plan.fichas.append(tuple(fichas.ficha(nombre, f"{t}/{i}") for t, i in sorted(destinos)))
        elif all(tipo == "Patient" for tipo, _ in destinos):
            plan.limitar_pacientes({id_ for _, id_ in destinos})
        else:
            plan.criterios.append(consulta.de_referencias(parametro, destinos))


def _uuid(texto: str) -> UUID | None:
    try:
        return UUID(texto)
    except ValueError:
        return None
