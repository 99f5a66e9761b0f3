"""Transactions (all or nothing) and batches (each entry by itself) (R4 http.html 3.1.0.11)."""

import re
from datetime import datetime
from typing import Any
from urllib.parse import parse_qsl, urlsplit
from uuid import UUID

from auditoria.tipos import TipoDeEvento
from ece import fhir
from ece.nucleo.acceso import Actor
from ece.nucleo.uuid7 import uuid7
from interoperabilidad.fhir import escritura, lectura, paquetes
from interoperabilidad.fhir.errores import ErrorFhir
from interoperabilidad.fhir.escritura import Pedido
from interoperabilidad.fhir.guardas import traducir
from registros.services.recursos import Escrita

_ETIQUETA = re.compile(r'^W/"(\d+)"$')
ENTRADAS_MAXIMAS = 5_000


def procesar(actor: Actor, paquete: dict[str, Any], *, base: str, ahora: datetime) -> bytes:
    """The response Bundle of a transaction or batch. Raises `ErrorFhir`, having changed nothing."""
    if paquete.get("resourceType") != "Bundle" or paquete.get("type") not in (
        "transaction",
        "batch",
    ):
        raise ErrorFhir(400, "invalid", "Se espera un Bundle de tipo transaction o batch.")
    entradas = paquete.get("entry", [])
    if not isinstance(entradas, list) or len(entradas) > ENTRADAS_MAXIMAS:
        raise ErrorFhir(413, "too-costly", f"Un paquete admite hasta {ENTRADAS_MAXIMAS} entradas.")
    if paquete["type"] == "transaction":
        respuestas = _transaccion(actor, entradas, base, ahora)
    else:
        respuestas = [_de_lote(actor, entrada, base, ahora) for entrada in entradas]
    return paquetes.de_respuestas(f"{paquete['type']}-response", respuestas)


def _transaccion(
    actor: Actor, entradas: list[Any], base: str, ahora: datetime
) -> list[dict[str, Any]]:
    pedidos: list[Pedido] = []
    lugares: list[Pedido | str] = []
    for numero, entrada in enumerate(entradas):
        metodo, url = _peticion(entrada, numero)
        if metodo == "GET":
            lugares.append(url)
            continue
        pedido = _pedido(entrada, metodo, url, numero)
        pedidos.append(pedido)
        lugares.append(pedido)
    identidades = [(p.tipo, p.id) for p in pedidos]
    if len(set(identidades)) != len(identidades):
        raise ErrorFhir(400, "invalid", "Dos entradas escriben el mismo recurso.")
    escritura.validos(pedidos)
    escritas = (
        escritura.aplicar(actor, pedidos, ahora=ahora, tipo=TipoDeEvento.RECURSOS_TRANSACCION)
        if pedidos
        else []
    )
    por_id = {e.id: e for e in escritas}
    return [
        _leida(actor, lugar, base, ahora)
        if isinstance(lugar, str)
        else _respuesta(por_id[lugar.id])
        for lugar in lugares
    ]


def _de_lote(actor: Actor, entrada: Any, base: str, ahora: datetime) -> dict[str, Any]:
    try:
        metodo, url = _peticion(entrada, 0)
        if metodo == "GET":
            return _leida(actor, url, base, ahora)
        pedido = _pedido(entrada, metodo, url, 0)
        escritura.validos([pedido])
        tipo = (
            TipoDeEvento.RECURSO_CREADO
            if pedido.version is None
            else TipoDeEvento.RECURSO_ACTUALIZADO
        )
        (escrita,) = escritura.aplicar(actor, [pedido], ahora=ahora, tipo=tipo)
        return _respuesta(escrita)
    except Exception as error:
        fallo = traducir(error)
        return {"response": {"status": str(fallo.estado), "outcome": fallo.resultado()}}


def _peticion(entrada: Any, numero: int) -> tuple[str, str]:
    peticion = entrada.get("request") if isinstance(entrada, dict) else None
    if not isinstance(peticion, dict) or not isinstance(peticion.get("url"), str):
        raise ErrorFhir(400, "required", f"Bundle.entry[{numero}].request: falta método o URL.")
    metodo = peticion.get("method")
    if metodo not in ("GET", "POST", "PUT"):
        raise ErrorFhir(
            400, "not-supported", f"Bundle.entry[{numero}]: no se admite el método {metodo!r}."
        )
    if peticion.keys() & {"ifNoneExist", "ifNoneMatch", "ifModifiedSince"}:
        raise ErrorFhir(
            400,
            "not-supported",
            f"Bundle.entry[{numero}]: no se admiten condiciones ifNone/ifModified.",
        )
    return metodo, peticion["url"]


def _pedido(entrada: dict[str, Any], metodo: str, url: str, numero: int) -> Pedido:
    recurso = entrada.get("resource")
    lugar = f"Bundle.entry[{numero}]"
    if not isinstance(recurso, dict):
        raise ErrorFhir(400, "required", f"{lugar}.resource: falta el recurso.")
    tipo, _, resto = url.partition("/")
    if recurso.get("resourceType") != tipo:
        raise ErrorFhir(400, "invalid", f"{lugar}: la URL dice {tipo!r} y el recurso no.")
    completo = entrada.get("fullUrl", "")
    if metodo == "POST":
        return Pedido(recurso, uuid7(), None, completo)
    return Pedido(
        recurso,
        identificador(resto),
        etiqueta(entrada["request"].get("ifMatch", "")),
        completo,
    )


def identificador(texto: str) -> UUID:
    """A logical id of ours. Raises `ErrorFhir` 404 for anything else."""
    try:
        return UUID(texto)
    except ValueError:
        raise ErrorFhir(404, "not-found", f"{texto!r} no existe o no está a su alcance.") from None


def etiqueta(texto: str) -> int:
    """The version an If-Match names; 0 when it is absent. Raises `ErrorFhir`."""
    if not texto:
        return 0
    encontrada = _ETIQUETA.match(texto)
    if encontrada is None or encontrada[1] == "0":
        raise ErrorFhir(400, "invalid", f'If-Match: se espera W/"versión", no {texto!r}.')
    return int(encontrada[1])


def _respuesta(escrita: Escrita) -> dict[str, Any]:
    return {
        "response": {
            "status": "201 Created" if escrita.version == 1 else "200 OK",
            "location": f"{escrita.tipo}/{escrita.id}/_history/{escrita.version}",
            "etag": f'W/"{escrita.version}"',
            "lastModified": paquetes.instante(escrita.actualizado_at),
        }
    }


def _leida(actor: Actor, url: str, base: str, ahora: datetime) -> dict[str, Any]:
    """A GET inside a bundle: a read or a search."""
    partes = urlsplit(url)
    tipo, _, id_ = partes.path.strip("/").partition("/")
    if tipo not in fhir.tipos_de_recurso() or "/" in id_:
        raise ErrorFhir(400, "not-supported", f"GET {url}: sólo lectura o búsqueda.")
    if id_:
        cuerpo = lectura.leer(actor, tipo, identificador(id_), ahora=ahora).json
    else:
        pares = parse_qsl(partes.query, keep_blank_values=True)
        cuerpo = lectura.buscar(actor, tipo, pares, base=base, estricto=True, ahora=ahora)
    return {"resource": fhir.json.leer(cuerpo), "response": {"status": "200 OK"}}
