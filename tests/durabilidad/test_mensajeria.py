"""HL7 v2 under kill -9: nothing acknowledged is lost, nothing is applied twice, each patient's
messages keep their order. ``ECE_HL7_SEGUNDOS`` says for how long (300 in the campaign)."""

import contextlib
import os
import random
import signal
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from ece.demo.servidor import Mensajeria
from interoperabilidad.hl7v2.marco import Desenmarcador, enmarcar
from tests.instancia import Instancia

SEGUNDOS = float(os.environ.get("ECE_HL7_SEGUNDOS", "5"))
PACIENTES = 4


@pytest.fixture
def mensajeria(duradera: Instancia) -> Iterator[Mensajeria]:
    with socket.socket() as enchufe:
        enchufe.bind(("127.0.0.1", 0))
        puerto = enchufe.getsockname()[1]
    hecha = Mensajeria(
        puerto=puerto,
        hogar=duradera.hogar,
        entorno=duradera.entorno,
        salida=duradera._salida,
        aplicadores=2,
    )
    hecha.arrancar()
    assert hecha.esperar_listo(plazo=60)
    yield hecha
    hecha.detener()


def aviso(paciente: int, numero: int) -> bytes:
    """The message `numero` of a patient: their telephone says which it is."""
    return (
        f"MSH|^~\\&|HIS|HGE|ECE|HGE|20261123100000-0600||ADT^A31^ADT_A05|{paciente}-{numero}|P|2.5.1"
        f"||||||UNICODE UTF-8\rEVN|A31|20261123\r"
        f"PID|1||K{paciente}^^^MORTAL^PI||CORTES^PRUEBA{paciente}||19800101|F|||||"
        f"9{numero:09}^PRN^PH\r"
    ).encode()


def conversar(
    puerto: int,
    paciente: int,
    alto: threading.Event,
    acusados: dict[int, int],
    *,
    pausa: float = 0,
) -> None:
    """Send one after another, each again until it is acknowledged, with so many seconds between."""
    numero, enchufe = 0, None
    while not (alto.is_set() and acusados.get(paciente, 0) == numero):
        if acusados.get(paciente, 0) == numero:
            numero += 1
        try:
            if enchufe is None:
                enchufe = socket.create_connection(("127.0.0.1", puerto), timeout=3)
            enchufe.sendall(enmarcar(aviso(paciente, numero)))
            desenmarcador, leidos = Desenmarcador(limite=100_000), list[bytes]()
            while not leidos:
                datos = enchufe.recv(65_536)
                if not datos:
                    raise ConnectionResetError
                leidos = desenmarcador.recibir(datos)
            if b"MSA|AA|" in leidos[0]:
                acusados[paciente] = numero
                time.sleep(pausa)
        except OSError:
            if enchufe is not None:
                enchufe.close()
            enchufe = None
            time.sleep(0.05)
    if enchufe is not None:
        enchufe.close()


def hijos(pid: int) -> list[int]:
    with contextlib.suppress(OSError):
        return [int(h) for h in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    return []


def matar(mensajeria: Mensajeria, azar: random.Random) -> None:
    """The listener, or one of its children, at once."""
    if azar.random() < 0.5:
        os.kill(mensajeria.pid, signal.SIGKILL)
        mensajeria.detener()
        mensajeria.arrancar()
    else:
        for hijo in hijos(mensajeria.pid)[:1]:
            with contextlib.suppress(ProcessLookupError):
                os.kill(hijo, signal.SIGKILL)


def consultar(instancia: Instancia, orden: str) -> list[list[str]]:
    salida = instancia.postgres.sql(orden, base="ece")
    return [renglon.split("|") for renglon in salida.splitlines() if renglon]


def test_nada_acusado_se_pierde_ni_se_aplica_dos_veces(
    duradera: Instancia, mensajeria: Mensajeria
) -> None:
    azar, alto, acusados = random.Random(7), threading.Event(), dict[int, int]()
    hilos = [
        threading.Thread(target=conversar, args=(mensajeria.puerto, n, alto, acusados))
        for n in range(PACIENTES)
    ]
    for hilo in hilos:
        hilo.start()
    fin = time.monotonic() + SEGUNDOS
    cortes = 0
    while time.monotonic() < fin:
        time.sleep(azar.uniform(0.5, 1.2))
        matar(mensajeria, azar)
        cortes += 1
    assert mensajeria.esperar_listo(plazo=30)
    alto.set()
    for hilo in hilos:
        hilo.join(60)
    total = sum(acusados.values())
    assert cortes >= 3
    assert len(acusados) == PACIENTES
    cuentas = (
        "SELECT count(*), count(*) FILTER (WHERE estado = 'aplicado'), "
        "count(*) FILTER (WHERE estado = 'recibido') FROM interoperabilidad_mensajerecibido"
    )
    limite = time.monotonic() + 60 + SEGUNDOS
    while (fila := consultar(duradera, cuentas)[0])[2] != "0" and time.monotonic() < limite:
        time.sleep(0.3)
    assert fila == [str(total), str(total), "0"], f"{cortes} cortes"
    ((aplicados, distintos),) = consultar(
        duradera,
        "SELECT count(*), count(DISTINCT original) FROM interoperabilidad_mensajerecibido",
    )
    assert aplicados == distintos
    ((eventos,),) = consultar(
        duradera, "SELECT count(*) FROM auditoria_evento WHERE tipo = 'mensaje.aplicado'"
    )
    assert eventos == str(total)
    _en_orden(duradera, acusados)


def _en_orden(instancia: Instancia, acusados: dict[int, int]) -> None:
    """Every version of each patient's telephone, one after another, up to the last one."""
    with instancia.socio() as cliente:
        for paciente, ultimo in acusados.items():
            identificador = f"urn:ece:hl7v2:id:MORTAL|K{paciente}"
            hallado = cliente.get("/Patient", params={"identifier": identificador}).json()
            (entrada,) = hallado["entry"]
            versiones, pagina = [], f"/Patient/{entrada['resource']['id']}/_history"
            while pagina:
                historia = cliente.get(pagina).json()
                versiones += [e["resource"] for e in historia["entry"]]
                enlaces = {e["relation"]: e["url"] for e in historia.get("link", ())}
                pagina = enlaces.get("next", "")
            telefonos = [int(version["telecom"][0]["value"][1:]) for version in versiones]
            assert telefonos == list(range(ultimo, 0, -1)), paciente
