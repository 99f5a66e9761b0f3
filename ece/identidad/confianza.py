"""Questions about signing: whom to believe, with which keys, and what the institution asks for."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from uuid import UUID

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.serialization import load_der_private_key
from django.conf import settings

from ece.identidad.models import (
    Autoridad,
    ConstanciaDeRevocacion,
    Credencial,
    Firmante,
    Nivel,
    ReglaDeFirma,
    Uso,
    Usuario,
)
from ece.nucleo import llavero
from ece.nucleo.firma import certificados, revocacion, tiempo
from ece.nucleo.firma.cadena import Cadena
from ece.nucleo.firma.cadena import alcanzar as alcanzar_raiz
from ece.nucleo.firma.lectura import Confianza
from ece.nucleo.firma.revocacion import Clase, Constancia

DERIVACION = "firma/credencial"


class SinCredencial(Exception):
    """The institution has no key pair for that use: `manage.py preparar_firma` makes it."""


@dataclass(frozen=True, slots=True)
class Par:
    """A key pair of the institution, opened; `cadena` is its authority's, in DER."""

    llave: rsa.RSAPrivateKey = field(repr=False)
    certificado: x509.Certificate
    der: bytes = field(repr=False)
    cadena: tuple[bytes, ...] = field(repr=False, default=())


@dataclass(frozen=True, slots=True)
class FichaDeFirmante:
    """Who signs, as a declaration names them; what is not known is empty."""

    id: UUID
    nombre: str
    cedula: str
    numero_de_empleado: str
    rfc: str
    curp: str


@dataclass(frozen=True, slots=True)
class Regla:
    """Which signature a document asks of its author (none, if `nivel` is empty), how many more of
    others, and whether somebody may sign it in its author's name."""

    nivel: str = Nivel.INSTITUCIONAL.value
    conjuntas: int = 0
    delegable: bool = True

    @property
    def avanzada(self) -> bool:
        return self.nivel == Nivel.AVANZADA

    @property
    def institucional(self) -> bool:
        return self.nivel == Nivel.INSTITUCIONAL

    @property
    def se_delega(self) -> bool:
        """Where several sign together each answers for themselves."""
        return self.delegable and not self.conjuntas


@dataclass(frozen=True, slots=True)
class Lista:
    """The administrator's list for one use."""

    raices: tuple[x509.Certificate, ...]
    intermedias: tuple[x509.Certificate, ...]

    def alcanzar(
        self,
        certificado: x509.Certificate,
        momento: datetime,
        otras: Iterable[x509.Certificate] = (),
    ) -> Cadena:
        """The chain of `certificado` to a root of the list. Raises `FirmaInvalida`."""
        return alcanzar_raiz(
            certificado,
            raices=self.raices,
            intermedias=[*self.intermedias, *otras],
            momento=momento,
        )


def lista(uso: str) -> Lista:
    filas = Autoridad.objects.filter(uso=uso, activa=True).order_by("id")
    leidas = [(fila.raiz, certificados.leer(bytes(fila.certificado))) for fila in filas]
    return Lista(
        tuple(c for es_raiz, c in leidas if es_raiz),
        tuple(c for es_raiz, c in leidas if not es_raiz),
    )


def del_tiempo() -> tuple[list[x509.Certificate], list[x509.Certificate]]:
    """(roots, intermediates) of the authorities believed about time."""
    suya = lista(Uso.TIEMPO)
    return [*suya.raices], [*suya.intermedias]


def autoridad_de_tiempo() -> tiempo.Autoridad:
    """Who stamps (`ECE_AUTORIDAD_DE_TIEMPO`, or the institution itself). Raises `SinCredencial`."""
    if settings.ECE_AUTORIDAD_DE_TIEMPO:
        return tiempo.AutoridadRemota(settings.ECE_AUTORIDAD_DE_TIEMPO)
    par = credencial(Uso.TIEMPO)
    return tiempo.AutoridadLocal(par.llave, par.certificado)


def autoridad_de(certificado: x509.Certificate, *, uso: str) -> Autoridad | None:
    """The row of the list that holds `certificado`."""
    der = certificados.a_der(certificado)
    filas = Autoridad.objects.filter(uso=uso, activa=True)
    return next((fila for fila in filas if bytes(fila.certificado) == der), None)


def constancias(
    certificado: x509.Certificate, emisor: x509.Certificate, *, uso: str
) -> tuple[list[Constancia], bool]:
    """(what the cache says of `certificado`, whether its authority demands that it be known)."""
    autoridad = autoridad_de(emisor, uso=uso)
    if autoridad is None:  # an intermediate that travelled with the signature: nobody vouches
        return [], True
    serie = f"{certificado.serial_number:x}"
    filas = ConstanciaDeRevocacion.objects.filter(autoridad=autoridad, serie__in=("", serie))
    leidas = [
        revocacion.leer(
            Clase(fila.clase), bytes(fila.contenido), certificado=certificado, emisor=emisor
        )
        for fila in filas
    ]
    return leidas, autoridad.exige_revocacion


