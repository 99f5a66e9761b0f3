"""The other institution's FHIR server, as a client with our own key.

Nothing is called but the address that both sides signed in the agreement, and its token endpoint
only if it is at that same host. What it answers is theirs to say and ours to doubt: size and time
are bounded, and what is not JSON of FHIR is an error of theirs.
"""

import http
import re
import threading
import time
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode, urlsplit
from uuid import UUID

from consentimiento.selectors import convenios
from consentimiento.selectors.convenios import Destino
from ece import fhir
from ece.nucleo import salidas
from ece.nucleo.salidas import DireccionVedada, SinRespuesta
from red import llaves

SEGUNDOS = 8.0
BYTES = 8 * 1024 * 1024
_ANTES_DE_VENCER = 30
_CAPACIDAD = 500
FHIR = "application/fhir+json"
_SEGUNDOS = re.compile(r"[0-9]{1,3}")


class SocioCallado(Exception):
    """It does not answer, or it says that it cannot now: trying later may do, and not before
    `espera`."""

    def __init__(self, motivo: str, *, espera: timedelta = timedelta()) -> None:
        super().__init__(motivo)
        self.espera = espera


class SocioNiega(Exception):
    """It refuses, and says why in words (`dicho`); trying again changes nothing."""

    def __init__(self, estado: int, dicho: str) -> None:
        super().__init__(f"HTTP {estado}")
        self.estado = estado
        self.dicho = dicho


class SinEnlace(Exception):
    """No agreement in force says where that institution answers."""


@dataclass(frozen=True, slots=True)
class Quien:
    """For whom of ours it is asked: user, post and purpose (HL7 v3 PurposeOfUse)."""

    usuario: str
    rol: str
    proposito: str = "TREAT"


_tokens: dict[tuple[Any, ...], tuple[float, str]] = {}
_candado = threading.Lock()


def olvidar() -> None:
    """Drop the tokens that were kept."""
    with _candado:
        _tokens.clear()


def destino(convenio: UUID, *, ahora: datetime) -> Destino:
    """Where the partner of an agreement answers. Raises `SinEnlace`."""
    hallado = convenios.destino(convenio, ahora=ahora)
    if hallado is None:
        raise SinEnlace(str(convenio))
    return hallado


def pedir(
    a: Destino, metodo: str, camino: str, *, quien: Quien, cuerpo: dict[str, Any] | None = None
) -> dict[str, Any]:
    """The FHIR resource that `a` answers; a ``POST`` of a str-to-str body to ``_search`` is a form.

    Raises `SocioCallado`, `SocioNiega`.
    """
    formulario = camino.endswith("/_search")
    datos: bytes | None = None
    if cuerpo is not None:
        datos = urlencode(cuerpo).encode() if formulario else fhir.json.escribir(cuerpo)
    tipo = "application/x-www-form-urlencoded" if formulario else FHIR
    return _leer(_con_token(a, metodo, f"{a.direccion}{camino}", datos, tipo, FHIR, quien))


def de_convenios(
    a: Destino, metodo: str, camino: str, *, quien: Quien, cuerpo: bytes | None = None
) -> bytes:
    """What `a` answers at its addresses of agreements (docs/api.md). Raises as `pedir`."""
    raiz = a.direccion.removesuffix("/fhir")
    respuesta = _con_token(
        a, metodo, f"{raiz}/api/convenios/{camino}", cuerpo, "application/jose", "*/*", quien
    )
    if respuesta.estado >= 400:
        _leer(respuesta)
    return respuesta.cuerpo


def _con_token(
    a: Destino,
    metodo: str,
    url: str,
    datos: bytes | None,
    tipo: str,
    acepta: str,
    quien: Quien,
) -> salidas.Respuesta:
    for intento in range(2):
        cabeceras = {
            "Authorization": f"Bearer {_token(a, quien)}",
            "Accept": acepta,
            "Content-Type": tipo,
            "ECE-Proposito": quien.proposito,
        }
        respuesta = _llamar(metodo, url, datos, cabeceras)
        if respuesta.estado != http.HTTPStatus.UNAUTHORIZED or intento:
            break
        _soltar(a, quien)  # it was revoked, or they started again
    return respuesta


