"""What is asked and answered of a sealed PDF, apart from `pades`, whose library is slow to load."""

from dataclasses import dataclass
from datetime import datetime

from cryptography import x509


@dataclass(frozen=True, slots=True)
class Confianza:
    """Who is believed: roots and intermediates, and what they said of revocation (CRL, in DER)."""

    autoridades: tuple[x509.Certificate, ...]
    listas: tuple[bytes, ...] = ()


@dataclass(frozen=True, slots=True)
class SelloLeido:
    """A signature of a PDF: whole and trusted when `vale`; `motivo` is why not.

    `motivo` is alterado (something changed after it), ajeno (nobody of the list), or ilegible.
    """

    vale: bool
    titular: str
    certificado: bytes
    momento: datetime | None
    motivo: str = ""
