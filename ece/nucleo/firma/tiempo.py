"""Time stamps (RFC 3161): asking for one, giving one, and reading what one proves."""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from typing import Protocol
from urllib.request import Request, urlopen

from asn1crypto import algos, cms, core, tsp
from asn1crypto import x509 as ax
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256, SHA384, SHA512, Hash
from cryptography.x509.oid import ExtendedKeyUsageOID

from ece.nucleo.firma import FirmaInvalida, cadena, certificados
from ece.nucleo.firma.cadena import Cadena

POLITICA = "2.25.300614537122284013925047226812160413"
"""Of the local authority: an OID of our own (X.667, from a random UUID)."""

Digesto = SHA256 | SHA384 | SHA512
_DIGESTOS: dict[str, Digesto] = {"sha256": SHA256(), "sha384": SHA384(), "sha512": SHA512()}
_LARGO_MAXIMO = 64 * 1024


class SinSello(Exception):
    """The authority did not answer, or refused."""


@dataclass(frozen=True, slots=True)
class Sello:
    """What a verified token proves: those bytes existed at `momento`, says `autoridad`."""

    momento: datetime
    serie: int
    politica: str
    certificado: x509.Certificate
    cadena: Cadena


class Autoridad(Protocol):
    """Who stamps: the local one, or another by HTTP. A constancia of NOM-151 is asked the same."""

    def responder(self, peticion: bytes) -> bytes:
        """The TimeStampResp (DER) to a TimeStampReq. Raises `SinSello`."""
        ...


def sellar(autoridad: Autoridad, datos: bytes) -> bytes:
    """A token (DER) of `autoridad` over the SHA-256 of `datos`. Raises `SinSello`."""
    nonce = int.from_bytes(os.urandom(8), "big")
    return extraer(autoridad.responder(pedir(datos, nonce=nonce)), datos, nonce=nonce)


class AutoridadRemota:
    """An authority that answers at a URL (RFC 3161, 3.4)."""

    def __init__(self, url: str, *, segundos: float = 5) -> None:
        if not url.startswith(("https://", "http://")):
            raise SinSello(f"no es una dirección de HTTP: {url}")
        self._url, self._segundos = url, segundos

    def responder(self, peticion: bytes) -> bytes:
        pedida = Request(  # noqa: S310
            self._url,
            data=peticion,
            headers={"Content-Type": "application/timestamp-query"},
        )
        try:
            with urlopen(pedida, timeout=self._segundos) as respuesta:  # noqa: S310
                leida: bytes = respuesta.read(_LARGO_MAXIMO)
        except OSError as error:
            raise SinSello(str(error)) from error
        return leida


