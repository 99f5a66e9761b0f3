"""What a message says, in the record: by whom, of whom, once, in order; and what waits."""

import base64
import io
from typing import Any
from uuid import UUID

import pytest
from django.utils import timezone
from pypdf import PdfWriter

from auditoria.models import Evento
from auditoria.tipos import TipoDeEvento
from consentimiento import decision
from ece import fhir
from ece.nucleo.acceso import Acceso
from ece.nucleo.roles import Permiso
from interoperabilidad.hl7v2 import aplicador
from interoperabilidad.hl7v2.aplicacion import TIPO_ER7
from interoperabilidad.models import Estado, Interlocutor, MensajeRecibido
from registros.selectors import recursos
from tests.elenco import INTEGRACION
from tests.interoperabilidad.hl7v2 import mensajes
from tests.interoperabilidad.hl7v2.conftest import Recibir
from tests.interoperabilidad.hl7v2.mensajes import MARIA, Persona

pytestmark = pytest.mark.django_db
JUAN = Persona("000777", "PECH CANUL^JUAN", "19500101", "M")


def estados() -> list[tuple[str, str]]:
    return list(MensajeRecibido.objects.order_by("orden").values_list("estado", "motivo"))


def el_paciente() -> UUID:
    """Whose the last applied message was."""
    hallado = MensajeRecibido.objects.filter(paciente__isnull=False).order_by("-orden").first()
    assert hallado is not None, estados()
    assert hallado.paciente is not None
    return hallado.paciente


def acceso(paciente: UUID) -> Acceso:
    return decision.abrir_paciente(
        INTEGRACION, paciente, Permiso.RECURSO_LEER, ahora=timezone.now()
    )


def todo(paciente: UUID, *tipos: str) -> list[dict[str, Any]]:
    puerta = acceso(paciente)
    filas = recursos.compartimento(puerta, tipos=tipos or None)
    return [
        fhir.json.leer(json) for _, json in recursos.abrir_todos({puerta.paciente: puerta}, filas)
    ]


def uno(paciente: UUID, tipo: str) -> dict[str, Any]:
    (hallado,) = todo(paciente, tipo)
    return hallado


def test_un_ingreso_registra_a_la_persona_y_su_visita(recibir: Recibir) -> None:
    recibir(mensajes.adt("A01", resto=("AL1|1|DA|^Penicilina|SV|Urticaria",)))
    quien = el_paciente()
    paciente, visita = uno(quien, "Patient"), uno(quien, "Encounter")
    assert paciente["name"][0]["family"] == "HERNANDEZ LOPEZ"
    assert paciente["name"][0]["given"] == ["MARIA", "GUADALUPE"]
    assert paciente["birthDate"] == "1984-05-17"
    assert {i["system"] for i in paciente["identifier"]} == {
        "urn:ece:hl7v2:id:HGX",
        "urn:ece:expediente",
    }
    assert (visita["status"], visita["class"]["code"]) == ("in-progress", "IMP")
    assert visita["period"]["start"] == "2026-11-23T09:30:00-06:00"
    alergia = uno(quien, "AllergyIntolerance")
    assert (alergia["code"]["text"], alergia["criticality"]) == ("Penicilina", "high")
    assert estados() == [(Estado.APLICADO, "")]


def test_el_mensaje_queda_entero_bajo_la_llave_de_su_paciente(recibir: Recibir) -> None:
    datos = mensajes.adt("A01", resto=("ZPX|1|lo que nadie sabe dónde poner",))
    recibir(datos)
    binario = uno(el_paciente(), "Binary")
    assert binario["contentType"] == TIPO_ER7
    assert base64.b64decode(binario["data"]) == datos
    fila = MensajeRecibido.objects.get()
    assert fila.contenido is None
    assert str(fila.original) == binario["id"]


def test_lo_escribe_el_cliente_con_una_decision_y_un_evento(recibir: Recibir) -> None:
    recibir(mensajes.adt("A01"))
    evento = Evento.objects.get(tipo=TipoDeEvento.MENSAJE_APLICADO)
    assert evento.actor == Interlocutor.objects.get(aplicacion="HIS").cliente_id
    assert list(evento.pacientes) == [el_paciente()]
    assert len(evento.huellas) == 3  # Patient, Encounter, and the message itself


