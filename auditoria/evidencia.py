"""Evidence to take away: events of a patient with what proves them, for whoever trusts nobody.

It is JSON that the stand-alone verifier (`ece/web/static/ece/verificador.py`) and the page of
``/verificar/evidencia/`` read; its form is in docs/evidence.md.
"""

from base64 import b64encode
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from auditoria.mapa import PruebaDeCuenta
from auditoria.sello import pruebas, sellador
from auditoria.sello.pruebas import EventoProbado, Instantanea, Publicado, SinSellar
from ece.nucleo.acceso import Acceso
from ece.nucleo.roles import Permiso

FORMATO = "ece-evidencia/1"
T = TypeVar("T")


def de_evento(acceso: Acceso, *, evento_id: UUID, ahora: datetime) -> dict[str, Any] | None:
    """The receipt of one event about the record of `acceso`; None if there is no such event.

    Raises `SinSellar` when it cannot be sealed yet.
    """
    acceso.exigir(Permiso.EXPEDIENTE_LEER)
    return _sellando(lambda log: _recibo(log, acceso, evento_id), ahora)


def de_todos(acceso: Acceso, *, ahora: datetime) -> dict[str, Any] | None:
    """Every event about the record of `acceso`, and the proof that none is left out.

    Raises `SinSellar` when nothing could be sealed yet.
    """
    acceso.exigir(Permiso.EXPEDIENTE_LEER)
    return _sellando(lambda log: _completa(log, acceso), ahora)


def _recibo(log: Instantanea, acceso: Acceso, evento_id: UUID) -> dict[str, Any] | None:
    evento = log.evento(evento_id, para=acceso.paciente)
    return None if evento is None else paquete(log.publicado, [evento], acceso.paciente)


def _completa(log: Instantanea, acceso: Acceso) -> dict[str, Any]:
    # The very decision to hand this out must be in it.
    log.evento(acceso.decision, para=acceso.paciente)
    eventos = log.del_paciente(acceso.paciente)
    return paquete(log.publicado, eventos, acceso.paciente, log.cuenta(acceso.paciente))


def _sellando(hacer: Callable[[Instantanea], T], ahora: datetime) -> T:
    """`hacer` on the log as it is and, if it lacks something, once more after sealing."""
    for ultima in (False, True):
        with pruebas.instantanea() as log:
            try:
                if log is None:
                    raise SinSellar
                return hacer(log)
            except SinSellar:
                if ultima:
                    raise
        for _ in sellador.sellar_todo(ahora=ahora):
            pass
    raise AssertionError


def paquete(
    publicado: Publicado,
    eventos: Iterable[EventoProbado],
    paciente: UUID,
    cuenta: PruebaDeCuenta | None = None,
) -> dict[str, Any]:
    """The package of some proved events about `paciente`, of one checkpoint."""
    cuerpo: dict[str, Any] = {
        "formato": FORMATO,
        "paciente": str(paciente),
        "bitacora": {
            "origen": publicado.checkpoint.origen,
            "llaves": [llave.vkey for llave in publicado.llaves],
            "checkpoint": publicado.nota,
        },
        "eventos": [
            {
                "indice": evento.indice,
                "camino": [b64encode(hash_).decode() for hash_ in evento.camino],
                "apertura": evento.apertura.json(),
            }
            for evento in eventos
        ],
    }
    if cuenta is not None:
        cuerpo["completitud"] = {
            "clave": cuenta.clave.hex(),
            "cuenta": cuenta.cuenta.cuantos,
            "cabeza": cuenta.cuenta.cabeza.hex(),
            "hermanos": [b64encode(hash_).decode() for hash_ in cuenta.hermanos],
        }
    return cuerpo
