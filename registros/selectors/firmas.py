"""The signatures of a document, each verified again, as of the moment when it was made.

Nothing is believed because it is in the database: the digest of the document, both forms of the
signature, whose certificate it is, its chain, its revocation and its time stamps are checked anew.
"""

import hmac
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum, unique
from hashlib import sha256
from typing import Any
from uuid import UUID

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from django.utils import timezone
from django.utils.translation import gettext_noop as _

from ece import fhir
from ece.identidad import confianza
from ece.identidad.confianza import Nivel, Uso
from ece.nucleo.acceso import Acceso
from ece.nucleo.firma import FirmaInvalida, certificados, cms, jws, revocacion, tiempo
from ece.nucleo.firma.canonico import canonico, huella
from ece.nucleo.firma.cms import Firmado
from ece.nucleo.firma.tiempo import Sello
from ece.nucleo.roles import Permiso
from registros.models import Firma, Paciente
from registros.models.base import Recurso
from registros.models.carta import ATESTIGUA, OTORGA, firmantes_de
from registros.models.firma import Papel, ficha_de_codigo
from registros.selectors import delegaciones_de_firma, recursos, versiones
from registros.selectors.recursos import Sellado

_TAMBIEN_LEE = {
    "Consent": Permiso.CONSENTIMIENTO_RECABAR,
    "MedicationRequest": Permiso.RECETA_VERIFICAR,
}
"""Who, without reading the record, reads those documents, and so their signatures."""
_TITULOS = {
    "Consent": _("Carta de consentimiento"),
    "MedicationRequest": _("Receta"),
    "DiagnosticReport": _("Informe de resultados"),
}
"""What a document without a title of its own is called, to who holds its code."""
TOLERANCIA = timedelta(minutes=15)
"""Between the instant that a signature declares and that of its time stamp."""


@unique
class Documento(StrEnum):
    """How what was signed compares with what is recorded now."""

    IGUAL = "igual"
    CAMBIADO = "cambiado"  # by a later version that the record keeps beside this one
    ALTERADO = "alterado"  # the version signed is not what was signed


@dataclass(frozen=True, slots=True)
class Veredicto:
    """A signature as it is shown: what it says, and whether it holds (`falla` says why not)."""

    id: UUID
    papel: str
    nivel: str
    firmante: str
    firmante_id: UUID
    momento: datetime
    codigo: str
    motivo: str
    por: str = ""
    """In whose name it was signed, when that was delegated."""
    titular: str = ""
    emisor: str = ""
    sellado_at: datetime | None = None
    revocacion_de: datetime | None = None
    documento: Documento = Documento.IGUAL
    falla: str = ""
    declaracion: bytes = field(default=b"", repr=False)
    firmado: bytes = field(default=b"", repr=False)
    cms: bytes = field(default=b"", repr=False)
    jws: str = field(default="", repr=False)
    sello: bytes = field(default=b"", repr=False)
    """Of a constancia, the time stamp over its declaration."""

    @property
    def vale(self) -> bool:
        return not self.falla and self.documento is not Documento.ALTERADO


@dataclass(frozen=True, slots=True)
class Estado:
    """The signatures of a document, and what its institution's rule still asks for."""

    firmas: list[Veredicto]
    falta_avanzada: bool
    faltan: int

    @property
    def completa(self) -> bool:
        return not self.falta_avanzada and not self.faltan


def de_documento(acceso: Acceso, *, tipo: str, id: UUID) -> list[Veredicto]:
    """The signatures of a record of the patient, oldest first, each verified."""
    _exigir_leer(acceso, tipo)
    filas = Firma.objects.de(acceso).filter(objeto=id).exclude(papel="").order_by("creado_at", "id")
    firmas = list(filas)
    if not firmas:
        return []
    escritas = _versiones(versiones.historia(acceso, tipo=tipo, id=id))
    return [verificar(firma, escritas) for firma in firmas]


