"""Plain text: its encoding, and nothing in it that is not to be read."""

import unicodedata

MAXIMO = 2_000_000
_PERMITIDOS = frozenset("\t\n\r\f")


def leer(contenido: bytes) -> str | None:
    """The words of a text file; None when the bytes are not text."""
    if len(contenido) > MAXIMO:
        return None
    for codificacion in _posibles(contenido):
        try:
            texto = contenido.decode(codificacion)
        except UnicodeDecodeError:
            continue
        controles = sum(unicodedata.category(c) == "Cc" and c not in _PERMITIDOS for c in texto)
        return None if controles else visible(texto)
    return None


def visible(texto: str) -> str:
    """Without characters that turn or hide what is read (bidirectional controls and their like)."""
    return "".join(
        c
        for c in texto.replace("\r\n", "\n").replace("\r", "\n").replace("\f", "\n")
        if c in "\n\t" or unicodedata.category(c) not in ("Cf", "Cc", "Co", "Cs")
    )


def _posibles(contenido: bytes) -> tuple[str, ...]:
    if contenido.startswith((b"\xff\xfe", b"\xfe\xff")):
        return ("utf-16",)
    return ("utf-8-sig", "cp1252")
