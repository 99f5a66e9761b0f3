from auditoria.models.evento import Evento
from auditoria.models.sello import (
    BitacoraAjena,
    Cofirma,
    LlaveDeSello,
    PiezaDeMapa,
    Sello,
    Subarbol,
)

__all__ = [
    "BitacoraAjena",
    "Cofirma",
    "Evento",
    "LlaveDeSello",
    "PiezaDeMapa",
    "Sello",
    "Subarbol",
]
