"""MLLP framing (HL7 v2 Transport: MLLP release 1): <VT> message <FS><CR>, as bytes arrive."""

INICIO, FIN, CR = b"\x0b", b"\x1c", b"\x0d"


class MarcoRoto(Exception):
    """What arrived is not framed, or is larger than what is received; the connection ends."""


class Desenmarcador:
    """Bytes in, whole messages out; keeps at most `limite` bytes of one that is not whole."""

    def __init__(self, *, limite: int) -> None:
        self._limite = limite
        self._pendiente = bytearray()
        self._revisado = 0

    @property
    def a_medias(self) -> bool:
        """Whether part of a message has arrived."""
        return bool(self._pendiente)

    def recibir(self, datos: bytes) -> list[bytes]:
        """The messages that `datos` completes. Raises `MarcoRoto`."""
        self._pendiente += datos
        completos = []
        while self._pendiente:
            if not self._revisado:
                basura = self._pendiente.lstrip(b"\r\n")
                if basura and not basura.startswith(INICIO):
                    raise MarcoRoto("falta el carácter de inicio (0x0B)")
                del self._pendiente[: len(self._pendiente) - len(basura)]
                if not self._pendiente:
                    break
                self._revisado = 1
            fin = self._pendiente.find(FIN, self._revisado)
            if fin < 0:
                self._revisado = len(self._pendiente)
                if len(self._pendiente) > self._limite:
                    raise MarcoRoto(f"el mensaje pasa de {self._limite} octetos")
                break
            if fin > self._limite:
                raise MarcoRoto(f"el mensaje pasa de {self._limite} octetos")
            completos.append(bytes(self._pendiente[1:fin]))
            del self._pendiente[: fin + 1]
            self._revisado = 0
        return completos


def enmarcar(mensaje: bytes) -> bytes:
    return INICIO + mensaje + FIN + CR
