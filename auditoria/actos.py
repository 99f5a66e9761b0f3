"""Acts: one transaction, one event, and the only way a patient's rows change."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from psycopg import Cursor

from auditoria import bitacora, huellas
from auditoria.bitacora import Escrito, NuevoEvento
from auditoria.tipos import Resultado, TipoDeEvento
from ece.nucleo import llavero, sentencias
from ece.nucleo.acceso import Acceso, verificar
from ece.nucleo.modelos import EscrituraSinActo, Guardado
from ece.nucleo.uuid7 import uuid7


class VersionEnConflicto(Exception):
    """Somebody else wrote a newer version first; nothing was changed."""


class Acto:
    """Collects sealed rows; they are written, with their event, when the act ends."""

    def __init__(self, accesos: Mapping[UUID, Acceso], momento: datetime) -> None:
        self.id = uuid7()
        self.momento = momento
        self._accesos = accesos
        self._nuevos: dict[type[Guardado], list[Guardado]] = defaultdict(list)
        self._versiones: list[Guardado] = []

    def insertar(self, registro: Guardado) -> None:
        """Write `registro` (sealed, version 1) as a new row."""
        self._reclamar(registro)
        self._nuevos[type(registro)].append(registro)

    def reemplazar(self, registro: Guardado) -> None:
        """Write `registro` (sealed, version n) over version n - 1 of itself."""
        self._reclamar(registro)
        self._versiones.append(registro)

    def _reclamar(self, registro: Guardado) -> None:
        acceso = self._accesos.get(_paciente(registro))
        if acceso is None:
            raise EscrituraSinActo("el registro es de un paciente ajeno a este acto")
        verificar(acceso)
        registro.acto = self.id  # type: ignore[attr-defined]

    @property
    def registros(self) -> list[Guardado]:
        return [r for grupo in self._nuevos.values() for r in grupo] + self._versiones

    def escritos(self) -> tuple[Escrito, ...]:
        return tuple(
            Escrito(_tipo(r), r.pk, r.version, _huella(r), _columnas_de(r))  # type: ignore[attr-defined]
            for r in self.registros
        )

    def asentar(self, evento: NuevoEvento) -> None:
        """Write the event (after those that wait) and the rows, in the transaction that is open."""
        with bitacora.por_asentar() as esperan, sentencias.cursor() as cursor:
            insertar, valores = bitacora.insercion([*esperan, evento])
            if self.cabe_en_una_sentencia:
                (registro,) = self.registros
                orden = f"WITH asentados AS ({insertar}) {_insercion(type(registro))}"
                cursor.execute(orden, [*valores, *_valores(registro)], prepare=True)
                return
            cursor.execute(insertar, valores, prepare=True)
            for modelo, registros in self._nuevos.items():
                _copiar(cursor, modelo, registros)
            for registro in self._versiones:
                anterior = registro.version - 1  # type: ignore[attr-defined]
                valores = [*_valores(registro), registro.pk, anterior]
                if cursor.execute(_reemplazo(type(registro)), valores, prepare=True).rowcount != 1:
                    raise VersionEnConflicto(f"{_tipo(registro)}/{registro.pk}")

    @property
    def cabe_en_una_sentencia(self) -> bool:
        return not self._versiones and len(self.registros) == 1


def _paciente(registro: Guardado) -> UUID:
    paciente: UUID = registro.paciente  # type: ignore[attr-defined]
    return paciente


def _tipo(registro: Guardado) -> str:
    return getattr(registro, "TIPO", "") or registro.tipo  # type: ignore[attr-defined]


def _huella(registro: Guardado) -> bytes:
    return huellas.de_bytes(registro.contenido, getattr(registro, "resumen", b""))  # type: ignore[attr-defined]


def _columnas_de(registro: Guardado) -> bytes:
    campos = registro._meta.concrete_fields
    return huellas.de_columnas((str(c.column), getattr(registro, c.attname)) for c in campos)


def _columnas(modelo: type[Guardado]) -> list[str]:
    return [str(campo.column) for campo in modelo._meta.concrete_fields]


def _valores(registro: Guardado) -> list[Any]:
    valores = [getattr(registro, campo.attname) for campo in registro._meta.concrete_fields]
    return [bitacora.arreglo(v) if isinstance(v, list) else v for v in valores]


def _copiar(cursor: "Cursor[Any]", modelo: type[Guardado], registros: list[Guardado]) -> None:
    """COPY: a third of the cost of as many INSERTs, and the same triggers."""
    columnas = ", ".join(_columnas(modelo))
    with cursor.copy(f"COPY {modelo._meta.db_table} ({columnas}) FROM STDIN") as copia:
        for registro in registros:
            copia.write_row(_valores(registro))


def _insercion(modelo: type[Guardado]) -> str:
    columnas = _columnas(modelo)
    marcas = ", ".join(["%s"] * len(columnas))
    return f"INSERT INTO {modelo._meta.db_table} ({', '.join(columnas)}) VALUES ({marcas})"


def _reemplazo(modelo: type[Guardado]) -> str:
    asignaciones = ", ".join(f"{columna} = %s" for columna in _columnas(modelo))
    return f"UPDATE {modelo._meta.db_table} SET {asignaciones} WHERE id = %s AND version = %s"


@contextmanager
def acto(
    *accesos: Acceso,
    tipo: TipoDeEvento,
    ahora: datetime,
    detalle: Mapping[str, Any] | None = None,
    de_una_vez: bool = False,
) -> Iterator[Acto]:
    """One durable transaction and one event for what `accesos` (one a patient) write inside.

    `de_una_vez`: the block only seals rows and asks nothing of the database, so that the
    transaction may begin when it ends (one new row and its event are then a single statement).

    Raises `EscrituraSinActo` for rows of other patients, `VersionEnConflicto` when a version was
    overtaken; any error inside, the event's own included, undoes everything.
    """
    if not accesos:
        raise EscrituraSinActo("un acto necesita el acceso de quien escribe")
    for acceso in accesos:
        verificar(acceso)
    principal = accesos[0]
    if any(acceso.actor != principal.actor for acceso in accesos):
        raise EscrituraSinActo("un acto es de un solo actor")
    por_paciente = {acceso.paciente: acceso for acceso in accesos}
    with ExitStack() as pila:
        pila.push(_olvidar_llaves_de(por_paciente))
        if not de_una_vez:
            pila.enter_context(transaction.atomic(durable=True))
        el_acto = Acto(por_paciente, ahora)
        yield el_acto
        if de_una_vez and not el_acto.cabe_en_una_sentencia:
            pila.enter_context(transaction.atomic(durable=True))
        evento = NuevoEvento(
            id=el_acto.id,
            tipo=tipo,
            resultado=Resultado.HECHO,
            actor=principal.actor,
            momento=ahora,
            pacientes=tuple(_ordenados(_paciente(r) for r in el_acto.registros)),
            fundamento=principal.fundamento,
            decision=principal.decision,
            escritos=el_acto.escritos(),
            detalle=detalle or {},
        )
        el_acto.asentar(evento)
    bitacora.escrito(evento)


def _olvidar_llaves_de(pacientes: Iterable[UUID]) -> Callable[..., None]:
    """Keys that an undone act made were never kept: nothing may be sealed with them."""

    def al_salir(tipo: type[BaseException] | None, *_: object) -> None:
        if tipo is not None:
            llavero.olvidar(*pacientes)

    return al_salir


def _ordenados(pacientes: Iterable[UUID]) -> list[UUID]:
    return sorted(set(pacientes))
