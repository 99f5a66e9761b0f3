"""A short-lived link to the summary of a record, which the patient hands to whom they want.

Its code is 160 random-looking bits, of which 32 say when it ends; only a digest of it is kept. A
link that was withdrawn has no digest, so that its code names nothing.
"""

import base64
import secrets
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from uuid import UUID

from auditoria.actos import acto
from auditoria.tipos import TipoDeEvento
from ece.nucleo.acceso import Acceso
from ece.nucleo.roles import Permiso
from registros.catalogos.enlaces import CODIGO, SISTEMA_CODIGO, VENCE
from registros.models import OtroRegistro
from registros.models.base import Recurso

LO_MAS = timedelta(days=7)
_AZAR, _FIN = 16, 4


class EnlaceInexistente(Exception):
    """There is no such link of this patient."""


def crear(acceso: Acceso, *, dura: timedelta, ahora: datetime) -> tuple[UUID, str]:
    """A link that lives `dura` (at most `LO_MAS`): its id, and its code, told this once."""
    acceso.exigir(Permiso.DELEGACION_OTORGAR)
    vence = ahora + min(dura, LO_MAS)
    codigo = _codigo(vence)
    recurso: Recurso = {
        "resourceType": "Basic",
        "identifier": [{"system": SISTEMA_CODIGO, "value": huella(codigo)}],
        "code": {"coding": [dict(CODIGO)], "text": CODIGO["display"]},
        "subject": {"reference": f"Patient/{acceso.paciente}"},
        "created": ahora.date().isoformat(),
        "author": {"reference": f"Patient/{acceso.paciente}", "display": acceso.actor.nombre},
        "extension": [{"url": VENCE, "valueDateTime": vence.isoformat(timespec="seconds")}],
    }
    with acto(acceso, tipo=TipoDeEvento.ENLACE_CREADO, ahora=ahora) as el_acto:
        enlace = OtroRegistro.nuevo(acceso, recurso, ahora=ahora)
        el_acto.insertar(enlace)
    return enlace.id, codigo


def revocar(acceso: Acceso, *, enlace_id: UUID, ahora: datetime) -> None:
    """End a link at once. Raises `EnlaceInexistente`."""
    acceso.exigir(Permiso.DELEGACION_OTORGAR)
    with acto(acceso, tipo=TipoDeEvento.ENLACE_REVOCADO, ahora=ahora) as el_acto:
        enlace = OtroRegistro.objects.uno(acceso, enlace_id)
        if enlace is None or not enlace.recurso.get("identifier"):
            raise EnlaceInexistente(str(enlace_id))
        recurso = {k: v for k, v in enlace.recurso.items() if k != "identifier"}
        el_acto.reemplazar(enlace.siguiente(acceso, recurso, ahora=ahora))


def huella(codigo: str) -> str:
    """What is kept of a code."""
    return sha256(codigo.encode()).hexdigest()


def vencimiento(codigo: str) -> datetime | None:
    """When a code says that it ends; None for what is not shaped as one."""
    try:
        crudo = base64.b32decode(codigo)
    except ValueError:
        return None
    if len(crudo) != _AZAR + _FIN:
        return None
    return datetime.fromtimestamp(int.from_bytes(crudo[_AZAR:]), tz=UTC)


def _codigo(vence: datetime) -> str:
    fin = int(vence.timestamp()).to_bytes(_FIN)
    return base64.b32encode(secrets.token_bytes(_AZAR) + fin).decode()
