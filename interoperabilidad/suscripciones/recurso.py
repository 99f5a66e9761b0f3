"""A Subscription (R4, with the extensions of the backport): what it asks for, or why it cannot be.

Source: HL7 Subscriptions R5 Backport 1.1, profile backport-subscription.
"""

import re
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from ece import fhir
from ece.nucleo import salidas
from interoperabilidad.fhir import respuestas
from interoperabilidad.fhir.errores import ErrorFhir
from interoperabilidad.suscripciones import filtros
from interoperabilidad.suscripciones.filtros import Filtro
from interoperabilidad.suscripciones.temas import TEMAS, Tema

GUIA = "http://hl7.org/fhir/uv/subscriptions-backport/StructureDefinition/"
VACIO, POR_ID, ENTERO = "empty", "id-only", "full-resource"
LATIDO_MINIMO = 10
_NOMBRE = re.compile(r"[A-Za-z][A-Za-z0-9-]{0,63}", re.ASCII)
_NUESTRAS = frozenset(
    {"host", "content-length", "content-type", "content-digest", "content-encoding", "connection"}
    | {"transfer-encoding", "signature", "signature-input", "expect", "upgrade", "te", "trailer"}
)
"""Headers that a subscription may not ask for: they say what we send, and how."""


@dataclass(frozen=True, slots=True)
class Suscripcion:
    """What is to be told, to whom, and how much of it. `latido` is in seconds (0: none)."""

    tema: Tema
    url: str
    contenido: str
    pasa: Filtro
    cabeceras: tuple[tuple[str, str], ...] = field(repr=False)
    latido: int = 0
    termina: datetime | None = None


def leer(recurso: dict[str, Any]) -> Suscripcion:
    """Raises `ErrorFhir` 422 (what cannot be, and where), `CriterioInvalido`."""
    if problemas := fhir.validar(recurso):
        raise ErrorFhir(422, "invalid", "El recurso no es válido.", problemas=problemas)
    tema = TEMAS.get(recurso.get("criteria", ""))
    if tema is None:
        raise _mal("criteria", "es la dirección de uno de los temas que /fhir/metadata enumera")
    canal = recurso["channel"]
    if canal.get("type") != "rest-hook":
        raise _mal("channel.type", "es rest-hook")
    if canal.get("payload", "application/fhir+json") != "application/fhir+json":
        raise _mal("channel.payload", "es application/fhir+json")
    contenido = _extension(canal.get("_payload"), "backport-payload-content", "valueCode") or VACIO
    if contenido not in (VACIO, POR_ID, ENTERO):
        raise _mal("channel.payload", f"lleva {VACIO}, {POR_ID} o {ENTERO}")
    latido = _extension(canal, "backport-heartbeat-period", "valueUnsignedInt") or 0
    if 0 < latido < LATIDO_MINIMO:
        raise _mal("channel", f"late cada {LATIDO_MINIMO} segundos o más")
    termina = recurso.get("end")
    return Suscripcion(
        tema=tema,
        url=_direccion(canal.get("endpoint", "")),
        contenido=contenido,
        pasa=_filtro(tema, recurso),
        cabeceras=tuple(_cabecera(una) for una in canal.get("header", ())),
        latido=latido,
        termina=fhir.rango_de_fecha(termina)[1] if termina else None,
    )


def _filtro(tema: Tema, recurso: dict[str, Any]) -> Filtro:
    pares: list[tuple[str, str]] = []
    for dicho in _extensiones(recurso.get("_criteria"), "backport-filter-criteria", "valueString"):
        tipo, signo, criterios = dicho.partition("?")
        if tipo != tema.tipo or not signo:
            raise _mal("criteria", f"se filtra con {tema.tipo}?parámetro=valor")
        pares += respuestas.pares(criterios)
    return filtros.compilar(tema.tipo, pares)


def _direccion(url: str) -> str:
    try:
        salidas.destino(url)
    except salidas.SinRespuesta as error:
        raise _mal("channel.endpoint", str(error)) from error
    return url


def _cabecera(texto: str) -> tuple[str, str]:
    nombre, signo, valor = texto.partition(":")
    valor = valor.strip()
    if not signo or not _NOMBRE.fullmatch(nombre) or nombre.lower() in _NUESTRAS:
        raise _mal("channel.header", "es Nombre: valor, y no una de las que ponemos")
    if not valor.isascii() or not valor.isprintable():
        raise _mal("channel.header", "su valor es ASCII, sin saltos de línea")
    return nombre, valor


def _extension(donde: dict[str, Any] | None, nombre: str, valor: str) -> Any:
    return next(iter(_extensiones(donde, nombre, valor)), None)


def _extensiones(donde: dict[str, Any] | None, nombre: str, valor: str) -> list[Any]:
    return [
        extension[valor]
        for extension in (donde or {}).get("extension", ())
        if extension.get("url") == f"{GUIA}{nombre}" and valor in extension
    ]


def _mal(donde: str, que: str) -> ErrorFhir:
    problema = fhir.Problema(f"Subscription.{donde}", "business-rule", que)
    return ErrorFhir(422, "business-rule", que, problemas=[problema])
