"""A physician who will be away leaves her signature to a colleague: what it lets, and what not."""

import io
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pypdf import PdfReader

from auditoria.models import Evento
from auditoria.tipos import TipoDeEvento
from consentimiento import decision
from consentimiento.decision import AccesoDenegado
from ece import fhir
from ece.identidad import delegaciones_de_firma as guardadas
from ece.identidad.models import Asignacion, DelegacionDeFirma, ReglaDeFirma, Usuario
from ece.identidad.selectors import actor_de_usuario
from ece.identidad.services import firmantes
from ece.nucleo.acceso import Acceso, Actor
from ece.nucleo.firma import FirmaInvalida, cms, jws
from ece.nucleo.firma.canonico import canonico
from ece.nucleo.roles import Permiso, Rol
from ece.web.impresion import notas as impresion
from registros.catalogos.notas import TIPOS
from registros.models import Firma, NotaClinica
from registros.models.firma import Papel
from registros.selectors import firmas, notas, por_firmar
from registros.selectors.delegaciones_de_firma import Negativa, colegas
from registros.services import (
    contrafirmas,
    encuentros,
    firmas_avanzadas,
    firmas_institucionales,
    pliegos,
)
from registros.services import delegaciones_de_firma as servicio
from registros.services import notas as notas_
from registros.services.elegidos import NoDelegado
from registros.services.firmas import NadaQueFirmar
from registros.services.pliegos import Hoja, Preparado
from tests.elenco import AHORA, CONTRASENA, Elenco
from tests.firma import autoridades as con
from tests.registros import clinica, firmadas
from tests.registros.nota_de_ejemplo import con_concesion, contenido_completo, en_puesto

pytestmark = pytest.mark.django_db
RFC, CURP = "SUPL800101AB1", "SUPL800101MOCBXL07"


@dataclass(frozen=True)
class Suplente:
    usuario: Usuario
    persona: con.Persona

    @property
    def actor(self) -> Actor:
        return actor_de_usuario(self.usuario, ahora=timezone.now())

    def abrir(self, paciente: UUID) -> dict[UUID, Acceso]:
        acceso = decision.abrir_paciente(
            self.actor, paciente, Permiso.DOCUMENTO_FIRMAR, ahora=timezone.now()
        )
        return {paciente: acceso}

    def firmar(self, paciente: UUID, *documentos: UUID) -> int:
        elegidos = [(paciente, documento) for documento in documentos]
        return firmadas.firmar_todo(self.abrir(paciente), elegidos, self.persona)


@pytest.fixture(autouse=True)
def institucion(elenco: Elenco) -> None:
    firmadas.preparar_institucion()
    firmantes.pedir("evolucion", nivel="avanzada")


@pytest.fixture
def suplente(elenco: Elenco) -> Suplente:
    usuario = en_puesto(elenco, Rol.MEDICO)
    return Suplente(usuario, firmadas.con_certificado(usuario, rfc=RFC, curp=CURP, cual=16))


def delegar(acceso: Acceso, a: Usuario, **cambios: Any) -> UUID:
    ahora = timezone.now()
    dicho: dict[str, Any] = {
        "delegado_id": a.pk,
        "documentos": ["evolucion"],
        "desde": ahora,
        "hasta": ahora + timedelta(days=14),
        "motivo": "Vacaciones",
        "metodo": ("contrasena",),
        "ahora": ahora,
        **cambios,
    }
    return servicio.delegar(acceso.actor, **dicho)


def ver(acceso: Acceso, nota: UUID) -> firmas.Veredicto:
    """The advanced one."""
    halladas = firmas.de_documento(acceso, tipo="Composition", id=nota)
    (una,) = [f for f in halladas if f.nivel == "avanzada"]
    return una


