"""PDQ and PIX: who may ask finds the minimum; who may not learns nothing, not even existence."""

import pytest
from django.utils import timezone

from auditoria.models import Evento
from auditoria.tipos import TipoDeEvento
from ece.identidad.models import Cliente
from ece.nucleo.roles import Rol
from interoperabilidad.hl7v2 import buzon, consultas, er7, interlocutores
from interoperabilidad.hl7v2.er7 import Mensaje
from interoperabilidad.hl7v2.examen import examinar
from interoperabilidad.models import Estado, Interlocutor, MensajeRecibido
from tests.interoperabilidad.hl7v2 import mensajes
from tests.interoperabilidad.hl7v2.conftest import LOCAL, Recibir
from tests.interoperabilidad.hl7v2.mensajes import Persona

pytestmark = pytest.mark.django_db


def preguntar(evento: str, qpd: str, control: str = "Q1") -> Mensaje:
    """The RSP to a query."""
    estructura = "QBP_Q21"
    datos = mensajes.mensaje(
        mensajes.msh(f"QBP^{evento}^{estructura}", control), f"QPD|{qpd}", "RCP|I|10^RD"
    )
    examen = examinar(
        datos, origen=LOCAL, directorio=interlocutores.directorio(), momento=timezone.now()
    )
    (constancia,) = buzon.guardar([examen])
    if not examen.es_consulta:
        return er7.leer(buzon.acuse_de(examen, constancia).decode())
    return er7.leer(consultas.responder(examen, constancia).decode())


@pytest.fixture
def poblado(recibir: Recibir) -> None:
    recibir(mensajes.adt("A28", "1"))
    recibir(
        mensajes.adt("A28", "2", quien=Persona("000777", "HERNANDEZ PAT^JUAN", "19500101", "M"))
    )


def nombres(rsp: Mensaje) -> list[str]:
    return [pid.valor(5)[1] for pid in rsp.todos("PID")]


def test_por_nombre_fecha_y_sexo(poblado: None) -> None:
    rsp = preguntar("Q22", "Q22^Find^HL7|1|@PID.5.1^Hernandez~@PID.8^F")
    assert rsp.tipo, rsp.evento == ("RSP", "K22")
    assert nombres(rsp) == ["HERNANDEZ LOPEZ"]
    rsp = preguntar("Q22", "Q22|2|@PID.5.1.1^Hern~@PID.7^19500101", "Q2")
    assert nombres(rsp) == ["HERNANDEZ PAT"]
    (qak,) = rsp.todos("QAK")
    assert (qak[2], qak[4]) == ("OK", "1")


def test_por_numero(poblado: None) -> None:
    rsp = preguntar("Q22", "Q22|1|@PID.3.1^000123~@PID.3.4^HGX")
    assert nombres(rsp) == ["HERNANDEZ LOPEZ"]
    rsp = preguntar("Q23", "Q23^Get Corresponding IDs^HL7|1|000777^^^HGX^MR", "Q2")
    (pid,) = rsp.todos("PID")
    assert pid.valor(3)[5] == "MR"
    assert pid.valor(5).crudo == "^^^^^^S"  # PIX says by what they are known, not their name


def test_a_nadie_se_le_responde_que_no_hay(poblado: None) -> None:
    rsp = preguntar("Q23", "Q23|1|NADIE^^^HGX^MR")
    (qak,), (msa,) = rsp.todos("QAK"), rsp.todos("MSA")
    assert (msa[1], qak[2]) == ("AA", "NF")


def test_lo_que_no_se_entiende_se_dice(poblado: None) -> None:
    (err,) = preguntar("Q22", "Q22|1|@ZZZ.5^X").todos("ERR")
    assert "@ZZZ.5" in err[8]
    assert MensajeRecibido.objects.get(tipo="QBP^Q22").estado == Estado.RECHAZADO


def test_quien_no_tiene_derecho_recibe_lo_mismo_haya_o_no_haya(poblado: None) -> None:
    cliente = Cliente.objects.get(nombre="sin-convenio")
    for rol in ("", Rol.ALIADO.value):
        Cliente.objects.filter(pk=cliente.pk).update(rol=rol)
        Interlocutor.objects.filter(aplicacion="HIS").update(cliente=cliente)
        hay = preguntar("Q23", "Q23|1|000123^^^HGX^MR", f"A{rol}")
        no_hay = preguntar("Q23", "Q23|1|NADIE^^^HGX^MR", f"B{rol}")
        (uno,), (otro,) = hay.todos("ERR"), no_hay.todos("ERR")
        assert uno.texto == otro.texto
        assert [s.nombre for s in hay.segmentos] == ["MSH", "MSA", "ERR"]
        assert [s[1] for m in (hay, no_hay) for s in m.todos("MSA")] == ["AR", "AR"]


def test_cada_consulta_deja_a_quienes_mostro(poblado: None) -> None:
    preguntar("Q22", "Q22|1|@PID.5.1^Hernandez")
    evento = Evento.objects.get(tipo=TipoDeEvento.CONSULTA_RESPONDIDA)
    assert len(evento.pacientes) == 2
