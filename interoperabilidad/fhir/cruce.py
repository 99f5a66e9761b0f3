"""``Patient/$ihe-pix``: the identifiers of who has one (IHE PIXm, ITI-83), of whom one reaches.

Nobody, somebody out of reach and somebody with no such identifier are answered alike.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from ece import fhir
from ece.nucleo.acceso import Actor
from interoperabilidad.fhir import consulta, ejecucion
from interoperabilidad.fhir.errores import ErrorFhir


def hallar(actor: Actor, pares: Iterable[tuple[str, str]], *, ahora: datetime) -> bytes:
    """A Parameters. Raises `ErrorFhir` 400 for what is not asked well, 404 when there is nobody."""
    pedidos = list(pares)
    origenes = [valor for nombre, valor in pedidos if nombre == "sourceIdentifier"]
    destinos = {valor for nombre, valor in pedidos if nombre == "targetSystem"}
    if len(origenes) != 1 or "|" not in origenes[0]:
        raise ErrorFhir(400, "invalid", "sourceIdentifier es uno, y va como sistema|valor.")
    sistema, _, valor = origenes[0].partition("|")
    if not sistema or not valor:
        raise ErrorFhir(400, "code-invalid", "sourceIdentifier va como sistema|valor.")
    plan = consulta.compilar("Patient", [("identifier", origenes[0])], estricto=True)
    hallados = ejecucion.ejecutar(actor, plan, ahora=ahora).hallados
    if not hallados:
        raise ErrorFhir(404, "not-found", "No hay a su alcance quien tenga ese identificador.")
    partes: list[dict[str, Any]] = []
    for hallado in hallados:
        for identificador in fhir.json.leer(hallado.json).get("identifier", ()):
            propio = identificador.get("system") == sistema and identificador.get("value") == valor
            if not propio and (not destinos or identificador.get("system") in destinos):
                partes.append({"name": "targetIdentifier", "valueIdentifier": identificador})
        if not destinos:
            referencia = {"reference": f"Patient/{hallado.fila.id}"}
            partes.append({"name": "targetId", "valueReference": referencia})
    dicho = {"parameter": partes} if partes else {}
    return fhir.json.escribir({"resourceType": "Parameters", **dicho})
