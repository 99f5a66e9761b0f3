"""What the patient measures at home or brings from elsewhere, kept and shown as theirs."""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from auditoria.actos import acto
from auditoria.tipos import TipoDeEvento
from ece.nucleo.acceso import Acceso
from ece.nucleo.roles import Permiso
from registros.catalogos.aportaciones import ETIQUETA
from registros.models import Observacion
from registros.models.base import Recurso
from registros.services import documentos, signos

__all__ = ["MedicionFutura", "adjuntar", "medir"]


class MedicionFutura(Exception):
    """Nobody has measured yet what they will."""


def medir(
    acceso: Acceso, *, mediciones: Mapping[str, Decimal], momento: datetime, ahora: datetime
) -> list[UUID]:
    """Record `mediciones` (by key of `catalogos.signos.SIGNOS`), made at `momento`.

    Raises `signos.MedicionImposible`, `MedicionFutura`.
    """
    acceso.exigir(Permiso.APORTACION_AGREGAR)
    if momento > ahora:
        raise MedicionFutura(momento.isoformat())
    recursos = signos.observaciones(acceso, mediciones, encuentro_id=None, momento=momento)
    with acto(acceso, tipo=TipoDeEvento.APORTACION_AGREGADA, ahora=ahora) as el_acto:
        registros = [
            Observacion.nuevo(
                acceso, {**recurso, "meta": _meta(), "performer": [_quien(acceso)]}, ahora=ahora
            )
            for recurso in recursos
        ]
        for registro in registros:
            el_acto.insertar(registro)
    return [registro.id for registro in registros]


def adjuntar(
    acceso: Acceso,
    *,
    contenido: bytes,
    nombre: str,
    titulo: str,
    clase: str,
    fecha_documento: date | None,
    limite: int,
    ahora: datetime,
) -> UUID:
    """Keep a file of at most `limite` bytes, looked into as any other; nobody vouches for it.

    Raises `documentos.ArchivoRechazado`, having kept nothing.
    """
    acceso.exigir(Permiso.APORTACION_AGREGAR)
    return documentos.guardar(
        acceso,
        contenido=contenido,
        nombre=nombre,
        titulo=titulo,
        clase=clase,
        fecha_documento=fecha_documento,
        limite=limite,
        tipo=TipoDeEvento.APORTACION_AGREGADA,
        propio={"author": [_quien(acceso)], "meta": _meta()},
        ahora=ahora,
    )


def _meta() -> Recurso:
    return {"tag": [dict(ETIQUETA)]}


def _quien(acceso: Acceso) -> Recurso:
    """The patient answers for it, whoever of theirs wrote it down."""
    return {"reference": f"Patient/{acceso.paciente}", "display": acceso.actor.nombre}
