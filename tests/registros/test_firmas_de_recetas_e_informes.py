"""Prescriptions and reports signed by their authors, where a rule of theirs asks for it."""

import io
from datetime import timedelta
from decimal import Decimal
from hashlib import sha256
from uuid import UUID

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pypdf import PdfReader

from consentimiento import decision
from consentimiento.decision import AccesoDenegado
from ece import fhir
from ece.identidad.models import ReglaDeFirma
from ece.identidad.services import firmantes
from ece.nucleo.acceso import Acceso
from ece.nucleo.firma import FirmaInvalida
from ece.nucleo.roles import Permiso
from ece.web.impresion import recetas as impresion
from registros.models import Tarea
from registros.models.tarea import PENDIENTES
from registros.selectors import expediente, firmas, por_firmar, tareas
from registros.selectors import recetas as ver_recetas
from registros.selectors.firmas import Documento
from registros.services import (
    encuentros,
    firmas_avanzadas,
    firmas_institucionales,
    ordenes,
    recetas,
    resultados,
)
from registros.services.firmas import NadaQueFirmar
from registros.services.ordenes import Prioridad
from tests.elenco import AHORA, CONTRASENA, Elenco
from tests.firma import autoridades as con
from tests.registros import clinica, firmadas

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def institucion(elenco: Elenco) -> None:
    firmadas.preparar_institucion()
    for documento in ("receta", "informe"):
        firmantes.pedir(documento, nivel="avanzada")


def firmar(acceso: Acceso, persona: con.Persona, *ids: UUID) -> None:
    elegidos = [(acceso.paciente, id_) for id_ in ids]
    assert firmadas.firmar_todo({acceso.paciente: acceso}, elegidos, persona) == len(ids)


def esperan(acceso: Acceso) -> set[UUID]:
    return {
        uno.documento
        for uno in por_firmar.documentos({acceso.paciente: acceso}, ahora=timezone.now())
    }


