"""Detached CMS signatures with the attributes of CAdES (RFC 5652; ETSI EN 319 122-1, B-B and B-T).

One signer, RSA with SHA-256, the signing certificate named by its digest among what is signed. The
time stamp over the signature travels unsigned, as the standard has it.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from asn1crypto import algos, cms, core, crl, ocsp
from asn1crypto import x509 as ax
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256

from ece.nucleo.firma import FirmaInvalida, certificados, der
from ece.nucleo.firma.revocacion import Clase, Constancia

# asn1crypto takes x500UniqueIdentifier for a BIT STRING; the SAT writes a string there.
ax.NameTypeAndValue._oid_specs["unique_identifier"] = ax.DirectoryString

_MALFORMADA = (ValueError, TypeError, KeyError, AttributeError, RecursionError)
_RSA = {"rsassa_pkcs1v15", "sha256_rsa"}


@dataclass(frozen=True, slots=True)
class Firmado:
    """What a verified signature says; `sellos` are the time stamps over `firma`, and `revocaciones`
    what came along about the certificates: neither is verified here."""

    certificado: x509.Certificate
    momento: datetime
    firma: bytes
    sellos: tuple[bytes, ...]
    cadena: tuple[bytes, ...]
    revocaciones: tuple[tuple[Clase, bytes], ...] = ()


def atributos(contenido: bytes, certificado: bytes, momento: datetime) -> bytes:
    """The bytes that the key signs (DER)."""
    return der.atributos_firmados(contenido, certificado, momento)


def armar(
    firma: bytes,
    contenido: bytes,
    certificado: bytes,
    momento: datetime,
    *,
    cadena: tuple[bytes, ...] = (),
    sello: bytes | None = None,
    constancias: Iterable[Constancia] = (),
) -> bytes:
    """The ContentInfo (DER) of a signature over `atributos(contenido, certificado, momento)`.

    `cadena` are certificates of authorities that go along; `sello`, a time stamp token over
    `firma`; `constancias`, what said that nobody was revoked (RFC 5652, 10.2.1; RFC 5940).
    """
    de_firma = ax.Certificate.load(certificado)
    firmante: dict[str, object] = {
        "version": "v1",
        "sid": cms.SignerIdentifier(
            "issuer_and_serial_number",
            cms.IssuerAndSerialNumber(
                {"issuer": de_firma.issuer, "serial_number": de_firma.serial_number}
            ),
        ),
        "digest_algorithm": algos.DigestAlgorithm({"algorithm": "sha256"}),
        "signed_attrs": cms.CMSAttributes.load(atributos(contenido, certificado, momento)),
        "signature_algorithm": algos.SignedDigestAlgorithm({"algorithm": "rsassa_pkcs1v15"}),
        "signature": firma,
    }
    if sello is not None:
        atributo = cms.CMSAttribute(
            {"type": "signature_time_stamp_token", "values": [cms.ContentInfo.load(sello)]}
        )
        firmante["unsigned_attrs"] = cms.CMSAttributes([atributo])
    revocaciones = [_en_sobre(una) for una in constancias]
    con_ocsp = any(una.name == "other" for una in revocaciones)
    datos: dict[str, object] = {
        "version": "v5" if con_ocsp else "v1",
        "digest_algorithms": [algos.DigestAlgorithm({"algorithm": "sha256"})],
        "encap_content_info": {"content_type": "data"},
        "certificates": [
            cms.CertificateChoices("certificate", ax.Certificate.load(uno))
            for uno in (certificado, *cadena)
        ],
        "signer_infos": [cms.SignerInfo(firmante)],
    }
    if revocaciones:
        datos["crls"] = cms.RevocationInfoChoices(revocaciones)
    armado = cms.ContentInfo(
        {"content_type": "signed_data", "content": cms.SignedData(datos)}
    ).dump()
    assert isinstance(armado, bytes)
    return armado


def _en_sobre(constancia: Constancia) -> cms.RevocationInfoChoice:
    if constancia.clase is Clase.CRL:
        return cms.RevocationInfoChoice("crl", crl.CertificateList.load(constancia.der))
    otra = cms.OtherRevocationInfoFormat(
        {
            "other_rev_info_format": "ocsp_response",
            "other_rev_info": ocsp.OCSPResponse.load(constancia.der),
        }
    )
    return cms.RevocationInfoChoice("other", otra)


def firmar(
    llave: rsa.RSAPrivateKey,
    contenido: bytes,
    certificado: bytes,
    momento: datetime,
) -> bytes:
    """The bare signature over the attributes; `armar` puts it in its envelope."""
    return llave.sign(atributos(contenido, certificado, momento), padding.PKCS1v15(), SHA256())


def verificar(sobre: bytes, contenido: bytes) -> Firmado:
    """Raises `FirmaInvalida` unless `sobre` (DER) signs exactly `contenido`.

    Says nothing of whose the certificate is nor of its authority: that is `cadena`'s.
    """
    try:
        return _verificar(sobre, contenido)
    except _MALFORMADA as error:
        raise FirmaInvalida("malformada", "CMS") from error


def corresponde(sobre: bytes, contenido: bytes) -> bool:
    """Whether `sobre` (DER) says, of whatever kind it is, that it signs `contenido`."""
    try:
        firmantes = _datos_firmados(sobre)["signer_infos"]
        return len(firmantes) > 0 and all(_nombra(uno, contenido) for uno in firmantes)
    except (FirmaInvalida, *_MALFORMADA):
        return False


def _nombra(firmante: cms.SignerInfo, contenido: bytes) -> bool:
    digesto = hashlib.new(firmante["digest_algorithm"]["algorithm"].native, contenido).digest()
    dicho = _atributos(firmante["signed_attrs"])["message_digest"].native
    return bool(dicho == digesto)


def sellos_de(sobre: bytes) -> list[bytes]:
    """The time stamps that came with a signature, unverified. Raises `FirmaInvalida`."""
    try:
        (firmante,) = _datos_firmados(sobre)["signer_infos"]
        return _sellos(firmante)
    except (ValueError, TypeError, KeyError) as error:
        raise FirmaInvalida("malformada", "CMS") from error


def _verificar(sobre: bytes, contenido: bytes) -> Firmado:
    datos = _datos_firmados(sobre)
    if datos["encap_content_info"]["content_type"].native != "data":
        raise FirmaInvalida("contenido", "se firmó otra clase de contenido")
    if datos["encap_content_info"]["content"].native is not None:
        raise FirmaInvalida("contenido", "trae contenido dentro")
    (firmante,) = datos["signer_infos"]
    if firmante["digest_algorithm"]["algorithm"].native != "sha256":
        raise FirmaInvalida("algoritmo", "digesto")
    if firmante["signature_algorithm"]["algorithm"].native not in _RSA:
        raise FirmaInvalida("algoritmo", "firma")
    firmados = _atributos(firmante["signed_attrs"])
    if firmados["content_type"].native != "data":
        raise FirmaInvalida("contenido", "se firmó otra clase de contenido")
    if firmados["message_digest"].native != sha256(contenido).digest():
        raise FirmaInvalida("contenido")
    todos = [uno.chosen.dump() for uno in datos["certificates"]]
    certificado = _el_que_firma(firmante, firmados, todos)
    momento = firmados["signing_time"].native
    llave = certificados.exigir_fuerza(certificado)
    firma = firmante["signature"].native
    try:
        # What is signed is the SET, not the [0] that it is inside the envelope (RFC 5652, 5.4).
        llave.verify(firma, firmante["signed_attrs"].untag().dump(), padding.PKCS1v15(), SHA256())
    except InvalidSignature as error:
        raise FirmaInvalida("firma", "CMS") from error
    return Firmado(
        certificado,
        momento,
        firma,
        tuple(_sellos(firmante)),
        tuple(uno for uno in todos if uno != certificados.a_der(certificado)),
        tuple(_revocaciones(datos)),
    )


def _datos_firmados(sobre: bytes) -> cms.SignedData:
    info = cms.ContentInfo.load(sobre, strict=True)
    if info["content_type"].native != "signed_data":
        raise FirmaInvalida("malformada", "no es SignedData")
    return info["content"]


def _atributos(conjunto: cms.CMSAttributes) -> dict[str, core.Asn1Value]:
    """name -> its only value. An attribute twice, or with two values, is refused."""
    valores: dict[str, core.Asn1Value] = {}
    for atributo in conjunto:
        nombre = atributo["type"].native
        if nombre in valores or len(atributo["values"]) != 1:
            raise FirmaInvalida("malformada", f"el atributo {nombre}")
        valores[nombre] = atributo["values"][0]
    return valores


def _el_que_firma(
    firmante: cms.SignerInfo, firmados: dict[str, core.Asn1Value], todos: list[bytes]
) -> x509.Certificate:
    """The certificate that both the signer's identifier and the signed digest name."""
    (nombrado,) = firmados["signing_certificate_v2"]["certs"]
    if nombrado["hash_algorithm"]["algorithm"].native != "sha256":
        raise FirmaInvalida("algoritmo", "digesto del certificado")
    elegido = next((c for c in todos if sha256(c).digest() == nombrado["cert_hash"].native), None)
    if elegido is None:
        raise FirmaInvalida("certificado")
    cargado, quien = ax.Certificate.load(elegido), firmante["sid"].chosen
    if (
        quien["issuer"].dump() != cargado.issuer.dump()
        or quien["serial_number"].native != cargado.serial_number
    ):
        raise FirmaInvalida("certificado")
    return certificados.leer(elegido)


def _revocaciones(datos: cms.SignedData) -> list[tuple[Clase, bytes]]:
    dichas = []
    for una in datos["crls"]:
        if una.name == "crl":
            dichas.append((Clase.CRL, una.chosen.dump()))
        elif una.chosen["other_rev_info_format"].native == "ocsp_response":
            dichas.append((Clase.OCSP, una.chosen["other_rev_info"].dump()))
    return dichas


def _sellos(firmante: cms.SignerInfo) -> list[bytes]:
    return [
        valor.dump()
        for atributo in firmante["unsigned_attrs"]
        if atributo["type"].native == "signature_time_stamp_token"
        for valor in atributo["values"]
    ]
