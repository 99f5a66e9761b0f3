"""FHIR's operations (``$…``), as their table says them."""

from collections.abc import Iterator

from interoperabilidad.fhir.definiciones import Operacion
from interoperabilidad.openapi import piezas
from interoperabilidad.openapi.interacciones import FORMA
from interoperabilidad.openapi.parametros import de_operacion, va_en_consulta
from interoperabilidad.openapi.piezas import BASE, Camino, Pieza, esquema

NATIVOS = {"cda": ("text/xml", "application/zip"), "summary": ("application/pdf",)}
"""What some operations also answer with, to whoever accepts it."""


def caminos(operacion: Operacion) -> Iterator[Camino]:
    for tipo in operacion.tipos or ("{tipo}",):
        lugares = [("", "system")] if operacion.sistema else []
        lugares += [(f"/{tipo}", "type")] if operacion.de_tipo else []
        lugares += [(f"/{tipo}/{{id}}", "instance")] if operacion.de_uno else []
        for lugar, nivel in lugares:
            for metodo in (nivel == "type" and operacion.metodos_de_tipo) or operacion.metodos:
                yield (
                    f"{BASE}{lugar}/${operacion.codigo}",
                    metodo.lower(),
                    _pedida(operacion, tipo.strip("{}"), nivel, metodo),
                )


def _pedida(operacion: Operacion, tipo: str, nivel: str, metodo: str) -> Pieza:
    entran = [e for e in operacion.parametros if not e.sale]
    citados = ["tipo"] if not operacion.tipos and not operacion.sistema else []
    citados += ["id"] if nivel == "instance" else []
    citados += ["criterios"] if operacion.codigo == "lastn" else []
    citados += ["espera"] if operacion.codigo in ("export", "import") else []
    if metodo == "GET":
        citados += [de_operacion(e) for e in entran if va_en_consulta(e)]
    contenido = piezas.en_fhir(esquema("Recurso" if operacion.da == "Any" else operacion.da))
    contenido |= {mime: {} for mime in NATIVOS.get(operacion.codigo, ())}
    estado = 202 if operacion.codigo in ("export", "import") else 200
    exito = piezas.respuesta("Lo que se pidió.", contenido)
    if estado == 202:
        exito = piezas.respuesta(
            "Se hará.", piezas.en_fhir(esquema("OperationOutcome")), "Content-Location"
        )
    return piezas.operacion(
        f"{tipo}-{operacion.codigo}-{nivel}-{metodo.lower()}",
        operacion.descripcion,
        tipo if operacion.tipos else "FHIR",
        {estado: exito},
        falla=(409, 412, 422) if operacion.afecta else (422,),
        parametros=(*citados, *FORMA),
        cuerpo=None
        if metodo == "GET"
        else piezas.cuerpo(piezas.en_fhir(esquema("Recurso")), requerido=operacion.afecta),
    )