class TestRecetas:
    @pytest.fixture
    def medica(self, elenco: Elenco) -> con.Persona:
        return firmadas.con_certificado(elenco.medica)

    def test_signed_with_the_notes_of_the_shift(self, acceso: Acceso, medica: con.Persona) -> None:
        firmantes.pedir("evolucion", nivel="avanzada")
        receta, nota = clinica.paracetamol(acceso), firmadas.terminada(acceso)
        assert esperan(acceso) == {receta, nota}
        firmar(acceso, medica, receta, nota)
        assert esperan(acceso) == set()
        (firma,) = firmas.de_documento(acceso, tipo="MedicationRequest", id=receta)
        assert (firma.vale, firma.papel, firma.titular) == (True, "autor", "ELENA DE EJEMPLO")

    def test_the_pharmacy_sees_it_by_the_code_of_the_sheet_and_by_its_own(
        self, acceso: Acceso, medica: con.Persona
    ) -> None:
        receta = clinica.paracetamol(acceso)
        firmar(acceso, medica, receta)
        hoja = ver_recetas.hoja(acceso, receta_id=receta)
        pagina = Client().post(reverse("verificar:receta"), {"codigo": hoja[0].codigo})
        assert "ELENA DE EJEMPLO" in pagina.content.decode()
        (firma,) = firmas.de_documento(acceso, tipo="MedicationRequest", id=receta)
        pagina = Client().post(reverse("verificar:receta"), {"codigo": firma.codigo})
        assert "Firma auténtica" in pagina.content.decode()
        assert "Paracetamol" not in pagina.content.decode()
        impresa = impresion.pdf(acceso, hoja, verificar="https://ece.example/verificar/")
        assert "firma-1.p7s" in PdfReader(io.BytesIO(impresa)).attachments

    def test_suspended_it_waits_no_more_and_the_signed_one_says_so(
        self, acceso: Acceso, medica: con.Persona
    ) -> None:
        firmada, otra = clinica.paracetamol(acceso), clinica.paracetamol(acceso)
        firmar(acceso, medica, firmada)
        for receta in (firmada, otra):
            recetas.suspender(acceso, receta_id=receta, motivo="Alergia", ahora=AHORA)
        assert esperan(acceso) == set()
        with pytest.raises(NadaQueFirmar):
            firmar(acceso, medica, otra)
        (firma,) = firmas.de_documento(acceso, tipo="MedicationRequest", id=firmada)
        assert (firma.vale, firma.documento) == (True, Documento.CAMBIADO)

    def test_nobody_signs_for_who_prescribed(self, elenco: Elenco, acceso: Acceso) -> None:
        receta = clinica.paracetamol(acceso)
        firmantes.identificar(elenco.medica.pk, rfc=con.RFC, curp=con.CURP)
        ajeno = firmadas.expedido(rfc="OTRA800101AB1", curp="OTRA800101MOCBXL07", cual=12)
        with pytest.raises(FirmaInvalida, match="titular"):
            firmar(acceso, ajeno, receta)

    def test_only_where_a_rule_of_theirs_asks(self, acceso: Acceso) -> None:
        firmantes.pedir("*", nivel="avanzada")
        ReglaDeFirma.objects.filter(documento="receta").delete()
        receta = clinica.paracetamol(acceso)
        assert not list(Tarea.objects.de(acceso).con_estado(*PENDIENTES))
        assert firmas.de_documento(acceso, tipo="MedicationRequest", id=receta) == []

    def test_at_the_institutional_level_by_who_proves_who_they_are(self, acceso: Acceso) -> None:
        firmantes.pedir("receta", nivel="institucional")
        en_el_acto = clinica.paracetamol(
            acceso, ahora=timezone.now(), metodo=("contrasena", "codigo")
        )
        assert esperan(acceso) == set()
        (firma,) = firmas.de_documento(acceso, tipo="MedicationRequest", id=en_el_acto)
        assert (firma.vale, firma.nivel, firma.papel) == (True, "institucional", "autor")
        assert firma.titular == firmadas.INSTITUCION
        assert fhir.json.leer(firma.declaracion)["metodo"] == ["codigo", "contrasena"]

    def test_what_was_left_for_later_is_signed_with_one_proof(
        self, acceso: Acceso, medica: con.Persona
    ) -> None:
        firmantes.pedir("receta", nivel="institucional")
        recetadas = [clinica.paracetamol(acceso) for _ in range(3)]
        assert esperan(acceso) == {*recetadas}
        elegidas = [(acceso.paciente, id_) for id_ in recetadas]
        with pytest.raises(NadaQueFirmar):  # the certificate is for what asks for it
            firmadas.firmar_todo({acceso.paciente: acceso}, elegidas, medica)
        firmas_institucionales.firmar(
            {acceso.paciente: acceso},
            documentos=elegidas,
            metodo=("contrasena",),
            ahora=timezone.now(),
        )
        assert esperan(acceso) == set()
        for receta in recetadas:
            (firma,) = firmas.de_documento(acceso, tipo="MedicationRequest", id=receta)
            assert (firma.vale, firma.nivel) == (True, "institucional")
        with pytest.raises(NadaQueFirmar):
            firmas_institucionales.firmar(
                {acceso.paciente: acceso},
                documentos=elegidas,
                metodo=("contrasena",),
                ahora=timezone.now(),
            )


