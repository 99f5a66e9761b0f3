"""``/fhir``: each interaction and operation that the CapabilityStatement declares, as a path."""

from collections.abc import Iterator
from typing import Any

from interoperabilidad.fhir import definiciones
from interoperabilidad.fhir.capacidades import PARCHES
from interoperabilidad.openapi import operaciones, piezas
from interoperabilidad.openapi.interacciones import (
    CONDICIONALES,
    ESCRIBE,
    FORMA,
    HISTORIA,
    INTERACCIONES,
)
from interoperabilidad.openapi.piezas import BASE, TEXTO, Camino, Pieza, esquema

_EXITOS = {
    200: "Se hizo.",
    201: "Se creó.",
    204: "Se anuló.",
    304: "No ha cambiado.",
}
_CABECERAS = {200: ("ETag", "Last-Modified"), 201: ("Location", "ETag", "Last-Modified")}


def caminos(declarada: dict[str, Any]) -> Iterator[Camino]:
    """Of everything that the CapabilityStatement `declarada` says."""
    yield from _del_sistema()
    for recurso in declarada["rest"][0]["resource"]:
        yield from _de_tipo(recurso)
    yield from _de_compartimento()
    for operacion in definiciones.OPERACIONES:
        yield from operaciones.caminos(operacion)


def _del_sistema() -> Iterator[Camino]:
    paquete = piezas.en_fhir(esquema("Bundle"))
    yield (
        BASE,
        "post",
        piezas.operacion(
            "batch",
            "Una transacción o un lote",
            "FHIR",
            {200: piezas.respuesta("Lo que fue de cada entrada.", paquete)},
            falla=ESCRIBE,
            parametros=(*FORMA, "Prefer"),
            cuerpo=piezas.cuerpo(paquete),
        ),
    )
    yield (
        f"{BASE}/_history",
        "get",
        piezas.operacion(
            "history-system",
            "Las versiones de todo",
            "FHIR",
            {200: piezas.respuesta("Las versiones.", paquete)},
            parametros=(*HISTORIA, *FORMA),
        ),
    )


def _de_tipo(recurso: dict[str, Any]) -> Iterator[Camino]:
    tipo = recurso["type"]
    propias = [
        (f"{codigo}-{numero}" if numero else codigo, una)
        for codigo in (interaccion["code"] for interaccion in recurso["interaction"])
        for numero, una in enumerate(INTERACCIONES[codigo])
    ]
    propias += [
        (f"{clave}-{una.metodo}", una)
        for clave, suyas in CONDICIONALES.items()
        if recurso[clave] in (True, "single")
        for una in suyas
    ]
    for codigo, una in propias:
        buscables = [p.id for p in definiciones.parametros(tipo)] if una.buscada else []
        yield (
            f"{BASE}/{tipo}{una.camino}",
            una.metodo,
            piezas.operacion(
                f"{tipo}-{codigo}",
                f"{una.dice} ({tipo}).",
                tipo,
                {estado: _exito(estado, una.da or tipo) for estado in una.exitos},
                falla=una.falla,
                parametros=(*una.parametros, *buscables, *FORMA),
                cuerpo=_cuerpo(una.toma, tipo),
            ),
        )


def _exito(estado: int, da: str) -> Pieza:
    con = piezas.en_fhir(esquema(da)) if estado in (200, 201) else None
    de_uno = () if da == "Bundle" else _CABECERAS.get(estado, ())
    return piezas.respuesta(_EXITOS[estado], con, *de_uno)


def _cuerpo(toma: str, tipo: str) -> Pieza | None:
    match toma:
        case "recurso":
            return piezas.cuerpo(piezas.en_fhir(esquema(tipo)))
        case "parche":
            json_patch = {"schema": piezas.lista(piezas.objeto(op=TEXTO, path=TEXTO))}
            return piezas.cuerpo({PARCHES[0]: json_patch, **piezas.en_fhir(esquema("Parameters"))})
        case "criterios":
            return _formulario()
    return None


def _formulario() -> Pieza:
    de_textos = {"type": "object", "additionalProperties": TEXTO}
    return piezas.cuerpo(
        {"application/x-www-form-urlencoded": {"schema": de_textos}}, requerido=False
    )


def _de_compartimento() -> Iterator[Camino]:
    da = {200: _exito(200, "Bundle")}
    for sufijo, metodo, formulario in (("", "get", None), ("/_search", "post", _formulario())):
        yield (
            f"{BASE}/Patient/{{id}}/{{compartimento}}{sufijo}",
            metodo,
            piezas.operacion(
                f"compartment-{metodo}",
                "Una búsqueda en el compartimento de un paciente",
                "Patient",
                da,
                falla=(422,),
                parametros=("id", "compartimento", "criterios", *FORMA),
                cuerpo=formulario,
            ),
        )
