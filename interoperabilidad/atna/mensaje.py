"""An event of the log as a DICOM audit message (PS3.15 A.5, which IHE ATNA takes). Pure.

It says who did what to which record, and nothing that a record says: types, ids and codes, never a
word of a person. What a type of event would tell of somebody (that there is a pregnancy) is not
told either: only what is in `SE_DICE` goes by its own name.
"""

from base64 import b64encode
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from lxml import etree

EVENTO, ACTOR, ROL, REGISTRO = "urn:ece:evento", "urn:ece:actor", "urn:ece:rol", "urn:ece:registro"
ESCRITO, LEIDO = "registro.escrito", "registro.leido"
SE_DICE = frozenset(
    {
        "acceso", "alcance", "paciente", "encuentro", "cita", "nota", "firma", "episodio",
        "etiqueta", "documento", "impresion", "aviso", "carta", "consentimiento", "calidad",
        "arco", "vulneracion", "bloqueo", "llave", "respaldo", "directiva", "delegacion",
        "emergencia", "inusual", "vigilancia", "decision", "sancion", "contacto", "enlace",
        "queja", "invitacion", "cuenta", "recuperacion", "recurso", "recursos", "dato", "mensaje",
        "consulta", "exportacion", "importacion", "suscripcion", "sesion", "factor", "persona",
        "puesto", "identidad", "convenio", "expediente", "referencia", "cobertura", "app", "token",
    }
)  # fmt: skip
"""The nouns of events that say nothing of a person's health; any other is a record written."""

Codigo = tuple[str, str, str]
_DCM = "DCM"
ACTIVIDAD: Codigo = ("110100", _DCM, "Application Activity")
EXPORTACION: Codigo = ("110106", _DCM, "Export")
IMPORTACION: Codigo = ("110107", _DCM, "Import")
EXPEDIENTE: Codigo = ("110110", _DCM, "Patient Record")
CONSULTA: Codigo = ("110112", _DCM, "Query")
SEGURIDAD: Codigo = ("110113", _DCM, "Security Alert")
AUTENTICACION: Codigo = ("110114", _DCM, "User Authentication")
_FAMILIA = {
    "sesion": AUTENTICACION,
    "factor": SEGURIDAD,
    "llave": SEGURIDAD,
    "persona": SEGURIDAD,
    "puesto": SEGURIDAD,
    "token": SEGURIDAD,
    "vulneracion": SEGURIDAD,
    "exportacion": EXPORTACION,
    "respaldo": EXPORTACION,
    "impresion": EXPORTACION,
    "importacion": IMPORTACION,
}
_ENTRA: Codigo = ("110122", _DCM, "Login")
_SALE: Codigo = ("110123", _DCM, "Logout")
_SUBTIPO = {"sesion.iniciada": _ENTRA, "sesion.fallida": _ENTRA, "sesion.cerrada": _SALE}
_DESTINO: Codigo = ("110152", _DCM, "Destination Role ID")
_ORIGEN: Codigo = ("110153", _DCM, "Source Role ID")
_APLICACION: Codigo = ("110150", _DCM, "Application")
_NUMERO_DE_PACIENTE: Codigo = ("2", "RFC-3881", "Patient Number")
_CRITERIO: Codigo = ("10", "RFC-3881", "Search Criteria")
_RESULTADO = {"permitido": "0", "hecho": "0", "denegado": "4"}


@dataclass(frozen=True, slots=True)
class Fuente:
    """Who tells it: the name of the installation, and the OID of the institution if it has one."""

    nombre: str
    oid: str = ""


def escribir(dicho: Mapping[str, Any], *, fuente: Fuente, paciente: Callable[[str], str]) -> bytes:
    """The message of an event, as its canonical bytes say it; `paciente` names a record outside."""
    raiz = etree.Element("AuditMessage")
    accion = _accion(dicho)
    _identificar(raiz, dicho, accion)
    _participantes(raiz, dicho["actor"], accion, fuente)
    origen = etree.SubElement(raiz, "AuditSourceIdentification", AuditSourceID=fuente.nombre)
    if fuente.oid:
        origen.set("AuditEnterpriseSiteID", fuente.oid)
    etree.SubElement(
        origen,
        "AuditSourceTypeCode",
        {"csd-code": "4", "codeSystemName": "RFC-3881", "originalText": "Application Server"},
    )
    for objeto in _objetos(dicho, paciente):
        raiz.append(objeto)
    escrito: bytes = etree.tostring(raiz, encoding="UTF-8", xml_declaration=True)
    return escrito


def tipo_que_se_dice(dicho: Mapping[str, Any]) -> str:
    """The type of the event or, where that would tell of a person, that a record was touched."""
    tipo = str(dicho["tipo"])
    if tipo.partition(".")[0] in SE_DICE:
        return tipo
    return ESCRITO if dicho["resultado"] == "hecho" else LEIDO