class AutoridadLocal:
    """One in this process: of the demonstration, the tests, and whoever has no other."""

    def __init__(
        self, llave: rsa.RSAPrivateKey, certificado: x509.Certificate, politica: str = POLITICA
    ) -> None:
        self._llave, self._politica = llave, politica
        self._certificado = ax.Certificate.load(certificados.a_der(certificado))

    def responder(self, peticion: bytes, *, ahora: datetime | None = None) -> bytes:
        """One that is not understood is refused inside the answer; `ahora` is now if not said."""
        try:
            pedida = tsp.TimeStampReq.load(peticion, strict=True)
            digesto = pedida["message_imprint"]["hash_algorithm"]["algorithm"].native
            huella = pedida["message_imprint"]["hashed_message"].native
            if digesto not in _DIGESTOS or len(huella) != _DIGESTOS[digesto].digest_size:
                raise ValueError(digesto)
            nonce = pedida["nonce"].native
        except ValueError:
            return _respuesta("rejection")
        momento = ahora or datetime.now(UTC)
        return _respuesta("granted", self._token(huella, digesto, nonce, momento))

    def _token(self, huella: bytes, digesto: str, nonce: int | None, ahora: datetime) -> bytes:
        info: dict[str, object] = {
            "version": "v1",
            "policy": self._politica,
            "message_imprint": {
                "hash_algorithm": {"algorithm": digesto},
                "hashed_message": huella,
            },
            "serial_number": int.from_bytes(os.urandom(16), "big") >> 1,
            "gen_time": ahora.astimezone(UTC).replace(microsecond=0),
            "accuracy": {"seconds": 1},
        }
        if nonce is not None:
            info["nonce"] = nonce
        contenido = tsp.TSTInfo(info).dump()
        quien = sha256(self._certificado.dump()).digest()
        firmados = cms.CMSAttributes(
            [
                cms.CMSAttribute({"type": "content_type", "values": ["tst_info"]}),
                cms.CMSAttribute(
                    {"type": "message_digest", "values": [sha256(contenido).digest()]}
                ),
                cms.CMSAttribute(
                    {
                        "type": "signing_certificate_v2",
                        "values": [tsp.SigningCertificateV2({"certs": [{"cert_hash": quien}]})],
                    }
                ),
            ]
        )
        firma = self._llave.sign(firmados.dump(), padding.PKCS1v15(), SHA256())
        firmante = cms.SignerInfo(
            {
                "version": "v1",
                "sid": cms.SignerIdentifier(
                    "issuer_and_serial_number",
                    cms.IssuerAndSerialNumber(
                        {
                            "issuer": self._certificado.issuer,
                            "serial_number": self._certificado.serial_number,
                        }
                    ),
                ),
                "digest_algorithm": algos.DigestAlgorithm({"algorithm": "sha256"}),
                "signed_attrs": firmados,
                "signature_algorithm": algos.SignedDigestAlgorithm(
                    {"algorithm": "rsassa_pkcs1v15"}
                ),
                "signature": firma,
            }
        )
        datos = cms.SignedData(
            {
                "version": "v3",
                "digest_algorithms": [algos.DigestAlgorithm({"algorithm": "sha256"})],
                "encap_content_info": {
                    "content_type": "tst_info",
                    "content": core.ParsableOctetString(contenido),
                },
                "certificates": [cms.CertificateChoices("certificate", self._certificado)],
                "signer_infos": [firmante],
            }
        )
        token = cms.ContentInfo({"content_type": "signed_data", "content": datos}).dump()
        assert isinstance(token, bytes)
        return token


def _respuesta(estado: str, token: bytes | None = None) -> bytes:
    campos: dict[str, object] = {"status": {"status": estado}}
    if token is not None:
        campos["time_stamp_token"] = cms.ContentInfo.load(token)
    respuesta = tsp.TimeStampResp(campos).dump()
    assert isinstance(respuesta, bytes)
    return respuesta


def pedir(datos: bytes, *, nonce: int) -> bytes:
    """A TimeStampReq (DER) for the SHA-256 of `datos`, its certificate asked for."""
    peticion = tsp.TimeStampReq(
        {
            "version": "v1",
            "message_imprint": {
                "hash_algorithm": {"algorithm": "sha256"},
                "hashed_message": sha256(datos).digest(),
            },
            "nonce": nonce,
            "cert_req": True,
        }
    ).dump()
    assert isinstance(peticion, bytes)
    return peticion


def extraer(respuesta: bytes, datos: bytes, *, nonce: int) -> bytes:
    """The token of a TimeStampResp that answers to that request. Raises `SinSello`."""
    try:
        leida = tsp.TimeStampResp.load(respuesta, strict=True)
        if leida["status"]["status"].native not in ("granted", "granted_with_mods"):
            raise SinSello("la autoridad lo rechazó")
        token = leida["time_stamp_token"].dump()
        info = _info(leida["time_stamp_token"]["content"])
        if info["nonce"].native != nonce or not _es_de(info, datos):
            raise SinSello("la respuesta es a otra petición")
    except (ValueError, KeyError, TypeError) as error:
        raise SinSello("la respuesta no se entiende") from error
    assert isinstance(token, bytes)
    return token


def verificar(
    token: bytes,
    datos: bytes,
    *,
    raices: Sequence[x509.Certificate],
    intermedias: Sequence[x509.Certificate] = (),
) -> Sello:
    """Raises `FirmaInvalida` unless an authority that reaches `raices` stamped `datos`."""
    try:
        return _verificar(token, datos, raices, intermedias)
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise FirmaInvalida("malformada", "sello de tiempo") from error


