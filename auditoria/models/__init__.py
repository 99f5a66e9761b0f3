from auditoria.models.evento import Evento
from auditoria.models.sello import (
    BitacoraAjena,
    Cofirma,
    Estampa,
    LlaveDeSello,
    PiezaDeMapa,
    Sello,
    Subarbol,
)

__all__ = [
    "BitacoraAjena",
    "Cofirma",
    "Estampa",
    "Evento",
    "LlaveDeSello",
    "PiezaDeMapa",
    "Sello",
    "Subarbol",
]