def para_pdf() -> Confianza:
    """Who is believed of a sealed PDF: the authorities of seals and of time, with their lists."""
    filas = Autoridad.objects.filter(uso__in=(Uso.SELLO, Uso.TIEMPO), activa=True)
    listas = ConstanciaDeRevocacion.objects.filter(autoridad__in=filas, clase=Clase.CRL)
    ders = {bytes(fila.certificado) for fila in filas}
    return Confianza(
        tuple(map(certificados.leer, ders)), tuple({bytes(una.contenido) for una in listas})
    )


def credencial(uso: str) -> Par:
    """The institution's key pair in use. Raises `SinCredencial`."""
    fila = Credencial.objects.filter(uso=uso, retirada_at=None).only("id").first()
    if fila is None:
        raise SinCredencial(uso)
    return _abrir(fila.pk)


def hay_credencial(uso: str) -> bool:
    return Credencial.objects.filter(uso=uso, retirada_at=None).exists()


def es_sello(der: bytes) -> bool:
    """Whether that certificate is, or was, the institution's seal."""
    return Credencial.objects.filter(uso=Uso.SELLO, certificado=der).exists()


@lru_cache(maxsize=8)
def _abrir(id: UUID) -> Par:
    fila = Credencial.objects.get(pk=id)
    sellado, der = bytes(fila.llave), bytes(fila.certificado)
    abierta = cifra().decrypt(sellado[:12], sellado[12:], id.bytes)
    # Ours, and authenticated by the cipher: checking its primes again would cost what it signs.
    llave = load_der_private_key(abierta, None, unsafe_skip_rsa_key_validation=True)
    assert isinstance(llave, rsa.RSAPrivateKey)
    certificado = certificados.leer(der)
    autoridades = Credencial.objects.filter(uso="").order_by("-desde")
    cadena = next(
        (bytes(a.certificado) for a in autoridades if _emitio(bytes(a.certificado), certificado)),
        None,
    )
    return Par(llave, certificado, der, (cadena,) if cadena else ())


def _emitio(autoridad: bytes, certificado: x509.Certificate) -> bool:
    leida = certificados.leer(autoridad)
    return leida.subject == certificado.issuer and leida != certificado


def olvidar() -> None:
    """Forget the opened keys (another database, in tests; a key that was retired)."""
    _abrir.cache_clear()


def cifra() -> AESGCM:
    return AESGCM(llavero.clave_institucional(DERIVACION))


RECETA, INFORME = "receta", "informe"
"""Documents that are no note: the rule of ``*`` is not theirs."""


def regla(documento: str) -> Regla:
    """What is asked of a type of note; with no rule, the institutional signature of its author.

    `RECETA` and `INFORME` are signed only where a rule of theirs asks for it.
    """
    return reglas([documento])[documento]


def reglas(documentos: Iterable[str]) -> dict[str, Regla]:
    """The rule of each of `documentos`."""
    filas = {r.documento: r for r in ReglaDeFirma.objects.filter(documento__in=[*documentos, "*"])}
    halladas = {}
    for documento in documentos:
        de_nota = documento not in (RECETA, INFORME)
        fila = filas.get(documento) or (filas.get("*") if de_nota else None)
        if fila is not None:
            halladas[documento] = Regla(fila.nivel, fila.conjuntas, fila.delegable)
        else:
            halladas[documento] = Regla() if de_nota else Regla(nivel="")
    return halladas


def firmante(usuario_id: UUID, *, nombre: str = "") -> FichaDeFirmante:
    """What identifies a person who signs; `nombre` of whoever is none (a job of our own)."""
    buscado = Usuario.objects.select_related("firmante", "profesional").filter(pk=usuario_id)
    usuario = buscado.first()
    if usuario is None:
        return FichaDeFirmante(usuario_id, nombre, "", "", "", "")
    datos: Firmante | None = getattr(usuario, "firmante", None)
    profesional = getattr(usuario, "profesional", None)
    return FichaDeFirmante(
        id=usuario.pk,
        nombre=usuario.nombre,
        cedula=profesional.cedula if profesional else "",
        numero_de_empleado=datos.numero_de_empleado if datos else "",
        rfc=datos.rfc.upper() if datos else "",
        curp=datos.curp.upper() if datos else "",
    )


__all__ = [
    "FichaDeFirmante",
    "Lista",
    "Nivel",
    "Par",
    "Regla",
    "SinCredencial",
    "Uso",
    "autoridad_de",
    "autoridad_de_tiempo",
    "constancias",
    "credencial",
    "del_tiempo",
    "es_sello",
    "firmante",
    "hay_credencial",
    "lista",
    "olvidar",
    "para_pdf",
    "regla",
    "reglas",
]
