"""Time stamps (RFC 3161) over our checkpoints: a third party's word that the log was so by then.

What is stamped are the bytes of the signed note as it is kept, so that ``openssl ts -verify`` takes
the same file. Whom to believe about time is the administrator's list, which is told to us from
above (`configurar`).
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from cryptography import x509

from auditoria import bitacora
from auditoria.sello import archivo
from ece.nucleo import sentencias
from ece.nucleo.firma import tiempo

_ULTIMA = "SELECT tamano, momento FROM auditoria_estampa ORDER BY tamano DESC LIMIT 1"
_SELLO = "SELECT tamano, nota FROM auditoria_sello ORDER BY tamano DESC LIMIT 1"
_GUARDAR = """
INSERT INTO auditoria_estampa (tamano, momento, token) VALUES (%s, %s, %s) ON CONFLICT DO NOTHING
"""
_TODAS = """
SELECT e.tamano, e.momento, s.nota, e.token FROM auditoria_estampa e
JOIN auditoria_sello s ON s.tamano = e.tamano ORDER BY e.tamano
"""
Lista = tuple[list[x509.Certificate], list[x509.Certificate]]
"""(roots, intermediates)."""


@dataclass(frozen=True, slots=True)
class Estampada:
    """A checkpoint, its stamp, and when the authority says that it had it."""

    tamano: int
    momento: datetime
    nota: str
    token: bytes


_creer: Callable[[], Lista] = lambda: ([], [])  # noqa: E731


def configurar(creer: Callable[[], Lista]) -> None:
    """Say whom to believe about time."""
    global _creer
    _creer = creer


def estampar(autoridad: tiempo.Autoridad, *, cada: timedelta, ahora: datetime) -> Estampada | None:
    """Stamp the last checkpoint, unless it or one of less than `cada` ago is stamped.

    It is checked before it is kept, in the table and in the file outside. Raises `SinSello`,
    `FirmaInvalida`.
    """
    sellos = bitacora.consultar(_SELLO, [])
    ultimas = bitacora.consultar(_ULTIMA, [])
    if not sellos or (ultimas and (ultimas[0][0] == sellos[0][0] or ultimas[0][1] > ahora - cada)):
        return None
    tamano, nota = sellos[0]
    token = tiempo.sellar(autoridad, nota.encode())
    hecha = Estampada(tamano, comprobar(nota, token), nota, token)
    with sentencias.cursor() as cursor:
        cursor.execute(_GUARDAR, [tamano, hecha.momento, token])
    archivo.anotar(nota, token)
    return hecha


def comprobar(nota: str, token: bytes) -> datetime:
    """When an authority of the list says that it had these bytes. Raises `FirmaInvalida`."""
    raices, intermedias = _creer()
    return tiempo.verificar(
        bytes(token), nota.encode(), raices=raices, intermedias=intermedias
    ).momento


def todas() -> Iterator[Estampada]:
    """Every stamp, the oldest first."""
    for tamano, momento, nota, token in bitacora.consultar(_TODAS, []):
        yield Estampada(tamano, momento, nota, bytes(token))
