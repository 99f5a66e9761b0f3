"""``python -m benchmarks.hl7v2``: messages a second, acknowledged once on disk, and applied.

A hospital of its own under ``.local/banco-hl7``; `--conexiones` senders at once, each waiting for
the acknowledgement of one message before it sends the next. Acknowledging and applying are measured
apart: the second follows the first as fast as it can, while the messages come and after them (with
``--aplicadores 0``, not at all). CPU is of the listener, what applies and PostgreSQL together: on a
machine that does something else it says more than the clock.
"""

import argparse
import os
import resource
import socket
import threading
import time
from collections.abc import Callable
from pathlib import Path

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "settings.demo")

from benchmarks import banco
from benchmarks.banco import Banco
from benchmarks.manejador import cpu_de
from ece.demo.servidor import Mensajeria

PACIENTES = 200
PENDIENTES = "SELECT count(*) FROM interoperabilidad_mensajerecibido WHERE estado = 'recibido'"
ACUSADO = b"MSA|AA"
MSH = "MSH|^~\\&|HIS|HGE|ECE|HGE|20261123100000-0600||{tipo}|{control}|P|2.5.1||||||UNICODE UTF-8\r"
PID = (
    "PID|1||B{n}^^^BANCO^PI||LOPEZ RUIZ^ANA{n}||19800101|F|||CALLE 1^CENTRO^OAXACA^OAX^68000^MEX^H"
    "||951{k:07}^PRN^PH\r"
)


def adt(n: int, k: int, evento: str = "A08") -> bytes:
    """A visit of patient `n`, whose telephone is `k`."""
    cabeza = MSH.format(tipo=f"ADT^{evento}^ADT_A01", control=f"A{evento}{n}-{k}")
    pv1 = "PV1|1|O|Consulta externa^" + f"{k % 30}" + "|" * 16 + f"V{n}^^^BANCO^VN" + "|" * 25
    return (
        f"{cabeza}EVN|{evento}|20261123100000\r{PID.format(n=n, k=k)}{pv1}20261123093000\r".encode()
    )


def oru(n: int, k: int) -> bytes:
    """Ten values of patient `n`."""
    cabeza = MSH.format(tipo="ORU^R01^ORU_R01", control=f"R{n}-{k}")
    obx = "".join(
        f"OBX|{i}|NM|{2340 + i}-7^Analito {i}^LN||{90 + i}|mg/dL^mg/dL^UCUM|70-100|N|||F\r"
        for i in range(1, 11)
    )
    obr = f"OBR|1||F{n}-{k}^LIS|24323-8^Química^LN|||20261123090000-0600||||||||||||||||||F\r"
    return f"{cabeza}{PID.format(n=n, k=0)}{obr}{obx}".encode()


def enviar(puerto: int, mensajes: list[bytes]) -> None:
    with socket.create_connection(("127.0.0.1", puerto)) as enchufe:
        enchufe.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for mensaje in mensajes:
            enchufe.sendall(b"\x0b" + mensaje + b"\x1c\r")
            acuse = b""
            while not acuse.endswith(b"\x1c\r"):
                acuse += enchufe.recv(65_536)
            if ACUSADO not in acuse:
                raise SystemExit(acuse.decode())


def esperar_aplicados(hospital: Banco) -> None:
    while hospital.postgres.sql(PENDIENTES, base="ece").strip() != "0":
        time.sleep(0.05)


def medir(
    hospital: Banco,
    mensajeria: Mensajeria,
    cual: Callable[[int, int], bytes],
    *,
    cuantos: int,
    conexiones: int,
    se_aplica: bool,
) -> tuple[float, float, float]:
    """(messages a second acknowledged, acknowledged and applied, CPU milliseconds of each)."""
    por_hilo = cuantos // conexiones
    marca = int(time.time())
    lotes = [
        [cual(i % PACIENTES, marca + c * por_hilo + i) for i in range(por_hilo)]
        for c in range(conexiones)
    ]
    hilos = [threading.Thread(target=enviar, args=(mensajeria.puerto, lote)) for lote in lotes]
    antes = cpu_de(mensajeria.pid, int(hospital.postgres.pid() or 0))
    inicio = time.perf_counter()
    for hilo in hilos:
        hilo.start()
    for hilo in hilos:
        hilo.join()
    total = por_hilo * conexiones
    acusados = total / (time.perf_counter() - inicio)
    if se_aplica:
        esperar_aplicados(hospital)
    aplicados = total / (time.perf_counter() - inicio)
    cpu = cpu_de(mensajeria.pid, int(hospital.postgres.pid() or 0)) - antes
    return acusados, aplicados, 1_000 * cpu / total


def main() -> None:
    opciones = argparse.ArgumentParser(description=__doc__)
    opciones.add_argument("--mensajes", type=int, default=4_000)
    opciones.add_argument("--conexiones", type=int, default=8)
    opciones.add_argument("--aplicadores", type=int, default=2)
    opciones.add_argument("--puerto", type=int, default=8070)
    opciones.add_argument("--hogar", type=Path, default=banco.RAIZ / ".local" / "banco-hl7")
    o = opciones.parse_args()
    with banco.abierto(20, hogar=o.hogar, puerto=o.puerto) as hospital:
        mensajeria = Mensajeria(
            puerto=o.puerto + 1, hogar=o.hogar, aplicadores=o.aplicadores,
            entorno={"ECE_HOME": str(o.hogar), "PORT": str(o.puerto)},
        )  # fmt: skip
        mensajeria.arrancar()
        try:
            if not mensajeria.esperar_listo(plazo=60):
                raise SystemExit("the listener did not start")
            nuevos = [adt(n, int(time.time()), "A28") for n in range(PACIENTES)]
            enviar(mensajeria.puerto, nuevos)
            if o.aplicadores:
                esperar_aplicados(hospital)
            for nombre, cual in (("ADT A08", adt), ("ORU R01, 10 OBX", oru)):
                ack, aplicado, cpu = medir(
                    hospital, mensajeria, cual, cuantos=o.mensajes, conexiones=o.conexiones,
                    se_aplica=o.aplicadores > 0,
                )  # fmt: skip
                print(
                    f"{nombre}: {ack:.0f}/s acknowledged, {aplicado:.0f}/s "
                    f"{'applied' if o.aplicadores else 'kept'}, {cpu:.2f} ms of CPU each"
                )
        finally:
            mensajeria.detener()
    print(f"sender: {resource.getrusage(resource.RUSAGE_SELF).ru_utime:.1f} s of CPU")


if __name__ == "__main__":
    main()
