"""Ways to pass a signature off: each is tried, and refused for its own reason."""

import base64
import hashlib
import hmac
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest
from asn1crypto import cms as acms
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509 import ocsp
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from ece.nucleo.firma import (
    FirmaInvalida,
    cadena,
    certificados,
    cms,
    emision,
    jws,
    revocacion,
    tiempo,
)
from ece.nucleo.firma.revocacion import Clase, Constancia
from tests.firma import autoridades as con

CONTENIDO = b'{"nota":"Dosis 10 mg"}'


@dataclass
class Escena:
    """What whoever verifies has: a list of roots, a signed content, and what came with it."""

    raiz: con.Autoridad
    quien: con.Persona
    momento: datetime
    contenido: bytes = CONTENIDO
    sobre: bytes = b""
    token: str = ""
    constancias: tuple[tuple[Clase, bytes], ...] = ()
    raices: tuple[x509.Certificate, ...] = ()

    def firmar(self, quien: con.Persona | None = None, contenido: bytes = CONTENIDO) -> None:
        quien = quien or self.quien
        firma = cms.firmar(quien.llave, contenido, quien.der, self.momento)
        self.sobre = cms.armar(firma, contenido, quien.der, self.momento)
        self.token = jws.firmar(quien.llave, contenido, quien.der, self.momento)

    def verificar(self) -> None:
        """Everything that `registros.selectors.firmas` asks of an advanced signature."""
        hecha = cms.verificar(self.sobre, self.contenido)
        otra = jws.verificar(self.token, self.contenido)
        if otra.certificado != hecha.certificado:
            raise FirmaInvalida("certificado")
        certificados.exigir_firma_de_persona(hecha.certificado)
        certificados.exigir_titular(hecha.certificado, rfc=con.RFC, curp=con.CURP)
        subida = cadena.alcanzar(hecha.certificado, raices=self.raices, momento=self.momento)
        dichas: list[Constancia] = [
            revocacion.leer(clase, der, certificado=hecha.certificado, emisor=subida.emisor)
            for clase, der in self.constancias
        ]
        revocacion.exigir_no_revocado(dichas, momento=self.momento, obligatoria=True)


@pytest.fixture
def escena() -> Escena:
    raiz = con.autoridad()
    hecha = Escena(raiz, con.persona(raiz), con.ahora(), raices=(raiz.certificado,))
    lista = emision.lista_de_revocacion(
        raiz.certificado, raiz.llave, revocados={}, ahora=hecha.momento
    )
    hecha.constancias = ((Clase.CRL, lista),)
    hecha.firmar()
    return hecha


def test_what_is_good_is_accepted(escena: Escena) -> None:
    escena.verificar()


def byte_cambiado(e: Escena) -> None:
    e.contenido = CONTENIDO.replace(b"10", b"90")


def otro_documento(e: Escena) -> None:
    """A good signature, moved onto another note."""
    e.contenido = b'{"nota":"otra"}'


def iguales_a_la_vista(e: Escena) -> None:
    e.firmar(contenido="{'n':'Jos\u00e9'}".encode())
    e.contenido = "{'n':'Jose\u0301'}".encode()


def byte_de_la_firma(e: Escena) -> None:
    alterada = bytearray(e.sobre)
    alterada[-1] ^= 1
    e.sobre = bytes(alterada)


def firmas_cruzadas(e: Escena) -> None:
    """The CMS of one person with the JWS of another."""
    otra = con.persona(e.raiz, nombre="OTRA", cual=12)
    e.token = jws.firmar(otra.llave, e.contenido, otra.der, e.momento)


def de_otra_persona(e: Escena) -> None:
    e.firmar(con.persona(e.raiz, rfc="OTRA800101AB1", curp="OTRA800101MOCBXL07", cual=12))


def mismo_rfc_otra_curp(e: Escena) -> None:
    e.firmar(con.persona(e.raiz, curp="OTRA800101MOCBXL07", cual=12))