def vence(token: bytes) -> datetime:
    """When the certificate of whoever put the stamp expires. Raises `FirmaInvalida`."""
    try:
        firmado = cms.ContentInfo.load(token, strict=True)["content"]
        (firmante,) = firmado["signer_infos"]
        return _quien(firmado, firmante).not_valid_after_utc
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise FirmaInvalida("malformada", "sello de tiempo") from error


def _verificar(
    token: bytes,
    datos: bytes,
    raices: Sequence[x509.Certificate],
    intermedias: Sequence[x509.Certificate],
) -> Sello:
    sobre = cms.ContentInfo.load(token, strict=True)
    firmado = sobre["content"]
    if firmado["encap_content_info"]["content_type"].native != "tst_info":
        raise FirmaInvalida("malformada", "no es un sello de tiempo")
    info = _info(firmado)
    if not _es_de(info, datos):
        raise FirmaInvalida("sello", "es de otros bytes")
    (firmante,) = firmado["signer_infos"]
    contenido = firmado["encap_content_info"]["content"].contents
    atributos = {a["type"].native: a["values"] for a in firmante["signed_attrs"]}
    digesto = _DIGESTOS.get(firmante["digest_algorithm"]["algorithm"].native)
    if digesto is None:
        raise FirmaInvalida("algoritmo", "sello de tiempo")
    if _digerir(digesto, contenido) != atributos["message_digest"][0].native:
        raise FirmaInvalida("sello", "alterado")
    certificado = _quien(firmado, firmante)
    _exigir_para_sellar(certificado)
    momento = info["gen_time"].native
    subida = cadena.alcanzar(
        certificado,
        raices=raices,
        intermedias=[*intermedias, *_acompanan(firmado, certificado)],
        momento=momento,
    )
    llave = certificados.exigir_fuerza(certificado)
    try:
        llave.verify(
            firmante["signature"].native,
            firmante["signed_attrs"].untag().dump(),
            padding.PKCS1v15(),
            digesto,
        )
    except InvalidSignature as error:
        raise FirmaInvalida("sello", "la firma de la autoridad no abre") from error
    return Sello(momento, info["serial_number"].native, info["policy"].native, certificado, subida)


def _info(firmado: cms.SignedData) -> tsp.TSTInfo:
    return tsp.TSTInfo.load(firmado["encap_content_info"]["content"].contents, strict=True)


def _es_de(info: tsp.TSTInfo, datos: bytes) -> bool:
    digesto = _DIGESTOS.get(info["message_imprint"]["hash_algorithm"]["algorithm"].native)
    if digesto is None:
        raise FirmaInvalida("algoritmo", "sello de tiempo")
    return bool(info["message_imprint"]["hashed_message"].native == _digerir(digesto, datos))


def _digerir(digesto: Digesto, datos: bytes) -> bytes:
    hecho = Hash(digesto)
    hecho.update(datos)
    return hecho.finalize()


def _quien(firmado: cms.SignedData, firmante: cms.SignerInfo) -> x509.Certificate:
    quien = firmante["sid"].chosen
    for uno in firmado["certificates"]:
        propio = uno.chosen
        if (
            propio.issuer.dump() == quien["issuer"].dump()
            and propio.serial_number == quien["serial_number"].native
        ):
            return certificados.leer(propio.dump())
    raise FirmaInvalida("certificado", "el sello no trae el de su autoridad")


def _acompanan(firmado: cms.SignedData, propio: x509.Certificate) -> list[x509.Certificate]:
    leidos = [certificados.leer(uno.chosen.dump()) for uno in firmado["certificates"]]
    return [uno for uno in leidos if uno != propio]


def _exigir_para_sellar(certificado: x509.Certificate) -> None:
    """RFC 3161, 2.3: extended key usage critical, and only for stamping."""
    try:
        uso = certificado.extensions.get_extension_for_class(x509.ExtendedKeyUsage)
    except (x509.ExtensionNotFound, ValueError) as error:
        raise FirmaInvalida("uso", "no es de una autoridad de tiempo") from error
    if not uso.critical or list(uso.value) != [ExtendedKeyUsageOID.TIME_STAMPING]:
        raise FirmaInvalida("uso", "no es de una autoridad de tiempo")
