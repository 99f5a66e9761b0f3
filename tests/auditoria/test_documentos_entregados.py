"""What is printed or given out has its digest in the log, and takes its proof with it; the clinical
summary goes under the institution's seal, which OpenSSL, the page and the program verify.
"""

import io
import re
import runpy
import subprocess
import zipfile
from datetime import timedelta
from hashlib import sha256
from pathlib import Path

import msgspec
import pytest
from cryptography.hazmat.primitives.serialization import Encoding
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from auditoria.models import Evento
from auditoria.sello import llaves
from ece import cda
from ece.identidad import confianza
from ece.identidad.models import Credencial
from ece.nucleo.acceso import Acceso
from ece.nucleo.firma import cms, tiempo
from ece.web import impresos
from registros.selectors import firmas_separadas as selectores
from registros.services import firmas_separadas
from tests.auditoria.test_evidencia import PROGRAMA
from tests.auditoria.test_impresiones import acceso, elenco, medica, verificar
from tests.cda.documentos import ccda
from tests.elenco import Elenco, citada
from tests.firma import autoridades as con
from tests.registros import clinica, firmadas
from tests.registros.cartas_firmadas import otorgada

pytestmark = pytest.mark.django_db(transaction=True)


__all__ = ["acceso", "elenco", "medica"]


def asentadas() -> dict[str, list[str]]:
    """digest -> the records of each print in the log."""
    dichos = (
        msgspec.json.decode(bytes(e.contenido))["detalle"]
        for e in Evento.objects.filter(tipo="impresion.hecha")
    )
    return {dicho["sha256"]: dicho["registros"] for dicho in dichos}


def imprimir(cliente: Client, acceso: Acceso, **datos: str) -> dict[str, bytes]:
    """The files of the ZIP that the page of printing answers with."""
    direccion = reverse("clinica:imprimir", args=[acceso.paciente])
    respuesta = cliente.post(direccion, datos)
    assert respuesta["Content-Type"] == "application/zip", respuesta.content.decode()[:400]
    with zipfile.ZipFile(io.BytesIO(respuesta.content)) as paquete:
        return {nombre: paquete.read(nombre) for nombre in paquete.namelist()}


def escribir(carpeta: Path, archivos: dict[str, bytes]) -> dict[str, Path]:
    for nombre, datos in archivos.items():
        (carpeta / nombre).write_bytes(datos)
    return {nombre: carpeta / nombre for nombre in archivos}


def la_pagina(*archivos: bytes) -> str:
    """What /verificar/documento/ says of some files."""
    subidos = [SimpleUploadedFile("x", datos) for datos in archivos]
    return Client().post(reverse("verificar:documento"), {"archivo": subidos}).content.decode()


def con_openssl(carpeta: Path) -> bool:
    orden = (
        "cms -verify -cades -inform DER -in resumen-cda.xml.p7s -content resumen-cda.xml -binary"
        " -CAfile autoridades.pem -purpose any -out /dev/null"
    )
    return not subprocess.run(
        ["openssl", *orden.split()],
        cwd=carpeta,
        capture_output=True,
    ).returncode


def firmar(documento: bytes, quien: con.Persona, sello: tiempo.Autoridad | None = None) -> bytes:
    momento = con.ahora()
    firma = cms.firmar(quien.llave, documento, quien.der, momento)
    token = tiempo.sellar(sello, firma) if sello else None
    return cms.armar(firma, documento, quien.der, momento, sello=token)


