"""The signatures of a prescription or a report, as its page shows them."""

from typing import Any
from uuid import UUID

from ece.nucleo.acceso import Acceso
from ece.web import palabras_de_firma as palabras
from registros.selectors import firmas, por_firmar


def de(acceso: Acceso, *, tipo: str, id: UUID) -> dict[str, Any]:
    """Each, verified; and whether the reader's own is asked."""
    return {
        "electronicas": palabras.dichas(firmas.de_documento(acceso, tipo=tipo, id=id)),
        "espera_su_firma": por_firmar.espera(acceso, documento=id),
    }
