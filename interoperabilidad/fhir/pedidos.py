"""From an interaction that changes something to the `Pedido` that writes it.

Patches and deletes read what they change under the decision to write it, as a client that got the
resource and put it back changed.
"""

import base64
import binascii
import re
from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

from auditoria.actos import VersionEnConflicto
from consentimiento import decision
from ece import fhir
from ece.fhir import parches, parches_fhirpath
from ece.nucleo.acceso import Actor
from ece.nucleo.roles import Permiso
from interoperabilidad.fhir import condiciones
from interoperabilidad.fhir.busqueda import Hallado
from interoperabilidad.fhir.errores import ErrorFhir
from interoperabilidad.fhir.escritura import Pedido
from registros.selectors import recursos

Parche = Callable[[dict[str, Any]], dict[str, Any]]
JSON_PATCH = "application/json-patch+json"
_ETIQUETA = re.compile(r'^(?:W/)?"(\d{1,9})"$')


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


def sin_id_de_cliente(tipo: str) -> ErrorFhir:
    """The answer to a PUT of what does not exist, or is out of reach: the same."""
    return ErrorFhir(
        405,
        "not-supported",
        f"No hay tal {tipo} a su alcance, y aquí los ids los da el servidor: cree con POST.",
    )


def de_parche(
    actor: Actor, tipo: str, id: UUID, parche: Parche, *, version: int, ahora: datetime
) -> Pedido:
    """The patched successor. Raises `ParcheInvalido`, `AccesoDenegado`, `VersionEnConflicto`."""
    hallado = _abierto(actor, tipo, id, version, ahora)
    anterior = fhir.json.leer(hallado.json)
    nuevo = parche(anterior)
    for clave in ("resourceType", "id"):
        if nuevo.get(clave) != anterior.get(clave):
            raise parches.ParcheInvalido(f"{clave} no se cambia")
    return Pedido(nuevo, id, hallado.fila.version)


def de_borrado(
    actor: Actor, tipo: str, id: UUID, *, version: int, ahora: datetime
) -> Pedido | None:
    """The successor that says it was entered in error; None if it already says so.

    Raises `ErrorFhir` 405 for types that R4 gives no way to say it.
    """
    if not fhir.anulable(tipo):
        raise ErrorFhir(
            405, "not-supported", f"Un {tipo} no se borra ni se anula: se corrige con otra versión."
        )
    hallado = _abierto(actor, tipo, id, version, ahora)
    recurso = fhir.json.leer(hallado.json)
    if fhir.anulado(recurso):
        return None
    return Pedido(fhir.anular(recurso), id, hallado.fila.version)


def _abierto(actor: Actor, tipo: str, id: UUID, version: int, ahora: datetime) -> Hallado:
    acceso, fila = decision.abrir_registro(
        actor, tipo=tipo, id=id, permiso=Permiso.RECURSO_ESCRIBIR, ahora=ahora
    )
    if version and fila.version != version:
        raise VersionEnConflicto(f"la versión vigente es la {fila.version}")
    return Hallado(fila, recursos.abrir(acceso, fila))


def el_de(actor: Actor, tipo: str, criterios: str, *, ahora: datetime) -> UUID:
    """The id of what a condition finds. Raises `ErrorFhir` 404, 412."""
    hallado = condiciones.hallar(actor, tipo, criterios, ahora=ahora)
    if hallado is None:
        raise ErrorFhir(404, "not-found", f"{tipo}?…: no existe o no está a su alcance.")
    return hallado.fila.id


def de_actualizacion_condicional(
    actor: Actor,
    tipo: str,
    recurso: dict[str, Any],
    criterios: str,
    *,
    version: int,
    ahora: datetime,
    completo: str = "",
) -> tuple[Pedido, list[condiciones.Condicion]]:
    """Of what the condition finds, its successor; of nothing, a new one (if nobody else makes it).

    The conditions are those that must still find nothing when it is written.
    """
    hallado = condiciones.hallar(actor, tipo, criterios, ahora=ahora)
    dado = recurso.get("id")
    if hallado is None:
        if dado is not None:
            raise sin_id_de_cliente(tipo)
        if version:
            raise ErrorFhir(412, "conflict", "If-Match: no hay ninguna versión que suceder.")
        return Pedido(recurso, completo=completo), [condiciones.Condicion(tipo, criterios)]
    if dado is not None and dado != str(hallado.fila.id):
        raise ErrorFhir(400, "invalid", "El id del recurso no es el del que se halló.")
    recurso = {**recurso, "id": str(hallado.fila.id)}
    return Pedido(recurso, hallado.fila.id, version or hallado.fila.version, completo), []


def parche(mime: str, cuerpo: bytes, leer: Callable[[], dict[str, Any]]) -> Parche:
    """What a PATCH says: JSON Patch by its media type, or a Parameters that `leer` gives."""
    if mime == JSON_PATCH:
        operaciones = fhir.json.lista(cuerpo)
        return lambda recurso: parches.aplicar(recurso, operaciones)
    parametros = leer()
    if parametros.get("resourceType") != "Parameters":
        raise ErrorFhir(400, "invalid", "Se espera JSON Patch, o un Parameters de FHIRPath Patch.")
    if problemas := fhir.validar(parametros):
        raise ErrorFhir(422, "invalid", "El parche no es válido.", problemas=problemas)
    return lambda recurso: parches_fhirpath.aplicar(recurso, parametros)


def parche_de_entrada(recurso: dict[str, Any]) -> Parche:
    """The patch that an entry of a bundle carries: a Binary, or a Parameters."""
    if recurso.get("resourceType") != "Binary":
        return parche("", b"", lambda: recurso)
    if recurso.get("contentType") != JSON_PATCH:
        raise ErrorFhir(400, "invalid", f"Binary.contentType: se espera {JSON_PATCH}.")
    try:
        datos = base64.b64decode(str(recurso.get("data", "")), validate=True)
    except (binascii.Error, ValueError) as error:
        raise ErrorFhir(400, "invalid", "Binary.data: no es base64.") from error
    return parche(JSON_PATCH, datos, dict)
