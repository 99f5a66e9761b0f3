"""Two institutions under kill -9: of the listener, the senders, either database and either server.

Nothing acknowledged is lost, nothing is applied twice, each patient's and each referral's order is
kept. ``ECE_CORTES_RED`` says for how many seconds (300 in the campaign).
"""

import logging
import os
import random
import signal
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest

from ece.demo.servidor import Mensajeria, Orden
from registros.catalogos.notas import SISTEMA_NOTA
from tests.durabilidad.conftest import SEGUNDOS_DE_RED
from tests.durabilidad.test_mensajeria import conversar, hijos, mensajeria
from tests.instancia import Instancia, instalada

__all__ = ["mensajeria"]
EN_HL7 = 2
A_LA_VEZ = 2
PAUSA = 0.3 if SEGUNDOS_DE_RED < 60 else 0.0
"""Seconds between referrals: a small run leaves the processor to the rest."""
PAUSA_HL7 = max(PAUSA, 0.05)
"""Seconds between messages: without any, minutes of them take as many minutes to apply."""
CORTES = 4  # at least, however slow the machine is
TIPOS = ("valle", "sierra")
_registro = logging.getLogger(__name__)


@dataclass
class Par:
    """Both institutions, with what each runs besides its server."""

    valle: Instancia
    sierra: Instancia
    mensajeria: Mensajeria
    emisores: list[Orden] = field(default_factory=list)
    acusadas: list[str] = field(default_factory=list)


@pytest.fixture
def par(duradera: Instancia, mensajeria: Mensajeria, tmp_path: Path) -> Iterator[Par]:
    """Linked as `make demo-red` does; each sends on its own."""
    with instalada(tmp_path / "sierra", pacientes=20) as sierra:
        lados = {"valle": duradera, "sierra": sierra}
        huellas = {}
        for uno, otro in (TIPOS, TIPOS[::-1]):
            suyas = tmp_path / f"{otro}.json"
            suyas.write_text(lados[otro].manage("enlazar", "llaves"))
            huellas[uno] = lados[uno].manage(
                *("enlazar", "redactar", "--client-id", otro, "--nombre", otro, "--como", uno),
                *("--direccion", f"{lados[otro].url}/fhir", "--llaves", str(suyas)),
            )
        for uno, otro in (TIPOS, TIPOS[::-1]):
            lados[uno].manage(
                *("firmar_convenio", f"{lados[otro].url}/fhir", "--como", uno),
                *("--folio", f"RED-{uno}", "--por", "direccion"),
                *("--huella", huellas[otro].strip()),
            )
        for uno, otro in (TIPOS, TIPOS[::-1]):
            lados[uno].manage("enlazar", "iniciar", "--client-id", otro)
        hecho = Par(duradera, sierra, mensajeria)
        for lado in lados.values():
            emisor = Orden(
                lado.hogar, "enviar_red", "--cada", "0.2", entorno=lado.entorno, salida=lado._salida
            )
            emisor.arrancar()
            hecho.emisores.append(emisor)
        yield hecho
        for emisor in hecho.emisores:
            emisor.detener()


def nota_de_referencia(instancia: Instancia, paciente: str) -> str:
    """A finished note of referral, written by the institution's own systems."""
    with instancia.socio() as cliente:
        respuesta = cliente.post(
            "/Composition",
            json={
                "resourceType": "Composition",
                "status": "final",
                "type": {"coding": [{"system": SISTEMA_NOTA, "code": "referencia"}]},
                "subject": {"reference": f"Patient/{paciente}"},
                "date": "2026-11-23T10:00:00-06:00",
                "author": [{"display": "Elena Cruz Robles"}],
                "title": "Nota de referencia o traslado",
                "section": [{"title": "Motivo", "text": narrativa("Valoración.")}],
            },
        )
        respuesta.raise_for_status()
        return str(respuesta.json()["id"])


def narrativa(texto: str) -> dict[str, str]:
    div = f'<div xmlns="http://www.w3.org/1999/xhtml"><p>{texto}</p></div>'
    return {"status": "generated", "div": div}


