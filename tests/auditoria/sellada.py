"""A sealed log to look into: patients, versions, superseded ones, many events, several seals."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

from django.db import connection, transaction

from auditoria import bitacora
from auditoria.bitacora import NuevoEvento
from auditoria.sello import archivo, sellador
from auditoria.tipos import Resultado, TipoDeEvento
from ece.nucleo import sentencias
from ece.nucleo.acceso import Actor
from registros.services import alergias, pacientes
from registros.services.alergias import Cambio, Categoria, Criticidad
from tests.elenco import AHORA, XOCHITL, Elenco, acceso_de_medica, en_consulta, registrar

if TYPE_CHECKING:
    from tests.conftest import BaseDePruebas

SUPERUSUARIO = "postgres"
SISTEMA = Actor(id=UUID(int=1), clase="sistema", nombre="ECE")
SUELTOS = 400
"""Events of nobody's services, so that some subtrees are whole."""


@dataclass(frozen=True)
class Escena:
    """Two patients with what was written of them, and the sizes of their seals."""

    paciente: UUID
    otro: UUID
    alergia: UUID
    sellos: tuple[int, ...]


def sueltos(cuantos: int, *pacientes: UUID) -> list[NuevoEvento]:
    return [
        NuevoEvento(
            TipoDeEvento.ACCESO_DECIDIDO,
            Resultado.PERMITIDO,
            SISTEMA,
            AHORA,
            pacientes=pacientes,
            fundamento="atencion",
            detalle={"n": n},
        )
        for n in range(cuantos)
    ]


def anexar(cuantos: int, *pacientes: UUID) -> None:
    """Events, each in a transaction of its own, as they are in life."""
    for evento in sueltos(cuantos, *pacientes):
        bitacora.anexar([evento])


def sellar() -> list[sellador.Sellado]:
    hechos = list(sellador.sellar_todo(ahora=AHORA))
    for uno in hechos:
        archivo.anotar(uno.nota)
    return hechos


def montar(elenco: Elenco) -> Escena:
    """Patients, an allergy with two versions, identity corrected, and three seals."""
    paciente, otro = registrar(elenco), registrar(elenco)
    en_consulta(elenco, paciente)
    acceso = acceso_de_medica(elenco, paciente)
    alergia = alergias.registrar(
        acceso,
        sustancia="Penicilina",
        categoria=Categoria.MEDICAMENTO,
        criticidad=Criticidad.ALTA,
        reaccion="Urticaria",
        ahora=AHORA,
    )
    sellar()
    alergias.cambiar(
        acceso, alergia_id=alergia, cambio=Cambio.RESOLVER, motivo="Prueba negativa", ahora=AHORA
    )
    pacientes.modificar(acceso, identificacion=XOCHITL, version=1, ahora=AHORA)
    anexar(20, paciente)
    anexar(3, paciente, otro)
    sellar()
    bitacora.anexar(sueltos(SUELTOS, otro))
    anexar(5, paciente)
    sellar()
    filas = bitacora.consultar("SELECT tamano FROM auditoria_sello ORDER BY tamano", [])
    return Escena(paciente, otro, alergia, tuple(fila[0] for fila in filas))


@contextmanager
def como_superusuario(base: "BaseDePruebas") -> Iterator[None]:
    """What somebody who holds the whole database does, undone at the end: triggers do not fire."""
    base._conectar(SUPERUSUARIO, base.nombre)
    try:
        with transaction.atomic():
            with sentencias.cursor() as cursor:
                cursor.execute("SET LOCAL session_replication_role TO replica")
            yield
            transaction.set_rollback(True)
    finally:
        base._conectar("ece_app", base.nombre)


def alterar(orden: str) -> None:
    """Run a statement, which must have changed something where it can be told."""
    with connection.cursor() as cursor:
        cursor.execute(orden)
        assert cursor.rowcount != 0, orden
