"""Delivering a file of an export: what was written in it, as far as it may be seen now.

The decision is taken again for each piece, about all its patients and by the token of whoever
downloads; its events are on disk before a byte leaves. What a person withheld since the file was
written, or was destroyed since, is not in it any more.
"""

import zlib
from collections.abc import Iterator, Mapping, Sequence
from itertools import chain
from uuid import UUID

from django.utils import timezone

from auditoria import bitacora
from consentimiento import decision
from ece.nucleo.acceso import Acceso, Actor
from ece.nucleo.roles import Permiso
from interoperabilidad.fhir.errores import no_encontrado
from interoperabilidad.masivo import exportaciones
from interoperabilidad.masivo.exportador import desempacar
from interoperabilidad.models import Exportacion
from registros.selectors import masivos
from registros.selectors.masivos import Version

Tramo = tuple[Mapping[UUID, Acceso], Sequence[Version]]
RENGLONES = 4_000
"""Resources that are opened, and sent, together."""


def lineas(actor: Actor, exportacion: Exportacion, tipo: str, archivo: int) -> Iterator[bytes]:
    """The file, some lines at a time. Raises `ErrorFhir` 404, and `AccesoDenegado` when whoever
    asks may not be given anything (before the first line, if it is the first piece)."""
    tramos = bitacora.consultar(
        "SELECT orden, id FROM interoperabilidad_tramodeexportacion "
        "WHERE exportacion_id = %s AND tipo = %s AND archivo = %s ORDER BY orden",
        [exportacion.id, tipo, archivo],
    )
    if not tramos:
        raise no_encontrado("El archivo")
    primero = _decidir(actor, exportacion, tipo, *tramos[0])
    return _seguidos(primero, (_decidir(actor, exportacion, tipo, *t) for t in tramos[1:]), tipo)


def _seguidos(primero: Tramo, resto: Iterator[Tramo], tipo: str) -> Iterator[bytes]:
    for accesos, versiones in chain([primero], resto):
        for inicio in range(0, len(versiones), RENGLONES):
            abiertas = masivos.abrir(accesos, tipo, versiones[inicio : inicio + RENGLONES])
            if abiertas:
                yield b"\n".join(json for _, json in abiertas) + b"\n"


def _decidir(actor: Actor, exportacion: Exportacion, tipo: str, orden: int, id: UUID) -> Tramo:
    """What a piece names, and who of its patients may be read now."""
    filas = bitacora.consultar(
        "SELECT contenido FROM interoperabilidad_tramodeexportacion WHERE orden = %s", [orden]
    )
    if not filas:
        return {}, []  # it was deleted meanwhile
    versiones = desempacar(exportaciones.llave(exportacion).abrir(id, filas[0][0]))
    accesos = decision.abrir_pacientes(
        actor,
        list({v.paciente.int: v.paciente for v in versiones}.values()),
        Permiso.RECURSO_LEER,
        ahora=timezone.now(),
        detalle={"interaccion": "$export", "trabajo": str(exportacion.id), "busqueda": tipo},
        o_negar=True,
    )
    return accesos, versiones


def comprimidas(partes: Iterator[bytes]) -> Iterator[bytes]:
    """The same, as gzip."""
    compresor = zlib.compressobj(1, zlib.DEFLATED, 31)
    for parte in partes:
        if comprimida := compresor.compress(parte):
            yield comprimida
    yield compresor.flush()
