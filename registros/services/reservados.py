"""What a prescription must be weighed against although whoever prescribes may not see it.

The decision, above, opens it (`configurar`); here it is weighed, and what comes out says that there
is a danger and nothing of what it is: which medicine, that it is grave, and whom to ask.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime

from django.utils.translation import gettext_noop as _

from ece.nucleo.acceso import Acceso
from registros.catalogos import medicamentos
from registros.catalogos.medicamentos import Clase, Hallazgo, Indicada, Severidad
from registros.selectors import recetas as selectores

Abridor = Callable[..., Acceso | None]
PORQUE = _("Hay información reservada de esta persona que lo contraindica.")
QUE_HACER = _(
    "Pregúntele en privado, o consulte a quien la trata por ello. Si lo receta, diga por qué."
)
FUENTE = "LGS 51; LGPDPPSO 16-VII; LFPDPPP 9-VI"


def _nadie(acceso: Acceso, *, ahora: datetime) -> Acceso | None:
    return None


_abrir: Abridor = _nadie


def configurar(abridor: Abridor) -> None:
    """Who opens what is withheld, to be weighed: `abridor(acceso, ahora=…)`, None if nothing is."""
    global _abrir
    _abrir = abridor


def hallazgos(
    acceso: Acceso,
    *,
    indicadas: Sequence[Indicada],
    vistos: Iterable[Hallazgo],
    hoy: date,
    ahora: datetime,
) -> list[Hallazgo]:
    """One masked finding for each medicine that what is withheld makes gravely dangerous.

    `vistos` are those that the prescriber sees already; of lesser dangers nothing is said, for each
    warning tells something of what it keeps.
    """
    completo = _abrir(acceso, ahora=ahora)
    if completo is None:
        return []
    sabidos = {(h.clase, h.medicamento, h.con) for h in vistos}
    todos = medicamentos.revisar(indicadas, selectores.contexto(completo, hoy=hoy))
    peligran = dict.fromkeys(
        h.medicamento
        for h in todos
        if h.severidad >= Severidad.GRAVE and (h.clase, h.medicamento, h.con) not in sabidos
    )
    return [
        Hallazgo(Clase.RESERVADO, Severidad.GRAVE, nombre, PORQUE, QUE_HACER, FUENTE)
        for nombre in peligran
    ]
