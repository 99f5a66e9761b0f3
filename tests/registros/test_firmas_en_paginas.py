"""What the pages ask before signing, and what they tell whoever holds paper or a file."""

import base64
import io
import json
import zipfile
from hashlib import sha256
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
import typst
from cryptography.hazmat.primitives.serialization import Encoding
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from auditoria.models import Evento
from consentimiento.decision.puertas import PORTADOR
from ece import fhir
from ece.identidad import confianza
from ece.identidad.services import codigos, firmantes
from ece.nucleo.acceso import Acceso
from ece.nucleo.firma import pades, tiempo
from ece.web.impresion import notas as impresion
from registros.models import Firma
from registros.selectors import firmas, notas
from tests.elenco import CONTRASENA, Elenco
from tests.firma import autoridades as con
from tests.registros import firmadas

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def institucion(elenco: Elenco) -> None:
    firmadas.preparar_institucion()


@pytest.fixture
def cliente(elenco: Elenco) -> Client:
    cliente = Client()
    cliente.force_login(elenco.medica)
    return cliente


def adendar(cliente: Client, acceso: Acceso, nota: UUID, **datos: str) -> int:
    """Send an addendum; how many the note has after."""
    direccion = reverse("clinica:nota-adenda", args=[acceso.paciente, nota])
    cliente.post(direccion, {"texto": "Se agrega", "contrasena": CONTRASENA, **datos})
    return len(notas.adendas(acceso, nota_id=nota))


def test_number_and_code_are_asked_of_who_has_them(
    elenco: Elenco, acceso: Acceso, cliente: Client
) -> None:
    nota = firmadas.terminada(acceso)
    assert adendar(cliente, acceso, nota, contrasena="otra") == 0
    assert adendar(cliente, acceso, nota) == 1
    firmantes.identificar(elenco.medica.pk, numero_de_empleado="E-117")
    assert adendar(cliente, acceso, nota) == 1
    assert adendar(cliente, acceso, nota, numero_de_empleado="E-118") == 1
    assert adendar(cliente, acceso, nota, numero_de_empleado="E-117") == 2

    secreto, _ = codigos.empezar(acceso.actor)
    ahora = timezone.now()
    codigos.confirmar(acceso.actor, codigo=_codigo(secreto, -1), ahora=ahora)
    assert adendar(cliente, acceso, nota, numero_de_empleado="E-117") == 2
    con_codigo = {"numero_de_empleado": "E-117", "segundo_factor": _codigo(secreto, 0)}
    assert adendar(cliente, acceso, nota, **con_codigo) == 3
    assert adendar(cliente, acceso, nota, **con_codigo) == 3  # a code is good once
    ultima = Firma.objects.de(acceso).order_by("-creado_at")[0]
    assert ultima.declaracion["metodo"] == ["codigo", "contrasena", "empleado"]
    assert ultima.declaracion["firmante"]["numero_de_empleado"] == "E-117"


def _codigo(secreto: str, pasos: int) -> str:
    ahora = int(timezone.now().timestamp()) // codigos.PASO
    return codigos.en(base64.b32decode(secreto), ahora + pasos)


def test_the_printed_code_verifies_and_says_nothing_of_the_note(acceso: Acceso) -> None:
    nota = firmadas.terminada(acceso)
    (firma,) = firmas.de_documento(acceso, tipo="Composition", id=nota)
    impreso = "-".join(firma.codigo[n : n + 5] for n in range(0, 25, 5)).lower()
    pagina = Client().post(reverse("verificar:receta"), {"codigo": impreso}).content.decode()
    for esperado in ("Firma auténtica", "Nota de evolución", "Elena de Ejemplo", "Ibáñez"):
        assert esperado in pagina
    assert "Lo escrito en" not in pagina
    assert Evento.objects.filter(actor=PORTADOR, pacientes=[acceso.paciente]).count() == 1
    otro = Client().post(reverse("verificar:receta"), {"codigo": "A" * 25}).content.decode()
    assert "Ningún documento de esta institución lleva ese código" in otro


@pytest.mark.parametrize("contenido", [b"no es un PDF", b"%PDF-1.7\n" + b"0 0 obj << " * 50_000])
def test_a_file_that_is_no_document_is_said_so(contenido: bytes) -> None:
    archivo = SimpleUploadedFile("x.pdf", contenido, content_type="application/pdf")
    antes = Evento.objects.count()
    pagina = Client().post(reverse("verificar:documento"), {"archivo": archivo})
    assert "El archivo no es un PDF que se pueda leer" in pagina.content.decode()
    assert Evento.objects.count() == antes


