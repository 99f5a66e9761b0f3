"""A syslog message (RFC 5424) and its place in a stream (RFC 5425). Pure."""

from datetime import UTC, datetime

FACILIDAD = 10  # security and authorisation
AVISO, NOTICIA = 4, 5
MSGID = "DICOM+RFC3881"
"""How IHE ATNA says that what follows is a DICOM audit message."""
_BOM = b"\xef\xbb\xbf"


def escribir(xml: bytes, *, momento: datetime, anfitrion: str, denegado: bool) -> bytes:
    """The message, with its length before it."""
    prioridad = FACILIDAD * 8 + (AVISO if denegado else NOTICIA)
    cuando = momento.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
    quien = "".join(c for c in anfitrion if "!" <= c <= "~")[:255] or "-"
    cabecera = f"<{prioridad}>1 {cuando} {quien} ECE - {MSGID} - "
    dicho = cabecera.encode("ascii") + _BOM + xml
    return f"{len(dicho)} ".encode("ascii") + dicho
