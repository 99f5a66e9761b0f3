"""Signatures and what proves them, as pure mechanisms: bytes in, verdicts out. No tables, no HTTP.

`canonico` says which bytes are signed (RFC 8785); `cms` and `jws` are the two forms of a detached
signature over them (RFC 5652 with the CAdES attributes of ETSI EN 319 122-1; RFC 7515);
`certificados`, `cadena` and `revocacion` say whose the key is and whether it could sign then
(RFC 5280, RFC 6960); `tiempo` says when (RFC 3161); `pades` seals what is printed (ETSI EN
319 142-1).
"""


class FirmaInvalida(Exception):
    """The evidence does not hold; `motivo` is one of `MOTIVOS`, for people and for logs."""

    def __init__(self, motivo: str, detalle: str = "") -> None:
        assert motivo in MOTIVOS, motivo
        super().__init__(f"{motivo}: {detalle}" if detalle else motivo)
        self.motivo = motivo


MOTIVOS = frozenset(
    {
        "malformada",  # not the structure its standard describes
        "algoritmo",  # an algorithm, key length or digest that is not admitted
        "contenido",  # the signed digest is of other bytes
        "firma",  # the signature does not open with that key
        "certificado",  # signed under another certificate than the one that comes with it
        "uso",  # the certificate is not for this
        "cadena",  # it does not reach an authority of the list
        "vigencia",  # outside the dates of some certificate of the chain
        "revocado",
        "sin-revocacion",  # nobody can say that it was not revoked, and it must be known
        "titular",  # another person's certificate
        "llave",  # the key and the certificate are not a pair
        "sello",  # the time stamp does not hold
        "delegacion",  # signed in the name of somebody who did not delegate it
    }
)
