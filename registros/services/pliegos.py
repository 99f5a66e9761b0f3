"""The sheet that somebody signs with a certificate of their own: made, received, and wrapped.

Nothing is kept between preparing and signing: what is to be signed is made again from the records
as they are; a signature over anything else does not hold.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from auditoria.actos import Acto
from ece.identidad import confianza
from ece.identidad.confianza import FichaDeFirmante, Nivel, Uso
from ece.identidad.delegaciones_de_firma import Delegada
from ece.identidad.services import revocaciones
from ece.nucleo.acceso import Acceso
from ece.nucleo.firma import certificados, cms, jws
from ece.nucleo.firma.cadena import Cadena
from ece.nucleo.firma.canonico import canonico
from ece.nucleo.firma.revocacion import Constancia
from registros.models.base import RegistroClinico
from registros.models.firma import Papel
from registros.services import declaraciones, firmas

VIGENCIA = timedelta(minutes=10)
"""How long what was prepared may take to come back signed."""
METODO = ("certificado",)
LARGO_DE_CONSTANCIA = 64 * 1024
"""Lists longer than this stay in the cache, and do not travel with each signature."""


class Caducada(Exception):
    """It took too long, or its instant is not of now: prepare it again."""


@dataclass(frozen=True, slots=True)
class Hoja:
    """A document of the sheet: its declaration, and the canonical bytes of what it says.

    `citados` are those of what it is read with (the figures of a report), by id.
    """

    documento_id: UUID
    paciente: UUID
    papel: Papel
    declaracion: bytes = field(repr=False)
    contenido: bytes = field(repr=False)
    citados: dict[str, bytes] = field(repr=False, default_factory=dict)


@dataclass(frozen=True, slots=True)
class Preparado:
    """What is to be signed: `pliego`, whose leaves are the digests of the declarations."""

    momento: datetime
    pliego: bytes = field(repr=False)
    hojas: tuple[Hoja, ...]


@dataclass(frozen=True, slots=True)
class Comprobado:
    """A certificate that may sign now: its chain, and what said that nothing in it was revoked."""

    certificado: bytes = field(repr=False)
    cadena: Cadena
    dichas: list[Constancia]


@dataclass(frozen=True, slots=True)
class Firmado:
    """A sheet with its two signatures, as each of its documents keeps them."""

    pliego: bytes = field(repr=False)
    sobre: bytes = field(repr=False)
    token: str = field(repr=False)


def reunir(hojas: Iterable[Hoja], *, momento: datetime) -> Preparado:
    todas = tuple(hojas)
    pliego = declaraciones.pliego((h.declaracion for h in todas), momento=momento)
    return Preparado(momento, pliego, todas)


def dicho(registro: RegistroClinico) -> bytes:
    """The canonical bytes that the digest of a record is of. Raises `NoCanonico`."""
    return canonico({k: v for k, v in registro.recurso.items() if k != "meta"})


def exigir_vigente(momento: datetime, *, ahora: datetime) -> None:
    """Raises `Caducada`."""
    if not momento <= ahora <= momento + VIGENCIA:
        raise Caducada


def exigir_certificado(der: bytes, *, rfc: str, curp: str, momento: datetime) -> Comprobado:
    """That the certificate is that person's, for signing, in force, of the list, not revoked.

    Raises `FirmaInvalida`.
    """
    certificado = certificados.leer(der)
    certificados.exigir_fuerza(certificado)
    certificados.exigir_firma_de_persona(certificado)
    certificados.exigir_titular(certificado, rfc=rfc, curp=curp)
    cadena = confianza.lista(Uso.AVANZADA).alcanzar(certificado, momento)
    dichas = revocaciones.exigir(cadena, uso=Uso.AVANZADA, momento=momento)
    return Comprobado(der, cadena, dichas)


def envolver(
    preparado: Preparado, comprobado: Comprobado, *, firma_cms: bytes, firma_jws: bytes
) -> Firmado:
    """The CMS and the JWS of a sheet whose two signatures came back, each verified.

    `firma_cms` is over the signed attributes, `firma_jws` over the JWS signing input. Raises
    `FirmaInvalida`.
    """
    sobre = cms.armar(
        firma_cms,
        preparado.pliego,
        comprobado.certificado,
        preparado.momento,
        cadena=tuple(certificados.a_der(c) for c in comprobado.cadena.certificados[1:]),
        sello=firmas.sellar_localmente(firma_cms),
        constancias=[una for una in comprobado.dichas if len(una.der) <= LARGO_DE_CONSTANCIA],
    )
    token = jws.armar(firma_jws, comprobado.certificado, preparado.momento)
    cms.verificar(sobre, preparado.pliego)
    jws.verificar(token, preparado.pliego)
    return Firmado(preparado.pliego, sobre, token)


def asentar(
    el_acto: Acto,
    acceso: Acceso,
    documento: RegistroClinico,
    hoja: Hoja,
    firmado: Firmado,
    *,
    ahora: datetime,
    quien: FichaDeFirmante | None = None,
    delegada: Delegada | None = None,
) -> None:
    """In an act: the signature of one document of the sheet; `quien` and `delegada`, as in
    `firmas.insertar`."""
    firmas.insertar(
        el_acto,
        acceso,
        documento,
        papel=hoja.papel,
        nivel=Nivel.AVANZADA,
        declaracion=hoja.declaracion,
        pliego=firmado.pliego,
        sobre=firmado.sobre,
        token=firmado.token,
        ahora=ahora,
        quien=quien,
        delegada=delegada,
    )
