"""What of an event a subscriber may know, by a decision of the moment in which it is told."""

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from consentimiento import decision
from ece import fhir
from ece.nucleo.acceso import Actor
from ece.nucleo.roles import Permiso
from interoperabilidad.models import NotificacionFhir
from interoperabilidad.suscripciones.recurso import Suscripcion
from registros.selectors import recursos, versiones


@dataclass(frozen=True, slots=True)
class Visto:
    """The version that an event wrote; `foco` is ``Type/id``."""

    foco: str
    paciente: UUID
    json: bytes = field(repr=False)


def mirar(
    actor: Actor, aviso: NotificacionFhir, pedida: Suscripcion, *, ahora: datetime
) -> Visto | None:
    """What `actor` may see of it; None when it is withheld, or not what was asked for.

    Raises `AccesoDenegado`.
    """
    acceso, fila = decision.abrir_registro(
        actor,
        tipo=aviso.tipo,
        id=aviso.registro,
        permiso=Permiso.RECURSO_LEER,
        ahora=ahora,
        detalle={"interaccion": "subscription", "suscripcion": str(aviso.suscripcion_id)},
    )
    if fila.version == aviso.version:
        json = recursos.abrir(acceso, fila)
    else:
        hallada = versiones.version(
            acceso, tipo=aviso.tipo, id=aviso.registro, numero=aviso.version
        )
        if hallada is None:
            return None
        json = hallada[1]
    if not pedida.pasa(fhir.json.leer(json)):
        return None
    return Visto(f"{aviso.tipo}/{aviso.registro}", fila.paciente, json)
