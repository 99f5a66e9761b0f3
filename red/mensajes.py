"""A step of a referral as a FHIR message (R4 messaging: MessageHeader, Task, ServiceRequest and the
documents that travel). Pure: what is written is what is read.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from ece import fhir
from ece.nucleo.uuid7 import uuid7
from red.pasos import EN_FHIR, Estado, Paso, Prioridad
from registros.catalogos import procedencias

Recurso = dict[str, Any]

SISTEMA_DE_PASO = "urn:ece:red:paso"
SISTEMA_DE_FOLIO = "urn:ece:red:referencia"
SISTEMA_DE_ESTADO = "urn:ece:red:estado"
SNOMED = "http://snomed.info/sct"
DE_REFERENCIA = {"system": SNOMED, "code": "3457005", "display": "Patient referral"}
ENTRADAS = 500


class MensajeInvalido(ValueError):
    """It is no message of a referral, or lacks what its step needs; the text says what."""


@dataclass(frozen=True, slots=True)
class Mensaje:
    """One step told by one side to the other.

    `recursos` are what travels besides: the patient, the note and what it cites. `motivo` comes
    with a refusal or a cancellation, `nota` (the id of a Composition of them) with what has one.
    """

    id: UUID
    paso: Paso
    folio: UUID
    prioridad: Prioridad
    emisor: str
    receptor: str
    momento: datetime
    servicio: str = ""
    motivo: str = field(default="", repr=False)
    nota: str = ""
    recursos: tuple[Recurso, ...] = field(default=(), repr=False)

    @property
    def paciente(self) -> Recurso | None:
        return next((r for r in self.recursos if r["resourceType"] == "Patient"), None)


def escribir(mensaje: Mensaje, *, estado: Estado, origen: str, destino: str) -> Recurso:
    """The Bundle of type message; `origen` and `destino` are addresses of FHIR servers."""
    paciente = mensaje.paciente
    sujeto = {"reference": f"Patient/{paciente['id']}"} if paciente else {"display": "—"}
    tarea = tarea_de(mensaje, estado, sujeto=sujeto)
    cabecera: Recurso = {
        "resourceType": "MessageHeader",
        "id": str(mensaje.id),
        "eventCoding": {"system": SISTEMA_DE_PASO, "code": mensaje.paso.value},
        "destination": [{"name": mensaje.receptor, "endpoint": destino}],
        "source": {"name": mensaje.emisor, "endpoint": origen},
        "focus": [{"reference": f"Task/{tarea['id']}"}],
    }
    otros = [cabecera, tarea, *mensaje.recursos]
    if mensaje.paso is Paso.SOLICITUD:
        otros.insert(2, solicitud_de(mensaje, sujeto=sujeto))
    return {
        "resourceType": "Bundle",
        "id": str(mensaje.id),
        "type": "message",
        "timestamp": mensaje.momento.isoformat(timespec="milliseconds"),
        "entry": [
            {"fullUrl": f"{origen}/{r['resourceType']}/{r['id']}", "resource": r} for r in otros
        ],
    }


def tarea_de(mensaje: Mensaje, estado: Estado, *, sujeto: Recurso) -> Recurso:
    """The Task of a referral where it now stands (R4 Task, as a fulfilment of its order)."""
    tarea: Recurso = {
        "resourceType": "Task",
        "id": str(mensaje.folio),
        "groupIdentifier": {"system": SISTEMA_DE_FOLIO, "value": str(mensaje.folio)},
        "status": EN_FHIR[estado],
        "businessStatus": {
            "coding": [{"system": SISTEMA_DE_ESTADO, "code": estado.value}],
            "text": str(estado.label),
        },
        "intent": "order",
        "priority": mensaje.prioridad.value,
        "code": {"coding": [DE_REFERENCIA], "text": "Referencia"},
        "for": sujeto,
        "lastModified": mensaje.momento.isoformat(timespec="milliseconds"),
    }
    if mensaje.motivo:
        tarea["statusReason"] = {"text": mensaje.motivo}
    if mensaje.nota and mensaje.paso is Paso.RESPUESTA:
        tarea["output"] = [
            {
                "type": {"text": "Contrarreferencia"},
                "valueReference": {"reference": f"Composition/{mensaje.nota}"},
            }
        ]
    return tarea


def solicitud_de(mensaje: Mensaje, *, sujeto: Recurso, id: UUID | None = None) -> Recurso:
    """The order: which service is asked of whom."""
    solicitud: Recurso = {
        "resourceType": "ServiceRequest",
        "id": str(id or uuid7()),
        "requisition": {"system": SISTEMA_DE_FOLIO, "value": str(mensaje.folio)},
        "status": "active",
        "intent": "order",
        "priority": mensaje.prioridad.value,
        "category": [{"coding": [DE_REFERENCIA], "text": "Referencia"}],
        "code": {"text": mensaje.servicio or "Referencia"},
        "subject": sujeto,
        "authoredOn": mensaje.momento.isoformat(timespec="milliseconds"),
        "performer": [{"display": mensaje.receptor}],
    }
    if mensaje.nota:
        solicitud["supportingInfo"] = [{"reference": f"Composition/{mensaje.nota}"}]
    return solicitud


def leer(bundle: Recurso) -> Mensaje:
    """What a Bundle of type message says. Raises `MensajeInvalido`."""
    if bundle.get("resourceType") != "Bundle" or bundle.get("type") != "message":
        raise MensajeInvalido("se espera un Bundle de tipo message")
    if problemas := fhir.validar(bundle):
        raise MensajeInvalido(f"{problemas[0].ubicacion}: {problemas[0].mensaje}")
    recursos = [e["resource"] for e in bundle.get("entry", ()) if "resource" in e]
    if not recursos or recursos[0]["resourceType"] != "MessageHeader":
        raise MensajeInvalido("lo primero es un MessageHeader")
    if len(recursos) > ENTRADAS:
        raise MensajeInvalido(f"trae más de {ENTRADAS} recursos")
    nombres = [(r["resourceType"], r.get("id", "")) for r in recursos]
    if len(set(nombres)) < len(nombres) or not all(id_ for _, id_ in nombres):
        raise MensajeInvalido("cada recurso lleva un id, y ninguno se repite")
    if "timestamp" not in bundle:
        raise MensajeInvalido("falta Bundle.timestamp")
    cabecera, tarea = recursos[0], _uno(recursos, "Task")
    solicitudes = [r for r in recursos if r["resourceType"] == "ServiceRequest"]
    paso = _paso(cabecera)
    nota = _nota(paso, tarea, solicitudes)
    resto = tuple(r for r in recursos[1:] if r is not tarea and r not in solicitudes)
    if nota and not any(r["resourceType"] == "Composition" and r.get("id") == nota for r in resto):
        raise MensajeInvalido("falta la nota que se nombra")
    if paso in (Paso.SOLICITUD, Paso.RESPUESTA) and not nota:
        raise MensajeInvalido("falta la nota")
    if paso is Paso.SOLICITUD and not any(r["resourceType"] == "Patient" for r in resto):
        raise MensajeInvalido("falta de quién se trata (Patient)")
    return Mensaje(
        id=_uuid(cabecera.get("id"), "MessageHeader.id"),
        paso=paso,
        folio=_folio(tarea),
        prioridad=(
            Prioridad.URGENTE
            if tarea.get("priority") in ("urgent", "asap", "stat")
            else Prioridad.ORDINARIA
        ),
        emisor=str(cabecera["source"].get("name", "")),
        receptor=_nombre(cabecera.get("destination", ())),
        momento=datetime.fromisoformat(str(bundle["timestamp"])),
        servicio=fhir.texto(solicitudes[0].get("code", {}))[:200] if solicitudes else "",
        motivo=fhir.texto(tarea.get("statusReason", {}))[:400],
        nota=nota,
        recursos=resto,
    )


def respuesta(
    mensaje: Mensaje, *, id: UUID, quien: str, direccion: str, ahora: datetime
) -> Recurso:
    """That a message was taken in, as a message."""
    return {
        "resourceType": "Bundle",
        "type": "message",
        "timestamp": ahora.isoformat(timespec="milliseconds"),
        "entry": [
            {
                "fullUrl": f"urn:uuid:{id}",
                "resource": {
                    "resourceType": "MessageHeader",
                    "id": str(id),
                    "eventCoding": {"system": SISTEMA_DE_PASO, "code": mensaje.paso.value},
                    "source": {"name": quien, "endpoint": direccion},
                    "response": {"identifier": str(mensaje.id), "code": "ok"},
                },
            }
        ],
    }


def propios(
    recursos: Iterable[Recurso], *, paciente: UUID, cliente: UUID, institucion: str
) -> list[tuple[UUID, Recurso]]:
    """What another institution sent, as records of our `paciente`: with ids of ours, references
    among them following, and the mark of where they come from. Who they are is not among them.

    A reference to what did not come keeps its words and points nowhere.
    """
    de_ellos = [r for r in recursos if r["resourceType"] != "Patient"]
    nuevos = {f"{r['resourceType']}/{r.get('id', '')}": uuid7() for r in de_ellos}
    mudanza = {clave: f"{clave.partition('/')[0]}/{id_}" for clave, id_ in nuevos.items()}
    quien = f"Patient/{paciente}"
    return [
        (
            nuevos[f"{r['resourceType']}/{r.get('id', '')}"],
            _marcado(_mudado(r, mudanza, quien), r, cliente, institucion),
        )
        for r in de_ellos
    ]


def _marcado(recurso: Recurso, suyo: Recurso, cliente: UUID, institucion: str) -> Recurso:
    limpio = {c: v for c, v in recurso.items() if c not in ("id", "meta")}
    seguridad = suyo.get("meta", {}).get("security")
    meta: Recurso = {
        "tag": [procedencias.etiqueta(cliente, institucion)],
        **({"security": seguridad} if seguridad else {}),
    }
    return {"resourceType": limpio.pop("resourceType"), "meta": meta, **limpio}


def _mudado(valor: Any, mudanza: Mapping[str, str], paciente: str) -> Any:
    if isinstance(valor, list):
        return [_mudado(uno, mudanza, paciente) for uno in valor]
    if not isinstance(valor, dict):
        return valor
    hecho = {clave: _mudado(suyo, mudanza, paciente) for clave, suyo in valor.items()}
    literal = valor.get("reference")
    if isinstance(literal, str) and not literal.startswith("#"):
        tipo, id_ = literal.split("/")[-2:] if "/" in literal else ("", literal)
        clave = f"{tipo}/{id_}"
        if tipo == "Patient":
            hecho["reference"] = paciente
        elif clave in mudanza:
            hecho["reference"] = mudanza[clave]
        else:
            del hecho["reference"]
            hecho.setdefault("display", clave)
    return hecho


def _nombre(destinos: Iterable[Recurso]) -> str:
    return next((str(d.get("name", "")) for d in destinos), "")


def _uno(recursos: Sequence[Recurso], tipo: str) -> Recurso:
    suyos = [r for r in recursos if r["resourceType"] == tipo]
    if len(suyos) != 1:
        raise MensajeInvalido(f"se espera un {tipo}")
    return suyos[0]


def _paso(cabecera: Recurso) -> Paso:
    codigo = cabecera.get("eventCoding", {})
    if codigo.get("system") != SISTEMA_DE_PASO or codigo.get("code") not in Paso.values:
        raise MensajeInvalido("el evento no es un paso de una referencia")
    return Paso(codigo["code"])


def _folio(tarea: Recurso) -> UUID:
    grupo = tarea.get("groupIdentifier", {})
    if grupo.get("system") != SISTEMA_DE_FOLIO:
        raise MensajeInvalido("falta el folio de la referencia (Task.groupIdentifier)")
    return _uuid(grupo.get("value"), "Task.groupIdentifier")


def _nota(paso: Paso, tarea: Recurso, solicitudes: Sequence[Recurso]) -> str:
    if paso is Paso.SOLICITUD:
        if len(solicitudes) != 1:
            raise MensajeInvalido("se espera un ServiceRequest")
        citados = solicitudes[0].get("supportingInfo", [])
    else:
        citados = [o.get("valueReference", {}) for o in tarea.get("output", ())]
    literales = [str(c.get("reference", "")) for c in citados]
    return next((x.rpartition("/")[2] for x in literales if "Composition/" in x), "")


def _uuid(valor: object, donde: str) -> UUID:
    try:
        return UUID(str(valor))
    except ValueError as error:
        raise MensajeInvalido(f"{donde} no es un UUID") from error