def _accion(dicho: Mapping[str, Any]) -> str:
    versiones = [escrito["version"] for escrito in dicho["escritos"]]
    if versiones:
        return "U" if min(versiones) > 1 else "C"
    if dicho["resultado"] == "hecho" or dicho["tipo"] != "acceso.decidido":
        return "E"
    return "E" if "busqueda" in dicho["detalle"] else "R"


def _familia(dicho: Mapping[str, Any]) -> Codigo:
    sustantivo = str(dicho["tipo"]).partition(".")[0]
    if propia := _FAMILIA.get(sustantivo):
        return propia
    if sustantivo == "alcance" or "busqueda" in dicho["detalle"]:
        return CONSULTA
    return EXPEDIENTE if dicho["pacientes"] or dicho["escritos"] else ACTIVIDAD


def _identificar(raiz: "etree._Element", dicho: Mapping[str, Any], accion: str) -> None:
    suceso = etree.SubElement(
        raiz,
        "EventIdentification",
        EventActionCode=accion,
        EventDateTime=str(dicho["momento"]),
        EventOutcomeIndicator=_RESULTADO[dicho["resultado"]],
    )
    _codificar(suceso, "EventID", _familia(dicho))
    tipo = tipo_que_se_dice(dicho)
    if subtipo := _SUBTIPO.get(tipo):
        _codificar(suceso, "EventTypeCode", subtipo)
    _codificar(suceso, "EventTypeCode", (tipo, EVENTO, tipo))
    if dicho["fundamento"]:
        etree.SubElement(suceso, "EventOutcomeDescription").text = str(dicho["fundamento"])


def _participantes(
    raiz: "etree._Element", quien: Mapping[str, Any], accion: str, fuente: Fuente
) -> None:
    """Who asked, from where; and the server, at the other end of the transaction."""
    propio, suyo = (_DESTINO, _ORIGEN) if accion in "CU" else (_ORIGEN, _DESTINO)
    pide = etree.SubElement(
        raiz, "ActiveParticipant", UserID=str(quien["id"]), UserIsRequestor="true"
    )
    if quien["origen"]:
        pide.set("NetworkAccessPointID", str(quien["origen"]))
        pide.set("NetworkAccessPointTypeCode", "2")
    for codigo in (suyo, *((rol, ROL, rol) for rol in [quien["clase"], *quien["roles"]])):
        _codificar(pide, "RoleIDCode", codigo)
    servidor = etree.SubElement(
        raiz, "ActiveParticipant", UserID=fuente.nombre, UserIsRequestor="false"
    )
    for codigo in (propio, _APLICACION):
        _codificar(servidor, "RoleIDCode", codigo)


def _objetos(
    dicho: Mapping[str, Any], paciente: Callable[[str], str]
) -> Iterable["etree._Element"]:
    for uno in dicho["pacientes"]:
        quien = paciente(uno)
        yield _objeto(quien, "1", "1", _NUMERO_DE_PACIENTE, quien)
    for escrito in dicho["escritos"]:
        id_ = paciente(escrito["id"]) if escrito["tipo"] == "Patient" else escrito["id"]
        que = f"{escrito['tipo']}/{id_}/_history/{escrito['version']}"
        yield _objeto(que, "2", "4", (escrito["tipo"], REGISTRO, escrito["tipo"]), que)
    detalle = dicho["detalle"]
    if leido := str(detalle.get("recurso", "")):
        tipo, _, id_ = leido.partition("/")
        que = f"{tipo}/{paciente(id_) if tipo == 'Patient' else id_}"
        if version := detalle.get("version"):
            que += f"/_history/{version}"
        yield _objeto(que, "2", "4", (tipo, REGISTRO, tipo), que)
    if buscado := str(detalle.get("busqueda", "")):
        consulta = _objeto(buscado, "2", "24", _CRITERIO)
        cifrada = b64encode(buscado.encode()).decode()
        etree.SubElement(consulta, "ParticipantObjectQuery").text = cifrada
        yield consulta
    yield _objeto(str(dicho["id"]), "4", "", ("evento", EVENTO, "Event of the log"), dicho["id"])


def _objeto(id_: str, tipo: str, papel: str, clase: Codigo, nombre: str = "") -> "etree._Element":
    objeto = etree.Element(
        "ParticipantObjectIdentification", ParticipantObjectID=id_, ParticipantObjectTypeCode=tipo
    )
    if papel:
        objeto.set("ParticipantObjectTypeCodeRole", papel)
    _codificar(objeto, "ParticipantObjectIDTypeCode", clase)
    if nombre:  # what is not a query has one, in the first forms of the schema
        etree.SubElement(objeto, "ParticipantObjectName").text = nombre
    return objeto


def _codificar(en: "etree._Element", elemento: str, codigo: Codigo) -> None:
    clave, sistema, texto = codigo
    etree.SubElement(
        en, elemento, {"csd-code": clave, "codeSystemName": sistema, "originalText": texto}
    )