class TestHistoria:
    def test_the_colleague_signs_what_she_left_and_everything_says_in_whose_name(
        self, acceso: Acceso, suplente: Suplente
    ) -> None:
        nota = firmadas.terminada(acceso)
        with pytest.raises(AccesoDenegado):  # nothing ties them to the patient
            suplente.abrir(acceso.paciente)
        delegacion = delegar(acceso, suplente.usuario)
        accesos = suplente.abrir(acceso.paciente)
        (suyo,) = accesos.values()
        assert suyo.fundamento == "firma.delegada"
        assert suyo.permisos == {Permiso.PACIENTE_LEER, Permiso.DOCUMENTO_FIRMAR}
        (linea,) = por_firmar.documentos(accesos, ahora=timezone.now())
        assert (linea.documento, linea.por) == (nota, acceso.actor.nombre)

        assert suplente.firmar(acceso.paciente, nota) == 1
        firma = ver(acceso, nota)
        assert (firma.vale, firma.papel, firma.por) == (True, "delegada", acceso.actor.nombre)
        assert firma.firmante == suplente.usuario.nombre
        assert firmas.estado(acceso, nota_id=nota, clave="evolucion").completa
        assert not por_firmar.espera(acceso, documento=nota, ahora=timezone.now())
        (fila,) = Firma.objects.de(acceso).filter(papel="delegada")
        assert fhir.validar(fila.recurso) == []
        (agente,) = fila.recurso["agent"]
        assert agente["onBehalfOf"]["reference"] == f"Practitioner/{acceso.actor.id}"
        assert agente["role"][0]["coding"][0]["code"] == "DELEGATEE"
        assert fila.recurso["signature"][0]["onBehalfOf"] == agente["onBehalfOf"]
        citada = fila.recurso["entity"][-1]["what"]["identifier"]["value"]
        assert citada == str(delegacion)
        (evento,) = Evento.objects.filter(tipo=TipoDeEvento.NOTA_FIRMADA)
        assert str(delegacion).encode() in bytes(evento.contenido)
        with pytest.raises(AccesoDenegado):  # and nothing ties them any more
            suplente.abrir(acceso.paciente)

    def test_the_delegation_is_sealed_and_in_the_log_and_its_reason_is_not_told(
        self, acceso: Acceso, suplente: Suplente
    ) -> None:
        id_ = delegar(acceso, suplente.usuario, motivo="Incapacidad", metodo=("contrasena", "x"))
        (una,) = guardadas.recibidas(suplente.usuario.pk, ahora=timezone.now())
        assert (una.id, una.motivo, una.de) == (id_, "Incapacidad", acceso.actor.nombre)
        jws.verificar(una.sello, una.dice)
        dice = fhir.json.leer(una.dice)
        assert dice["metodo"] == ["contrasena", "x"]
        assert "Incapacidad" not in str(dice)
        (evento,) = Evento.objects.filter(tipo=TipoDeEvento.FIRMA_DELEGADA)
        contado = fhir.json.leer(bytes(evento.contenido))["detalle"]
        assert contado["delegado"] == str(suplente.usuario.pk)
        assert "Incapacidad" not in str(contado)
        escrito = bytes(DelegacionDeFirma.objects.get().contenido)
        assert not any(secreto in escrito for secreto in (b"Incapacidad", b"evolucion"))
        assert "evolucion" not in str(contado)
        servicio.revocar(acceso.actor, delegacion_id=id_, ahora=timezone.now())
        assert Evento.objects.filter(tipo=TipoDeEvento.FIRMA_NO_DELEGADA).count() == 1
        for quien in (acceso.actor, suplente.actor):
            with pytest.raises(servicio.DelegacionInexistente):
                servicio.revocar(quien, delegacion_id=id_, ahora=timezone.now())

    def test_at_the_institutional_level_with_the_delegates_own_password(
        self, acceso: Acceso, suplente: Suplente
    ) -> None:
        firmantes.pedir("receta", nivel="institucional")
        receta = clinica.paracetamol(acceso)
        delegar(acceso, suplente.usuario, documentos=["receta"])
        firmas_institucionales.firmar(
            suplente.abrir(acceso.paciente),
            documentos=[(acceso.paciente, receta)],
            metodo=("contrasena", "codigo"),
            ahora=timezone.now(),
        )
        (firma,) = firmas.de_documento(acceso, tipo="MedicationRequest", id=receta)
        assert (firma.vale, firma.papel, firma.nivel) == (True, "delegada", "institucional")
        assert (firma.por, firma.firmante) == (acceso.actor.nombre, suplente.usuario.nombre)

    def test_the_printed_page_says_it_and_the_file_alone_proves_it(
        self, acceso: Acceso, suplente: Suplente
    ) -> None:
        nota = firmadas.terminada(acceso)
        delegar(acceso, suplente.usuario)
        suplente.firmar(acceso.paciente, nota)
        vista = notas.nota(acceso, nota_id=nota)
        assert vista is not None
        pdf = impresion.pdf(acceso, vista, [], ahora=timezone.now())
        dicho = f"Firmó por delegación de {acceso.actor.nombre}"
        texto = " ".join(p.extract_text() for p in PdfReader(io.BytesIO(pdf)).pages)
        assert dicho in " ".join(texto.split())
        archivo = SimpleUploadedFile("nota.pdf", pdf, content_type="application/pdf")
        pagina = Client().post(reverse("verificar:documento"), {"archivo": archivo})
        assert "Documento íntegro" in pagina.content.decode()
        assert dicho in pagina.content.decode()
        codigo = ver(acceso, nota).codigo
        pagina = Client().post(reverse("verificar:receta"), {"codigo": codigo})
        assert dicho in pagina.content.decode()