def test_a_person_of_the_institution_seals_nothing(acceso: Acceso) -> None:
    """Her certificate is of the same authority as the seal."""
    ella, institucion = firmadas.expedido(), confianza.credencial("tiempo")
    sellado = pades.sellar(
        typst.compile(b"Falso", format="pdf", pdf_standards=["a-3b"]),
        llave=ella.llave,
        certificado=ella.certificado,
        confianza=confianza.para_pdf(),
        autoridad=tiempo.AutoridadLocal(institucion.llave, institucion.certificado),
        adjuntos={},
        motivo="Copia fiel",
    )
    assert pades.leer(sellado, confianza.para_pdf())[0].vale
    archivo = SimpleUploadedFile("x.pdf", sellado, content_type="application/pdf")
    pagina = Client().post(reverse("verificar:documento"), {"archivo": archivo}).content.decode()
    assert "El documento no es de fiar" in pagina
    assert "alguien que la institución no reconoce" in pagina


def test_the_evidence_of_a_signature_is_whole(acceso: Acceso, cliente: Client) -> None:
    nota = firmadas.terminada(acceso)
    (firma,) = firmas.de_documento(acceso, tipo="Composition", id=nota)
    direccion = reverse("clinica:firma-evidencia", args=[acceso.paciente, nota, firma.id])
    paquete = zipfile.ZipFile(io.BytesIO(cliente.get(direccion).content))
    declarado = fhir.json.leer(paquete.read("declaracion.json"))
    escrito = sha256(paquete.read("documento.json")).hexdigest()
    assert declarado["documento"]["sha256"] == escrito
    assert b"BEGIN CERTIFICATE" in paquete.read("autoridades.pem")
    ajena = reverse("clinica:firma-evidencia", args=[acceso.paciente, nota, nota])
    assert cliente.get(ajena).status_code == 404


def test_another_persons_certificate_is_refused_in_words(
    elenco: Elenco, acceso: Acceso, cliente: Client
) -> None:
    firmantes.pedir("evolucion", nivel="avanzada")
    firmadas.con_certificado(elenco.medica)
    nota = firmadas.terminada(acceso)
    ajeno = firmadas.expedido(rfc="OTRA800101AB1", curp="OTRA800101MOCBXL07", cual=12)
    assert "es de otra persona" in preparar(cliente, [[acceso.paciente, nota]], ajeno)["error"]
    propia = firmadas.expedido()
    assert preparar(cliente, [[acceso.paciente, nota]], propia)["titular"] == "ELENA DE EJEMPLO"
    for mal in ([], [[str(acceso.paciente), "x"]], "x", [[nota, nota]]):
        assert "ya no espera su firma" in preparar(cliente, mal, propia)["error"]


def preparar(cliente: Client, notas: Any, persona: con.Persona) -> dict[str, Any]:
    cuerpo = {"documentos": notas, "certificado": base64.b64encode(persona.der).decode()}
    respuesta = cliente.post(
        reverse("clinica:firmar-preparar"),
        json.dumps(cuerpo, default=str),
        content_type="application/json",
    )
    dicho: dict[str, Any] = respuesta.json()
    return dicho


def test_the_administrator_lists_an_authority_and_only_a_good_one(elenco: Elenco) -> None:
    elenco.archivo.is_staff = elenco.archivo.is_superuser = True
    elenco.archivo.save()
    cliente, nueva = Client(), con.autoridad("AC del administrador", 5)
    cliente.force_login(elenco.archivo)
    datos = {"nombre": "AC", "uso": "avanzada", "raiz": "on", "activa": "on"}

    def subir(contenido: bytes) -> int:
        archivo = SimpleUploadedFile("ac.cer", contenido)
        direccion = reverse("admin:identidad_autoridad_add")
        return cliente.post(direccion, {**datos, "archivo": archivo}).status_code

    antes = len(confianza.lista("avanzada").raices)
    assert subir(b"no es un certificado") == 200  # the form again, with why
    assert len(confianza.lista("avanzada").raices) == antes
    assert subir(nueva.certificado.public_bytes(Encoding.PEM)) == 302
    assert nueva.certificado in confianza.lista("avanzada").raices
    assert Evento.objects.filter(tipo="identidad.cambiada", actor=elenco.archivo.pk).exists()


def test_a_pdf_that_was_handed_out_is_stamped_again(acceso: Acceso, tmp_path: Path) -> None:
    nota = firmadas.terminada(acceso)
    vista = notas.nota(acceso, nota_id=nota)
    assert vista is not None
    archivo = tmp_path / "nota.pdf"
    archivo.write_bytes(impresion.pdf(acceso, vista, [], ahora=timezone.now()))
    antes = archivo.read_bytes()
    call_command("resellar", str(archivo), stdout=io.StringIO())
    despues = archivo.read_bytes()
    assert despues.startswith(antes)
    assert pades.leer(despues, confianza.para_pdf())[0].vale