def _leer(respuesta: salidas.Respuesta) -> dict[str, Any]:
    if respuesta.estado == http.HTTPStatus.TOO_MANY_REQUESTS:
        pide = respuesta.cabeceras.get("retry-after", "")
        raise SocioCallado(
            "se alcanzó el límite de solicitudes del convenio",
            espera=timedelta(seconds=int(pide) if _SEGUNDOS.fullmatch(pide) else 60),
        )
    if respuesta.estado in (408, 425) or respuesta.estado >= 500:
        raise SocioCallado(f"HTTP {respuesta.estado}")
    try:
        dicho = fhir.json.leer(respuesta.cuerpo)
    except fhir.JsonInvalido as error:
        if respuesta.estado < 400:
            raise SocioCallado("no contesta en FHIR") from error
        dicho = {}
    if respuesta.estado >= 400:
        raise SocioNiega(respuesta.estado, _razon(dicho))
    return dicho


def _razon(dicho: dict[str, Any]) -> str:
    """What an OperationOutcome says, bounded."""
    asuntos = dicho.get("issue")
    palabras = [
        str(a.get("diagnostics") or fhir.texto(a.get("details", {})))
        for a in (asuntos if isinstance(asuntos, list) else [])
        if isinstance(a, dict)
    ]
    return " ".join(palabra for palabra in palabras if palabra)[:300]


def _token(a: Destino, quien: Quien) -> str:
    clave = (a.direccion, a.identificador, quien)
    guardado = _tokens.get(clave)
    if guardado is not None and guardado[0] > time.monotonic():
        return guardado[1]
    emisor = _emisor(a)
    firmada = llaves.asercion(
        client_id=a.identificador,
        para=emisor,
        usuario=quien.usuario,
        rol=quien.rol,
        proposito=quien.proposito,
    )
    formulario = {
        "grant_type": "client_credentials",
        "client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
        "client_assertion": firmada,
    }
    respuesta = _llamar(
        "POST",
        emisor,
        urlencode(formulario).encode(),
        {"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"},
    )
    if respuesta.estado in (400, 401):
        raise SocioNiega(respuesta.estado, "No reconoce la llave de nuestra institución.")
    dicho = _leer(respuesta)
    token, dura = dicho.get("access_token"), dicho.get("expires_in", 60)
    if not isinstance(token, str) or not token.isascii() or not token.isprintable():
        raise SocioCallado("no da un token")
    vence = time.monotonic() + max(0, min(int(dura), 3600) - _ANTES_DE_VENCER)
    with _candado:
        if len(_tokens) >= _CAPACIDAD:
            _tokens.clear()
        _tokens[clave] = (vence, token)
    return token


def _soltar(a: Destino, quien: Quien) -> None:
    with _candado:
        _tokens.pop((a.direccion, a.identificador, quien), None)


def _emisor(a: Destino) -> str:
    """Its token endpoint, as it publishes it (SMART), if it is where the agreement says."""
    dicho = _leer(_llamar("GET", f"{a.direccion}/.well-known/smart-configuration", None, {}))
    emisor = str(dicho.get("token_endpoint", ""))
    if urlsplit(emisor)[:2] != urlsplit(a.direccion)[:2]:
        raise SocioCallado("su dirección de tokens es de otro servidor")
    return emisor


def _llamar(
    metodo: str, url: str, cuerpo: bytes | None, cabeceras: dict[str, str]
) -> salidas.Respuesta:
    try:
        return salidas.llamar(
            metodo, url, segundos=SEGUNDOS, limite=BYTES, cuerpo=cuerpo, cabeceras=cabeceras
        )
    except DireccionVedada as error:
        raise SocioNiega(0, f"La dirección del convenio no se puede usar: {error}.") from error
    except SinRespuesta as error:
        raise SocioCallado(str(error)) from error
