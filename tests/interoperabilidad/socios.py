"""Clients that use every verb, and resources for them to write."""

import json
from typing import Any
from urllib.parse import quote

from tests.interoperabilidad.test_rest import PACIENTE, Socio, observacion

JSON_PATCH = "application/json-patch+json"
FHIR_XML = "application/fhir+xml"


class SocioEntero(Socio):
    """A client that knows the whole of FHIR's HTTP."""

    def pedir(self, metodo: str, camino: str, cuerpo: Any = None, mime: str = "", **cabeceras: Any):
        datos = cuerpo if isinstance(cuerpo, bytes) else b""
        if cuerpo is not None and not isinstance(cuerpo, bytes):
            datos = json.dumps(cuerpo).encode()
        camino = quote(camino, safe="/?&=:$|,%*\\")
        return self.http.generic(
            metodo,
            f"/fhir/{camino}" if camino else "/fhir",
            datos,
            content_type=mime or ("application/fhir+json" if datos else ""),
            **cabeceras,
        )

    def parchar(self, camino: str, operaciones: Any, **cabeceras: Any):
        return self.pedir("PATCH", camino, operaciones, JSON_PATCH, **cabeceras)

    def observar(self, paciente: str, valor: str = "36.5", dia: str = "2026-11-20", **mas: Any):
        codigo = mas.pop("codigo", "8310-5")
        recurso = json.loads(observacion(paciente, valor, dia, codigo)) | mas
        return self.crear(recurso)

    def hallados(self, consulta: str) -> list[str]:
        """Ids of what matches, without what is included."""
        entradas = self.buscar(consulta).get("entry", ())
        return [e["resource"]["id"] for e in entradas if e["search"]["mode"] == "match"]


def paciente(**cambios: Any) -> dict[str, Any]:
    return {**PACIENTE, **cambios}


def operacion(**argumentos: Any) -> dict[str, Any]:
    """One operation of a FHIRPath Patch; `value` is given as {"valueX": …}."""
    partes = []
    for nombre, dado in argumentos.items():
        if nombre == "value":
            partes.append({"name": "value", **dado})
        elif isinstance(dado, int):
            partes.append({"name": nombre, "valueInteger": dado})
        else:
            clave = "valueCode" if nombre == "type" else "valueString"
            partes.append({"name": nombre, clave: dado})
    return {"name": "operation", "part": partes}


def parche_fhirpath(*operaciones: dict[str, Any]) -> dict[str, Any]:
    return {"resourceType": "Parameters", "parameter": list(operaciones)}
