"""Codes that people read, type and dictate: random, of letters and digits that are not mistaken.

Thirty-two signs (Crockford's base 32), so that each is worth five bits.
"""

import secrets

SIGNOS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
GRUPO = 4


def nuevo(largo: int) -> str:
    """A code of `largo` signs."""
    return "".join(secrets.choice(SIGNOS) for _ in range(largo))


def en_grupos(codigo: str) -> str:
    """As it is shown: ``ABCD-EFGH``."""
    return "-".join(codigo[n : n + GRUPO] for n in range(0, len(codigo), GRUPO))