def sin_identificadores(e: Escena) -> None:
    e.firmar(con.persona(e.raiz, rfc="/", curp="/", cual=12))


def vencido(e: Escena) -> None:
    e.firmar(con.persona(e.raiz, desde=timedelta(days=-30), vigencia=timedelta(days=10)))


def todavia_no(e: Escena) -> None:
    e.firmar(con.persona(e.raiz, desde=timedelta(days=10)))


def autofirmado(e: Escena) -> None:
    """A certificate with her name, that certifies itself."""
    propia = con.Autoridad(con.llave(12), con.autoridad("ELENA DE EJEMPLO", 12).certificado)
    e.firmar(con.persona(propia, cual=12))


def raiz_homonima(e: Escena) -> None:
    """An authority with the name of the good one, and another key."""
    e.firmar(con.persona(con.autoridad(cual=13)))


def persona_como_autoridad(e: Escena) -> None:
    """Somebody certified by the good authority issues a certificate with her name."""
    intruso = con.persona(e.raiz, nombre="INTRUSO", rfc="INT", curp="INT", cual=14)
    falsa = con.persona(con.Autoridad(intruso.llave, intruso.certificado))
    e.firmar(falsa)
    e.raices = (*e.raices, intruso.certificado)


def autoridad_que_firma(e: Escena) -> None:
    e.firmar(con.Persona(e.raiz.llave, e.raiz.certificado))


def certificado_de_otro_uso(e: Escena) -> None:
    """A CSD, or one for encrypting: it is not for what cannot be denied."""
    e.firmar(con.persona(e.raiz, usos=("digital_signature", "key_encipherment")))


def revocado(e: Escena) -> None:
    lista = emision.lista_de_revocacion(
        e.raiz.certificado,
        e.raiz.llave,
        revocados={e.quien.certificado.serial_number: e.momento - timedelta(hours=1)},
        ahora=e.momento,
    )
    e.constancias = ((Clase.CRL, lista),)


def revocado_por_ocsp(e: Escena) -> None:
    e.constancias = (*e.constancias, (Clase.OCSP, _ocsp(e, revocado=True)))


def ocsp_de_otro(e: Escena) -> None:
    """A good answer, about another certificate."""
    otra = con.persona(e.raiz, nombre="OTRA", cual=12)
    e.constancias = ((Clase.OCSP, _ocsp(e, de=otra.certificado)),)


def ocsp_de_un_intruso(e: Escena) -> None:
    intruso = con.persona(e.raiz, nombre="INTRUSO", rfc="INT", curp="INT", cual=14)
    e.constancias = ((Clase.OCSP, _ocsp(e, intruso=intruso)),)


def lista_vencida(e: Escena) -> None:
    """An old list, from before it was revoked."""
    lista = emision.lista_de_revocacion(
        e.raiz.certificado,
        e.raiz.llave,
        revocados={},
        ahora=e.momento - timedelta(days=60),
        vigencia=timedelta(days=7),
    )
    e.constancias = ((Clase.CRL, lista),)


def sin_constancia(e: Escena) -> None:
    e.constancias = ()


def lista_de_un_intruso(e: Escena) -> None:
    falsa = emision.lista_de_revocacion(
        e.raiz.certificado, con.llave(14), revocados={}, ahora=e.momento
    )
    e.constancias = ((Clase.CRL, falsa),)


def llave_corta(e: Escena) -> None:
    debil = rsa.generate_private_key(65537, 1024)
    e.firmar(_a_mano(e, debil, debil.public_key()))


def certificado_con_sha1(e: Escena) -> None:
    bueno = con.persona(e.raiz).der
    cambiado = bueno.replace(
        bytes.fromhex("2a864886f70d01010b"), bytes.fromhex("2a864886f70d010105")
    )
    firma = cms.firmar(con.llave(10), CONTENIDO, cambiado, e.momento)
    e.sobre = cms.armar(firma, CONTENIDO, cambiado, e.momento)


