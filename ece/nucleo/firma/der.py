"""The few DER structures that a browser and this server must write alike, byte by byte (X.690)."""

from collections.abc import Iterable
from datetime import UTC, datetime
from hashlib import sha256

SECUENCIA, CONJUNTO, OCTETOS, OID, TIEMPO_UTC = 0x30, 0x31, 0x04, 0x06, 0x17

DATOS = "1.2.840.113549.1.7.1"
TIPO_DE_CONTENIDO = "1.2.840.113549.1.9.3"
DIGESTO = "1.2.840.113549.1.9.4"
MOMENTO = "1.2.840.113549.1.9.5"
CERTIFICADO_FIRMANTE = "1.2.840.113549.1.9.16.2.47"


def atributos_firmados(contenido: bytes, certificado: bytes, momento: datetime) -> bytes:
    """The SET that a CAdES signature covers (RFC 5652, 5.4; ETSI EN 319 122-1, 5.2).

    Content type, digest of the content, instant (whole seconds, before 2050) and digest of the
    signing certificate, which is in DER. ``firma-electronica.js`` writes the same bytes.
    """
    instante = momento.astimezone(UTC).strftime("%y%m%d%H%M%SZ").encode()
    huella = sha256(certificado).digest()
    # SigningCertificateV2 > certs > ESSCertIDv2 > certHash; SHA-256 is its default, left unsaid.
    de_certificado = _tlv(SECUENCIA, _tlv(SECUENCIA, _tlv(SECUENCIA, _tlv(OCTETOS, huella))))
    atributos = [
        _atributo(TIPO_DE_CONTENIDO, oid(DATOS)),
        _atributo(DIGESTO, _tlv(OCTETOS, sha256(contenido).digest())),
        _atributo(MOMENTO, _tlv(TIEMPO_UTC, instante)),
        _atributo(CERTIFICADO_FIRMANTE, de_certificado),
    ]
    return _tlv(CONJUNTO, b"".join(sorted(atributos)))


def oid(texto: str) -> bytes:
    primero, segundo, *resto = map(int, texto.split("."))
    cuerpo = bytearray()
    for numero in (primero * 40 + segundo, *resto):
        grupos = [numero & 0x7F]
        while numero := numero >> 7:
            grupos.append(numero & 0x7F | 0x80)
        cuerpo += bytes(reversed(grupos))
    return _tlv(OID, bytes(cuerpo))


def _atributo(tipo: str, *valores: bytes) -> bytes:
    return _tlv(SECUENCIA, oid(tipo) + _tlv(CONJUNTO, _juntar(valores)))


def _juntar(partes: Iterable[bytes]) -> bytes:
    return b"".join(partes)


def _tlv(etiqueta: int, cuerpo: bytes) -> bytes:
    largo = len(cuerpo)
    if largo < 0x80:
        return bytes([etiqueta, largo]) + cuerpo
    cifras = largo.to_bytes((largo.bit_length() + 7) // 8, "big")
    return bytes([etiqueta, 0x80 | len(cifras)]) + cifras + cuerpo
