"""The inbox: messages are kept, with their event, before they are acknowledged; many at a time.

One statement keeps a batch: what is acknowledged by it is on disk. The same message again gets the
same acknowledgement; another under the same control id is refused, and kept to be looked at.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from auditoria import bitacora
from auditoria.bitacora import NuevoEvento
from auditoria.tipos import Resultado, TipoDeEvento
from ece.nucleo import sentencias, sobres
from ece.nucleo.acceso import Actor
from ece.nucleo.uuid7 import uuid7
from interoperabilidad.hl7v2 import acuses, juegos
from interoperabilidad.hl7v2.acuses import Rechazo
from interoperabilidad.hl7v2.examen import Examen
from interoperabilidad.models import Estado

USO, USO_DETALLE = "hl7.recibido", "hl7.motivo"
GUARDADO_DE_RECHAZADOS = 1024 * 1024
"""Bytes of a refused message that are kept to be looked at: of a larger one, only the reason."""
DESCONOCIDO = Actor(id=UUID(int=3), clase="sistema", nombre="Remitente desconocido")

_COLUMNAS = (
    "id, interlocutor_id, recibido_at, canal, tipo, version, familia, huella_de_control, huella, "
    "clave, clave_previa, particion, estado, acuse, motivo, detalle, contenido, intentos, dispensa"
)
_MARCAS = "(" + ", ".join(["%s"] * 19) + ")"
REPETIDO = Rechazo(
    "AR",
    "205",
    "control-repetido",
    "ya se recibió otro mensaje distinto con ese MSH-10",
    ("MSH", 1, 10),
)


@dataclass(frozen=True, slots=True)
class Constancia:
    """What was kept of a message: under which id and instant it is acknowledged, and whether it is
    the first time it came."""

    id: UUID
    momento: datetime
    rechazo: Rechazo | None
    nuevo: bool = True


def guardar(examenes: Sequence[Examen]) -> list[Constancia]:
    """Keep them, in the order given; durable when this returns."""
    conocidos = [e for e in examenes if e.ficha is not None]
    eventos = [_evento(e) for e in examenes]
    insertar, parametros = bitacora.insercion(eventos)
    insertados: set[UUID] = set()
    if conocidos:
        filas = [_fila(e) for e in conocidos]
        orden = (
            f"WITH asentados AS ({insertar}) "
            f"INSERT INTO interoperabilidad_mensajerecibido ({_COLUMNAS}) "
            f"VALUES {', '.join([_MARCAS] * len(filas))} "
            "ON CONFLICT (huella_de_control) DO NOTHING RETURNING id"
        )
        with sentencias.cursor() as cursor:
            parametros += [valor for fila in filas for valor in fila]
            hallados = cursor.execute(orden, parametros, prepare=True, binary=True).fetchall()
        insertados = {fila[0] for fila in hallados}
    else:
        with sentencias.cursor() as cursor:
            cursor.execute(insertar, parametros, prepare=True)
    previos = _previos([e for e in conocidos if e.id not in insertados])
    return [_constancia(e, insertados, previos) for e in examenes]


def _constancia(
    e: Examen, insertados: set[UUID], previos: dict[bytes, tuple[UUID, datetime, bytes]]
) -> Constancia:
    if e.ficha is None or e.id in insertados:
        return Constancia(e.id, e.momento, e.rechazo)
    control = e.huella_de_control
    if control is None or control not in previos:  # of the same batch, or refused twice at once
        return Constancia(e.id, e.momento, e.rechazo or REPETIDO, nuevo=False)
    id_, momento, huella = previos[control]
    if huella == e.huella:
        return Constancia(id_, momento, None, nuevo=False)
    e.rechazo = REPETIDO
    e.id = uuid7()
    guardar([e])
    return Constancia(e.id, e.momento, REPETIDO, nuevo=False)


def _previos(repetidos: Sequence[Examen]) -> dict[bytes, tuple[UUID, datetime, bytes]]:
    """control id's digest -> (id, instant, digest) of what was kept before under it."""
    controles = [c for e in repetidos if (c := e.huella_de_control) is not None]
    if not controles:
        return {}
    filas = bitacora.consultar(
        "SELECT huella_de_control, id, recibido_at, huella "
        "FROM interoperabilidad_mensajerecibido WHERE huella_de_control = ANY(%s::bytea[])",
        [controles],
    )
    return {bytes(c): (id_, momento, bytes(huella)) for c, id_, momento, huella in filas}


def _fila(e: Examen) -> tuple[Any, ...]:
    assert e.ficha is not None
    rechazo = e.rechazo
    se_guarda = rechazo is None or len(e.datos) <= GUARDADO_DE_RECHAZADOS
    return (
        e.id,
        e.ficha.id,
        e.momento,
        e.origen.canal,
        e.tipo,
        e.version,
        e.familia,
        e.huella_de_control,
        e.huella,
        e.clave,
        e.clave_previa,
        e.particion,
        Estado.RECIBIDO.value if rechazo is None else Estado.RECHAZADO.value,
        "AA" if rechazo is None else rechazo.acuse,
        "" if rechazo is None else rechazo.motivo,
        None if rechazo is None else sobres.sellar(USO_DETALLE, e.id, rechazo.texto),
        sobres.sellar_octetos(USO, e.id, e.datos) if se_guarda else None,
        0,
        "",
    )


def _evento(e: Examen) -> NuevoEvento:
    rechazo = e.rechazo
    actor = e.ficha.desde(e.origen) if e.ficha is not None else DESCONOCIDO
    detalle: dict[str, Any] = {"canal": e.origen.canal, "mensaje": str(e.id), "tipo": e.tipo}
    if rechazo is not None:
        detalle["motivo"] = rechazo.motivo
    return NuevoEvento(
        tipo=TipoDeEvento.MENSAJE_RECIBIDO if rechazo is None else TipoDeEvento.MENSAJE_RECHAZADO,
        resultado=Resultado.HECHO if rechazo is None else Resultado.DENEGADO,
        actor=actor,
        momento=e.momento,
        detalle=detalle,
    )


def acuse_de(examen: Examen, constancia: Constancia) -> bytes:
    """What is answered, in the sender's own character set."""
    texto = acuses.acuse(
        examen.mensaje.msh if examen.mensaje is not None else None,
        id=constancia.id,
        momento=constancia.momento,
        rechazo=constancia.rechazo,
        control=examen.control,
        de_aceptacion=examen.acepta_primero,
    )
    return juegos.codificar(texto, examen.codec)


def sin_guardar(examen: Examen) -> bytes:
    """What is answered when it could not be kept: nothing was done, and it may be sent again."""
    texto = acuses.acuse(
        examen.mensaje.msh if examen.mensaje is not None else None,
        id=examen.id,
        momento=examen.momento,
        rechazo=Rechazo("AE", "207", "sin-guardar", "no se pudo guardar; envíelo de nuevo"),
        control=examen.control,
        de_aceptacion=examen.acepta_primero,
    )
    return juegos.codificar(texto, examen.codec)
