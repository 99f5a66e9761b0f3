"""Character sets: what MSH-18 declares (table 0211) and how bytes become text and text bytes."""

import codecs

UTF_8 = "UNICODE UTF-8"
_DECLARADOS = {
    "": "",
    "ASCII": "ascii",
    "ISO IR6": "ascii",
    "ISO IR14": "shift_jis",
    "UNICODE": "utf-8",
    "UNICODE UTF-8": "utf-8",
    "UTF-8": "utf-8",
    "UTF8": "utf-8",
    "LATIN1": "iso8859-1",
    "LATIN-1": "iso8859-1",
    "ISO-8859-1": "iso8859-1",
    "WINDOWS-1252": "cp1252",
    **{f"8859/{n}": f"iso8859-{n}" for n in (1, 2, 3, 4, 5, 6, 7, 8, 9, 15)},
}
ADMITIDOS = tuple(sorted(filter(None, _DECLARADOS)))


class JuegoInvalido(Exception):
    """The set is unknown or the bytes are not of it; the message says which."""


def declarado(datos: bytes) -> str:
    """What MSH-18 says, read before anything is decoded; empty when it says nothing."""
    cabeza = datos.lstrip(codecs.BOM_UTF8 + b"\r\n\t ")[:4096]
    primera = cabeza.replace(b"\n", b"\r").split(b"\r", 1)[0]
    if len(primera) < 8:
        return ""
    campos = primera.split(primera[3:4])
    valor = campos[17] if len(campos) > 17 else b""
    repeticion = primera[5:6]
    return valor.split(repeticion)[0].decode("ascii", "replace").strip()


def codec_de(nombre: str) -> str:
    """Python's name of a set of table 0211. Raises `JuegoInvalido`."""
    try:
        return _DECLARADOS[nombre.upper()]
    except KeyError:
        raise JuegoInvalido(f"no se admite el juego de caracteres {nombre[:24]!r}") from None


def decodificar(datos: bytes, *, por_omision: str = "") -> tuple[str, str]:
    """(text, codec). What declares nothing is of the sender's own set or, with none, UTF-8.

    Raises `JuegoInvalido`.
    """
    nombre = declarado(datos)
    codec = codec_de(nombre) or codec_de(por_omision) or "utf-8"
    if codec == "ascii":
        codec = "utf-8"  # of which ASCII is a part: many declare it and send accents
    try:
        return datos.decode(codec), codec
    except UnicodeDecodeError as error:
        raise JuegoInvalido(
            f"el octeto {error.start + 1} no es de {nombre or por_omision or UTF_8}; "
            "declare el juego de caracteres en MSH-18"
        ) from error


def codificar(texto: str, codec: str) -> bytes:
    """Bytes of `texto`; what the set cannot say becomes a question mark, never a failure."""
    return texto.encode(codec, "replace")
