"""``Patient/$match``: who a person may be, by tokens of what is known of them, with a grade."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from consentimiento import decision
from ece import fhir
from ece.nucleo.acceso import Actor
from ece.nucleo.roles import Permiso
from interoperabilidad.fhir.errores import ErrorFhir
from registros.selectors import duplicados, recursos
from registros.selectors.duplicados import Grado, Parecido
from registros.selectors.recursos import Consulta

GRADO = "http://hl7.org/fhir/StructureDefinition/match-grade"
_GRADOS = {Grado.SEGURO: "certain", Grado.PROBABLE: "probable", Grado.POSIBLE: "possible"}
_CERTEZA = 100
"""Points of somebody who shares a CURP, or name, birth date and telephone."""


def hallar(
    actor: Actor,
    recurso: dict[str, Any],
    *,
    base: str,
    solo_seguros: bool,
    cuantos: int,
    ahora: datetime,
) -> bytes:
    """A searchset, the likeliest first: only people whose record `actor` may read.

    With `solo_seguros`, the one that is certain, if there is just one. Raises `AccesoDenegado`,
    `ErrorFhir`.
    """
    if recurso.get("resourceType") != "Patient":
        raise ErrorFhir(400, "invalid", "$match espera un Patient en el parámetro resource.")
    if problemas := fhir.validar(recurso):
        raise ErrorFhir(422, "invalid", "El Patient no es válido.", problemas=problemas)
    alcance = decision.alcanzar(
        actor, Permiso.PACIENTE_LISTAR, motivo="match", ahora=ahora, detalle={"operacion": "$match"}
    )
    parecidos = duplicados.buscar(alcance, duplicados.senas_de(recurso))
    accesos = decision.abrir_pacientes(
        actor,
        [p.quien.id for p in parecidos],
        Permiso.RECURSO_LEER,
        ahora=ahora,
        detalle={"operacion": "$match"},
    )
    parecidos = [p for p in parecidos if p.quien.id in accesos]
    if solo_seguros:
        seguros = [p for p in parecidos if p.grado is Grado.SEGURO]
        parecidos = seguros if len(seguros) == 1 else []
    parecidos = parecidos[:cuantos]
    consulta = Consulta("Patient", ids=tuple(p.quien.id for p in parecidos))
    filas = recursos.buscar(alcance, consulta) if parecidos else []
    abiertos = {fila.id: json for fila, json in recursos.abrir_todos(accesos, filas)}
    return _paquete(base, parecidos, abiertos)


def _paquete(base: str, parecidos: Sequence[Parecido], abiertos: dict[UUID, bytes]) -> bytes:
    entradas = [
        {
            "fullUrl": f"{base}/Patient/{parecido.quien.id}",
            "resource": fhir.json.leer(abiertos[parecido.quien.id]),
            "search": {
                "mode": "match",
                "score": min(1.0, parecido.puntos / _CERTEZA),
                "extension": [{"url": GRADO, "valueCode": _GRADOS[parecido.grado]}],
            },
        }
        for parecido in parecidos
        if parecido.quien.id in abiertos
    ]
    return fhir.json.escribir(
        {
            "resourceType": "Bundle",
            "type": "searchset",
            "total": len(entradas),
            **({"entry": entradas} if entradas else {}),
        }
    )