def digesto_md5(e: Escena) -> None:
    _reescribir(e, lambda f: f.__setitem__("digest_algorithm", {"algorithm": "md5"}))


def atributo_repetido(e: Escena) -> None:
    def repetir(firmante: acms.SignerInfo) -> None:
        atributos = acms.CMSAttributes.load(firmante["signed_attrs"].untag().dump())
        otro = acms.CMSAttribute({"type": "message_digest", "values": [b"x" * 32]})
        firmante["signed_attrs"] = acms.CMSAttributes([*atributos, otro])

    _reescribir(e, repetir)


def contenido_dentro(e: Escena) -> None:
    """A wrapped content: the envelope says one thing, and what comes beside it another."""
    info = acms.ContentInfo.load(e.sobre)
    info["content"]["encap_content_info"]["content"] = b"otra cosa"
    e.sobre = info.dump(force=True)


def dos_firmantes(e: Escena) -> None:
    info = acms.ContentInfo.load(e.sobre)
    uno = info["content"]["signer_infos"][0]
    info["content"]["signer_infos"] = [uno, uno.copy()]
    e.sobre = info.dump(force=True)


def alg_none(e: Escena) -> None:
    e.token = _token({"alg": "none", "sigT": "2026-01-01T00:00:00+00:00", "x5c": _x5c(e)}, b"")


def alg_hmac(e: Escena) -> None:
    """Key confusion: the public key taken as the secret of an HMAC."""
    encabezado = {"alg": "HS256", "sigT": e.momento.isoformat(), "x5c": _x5c(e)}
    publica = e.quien.certificado.public_key().public_bytes(
        Encoding.PEM, PublicFormat.SubjectPublicKeyInfo
    )
    base = _b64(json.dumps(encabezado).encode())
    mac = hmac.digest(publica, f"{base}.{_b64(CONTENIDO)}".encode(), hashlib.sha256)
    e.token = _token(encabezado, mac)


def llave_en_el_encabezado(e: Escena) -> None:
    """A key that the token itself brings."""
    encabezado = {
        "alg": "RS256",
        "sigT": e.momento.isoformat(),
        "x5c": _x5c(e),
        "jwk": {"kty": "RSA"},
    }
    base = _b64(json.dumps(encabezado).encode())
    firma = con.llave(14).sign(
        f"{base}.{_b64(CONTENIDO)}".encode(), padding.PKCS1v15(), hashes.SHA256()
    )
    e.token = _token(encabezado, firma)


def firma_ajena_con_su_certificado(e: Escena) -> None:
    """Another key's signature under her certificate."""
    firma = cms.firmar(con.llave(14), CONTENIDO, e.quien.der, e.momento)
    e.sobre = cms.armar(firma, CONTENIDO, e.quien.der, e.momento)


def certificado_sustituido(e: Escena) -> None:
    """The same key, under another certificate than the one that was signed."""
    gemelo = con.persona(e.raiz, nombre="GEMELO")
    firma = cms.firmar(e.quien.llave, CONTENIDO, e.quien.der, e.momento)
    info = acms.ContentInfo.load(cms.armar(firma, CONTENIDO, e.quien.der, e.momento))
    info["content"]["certificates"] = [acms.CertificateChoices("certificate", _asn1(gemelo))]
    e.sobre = info.dump(force=True)


def basura(e: Escena) -> None:
    e.sobre = b"\x30\x82\xff\xff" + b"\x00" * 20