class TestAQuien:
    """Not everybody, not everything, not for ever."""

    @pytest.mark.parametrize("rol", [Rol.INTERNO, Rol.RESIDENTE, Rol.ENFERMERIA])
    def test_never_to_a_student_nor_to_who_does_not_write_it(
        self, elenco: Elenco, acceso: Acceso, rol: Rol
    ) -> None:
        quien = elenco.enfermera if rol is Rol.ENFERMERIA else en_puesto(elenco, rol)
        with pytest.raises(servicio.NoSeDelega) as error:
            delegar(acceso, quien)
        assert (error.value.negativa, error.value.documento) == (Negativa.PUESTO, "evolucion")
        assert colegas(acceso.actor, ahora=timezone.now()) == []

    def test_nor_to_another_unit_nor_to_oneself(self, elenco: Elenco, acceso: Acceso) -> None:
        for quien, negativa in (
            (elenco.medico_ajeno, Negativa.PUESTO),
            (elenco.medica, Negativa.PROPIA),
        ):
            with pytest.raises(servicio.NoSeDelega) as error:
                delegar(acceso, quien)
            assert error.value.negativa == negativa

    @pytest.mark.parametrize("regla", [{"delegable": False}, {"conjuntas": 1}])
    def test_nor_what_is_asked_of_each_in_person(
        self, acceso: Acceso, suplente: Suplente, regla: Mapping[str, Any]
    ) -> None:
        firmantes.pedir("evolucion", nivel="avanzada", **regla)
        with pytest.raises(servicio.NoSeDelega) as error:
            delegar(acceso, suplente.usuario)
        assert error.value.negativa == Negativa.PERSONAL

    def test_for_sixty_days_at_most_and_saying_why(
        self, acceso: Acceso, suplente: Suplente
    ) -> None:
        ahora = timezone.now()
        for desde, hasta in (
            (ahora, ahora + timedelta(days=60, seconds=1)),
            (ahora, ahora),
            (ahora - timedelta(days=1), ahora + timedelta(days=1)),
        ):
            with pytest.raises(servicio.TerminoInvalido):
                delegar(acceso, suplente.usuario, desde=desde, hasta=hasta, ahora=ahora)
        for vacio in ({"motivo": "  "}, {"documentos": []}):
            with pytest.raises(servicio.SinMotivo):
                delegar(acceso, suplente.usuario, **vacio)
        assert not DelegacionDeFirma.objects.exists()


