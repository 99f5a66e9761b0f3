"""Signing notes at both levels, what a signature covers, and what is not taken for one."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from uuid import UUID

import psycopg
import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from auditoria import bitacora
from auditoria.models import Evento
from auditoria.tipos import TipoDeEvento
from consentimiento import decision
from consentimiento.services import sellado
from ece import fhir
from ece.identidad.models import Credencial, ReglaDeFirma
from ece.identidad.services import credenciales, firmantes
from ece.nucleo.acceso import Acceso
from ece.nucleo.firma import FirmaInvalida, cms, jws
from ece.nucleo.roles import Permiso, Rol
from registros.models import Firma, NotaClinica, Paciente, Tarea
from registros.models.firma import Papel
from registros.models.tarea import PENDIENTES
from registros.selectors import firmas, por_firmar, recursos
from registros.selectors.firmas import Documento
from registros.services import contrafirmas, encuentros, notas, sellos
from registros.services import firmas as servicio
from registros.services import firmas_avanzadas as avanzadas
from registros.services import recursos as escritura
from registros.services.firmas import NadaQueFirmar
from tests.elenco import INTEGRACION, XOCHITL, Elenco, acceso_de_medica, en_consulta, registrar
from tests.firma import autoridades as con
from tests.registros import firmadas
from tests.registros.nota_de_ejemplo import con_concesion, en_puesto

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def institucion(elenco: Elenco) -> None:
    firmadas.preparar_institucion()


@pytest.fixture
def medica(elenco: Elenco) -> con.Persona:
    return firmadas.con_certificado(elenco.medica)


def ver(acceso: Acceso, nota: UUID) -> list[firmas.Veredicto]:
    return firmas.de_documento(acceso, tipo="Composition", id=nota)


def test_finishing_a_note_signs_it_and_what_it_cites(acceso: Acceso) -> None:
    nota = firmadas.terminada(acceso)
    (firma,) = ver(acceso, nota)
    assert (firma.vale, firma.papel, firma.nivel) == (True, "autor", "institucional")
    assert firma.titular == firmadas.INSTITUCION
    assert firma.sellado_at is not None
    assert firma.revocacion_de is not None
    dicha = fhir.json.leer(firma.declaracion)
    assert dicha["documento"]["id"] == str(nota)
    assert {c["tipo"] for c in dicha["cita"]} == {
        *("Condition", "Encounter", "Observation", "Patient")
    }
    assert Evento.objects.filter(tipo=TipoDeEvento.NOTA_FINALIZADA).count() == 1
    (fila,) = Firma.objects.de(acceso)
    assert fhir.validar(fila.recurso) == []
    assert f"Composition/{nota}/_history/2" in fila.recurso["target"][0]["reference"]


def test_a_figure_from_elsewhere_that_no_double_holds_does_not_stop_the_note(
    acceso: Acceso,
) -> None:
    (paciente,) = Paciente.objects.de(acceso)
    cifra = {"url": "urn:x", "valueDecimal": Decimal("17.06054700000000123456")}
    acceso_de_maquina = decision.abrir_paciente(
        INTEGRACION, acceso.paciente, Permiso.PACIENTE_MODIFICAR, ahora=timezone.now()
    )
    escritura.actualizar(
        acceso_de_maquina,
        id=acceso.paciente,
        recurso={**paciente.recurso, "extension": [cifra]},
        version=paciente.version,
        ahora=timezone.now(),
    )
    (firma,) = ver(acceso, firmadas.terminada(acceso))
    citas = fhir.json.leer(firma.declaracion)["cita"]
    (citado,) = [c for c in citas if c["tipo"] == "Patient"]
    assert firma.vale
    assert "sha256_de_bytes" in citado


def test_without_a_seal_it_is_finished_and_says_so(acceso: Acceso) -> None:
    Credencial.objects.update(retirada_at=timezone.now())
    nota = firmadas.terminada(acceso)
    assert ver(acceso, nota) == []
    assert NotaClinica.objects.uno(acceso, nota).finalizada  # type: ignore[union-attr]


def test_ten_notes_are_signed_at_once_and_each_is_verified_alone(
    elenco: Elenco, acceso: Acceso, medica: con.Persona
) -> None:
    firmantes.pedir("evolucion", nivel="avanzada")
    hechas = [(acceso.paciente, firmadas.terminada(acceso)) for _ in range(10)]
    accesos = {acceso.paciente: acceso}
    alcance = decision.alcanzar(
        acceso.actor, Permiso.DOCUMENTO_FIRMAR, motivo="firma", ahora=timezone.now()
    )
    assert por_firmar.pacientes(alcance, ahora=timezone.now()) == {acceso.paciente}
    assert {uno.documento for uno in por_firmar.documentos(accesos, ahora=timezone.now())} == {
        nota for _, nota in hechas
    }
    assert firmas.estado(acceso, nota_id=hechas[0][1], clave="evolucion").falta_avanzada

    assert firmadas.firmar_todo(accesos, hechas, medica) == 10
    assert por_firmar.documentos(accesos, ahora=timezone.now()) == []
    assert not list(Tarea.objects.de(acceso).con_estado(*PENDIENTES))
    for _, nota in hechas:
        estado = firmas.estado(acceso, nota_id=nota, clave="evolucion")
        assert estado.completa
        (una,) = [f for f in estado.firmas if f.nivel == "avanzada"]
        assert (una.vale, una.titular) == (True, "ELENA DE EJEMPLO")
        assert len(fhir.json.leer(una.firmado)["hojas"]) == 10
    assert Evento.objects.filter(tipo=TipoDeEvento.NOTA_FIRMADA).count() == 1


def test_notes_of_two_patients_in_one_signature(
    elenco: Elenco, acceso: Acceso, medica: con.Persona
) -> None:
    firmantes.pedir("*", nivel="avanzada")
    otro = registrar(elenco, replace(XOCHITL, nombre="Otra"))
    en_consulta(elenco, otro)
    suyo = acceso_de_medica(elenco, otro)
    hechas = [(a.paciente, firmadas.terminada(a)) for a in (acceso, suyo)]
    accesos = {a.paciente: a for a in (acceso, suyo)}
    assert firmadas.firmar_todo(accesos, hechas, medica) == 2
    for quien, (_, nota) in zip((acceso, suyo), hechas, strict=True):
        assert all(f.vale for f in ver(quien, nota))
    (evento,) = Evento.objects.filter(tipo=TipoDeEvento.NOTA_FIRMADA)
    assert set(evento.pacientes) == {acceso.paciente, otro}


class TestLoQueSeRehusa:
    @pytest.fixture(autouse=True)
    def nota(self, acceso: Acceso, medica: con.Persona) -> tuple[UUID, UUID]:
        firmantes.pedir("evolucion", nivel="avanzada")
        return acceso.paciente, firmadas.terminada(acceso)

    def firmar(self, acceso: Acceso, nota: tuple[UUID, UUID], persona: con.Persona, **k) -> int:
        return firmadas.firmar_todo({acceso.paciente: acceso}, [nota], persona, **k)

    def test_anothers_certificate(self, acceso: Acceso, nota: tuple[UUID, UUID]) -> None:
        ajeno = firmadas.expedido(rfc="OTRA800101AB1", curp="OTRA800101MOCBXL07", cual=12)
        with pytest.raises(FirmaInvalida, match="titular"):
            self.firmar(acceso, nota, ajeno)

    def test_one_of_nobody_in_the_list(self, acceso: Acceso, nota: tuple[UUID, UUID]) -> None:
        with pytest.raises(FirmaInvalida, match="cadena"):
            self.firmar(acceso, nota, con.persona(con.autoridad(cual=13)))

    def test_a_revoked_one(
        self, acceso: Acceso, nota: tuple[UUID, UUID], medica: con.Persona
    ) -> None:
        credenciales.revocar(medica.certificado, ahora=timezone.now())
        with pytest.raises(FirmaInvalida, match="revocado"):
            self.firmar(acceso, nota, medica)

    def test_what_took_too_long(
        self, acceso: Acceso, nota: tuple[UUID, UUID], medica: con.Persona
    ) -> None:
        tarde = timezone.now() + timedelta(minutes=11)
        with pytest.raises(avanzadas.Caducada):
            self.firmar(acceso, nota, medica, ahora=tarde)

    def test_a_signature_over_other_notes(
        self, acceso: Acceso, nota: tuple[UUID, UUID], medica: con.Persona
    ) -> None:
        """Replay: what was signed of one note, sent for another."""
        otra = (acceso.paciente, firmadas.terminada(acceso))
        with pytest.raises(FirmaInvalida, match="firma"):
            self.firmar(acceso, nota, medica, documentos=[otra])
        assert all(f.nivel == "institucional" for f in ver(acceso, otra[1]))

    def test_twice(self, acceso: Acceso, nota: tuple[UUID, UUID], medica: con.Persona) -> None:
        self.firmar(acceso, nota, medica)
        with pytest.raises(NadaQueFirmar):
            self.firmar(acceso, nota, medica)

    def test_by_who_did_not_write_it(
        self, elenco: Elenco, acceso: Acceso, nota: tuple[UUID, UUID]
    ) -> None:
        otro = elenco.medico_ajeno
        suya = firmadas.con_certificado(
            otro, rfc="OTRO800101AB1", curp="OTRO800101HOCBXL07", cual=12
        )
        suyo = con_concesion(elenco, otro, acceso.paciente)
        with pytest.raises(NadaQueFirmar):
            self.firmar(suyo, nota, suya)

    def test_if_its_event_fails_nothing_is_signed(
        self,
        acceso: Acceso,
        nota: tuple[UUID, UUID],
        medica: con.Persona,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        monkeypatch.setattr(
            bitacora, "insercion", lambda eventos: ("INSERT INTO no_existe VALUES (%s)", [1])
        )
        with pytest.raises(psycopg.Error):
            self.firmar(acceso, nota, medica)
        monkeypatch.undo()
        assert [f.nivel for f in ver(acceso, nota[1])] == ["institucional"]


def test_student_and_physician_sign_each_what_they_answer_for(
    elenco: Elenco, acceso: Acceso
) -> None:
    interno = con_concesion(elenco, en_puesto(elenco, Rol.INTERNO), acceso.paciente)
    nota = firmadas.terminada(interno)
    assert [(f.papel, f.documento, f.vale) for f in ver(interno, nota)] == [
        ("autor", Documento.IGUAL, True)
    ]
    contrafirmas.contrafirmar(acceso, nota_id=nota, ahora=timezone.now())
    assert [(f.papel, f.documento, f.vale) for f in ver(acceso, nota)] == [
        ("autor", Documento.CAMBIADO, True),
        ("contrafirma", Documento.IGUAL, True),
    ]


def test_a_document_of_two_is_signed_by_two_or_refused(elenco: Elenco, acceso: Acceso) -> None:
    firmantes.pedir("evolucion", nivel="institucional", conjuntas=1)
    nota = firmadas.terminada(acceso)
    assert firmas.estado(acceso, nota_id=nota, clave="evolucion").faltan == 1
    with pytest.raises(NadaQueFirmar):  # the author already did
        servicio.firmar_tambien(acceso, nota_id=nota, metodo=("contrasena",), ahora=timezone.now())
    otro = con_concesion(elenco, elenco.medico_ajeno, acceso.paciente)
    with pytest.raises(servicio.SinMotivo):
        servicio.rehusar(otro, nota_id=nota, motivo=" ", metodo=(), ahora=timezone.now())
    servicio.rehusar(
        otro, nota_id=nota, motivo="No estuve", metodo=("contrasena",), ahora=timezone.now()
    )
    estado = firmas.estado(acceso, nota_id=nota, clave="evolucion")
    assert (estado.faltan, estado.firmas[-1].motivo) == (1, "No estuve")
    tercero = con_concesion(elenco, en_puesto(elenco, Rol.RESIDENTE), acceso.paciente)
    servicio.firmar_tambien(tercero, nota_id=nota, metodo=("contrasena",), ahora=timezone.now())
    assert firmas.estado(acceso, nota_id=nota, clave="evolucion").completa
    ReglaDeFirma.objects.all().delete()
    with pytest.raises(NadaQueFirmar):  # nobody is asked any more
        servicio.firmar_tambien(tercero, nota_id=nota, metodo=(), ahora=timezone.now())


def test_an_addendum_signs_the_note_it_adds_to(acceso: Acceso) -> None:
    nota = firmadas.terminada(acceso)
    adenda = notas.adendar(acceso, nota_id=nota, texto="Se agrega", ahora=timezone.now())
    (firma,) = ver(acceso, adenda)
    citada = next(
        c for c in fhir.json.leer(firma.declaracion)["cita"] if c["tipo"] == "Composition"
    )
    assert (firma.vale, citada["id"], citada["version"]) == (True, str(nota), 2)


def test_a_machine_sends_no_signatures_nor_writes_over_one(elenco: Elenco, acceso: Acceso) -> None:
    firmadas.terminada(acceso)
    (firma,) = Firma.objects.de(acceso)
    for recurso in (firma.recurso, {**firma.recurso, "extension": []}):
        with pytest.raises(escritura.FirmaEnviada):
            escritura.actualizar(
                acceso, id=firma.id, recurso=recurso, version=1, ahora=timezone.now()
            )
    with pytest.raises(escritura.FirmaEnviada):
        escritura.crear(acceso, recurso=firma.recurso, ahora=timezone.now())


def test_the_database_lets_nobody_change_a_signature(acceso: Acceso) -> None:
    firmadas.terminada(acceso)
    (firma,) = Firma.objects.de(acceso)
    with (
        pytest.raises(IntegrityError, match="una firma no cambia"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(
            "UPDATE registros_firma SET version = 2, acto = gen_random_uuid(), papel = 'autor' "
            "WHERE id = %s",
            [firma.id],
        )


def test_one_moved_to_another_note_does_not_hold(acceso: Acceso) -> None:
    una, otra = firmadas.terminada(acceso), firmadas.terminada(acceso)
    firma = Firma.objects.de(acceso).get(objeto=una)
    firma.objeto = otra
    escritas = {
        s.version: fhir.json.leer(recursos.abrir(acceso, s))
        for s in recursos.historia_sellada("Composition", otra)
    }
    dicho = firmas.verificar(firma, escritas)
    assert (dicho.vale, dicho.falla, dicho.documento) == (False, "contenido", Documento.ALTERADO)


def test_a_person_of_the_institution_is_not_its_seal(acceso: Acceso, medica: con.Persona) -> None:
    """The same authority certifies both: the institutional level takes only the seal's own."""
    nota = firmadas.terminada(acceso)
    (firma,) = ver(acceso, nota)
    momento = firma.momento
    hecha = cms.firmar(medica.llave, firma.declaracion, medica.der, momento)
    sobre = cms.armar(hecha, firma.declaracion, medica.der, momento)
    token = jws.firmar(medica.llave, firma.declaracion, medica.der, momento)
    with pytest.raises(FirmaInvalida, match="titular"):
        firmas.verificar_evidencia(
            fhir.json.leer(firma.declaracion),
            firma.declaracion,
            firma.declaracion,
            sobre,
            token,
            documento={},
        )


