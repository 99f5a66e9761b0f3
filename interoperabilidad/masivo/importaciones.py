"""Imports as what a system asked for: which files, from where, and what became of each line."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from auditoria.tipos import TipoDeEvento
from consentimiento import decision
from ece import fhir
from ece.nucleo import efimeras, salidas
from ece.nucleo.acceso import Actor
from ece.nucleo.efimeras import Efimera
from ece.nucleo.roles import Permiso
from ece.nucleo.uuid7 import uuid7
from interoperabilidad import encargos
from interoperabilidad.fhir import definiciones
from interoperabilidad.fhir.errores import ErrorFhir, no_encontrado
from interoperabilidad.masivo import trabajos
from interoperabilidad.masivo.exportaciones import asentar
from interoperabilidad.masivo.pedidos import FORMATOS, NDJSON
from interoperabilidad.models import EstadoDeTrabajo, Importacion, RechazosDeImportacion

USO = "importacion"
ARCHIVOS = 200
"""Files of an import."""
ACTIVAS = 2
"""Imports that a system may have under way at once."""
PRIMERO = (
    *("Patient", "Organization", "Location", "Practitioner", "PractitionerRole", "RelatedPerson"),
    *("Encounter", "Condition", "Specimen", "Observation", "Medication"),
)
"""What others cite goes before them."""


@dataclass(frozen=True, slots=True)
class Entrada:
    """A file: where it is, and the type of what is in it."""

    tipo: str
    url: str


@dataclass(frozen=True, slots=True)
class Pedido:
    """An import; `origen` names where its resources come from, so that each is taken in once."""

    url: str
    origen: str
    entradas: tuple[Entrada, ...]
    quien: dict[str, Any] = field(repr=False)

    def json(self) -> bytes:
        return fhir.json.escribir(asdict(self))


def de_json(guardado: bytes) -> Pedido:
    """What `Pedido.json` wrote."""
    dicho = fhir.json.leer(guardado)
    entradas = tuple(Entrada(e["tipo"], e["url"]) for e in dicho["entradas"])
    return Pedido(dicho["url"], dicho["origen"], entradas, dicho["quien"])


def leer(actor: Actor, parametros: dict[str, Any], *, url: str) -> Pedido:
    """The import that a Parameters resource asks for. Raises `ErrorFhir`."""
    origen, entradas = "", list[Entrada]()
    for parte in parametros.get("parameter", ()):
        nombre = parte.get("name")
        valor = next((v for c, v in parte.items() if c.startswith("value")), "")
        if nombre == "inputFormat":
            if valor not in FORMATOS:
                raise ErrorFhir(400, "not-supported", f"inputFormat es {NDJSON}.")
        elif nombre == "inputSource":
            origen = str(valor)
        elif nombre == "storageDetail":
            if _partes(parte).get("type", "https") != "https":
                raise ErrorFhir(400, "not-supported", "storageDetail.type es https.")
        elif nombre == "input":
            entradas.append(_entrada(_partes(parte)))
        else:
            raise ErrorFhir(400, "not-supported", f"$import no admite {nombre!r}.")
    if not origen or not 0 < len(entradas) <= ARCHIVOS:
        raise ErrorFhir(400, "required", f"$import lleva inputSource, y de 1 a {ARCHIVOS} input.")
    entradas.sort(key=lambda e: PRIMERO.index(e.tipo) if e.tipo in PRIMERO else len(PRIMERO))
    return Pedido(url, origen, tuple(entradas), encargos.guardar(actor))


def _partes(parametro: dict[str, Any]) -> dict[str, str]:
    return {
        str(parte.get("name")): str(
            next((v for c, v in parte.items() if c.startswith("value")), "")
        )
        for parte in parametro.get("part", ())
    }


def _entrada(partes: dict[str, str]) -> Entrada:
    tipo, url = partes.get("type", ""), partes.get("url", "")
    if tipo not in fhir.tipos_de_recurso() or tipo in definiciones.APARTE:
        raise ErrorFhir(400, "not-supported", f"input.type: {tipo!r} no se importa.")
    try:
        salidas.destino(url)
    except salidas.SinRespuesta as error:
        raise ErrorFhir(400, "not-supported", f"input.url: {error}.") from error
    return Entrada(tipo, url)


def pedir(actor: Actor, pedido: Pedido, *, ahora: datetime) -> UUID:
    """Begin an import. Raises `AccesoDenegado`, `ErrorFhir`."""
    # Who may write at all, and on whose behalf: each write is decided again.
    decision.alcanzar(
        actor,
        Permiso.RECURSO_ESCRIBIR,
        motivo="importacion",
        ahora=ahora,
        detalle={"interaccion": "$import"},
    )
    propias = Importacion.objects.filter(cliente=actor.id, estado=EstadoDeTrabajo.PENDIENTE)
    if propias.count() >= ACTIVAS:
        raise ErrorFhir(429, "throttled", "Espere a que terminen las importaciones que pidió.")
    id_ = uuid7()
    nueva = Importacion(
        id=id_,
        cliente=actor.id,
        llave=efimeras.envuelta(USO, id_),
        creado_at=ahora,
        proximo_at=ahora,
    )
    nueva.pedido = llave(nueva).sellar(id_, pedido.json())
    with transaction.atomic():
        nueva.save(force_insert=True)
        asentar(nueva.id, actor, TipoDeEvento.IMPORTACION_PEDIDA, ahora)
    return id_


def llave(importacion: Importacion) -> Efimera:
    return Efimera(USO, importacion.id, bytes(importacion.llave))


def pedido(importacion: Importacion) -> Pedido:
    return de_json(llave(importacion).abrir(importacion.id, importacion.pedido))


def propia(actor: Actor, id: UUID, *, ahora: datetime) -> Importacion:
    """The import, for the system that asked for it and nobody else. Raises `ErrorFhir` 404."""
    return trabajos.propio(Importacion, actor, id, ahora=ahora, llamado="La importación")


def con_rechazos(importacion: Importacion) -> dict[int, int]:
    """file -> how many of its lines were refused, of those where some was."""
    cuantos: dict[int, int] = {}
    filas = RechazosDeImportacion.objects.filter(importacion=importacion)
    for archivo, suyos in filas.values_list("archivo", "cuantos"):
        cuantos[archivo] = cuantos.get(archivo, 0) + suyos
    return cuantos


def rechazos(importacion: Importacion, archivo: int) -> Iterable[bytes]:
    """The OperationOutcomes of a file, as NDJSON. Raises `ErrorFhir` 404."""
    filas = list(
        RechazosDeImportacion.objects.filter(importacion=importacion, archivo=archivo).order_by(
            "orden"
        )
    )
    if not filas:
        raise no_encontrado("El archivo")
    propia_ = llave(importacion)
    return [propia_.abrir(fila.id, fila.contenido) for fila in filas]


@transaction.atomic
def borrar(actor: Actor, id: UUID, *, ahora: datetime) -> None:
    """Stop it, if it goes on, and forget it (not what was taken in). Raises `ErrorFhir` 404."""
    propia(actor, id, ahora=ahora).delete()
    asentar(id, actor, TipoDeEvento.IMPORTACION_BORRADA, ahora)


def olvidar_vencidas(*, ahora: datetime) -> int:
    """Destroy those whose time has come; how many rows there were."""
    return Importacion.objects.filter(caduca_at__lte=ahora).delete()[0]