def test_la_visita_va_de_ingreso_a_traslado_alta_y_de_regreso(recibir: Recibir) -> None:
    recibir(mensajes.adt("A01", "1"))
    recibir(mensajes.adt("A02", "2").replace(b"Consulta externa^12^A", b"Piso 2^7^B"))
    quien = el_paciente()
    assert uno(quien, "Encounter")["location"][0]["location"]["display"] == "Piso 2 · 7 · B"
    recibir(mensajes.adt("A03", "3", alta="20261124120000-0600"))
    visita = uno(quien, "Encounter")
    assert visita["status"] == "finished"
    assert visita["period"]["end"] == "2026-11-24T12:00:00-06:00"
    recibir(mensajes.adt("A13", "4"))
    visita = uno(quien, "Encounter")
    assert visita["status"] == "in-progress"
    assert "end" not in visita["period"]
    recibir(mensajes.adt("A11", "5"))
    assert uno(quien, "Encounter")["status"] == "cancelled"


def test_lo_que_no_cambia_nada_no_hace_otra_version(recibir: Recibir) -> None:
    recibir(mensajes.adt("A08", "1"))
    recibir(mensajes.adt("A08", "2"))
    assert uno(el_paciente(), "Patient")["meta"]["versionId"] == "1"


def test_lo_nulo_borra_y_lo_vacio_deja(recibir: Recibir) -> None:
    recibir(mensajes.adt("A08", "1"))
    recibir(mensajes.adt("A31", "2").replace(b"||9511234567^PRN^PH", b'||""'))
    paciente = uno(el_paciente(), "Patient")
    assert "telecom" not in paciente
    assert paciente["address"][0]["city"] == "OAXACA"
    recibir(mensajes.adt("A31", "3").replace(b"CALLE 5 SUR 10^CENTRO^OAXACA^OAX^68000^MEX^H", b""))
    assert uno(el_paciente(), "Patient")["address"][0]["city"] == "OAXACA"


def test_cancelar_lo_que_no_esta_espera_a_una_persona(recibir: Recibir) -> None:
    recibir(mensajes.adt("A28", "1"))
    recibir(mensajes.adt("A11", "2", visita="OTRA"))
    assert estados()[-1] == (Estado.EN_ESPERA, "sin-previo")


def test_un_numero_que_aqui_es_de_otra_persona_no_se_adivina(recibir: Recibir) -> None:
    recibir(mensajes.adt("A28", "1"))
    otra = Persona(MARIA.numero, "ORDAZ^PEDRO", "19900303", "M")
    recibir(mensajes.adt("A08", "2", quien=otra))
    assert estados()[-1] == (Estado.EN_ESPERA, "identidad-discrepante")
    assert uno(el_paciente(), "Patient")["name"][0]["family"] == "HERNANDEZ LOPEZ"


def test_identificadores_de_dos_personas_esperan(recibir: Recibir) -> None:
    recibir(mensajes.adt("A28", "1"))
    recibir(mensajes.adt("A28", "2", quien=JUAN))
    cruzado = mensajes.adt("A08", "3").replace(
        b"000123^^^HGX^MR", b"000123^^^HGX^MR~000777^^^HGX^MR"
    )
    recibir(cruzado)
    assert estados()[-1] == (Estado.EN_ESPERA, "identificadores-cruzados")


def test_nunca_por_el_nombre(recibir: Recibir) -> None:
    """Same name, birth date and sex under another number: another record."""
    recibir(mensajes.adt("A28", "1"))
    primero = el_paciente()
    recibir(mensajes.adt("A28", "2", quien=Persona("000999")))
    assert el_paciente() != primero


def test_el_resultado_de_quien_no_esta_espera_y_se_aplica_cuando_llega(recibir: Recibir) -> None:
    recibir(mensajes.oru("1"))
    assert estados() == [(Estado.EN_ESPERA, "paciente-desconocido")]
    recibir(mensajes.adt("A28", "2"))
    assert [estado for estado, _ in estados()] == [Estado.APLICADO, Estado.APLICADO]
    informe = uno(el_paciente(), "DiagnosticReport")
    assert (informe["status"], len(informe["result"])) == ("final", 2)


def test_un_resultado_se_corrige_sobre_el_mismo_informe(recibir: Recibir) -> None:
    recibir(mensajes.adt("A28", "1"))
    recibir(mensajes.oru("2", glucosa="98", estado="P"))
    recibir(mensajes.oru("3", glucosa="89", estado="C"))
    quien = el_paciente()
    assert uno(quien, "DiagnosticReport")["status"] == "corrected"
    glucosa = next(o for o in todo(quien, "Observation") if "valueQuantity" in o)
    assert str(glucosa["valueQuantity"]["value"]) == "89"
    assert glucosa["valueQuantity"]["code"] == "mg/dL"
    assert glucosa["meta"]["versionId"] == "2"


