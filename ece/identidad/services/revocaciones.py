"""What authorities say of the certificates they issued: asked for, kept, and weighed."""

from datetime import datetime, timedelta
from urllib.request import Request, urlopen

from cryptography import x509

from ece.identidad import confianza
from ece.identidad.models import Autoridad, ConstanciaDeRevocacion
from ece.nucleo.firma import FirmaInvalida, certificados, revocacion
from ece.nucleo.firma.cadena import Cadena
from ece.nucleo.firma.revocacion import SIN_VENCIMIENTO, Clase, Constancia

ESPERA = 3.0
"""Seconds that a signature waits for an authority to answer; then what was kept must do."""
FRESCA = timedelta(hours=1)
LARGO_MAXIMO = 64 * 1024 * 1024


def actualizar(*, ahora: datetime) -> list[tuple[str, str]]:
    """Bring the list of every authority that publishes one; (authority, what went wrong or "")."""
    hechos = []
    for autoridad in Autoridad.objects.filter(activa=True).exclude(url_crl="").order_by("id"):
        try:
            guardar_lista(autoridad, _traer(autoridad.url_crl, segundos=60), ahora=ahora)
            hechos.append((autoridad.nombre, ""))
        except (OSError, ValueError, FirmaInvalida) as error:
            hechos.append((autoridad.nombre, str(error)))
    return hechos


def guardar_lista(autoridad: Autoridad, contenido: bytes, *, ahora: datetime) -> None:
    """Keep a CRL in place of the last, unless it is older. Raises `FirmaInvalida`, `ValueError`."""
    emisor = certificados.leer(bytes(autoridad.certificado))
    leida = revocacion.leer_lista(contenido, emisor=emisor)
    de = leida.last_update_utc
    hasta = leida.next_update_utc or de + SIN_VENCIMIENTO
    _guardar(autoridad, Constancia(Clase.CRL, de, hasta, None, contenido), "", ahora)


def exigir(cadena: Cadena, *, uso: str, momento: datetime) -> list[Constancia]:
    """That nothing in `cadena` was revoked at `momento`; what says so, for the evidence.

    An authority with an OCSP address is asked when what is kept is not of this hour; if it does not
    answer, what is kept decides, with its age. Raises `FirmaInvalida` (revocado, sin-revocacion).
    """
    usadas = []
    for certificado, emisor in cadena.pares:
        _preguntar(certificado, emisor, uso=uso, ahora=momento)
        dichas, obligatoria = confianza.constancias(certificado, emisor, uso=uso)
        una = revocacion.exigir_no_revocado(dichas, momento=momento, obligatoria=obligatoria)
        if una is not None:
            usadas.append(una)
    return usadas


def _preguntar(
    certificado: x509.Certificate, emisor: x509.Certificate, *, uso: str, ahora: datetime
) -> None:
    autoridad = confianza.autoridad_de(emisor, uso=uso)
    if autoridad is None or not autoridad.url_ocsp:
        return
    serie = f"{certificado.serial_number:x}"
    reciente = ConstanciaDeRevocacion.objects.filter(
        autoridad=autoridad, serie=serie, obtenida_at__gte=ahora - FRESCA, hasta__gte=ahora
    )
    if reciente.exists():
        return
    try:
        respuesta = _traer(
            autoridad.url_ocsp,
            cuerpo=revocacion.pedir(certificado, emisor),
            clase="application/ocsp-request",
        )
        leida = revocacion.leer(Clase.OCSP, respuesta, certificado=certificado, emisor=emisor)
        _guardar(autoridad, leida, serie, ahora)
    except (OSError, FirmaInvalida):
        return  # what is kept decides


def _guardar(autoridad: Autoridad, dicha: Constancia, serie: str, ahora: datetime) -> None:
    """An older answer never takes the place of a newer one: it would undo a revocation."""
    anterior = ConstanciaDeRevocacion.objects.filter(
        autoridad=autoridad, clase=dicha.clase, serie=serie
    ).first()
    if anterior is not None and anterior.de > dicha.de:
        raise FirmaInvalida("sin-revocacion", "es más vieja que la que se tiene")
    ConstanciaDeRevocacion.objects.update_or_create(
        autoridad=autoridad,
        clase=dicha.clase,
        serie=serie,
        defaults={
            "contenido": dicha.der,
            "de": dicha.de,
            "hasta": dicha.hasta,
            "obtenida_at": ahora,
        },
    )


def _traer(
    url: str, *, cuerpo: bytes | None = None, clase: str = "", segundos: float = ESPERA
) -> bytes:
    if not url.startswith(("http://", "https://")):
        raise OSError(f"no es una dirección de HTTP: {url}")
    peticion = Request(url, data=cuerpo, headers={"Content-Type": clase} if clase else {})  # noqa: S310
    with urlopen(peticion, timeout=segundos) as respuesta:  # noqa: S310
        leido: bytes = respuesta.read(LARGO_MAXIMO)
    return leido
