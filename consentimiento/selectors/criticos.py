"""How many critical values wait for somebody: a count, that says nothing of anybody.

It is asked every minute by every page, and nobody's record is opened: there is no event. What was
refused to the actor, or withheld from them, is not in the count.
"""

from dataclasses import dataclass
from datetime import datetime
from functools import partial

from consentimiento.decision import hechos as los_hechos
from consentimiento.decision.politica import decidir
from consentimiento.decision.terminos import Solicitud
from ece.nucleo.acceso import Actor
from ece.nucleo.fichas import ficha_de_etiqueta
from ece.nucleo.roles import Permiso
from registros.selectors import tareas


@dataclass(frozen=True, slots=True)
class Criticos:
    """How many, since when the oldest, and how many escalated from who should have answered."""

    cuantos: int
    desde: datetime | None
    escalados: int


def contar(actor: Actor, *, ahora: datetime) -> Criticos:
    """One query when nothing waits, and two more when something does."""
    esperan = tareas.criticos(actor, ahora=ahora)
    hechos = los_hechos.de_pacientes(actor, {p for p, _, _ in esperan}, ahora=ahora)
    decisiones = {
        p: decidir(Solicitud(actor, Permiso.RESULTADO_ACUSAR, suyos, ahora))
        for p, suyos in hechos.items()
    }
    cuentan = [
        (renglon, escalada)
        for paciente, renglon, escalada in esperan
        if (decision := decisiones[paciente]).permitido
        and not decision.reserva.en_fichas(partial(ficha_de_etiqueta, paciente)).oculta(renglon)
    ]
    return Criticos(
        len(cuentan),
        min((renglon.fecha for renglon, _ in cuentan if renglon.fecha), default=None),
        sum(escalada for _, escalada in cuentan),
    )
