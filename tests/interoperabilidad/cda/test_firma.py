"""A document and its detached signature: given out together, taken in together, kept together."""

import base64
import io
import json
import zipfile
from uuid import UUID

import pytest
from django.test import Client
from django.urls import reverse

from auditoria.models import Evento
from ece import cda
from ece.nucleo.acceso import Acceso
from ece.nucleo.archivos import juntar
from interoperabilidad.models import Estado, MensajeRecibido
from interoperabilidad.oauth import credenciales
from registros.selectors import documentos, firmas_separadas
from registros.services import documentos as servicios
from registros.services.documentos import ArchivoRechazado
from tests.auditoria.test_documentos_entregados import firmar
from tests.cda.documentos import ccda
from tests.elenco import AHORA, Elenco, acceso_de_medica, en_consulta, registrar, reunir
from tests.firma import autoridades as con
from tests.interoperabilidad.cda.test_buzon import PACIENTE, enviar
from tests.interoperabilidad.socios import SocioEntero
from tests.registros import firmadas

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _sin_credenciales() -> None:
    credenciales.olvidar()


@pytest.fixture
def socio(clientes: None) -> SocioEntero:
    return SocioEntero("integracion")


@pytest.fixture
def suya() -> bytes:
    """The signature of `ccda()` by an institution whose authority nobody here knows."""
    otra = con.autoridad("AC de la Clínica del Mayab", cual=3)
    quien = con.persona(otra, nombre="CLÍNICA DEL MAYAB")
    return firmar(ccda(), quien, con.de_tiempo(otra))


def en_zip(firma: bytes, documento: bytes = b"") -> bytes:
    return juntar({"resumen.xml": documento or ccda(), "resumen.xml.p7s": firma})


def mandar(socio: SocioEntero, contenido: bytes):  # type: ignore[no-untyped-def]
    return enviar(socio.http, contenido, "application/zip")


def guardada(socio: SocioEntero, direccion: str) -> bytes:
    """The signature beside a DocumentReference; empty without one."""
    leido = socio.get(f"DocumentReference/{direccion.rsplit('/', 1)[1]}").json()
    adjuntos = [contenido["attachment"] for contenido in leido["content"]]
    assert adjuntos[0]["contentType"] == "application/xml"
    if len(adjuntos) == 1:
        return b""
    assert adjuntos[1]["contentType"] == cda.MIME_DE_FIRMA
    entero = socio.get(adjuntos[1]["url"], HTTP_ACCEPT=cda.MIME_DE_FIRMA)
    return bytes(entero.content)


def test_what_comes_in_with_a_signature_keeps_it(socio: SocioEntero, suya: bytes) -> None:
    socio.crear(PACIENTE)
    respuesta = mandar(socio, en_zip(suya))
    assert respuesta.status_code == 201, respuesta.content
    assert guardada(socio, respuesta["Location"]) == suya
    for otra_vez in (en_zip(suya), ccda()):
        assert mandar(socio, otra_vez)["Location"] == respuesta["Location"]
    nueva = firmar(ccda(), con.persona(con.autoridad(cual=3)))
    assert mandar(socio, en_zip(nueva)).status_code == 409  # it has one already
    assert guardada(socio, respuesta["Location"]) == suya


def test_one_that_came_before_its_signature_is_given_it(socio: SocioEntero, suya: bytes) -> None:
    socio.crear(PACIENTE)
    primera = enviar(socio.http, ccda())
    assert guardada(socio, primera["Location"]) == b""
    for _ in range(2):
        despues = mandar(socio, en_zip(suya))
        assert despues.status_code == 201, despues.content
        assert despues["Location"] == primera["Location"]
    assert guardada(socio, primera["Location"]) == suya
    leido = socio.get(f"DocumentReference/{primera['Location'].rsplit('/', 1)[1]}").json()
    assert leido["meta"]["versionId"] == "2"


@pytest.mark.parametrize("primero_sin", [True, False])
def test_one_that_waits_keeps_its_signature(
    socio: SocioEntero, suya: bytes, primero_sin: bool
) -> None:
    envios = [ccda(), en_zip(suya)] if primero_sin else [en_zip(suya), ccda()]
    for envio in envios:
        assert mandar(socio, envio).status_code == 202
    socio.crear(PACIENTE)
    filed = enviar(socio.http, ccda())
    assert filed.status_code == 201
    assert guardada(socio, filed["Location"]) == suya