def orden_de(paciente: UUID) -> UUID:
    """An order of ours, asked for over FHIR."""
    from registros.services import recursos as servicios

    puerta = decision.abrir_paciente(
        INTEGRACION, paciente, Permiso.RECURSO_ESCRIBIR, ahora=timezone.now()
    )
    recurso = {
        "resourceType": "ServiceRequest",
        "status": "active",
        "intent": "order",
        "requisition": {"system": "urn:ece:orden", "value": "FOLIO77"},
        "code": {"coding": [{"system": "http://loinc.org", "code": "2345-7"}], "text": "Glucosa"},
        "subject": {"reference": f"Patient/{paciente}"},
        "requester": {"reference": f"Practitioner/{UUID(int=7)}", "display": "Elena Cruz"},
    }
    return servicios.crear(puerta, recurso=recurso, ahora=timezone.now()).id


@pytest.mark.parametrize("como", ["folio", "id"])
def test_un_resultado_halla_su_orden_y_avisa_a_quien_la_pidio(recibir: Recibir, como: str) -> None:
    recibir(mensajes.adt("A28", "1"))
    quien = el_paciente()
    orden = orden_de(quien)
    pedida = "FOLIO77" if como == "folio" else str(orden)
    recibir(mensajes.oru("2", pedida=f"{pedida}^ECE", bandera="HH", glucosa="480"))
    assert estados()[-1] == (Estado.APLICADO, "")
    pedido, tarea = uno(quien, "ServiceRequest"), uno(quien, "Task")
    assert pedido["status"] == "completed"
    assert tarea["priority"] == "stat"
    assert tarea["owner"]["display"] == "Elena Cruz"
    assert tarea["input"][0]["type"]["text"] == "Glucosa"
    informe = uno(quien, "DiagnosticReport")
    assert informe["basedOn"] == [{"reference": f"ServiceRequest/{orden}"}]


def test_un_resultado_con_orden_que_no_esta_o_es_de_otro_espera(recibir: Recibir) -> None:
    recibir(mensajes.adt("A28", "1"))
    orden = orden_de(el_paciente())
    recibir(mensajes.adt("A28", "2", quien=JUAN))
    recibir(mensajes.oru("3", quien=JUAN, pedida="NOESTA^ECE"))
    recibir(mensajes.oru("4", quien=JUAN, pedida=f"{orden}^ECE"))
    assert estados()[2:] == [
        (Estado.EN_ESPERA, "orden-desconocida"),
        (Estado.EN_ESPERA, "orden-de-otro"),
    ]
    assert todo(el_paciente(), "DiagnosticReport") == []


def test_quien_informa_lo_que_nadie_pidio_aqui_lo_tiene_dicho(recibir: Recibir) -> None:
    Interlocutor.objects.filter(aplicacion="LIS").update(ordenes_ajenas=True)
    recibir(mensajes.adt("A28", "1"))
    recibir(mensajes.oru("2", pedida="SUYA^LIS"))
    assert estados()[-1] == (Estado.APLICADO, "")


def un_pdf() -> bytes:
    escritor, octetos = PdfWriter(), io.BytesIO()
    escritor.add_blank_page(width=200, height=200)
    escritor.write(octetos)
    return octetos.getvalue()


PDF = un_pdf()


def test_el_pdf_de_un_resultado_se_mira_y_se_guarda_como_documento(recibir: Recibir) -> None:
    adjunto = base64.b64encode(PDF).decode()
    obx = f"OBX|3|ED|PDF^Informe^L||^application^PDF^Base64^{adjunto}||||||F"
    recibir(mensajes.adt("A28", "1"))
    recibir(mensajes.oru("2", resto=(obx,)))
    assert estados()[-1] == (Estado.APLICADO, "")
    quien = el_paciente()
    documento = uno(quien, "DocumentReference")
    de_pdf = [b for b in todo(quien, "Binary") if b["contentType"] == "application/pdf"]
    assert base64.b64decode(de_pdf[0]["data"]) == PDF
    assert documento["content"][0]["attachment"]["url"] == f"Binary/{de_pdf[0]['id']}"
    informe = uno(quien, "DiagnosticReport")
    assert informe["presentedForm"][0]["url"] == f"Binary/{de_pdf[0]['id']}"


def test_un_archivo_hostil_no_entra(recibir: Recibir) -> None:
    malo = base64.b64encode(b"MZ" + b"\0" * 60).decode()
    obx = f"OBX|3|ED|PDF^Informe^L||^application^PDF^Base64^{malo}||||||F"
    recibir(mensajes.adt("A28", "1"))
    recibir(mensajes.oru("2", resto=(obx,)))
    assert estados()[-1] == (Estado.EN_ESPERA, "archivo")
    assert todo(el_paciente(), "DiagnosticReport") == []


