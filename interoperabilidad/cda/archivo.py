"""A document of the inbox, filed with the patient that it names, never with who looks alike."""

from datetime import datetime
from uuid import UUID

from django.conf import settings

from consentimiento import decision
from consentimiento.decision import AccesoDenegado
from ece import cda
from ece.nucleo.acceso import Acceso, Actor, PermisoInsuficiente
from ece.nucleo.roles import Permiso
from interoperabilidad.cda import buzon
from interoperabilidad.cda.buzon import REPETIDO, Guardado, Rechazado
from interoperabilidad.hl7v2 import hallazgo
from interoperabilidad.hl7v2.aplicacion import MISMA_PERSONA, leer
from interoperabilidad.hl7v2.hallazgo import Espera
from interoperabilidad.models import Estado, MensajeRecibido
from registros.selectors import documentos as selectores
from registros.services import documentos
from registros.services.documentos import ArchivoRechazado, DocumentoRepetido
from registros.services.pacientes import SISTEMA_EXPEDIENTE

_SALTOS = 4


def recibir(actor: Actor, contenido: bytes, *, ahora: datetime) -> UUID | None:
    """The id of the DocumentReference; None of one that waits for a person.

    Who sends it is let in first, whoever it is about: the answer tells nobody who is here. Raises
    `AccesoDenegado`, `Rechazado`.
    """
    decision.alcanzar(actor, Permiso.RECURSO_ESCRIBIR, motivo="cda", ahora=ahora)
    guardado = buzon.guardar(actor, contenido, ahora=ahora)
    if not guardado.nuevo and guardado.fila.estado != Estado.EN_ESPERA:
        return _ya_archivado(actor, guardado, ahora)
    # One that waits and is sent again is tried again.
    return archivar(actor, guardado.fila, guardado.contenido, guardado.leido, ahora=ahora)


def reintentar(fila: MensajeRecibido, *, ahora: datetime) -> UUID | None:
    """The same, of one that waits, as who sent it."""
    try:
        actor, contenido = buzon.de_fila(fila)
        leido = cda.leer(buzon.abrir(contenido).documento)
    except (Rechazado, cda.CdaInvalido) as error:
        buzon.esperar(fila, getattr(error, "motivo", buzon.INVALIDO), str(error), ahora)
        return None
    return archivar(actor, fila, contenido, leido, ahora=ahora)


def archivar(
    actor: Actor, fila: MensajeRecibido, contenido: bytes, leido: cda.Documento, *, ahora: datetime
) -> UUID | None:
    """File it, or leave it waiting with the reason; None then."""
    try:
        acceso = _abrir(actor, leido, fila.dispensa, ahora)
        return documentos.recibir(
            acceso,
            contenido=contenido,
            leido=leido,
            marcar=lambda original: buzon.archivado(fila, acceso.paciente, original, ahora),
            limite=settings.ECE_DOCUMENTO_BYTES,
            ahora=ahora,
        )
    except DocumentoRepetido as repetido:
        buzon.archivado(fila, acceso.paciente, None, ahora)
        return repetido.id
    except Espera as espera:
        buzon.esperar(fila, espera.motivo, str(espera), ahora)
    except ArchivoRechazado as rechazo:
        buzon.esperar(fila, "archivo", rechazo.mensaje, ahora)
    except (AccesoDenegado, PermisoInsuficiente) as negado:
        fundamento = getattr(negado, "fundamento", "permiso")
        texto = f"La decisión no deja que ese sistema lo archive ({fundamento})."
        buzon.esperar(fila, "decision", texto, ahora)
    return None


def _ya_archivado(actor: Actor, guardado: Guardado, ahora: datetime) -> UUID | None:
    """What was answered the first time; and of one that still waits, that it does."""
    fila = guardado.fila
    if fila.estado != Estado.APLICADO or fila.paciente is None:
        return None
    try:
        acceso = decision.abrir_paciente(
            actor, fila.paciente, Permiso.RECURSO_ESCRIBIR, ahora=ahora
        )
    except AccesoDenegado:
        return None
    id_ = selectores.con_identificador(acceso, identificador=guardado.leido.identificador)
    if id_ is not None and guardado.firma:
        _agregar_firma(acceso, id_, guardado.firma, ahora)
    return id_


def _agregar_firma(acceso: Acceso, id_: UUID, firma: bytes, ahora: datetime) -> None:
    """The signature of one that was filed without it. Raises `Rechazado` for a second one."""
    try:
        documentos.con_firma(acceso, documento_id=id_, firma=firma, ahora=ahora)
    except ArchivoRechazado as rechazo:
        raise Rechazado(REPETIDO, rechazo.mensaje) from rechazo


def _abrir(actor: Actor, leido: cda.Documento, dispensa: str, ahora: datetime) -> Acceso:
    """The access to whom the document names, by identifiers alone. Raises `Espera`."""
    quien = hallazgo.paciente([_nuestro(i) for i in leido.persona.identificadores])
    if quien is None:
        raise Espera(
            "paciente-desconocido", "No hay aquí un paciente con los identificadores del documento."
        )
    for _salto in range(_SALTOS):
        acceso = decision.abrir_paciente(actor, quien, Permiso.RECURSO_ESCRIBIR, ahora=ahora)
        conocido = leer(acceso, "Patient", quien)
        if dispensa != MISMA_PERSONA:
            hallazgo.comprobar(conocido, leido.persona.recurso)
        sigue = hallazgo.continua_en(conocido)
        if sigue is None:
            return acceso
        quien = sigue
    raise Espera("vinculos", "Los expedientes vinculados se citan en círculo.")


def _nuestro(identificador: dict[str, str]) -> dict[str, str]:
    """Under our own OID, the number of a record of ours."""
    propia = settings.ECE_OID_INSTITUCIONAL
    if propia and identificador["system"] == f"urn:oid:{propia}":
        return {"system": SISTEMA_EXPEDIENTE, "value": identificador["value"]}
    return identificador