def evidencia(acceso: Acceso, *, documento: UUID, firma: UUID) -> tuple[Veredicto, bytes] | None:
    """(the signature `firma` of `documento`, verified; the canonical bytes of what it signs)."""
    fila = Firma.objects.de(acceso).filter(pk=firma, objeto=documento).exclude(papel="").first()
    if fila is None:
        return None
    tipo = str(fila.declaracion["documento"]["tipo"])
    _exigir_leer(acceso, tipo)
    historia = versiones.historia(acceso, tipo=tipo, id=documento)
    una = verificar(fila, _versiones(historia))
    return una, documento_firmado(una, historia)


def estado(acceso: Acceso, *, nota_id: UUID, clave: str) -> Estado:
    """The signatures of a finished note of type `clave`, and which are missing."""
    firmas = de_documento(acceso, tipo="Composition", id=nota_id)
    regla = confianza.regla(clave or "*")
    valen = [f for f in firmas if f.vale]
    conjuntas = {f.firmante_id for f in valen if f.papel == Papel.CONJUNTA}
    avanzada = any(f.nivel == Nivel.AVANZADA and f.papel != Papel.RECHAZO for f in valen)
    return Estado(
        firmas,
        falta_avanzada=regla.avanzada and not avanzada,
        faltan=max(0, regla.conjuntas - len(conjuntas)),
    )


def _exigir_leer(acceso: Acceso, tipo: str) -> None:
    if _TAMBIEN_LEE.get(tipo) not in acceso.permisos:
        acceso.exigir(Permiso.EXPEDIENTE_LEER)


@dataclass(frozen=True, slots=True)
class PorCodigo:
    """What whoever holds a printed document is told of a signature on it."""

    paciente: str
    titulo: str
    firma: Veredicto


def por_codigo(acceso: Acceso, *, codigo: str) -> PorCodigo | None:
    """The signature that a printed code names, verified; no word of what the document says."""
    acceso.exigir(Permiso.FIRMA_VERIFICAR)
    filas = Firma.objects.de(acceso).filter(fichas__contains=[ficha_de_codigo(codigo)])
    buscado = codigo.encode()
    for fila in filas.exclude(papel=""):
        if not hmac.compare_digest(fila.declaracion["codigo"].encode(), buscado):
            continue
        documento = fila.declaracion["documento"]
        tipo = documento["tipo"]
        escritas = _versiones(versiones.historia(acceso, tipo=tipo, id=UUID(documento["id"])))
        firmado: Recurso = escritas.get(documento["version"], {})
        paciente = Paciente.objects.de(acceso).get()
        titulo = _TITULOS.get(tipo) or firmado.get("title", "")
        return PorCodigo(paciente.identidad.nombre, titulo, verificar(fila, escritas))
    return None


def paciente_de_codigo(codigo: str) -> UUID | None:
    """Whose signature `codigo` names, by its keyed token (asked by the decision only)."""
    buscada = ficha_de_codigo(codigo)
    hallado = recursos.por_fichas(Firma.TIPO, [buscada]).get(buscada)
    return hallado.paciente if hallado else None


def verificar(firma: Firma, escritas: dict[int, Recurso]) -> Veredicto:
    """`firma` weighed against the versions (number -> resource) of what it says it signs."""
    dicha = firma.declaracion
    documento = dicha.get("documento", {})
    visto = Veredicto(
        id=firma.id,
        papel=firma.papel,
        nivel=firma.nivel,
        firmante=dicha.get("firmante", {}).get("nombre", ""),
        firmante_id=firma.autor,
        momento=datetime.fromisoformat(dicha["momento"]),
        codigo=dicha.get("codigo", ""),
        motivo=dicha.get("motivo", ""),
        por=delegaciones_de_firma.en_nombre_de(dicha),
        declaracion=firma.bytes_declarados,
        firmado=firma.firmado,
        cms=firma.cms,
        jws=firma.jws,
        sello=firma.sellos[0] if firma.papel == Papel.CONSERVACION else b"",
    )
    cambios: dict[str, Any] = {"documento": _comparar(documento, escritas)}
    try:
        _exigir_coherencia(firma, dicha)
        if firma.papel in (Papel.OTORGANTE, Papel.TESTIGO):
            _exigir_nombrado(firma, dicha, escritas.get(documento.get("version", 0), {}))
        if firma.papel == Papel.CONSERVACION:
            sello = _encadenados([(firma.sellos[0], firma.bytes_declarados)])[0]
            return replace(visto, **cambios, sellado_at=sello.momento)
        cambios |= verificar_evidencia(
            dicha,
            firma.bytes_declarados,
            firma.firmado,
            firma.cms,
            firma.jws,
            firma.sellos,
            documento=escritas.get(documento.get("version", 0), {}),
        )
    except FirmaInvalida as falla:
        cambios["falla"] = falla.motivo
    return replace(visto, **cambios)


