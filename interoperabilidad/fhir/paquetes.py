"""Bundles spliced from stored bytes: nothing is parsed on the way out."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from ece import fhir
from interoperabilidad.fhir.busqueda import Hallado
from interoperabilidad.fhir.plan import Plan
from registros.selectors.recursos import Sellado


def de_busqueda(
    *,
    base: str,
    propio: str,
    siguiente: str,
    plan: Plan,
    hallados: Sequence[Hallado],
    incluidos: Sequence[Hallado],
    total: int | None,
) -> bytes:
    """A searchset: `propio` and `siguiente` are the links of this page and the next."""
    enlaces = [{"relation": "self", "url": propio}]
    if siguiente:
        enlaces.append({"relation": "next", "url": siguiente})
    entradas = [_entrada(base, hallado, b"match", plan) for hallado in hallados] + [
        _entrada(base, incluido, b"include", None) for incluido in incluidos
    ]
    if plan.ignorados:
        entradas.append(_aviso(plan.ignorados))
    cabecera = b'{"resourceType":"Bundle","type":"searchset"'
    if total is not None:
        cabecera += b',"total":%d' % total
    return b"".join(
        (
            cabecera,
            b',"link":',
            fhir.json.escribir(enlaces),
            b',"entry":[' + b",".join(entradas) + b"]" if entradas else b"",
            b"}",
        )
    )


def _entrada(base: str, hallado: Hallado, modo: bytes, plan: Plan | None) -> bytes:
    cuerpo = hallado.json
    if plan is not None:
        cuerpo = recortado(cuerpo, plan.resumen, plan.elementos)
    fila = hallado.fila
    return b'{"fullUrl":"%s/%s/%s","resource":%s,"search":{"mode":"%s"}}' % (
        base.encode(),
        fila.tipo.encode(),
        str(fila.id).encode(),
        cuerpo,
        modo,
    )


def recortado(json: bytes, resumen: str, elementos: Sequence[str]) -> bytes:
    """The resource under ``_summary`` or ``_elements``; its very bytes when neither is asked."""
    if resumen:
        return fhir.json.escribir(fhir.resumenes.resumen(fhir.json.leer(json), resumen))
    if elementos:
        return fhir.json.escribir(fhir.resumenes.elementos(fhir.json.leer(json), elementos))
    return json


def _aviso(ignorados: Iterable[str]) -> bytes:
    resultado = {
        "resourceType": "OperationOutcome",
        "issue": [
            {
                "severity": "warning",
                "code": "not-supported",
                "diagnostics": f"Se ignoró el parámetro {codigo!r}.",
            }
            for codigo in ignorados
        ],
    }
    return b'{"resource":%s,"search":{"mode":"outcome"}}' % fhir.json.escribir(resultado)


def de_compartimento(base: str, pares: Iterable[tuple[Sellado, bytes]], siguiente: str) -> bytes:
    """The searchset of `$everything`."""
    prefijo = base.encode()
    entradas = b",".join(
        b'{"fullUrl":"%s/%s/%s","resource":%s,"search":{"mode":"match"}}'
        % (prefijo, fila.tipo.encode(), str(fila.id).encode(), cuerpo)
        for fila, cuerpo in pares
    )
    enlace = (
        b'"link":' + fhir.json.escribir([{"relation": "next", "url": siguiente}]) + b","
        if siguiente
        else b""
    )
    return b'{"resourceType":"Bundle","type":"searchset",%s"entry":[%s]}' % (enlace, entradas)


def de_historia(
    base: str, pares: Iterable[tuple[Sellado, bytes]], *, total: int | None, siguiente: str = ""
) -> bytes:
    """Versions of one resource or of many, newest first."""
    lista = list(pares)
    entradas = b",".join(
        b'{"fullUrl":"%s/%s/%s","resource":%s,"request":{"method":"%s","url":"%s"},'
        b'"response":{"status":"%s","lastModified":"%s","etag":"W/\\"%d\\""}}'
        % (
            base.encode(),
            fila.tipo.encode(),
            str(fila.id).encode(),
            cuerpo,
            b"POST" if fila.version == 1 else b"PUT",
            (fila.tipo if fila.version == 1 else f"{fila.tipo}/{fila.id}").encode(),
            b"201" if fila.version == 1 else b"200",
            instante(fila.actualizado_at).encode(),
            fila.version,
        )
        for fila, cuerpo in lista
    )
    cabecera = b'{"resourceType":"Bundle","type":"history"'
    if total is not None:
        cabecera += b',"total":%d' % total
    if siguiente:
        enlaces = [{"relation": "next", "url": siguiente}]
        cabecera += b',"link":' + fhir.json.escribir(enlaces)
    return cabecera + (b',"entry":[%s]}' % entradas if lista else b"}")


def instante(momento: datetime) -> str:
    return momento.isoformat(timespec="milliseconds")


def de_respuestas(tipo: str, entradas: Sequence[dict[str, Any]]) -> bytes:
    """A transaction-response or batch-response."""
    return fhir.json.escribir({"resourceType": "Bundle", "type": tipo, "entry": list(entradas)})
