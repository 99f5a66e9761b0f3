"""What a document leaves to do: it is countersigned, or corrected, or waits for a signature."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from auditoria.actos import Acto
from ece import fhir
from ece.nucleo.acceso import Acceso
from registros.catalogos.firmables import clave_de
from registros.models import Encuentro, NotaClinica, Receta, Tarea
from registros.models.base import Recurso, RegistroClinico
from registros.models.firma import Papel
from registros.models.tarea import (
    CONTRAFIRMA,
    DEVOLUCION,
    FIRMA,
    FIRMA_INSTITUCIONAL,
    PENDIENTES,
    SISTEMA,
    clase_firmable,
    espera_firma,
)
from registros.services import firmas
from registros.services.observaciones import quien


def pedir(el_acto: Acto, acceso: Acceso, nota: NotaClinica, *, ahora: datetime) -> None:
    """In the act of finishing it: the task of whoever answers for the visit, or of its unit."""
    concluir(el_acto, acceso, nota.id, ahora=ahora)
    tarea = _tarea(acceso, nota, CONTRAFIRMA, ahora)
    encuentro = Encuentro.objects.uno(acceso, nota.encuentro) if nota.encuentro else None
    if encuentro is not None and encuentro.responsable is not None:
        tarea["owner"] = {"reference": f"Practitioner/{encuentro.responsable}"}
    elif encuentro is not None and encuentro.unidad is not None:
        tarea["location"] = {"reference": f"Location/{encuentro.unidad}"}
    el_acto.insertar(Tarea.nuevo(acceso, tarea, ahora=ahora))


def devolver(
    el_acto: Acto, acceso: Acceso, nota: NotaClinica, *, motivo: str, ahora: datetime
) -> None:
    """In the act of returning it: the task of its author, with the reason."""
    concluir(el_acto, acceso, nota.id, ahora=ahora)
    tarea = _tarea(acceso, nota, DEVOLUCION, ahora)
    tarea["owner"] = nota.recurso["author"][0]
    tarea["input"] = [{"type": {"text": "Motivo"}, "valueString": motivo}]
    el_acto.insertar(Tarea.nuevo(acceso, tarea, ahora=ahora))


def firmar(
    el_acto: Acto,
    acceso: Acceso,
    documento: RegistroClinico,
    *,
    papel: Papel = Papel.AUTOR,
    metodo: Sequence[str],
    ahora: datetime,
) -> None:
    """In the act of finishing it: what its rule asks of who answers for it, signed or left to sign.

    `metodo` is how they have just proved who they are, and the institutional signature takes it; if
    they did not, it waits. The advanced one, which can cover a shift's documents, always does.
    """
    regla = firmas.regla_de(documento)
    if not regla.nivel:
        return
    if metodo:
        firmas.asentar(el_acto, acceso, documento, papel=papel, ahora=ahora, metodo=metodo)
    if regla.avanzada or not metodo:
        clave = FIRMA if regla.avanzada else FIRMA_INSTITUCIONAL
        tarea = _tarea(acceso, documento, clave, ahora)
        clase = clase_firmable(clave_de(documento.recurso))
        tarea["code"]["coding"].append({"system": SISTEMA, "code": clase})
        tarea["owner"] = quien(acceso)
        el_acto.insertar(Tarea.nuevo(acceso, tarea, ahora=ahora))


def concluir(el_acto: Acto, acceso: Acceso, nota_id: UUID, *, ahora: datetime) -> None:
    """In the act that answers it: what waited because of a note waits no more."""
    for tarea in Tarea.objects.de(acceso).con_estado(*PENDIENTES):
        if tarea.nota == nota_id:
            cumplir(el_acto, acceso, tarea, ahora=ahora)


def retirar_firma(el_acto: Acto, acceso: Acceso, id: UUID, *, ahora: datetime) -> None:
    """In the act that leaves it behind: a document that changed does not wait as it was."""
    for tarea in Tarea.objects.de(acceso).filter(espera_firma()):
        if tarea.documento == id:
            cumplir(el_acto, acceso, tarea, ahora=ahora)


def cumplir(el_acto: Acto, acceso: Acceso, tarea: Tarea, *, ahora: datetime) -> None:
    """In an act: a task is done."""
    hecha = {**tarea.recurso, "status": "completed", "lastModified": _instante(ahora)}
    el_acto.reemplazar(tarea.siguiente(acceso, hecha, ahora=ahora))


def _tarea(acceso: Acceso, documento: RegistroClinico, clave: str, ahora: datetime) -> Recurso:
    tarea: Recurso = {
        "resourceType": "Task",
        "status": "requested",
        "intent": "order",
        "priority": "routine",
        "code": {"coding": [{"system": SISTEMA, "code": clave}]},
        "focus": {"reference": f"{documento.tipo_fhir}/{documento.id}"},
        "for": {"reference": f"Patient/{acceso.paciente}"},
        "description": _DESCRIPCION[clave].format(titulo=_titulo(documento)),
        "authoredOn": _instante(ahora),
        "requester": quien(acceso),
    }
    if documento.encuentro is not None:
        tarea["encounter"] = {"reference": f"Encounter/{documento.encuentro}"}
    return tarea


def _titulo(documento: RegistroClinico) -> str:
    if isinstance(documento, NotaClinica):
        return documento.titulo
    concepto = "medicationCodeableConcept" if isinstance(documento, Receta) else "code"
    return fhir.texto(documento.recurso.get(concepto, {}))


_DESCRIPCION = {
    CONTRAFIRMA: "Contrafirmar: {titulo}",
    DEVOLUCION: "Corregir: {titulo}",
    FIRMA: "Firmar con e.firma: {titulo}",
    FIRMA_INSTITUCIONAL: "Firmar: {titulo}",
}


def _instante(momento: datetime) -> str:
    return momento.isoformat(timespec="seconds")
