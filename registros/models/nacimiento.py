"""How old the patient is, for whoever is writing of them: what makes some of it confidential."""

from collections import OrderedDict
from collections.abc import Callable
from datetime import date, datetime
from uuid import UUID

import msgspec
from django.db import connection
from django.utils import timezone

from ece.nucleo import cifrado, llavero
from ece.nucleo.acceso import Acceso
from ece.nucleo.cifrado import Lugar
from registros.catalogos.edades import meses_cumplidos

_CAPACIDAD = 256


class Nacido(msgspec.Struct, frozen=True):
    """What an identity summary says of it: the date, or the years as somebody looks."""

    fecha_nacimiento: str | None = None
    edad_aproximada: int | None = None


_recientes: OrderedDict[UUID, Nacido] = OrderedDict()
"""Those sealed lately: of who is registered in the same act there is no row yet."""


def recordar(paciente: UUID, nacido: Nacido) -> None:
    _recientes[paciente] = nacido
    _recientes.move_to_end(paciente)
    while len(_recientes) > _CAPACIDAD:
        _recientes.popitem(last=False)


def lugar_del_resumen(paciente: UUID, version: int) -> Lugar:
    return Lugar("Patient.resumen", paciente, version, paciente)


def edad(acceso: Acceso, momento: datetime) -> int | None:
    """Whole years of the patient of `acceso` at an instant; None when nobody knows.

    One query, so it is asked only of what would be labelled otherwise.
    """
    nacido = _leer(acceso) or _recientes.get(acceso.paciente)
    if nacido is None:
        return None
    try:
        fecha = date.fromisoformat(nacido.fecha_nacimiento or "")
    except ValueError:
        return nacido.edad_aproximada
    return meses_cumplidos(fecha, timezone.localdate(momento)) // 12


def edad_al_escribir(acceso: Acceso, recurso: dict[str, object]) -> Callable[[], int | None]:
    """The age at which a version that was read was sealed, to be asked for if it matters."""
    meta = recurso.get("meta")
    momento = meta.get("lastUpdated", "") if isinstance(meta, dict) else ""
    return lambda: edad(acceso, datetime.fromisoformat(momento)) if momento else None


def _leer(acceso: Acceso) -> Nacido | None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT version, resumen FROM registros_paciente WHERE id = %s", [acceso.paciente]
        )
        fila = cursor.fetchone()
    if fila is None:
        return None
    version, sellado = fila[0], bytes(fila[1])
    llave = llavero.clave_de_identidad(
        acceso, acceso.paciente, version=cifrado.version_de_llave(sellado)
    )
    claro = cifrado.descifrar(
        sellado, llave=llave, lugar=lugar_del_resumen(acceso.paciente, version)
    )
    return msgspec.json.decode(claro, type=Nacido)