def test_una_orden_llega_cambia_y_se_cancela(recibir: Recibir) -> None:
    def orm(control: str, accion: str) -> bytes:
        return mensajes.mensaje(
            mensajes.msh("ORM^O01^ORM_O01", control),
            MARIA.pid,
            f"ORC|{accion}|P900^HIS||||||||||1^CRUZ^ELENA",
            "OBR|1|P900^HIS||2345-7^Glucosa^LN|||20261123090000-0600",
        )

    recibir(mensajes.adt("A28", "1"))
    recibir(orm("2", "NW"))
    quien = el_paciente()
    assert uno(quien, "ServiceRequest")["status"] == "active"
    recibir(orm("3", "CA"))
    assert uno(quien, "ServiceRequest")["status"] == "revoked"


def test_un_resultado_responde_la_orden_que_llego_por_hl7(recibir: Recibir) -> None:
    orm = mensajes.mensaje(
        mensajes.msh("OML^O21^OML_O21", "2"),
        MARIA.pid,
        "ORC|NW|P900^HIS",
        "OBR|1|P900^HIS||2345-7^Glucosa^LN",
    )
    recibir(mensajes.oru("1", pedida="P900^HIS"))
    recibir(mensajes.adt("A28", "0"))
    assert estados()[0] == (Estado.EN_ESPERA, "orden-desconocida")
    recibir(orm)
    assert {estado for estado, _ in estados()} == {Estado.APLICADO}
    assert uno(el_paciente(), "ServiceRequest")["status"] == "completed"


def test_dos_expedientes_se_vinculan_y_lo_que_sigue_va_al_que_sigue(recibir: Recibir) -> None:
    doble = Persona("000124", MARIA.nombre, MARIA.nacio)
    recibir(mensajes.adt("A28", "1"))
    sigue = el_paciente()
    recibir(mensajes.adt("A28", "2", quien=doble))
    termina = el_paciente()
    a40 = mensajes.mensaje(
        mensajes.msh("ADT^A40^ADT_A39", "3"),
        "EVN|A40|20261123100000-0600",
        MARIA.pid,
        "MRG|000124^^^HGX^MR",
    )
    recibir(a40)
    assert estados()[-1] == (Estado.APLICADO, "")
    assert uno(termina, "Patient")["link"][0]["type"] == "replaced-by"
    assert uno(sigue, "Patient")["link"][0]["type"] == "replaces"
    recibir(mensajes.oru("4", quien=doble))
    assert el_paciente() == sigue
    assert len(todo(sigue, "DiagnosticReport")) == 1
    recibir(a40.replace(b"|3|P|", b"|5|P|"))
    assert estados()[-1] == (Estado.APLICADO, "")


def test_de_un_expediente_que_no_esta_solo_se_aprende_el_numero(recibir: Recibir) -> None:
    recibir(mensajes.adt("A28", "1"))
    quien = el_paciente()
    a40 = mensajes.mensaje(
        mensajes.msh("ADT^A40^ADT_A39", "3"), "EVN|A40|2026", MARIA.pid, "MRG|VIEJO^^^HGX^MR"
    )
    recibir(a40)
    recibir(mensajes.oru("4", quien=Persona("VIEJO")))
    assert el_paciente() == quien


def test_una_cita_se_programa_se_mueve_y_se_cancela(recibir: Recibir) -> None:
    recibir(mensajes.adt("A28", "1"))
    recibir(mensajes.siu("S12", "2"))
    quien = el_paciente()
    cita = uno(quien, "Appointment")
    assert (cita["status"], cita["start"]) == ("booked", "2026-12-01T10:00:00-06:00")
    assert [p["actor"].get("display") for p in cita["participant"][1:]] == [
        "ELENA CRUZ",
        "Consulta externa · 3",
    ]
    recibir(mensajes.siu("S13", "3", inicio="1015"))
    assert uno(quien, "Appointment")["start"] == "2026-12-01T10:15:00-06:00"
    recibir(mensajes.siu("S15", "4"))
    assert uno(quien, "Appointment")["status"] == "cancelled"


