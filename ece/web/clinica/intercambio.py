"""What was exchanged under an agreement, drawn and in words."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext_lazy

from consentimiento.convenios import Proposito

ANCHO, ALTO, BASE = 600.0, 120.0, 118.0

RAZONES = {
    "convenio.inexistente": gettext_lazy("No había convenio"),
    "convenio.estado": gettext_lazy("El convenio no estaba vigente"),
    "convenio.vigencia": gettext_lazy("Fuera de las fechas del convenio"),
    "convenio.declaracion": gettext_lazy("No declaró usuario, rol y propósito"),
    "convenio.proposito": gettext_lazy("Propósito fuera del convenio"),
    "convenio.ritmo": gettext_lazy("Pasó el límite de solicitudes"),
    "sin.relacion": gettext_lazy("Sin base con el paciente, o dato fuera del convenio"),
    "proposito": gettext_lazy("Propósito que la base no sostiene"),
    "directiva": gettext_lazy("El paciente lo negó"),
    "bloqueo": gettext_lazy("Expediente bloqueado"),
    "ambito": gettext_lazy("Fuera de los ámbitos del token"),
    "rol.insuficiente": gettext_lazy("Operación que ningún convenio da"),
}
"""ground of a refusal -> its words, for who governs the exchange."""

PROPOSITOS = {p.value: p.label for p in Proposito}


@dataclass(frozen=True, slots=True)
class Barra:
    """One day: what was allowed at the bottom, what was refused on top."""

    dia: date
    permitidas: int
    negadas: int
    x: float
    ancho: float
    y_si: float
    alto_si: float
    y_no: float
    alto_no: float


def barras(dias: Sequence[tuple[date, int, int]]) -> list[Barra]:
    """The bars of some days, in a box of `ANCHO` by `ALTO`."""
    mayor = max((si + no for _, si, no in dias), default=0) or 1
    paso = ANCHO / max(len(dias), 1)
    escala = (ALTO - 8) / mayor
    return [
        Barra(
            dia,
            si,
            no,
            x=round(n * paso + 1, 1),
            ancho=round(paso - 2, 1),
            y_si=round(BASE - si * escala, 1),
            alto_si=round(si * escala, 1),
            y_no=round(BASE - (si + no) * escala, 1),
            alto_no=round(no * escala, 1),
        )
        for n, (dia, si, no) in enumerate(dias)
    ]
