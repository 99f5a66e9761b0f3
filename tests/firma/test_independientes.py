"""Signatures verified by software that we did not write: OpenSSL, JOSE, pyHanko, poppler."""

import base64
import io
import shutil
import subprocess
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from asn1crypto import x509 as ax
from cryptography.hazmat.primitives.serialization import Encoding
from jwcrypto import jwk
from jwcrypto import jws as jose

from ece.nucleo.firma import certificados, cms, emision, jws, pades, revocacion, tiempo
from ece.nucleo.firma.lectura import Confianza
from tests.firma import autoridades as con

CONTENIDO = '{"nota":"Evolución"}'.encode()


@pytest.fixture(scope="module")
def raiz() -> con.Autoridad:
    return con.autoridad()


@pytest.fixture
def carpeta(tmp_path: Path, raiz: con.Autoridad) -> Path:
    (tmp_path / "raiz.pem").write_bytes(raiz.certificado.public_bytes(Encoding.PEM))
    (tmp_path / "contenido").write_bytes(CONTENIDO)
    return tmp_path


def openssl(carpeta: Path, *orden: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["openssl", *orden], cwd=carpeta, capture_output=True, text=True, check=False
    )


def firmada(raiz: con.Autoridad) -> bytes:
    quien, momento = con.persona(raiz), con.ahora()
    firma = cms.firmar(quien.llave, CONTENIDO, quien.der, momento)
    lista = emision.lista_de_revocacion(raiz.certificado, raiz.llave, revocados={}, ahora=momento)
    constancia = revocacion.leer(
        revocacion.Clase.CRL, lista, certificado=quien.certificado, emisor=raiz.certificado
    )
    return cms.armar(
        firma,
        CONTENIDO,
        quien.der,
        momento,
        cadena=(certificados.a_der(raiz.certificado),),
        sello=tiempo.sellar(con.de_tiempo(raiz), firma),
        constancias=[constancia],
    )


def test_openssl_verifies_the_cms_and_refuses_another_content(
    carpeta: Path, raiz: con.Autoridad
) -> None:
    (carpeta / "firma.p7s").write_bytes(firmada(raiz))
    orden = "cms -verify -cades -inform DER -in firma.p7s -binary -purpose any -CAfile raiz.pem"
    buena = openssl(carpeta, *orden.split(), "-content", "contenido", "-out", "salida")
    assert buena.returncode == 0, buena.stderr
    assert "CAdES Verification successful" in buena.stderr
    (carpeta / "contenido").write_bytes(CONTENIDO + b" ")
    assert openssl(carpeta, *orden.split(), "-content", "contenido", "-out", "salida").returncode


def test_openssl_verifies_the_time_stamp(carpeta: Path, raiz: con.Autoridad) -> None:
    (carpeta / "sello").write_bytes(tiempo.sellar(con.de_tiempo(raiz), CONTENIDO))
    orden = "ts -verify -in sello -token_in -data contenido -CAfile raiz.pem"
    assert openssl(carpeta, *orden.split()).returncode == 0
    (carpeta / "contenido").write_bytes(b"otro")
    assert openssl(carpeta, *orden.split()).returncode != 0


def test_a_request_of_openssl_is_answered(carpeta: Path, raiz: con.Autoridad) -> None:
    openssl(carpeta, *["ts", "-query", "-data", "contenido", "-sha512", "-cert", "-out", "pedido"])
    pedido = (carpeta / "pedido").read_bytes()
    (carpeta / "respuesta").write_bytes(con.de_tiempo(raiz).responder(pedido))
    orden = "ts -verify -in respuesta -queryfile pedido -CAfile raiz.pem"
    assert openssl(carpeta, *orden.split()).returncode == 0


def test_another_jose_library_verifies_the_jws(raiz: con.Autoridad) -> None:
    quien = con.persona(raiz)
    encabezado, _, firma = jws.firmar(quien.llave, CONTENIDO, quien.der, con.ahora()).split(".")
    contenido = base64.urlsafe_b64encode(CONTENIDO).rstrip(b"=").decode()
    llave = jwk.JWK.from_pyca(quien.llave.public_key())
    leido = jose.JWS()
    leido.deserialize(f"{encabezado}.{contenido}.{firma}", llave)
    assert leido.payload == CONTENIDO
    otro = base64.urlsafe_b64encode(b"otro").rstrip(b"=").decode()
    with pytest.raises(jose.InvalidJWSSignature):
        jose.JWS().deserialize(f"{encabezado}.{otro}.{firma}", llave)


