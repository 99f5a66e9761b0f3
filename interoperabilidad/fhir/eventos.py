"""The log as FHIR: each event an AuditEvent by the patterns of IHE BALP 1.1, for who reviews it.

Events are not resources that anybody writes: they are read and searched, newest first, by a client
whose post reviews the log (`revision:atender`); the proof of each is the sealed log's.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.utils import timezone

from auditoria import selectors as auditoria
from auditoria.selectors import Entero, Filtro
from consentimiento import decision
from ece import fhir
from ece.fhir import CriterioInvalido
from ece.nucleo.acceso import Actor
from ece.nucleo.roles import Permiso
from interoperabilidad.fhir.errores import ErrorFhir, no_encontrado

TIPO = "AuditEvent"
CUENTA, CUENTA_MAXIMA = 50, 200
_BALP = "https://profiles.ihe.net/ITI/BALP/StructureDefinition/IHE.BasicAudit."
_DCM = "http://dicom.nema.org/resources/ontology/DCM"
_TERMINOLOGIA = "http://terminology.hl7.org/CodeSystem/"
EVENTO, ACTOR = "urn:ece:evento", "urn:ece:actor"
_ACCIONES = {"C": "create", "R": "read", "U": "update", "D": "delete", "E": "search-type"}
_PERFILES = {"C": "Create", "R": "Read", "U": "Update", "D": "Delete", "E": "Query"}
_RESULTADOS = {"permitido": "0", "hecho": "0", "denegado": "4"}


def atiende(actor: Actor, tipo: str) -> bool:
    """Whether a request for `tipo` by `actor` is one for the log."""
    return tipo == TIPO and Permiso.REVISION_ATENDER in actor.permisos


def leer(actor: Actor, id_: UUID, *, ahora: datetime) -> bytes:
    """One event. Raises `AccesoDenegado`, `ErrorFhir`."""
    hallados = _buscar(actor, Filtro(ids=(id_,)), limite=1, ahora=ahora)
    if not hallados:
        raise no_encontrado(f"{TIPO}/{id_}")
    return fhir.json.escribir(recurso(hallados[0]))


def buscar(actor: Actor, pares: Sequence[tuple[str, str]], *, base: str, ahora: datetime) -> bytes:
    """A searchset. Raises `AccesoDenegado`, `ErrorFhir`, `CriterioInvalido`."""
    filtro, cuenta = _leer(pares)
    hallados = _buscar(actor, filtro, limite=cuenta + 1, ahora=ahora)
    visibles = hallados[:cuenta]
    enlaces = [{"relation": "self", "url": f"{base}/{TIPO}?{urlencode(pares)}"}]
    if len(hallados) > cuenta:
        otros = [par for par in pares if par[0] != "_cursor"]
        otros.append(("_cursor", str(visibles[-1].id)))
        enlaces.append({"relation": "next", "url": f"{base}/{TIPO}?{urlencode(otros)}"})
    paquete: dict[str, Any] = {"resourceType": "Bundle", "type": "searchset", "link": enlaces}
    if visibles:
        paquete["entry"] = [
            {
                "fullUrl": f"{base}/{TIPO}/{evento.id}",
                "resource": recurso(evento),
                "search": {"mode": "match"},
            }
            for evento in visibles
        ]
    return fhir.json.escribir(paquete)


def _buscar(actor: Actor, filtro: Filtro, *, limite: int, ahora: datetime) -> list[Entero]:
    alcance = decision.alcanzar(
        actor,
        Permiso.REVISION_ATENDER,
        motivo="bitacora",
        ahora=ahora,
        detalle={"paciente": str(filtro.paciente)} if filtro.paciente else None,
    )
    return auditoria.buscar(alcance, filtro, limite=limite)


def recurso(evento: Entero) -> dict[str, Any]:
    """The AuditEvent of an event (pure)."""
    dicho = evento.dicho
    accion = _accion(dicho)
    pacientes: list[str] = dicho["pacientes"]
    perfil = _BALP + ("Patient" if pacientes else "") + _PERFILES[accion]
    quien = dicho["actor"]
    resultado: dict[str, Any] = {
        "resourceType": TIPO,
        "id": str(evento.id),
        "meta": {"profile": [perfil], "lastUpdated": _instante(evento.momento)},
        "type": _codigo(_TERMINOLOGIA + "audit-event-type", "rest", "Restful Operation"),
        "subtype": [
            _codigo("http://hl7.org/fhir/restful-interaction", _ACCIONES[accion]),
            _codigo(EVENTO, dicho["tipo"]),
        ],
        "action": accion,
        "recorded": _instante(evento.momento),
        "outcome": _RESULTADOS[dicho["resultado"]],
        "agent": _agentes(quien, accion),
        "source": {
            "observer": {"display": "ECE"},
            "type": [_codigo(_TERMINOLOGIA + "security-source-type", "4", "Application Server")],
        },
        "entity": [*_entidades(dicho, pacientes)],
    }
    if dicho["fundamento"]:
        resultado["outcomeDesc"] = dicho["fundamento"]
    if proposito := dicho["detalle"].get("proposito"):
        razon = _codigo(_TERMINOLOGIA + "v3-ActReason", proposito)
        resultado["purposeOfEvent"] = [{"coding": [razon]}]
    return resultado


def _accion(dicho: Any) -> str:
    """C, R, U or E: what was written says it, and a search has no record of its own."""
    if dicho["resultado"] == "hecho":
        versiones = [escrito["version"] for escrito in dicho["escritos"]]
        return "U" if versiones and min(versiones) > 1 else "C" if versiones else "E"
    return "E" if dicho["tipo"] == "alcance.decidido" or "busqueda" in dicho["detalle"] else "R"


def _agentes(quien: Any, accion: str) -> list[dict[str, Any]]:
    """Who asked; and, as BALP has them, the client and the server of the transaction."""
    usuario: dict[str, Any] = {
        "type": _concepto(_TERMINOLOGIA + "v3-ParticipationType", "IRCP", "information recipient"),
        "who": {"identifier": {"system": ACTOR, "value": str(quien["id"])}},
        "requestor": True,
    }
    if quien["roles"]:
        usuario["role"] = [_concepto("urn:ece:rol", rol) for rol in quien["roles"]]
    origen, destino = ("110152", "Destination Role ID"), ("110153", "Source Role ID")
    cliente, servidor = (destino, origen) if accion in "CU" else (origen, destino)
    maquina: dict[str, Any] = {
        "type": _concepto(_DCM, *cliente),
        "who": {"identifier": {"system": "urn:ece:clase", "value": quien["clase"]}},
        "requestor": False,
    }
    if quien["origen"]:
        maquina["network"] = {"address": quien["origen"], "type": "2"}
    propio = {"type": _concepto(_DCM, *servidor), "who": {"display": "ECE"}, "requestor": False}
    return [usuario, maquina, propio]


def _entidades(dicho: Any, pacientes: Sequence[str]) -> Iterable[dict[str, Any]]:
    for paciente in pacientes:
        yield _entidad(f"Patient/{paciente}", "1", "Person", "1", "Patient")
    for escrito in dicho["escritos"]:
        que = f"{escrito['tipo']}/{escrito['id']}/_history/{escrito['version']}"
        yield _entidad(que, "2", "System Object", "4", "Domain Resource")
    detalle = dicho["detalle"]
    if leido := detalle.get("recurso"):
        version = f"/_history/{detalle['version']}" if "version" in detalle else ""
        yield _entidad(f"{leido}{version}", "2", "System Object", "4", "Domain Resource")
    if que := detalle.get("busqueda") or detalle.get("pagina"):
        yield {
            "type": _codigo(_TERMINOLOGIA + "audit-entity-type", "2", "System Object"),
            "role": _codigo(_TERMINOLOGIA + "object-role", "24", "Query"),
            "description": que,
        }
    yield {
        "what": {"identifier": {"system": "urn:ece:decision", "value": str(dicho["decision"])}}
        if dicho["decision"]
        else {"identifier": {"system": EVENTO, "value": dicho["id"]}},
        "type": _codigo(_TERMINOLOGIA + "audit-entity-type", "4", "Other"),
    }


def _entidad(
    referencia: str, tipo: str, dicho_tipo: str, papel: str, dicho_papel: str
) -> dict[str, Any]:
    return {
        "what": {"reference": referencia},
        "type": _codigo(_TERMINOLOGIA + "audit-entity-type", tipo, dicho_tipo),
        "role": _codigo(_TERMINOLOGIA + "object-role", papel, dicho_papel),
    }


def _leer(pares: Sequence[tuple[str, str]]) -> tuple[Filtro, int]:
    puestos: dict[str, Any] = {}
    cuenta = CUENTA
    for clave, valor in pares:
        match clave:
            case "patient" | "entity":
                puestos["paciente"] = _uuid(valor.removeprefix("Patient/"))
            case "agent" | "agent:identifier":
                puestos["actor"] = _uuid(valor.rpartition("|")[2])
            case "_id":
                puestos["ids"] = tuple(_uuid(uno) for uno in valor.split(","))
            case "subtype":
                puestos["tipos"] = tuple(uno.rpartition("|")[2] for uno in valor.split(","))
            case "outcome":
                puestos["resultados"] = tuple(
                    r for r, codigo in _RESULTADOS.items() if codigo in valor.split(",")
                )
            case "date":
                _acotar(puestos, valor)
            case "_cursor":
                puestos["antes"] = _uuid(valor)
            case "_count":
                if not valor.isdecimal() or not int(valor[:9]):
                    raise CriterioInvalido("_count es un número")
                cuenta = min(int(valor[:9]), CUENTA_MAXIMA)
            case "_sort" if valor in ("-date", "-_lastUpdated"):
                pass
            case "_format":
                pass
            case _:
                raise ErrorFhir(400, "not-supported", f"No se puede buscar {TIPO} por {clave!r}.")
    return Filtro(**puestos), cuenta


def _acotar(puestos: dict[str, Any], valor: str) -> None:
    prefijo, desde, hasta = fhir.rango_de_fecha(valor)
    if prefijo in ("eq", "ge"):
        puestos["desde"] = desde
    if prefijo in ("gt", "sa"):
        puestos["desde"] = hasta
    if prefijo in ("eq", "le"):
        puestos["hasta"] = hasta
    if prefijo in ("lt", "eb"):
        puestos["hasta"] = desde
    if prefijo not in ("eq", "ge", "gt", "sa", "le", "lt", "eb"):
        raise CriterioInvalido(f"date no admite el prefijo {prefijo}")


def _uuid(texto: str) -> UUID:
    try:
        return UUID(texto)
    except ValueError as error:
        raise CriterioInvalido(f"{texto!r} no es un id de aquí") from error


def _codigo(sistema: str, codigo: str, texto: str = "") -> dict[str, str]:
    dicho = {"system": sistema, "code": codigo}
    return {**dicho, "display": texto} if texto else dicho


def _concepto(sistema: str, codigo: str, texto: str = "") -> dict[str, Any]:
    return {"coding": [_codigo(sistema, codigo, texto)]}


def _instante(momento: datetime) -> str:
    return momento.astimezone(timezone.get_fixed_timezone(0)).isoformat(timespec="milliseconds")
