"""Reaching an authority of the administrator's list (RFC 5280, section 6, without policies)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import count

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.x509.oid import ExtensionOID

from ece.nucleo.firma import FirmaInvalida, certificados

PROFUNDIDAD, INTENTOS = 5, 200
"""How long a chain may be, and how many links are tried: whoever signs sends what they like."""
_ATENDIDAS = {
    ExtensionOID.BASIC_CONSTRAINTS,
    ExtensionOID.KEY_USAGE,
    ExtensionOID.EXTENDED_KEY_USAGE,
    ExtensionOID.SUBJECT_ALTERNATIVE_NAME,
}
"""Critical extensions that are weighed here; any other that is critical refuses the certificate."""


@dataclass(frozen=True, slots=True)
class Cadena:
    """From whoever signed up to a root of the list, that included."""

    certificados: tuple[x509.Certificate, ...]

    @property
    def emisor(self) -> x509.Certificate:
        """Who issued the signing certificate."""
        return self.certificados[1]

    @property
    def pares(self) -> list[tuple[x509.Certificate, x509.Certificate]]:
        """(certificate, who issued it), but for the root."""
        return list(zip(self.certificados, self.certificados[1:], strict=False))


def alcanzar(
    certificado: x509.Certificate,
    *,
    raices: Sequence[x509.Certificate],
    intermedias: Sequence[x509.Certificate] = (),
    momento: datetime,
) -> Cadena:
    """The chain of `certificado` to one of `raices`, every link in force at `momento`.

    A certificate is not its own authority: one that is itself in the list does not reach it.
    Raises `FirmaInvalida` (cadena, vigencia, uso, algoritmo).
    """
    fallas: list[FirmaInvalida] = []
    hallada = _subir((certificado,), list(raices), list(intermedias), fallas, count())
    if hallada is None:
        raise fallas[0] if fallas else FirmaInvalida("cadena", "su autoridad no está en la lista")
    for eslabon in hallada.certificados:
        if not eslabon.not_valid_before_utc <= momento <= eslabon.not_valid_after_utc:
            raise FirmaInvalida("vigencia", certificados.titular(eslabon).nombre)
    return hallada


def _subir(
    tramo: tuple[x509.Certificate, ...],
    raices: list[x509.Certificate],
    intermedias: list[x509.Certificate],
    fallas: list[FirmaInvalida],
    intentos: Iterator[int],
) -> Cadena | None:
    if len(tramo) > PROFUNDIDAD:
        return None
    ultimo = tramo[-1]
    certificados.exigir_fuerza(ultimo)
    _exigir_entendida(ultimo)
    for es_raiz, autoridades in ((True, raices), (False, intermedias)):
        for autoridad in autoridades:
            if autoridad.subject != ultimo.issuer or autoridad in tramo:
                continue
            if next(intentos) >= INTENTOS:
                return None
            try:
                ultimo.verify_directly_issued_by(autoridad)
                _exigir_autoridad(autoridad, debajo=len(tramo) - 1)
                if es_raiz:
                    certificados.exigir_fuerza(autoridad)
                    return Cadena((*tramo, autoridad))
                if mas := _subir((*tramo, autoridad), raices, intermedias, fallas, intentos):
                    return mas
            except (ValueError, TypeError, InvalidSignature):
                fallas.append(FirmaInvalida("cadena", "no la firmó quien dice"))
            except FirmaInvalida as falla:
                fallas.append(falla)
    return None


def _exigir_autoridad(certificado: x509.Certificate, *, debajo: int) -> None:
    """That it may issue, and has at most as many authorities under it as it says."""
    basicas = certificados.extension(certificado, x509.BasicConstraints)
    usos = certificados.extension(certificado, x509.KeyUsage)
    if basicas is None or not basicas.ca or (usos is not None and not usos.key_cert_sign):
        raise FirmaInvalida("uso", "no es una autoridad")
    if basicas.path_length is not None and debajo > basicas.path_length:
        raise FirmaInvalida("cadena", "más autoridades intermedias de las que permite")


def _exigir_entendida(certificado: x509.Certificate) -> None:
    try:
        ajenas = [e for e in certificado.extensions if e.critical and e.oid not in _ATENDIDAS]
    except (ValueError, x509.DuplicateExtension) as error:
        raise FirmaInvalida("malformada", "las extensiones del certificado") from error
    if ajenas:
        raise FirmaInvalida("uso", f"extensión crítica {ajenas[0].oid.dotted_string}")