@pytest.fixture(scope="module")
def sellado(raiz: con.Autoridad) -> tuple[bytes, Confianza]:
    """A PDF under an institution's seal, and whom to believe."""
    import typst

    momento = con.ahora()
    certificado = emision.de_sello(
        "Hospital de Ejemplo",
        con.llave(11).public_key(),
        emisor=raiz.certificado,
        firma=raiz.llave,
        ahora=momento,
    )
    lista = emision.lista_de_revocacion(raiz.certificado, raiz.llave, revocados={}, ahora=momento)
    confianza = Confianza((raiz.certificado,), (lista,))
    texto = b'#set document(title: "Nota")\n= Nota\nLo escrito.'
    pdf = pades.sellar(
        typst.compile(texto, format="pdf", pdf_standards=["a-3b"]),
        llave=con.llave(11),
        certificado=certificado,
        confianza=confianza,
        autoridad=con.de_tiempo(raiz),
        adjuntos={"declaracion-1.json": b"{}"},
        motivo="Copia fiel",
    )
    return pdf, confianza


def test_pyhanko_verifies_the_pdf(sellado: tuple[bytes, Confianza]) -> None:
    pdf, confianza = sellado
    (leido,) = pades.leer(pdf, confianza)
    assert (leido.vale, leido.titular) == (True, "Hospital de Ejemplo")
    assert leido.momento is not None
    assert b"/DSS" in pdf
    assert b"/DocTimeStamp" in pdf
    adjuntos = pades.adjuntos(pdf, ["declaracion-1.json"], largo_maximo=100)
    assert adjuntos == {"declaracion-1.json": b"{}"}


def test_pyhanko_by_itself_verifies_the_pdf(
    sellado: tuple[bytes, Confianza], raiz: con.Autoridad
) -> None:
    """Its own validator with its own reader: none of our code stands between."""
    from pyhanko.pdf_utils.reader import PdfFileReader
    from pyhanko.sign.validation import validate_pdf_signature, validate_pdf_timestamp
    from pyhanko_certvalidator import ValidationContext

    pdf, confianza = sellado
    lector = PdfFileReader(io.BytesIO(pdf))
    contexto = ValidationContext(
        trust_roots=[ax.Certificate.load(certificados.a_der(raiz.certificado))],
        crls=list(confianza.listas),
        allow_fetching=False,
    )
    (firma,) = lector.embedded_regular_signatures
    # In a thread of its own: the browser of other tests keeps a loop in this one.
    with ThreadPoolExecutor(1) as hilo:
        estado = hilo.submit(validate_pdf_signature, firma, contexto).result()
        sellos = [
            hilo.submit(validate_pdf_timestamp, sello, contexto).result()
            for sello in lector.embedded_timestamp_signatures
        ]
    assert (estado.intact, estado.valid, estado.trusted) == (True, True, True)
    assert estado.timestamp_validity is not None
    assert estado.timestamp_validity.valid
    assert all(sello.valid for sello in sellos)


def test_stamped_again_it_still_holds(
    sellado: tuple[bytes, Confianza], raiz: con.Autoridad
) -> None:
    pdf, confianza = sellado
    otra = pades.resellar(pdf, confianza=confianza, autoridad=con.de_tiempo(raiz, 21))
    assert otra.count(b"/DocTimeStamp") > pdf.count(b"/DocTimeStamp")
    assert pades.leer(otra, confianza)[0].vale


def test_poppler_verifies_the_pdf(sellado: tuple[bytes, Confianza], carpeta: Path) -> None:
    if not shutil.which("pdfsig"):
        pytest.skip("sin pdfsig: instale poppler-utils")
    (carpeta / "nota.pdf").write_bytes(sellado[0])
    dicho = subprocess.run(
        ["pdfsig", "-nocert", "nota.pdf"], cwd=carpeta, capture_output=True, text=True, check=False
    )
    assert "Signature is Valid" in dicho.stdout


def test_what_is_added_after_the_seal_is_seen(sellado: tuple[bytes, Confianza]) -> None:
    """An incremental update that paints over the page (a shadow attack)."""
    from pyhanko.pdf_utils import generic
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter

    pdf, confianza = sellado
    escritor = IncrementalPdfFileWriter(io.BytesIO(pdf))
    pagina = escritor.root["/Pages"]["/Kids"][0].get_object()
    encima = escritor.add_object(generic.StreamObject(stream_data=b"0 0 600 800 re f"))
    pagina["/Contents"] = encima
    escritor.update_container(pagina)
    salida = io.BytesIO()
    escritor.write(salida)
    assert [uno.motivo for uno in pades.leer(salida.getvalue(), confianza)] == ["alterado"]


def test_a_byte_changed_in_the_pdf_is_seen(sellado: tuple[bytes, Confianza]) -> None:
    pdf, confianza = sellado
    cambiado = bytearray(pdf)
    cambiado[cambiado.index(b"stream") + 40] ^= 1
    assert not all(uno.vale for uno in pades.leer(bytes(cambiado), confianza))


def test_a_seal_of_nobody_known_is_not_believed(sellado: tuple[bytes, Confianza]) -> None:
    ajena = Confianza((con.autoridad("Otra", 5).certificado,))
    assert [uno.motivo for uno in pades.leer(sellado[0], ajena)] == ["ajeno"]