@pytest.mark.parametrize("que", ["documento", "firma", "otra"])
def test_a_signature_that_is_not_of_it_is_refused_with_it(
    socio: SocioEntero, suya: bytes, que: str
) -> None:
    socio.crear(PACIENTE)
    malo = {
        "documento": en_zip(suya, ccda(titulo="Otro")),
        "firma": en_zip(b"0\x03nada"),
        "otra": juntar({"a.xml": ccda(), "b.xml": ccda("DOC-2"), "a.xml.p7s": suya}),
    }[que]
    respuesta = mandar(socio, malo)
    assert respuesta.status_code == 422
    dicho = respuesta.json()["issue"][0]
    esperado = "un solo documento" if que == "otra" else "no es de él"
    assert esperado in json.dumps(dicho, ensure_ascii=False)
    assert not MensajeRecibido.objects.exclude(estado=Estado.RECHAZADO).exists()


def test_the_page_says_whose_it_is_and_gives_both(suya: bytes) -> None:
    elenco = reunir()
    firmadas.preparar_institucion()
    acceso = _consulta(elenco)
    id_ = _traer(elenco, acceso.paciente, en_zip(suya))
    cliente = Client()
    cliente.force_login(elenco.medica)
    pagina = cliente.get(reverse("clinica:documento", args=[acceso.paciente, id_])).content.decode()
    assert "CLÍNICA DEL MAYAB" in pagina
    assert "no es de una autoridad que la institución reconozca" in pagina
    original = reverse("clinica:documento-original", args=[acceso.paciente, id_])
    with zipfile.ZipFile(io.BytesIO(cliente.get(original, {"firma": "1"}).content)) as ambos:
        contenidos = [ambos.read(n) for n in sorted(ambos.namelist(), key=len)]
    assert contenidos == [ccda(), suya]
    assert cliente.get(original).content == ccda()
    firma = documentos.firma(acceso, documento_id=id_)
    assert firma is not None
    assert firmas_separadas.verificar(firma, ccda()).titular == "CLÍNICA DEL MAYAB"


def test_who_brings_the_zip_from_another_hospital_brings_both(suya: bytes) -> None:
    elenco = reunir()
    acceso = _consulta(elenco)
    with pytest.raises(ArchivoRechazado, match="no es de él"):
        _traer(elenco, acceso.paciente, en_zip(suya, ccda(titulo="Otro")))
    with pytest.raises(ArchivoRechazado, match="comprimido"):
        _traer(elenco, acceso.paciente, juntar({"a.docx": b"x"}))
    id_ = _traer(elenco, acceso.paciente, en_zip(suya))
    assert documentos.firma(acceso, documento_id=id_) == suya
    assert documentos.contenido(acceso, documento_id=id_) == ccda()


def test_the_summary_over_fhir_has_its_signature_beside_it(socio: SocioEntero) -> None:
    firmadas.preparar_institucion()
    quien = socio.crear(PACIENTE)
    ambos = socio.get(f"Patient/{quien}/$cda", HTTP_ACCEPT="application/zip")
    assert ambos["Content-Type"] == "application/zip"
    traido = cda.partir(ambos.content, limite=10_000_000)
    assert firmas_separadas.verificar(traido.firma, traido.documento).propia
    dicho = socio.get(f"Patient/{quien}/$cda?firma=true").json()
    escrito, firma = (
        base64.b64decode(contenido["attachment"]["data"]) for contenido in dicho["content"]
    )
    assert firmas_separadas.verificar(firma, escrito).propia
    assert dicho["subject"] == {"reference": f"Patient/{quien}"}
    assert socio.get(f"Patient/{quien}/$cda").json()["resourceType"] == "Binary"
    pdf = socio.get(f"Patient/{quien}/$summary", HTTP_ACCEPT="application/pdf")
    assert pdf.content.startswith(b"%PDF")
    assert Evento.objects.filter(tipo="impresion.hecha", pacientes=[UUID(quien)]).count() == 4
    # What one institution gives out, another takes.
    assert guardada(socio, mandar(socio, ambos.content)["Location"]) == traido.firma


def _consulta(elenco: Elenco) -> Acceso:
    paciente = registrar(elenco)
    en_consulta(elenco, paciente)
    return acceso_de_medica(elenco, paciente)


def _traer(elenco: Elenco, paciente: UUID, contenido: bytes) -> UUID:
    """The physician adds it to the record."""
    return servicios.agregar(
        acceso_de_medica(elenco, paciente),
        contenido=contenido,
        nombre="resumen.zip",
        titulo="Resumen",
        clase="resumen",
        origen="Clínica del Mayab",
        autor="",
        fecha_documento=None,
        limite=1_000_000,
        ahora=AHORA,
    )
