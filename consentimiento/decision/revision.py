"""The one reader of what is withheld from whoever prescribes: the check of the prescription.

The person's life weighs more than the secret (LGPDPPSO 16; LFPDPPP 9), and the secret is kept all
the same: what this proof opens is weighed by code and never shown (ADR 0018).
"""

from datetime import datetime
from uuid import UUID

from auditoria import bitacora
from auditoria.bitacora import NuevoEvento
from auditoria.tipos import Resultado, TipoDeEvento
from consentimiento.decision.emision import emision
from consentimiento.decision.reglas import LEEN
from consentimiento.decision.terminos import Proposito
from ece.nucleo.acceso import Acceso, Actor
from ece.nucleo.fichas import ficha_de_etiqueta
from ece.nucleo.reserva import SIN_RESERVA
from ece.nucleo.roles import Permiso
from ece.nucleo.uuid7 import uuid7

REVISOR = Actor(
    id=UUID("00000000-0000-7000-8000-00000000f0f2"), clase="sistema", nombre="Revisión de recetas"
)
FUNDAMENTO = "receta.revision"


def para_revisar_receta(acceso: Acceso, *, ahora: datetime) -> Acceso | None:
    """An Acceso of the check's own, to the whole record of the patient whose medicine the holder of
    `acceso` is about to prescribe; None when nothing is withheld from them.

    It leaves its event, which names who prescribes; whoever calls shows nothing that it reads.
    """
    acceso.exigir(Permiso.RECETA_PRESCRIBIR)
    # What people direct, and complain of, is in no prescription.
    ajenas = frozenset(ficha_de_etiqueta(acceso.paciente, etiqueta) for etiqueta in LEEN)
    vedadas = [veda.sobre.etiquetas for veda in acceso.reserva.vedas]
    if all(etiquetas is not None and etiquetas <= ajenas for etiquetas in vedadas):
        return None
    evento = NuevoEvento(
        tipo=TipoDeEvento.ACCESO_DECIDIDO,
        resultado=Resultado.PERMITIDO,
        actor=REVISOR,
        momento=ahora,
        pacientes=(acceso.paciente,),
        fundamento=FUNDAMENTO,
        detalle={
            "permiso": Permiso.EXPEDIENTE_LEER,
            "proposito": Proposito.TREAT.value,
            "por": str(acceso.actor.id),
            "de": str(acceso.decision),
        },
        id=uuid7(),
    )
    bitacora.anexar([evento])
    return emision.acceso(
        actor=REVISOR,
        paciente=acceso.paciente,
        permisos=frozenset({Permiso.PACIENTE_LEER, Permiso.EXPEDIENTE_LEER}),
        fundamento=FUNDAMENTO,
        decision=evento.id,
        proposito=Proposito.TREAT.value,
        reserva=SIN_RESERVA,
    )