class TestInformes:
    @pytest.fixture
    def orden(self, acceso: Acceso) -> UUID:
        (una,) = ordenes.solicitar(
            acceso,
            estudios=("es6",),
            prioridad=Prioridad.URGENTE,
            problema="Debilidad",
            encuentro_id=None,
            ahora=AHORA,
        )
        return una

    @pytest.fixture
    def quimico(self, elenco: Elenco) -> con.Persona:
        rfc, curp = "QUIM800101AB1", "QUIM800101HOCBXL07"
        return firmadas.con_certificado(elenco.laboratorio, rfc=rfc, curp=curp, cual=16)

    def informar(
        self, elenco: Elenco, paciente: UUID, orden: UUID, *, k: str, metodo: tuple[str, ...] = ()
    ) -> UUID:
        servicio = decision.abrir_paciente(
            elenco.actor(elenco.laboratorio), paciente, Permiso.ORDEN_ATENDER, ahora=AHORA
        )
        return resultados.informar(
            servicio,
            orden_id=orden,
            valores={"k": Decimal(k), "na": Decimal("140")},
            conclusion="Sin hemólisis",
            definitivo=True,
            ahora=timezone.now() if metodo else AHORA,
            metodo=metodo,
        )

    def como_quimico(self, elenco: Elenco, paciente: UUID, *, dias: int = 0) -> Acceso:
        quien = elenco.actor(elenco.laboratorio)
        ahora = AHORA + timedelta(days=dias)
        return decision.abrir_paciente(quien, paciente, Permiso.DOCUMENTO_FIRMAR, ahora=ahora)

    def test_the_laboratory_signs_what_it_reported_with_its_figures(
        self, elenco: Elenco, acceso: Acceso, orden: UUID, quimico: con.Persona
    ) -> None:
        informe = self.informar(elenco, acceso.paciente, orden, k="4.1")
        suyo = self.como_quimico(elenco, acceso.paciente)
        assert esperan(suyo) == {informe}
        # the physician's own pending list has the result to read, and no signature
        (tarea,) = tareas.del_informe(acceso, informe_id=informe)
        assert tarea.pendiente
        assert esperan(acceso) == set()
        preparado = firmas_avanzadas.preparar(
            {suyo.paciente: suyo},
            documentos=[(suyo.paciente, informe)],
            certificado=quimico.der,
            ahora=timezone.now(),
        )
        (hoja,) = preparado.hojas
        citas = {c["id"]: c["sha256"] for c in fhir.json.leer(hoja.declaracion)["cita"]}
        assert len(hoja.citados) == 2
        assert all(citas[i] == sha256(dicho).hexdigest() for i, dicho in hoja.citados.items())
        firmar(suyo, quimico, informe)
        (firma,) = firmas.de_documento(acceso, tipo="DiagnosticReport", id=informe)
        assert (firma.vale, firma.papel) == (True, "autor")

    def test_a_corrected_report_is_signed_again(
        self, elenco: Elenco, acceso: Acceso, orden: UUID, quimico: con.Persona
    ) -> None:
        informe = self.informar(elenco, acceso.paciente, orden, k="4.1")
        firmar(self.como_quimico(elenco, acceso.paciente), quimico, informe)
        self.informar(elenco, acceso.paciente, orden, k="4.4")
        suyo = self.como_quimico(elenco, acceso.paciente)
        assert esperan(suyo) == {informe}
        firmar(suyo, quimico, informe)
        halladas = firmas.de_documento(acceso, tipo="DiagnosticReport", id=informe)
        assert [(f.vale, f.documento) for f in halladas] == [
            (True, Documento.CAMBIADO),
            (True, Documento.IGUAL),
        ]

    def test_at_the_institutional_level_in_the_act_that_reports(
        self, elenco: Elenco, acceso: Acceso, orden: UUID
    ) -> None:
        firmantes.pedir("informe", nivel="institucional")
        informe = self.informar(
            elenco, acceso.paciente, orden, k="4.1", metodo=("contrasena", "empleado")
        )
        (firma,) = firmas.de_documento(acceso, tipo="DiagnosticReport", id=informe)
        assert (firma.vale, firma.nivel, firma.firmante) == (
            True,
            "institucional",
            elenco.laboratorio.nombre,
        )
        citas = {c["tipo"] for c in fhir.json.leer(firma.declaracion)["cita"]}
        assert {"Observation", "ServiceRequest", "Patient"} <= citas
        self.informar(elenco, acceso.paciente, orden, k="4.4")  # and corrects it without signing
        suyo = self.como_quimico(elenco, acceso.paciente)
        assert esperan(suyo) == {informe}

    def test_who_only_waits_to_sign_signs_and_reads_nothing_else(
        self, elenco: Elenco, acceso: Acceso, orden: UUID, quimico: con.Persona
    ) -> None:
        informe = self.informar(elenco, acceso.paciente, orden, k="4.1")
        (encuentro,) = expediente.encuentros_abiertos(acceso)
        encuentros.cerrar(acceso, encuentro_id=encuentro.id, ahora=AHORA)
        suyo = self.como_quimico(elenco, acceso.paciente, dias=30)
        assert suyo.permisos == {Permiso.PACIENTE_LEER, Permiso.DOCUMENTO_FIRMAR}
        assert suyo.fundamento == "firma.pendiente"
        firmar(suyo, quimico, informe)
        with pytest.raises(AccesoDenegado):  # nothing waits any more
            self.como_quimico(elenco, acceso.paciente, dias=30)