def insistir(instancia: Instancia, usuario: str, alto: threading.Event, hacer: Any) -> None:
    """Do it over and over as somebody who goes on working, whatever falls."""
    cliente: httpx.Client | None = None
    while not alto.is_set():
        try:
            cliente = cliente or instancia.persona(usuario)
            hacer(cliente)
        except (httpx.HTTPError, AssertionError, KeyError):
            cliente = None
        time.sleep(max(PAUSA, 0.1))


def referir(par: Par, paciente: str, nota: str, convenio: str) -> Callable[[httpx.Client], None]:
    def una(cliente: httpx.Client) -> None:
        respuesta = cliente.post(
            f"/clinica/{paciente}/referencias/",
            data={
                "convenio": convenio,
                "nota": nota,
                "servicio": f"Servicio {uuid4().hex[:8]}",
                "prioridad": "routine",
                "csrfmiddlewaretoken": cliente.cookies["csrftoken"],
            },
            follow_redirects=False,
        )
        if respuesta.status_code == httpx.codes.FOUND:
            par.acusadas.append(respuesta.headers["location"].rstrip("/").rpartition("/")[2])

    return una


def rechazar(cliente: httpx.Client) -> None:
    """The other side reads its list, and refuses what it finds."""
    pagina = cliente.get("/clinica/referencias/").text
    for trozo in pagina.split('href="/clinica/referencias/')[1:6]:
        id_ = trozo.partition("/")[0]
        if len(id_) == 36:
            cliente.post(
                f"/clinica/referencias/{id_}/",
                data={
                    "accion": "rechazar",
                    "motivo": "No hay lugar en el servicio.",
                    "csrfmiddlewaretoken": cliente.cookies["csrftoken"],
                },
                follow_redirects=False,
            )


def cortar(par: Par, azar: random.Random) -> str:
    """Kill one of the pieces at once, and bring it back a little later."""
    que = azar.choice(("escucha", "emisor", "base", "servidor", "otra-base", "otro-servidor"))
    lado = par.sierra if que.startswith("otr") else par.valle
    if que == "escucha":
        os.kill(azar.choice([par.mensajeria.pid, *hijos(par.mensajeria.pid)[:1]]), signal.SIGKILL)
    elif que == "emisor":
        os.kill(azar.choice(par.emisores).pid, signal.SIGKILL)
    elif que.endswith("base"):
        lado.matar_postgres()
        time.sleep(azar.uniform(0, 0.5))
        lado.postgres.arrancar()
    else:
        lado.matar_servidor()
        time.sleep(azar.uniform(0, 0.5))
        lado.servidor.arrancar()
    return que


def velar(par: Par) -> None:
    """What `make demo` does all the time: bring back whatever died."""
    for orden in (par.mensajeria, *par.emisores):
        if not orden.vive():
            orden.arrancar()


def filas(instancia: Instancia, orden: str) -> list[list[str]]:
    salida = instancia.postgres.sql(orden, base="ece")
    return [renglon.split("|") for renglon in salida.splitlines() if renglon]


def esperar(par: Par, cuando: Callable[[], bool], plazo: float) -> None:
    limite = time.monotonic() + plazo
    while not cuando() and time.monotonic() < limite:
        velar(par)
        time.sleep(0.3)
    assert cuando()


PENDIENTES = "SELECT count(*) FROM red_envio WHERE situacion <> 'enviado'"
POR_CONTESTAR = "SELECT count(*) FROM red_referencia WHERE estado = 'solicitada'"


