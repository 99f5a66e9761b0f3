"""An annotation beside a datum whose holder disputed it: the datum itself never changes.

What was asked and what was resolved, as a FHIR Communication about the disputed record (NOM-004
5.11: a finished note is not altered; LGPDPPSO 46; LFPDPPP 24).
"""

from datetime import datetime

from auditoria.actos import Acto
from ece.nucleo.acceso import Acceso
from registros.models import OtroRegistro
from registros.models.base import Recurso
from registros.services import observaciones

CATEGORIA = {
    "system": "urn:ece:comunicacion",
    "code": "rectificacion",
    "display": "Rectificación a petición del titular",
}


def anotar(
    el_acto: Acto, acceso: Acceso, *, sobre: str, pedido: str, resuelto: str, ahora: datetime
) -> None:
    """In the act that carries out a rectification: what was asked of `sobre`, and what came of it.

    `sobre` is a literal reference (``Condition/…``), or empty when it is the record as a whole.
    """
    recurso: Recurso = {
        "resourceType": "Communication",
        "status": "completed",
        "category": [{"coding": [dict(CATEGORIA)], "text": CATEGORIA["display"]}],
        "subject": {"reference": f"Patient/{acceso.paciente}"},
        "sent": ahora.isoformat(timespec="milliseconds"),
        "sender": observaciones.quien(acceso),
        "payload": [{"contentString": pedido}],
        "note": [observaciones.anotacion(acceso, resuelto, ahora=ahora)],
        **({"about": [{"reference": sobre}]} if sobre else {}),
    }
    el_acto.insertar(OtroRegistro.nuevo(acceso, recurso, ahora=ahora))