ATAQUES: list[tuple[Callable[[Escena], None], set[str]]] = [
    (byte_cambiado, {"contenido"}),
    (otro_documento, {"contenido"}),
    (iguales_a_la_vista, {"contenido"}),
    (byte_de_la_firma, {"firma", "malformada"}),
    (firmas_cruzadas, {"certificado"}),
    (de_otra_persona, {"titular"}),
    (mismo_rfc_otra_curp, {"titular"}),
    (sin_identificadores, {"titular"}),
    (vencido, {"vigencia"}),
    (todavia_no, {"vigencia"}),
    (autofirmado, {"cadena"}),
    (raiz_homonima, {"cadena"}),
    (persona_como_autoridad, {"uso"}),
    (autoridad_que_firma, {"uso"}),
    (certificado_de_otro_uso, {"uso"}),
    (revocado, {"revocado"}),
    (revocado_por_ocsp, {"revocado"}),
    (ocsp_de_otro, {"sin-revocacion"}),
    (ocsp_de_un_intruso, {"uso"}),
    (lista_vencida, {"sin-revocacion"}),
    (sin_constancia, {"sin-revocacion"}),
    (lista_de_un_intruso, {"firma"}),
    (llave_corta, {"algoritmo"}),
    (certificado_con_sha1, {"algoritmo"}),
    (digesto_md5, {"algoritmo"}),
    (atributo_repetido, {"malformada"}),
    (contenido_dentro, {"contenido"}),
    (dos_firmantes, {"malformada"}),
    (alg_none, {"algoritmo"}),
    (alg_hmac, {"algoritmo"}),
    (llave_en_el_encabezado, {"malformada"}),
    (firma_ajena_con_su_certificado, {"firma"}),
    (certificado_sustituido, {"certificado"}),
    (basura, {"malformada"}),
]


@pytest.mark.parametrize(("ataque", "motivos"), ATAQUES, ids=[a.__name__ for a, _ in ATAQUES])
def test_it_is_refused(escena: Escena, ataque: Callable[[Escena], None], motivos: set[str]) -> None:
    ataque(escena)
    with pytest.raises(FirmaInvalida) as refused:
        escena.verificar()
    assert refused.value.motivo in motivos


class TestDeTiempo:
    """Time stamps that do not hold."""

    def test_of_an_unknown_authority(self, escena: Escena) -> None:
        sello = tiempo.sellar(con.de_tiempo(con.autoridad("Otra", 13)), CONTENIDO)
        with pytest.raises(FirmaInvalida, match="cadena"):
            tiempo.verificar(sello, CONTENIDO, raices=escena.raices)

    def test_of_other_bytes(self, escena: Escena) -> None:
        sello = tiempo.sellar(con.de_tiempo(escena.raiz), CONTENIDO)
        with pytest.raises(FirmaInvalida, match="sello"):
            tiempo.verificar(sello, b"otros", raices=escena.raices)

    def test_by_a_person(self, escena: Escena) -> None:
        """A good certificate, of the list, that is not for stamping."""
        falsa = tiempo.AutoridadLocal(escena.quien.llave, escena.quien.certificado)
        with pytest.raises(FirmaInvalida, match="uso"):
            tiempo.verificar(tiempo.sellar(falsa, CONTENIDO), CONTENIDO, raices=escena.raices)

    def test_with_its_instant_changed(self, escena: Escena) -> None:
        sello = tiempo.sellar(con.de_tiempo(escena.raiz), CONTENIDO)
        ano = con.ahora().strftime("%Y").encode()
        falso = sello.replace(b"\x18\x0f" + ano, b"\x18\x0f" + b"2020", 1)
        assert falso != sello
        with pytest.raises(FirmaInvalida, match="sello"):
            tiempo.verificar(falso, CONTENIDO, raices=escena.raices)

    def test_an_answer_to_another_question(self, escena: Escena) -> None:
        respuesta = con.de_tiempo(escena.raiz).responder(tiempo.pedir(CONTENIDO, nonce=1))
        with pytest.raises(tiempo.SinSello):
            tiempo.extraer(respuesta, CONTENIDO, nonce=2)


def test_an_answer_given_after_the_fact_counts(escena: Escena) -> None:
    """Revoked later: what was signed before stays good."""
    lista = emision.lista_de_revocacion(
        escena.raiz.certificado,
        escena.raiz.llave,
        revocados={escena.quien.certificado.serial_number: escena.momento + timedelta(hours=1)},
        ahora=escena.momento + timedelta(hours=2),
    )
    escena.constancias = ((Clase.CRL, lista),)
    escena.verificar()