def test_un_documento_una_vacuna_y_un_cargo(recibir: Recibir) -> None:
    recibir(mensajes.adt("A28", "1"))
    recibir(
        mensajes.mensaje(
            mensajes.msh("MDM^T02^MDM_T02", "2"),
            "EVN|T02|20261123",
            MARIA.pid,
            "PV1|1|O",
            "TXA|1|11488-4^Nota de consulta^LN|TEXT|20261123090000-0600||||||||DOC1^HIS||||"
            "Nota de consulta|AU",
            "OBX|1|TX|11488-4^Nota^LN||Paciente estable.~Sin cambios.||||||F",
        )
    )
    recibir(
        mensajes.mensaje(
            mensajes.msh("VXU^V04^VXU_V04", "3"),
            MARIA.pid,
            "ORC|RE||V55^HIS",
            "RXA|0|1|20261120|20261120|207^COVID-19^CVX|0.5|mL^mL^UCUM||00||||||LOTE9||MOD^Moderna"
            "^MVX|||CP|A",
            "RXR|IM^Intramuscular^HL70162|LD^Brazo izquierdo^HL70163",
        )
    )
    recibir(
        mensajes.mensaje(
            mensajes.msh("DFT^P03^DFT_P03", "4"),
            "EVN|P03|20261123",
            MARIA.pid,
            "FT1|1|T900||20261123|20261123|CG|CONS^Consulta externa^L|||1|450.00&MXN",
        )
    )
    assert {estado for estado, _ in estados()} == {Estado.APLICADO}
    quien = el_paciente()
    assert uno(quien, "DocumentReference")["description"] == "Nota de consulta"
    textos = [b["data"] for b in todo(quien, "Binary") if b["contentType"] == "text/plain"]
    assert base64.b64decode(textos[0]).decode() == "Paciente estable.\nSin cambios."
    vacuna = uno(quien, "Immunization")
    assert (vacuna["lotNumber"], vacuna["vaccineCode"]["coding"][0]["code"]) == ("LOTE9", "207")
    cargo = uno(quien, "ChargeItem")
    assert (str(cargo["priceOverride"]["value"]), cargo["priceOverride"]["currency"]) == (
        "450.00",
        "MXN",
    )


def test_las_alergias_se_ponen_y_se_quitan(recibir: Recibir) -> None:
    def a60(control: str, accion: str) -> bytes:
        return mensajes.mensaje(
            mensajes.msh("ADT^A60^ADT_A60", control),
            "EVN|A60|20261123",
            MARIA.pid,
            f"IAM|1|FA|^Cacahuate|MO|Ronchas|{accion}",
        )

    recibir(mensajes.adt("A28", "1"))
    recibir(a60("2", "A"))
    quien = el_paciente()
    assert uno(quien, "AllergyIntolerance")["category"] == ["food"]
    recibir(a60("3", "D"))
    estado = uno(quien, "AllergyIntolerance")["clinicalStatus"]["coding"][0]["code"]
    assert estado == "inactive"


def test_lo_que_se_atiende_tarde_no_deshace_lo_que_se_dijo_despues(recibir: Recibir) -> None:
    recibir(mensajes.adt("A01", "1"), aplicar=False)
    MensajeRecibido.objects.update(estado=Estado.EN_ESPERA, motivo="fallo")
    recibir(mensajes.adt("A03", "2", alta="20261124120000-0600"))
    MensajeRecibido.objects.filter(estado=Estado.EN_ESPERA).update(estado=Estado.RECIBIDO)
    aplicador.aplicar_lote()
    assert [estado for estado, _ in estados()] == [Estado.APLICADO, Estado.APLICADO]
    assert uno(el_paciente(), "Encounter")["status"] == "finished"


def test_si_la_marca_falla_no_se_escribe_nada(recibir: Recibir) -> None:
    """Somebody else applied it: what was written in that act goes with the mark."""
    recibir(mensajes.adt("A28", "1"))
    recibir(mensajes.oru("2"), aplicar=False)
    (fila,) = aplicador._siguientes(range(16))
    MensajeRecibido.objects.filter(orden=fila.orden).update(estado=Estado.DESCARTADO)
    from interoperabilidad.hl7v2 import interlocutores

    aplicador._aplicar(fila, interlocutores.directorio())
    assert estados()[-1][0] == Estado.DESCARTADO
    assert todo(el_paciente(), "DiagnosticReport") == []


def test_lo_sensible_del_mensaje_lo_es_tambien_del_original(recibir: Recibir) -> None:
    recibir(mensajes.adt("A28", "1"))
    recibir(mensajes.oru("2", codigo="68961-2^HIV 1 Ab^LN"))
    quien = el_paciente()
    originales = [b for b in todo(quien, "Binary") if b["contentType"] == TIPO_ER7]
    assert any(b.get("meta", {}).get("security") for b in originales)
