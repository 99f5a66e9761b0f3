"""Senders of HL7 v2 that nobody here wrote, each through a whole visit: who arrives, who they are
when they are asked for, their result, their appointment; and the record that comes of it."""

import json
from collections.abc import Callable
from pathlib import Path

import hl7
import hl7.client
import pytest

from interoperabilidad.hl7v2 import aplicador
from interoperabilidad.models import MensajeRecibido
from tests.clientes.modulos import correr
from tests.interoperabilidad.hl7v2 import mensajes
from tests.interoperabilidad.hl7v2.conftest import interlocutores_  # noqa: F401
from tests.interoperabilidad.hl7v2.test_escucha import escuchando
from tests.interoperabilidad.test_rest import Socio

pytestmark = pytest.mark.django_db(transaction=True)
AQUI = Path(__file__).parent
PREGUNTA = mensajes.mensaje(
    mensajes.msh("QBP^Q22^QBP_Q21", "5"), "QPD|Q22^Find^HL7|1|@PID.3.1^000123", "RCP|I|10^RD"
)
VISITA = [
    mensajes.adt("A04", "1"),
    mensajes.oru("2"),
    mensajes.siu("S12", "3"),
    mensajes.adt("A03", "4", alta="20261123120000-0600"),
]
Enviar = Callable[[int, list[bytes], Path], list[str]]


def _python_hl7(puerto: int, dichos: list[bytes], carpeta: Path) -> list[str]:
    with hl7.client.MLLPClient("127.0.0.1", puerto) as cliente:
        return [cliente.send_message(hl7.parse(d.decode())).decode() for d in dichos]


def _node_hl7_client(puerto: int, dichos: list[bytes], carpeta: Path) -> list[str]:
    archivo = carpeta / "mensajes.json"
    archivo.write_text(json.dumps([d.decode() for d in dichos]))
    acuses: list[str] = json.loads(correr(AQUI / "hl7.cjs", str(puerto), str(archivo)))
    return acuses


@pytest.mark.parametrize("enviar", [_python_hl7, _node_hl7_client])
@pytest.mark.usefixtures("interlocutores_")
def test_a_whole_visit(enviar: Enviar, tmp_path: Path) -> None:
    with escuchando() as puerto:
        acuses = [hl7.parse(a.strip("\x0b\x1c\r") + "\r") for a in enviar(puerto, VISITA, tmp_path)]
        for numero, acuse in enumerate(acuses, 1):
            assert [str(acuse.segment("MSA")[n]) for n in (1, 2)] == ["AA", str(numero)]
        # The same again, as after a cut: the same answer, and nothing twice.
        (otra,) = enviar(puerto, VISITA[:1], tmp_path)
        assert "MSA|AA|1" in otra
        assert MensajeRecibido.objects.count() == len(VISITA)
        while aplicador.aplicar_lote():
            pass
        (respuesta,) = enviar(puerto, [PREGUNTA], tmp_path)
        assert "HERNANDEZ LOPEZ" in respuesta
        assert "QAK|1|OK" in respuesta
    estados = set(MensajeRecibido.objects.exclude(familia="QBP").values_list("estado", "motivo"))
    socio = Socio("integracion")
    (persona,) = socio.buscar("Patient")["entry"]
    quien = persona["resource"]["id"]
    assert persona["resource"]["birthDate"] == "1984-05-17"
    (visita,) = socio.buscar(f"Encounter?patient={quien}")["entry"]
    assert visita["resource"]["status"] == "finished"
    assert socio.buscar(f"Appointment?patient={quien}")["entry"]
    (informe,) = socio.buscar(f"DiagnosticReport?patient={quien}")["entry"]
    assert len(informe["resource"]["result"]) == 2
    assert estados == {("aplicado", "")}
