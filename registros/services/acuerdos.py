"""What cannot wait for anybody's consent: two physicians agree in writing (RLGSMPSAM 81)."""

from datetime import datetime, timedelta
from uuid import UUID

from auditoria.actos import acto
from auditoria.tipos import TipoDeEvento
from ece.nucleo.acceso import Acceso, Actor
from ece.nucleo.roles import Permiso
from registros.catalogos.cartas import CARTAS, ELEMENTOS, MEDICOS
from registros.models import Consentimiento, Tarea
from registros.models.carta import INFORMA, URGENCIA
from registros.services import cartas
from registros.services.carta_en_fhir import (
    Firma,
    consentimiento,
    firma_de,
    periodo,
    tarea,
    texto,
)
from registros.services.cartas import CartaIncompleta as CartaIncompleta
from registros.services.cartas import NoLeCorresponde as NoLeCorresponde
from registros.services.ordenes import autor

DURACION = timedelta(hours=48)


class MismoMedico(Exception):
    """The agreement of an emergency takes two different physicians."""


def acordar(
    acceso: Acceso,
    *,
    segundo: Actor,
    tipo: str,
    acto_urgente: str,
    motivo: str,
    unidad_id: UUID | None,
    ahora: datetime,
) -> UUID:
    """Two physicians agree in writing on what cannot wait (NOM-004 10.1.4; RLGSMPSAM 81).

    It stands for the letter for `DURACION`, and leaves a task: to ask the person once they
    can decide. The caller has just verified both physicians' passwords. Raises `MismoMedico`,
    `NoLeCorresponde`, `CartaIncompleta`.
    """
    acceso.exigir(Permiso.CONSENTIMIENTO_RECABAR)
    carta = CARTAS[tipo]
    if not carta.de_medico or not acceso.actor.roles & MEDICOS or not segundo.roles & MEDICOS:
        raise NoLeCorresponde(tipo)
    if segundo.id == acceso.actor.id:
        raise MismoMedico(str(segundo.id))
    dice = cartas.contenido(acceso, carta, {"acto": acto_urgente}, unidad_id, ahora)
    dice |= {"urgencia": motivo, "medico": f"{dice['medico']}; {cartas.medico(segundo.id)}"}
    pedidos = ("institucion", "lugar", "acto")
    if faltan := [ELEMENTOS[c] for c in pedidos if not dice[c]]:
        raise CartaIncompleta(faltan)
    recurso = consentimiento(acceso, carta, texto(carta, dice), ahora)
    otro = {"reference": f"Practitioner/{segundo.id}", "display": segundo.nombre}
    recurso |= {
        "status": "active",
        "performer": [autor(acceso), otro],
        "provision": {"period": periodo(ahora, ahora + DURACION)},
        "extension": [
            {"url": URGENCIA, "valueString": motivo},
            *(firma_de(INFORMA, ahora, quien, Firma("")) for quien in (autor(acceso), otro)),
        ],
    }
    with acto(
        acceso,
        tipo=TipoDeEvento.CONSENTIMIENTO_SUPLIDO,
        ahora=ahora,
        detalle={"segundo": str(segundo.id)},
    ) as el_acto:
        acuerdo = Consentimiento.nuevo(acceso, recurso, ahora=ahora)
        el_acto.insertar(acuerdo)
        el_acto.insertar(Tarea.nuevo(acceso, tarea(acceso, carta, acuerdo.id, ahora), ahora=ahora))
    return acuerdo.id
