"""What the law asks of each group of medicines (LGS 226, 240 to 256; Reglamento de Insumos 50-52).

Validity and dispensations: group II, thirty days and one dispensation, retained (LGS 226 II, 252);
group III, six months and three, retained at the third (226 III, 254); group IV, as often as the
prescriber says (226 IV). Group I needs a special prescription with a bar code (241).
"""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum, unique

from django.utils.translation import gettext_noop as _

DIAS_DE_UNA_ORDINARIA = 30


@unique
class Grupo(StrEnum):
    """Group of LGS 226, by its Roman numeral."""

    I = "I"  # noqa: E741  the law's own name
    II = "II"
    III = "III"
    IV = "IV"
    V = "V"
    VI = "VI"


@dataclass(frozen=True, slots=True)
class Surtimiento:
    """How a prescription is dispensed: until when, how many times, and what the paper must say."""

    clase: str
    hasta: date
    veces: int | None
    leyenda: str


def surtimiento(grupo: Grupo, *, antibiotico: bool, dias: int | None, desde: date) -> Surtimiento:
    """The rule for one medicine prescribed on `desde` for `dias`; `veces` None is unlimited.

    Medicines of one `clase` may share a sheet: the pharmacy keeps or stamps whole sheets.
    """
    if grupo is Grupo.II:
        leyenda = _(
            "Grupo II: se surte una sola vez y la farmacia retiene la receta (LGS 226 y 252)."
        )
        return Surtimiento("II", desde + timedelta(days=30), 1, leyenda)
    if grupo is Grupo.III:
        leyenda = _(
            "Grupo III: se surte hasta tres veces; se retiene en la tercera (LGS 226 y 254)."
        )
        return Surtimiento("III", desde + timedelta(days=180), 3, leyenda)
    hasta = desde + timedelta(days=max(dias or 0, DIAS_DE_UNA_ORDINARIA))
    if antibiotico:
        leyenda = _("Antibiótico: la farmacia sella cada surtido y retiene la receta al agotarla.")
        hasta = desde + timedelta(days=dias or DIAS_DE_UNA_ORDINARIA)
        return Surtimiento("antibiotico", hasta, None, leyenda)
    return Surtimiento("ordinaria", hasta, None, "")
