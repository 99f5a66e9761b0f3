"""A closed-loop HTTP driver: N connections, each with one request in flight, on raw sockets.

Requests are bytes made beforehand, so that what is measured is the server and not the client.
"""

import selectors
import socket
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

_FIN = b"\r\n\r\n"
_LARGO = b"content-length: "


@dataclass(slots=True)
class Medida:
    """One repeat: seconds of each answer, wall seconds, CPU seconds of the server's processes."""

    latencias: list[float] = field(default_factory=list)
    segundos: float = 0.0
    cpu: float = 0.0
    errores: int = 0

    @property
    def ritmo(self) -> float:
        return len(self.latencias) / self.segundos

    @property
    def cpu_por_peticion(self) -> float:
        return self.cpu / max(1, len(self.latencias))

    def percentil(self, p: float) -> float:
        """Seconds within which the fraction `p` of the answers came."""
        orden = sorted(self.latencias)
        return orden[min(len(orden) - 1, int(p * len(orden)))]


class _Conexion:
    def __init__(self, puerto: int) -> None:
        self.enchufe = socket.create_connection(("127.0.0.1", puerto))
        self.enchufe.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.recibido = b""
        self.falta = -1
        self.enviado_a = 0.0

    def enviar(self, peticion: bytes) -> None:
        self.recibido, self.falta = b"", -1
        self.enviado_a = time.perf_counter()
        self.enchufe.sendall(peticion)

    def recibir(self) -> bool:
        """Whether the answer is whole."""
        trozo = self.enchufe.recv(262_144)
        if not trozo:
            raise ConnectionError("the server closed the connection")
        if self.falta >= 0:
            self.falta -= len(trozo)
            return self.falta == 0
        self.recibido += trozo
        fin = self.recibido.find(_FIN)
        if fin < 0:
            return False
        cabecera = self.recibido[: fin + 2].lower()
        largo = cabecera.find(_LARGO)
        if largo < 0:
            raise ConnectionError("an answer without Content-Length")
        largo += len(_LARGO)
        cuerpo = int(cabecera[largo : cabecera.index(b"\r\n", largo)])
        self.falta = cuerpo - (len(self.recibido) - fin - len(_FIN))
        return self.falta == 0

    @property
    def estado(self) -> int:
        return int(self.recibido[9:12])


def conducir(
    puerto: int,
    peticiones: Iterator[bytes],
    *,
    conexiones: int,
    segundos: float,
    espera: range,
    cpu: Callable[[], float],
) -> Medida:
    """Keep `conexiones` busy for `segundos`; a status outside `espera` counts as an error."""
    medida = Medida()
    with selectors.DefaultSelector() as selector:
        abiertas = [_Conexion(puerto) for _ in range(conexiones)]
        for conexion in abiertas:
            selector.register(conexion.enchufe, selectors.EVENT_READ, conexion)
        cpu_inicial, inicio = cpu(), time.perf_counter()
        limite = inicio + segundos
        for conexion in abiertas:
            conexion.enviar(next(peticiones))
        ocupadas = conexiones
        while ocupadas:
            for clave, _ in selector.select():
                conexion = clave.data
                if not conexion.recibir():
                    continue
                ahora = time.perf_counter()
                medida.latencias.append(ahora - conexion.enviado_a)
                if conexion.estado not in espera:
                    medida.errores += 1
                if ahora < limite:
                    conexion.enviar(next(peticiones))
                else:
                    ocupadas -= 1
        medida.segundos = time.perf_counter() - inicio
        medida.cpu = cpu() - cpu_inicial
        for conexion in abiertas:
            conexion.enchufe.close()
    return medida


def cpu_de(*raices: int) -> float:
    """CPU seconds spent so far by the processes `raices` and their descendants."""
    padres: dict[int, int] = {}
    gastado: dict[int, float] = {}
    for carpeta in Path("/proc").glob("[0-9]*"):
        try:
            campos = (carpeta / "stat").read_text().rsplit(")", 1)[1].split()
        except OSError:
            continue
        pid = int(carpeta.name)
        padres[pid] = int(campos[1])
        # what ended children spent counts too
        gastado[pid] = sum(map(int, campos[11:15])) / 100

    def desciende(pid: int) -> bool:
        while pid > 1:
            if pid in raices:
                return True
            pid = padres.get(pid, 0)
        return False

    return sum(cuanto for pid, cuanto in gastado.items() if desciende(pid))
