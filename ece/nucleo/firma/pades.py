"""What is printed, sealed: PAdES with long-term evidence (ETSI EN 319 142-1, B-LTA), by pyHanko.

The institution's seal covers the page and the files embedded in it, among them the signature of its
author. Reading what somebody uploads is done apart (`aparte`): a PDF from anywhere may be hostile.
"""

import asyncio
import io
from collections.abc import Coroutine, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

from asn1crypto import crl, keys, tsp
from asn1crypto import x509 as ax
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from pyhanko.pdf_utils import embed, generic
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign import signers
from pyhanko.sign.fields import SigSeedSubFilter
from pyhanko.sign.signers import PdfTimeStamper
from pyhanko.sign.timestamps import TimeStamper
from pyhanko.sign.validation import async_validate_pdf_signature
from pyhanko_certvalidator import ValidationContext
from pyhanko_certvalidator.registry import SimpleCertificateStore

from ece.nucleo.firma import certificados
from ece.nucleo.firma import cms as _con_nombres_del_sat  # noqa: F401
from ece.nucleo.firma.lectura import Confianza, SelloLeido
from ece.nucleo.firma.tiempo import Autoridad

CAMPO = "SelloInstitucional"
Hecho = TypeVar("Hecho")


class _Sellador(TimeStamper):
    """pyHanko's way to ask one of our authorities."""

    def __init__(self, autoridad: Autoridad) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._autoridad = autoridad

    async def async_request_tsa_response(self, req: tsp.TimeStampReq) -> tsp.TimeStampResp:
        return tsp.TimeStampResp.load(self._autoridad.responder(req.dump()))


def sellar(
    pdf: bytes,
    *,
    llave: rsa.RSAPrivateKey,
    certificado: x509.Certificate,
    confianza: Confianza,
    autoridad: Autoridad,
    adjuntos: Mapping[str, bytes],
    motivo: str,
) -> bytes:
    """`pdf` with `adjuntos` embedded (name -> content) and the seal over all. Raises `SinSello`."""
    escritor = IncrementalPdfFileWriter(io.BytesIO(pdf))
    for nombre, datos in adjuntos.items():
        embed.embed_file(escritor, _adjunto(escritor, nombre, datos))
    abierta = llave.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    firmante = signers.SimpleSigner(
        signing_cert=_a_asn1(certificado),
        signing_key=keys.PrivateKeyInfo.load(abierta),
        cert_registry=_almacen(confianza),
    )
    datos_de_firma = signers.PdfSignatureMetadata(
        field_name=CAMPO,
        md_algorithm="sha256",
        subfilter=SigSeedSubFilter.PADES,
        reason=motivo,
        validation_context=_contexto(confianza),
        embed_validation_info=True,
        use_pades_lta=True,
    )
    salida = _correr(
        signers.async_sign_pdf(
            escritor, datos_de_firma, signer=firmante, timestamper=_Sellador(autoridad)
        )
    )
    sellado: bytes = salida.getvalue()
    return sellado


def resellar(pdf: bytes, *, confianza: Confianza, autoridad: Autoridad) -> bytes:
    """`pdf` with one more document time stamp, over all that came before (B-LTA renewed)."""
    sellador = PdfTimeStamper(_Sellador(autoridad))
    salida = _correr(
        sellador.async_update_archival_timestamp_chain(
            PdfFileReader(io.BytesIO(pdf)), _contexto(confianza), in_place=False
        )
    )
    sellado: bytes = salida.getvalue()
    return sellado


def leer(pdf: bytes, confianza: Confianza) -> list[SelloLeido]:
    """The signatures of a PDF, verified. Raises what pyHanko raises for what is not a PDF."""
    lector = PdfFileReader(io.BytesIO(pdf))
    return [_correr(_leer(uno, confianza)) for uno in lector.embedded_regular_signatures]


def adjuntos(pdf: bytes, nombres: Iterable[str], *, largo_maximo: int) -> dict[str, bytes]:
    """The embedded files of those names, as they were when the first signature was made."""
    lector = PdfFileReader(io.BytesIO(pdf))
    firmas = lector.embedded_regular_signatures
    raiz = lector.get_historical_root(firmas[0].signed_revision) if firmas else lector.root
    try:
        arbol = raiz["/Names"]["/EmbeddedFiles"]["/Names"]
    except KeyError:
        return {}
    hallados = {}
    for n in range(0, len(arbol) - 1, 2):
        nombre, ficha = arbol[n], arbol[n + 1]
        if str(nombre) in nombres:
            datos = ficha["/EF"]["/F"].data
            if len(datos) <= largo_maximo:
                hallados[str(nombre)] = datos
    return hallados


async def _leer(firma: Any, confianza: Confianza) -> SelloLeido:
    quien = firma.signer_cert
    estado = await async_validate_pdf_signature(
        firma, signer_validation_context=_contexto(confianza), ts_validation_context=None
    )
    motivo = ""
    if not (estado.valid and estado.intact) or not estado.docmdp_ok:
        motivo = "alterado"
    elif not estado.trusted:
        motivo = "ajeno"
    elif not estado.bottom_line:
        motivo = "alterado"
    sello = estado.timestamp_validity
    momento = sello.timestamp if sello is not None and sello.valid and sello.trusted else None
    return SelloLeido(
        vale=not motivo,
        titular=str(quien.subject.native.get("common_name", "")),
        certificado=quien.dump(),
        momento=momento,
        motivo=motivo,
    )


def _adjunto(escritor: IncrementalPdfFileWriter, nombre: str, datos: bytes) -> embed.FileSpec:
    clase = "application/json" if nombre.endswith(".json") else "application/octet-stream"
    archivo = embed.EmbeddedFileObject.from_file_data(
        escritor, data=datos, compress=True, mime_type=clase
    )
    return embed.FileSpec(
        file_spec_string=nombre,
        file_name=nombre,
        embedded_data=archivo,
        af_relationship=generic.pdf_name("/Supplement"),
    )


def _almacen(confianza: Confianza) -> SimpleCertificateStore:
    almacen = SimpleCertificateStore()  # type: ignore[no-untyped-call]
    almacen.register_multiple(map(_a_asn1, confianza.autoridades))
    return almacen


def _contexto(confianza: Confianza) -> ValidationContext:
    propias = [_a_asn1(c) for c in confianza.autoridades]
    return ValidationContext(
        trust_roots=[c for c in propias if c.self_signed != "no"],
        other_certs=[c for c in propias if c.self_signed == "no"],
        crls=[crl.CertificateList.load(una) for una in confianza.listas],
        revocation_mode="soft-fail",
        allow_fetching=False,
    )


def _a_asn1(certificado: x509.Certificate) -> ax.Certificate:
    return ax.Certificate.load(certificados.a_der(certificado))


def _correr(tarea: Coroutine[Any, Any, Hecho]) -> Hecho:
    """pyHanko is asynchronous; whoever calls may have a loop of their own in this thread."""
    with ThreadPoolExecutor(1) as hilo:
        return hilo.submit(asyncio.run, tarea).result()