class TestAtaques:
    @pytest.fixture
    def nota(self, acceso: Acceso, suplente: Suplente) -> UUID:
        delegar(acceso, suplente.usuario)
        return firmadas.terminada(acceso)

    def test_revoked_between_the_page_and_the_signature(
        self, acceso: Acceso, suplente: Suplente, nota: UUID
    ) -> None:
        accesos = suplente.abrir(acceso.paciente)
        preparado = firmas_avanzadas.preparar(
            accesos,
            documentos=[(acceso.paciente, nota)],
            certificado=suplente.persona.der,
            ahora=timezone.now(),
        )
        (una,) = guardadas.hechas(acceso.actor.id, ahora=timezone.now())
        servicio.revocar(acceso.actor, delegacion_id=una.id, ahora=timezone.now())
        with pytest.raises(NoDelegado) as error:
            firmas_avanzadas.firmar(
                accesos,
                documentos=[(acceso.paciente, nota)],
                certificado=suplente.persona.der,
                momento=preparado.momento,
                ahora=timezone.now(),
                **firmadas.firmas_de(preparado, suplente.persona),
            )
        assert error.value.negativa == Negativa.VIGENCIA
        assert por_firmar.espera(acceso, documento=nota, ahora=timezone.now()) == "avanzada"

    @pytest.mark.parametrize(
        "cambio", ["vencida", "sin empezar", "sin puesto", "sin puesto ella", "personal"]
    )
    def test_what_no_longer_stands_signs_nothing(
        self, elenco: Elenco, acceso: Acceso, suplente: Suplente, nota: UUID, cambio: str
    ) -> None:
        accesos, ahora = suplente.abrir(acceso.paciente), timezone.now()
        negativa = {"vencida": Negativa.VIGENCIA, "sin empezar": Negativa.VIGENCIA}.get(
            cambio, Negativa.PUESTO
        )
        if cambio == "vencida":
            DelegacionDeFirma.objects.update(hasta=ahora)
        elif cambio == "sin empezar":
            DelegacionDeFirma.objects.update(desde=ahora + timedelta(days=1))
        elif cambio == "personal":
            ReglaDeFirma.objects.update(delegable=False)
            negativa = Negativa.PERSONAL
        else:
            quien = elenco.medica if cambio == "sin puesto ella" else suplente.usuario
            Asignacion.objects.filter(usuario=quien).update(unidad=elenco.urgencias)
            if quien is suplente.usuario:  # what they are is decided when the page is opened
                accesos = suplente.abrir(acceso.paciente)
        with pytest.raises(NoDelegado) as error:
            firmadas.firmar_todo(accesos, [(acceso.paciente, nota)], suplente.persona)
        assert error.value.negativa == negativa
        assert por_firmar.documentos(accesos, ahora=timezone.now()) == []

    def test_without_any_post_the_record_does_not_even_open(
        self, elenco: Elenco, acceso: Acceso, suplente: Suplente, nota: UUID
    ) -> None:
        for quien in (elenco.medica, suplente.usuario):
            suyos = Asignacion.objects.filter(usuario=quien)
            antes = list(suyos.values_list("pk", "hasta"))
            suyos.update(hasta=timezone.now())
            with pytest.raises(AccesoDenegado):
                suplente.abrir(acceso.paciente)
            for pk, hasta in antes:
                Asignacion.objects.filter(pk=pk).update(hasta=hasta)
        suplente.abrir(acceso.paciente)

    def test_what_was_not_delegated(self, acceso: Acceso, suplente: Suplente, nota: UUID) -> None:
        firmantes.pedir("receta", nivel="avanzada")
        receta = clinica.paracetamol(acceso)
        with pytest.raises(NoDelegado) as error:
            suplente.firmar(acceso.paciente, nota, receta)
        assert error.value.negativa == Negativa.CLASE

    def test_what_she_countersigned_is_not_hers_to_delegate(
        self, elenco: Elenco, acceso: Acceso, suplente: Suplente, nota: UUID
    ) -> None:
        interno = con_concesion(elenco, en_puesto(elenco, Rol.INTERNO), acceso.paciente)
        (encuentro,) = {n.encuentro for n in NotaClinica.objects.de(acceso)}
        ajena = notas_.redactar(interno, tipo="evolucion", encuentro_id=encuentro, ahora=AHORA)  # type: ignore[arg-type]
        completo = contenido_completo(TIPOS["evolucion"])
        notas_.finalizar(interno, nota_id=ajena, contenido=completo, version=1, ahora=AHORA)
        contrafirmas.contrafirmar(acceso, nota_id=ajena, ahora=AHORA)
        assert por_firmar.espera(acceso, documento=ajena, ahora=timezone.now()) == "avanzada"
        with pytest.raises(NoDelegado) as error:
            suplente.firmar(acceso.paciente, ajena)
        assert error.value.negativa == Negativa.AUTOR

    def test_it_is_not_delegated_again(
        self, elenco: Elenco, acceso: Acceso, suplente: Suplente, nota: UUID
    ) -> None:
        tercero = Usuario.objects.create_user("tercero", first_name="Ter", last_name="Cero")
        Asignacion.objects.create(
            usuario=tercero, rol=Rol.MEDICO, unidad_id=elenco.consulta, desde=AHORA
        )
        (suyo,) = suplente.abrir(acceso.paciente).values()
        delegar(suyo, tercero)
        otro = Suplente(tercero, suplente.persona)
        with pytest.raises(AccesoDenegado):
            otro.abrir(acceso.paciente)
        encuentros.abrir(
            decision.abrir_paciente(
                elenco.actor(elenco.archivo), acceso.paciente, Permiso.ENCUENTRO_ABRIR, ahora=AHORA
            ),
            clase=encuentros.ClaseDeEncuentro.CONSULTA_EXTERNA,
            motivo="Otra",
            unidad_id=elenco.consulta,
            responsable_id=tercero.pk,
            ahora=AHORA,
        )
        firmantes.identificar(suplente.usuario.pk)
        firmantes.identificar(tercero.pk, rfc=RFC, curp=CURP)
        with pytest.raises(NadaQueFirmar):  # nor by who treats the patient besides
            otro.firmar(acceso.paciente, nota)

    def test_the_delegation_of_one_note_does_not_serve_for_anothers(
        self, elenco: Elenco, acceso: Acceso, suplente: Suplente, nota: UUID
    ) -> None:
        """What was signed for hers, said of a note that somebody else wrote."""
        suplente.firmar(acceso.paciente, nota)
        firma = ver(acceso, nota)
        dicha = fhir.json.leer(firma.declaracion)
        propia = notas_.leer(acceso, nota).recurso
        ajena = {**propia, "author": [{"reference": f"Practitioner/{elenco.enfermera.pk}"}]}
        otra_clase = {**propia, "type": {"coding": [{"code": "historia-clinica"}]}}
        con_evidencia = (firma.declaracion, firma.firmado, firma.cms, firma.jws)
        firmas.verificar_evidencia(dicha, *con_evidencia, documento=propia)
        for documento in (ajena, otra_clase):
            with pytest.raises(FirmaInvalida, match="delegacion"):
                firmas.verificar_evidencia(dicha, *con_evidencia, documento=documento)

    @pytest.mark.parametrize(
        "cambio",
        [
            "sello propio",
            "otro delegado",
            "otros documentos",
            "otro término",
            "sin ella",
            "otro id",
        ],
    )
    def test_a_delegation_that_the_institution_did_not_seal(
        self, acceso: Acceso, suplente: Suplente, nota: UUID, cambio: str
    ) -> None:
        """The delegate signs, with their own key, a declaration that says it was delegated."""
        suplente.firmar(acceso.paciente, nota)
        firma = ver(acceso, nota)
        dicha = fhir.json.leer(firma.declaracion)
        dice, momento = dicha["delegacion"]["dice"], datetime.fromisoformat(dicha["momento"])
        match cambio:
            case "otro delegado":
                dice["delegado"]["id"] = str(acceso.actor.id)
            case "otros documentos":
                dice["documentos"] = ["historia-clinica"]
            case "otro término":
                dice["hasta"] = dice["desde"]
            case "otro id":
                dice["id"] = str(nota)
            case "sin ella":
                del dicha["delegacion"]
        if cambio in ("sello propio", "otro id"):
            par = suplente.persona
            dicha["delegacion"]["sello"] = jws.firmar(par.llave, canonico(dice), par.der, momento)
        falsa = _pliego(acceso, dicha, momento)
        hechas = firmadas.firmas_de(falsa, suplente.persona)
        sobre = cms.armar(hechas["firma_cms"], falsa.pliego, suplente.persona.der, momento)
        token = jws.armar(hechas["firma_jws"], suplente.persona.der, momento)
        with pytest.raises(FirmaInvalida, match=r"delegacion|firma"):
            firmas.verificar_evidencia(
                dicha,
                canonico(dicha),
                falsa.pliego,
                sobre,
                token,
                documento=notas_.leer(acceso, nota).recurso,
            )


