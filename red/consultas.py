"""Asking another institution for the record of a patient of ours: seen, and kept nowhere.

Who they are is asked by their CURP; what they let us read is what their decision says. It is shown
as theirs, and becomes part of no record.
"""

import re
from collections import Counter
from dataclasses import dataclass, field
from datetime import date, datetime
from hashlib import sha256
from typing import Any
from uuid import UUID

from auditoria import bitacora
from auditoria.tipos import TipoDeEvento
from consentimiento.asientos import asiento
from consentimiento.selectors import convenios
from consentimiento.selectors.convenios import Destino
from ece import fhir
from ece.nucleo.acceso import Acceso
from ece.nucleo.roles import Permiso
from red import lecturas, socio
from red.lecturas import Linea
from red.socio import Quien, SinEnlace, SocioCallado, SocioNiega
from registros.selectors import identidad
from registros.services.pacientes import SISTEMA_CURP

__all__ = ["Ajeno", "SinCurp", "SinEnlace", "SocioCallado", "SocioNiega", "pedir"]

PAGINAS = 5
_ID = re.compile(r"[A-Za-z0-9.-]{1,64}")


class SinCurp(Exception):
    """Nobody can be asked for who has no CURP."""


@dataclass(frozen=True, slots=True)
class Ajeno:
    """What another institution answered at `pedido_at`. Not `hallado`: it knows nobody, or does not
    let us know. `grupos` are (type, its name, lines); `ilegibles`, how many are not FHIR R4."""

    institucion: str
    pedido_at: datetime
    hallado: bool
    nombre: str = field(default="", repr=False)
    grupos: tuple[tuple[str, str, tuple[Linea, ...]], ...] = field(default=(), repr=False)
    recursos: int = 0
    ilegibles: int = 0
    hay_mas: bool = False


def posibles(acceso: Acceso, *, ahora: datetime) -> list[Destino]:
    """Whom one may ask: the partners that say where they answer."""
    acceso.exigir(Permiso.EXPEDIENTE_PEDIR)
    return convenios.destinos(ahora=ahora)


def pedir(acceso: Acceso, *, convenio_id: UUID, ahora: datetime) -> Ajeno:
    """Ask the partner of that agreement for the patient of `acceso`.

    Leaves an event before it is asked, and another of what came. Raises `SinCurp`, `SinEnlace`,
    `SocioCallado`, `SocioNiega`.
    """
    acceso.exigir(Permiso.EXPEDIENTE_PEDIR)
    quien_es, _ = identidad.identificacion(acceso)
    if not quien_es.curp:
        raise SinCurp(str(acceso.paciente))
    a = socio.destino(convenio_id, ahora=ahora)
    roles = sorted(acceso.actor.roles)
    quien = Quien(str(acceso.actor.id), roles[0].value if roles else "sistema")
    _constar(acceso, a, ahora, {"paso": "pedido"})
    hallados = _de_curp(a, quien_es.curp, quien)
    if not hallados:
        _constar(acceso, a, ahora, {"paso": "nadie"})
        return Ajeno(a.institucion, ahora, hallado=False)
    persona = hallados[0]
    recursos, hay_mas = _todo(a, str(persona["id"]), quien)
    buenos = [r for r in recursos if r.get("resourceType") != "Patient" and not fhir.validar(r)]
    otros = sum(r.get("resourceType") != "Patient" for r in recursos) - len(buenos)
    _constar(
        acceso,
        a,
        ahora,
        {
            "paso": "recibido",
            "recursos": dict(Counter(r["resourceType"] for r in buenos)),
            "huella": sha256(fhir.json.canonico(recursos)).hexdigest(),
        },
    )
    return Ajeno(
        a.institucion,
        ahora,
        True,
        lecturas.nombre(persona),
        _por_clase(buenos),
        len(buenos),
        otros,
        hay_mas,
    )


def _de_curp(a: Destino, curp: str, quien: Quien) -> list[dict[str, Any]]:
    """Whoever has that CURP there, by POST: an address would tell it to every proxy."""
    dicho = socio.pedir(
        a,
        "POST",
        "/Patient/_search",
        quien=quien,
        cuerpo={"identifier": f"{SISTEMA_CURP}|{curp}"},
    )
    pacientes = [r for r in _recursos(dicho) if r.get("resourceType") == "Patient"]
    suyos = [p for p in pacientes if not fhir.validar(p) and _tiene(p, curp)]
    return [p for p in suyos if _ID.fullmatch(str(p.get("id", "")))]


def _tiene(paciente: dict[str, Any], curp: str) -> bool:
    return any(
        i.get("system") == SISTEMA_CURP and i.get("value") == curp
        for i in paciente.get("identifier", ())
    )


def _todo(a: Destino, id: str, quien: Quien) -> tuple[list[dict[str, Any]], bool]:
    """Its whole record, a few pages; whether more were left. None of elsewhere is followed."""
    camino, recursos = f"/Patient/{id}/$everything", list[dict[str, Any]]()
    for _ in range(PAGINAS):
        dicho = socio.pedir(a, "GET", camino, quien=quien)
        recursos += _recursos(dicho)
        enlaces = [e for e in dicho.get("link", ()) if isinstance(e, dict)]
        siguiente = next(
            (str(e.get("url", "")) for e in enlaces if e.get("relation") == "next"), ""
        )
        if not siguiente.startswith(f"{a.direccion}/"):
            return recursos, bool(siguiente)
        camino = siguiente.removeprefix(a.direccion)
    return recursos, True


def _recursos(bundle: dict[str, Any]) -> list[dict[str, Any]]:
    entradas = bundle.get("entry", [])
    if bundle.get("resourceType") != "Bundle" or not isinstance(entradas, list):
        raise SocioCallado("no contesta con un Bundle")
    dichos = [e.get("resource") for e in entradas if isinstance(e, dict)]
    return [d for d in dichos if isinstance(d, dict)]


def _por_clase(
    recursos: list[dict[str, Any]],
) -> tuple[tuple[str, str, tuple[Linea, ...]], ...]:
    lineas = [lecturas.linea(r) for r in recursos if r["resourceType"] not in _DEL_DIRECTORIO]
    por_tipo: dict[str, list[Linea]] = {}
    for una in lineas:
        por_tipo.setdefault(una.tipo, []).append(una)
    orden = sorted(por_tipo, key=lambda t: (_PRIMERO.index(t) if t in _PRIMERO else 99, t))
    return tuple(
        (
            tipo,
            por_tipo[tipo][0].clase,
            tuple(sorted(por_tipo[tipo], key=lambda linea: linea.fecha or date.min, reverse=True)),
        )
        for tipo in orden
    )


_PRIMERO = ("AllergyIntolerance", "Condition", "MedicationRequest", "Composition")
_DEL_DIRECTORIO = frozenset({"Organization", "Practitioner", "PractitionerRole", "Location"})


def _constar(acceso: Acceso, a: Destino, ahora: datetime, dicho: dict[str, Any]) -> None:
    evento = asiento(
        acceso,
        TipoDeEvento.EXPEDIENTE_PEDIDO,
        ahora=ahora,
        detalle={"convenio": str(a.convenio), "sistema": str(a.cliente), **dicho},
        pacientes=(acceso.paciente,),
    )
    bitacora.anexar([evento])
