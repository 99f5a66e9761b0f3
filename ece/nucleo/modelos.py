"""Guarded rows: readable only through a proof, writable only inside an act.

`Guardado` is the abstract base of every table that holds a patient's data. Its manager answers
nothing until it is told for whom (`de`, `en`), and each of Django's writing paths raises:
`auditoria.actos` is the one that writes, and the database's triggers refuse anybody else.
"""

from collections.abc import Iterator
from functools import cache
from typing import Any, ClassVar, NoReturn, Self, TypeVar
from uuid import UUID

from django.db import models

from ece.nucleo.acceso import INSTITUCIONAL, Acceso, Alcance, Prueba, verificar
from ece.nucleo.sentencias import cursor


class EscrituraSinActo(Exception):
    """Rows of a patient change only inside an act (``auditoria.actos.acto``)."""


class LecturaSinAcceso(Exception):
    """Rows of a patient are read only through an Acceso or an Alcance."""


def _escritura(*_: object, **__: object) -> NoReturn:
    raise EscrituraSinActo("los registros se escriben con un servicio, dentro de un acto")


Fila = TypeVar("Fila", bound="Guardado")


class ConsultaGuardada(models.QuerySet[Fila]):
    """A queryset that yields nothing until it is bound to a proof."""

    _prueba: Prueba | None = None

    def de(self, acceso: Acceso) -> Self:
        """The rows of the patient of `acceso`."""
        verificar(acceso)
        if not isinstance(acceso, Acceso):
            raise LecturaSinAcceso("se requiere el Acceso de un paciente")
        consulta = self.filter(paciente=acceso.paciente)
        if reserva := acceso.reserva.para(tipo := self.model.tipo_de_reserva()):
            consulta = consulta.filter(reserva.q(tipo=tipo))
        consulta._prueba = acceso
        return consulta

    def uno(self, acceso: Acceso, id: UUID) -> Fila | None:
        """That row, if it is one of the patient of `acceso`."""
        tipo = self.model.tipo_de_reserva()
        if self.query.where or not isinstance(acceso, Acceso) or acceso.reserva.para(tipo):
            return self.de(acceso).filter(pk=id).first()
        verificar(acceso)
        campos = self.model._meta.concrete_fields
        with cursor(self.db) as nativo:
            valores = nativo.execute(
                _seleccion(self.model), [id, acceso.paciente], prepare=True, binary=True
            ).fetchone()
        if valores is None:
            return None
        fila = self.model.from_db(self.db, [campo.attname for campo in campos], valores)
        fila._prueba = acceso
        return fila

    def con_estado(self, *estados: str) -> Self:
        return self.filter(models.Q(estado__in=estados))

    def en(self, alcance: Alcance) -> Self:
        """The rows that a minimal listing may show."""
        verificar(alcance)
        if not isinstance(alcance, Alcance):
            raise LecturaSinAcceso("se requiere un Alcance")
        consulta = self.exclude(paciente=INSTITUCIONAL)
        if alcance.pacientes is not None:
            consulta = consulta.filter(paciente__in=alcance.pacientes)
        if alcance.reservas:
            consulta = consulta.exclude(
                paciente__in=[p for p in alcance.reservas if not alcance.cubre(p)]
            )
        consulta._prueba = alcance
        return consulta

    def _exigir_prueba(self) -> Prueba:
        if self._prueba is None:
            raise LecturaSinAcceso(f"{self.model.__name__}: falta decir con qué acceso se lee")
        verificar(self._prueba)
        return self._prueba

    def _clone(self) -> Self:
        clon: Self = super()._clone()  # type: ignore[misc]
        clon._prueba = self._prueba
        return clon

    def _fetch_all(self) -> None:
        prueba = self._exigir_prueba()
        super()._fetch_all()
        for fila in self._result_cache or ():
            if isinstance(fila, Guardado):
                fila._prueba = prueba

    def iterator(self, chunk_size: int | None = None) -> Iterator[Fila]:
        prueba = self._exigir_prueba()
        for fila in super().iterator(chunk_size or 500):
            if isinstance(fila, Guardado):
                fila._prueba = prueba
            yield fila

    def count(self) -> int:
        self._exigir_prueba()
        return super().count()

    def exists(self) -> bool:
        self._exigir_prueba()
        return super().exists()

    def aggregate(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        self._exigir_prueba()
        return super().aggregate(*args, **kwargs)

    update = _escritura
    _update = _escritura
    delete = _escritura
    _raw_delete = _escritura
    create = _escritura
    get_or_create = _escritura
    update_or_create = _escritura
    bulk_create = _escritura
    bulk_update = _escritura
    _insert = _escritura
    raw = _escritura


@cache
def _seleccion(modelo: type[models.Model]) -> str:
    """One row of a patient, in one statement: built by the ORM it costs three times as much."""
    columnas = ", ".join(f'"{campo.column}"' for campo in modelo._meta.concrete_fields)
    return f'SELECT {columnas} FROM "{modelo._meta.db_table}" WHERE id = %s AND paciente = %s'


class Guardado(models.Model):
    """Abstract base: one versioned, encrypted row of one patient."""

    CAMPOS_CIFRADOS: ClassVar[frozenset[str]] = frozenset({"contenido"})
    CAMPOS_EN_CLARO: ClassVar[frozenset[str]] = frozenset()
    """What a subclass leaves readable on disk; anything undeclared fails the system check."""

    _prueba: Prueba | None = None

    objects = ConsultaGuardada.as_manager()

    class Meta:
        abstract = True
        base_manager_name = "objects"

    @classmethod
    def tipo_de_reserva(cls) -> str:
        """The R4 type of these rows, ``*`` when each says its own, for what is withheld of them."""
        raise NotImplementedError(f"{cls.__name__} no dice qué se reserva de sus renglones")

    save = _escritura
    save_base = _escritura
    delete = _escritura
    asave = _escritura
    adelete = _escritura
    refresh_from_db = _escritura

    @property
    def prueba(self) -> Prueba:
        if self._prueba is None:
            raise LecturaSinAcceso(f"{type(self).__name__} no se leyó con un acceso")
        return self._prueba