def test_ninguna_referencia_se_pierde_ni_se_aplica_dos_veces(par: Par) -> None:
    azar, alto = random.Random(11), threading.Event()
    ((paciente, convenio),) = filas(
        par.valle,
        "SELECT i.paciente, c.id FROM consentimiento_convenio c, registros_cita i "
        "WHERE c.folio = 'RED-sierra' ORDER BY i.creado_at DESC LIMIT 1",
    )
    nota = nota_de_referencia(par.valle, paciente)
    antes = filas(par.valle, "SELECT count(*) FROM interoperabilidad_mensajerecibido")
    hl7: dict[int, int] = {}
    hilos = [
        threading.Thread(
            target=conversar,
            args=(par.mensajeria.puerto, 50 + n, alto, hl7),
            kwargs={"pausa": PAUSA_HL7},
            daemon=True,
        )
        for n in range(EN_HL7)
    ]
    hilos += [
        threading.Thread(
            target=insistir,
            args=(par.valle, "medica", alto, referir(par, paciente, nota, convenio)),
            daemon=True,
        )
        for _ in range(A_LA_VEZ)
    ]
    contesta = threading.Event()
    otro = threading.Thread(
        target=insistir, args=(par.sierra, "admision", contesta, rechazar), daemon=True
    )
    for hilo in (*hilos, otro):
        hilo.start()
    esperar(par, lambda: bool(par.acusadas and hl7), 60)
    fin, cortes = time.monotonic() + SEGUNDOS_DE_RED, Counter[str]()
    while time.monotonic() < fin or cortes.total() < CORTES:
        time.sleep(azar.uniform(0.4, 1.0))
        cortes[cortar(par, azar)] += 1
        velar(par)
    alto.set()
    assert par.valle.servidor.esperar_listo(plazo=30)
    assert par.sierra.servidor.esperar_listo(plazo=30)
    esperar(
        par,
        lambda: (
            filas(par.valle, PENDIENTES) == filas(par.sierra, PENDIENTES) == [["0"]]
            and filas(par.sierra, POR_CONTESTAR) == [["0"]]
            and filas(par.valle, POR_CONTESTAR) == [["0"]]
        ),
        120 + SEGUNDOS_DE_RED,
    )
    contesta.set()
    for hilo in (*hilos, otro):
        hilo.join(60)
    # pytest --log-cli-level=INFO says it
    _registro.info("%s cortes, %d referencias acusadas, HL7 %s", cortes, len(par.acusadas), hl7)
    _comprobar_referencias(par)
    _comprobar_hl7(par, hl7, int(antes[0][0]))


def _comprobar_referencias(par: Par) -> None:
    nuestras = filas(par.valle, "SELECT id, folio, estado, tarea FROM red_referencia")
    suyas = filas(par.sierra, "SELECT folio, estado FROM red_referencia")
    assert par.acusadas
    assert set(par.acusadas) <= {fila[0] for fila in nuestras}
    assert sorted(folio for _, folio, _, _ in nuestras) == sorted(folio for folio, _ in suyas)
    assert {fila[2] for fila in nuestras} == {"rechazada"}
    assert {estado for _, estado in suyas} == {"rechazada"}
    total = str(len(nuestras))
    for lado, tipo in ((par.sierra, "referencia.recibida"), (par.valle, "referencia.rechazada")):
        de_tipo = f"SELECT count(*) FROM auditoria_evento WHERE tipo = '{tipo}'"
        assert filas(lado, de_tipo) == [[total]]
        assert filas(lado, "SELECT count(*) FROM red_recibido") == [[total]]
    # each one's Task: asked for, then refused, and nothing else
    with par.valle.socio() as cliente:
        for _, _, _, tarea in nuestras[:200]:
            historia = cliente.get(f"/Task/{tarea}/_history").json()["entry"]
            assert [e["resource"]["status"] for e in historia] == ["rejected", "requested"]


def _comprobar_hl7(par: Par, acusados: dict[int, int], antes: int) -> None:
    def pendientes() -> bool:
        sin_aplicar = "SELECT count(*) FROM interoperabilidad_mensajerecibido WHERE estado <> "
        return filas(par.valle, f"{sin_aplicar}'aplicado'") == [["0"]]

    esperar(par, pendientes, 60 + SEGUNDOS_DE_RED)
    cuenta = filas(par.valle, "SELECT count(*) FROM interoperabilidad_mensajerecibido")
    assert int(cuenta[0][0]) - antes == sum(acusados.values())
    with par.valle.socio() as cliente:
        for paciente, ultimo in acusados.items():
            identificador = f"urn:ece:hl7v2:id:MORTAL|K{paciente}"
            (hallado,) = cliente.get("/Patient", params={"identifier": identificador}).json()[
                "entry"
            ]
            version = int(hallado["resource"]["meta"]["versionId"])
            telefono = int(hallado["resource"]["telecom"][0]["value"][1:])
            assert (version, telefono) == (ultimo, ultimo)
