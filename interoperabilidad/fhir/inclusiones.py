"""``_include`` and ``_revinclude``: what the matches cite and what cites them, in rounds."""

from collections.abc import Iterable, Sequence
from uuid import UUID

from consentimiento import decision
from ece import fhir
from ece.fhir.valores import Referencia
from ece.nucleo import fichas
from ece.nucleo.acceso import Acceso, Alcance
from ece.nucleo.roles import Permiso
from interoperabilidad.fhir.busqueda import Busqueda, Hallado
from interoperabilidad.fhir.consulta import por_columna
from interoperabilidad.fhir.plan import Inclusion
from registros.selectors import recursos
from registros.selectors.recursos import Consulta, Orden, Sellado

POR_CONSULTA, VUELTAS = 1_000, 8
"""Resources that one inclusion brings, and rounds that ``:iterate`` goes."""


def de(busqueda: Busqueda, hallados: Sequence[Hallado], prueba: Acceso | Alcance) -> list[Hallado]:
    """What is added to `hallados`, each resource once, and only what the decision lets be seen."""
    return _Inclusion(busqueda, hallados, prueba).todo()


class _Inclusion:
    def __init__(
        self, busqueda: Busqueda, hallados: Sequence[Hallado], prueba: Acceso | Alcance
    ) -> None:
        self.busqueda, self.hallados, self.prueba = busqueda, hallados, prueba
        self.vistos = {(h.fila.tipo, h.fila.id) for h in hallados}
        self._amplio: Alcance | None = None

    def todo(self) -> list[Hallado]:
        plan = self.busqueda.plan
        hacia, desde = plan.incluir, plan.incluir_inverso
        incluidos: list[Hallado] = []
        fuentes: Sequence[Hallado] = self.hallados
        for _ in range(VUELTAS):
            nuevos = self._citados(fuentes, hacia) + self._que_citan(fuentes, desde)
            incluidos += nuevos
            hacia, desde = [i for i in hacia if i.iterar], [i for i in desde if i.iterar]
            if not nuevos or not (hacia or desde):
                break
            fuentes = nuevos
        return incluidos

    @property
    def amplio(self) -> Alcance:
        """A reach for what the matches cite, which may lie in the institution's compartment."""
        if self._amplio is None:
            self._amplio = decision.alcanzar(
                self.busqueda.actor,
                Permiso.RECURSO_LEER,
                motivo="inclusion",
                ahora=self.busqueda.ahora,
            )
        return self._amplio

    def _citados(self, fuentes: Sequence[Hallado], hacia: list[Inclusion]) -> list[Hallado]:
        citados: dict[str, set[UUID]] = {}
        for fuente in fuentes:
            propias = [i for i in hacia if i.tipo in ("*", fuente.fila.tipo)]
            if not propias:
                continue
            for parametro, referencia in _referencias(fuente, propias):
                for inclusion in propias:
                    if inclusion.parametro in ("*", parametro) and inclusion.destino in (
                        "",
                        referencia.tipo,
                    ):
                        _anotar(citados, referencia)
        incluidos: list[Hallado] = []
        for tipo, ids in citados.items():
            consulta = Consulta(tipo=tipo, ids=tuple(sorted(ids)), limite=POR_CONSULTA)
            incluidos += self._nuevos(recursos.buscar(self.amplio, consulta))
        return incluidos

    def _que_citan(self, fuentes: Sequence[Hallado], desde: list[Inclusion]) -> list[Hallado]:
        incluidos: list[Hallado] = []
        for inclusion in desde:
            for consulta in _inversas(inclusion, fuentes):
                # What was included may be of another compartment than what was asked for.
                prueba = self.prueba if fuentes is self.hallados else self.amplio
                incluidos += self._nuevos(recursos.buscar(prueba, consulta))
        return incluidos

    def _nuevos(self, filas: Iterable[Sellado]) -> list[Hallado]:
        nuevas = [fila for fila in filas if (fila.tipo, fila.id) not in self.vistos]
        self.vistos.update((fila.tipo, fila.id) for fila in nuevas)
        return self.busqueda.abrir(nuevas)


def _referencias(fuente: Hallado, propias: Sequence[Inclusion]) -> Iterable[tuple[str, Referencia]]:
    pedidos = None
    if all(i.parametro != "*" for i in propias):
        pedidos = frozenset(i.parametro for i in propias)
    for indice in fhir.indices(fhir.json.leer(fuente.json), de=pedidos):
        if isinstance(indice.valor, Referencia) and indice.valor.tipo:
            yield indice.parametro, indice.valor


def _anotar(citados: dict[str, set[UUID]], referencia: Referencia) -> None:
    if referencia.tipo not in fhir.tipos_de_recurso():
        return
    try:
        citados.setdefault(referencia.tipo, set()).add(UUID(referencia.id))
    except ValueError:
        return


def _inversas(inclusion: Inclusion, fuentes: Sequence[Hallado]) -> Iterable[Consulta]:
    """Resources of `inclusion.tipo` whose parameter leads to one of `fuentes`."""
    codigos = (
        [c for c, p in fhir.parametros(inclusion.tipo).items() if p.clase == "reference"]
        if inclusion.parametro == "*"
        else [inclusion.parametro]
    )
    fuentes = [f for f in fuentes if inclusion.destino in ("", f.fila.tipo)]
    pacientes = tuple(sorted({f.fila.id for f in fuentes if f.fila.tipo == "Patient"}))
    if pacientes and any(por_columna(inclusion.tipo, c) for c in codigos):
        yield Consulta(tipo=inclusion.tipo, pacientes=pacientes, limite=POR_CONSULTA)
    tokens = tuple(
        fichas.ficha(f"{inclusion.tipo}.{codigo}", f"{f.fila.tipo}/{f.fila.id}")
        for codigo in codigos
        for f in fuentes
        if f.fila.tipo != "Patient" or not por_columna(inclusion.tipo, codigo)
    )
    if tokens:
        yield Consulta(
            tipo=inclusion.tipo, fichas=(tokens,), orden=Orden.FECHA_DESC, limite=POR_CONSULTA
        )
