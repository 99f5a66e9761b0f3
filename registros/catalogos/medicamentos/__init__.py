"""Medicines by generic name, and what must be weighed before prescribing them.

`catalogo` knows them and finds them by what somebody types; `reglas`, which do not go together;
`grupos`, what the law asks of each; `revision` weighs a prescription against a patient. All pure:
facts in files of this package, loaded once.
"""

from registros.catalogos.medicamentos.catalogo import (
    MEDICAMENTOS,
    SISTEMA_ATC,
    SISTEMA_MEDICAMENTO,
    Dosis,
    Medicamento,
    Presentacion,
    buscar,
    clave_de,
    por_clave,
    reconocer,
)
from registros.catalogos.medicamentos.grupos import Grupo, Surtimiento, surtimiento
from registros.catalogos.medicamentos.revision import (
    Clase,
    Contexto,
    Hallazgo,
    Indicada,
    Severidad,
    revisar,
)

__all__ = [
    "MEDICAMENTOS",
    "SISTEMA_ATC",
    "SISTEMA_MEDICAMENTO",
    "Clase",
    "Contexto",
    "Dosis",
    "Grupo",
    "Hallazgo",
    "Indicada",
    "Medicamento",
    "Presentacion",
    "Severidad",
    "Surtimiento",
    "buscar",
    "clave_de",
    "por_clave",
    "reconocer",
    "revisar",
    "surtimiento",
]
