"""The same inbox as HL7 v2's, for documents: each is kept, with its event, before it is answered.

A document is told by who sends it and by its ``ClinicalDocument/id``: the same bytes again get the
same answer, other bytes under that id are refused. What could not be filed waits for a person.
"""

import json
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from hashlib import sha256
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, transaction

from auditoria import bitacora
from auditoria.bitacora import NuevoEvento
from auditoria.tipos import Resultado, TipoDeEvento
from ece import cda
from ece.cda import Firmado
from ece.identidad import selectors as identidad
from ece.nucleo import sobres
from ece.nucleo.acceso import Actor, Declaracion
from ece.nucleo.uuid7 import uuid7
from interoperabilidad.hl7v2.buzon import GUARDADO_DE_RECHAZADOS, USO, USO_DETALLE
from interoperabilidad.models import Estado, MensajeRecibido
from registros.services import firmas_separadas
from registros.services.documentos import FIRMA_AJENA
from registros.services.firmas_separadas import FirmaAjena

FAMILIA, TIPO = "CDA", "CDA R2"
USO_DECLARACION = "cda.declaracion"
POR_ARCHIVAR = "por-archivar"
REPETIDO, INVALIDO = "control-repetido", "cda"


class Rechazado(Exception):
    """It was not taken in; `motivo` is a code, the message says it in words."""

    def __init__(self, motivo: str, texto: str) -> None:
        super().__init__(texto)
        self.motivo = motivo


@dataclass(frozen=True, slots=True)
class Guardado:
    """A document in the inbox, with the bytes to file. `nuevo`: it had not come before."""

    fila: MensajeRecibido
    contenido: bytes
    leido: cda.Documento
    firma: bytes
    nuevo: bool


def abrir(contenido: bytes) -> Firmado:
    """What was sent, a document or a ZIP of it and its signature, apart. Raises `CdaInvalido`."""
    traido = cda.partir(contenido, limite=settings.ECE_DOCUMENTO_BYTES)
    if traido.firma:
        try:
            firmas_separadas.exigir_suya(traido.firma, traido.documento)
        except FirmaAjena as falla:
            raise cda.CdaInvalido(FIRMA_AJENA) from falla
    return traido


def guardar(actor: Actor, contenido: bytes, *, ahora: datetime) -> Guardado:
    """Keep a document that `actor` sends. Raises `Rechazado`, having kept why."""
    try:
        traido = abrir(contenido)
        leido = cda.leer(traido.documento)
    except cda.CdaInvalido as error:
        _rechazar(actor, contenido, INVALIDO, str(error), ahora)
        raise Rechazado(INVALIDO, str(error)) from error
    control = sobres.huella("cda.control", f"{actor.id}|{leido.llave}")
    previo = MensajeRecibido.objects.filter(huella_de_control=control).first()
    if previo is None:
        try:
            fila = _insertar(actor, contenido, traido.documento, control, ahora)
            return Guardado(fila, contenido, leido, traido.firma, True)
        except IntegrityError:  # the same, at the same time
            previo = MensajeRecibido.objects.get(huella_de_control=control)
    if bytes(previo.huella) != sha256(traido.documento).digest():
        texto = "Ya se recibió otro documento distinto con ese id (ClinicalDocument/id)."
        _rechazar(actor, contenido, REPETIDO, texto, ahora)
        raise Rechazado(REPETIDO, texto)
    if previo.contenido is not None and previo.estado == Estado.EN_ESPERA:
        if traido.firma:  # it waits with what came last, so that the signature is not lost
            sellado = sobres.sellar_octetos(USO, previo.id, contenido)
            en_espera = MensajeRecibido.objects.filter(orden=previo.orden, estado=Estado.EN_ESPERA)
            en_espera.update(contenido=sellado)
        else:
            contenido = sobres.abrir_octetos(USO, previo.id, previo.contenido)
    return Guardado(previo, contenido, leido, traido.firma, False)