def verificar_evidencia(
    dicha: Recurso,
    declaracion: bytes,
    firmado: bytes,
    sobre: bytes,
    token: str,
    sellos: Sequence[bytes] = (),
    *,
    documento: Recurso,
) -> dict[str, Any]:
    """What a declaration and its signatures prove by themselves of `documento`, whose digest was
    compared already. Raises `FirmaInvalida`.

    titular, emisor, sellado_at, revocacion_de: as in `Veredicto`.
    """
    if firmado != declaracion and sha256(declaracion).hexdigest() not in _hojas(firmado):
        raise FirmaInvalida("contenido", "el pliego no trae esta declaración")
    hecha = cms.verificar(sobre, firmado)
    otra = jws.verificar(token, firmado)
    if otra.certificado != hecha.certificado:
        raise FirmaInvalida("certificado", "cada forma de la firma es de otro")
    probado = probar_momento(hecha, sobre, sellos)
    momento = probado.momento if probado else timezone.now()
    declarado = datetime.fromisoformat(dicha["momento"])
    if probado and not abs(probado.momento - declarado) <= TOLERANCIA:
        raise FirmaInvalida("sello", "es de otro momento que el que se declara")
    _exigir_quien(hecha.certificado, dicha)
    delegaciones_de_firma.exigir_que_cubra(dicha, documento)
    uso = Uso.SELLO if dicha["nivel"] == Nivel.INSTITUCIONAL else Uso.AVANZADA
    cuando = no_revocado(hecha, uso, momento)
    de = certificados.titular(hecha.certificado)
    return {
        "titular": de.nombre,
        "emisor": de.emisor,
        "sellado_at": probado.momento if probado else None,
        "revocacion_de": cuando,
    }


def documento_firmado(firma: Veredicto, historia: Sequence[tuple[Sellado, bytes]]) -> bytes:
    """The canonical bytes whose SHA-256 the declaration names, from the version that was signed."""
    version = fhir.json.leer(firma.declaracion).get("documento", {}).get("version")
    recurso = next((fhir.json.leer(j) for s, j in historia if s.version == version), {})
    return canonico({k: v for k, v in recurso.items() if k != "meta"})


def autoridades(nivel: str) -> bytes:
    """The authorities that signatures of `nivel`, and stamps, are verified with (PEM)."""
    uso = Uso.SELLO if nivel == Nivel.INSTITUCIONAL else Uso.AVANZADA
    listas = [confianza.lista(uso), confianza.lista(Uso.TIEMPO)]
    unicas = dict.fromkeys(c for una in listas for c in (*una.raices, *una.intermedias))
    return b"".join(certificado.public_bytes(Encoding.PEM) for certificado in unicas)


def _exigir_coherencia(firma: Firma, dicha: Recurso) -> None:
    """That what is clear in the row is what was signed: one moved elsewhere does not hold."""
    documento = dicha.get("documento", {})
    if (
        canonico(dicha) != firma.bytes_declarados
        or dicha.get("papel") != firma.papel
        or dicha.get("nivel") != firma.nivel
        or documento.get("id") != str(firma.objeto)
        or firma.de_version not in (0, documento.get("version"))
        or dicha.get("firmante", {}).get("id") != str(firma.autor)
    ):
        raise FirmaInvalida("contenido", "la declaración es de otra cosa")