def test_the_summary_is_under_the_seal_and_everybody_can_tell(
    acceso: Acceso, medica: Client, tmp_path: Path
) -> None:
    archivos = imprimir(medica, acceso, documento="resumen-cda")
    assert set(archivos) == {"resumen-cda.xml", "resumen-cda.xml.p7s", "autoridades.pem"}
    documento, firma = archivos["resumen-cda.xml"], archivos["resumen-cda.xml.p7s"]
    assert cda.leer(documento).llave
    assert sha256(documento).hexdigest() in asentadas()

    rutas = escribir(tmp_path, archivos)
    xml, p7s, pem = rutas["resumen-cda.xml"], rutas["resumen-cda.xml.p7s"], rutas["autoridades.pem"]
    assert con_openssl(tmp_path)
    assert "Documento íntegro" in la_pagina(documento, firma)
    assert "Documento íntegro" in la_pagina(firma, documento)
    dicho = verificar("--autoridad", pem, xml, p7s)
    assert f"Lo firma {firmadas.INSTITUCION}, y nada cambió" in dicho
    assert f"Sello de tiempo de Sellos de tiempo de {firmadas.INSTITUCION}" in dicho
    assert "OJO" in verificar(xml, p7s)
    assert "dé también su recibo" in verificar(xml)
    assert "dé también el documento" in verificar(p7s)

    xml.write_bytes(documento.replace(b"Oaxaca", b"Oaxaco", 1) + b" ")
    assert not con_openssl(tmp_path)
    assert "no es el que se firmó" in verificar("--autoridad", pem, xml, p7s)
    pagina = la_pagina(xml.read_bytes(), firma)
    assert "no es de fiar" in pagina
    assert "Lo firmado no es este documento" in pagina
    assert "Elija un PDF, o un CDA" in la_pagina(documento)


def test_another_institution_and_an_expired_certificate_are_refused(
    acceso: Acceso, medica: Client, tmp_path: Path
) -> None:
    archivos = imprimir(medica, acceso, documento="resumen-cda")
    documento = archivos["resumen-cda.xml"]
    rutas = escribir(tmp_path, archivos)
    xml, p7s, pem = rutas["resumen-cda.xml"], rutas["resumen-cda.xml.p7s"], rutas["autoridades.pem"]
    otra = con.autoridad("AC de otro hospital", cual=1)
    p7s.write_bytes(
        firmar(documento, con.persona(otra, nombre="OTRO HOSPITAL"), con.de_tiempo(otra))
    )
    assert not con_openssl(tmp_path)
    assert "no es de esa autoridad" in verificar("--autoridad", pem, xml, p7s)
    assert "no es de fiar" in la_pagina(documento, p7s.read_bytes())
    assert "OJO" in verificar(xml, p7s)

    institucion = confianza.credencial("")
    nuestra = con.Autoridad(institucion.llave, institucion.certificado)
    vencida = con.persona(nuestra, desde=timedelta(days=-400), vigencia=timedelta(days=30))
    par = confianza.credencial("tiempo")
    for sello in (None, tiempo.AutoridadLocal(par.llave, par.certificado)):
        p7s.write_bytes(firmar(documento, vencida, sello))
        assert not con_openssl(tmp_path)
        assert "no estaba vigente" in verificar("--autoridad", pem, xml, p7s)
        assert "El certificado no estaba vigente" in la_pagina(documento, p7s.read_bytes())
    # One of its people is not the institution, though the same authority says who they are.
    p7s.write_bytes(firmar(documento, firmadas.expedido()))
    pagina = la_pagina(documento, p7s.read_bytes())
    assert "no es de fiar" in pagina
    assert "ELENA DE EJEMPLO" in verificar("--autoridad", pem, xml, p7s)
    # A stamp by who is no authority of time.
    falsa = tiempo.AutoridadLocal(vencida.llave, firmadas.expedido().certificado)
    p7s.write_bytes(firmar(documento, firmadas.expedido(), falsa))
    assert "NO VALE" in verificar("--autoridad", pem, xml, p7s)
    assert "no es de fiar" in la_pagina(documento, p7s.read_bytes())


def test_whatever_comes_in_place_of_a_signature_is_refused_with_words(elenco: Elenco) -> None:
    """By the server and by the program; or it says just what the good one says, where what changed
    is a certificate that came along and that nobody needed."""
    documento = ccda()
    firma = firmas_separadas.firmar(documento, ahora=timezone.now())
    buena = selectores.verificar(firma, documento)
    assert buena.propia
    raiz = confianza.credencial("").certificado.public_bytes(Encoding.PEM).decode()
    programa = runpy.run_path(PROGRAMA)
    autoridades = programa["leer_pem"](raiz)
    dicho = programa["verificar_firma"](firma, documento, autoridades)
    malas = [firma[:n] + bytes([firma[n] ^ 0x41]) + firma[n + 1 :] for n in range(0, 4000, 37)]
    malas += [firma[:n] for n in range(0, len(firma), 997)]
    malas += [
        b"\x30\x80" * 20_000,
        b"0\x82\xff\xff" + firma,
        b"",
        b"\x30" * 999,
        firma * 2,
        firma + bytes(300_000),
    ]
    negadas = 0
    for mala in malas:
        vista = selectores.verificar(mala, documento)
        negadas += not vista.vale
        assert vista == buena or vista.falla
        try:
            assert programa["verificar_firma"](mala, documento, autoridades) == dicho
        except (programa["NoVale"], LookupError, ValueError, TypeError):
            pass  # what `main` says as NO VALE
    assert negadas > len(malas) / 2