def test_the_page_refuses_in_words_and_signs_with_what_signing_asks_for(
    elenco: Elenco, acceso: Acceso, suplente: Suplente
) -> None:
    cliente, ajena = Client(), Client()
    cliente.force_login(elenco.medica)
    ajena.force_login(suplente.usuario)
    aqui, hoy = reverse("clinica:delegaciones-de-firma"), timezone.localdate()
    datos = {
        "delegado": suplente.usuario.pk,
        "documentos": ["evolucion"],
        "desde": hoy,
        "hasta": hoy + timedelta(days=10),
        "motivo": "Congreso",
        "contrasena": "no es",
    }
    pagina = cliente.post(aqui, datos)
    assert (pagina.status_code, DelegacionDeFirma.objects.count()) == (422, 0)
    assert "La contraseña o el número de empleado no son correctos." in pagina.content.decode()
    pagina = cliente.post(aqui, {**datos, "contrasena": CONTRASENA, "hasta": hoy + timedelta(90)})
    assert "termina a lo más sesenta días después" in pagina.content.decode()
    assert cliente.post(aqui, {**datos, "contrasena": CONTRASENA}).status_code == 302
    (una,) = guardadas.hechas(elenco.medica.pk, ahora=timezone.now())
    for quien in (cliente, ajena):
        assert "Congreso" in quien.get(aqui).content.decode()
    assert "le delegó su firma hasta" in ajena.get(reverse("clinica:hoy")).content.decode()
    revocar = reverse("clinica:delegacion-de-firma-revocar", args=[una.id])
    ajena.post(revocar)
    assert guardadas.hechas(elenco.medica.pk, ahora=timezone.now())[0].revocada_at is None
    cliente.post(revocar)
    assert "Revocada" in ajena.get(aqui).content.decode()
    enfermera = Client()
    enfermera.force_login(elenco.archivo)
    assert enfermera.get(aqui).status_code == 404


def _pliego(acceso: Acceso, dicha: dict[str, Any], momento: datetime) -> Preparado:
    hoja = Hoja(acceso.paciente, acceso.paciente, Papel.DELEGADA, canonico(dicha), b"")
    return pliegos.reunir([hoja], momento=momento)