def _exigir_nombrado(firma: Firma, dicha: Recurso, carta: Recurso) -> None:
    """That the letter, as it was signed, names who signed it, as that and with that CURP."""
    quien = dicha.get("firmante", {})
    papel = {OTORGA: Papel.OTORGANTE, ATESTIGUA: Papel.TESTIGO}
    for uno in firmantes_de(carta):
        suyo = firma.autor == firma.paciente if uno.propia else uno.curp == quien.get("curp")
        if suyo and papel[uno.clase] == firma.papel and uno.nombre == quien.get("nombre"):
            return
    raise FirmaInvalida("titular", "la carta no nombra a quien firmó")


def _versiones(historia: Sequence[tuple[Sellado, bytes]]) -> dict[int, Recurso]:
    return {sellado.version: fhir.json.leer(json) for sellado, json in historia}


def _comparar(documento: Recurso, escritas: dict[int, Recurso]) -> Documento:
    firmada = escritas.get(documento.get("version", 0))
    if firmada is None or huella(firmada) != documento.get("sha256"):
        return Documento.ALTERADO
    vigente = escritas[max(escritas)]
    return Documento.IGUAL if huella(vigente) == documento["sha256"] else Documento.CAMBIADO


def _hojas(pliego: bytes) -> list[str]:
    try:
        hojas = fhir.json.leer(pliego).get("hojas", [])
    except fhir.JsonInvalido as error:
        raise FirmaInvalida("malformada", "pliego") from error
    return hojas if isinstance(hojas, list) else []


def _exigir_quien(certificado: x509.Certificate, dicha: Recurso) -> None:
    """Of the institutional level, one of the institution's own seals; of the advanced one, the
    certificate of the person that the declaration names."""
    if dicha["nivel"] == Nivel.INSTITUCIONAL:
        if not confianza.es_sello(certificados.a_der(certificado)):
            raise FirmaInvalida("titular", "no es el sello de la institución")
        return
    certificados.exigir_firma_de_persona(certificado)
    quien = dicha["firmante"]
    certificados.exigir_titular(certificado, rfc=quien.get("rfc", ""), curp=quien.get("curp", ""))


def probar_momento(hecha: Firmado, sobre: bytes, sellos: Sequence[bytes]) -> Sello | None:
    """The first proof of when, each of whose links was in force when the next was put.

    A stamp that came with the signature covers its value; those added later, the envelope and the
    stamps before them.
    """
    eslabones = [(token, hecha.firma) for token in hecha.sellos[:1]]
    cubierto = sobre
    for token in sellos:
        eslabones.append((token, cubierto))
        cubierto += token
    return next(iter(_encadenados(eslabones)), None)


def _encadenados(eslabones: list[tuple[bytes, bytes]]) -> list[Sello]:
    """The stamps of (token, what it covers), in order, the last one in force today."""
    lista = confianza.lista(Uso.TIEMPO)
    leidos = [
        tiempo.verificar(token, datos, raices=lista.raices, intermedias=lista.intermedias)
        for token, datos in eslabones
    ]
    siguientes = [*(s.momento for s in leidos[1:]), *([timezone.now()] if leidos else [])]
    for sello, despues in zip(leidos, siguientes, strict=True):
        if despues > sello.certificado.not_valid_after_utc:
            raise FirmaInvalida("vigencia", "el sello de tiempo venció sin que se resellara")
    return leidos


def no_revocado(hecha: Firmado, uso: str, momento: datetime) -> datetime | None:
    """When it was said that nothing in the chain was revoked at `momento`; the oldest of them."""
    acompanan = [certificados.leer(uno) for uno in hecha.cadena]
    cadena = confianza.lista(uso).alcanzar(hecha.certificado, momento, acompanan)
    dichas = []
    for certificado, emisor in cadena.pares:
        guardadas, obligatoria = confianza.constancias(certificado, emisor, uso=uso)
        for clase, der in hecha.revocaciones:
            try:
                guardadas.append(
                    revocacion.leer(clase, der, certificado=certificado, emisor=emisor)
                )
            except FirmaInvalida:
                continue  # it is about another link of the chain
        una = revocacion.exigir_no_revocado(guardadas, momento=momento, obligatoria=obligatoria)
        if una is not None:
            dichas.append(una.de)
    return min(dichas) if dichas else None
