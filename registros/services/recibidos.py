"""What another system sent: its resources, its files and the message itself, in one act.

The message is kept as it came, a Binary under the patient's key, so that what the translation to
FHIR could not place is never lost. It carries the labels of all that it tells.
"""

import base64
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from uuid import UUID

from auditoria.actos import Acto, VersionEnConflicto, acto
from auditoria.tipos import TipoDeEvento
from ece.nucleo import archivos
from ece.nucleo.acceso import Acceso
from ece.nucleo.archivos import Archivo, ArchivoRechazado
from ece.nucleo.roles import Permiso
from registros.catalogos.sensibles import aplicar, etiquetar
from registros.models import Documento, Informe, Orden, OtroRegistro
from registros.models.base import Recurso
from registros.models.orden import INFORME, Avance
from registros.services import documentos, ordenes, recursos, tareas
from registros.services.recursos import Escritura

__all__ = [
    "Adjunto",
    "ArchivoRechazado",
    "Original",
    "Respuesta",
    "VersionEnConflicto",
    "recibir",
]


HECHOS = frozenset({"Encounter"})
"""That somebody was admitted is told once they are in bed: the record says so, letter or not."""


@dataclass(frozen=True, slots=True)
class Original:
    """The message as it came: its bytes, their media type, and its text, to look for what is
    sensitive."""

    contenido: bytes = field(repr=False)
    tipo: str
    texto: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Adjunto:
    """A file of the message: of a report (`informe`), or the content of a document (`documento`);
    both are ids of resources that are written with it."""

    contenido: bytes = field(repr=False)
    nombre: str
    titulo: str
    informe: UUID | None = None
    documento: UUID | None = None


@dataclass(frozen=True, slots=True)
class Respuesta:
    """That a report answers an order; `criticos`: what was measured -> its value in words."""

    orden: UUID
    informe: UUID
    definitiva: bool
    criticos: Mapping[str, str] = field(default_factory=dict)


def recibir(
    acceso: Acceso,
    *,
    escrituras: Sequence[Escritura],
    original: Original,
    marcar: Callable[[UUID], None],
    limite: int,
    ahora: datetime,
    adjuntos: Sequence[Adjunto] = (),
    respuestas: Sequence[Respuesta] = (),
) -> UUID:
    """Keep all of it or nothing; returns the id of the Binary that holds the message.

    `marcar` is called with that id inside the transaction, to say in it that the message was
    applied: that is what makes it be applied once. `limite` is of a file, in bytes. Raises what
    `recursos.escribir` raises, `ArchivoRechazado`, `OrdenInexistente`.
    """
    acceso.exigir(Permiso.RECURSO_ESCRIBIR)
    revisados = [
        (a, archivos.inspeccionar(a.contenido, nombre=a.nombre, limite=limite)) for a in adjuntos
    ]
    with acto(acceso, tipo=TipoDeEvento.MENSAJE_APLICADO, ahora=ahora) as el_acto:
        con_archivos = list(escrituras)
        for adjunto, archivo in revisados:
            _adjuntar(el_acto, acceso, con_archivos, adjunto, archivo, ahora)
        escritos = recursos.asentar(el_acto, con_archivos, ahora=ahora, hechos=HECHOS)
        informes = {r.id: r for r in escritos if isinstance(r, Informe)}
        for respuesta in respuestas:
            if respuesta.informe in informes:
                _responder(el_acto, acceso, respuesta, ahora)
        guardado = _guardar(acceso, original, [e.recurso for e in con_archivos], ahora)
        el_acto.insertar(guardado)
        marcar(guardado.id)
    return guardado.id


def _guardar(
    acceso: Acceso, original: Original, escritos: Sequence[Recurso], ahora: datetime
) -> OtroRegistro:
    binario: Recurso = {
        "resourceType": "Binary",
        "contentType": original.tipo,
        "securityContext": {"reference": f"Patient/{acceso.paciente}"},
        "data": base64.b64encode(original.contenido).decode(),
    }
    categorias = frozenset().union(
        etiquetar({"resourceType": "Basic", "text": original.texto}),
        *(etiquetar(recurso) for recurso in escritos),
    )
    return OtroRegistro.nuevo(acceso, aplicar(binario, categorias), ahora=ahora)


def _adjuntar(
    el_acto: Acto,
    acceso: Acceso,
    escrituras: list[Escritura],
    adjunto: Adjunto,
    archivo: Archivo,
    ahora: datetime,
) -> None:
    """Keep a file, and say so in the resource it came with."""
    binario = documentos.binario(acceso, archivo, ahora=ahora)
    el_acto.insertar(binario)
    dicho = documentos.adjunto(archivo, adjunto.nombre, binario.id)
    extensiones = documentos.del_archivo(archivo)
    de_quien = adjunto.informe or adjunto.documento
    lugar = next((n for n, e in enumerate(escrituras) if e.id == de_quien), None)
    if lugar is not None:
        escritura = escrituras[lugar]
        if adjunto.documento is not None:
            cambio: Recurso = {"content": [{"attachment": dicho}], "extension": extensiones}
        else:
            previos = escritura.recurso.get("presentedForm", [])
            simple = {k: v for k, v in dicho.items() if k in ("contentType", "url", "title")}
            cambio = {"presentedForm": [*previos, simple]}
        escrituras[lugar] = replace(escritura, recurso={**escritura.recurso, **cambio})
    if adjunto.documento is None and lugar is not None:
        el_acto.insertar(_documento(acceso, adjunto, dicho, extensiones, escrituras[lugar], ahora))


def _documento(
    acceso: Acceso,
    adjunto: Adjunto,
    dicho: Recurso,
    extensiones: list[Recurso],
    informe: Escritura,
    ahora: datetime,
) -> Documento:
    """The file of a report, also as the document that the desk lists and opens."""
    recurso: Recurso = {
        "resourceType": "DocumentReference",
        "status": "current",
        "type": informe.recurso["code"],
        "subject": {"reference": f"Patient/{acceso.paciente}"},
        "date": ahora.isoformat(timespec="milliseconds"),
        "description": adjunto.titulo,
        "content": [{"attachment": dicho}],
        "context": {"related": [{"reference": f"DiagnosticReport/{informe.id}"}]},
        **({"extension": extensiones} if extensiones else {}),
    }
    return Documento.nuevo(acceso, recurso, ahora=ahora)


def _responder(el_acto: Acto, acceso: Acceso, respuesta: Respuesta, ahora: datetime) -> None:
    """The order that was answered goes on, and a task says so to whoever waits for it."""
    orden = Orden.objects.uno(acceso, respuesta.orden)
    if orden is None:
        raise ordenes.OrdenInexistente(str(respuesta.orden))
    if respuesta.definitiva or respuesta.criticos:
        tareas.poner(
            el_acto,
            acceso,
            orden=orden,
            informe=respuesta.informe,
            criticos=respuesta.criticos,
            unidad=ordenes.unidad_de(acceso, orden),
            ahora=ahora,
        )
    avance = Avance.INFORMADA if respuesta.definitiva else Avance.PRELIMINAR
    recurso = ordenes.con_avance(orden.recurso, avance)
    if orden.informe is None:
        enlace = {"reference": f"DiagnosticReport/{respuesta.informe}"}
        recurso["extension"].append({"url": INFORME, "valueReference": enlace})
    if respuesta.definitiva:
        recurso["status"] = "completed"
    el_acto.reemplazar(orden.siguiente(acceso, recurso, ahora=ahora))
