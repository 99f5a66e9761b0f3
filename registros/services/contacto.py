"""How to reach the patient: what they may correct by themselves, as a new version."""

from dataclasses import dataclass
from datetime import datetime

from auditoria.actos import VersionEnConflicto, acto
from auditoria.tipos import TipoDeEvento
from ece.nucleo.acceso import Acceso
from ece.nucleo.roles import Permiso
from registros.models import Paciente
from registros.models.base import Recurso

__all__ = ["Contacto", "VersionEnConflicto", "corregir", "leer"]

_LUGARES = {"municipio": "district", "localidad": "city", "entidad": "state"}


@dataclass(frozen=True, slots=True)
class Contacto:
    """Telephone, e-mail and address in words, as the person writes them."""

    telefono: str = ""
    correo: str = ""
    calle: str = ""
    colonia: str = ""
    codigo_postal: str = ""
    localidad: str = ""
    municipio: str = ""
    entidad: str = ""


def leer(recurso: Recurso) -> Contacto:
    """What a Patient says of how to reach them."""
    domicilio: Recurso = next(iter(recurso.get("address", ())), {})
    lineas = [*domicilio.get("line", ()), "", ""]
    return Contacto(
        telefono=_medio(recurso, "phone"),
        correo=_medio(recurso, "email"),
        calle=lineas[0],
        colonia=lineas[1],
        codigo_postal=domicilio.get("postalCode", ""),
        **{campo: domicilio.get(elemento, "") for campo, elemento in _LUGARES.items()},
    )


def corregir(acceso: Acceso, *, contacto: Contacto, version: int, ahora: datetime) -> int:
    """Keep how to reach the patient, as the version after `version`, returned.

    Nothing else of who they are changes. Raises `VersionEnConflicto`.
    """
    acceso.exigir(Permiso.CONTACTO_CORREGIR)
    with acto(acceso, tipo=TipoDeEvento.CONTACTO_CORREGIDO, ahora=ahora) as el_acto:
        paciente = Paciente.objects.de(acceso).get()
        if paciente.version != version:
            raise VersionEnConflicto(f"la versión vigente es la {paciente.version}")
        recurso = _con_contacto(paciente.recurso, contacto)
        nueva = paciente.siguiente(acceso, recurso, ahora=ahora)
        el_acto.reemplazar(nueva)
    return nueva.version


def _con_contacto(recurso: Recurso, contacto: Contacto) -> Recurso:
    nuevo = {k: v for k, v in recurso.items() if k not in ("telecom", "address")}
    medios = list(recurso.get("telecom", ()))
    for sistema, valor in (("phone", contacto.telefono), ("email", contacto.correo)):
        medios = _con_medio(medios, sistema, valor)
    if medios:
        nuevo["telecom"] = medios
    anterior, *otros = recurso.get("address", ()) or [{}]
    if domicilios := [d for d in (_domicilio(anterior, contacto), *otros) if d]:
        nuevo["address"] = domicilios
    return nuevo


def _con_medio(medios: list[Recurso], sistema: str, valor: str) -> list[Recurso]:
    """`medios` with `valor` in the place of the first of `sistema` (none, if it is empty)."""
    lugar = next((n for n, m in enumerate(medios) if m.get("system") == sistema), len(medios))
    anterior = medios[lugar : lugar + 1]
    nuevo = [{**(anterior[0] if anterior else {"system": sistema}), "value": valor}]
    return [*medios[:lugar], *(nuevo if valor else ()), *medios[lugar + 1 :]]


def _domicilio(anterior: Recurso, contacto: Contacto) -> Recurso:
    """The address as it is said now; the key of a place goes when its name changes."""
    lineas = [contacto.calle, contacto.colonia]
    propios = {
        "line": [linea for linea in lineas if linea] if contacto.calle else [],
        "postalCode": contacto.codigo_postal,
        **{elemento: getattr(contacto, campo) for campo, elemento in _LUGARES.items()},
    }
    quitados = {
        f"_{elemento}"
        for elemento in _LUGARES.values()
        if anterior.get(elemento, "") != propios[elemento]
    }
    resto = {k: v for k, v in anterior.items() if k not in {*propios, *quitados, "text"}}
    dichos = {k: v for k, v in propios.items() if v}
    return {"use": "home", **resto, **dichos} if dichos else {}


def _medio(recurso: Recurso, sistema: str) -> str:
    medios = recurso.get("telecom", ())
    return next((m.get("value", "") for m in medios if m.get("system") == sistema), "")
