"""The whole record as one FHIR Bundle, for who takes it elsewhere (LGPDPPSO 51: portability)."""

from datetime import datetime

from ece.nucleo.acceso import Acceso
from ece.nucleo.roles import Permiso
from ece.nucleo.uuid7 import uuid7
from registros.selectors import recursos

LIMITE = 50_000


class ExpedienteDemasiadoGrande(Exception):
    """The record has more resources than one answer can carry."""


def completo(acceso: Acceso, *, ahora: datetime) -> bytes:
    """A ``collection`` Bundle of every resource in force, as it is kept; the bytes are spliced.

    Notes that somebody is still writing are not part of it. Raises `ExpedienteDemasiadoGrande`.
    """
    acceso.exigir(Permiso.EXPEDIENTE_LEER)
    acceso.exigir(Permiso.EXPEDIENTE_IMPRIMIR)
    todas = recursos.compartimento(acceso, limite=LIMITE + 1)
    filas = [f for f in todas if (f.tipo, f.estado) != ("Composition", "preliminary")]
    if len(filas) > LIMITE:
        raise ExpedienteDemasiadoGrande(str(len(filas)))
    entradas = (
        b'{"fullUrl":"urn:uuid:' + str(fila.id).encode() + b'","resource":' + json + b"}"
        for fila, json in recursos.abrir_todos({acceso.paciente: acceso}, filas)
    )
    cabeza = (
        f'{{"resourceType":"Bundle","id":"{uuid7()}","type":"collection",'
        f'"timestamp":"{ahora.isoformat(timespec="milliseconds")}","entry":['
    )
    return cabeza.encode() + b",".join(entradas) + b"]}"