def test_the_page_that_signs_is_the_laboratorys_too(elenco: Elenco) -> None:
    cliente = Client()
    cliente.force_login(elenco.laboratorio)
    pagina = cliente.get(reverse("clinica:por-firmar"))
    assert "Nada espera su firma." in pagina.content.decode()


def test_the_page_of_a_prescription_shows_it(elenco: Elenco, acceso: Acceso) -> None:
    receta = clinica.paracetamol(acceso)
    cliente = Client()
    cliente.force_login(elenco.medica)
    direccion = reverse("clinica:registro", args=[acceso.paciente, "MedicationRequest", receta])
    assert "pide su firma electrónica avanzada" in cliente.get(direccion).content.decode()
    firmar(acceso, firmadas.con_certificado(elenco.medica), receta)
    pagina = cliente.get(direccion).content.decode()
    assert "certificado de ELENA DE EJEMPLO" in pagina
    assert "pide su firma electrónica avanzada" not in pagina


def test_prescribing_asks_for_the_password_where_a_rule_does(
    elenco: Elenco, acceso: Acceso
) -> None:
    firmantes.pedir("receta", nivel="institucional")
    cliente = Client()
    cliente.force_login(elenco.medica)
    direccion = reverse("clinica:recetar", args=[acceso.paciente])
    datos = {
        **{f"r-{cual}_FORMS": n for cual, n in (("TOTAL", 1), ("INITIAL", 0))},
        "r-0-medicamento": "Paracetamol",
        "r-0-dosis": "500",
        "r-0-unidad": "mg",
        "r-0-via": "oral",
        "r-0-cada_horas": "8",
        "r-0-dias": "3",
        "accion": "guardar",
    }
    assert "receta-contrasena" in cliente.get(direccion).content.decode()
    pagina = cliente.post(direccion, {**datos, "contrasena": "no es"})
    assert pagina.status_code == 422
    assert "La contraseña o el número de empleado" in pagina.content.decode()
    assert ver_recetas.recetados(acceso) == []
    assert cliente.post(direccion, {**datos, "contrasena": CONTRASENA}).status_code == 302
    (receta,) = ver_recetas.recetados(acceso)
    (firma,) = firmas.de_documento(acceso, tipo="MedicationRequest", id=receta.id)
    assert (firma.vale, firma.nivel) == (True, "institucional")
    assert cliente.post(direccion, datos).status_code == 302  # and another, left for later
    assert len(esperan(acceso)) == 1
    pagina = cliente.post(
        reverse("clinica:firmar-institucional"),
        {
            "documento": [f"{acceso.paciente}/{id_}" for id_ in esperan(acceso)],
            "contrasena": CONTRASENA,
        },
        follow=True,
    )
    assert "Se firmó 1 documento." in pagina.content.decode()
    ReglaDeFirma.objects.filter(documento="receta").delete()
    assert "receta-contrasena" not in cliente.get(direccion).content.decode()
