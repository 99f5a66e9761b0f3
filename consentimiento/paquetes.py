"""Files handed out with their proof: each by its digest, under the signature of the log."""

import io
import zipfile
from collections.abc import Iterable, Mapping
from datetime import datetime
from hashlib import sha256
from typing import Any
from uuid import UUID

from django.utils import timezone

from auditoria import evidencia as de_la_bitacora
from auditoria import notas
from auditoria.sello import llaves, pruebas
from auditoria.sello.pruebas import SinSellar
from ece.nucleo.acceso import Acceso

FORMATO = "ece-paquete/1"


def evidencia(acceso: Acceso, ids: Iterable[UUID]) -> dict[str, Any]:
    """The events `ids` of the record of `acceso`, proved. Raises `SinSellar`."""
    with pruebas.instantanea() as log:
        if log is None:
            raise SinSellar
        probados = (log.evento(id_, para=acceso.paciente) for id_ in dict.fromkeys(ids))
        return de_la_bitacora.paquete(log.publicado, [p for p in probados if p], acceso.paciente)


def empaquetar(archivos: Mapping[str, bytes], ahora: datetime) -> bytes:
    """A zip of stored files and, signed with the log's key, the digest of each."""
    renglones = [f"{sha256(crudo).hexdigest()}  {nombre}" for nombre, crudo in archivos.items()]
    texto = "\n".join([FORMATO, *renglones]) + "\n"
    manifiesto = notas.firmar(texto, [llaves.firmante_actual()]).encode()
    salida = io.BytesIO()
    fecha = timezone.localtime(ahora).timetuple()[:6]
    with zipfile.ZipFile(salida, "w", zipfile.ZIP_STORED) as zip_:
        for nombre, crudo in {"MANIFIESTO": manifiesto, **archivos}.items():
            zip_.writestr(zipfile.ZipInfo(nombre, fecha), crudo)
    return salida.getvalue()