def test_every_print_leaves_its_digest_under_a_folio_nobody_guesses(
    elenco: Elenco, acceso: Acceso, medica: Client, tmp_path: Path
) -> None:
    nota = firmadas.terminada(acceso)
    receta = clinica.metformina(acceso)
    carta = otorgada(acceso)
    lugares = [("nota-pdf", nota), ("receta-pdf", receta), ("consentimiento-pdf", carta)]
    for nombre, id_ in lugares:
        direccion = reverse(f"clinica:{nombre}", args=[acceso.paciente, id_])
        impresos = [medica.get(direccion).content for _ in range(2)]
        assert impresos[0] != impresos[1]
        for impreso in impresos:
            assert str(id_) in asentadas()[sha256(impreso).hexdigest()], nombre
        paquete = medica.get(direccion, {"con_prueba": "1"})
        assert paquete["Content-Disposition"].endswith('-con-prueba.zip"')
        zip_ = tmp_path / "paquete.zip"
        zip_.write_bytes(paquete.content)
        dicho = verificar("--llave", llaves.generaciones()[-1][1].vkey, zip_)
        assert re.search(r"\.pdf es el que se imprimió el ", dicho)


def test_the_slip_of_an_appointment_too_for_who_does_not_read_the_record(
    elenco: Elenco, acceso: Acceso, tmp_path: Path
) -> None:
    cita = citada(elenco, acceso.paciente)
    archivo = Client()
    archivo.force_login(elenco.archivo)
    direccion = reverse("clinica:cita-pdf", args=[acceso.paciente, cita])
    assert asentadas() == {}
    impreso = archivo.get(direccion).content
    assert asentadas() == {sha256(impreso).hexdigest(): [str(cita)]}
    zip_ = tmp_path / "cita.zip"
    zip_.write_bytes(archivo.get(direccion, {"con_prueba": "1"}).content)
    assert "cita.pdf es el que se imprimió" in verificar(zip_)


def test_there_is_one_way_out_of_what_is_printed() -> None:
    web = Path(impresos.__file__).parent
    assert [p.name for p in web.rglob("*.py") if "application/pdf" in p.read_text()] == [
        "impresos.py"
    ]


@pytest.mark.parametrize("documento", ["expediente", "resumen", "resumen-cda"])
def test_the_whole_record_goes_out_with_its_proof(
    acceso: Acceso, medica: Client, tmp_path: Path, documento: str
) -> None:
    firmadas.terminada(acceso)
    archivos = imprimir(medica, acceso, documento=documento, con_prueba="1")
    assert {"LEAME.txt", "MANIFIESTO", "evidencia.json", "verificador.py"} < set(archivos)
    assert len(asentadas()) == 1  # once, when it is given out
    zip_ = tmp_path / "paquete.zip"
    with zipfile.ZipFile(zip_, "w") as escrito:
        for nombre, datos in archivos.items():
            escrito.writestr(nombre, datos)
    (_, publica, _) = llaves.generaciones()[-1]
    dicho = verificar("--llave", publica.vkey, zip_)
    principal = f"{documento}.xml" if documento == "resumen-cda" else f"{documento}.pdf"
    assert f"{principal} es el que se imprimió" in dicho
    assert ("Lo firma" in dicho) == (documento == "resumen-cda")
    suelto = tmp_path / principal  # the same bytes by themselves, with the package as their proof
    suelto.write_bytes(archivos[principal])
    assert "byte por byte" in verificar("--llave", publica.vkey, suelto, zip_)
    suelto.write_bytes(archivos[principal] + b" ")
    assert "NO VALE" in verificar("--llave", publica.vkey, suelto, zip_)


def test_without_a_seal_the_summary_still_goes_out(elenco: Elenco, acceso: Acceso) -> None:
    Credencial.objects.all().delete()
    confianza.olvidar()
    cliente = Client()
    cliente.force_login(elenco.medica)
    assert set(imprimir(cliente, acceso, documento="resumen-cda")) == {"resumen-cda.xml"}