def test_a_delegated_responder_is_believed(escena: Escena) -> None:
    escena.constancias = ((Clase.OCSP, _ocsp(escena, delegado=True)),)
    escena.verificar()


def _ocsp(
    e: Escena,
    *,
    de: x509.Certificate | None = None,
    revocado: bool = False,
    intruso: con.Persona | None = None,
    delegado: bool = False,
) -> bytes:
    constructor = ocsp.OCSPResponseBuilder().add_response(
        de or e.quien.certificado,
        e.raiz.certificado,
        hashes.SHA1(),
        ocsp.OCSPCertStatus.REVOKED if revocado else ocsp.OCSPCertStatus.GOOD,
        e.momento,
        e.momento + timedelta(days=1),
        e.momento - timedelta(hours=1) if revocado else None,
        None,
    )
    if delegado:
        respondedor = _a_mano(e, con.llave(15), con.llave(15).public_key(), ocsp_signing=True)
        return (
            constructor.responder_id(ocsp.OCSPResponderEncoding.HASH, respondedor.certificado)
            .certificates([respondedor.certificado])
            .sign(con.llave(15), hashes.SHA256())
            .public_bytes(Encoding.DER)
        )
    quien = intruso or con.Persona(e.raiz.llave, e.raiz.certificado)
    constructor = constructor.responder_id(ocsp.OCSPResponderEncoding.HASH, quien.certificado)
    if intruso is not None:
        constructor = constructor.certificates([intruso.certificado])
    return constructor.sign(quien.llave, hashes.SHA256()).public_bytes(Encoding.DER)


def _a_mano(
    e: Escena,
    llave: rsa.RSAPrivateKey,
    publica: rsa.RSAPublicKey | ec.EllipticCurvePublicKey,
    *,
    ocsp_signing: bool = False,
) -> con.Persona:
    constructor = (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "X")]))
        .issuer_name(e.raiz.certificado.subject)
        .public_key(publica)
        .serial_number(x509.random_serial_number())
        .not_valid_before(e.momento - timedelta(days=1))
        .not_valid_after(e.momento + timedelta(days=1))
    )
    if ocsp_signing:
        para = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.OCSP_SIGNING])
        constructor = constructor.add_extension(para, critical=False)
    return con.Persona(llave, constructor.sign(e.raiz.llave, hashes.SHA256()))


def _reescribir(e: Escena, cambio: Callable[[acms.SignerInfo], None]) -> None:
    info = acms.ContentInfo.load(e.sobre)
    cambio(info["content"]["signer_infos"][0])
    e.sobre = info.dump(force=True)


def _asn1(persona: con.Persona) -> object:
    from asn1crypto import x509 as ax

    return ax.Certificate.load(persona.der)


def _x5c(e: Escena) -> list[str]:
    return [base64.b64encode(e.quien.der).decode()]


def _token(encabezado: dict[str, object], firma: bytes) -> str:
    return f"{_b64(json.dumps(encabezado).encode())}..{_b64(firma)}"


def _b64(datos: bytes) -> str:
    return base64.urlsafe_b64encode(datos).rstrip(b"=").decode()


def test_who_sends_many_authorities_that_sign_each_other_waits_for_nobody() -> None:
    """A chain is looked for among what came; who signs chooses what comes."""
    momento, llave = con.ahora(), con.llave(2)
    muchas = [emision.autoridad("AC", llave, ahora=momento) for _ in range(40)]
    quien = con.persona(con.Autoridad(llave, muchas[0]))
    with pytest.raises(FirmaInvalida) as negada:
        cadena.alcanzar(quien.certificado, raices=[], intermedias=muchas, momento=momento)
    assert negada.value.motivo == "cadena"