def de_fila(fila: MensajeRecibido) -> tuple[Actor, bytes]:
    """Who sent it, as they declared then, and its bytes. Raises `Rechazado` if they are no more."""
    actor = identidad.actor_de_sistema(fila.cliente) if fila.cliente else None
    if actor is None or fila.contenido is None:
        raise Rechazado("remitente", "El remitente dejó de estar registrado.")
    if fila.declaracion is not None:
        dicha = json.loads(sobres.abrir(USO_DECLARACION, fila.id, fila.declaracion))
        actor = replace(actor, declaracion=Declaracion(**dicha))
    return actor, sobres.abrir_octetos(USO, fila.id, fila.contenido)


def archivado(
    fila: MensajeRecibido, paciente: UUID, original: UUID | None, ahora: datetime
) -> None:
    """In the act that files it: applied, and its content (which the record has) erased here."""
    hechas = MensajeRecibido.objects.filter(
        orden=fila.orden, estado__in=[Estado.EN_ESPERA, Estado.RECIBIDO]
    ).update(
        estado=Estado.APLICADO,
        motivo="",
        detalle=None,
        contenido=None,
        declaracion=None,
        paciente=paciente,
        original=original,
        atendido_at=ahora,
    )
    if hechas != 1:
        raise Rechazado("atendido", "Alguien más ya lo atendió.")


def esperar(fila: MensajeRecibido, motivo: str, texto: str, ahora: datetime) -> None:
    """It waits for a person, and why."""
    with transaction.atomic():
        MensajeRecibido.objects.filter(orden=fila.orden, estado=Estado.EN_ESPERA).update(
            motivo=motivo[:40],
            detalle=sobres.sellar(USO_DETALLE, fila.id, texto),
            atendido_at=ahora,
        )
        _constar(TipoDeEvento.MENSAJE_DETENIDO, Resultado.HECHO, ARCHIVADOR, fila.id, motivo, ahora)
    fila.motivo = motivo[:40]


ARCHIVADOR = Actor(id=UUID(int=5), clase="sistema", nombre="Buzón de documentos")
"""Who says, when nobody else does, that a document waits."""


def _insertar(
    actor: Actor, contenido: bytes, documento: bytes, control: bytes, ahora: datetime
) -> MensajeRecibido:
    id_, declarada = uuid7(), actor.declaracion
    with transaction.atomic():
        fila = MensajeRecibido.objects.create(
            **_comun(id_, actor, documento, ahora),
            huella_de_control=control,
            estado=Estado.EN_ESPERA,
            acuse="AA",
            motivo=POR_ARCHIVAR,
            contenido=sobres.sellar_octetos(USO, id_, contenido),
            declaracion=sobres.sellar(USO_DECLARACION, id_, json.dumps(asdict(declarada)))
            if declarada is not None
            else None,
        )
        _constar(TipoDeEvento.MENSAJE_RECIBIDO, Resultado.HECHO, actor, id_, "", ahora)
    return fila


def _rechazar(actor: Actor, contenido: bytes, motivo: str, texto: str, ahora: datetime) -> None:
    id_ = uuid7()
    se_guarda = len(contenido) <= GUARDADO_DE_RECHAZADOS
    with transaction.atomic():
        MensajeRecibido.objects.create(
            **_comun(id_, actor, contenido, ahora),
            estado=Estado.RECHAZADO,
            acuse="AE",
            motivo=motivo,
            detalle=sobres.sellar(USO_DETALLE, id_, texto),
            contenido=sobres.sellar_octetos(USO, id_, contenido) if se_guarda else None,
        )
        _constar(TipoDeEvento.MENSAJE_RECHAZADO, Resultado.DENEGADO, actor, id_, motivo, ahora)


def _comun(id_: UUID, actor: Actor, contenido: bytes, ahora: datetime) -> dict[str, object]:
    return {
        "id": id_,
        "cliente": actor.id,
        "recibido_at": ahora,
        "canal": "https",
        "tipo": TIPO,
        "version": "",
        "familia": FAMILIA,
        "huella": sha256(contenido).digest(),
    }


def _constar(
    tipo: TipoDeEvento, resultado: Resultado, actor: Actor, id_: UUID, motivo: str, ahora: datetime
) -> None:
    detalle = {"canal": "https", "mensaje": str(id_), "tipo": TIPO}
    evento = NuevoEvento(
        tipo=tipo,
        resultado=resultado,
        actor=actor,
        momento=ahora,
        detalle={**detalle, "motivo": motivo} if motivo else detalle,
    )
    bitacora.anexar([evento])