def test_renewed_the_seal_what_was_signed_still_holds(acceso: Acceso) -> None:
    nota = firmadas.terminada(acceso)
    credenciales.renovar("sello", firmadas.INSTITUCION, ahora=timezone.now(), bits=con.BITS)
    otra = firmadas.terminada(acceso)
    assert [f.vale for n in (nota, otra) for f in ver(acceso, n)] == [True, True]


def test_stamped_again_before_it_expires(acceso: Acceso) -> None:
    nota = firmadas.terminada(acceso)
    assert sellado.resellar(ahora=timezone.now(), avisar=lambda _: None) == 0
    hechas = sellado.resellar(
        ahora=timezone.now(), antes=timedelta(days=3650), avisar=lambda _: None
    )
    assert hechas == 1
    (fila,) = Firma.objects.de(acceso)
    assert (fila.version, fila.autor, len(fila.sellos)) == (2, acceso.actor.id, 1)
    assert [f.vale for f in ver(acceso, nota)] == [True]
    assert Evento.objects.filter(tipo=TipoDeEvento.FIRMA_RESELLADA).count() == 1


def test_a_finished_episode_takes_its_constancia(elenco: Elenco, acceso: Acceso) -> None:
    nota = firmadas.terminada(acceso)
    (encuentro,) = {f.encuentro for f in NotaClinica.objects.de(acceso)}
    assert encuentro is not None
    with pytest.raises(NadaQueFirmar):
        sellos.conservar(acceso, encuentro_id=encuentro, ahora=timezone.now())
    assert sellado.resellar(ahora=timezone.now(), avisar=lambda _: None) == 0
    encuentros.cerrar(acceso, encuentro_id=encuentro, ahora=timezone.now())
    assert sellado.resellar(ahora=timezone.now(), avisar=lambda _: None) == 1
    assert sellado.resellar(ahora=timezone.now(), avisar=lambda _: None) == 0
    (constancia,) = firmas.de_documento(acceso, tipo="Encounter", id=encuentro)
    assert (constancia.vale, constancia.papel) == (True, Papel.CONSERVACION)
    citados = {c["id"] for c in fhir.json.leer(constancia.declaracion)["cita"]}
    assert str(nota) in citados
    assert len(citados) > 3
