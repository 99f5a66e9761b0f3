"""The verbs of a referral (NOM-004 6.4): ask, accept or not, attend, answer, acknowledge, cancel.

Each is one transaction: the records of the patient, the referral, its event, and the `Envio` by
which the other side is told. What goes to the other side is made later, when it is sent.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from typing import Any
from uuid import UUID

from django.db import transaction

from auditoria import bitacora
from auditoria.tipos import TipoDeEvento
from consentimiento import decision
from consentimiento.asientos import asiento
from consentimiento.convenios import ConPacientes
from consentimiento.selectors import convenios
from consentimiento.services import compartidos
from ece import fhir
from ece.identidad import selectors as identidad
from ece.nucleo import sobres
from ece.nucleo.acceso import Acceso, Alcance, Prueba
from ece.nucleo.roles import Permiso
from ece.nucleo.uuid7 import uuid7
from red import mensajes, pasos
from red.legajo import (
    USO_DE_MOTIVO,
    ReferenciaInexistente,
    acceso_de_aliado,
    contenido_de,
    curp_de,
    mover,
    tomar,
)
from red.mensajes import Mensaje
from red.models import Envio, Referencia
from red.pasos import Estado, Paso, PasoInvalido, Prioridad, Sentido
from registros.selectors import notas, recursos
from registros.selectors import pacientes as personas
from registros.services import recursos as escritos
from registros.services.recursos import Escritura

__all__ = [
    "NotaNoSirve",
    "OtraPersona",
    "PasoInvalido",
    "ReferenciaInexistente",
    "SinDestino",
    "aceptar",
    "acusar",
    "atender",
    "cancelar",
    "rechazar",
    "responder",
    "solicitar",
]

MIENTRAS = timedelta(minutes=5)
DURA = timedelta(days=180)
"""How long a referral lets the partner ask for the patient."""
NOTAS_QUE_REFIEREN, NOTAS_QUE_RESPONDEN = ("referencia",), ("contrarreferencia",)
EVENTO_DE = {
    Paso.SOLICITUD: TipoDeEvento.REFERENCIA_SOLICITADA,
    Paso.ACEPTACION: TipoDeEvento.REFERENCIA_ACEPTADA,
    Paso.RECHAZO: TipoDeEvento.REFERENCIA_RECHAZADA,
    Paso.ATENCION: TipoDeEvento.REFERENCIA_ATENDIDA,
    Paso.RESPUESTA: TipoDeEvento.REFERENCIA_RESPONDIDA,
    Paso.ACUSE: TipoDeEvento.REFERENCIA_ACUSADA,
    Paso.CANCELACION: TipoDeEvento.REFERENCIA_CANCELADA,
}


class NotaNoSirve(Exception):
    """The note is not finished, or not of the kind that travels."""


class SinDestino(Exception):
    """No agreement in force lets this patient be referred there."""


class OtraPersona(Exception):
    """The CURP of whom was referred is not that of the record."""


def solicitar(
    acceso: Acceso,
    *,
    convenio_id: UUID,
    nota_id: UUID,
    servicio: str,
    prioridad: Prioridad,
    ahora: datetime,
) -> UUID:
    """Refer the patient with a finished note of referral; returns the referral's id.

    The partner may ask for the patient from now on. Raises `SinDestino`, `NotaNoSirve`.
    """
    acceso.exigir(Permiso.EXPEDIENTE_COMPARTIR)
    a = convenios.destino(convenio_id, ahora=ahora)
    if a is None or ConPacientes.REFERENCIA.value not in a.bases:
        raise SinDestino(str(convenio_id))
    _exigir_nota(acceso, nota_id, NOTAS_QUE_REFIEREN)
    referencia = Referencia(
        folio=uuid7(),
        sentido=Sentido.ENVIADA,
        convenio=a.convenio,
        cliente=a.cliente,
        paciente=acceso.paciente,
        prioridad=prioridad,
        creada_at=ahora,
        solicitante=acceso.actor.id,
        solicitud=uuid7(),
        tarea=uuid7(),
        nota=nota_id,
    )
    mensaje = _mensaje(referencia, Paso.SOLICITUD, ahora, servicio=servicio, a=a.institucion)
    sujeto = {"reference": f"Patient/{acceso.paciente}"}
    orden = mensajes.solicitud_de(mensaje, sujeto=sujeto, id=referencia.solicitud)
    orden["requester"] = {
        "reference": f"Practitioner/{acceso.actor.id}",
        "display": acceso.actor.nombre,
    }
    assert referencia.solicitud is not None
    _escribir(
        acceso,
        referencia,
        Paso.SOLICITUD,
        Estado.SOLICITADA,
        mensaje,
        ahora,
        ademas=[Escritura(acceso, _sin_id(orden), referencia.solicitud)],
        al_escribir=lambda: compartidos.compartir(
            acceso,
            convenio_id=a.convenio,
            base=ConPacientes.REFERENCIA,
            hasta=ahora + DURA,
            documento=nota_id,
            ahora=ahora,
        ),
    )
    return referencia.id


def aceptar(alcance: Alcance, *, referencia_id: UUID, paciente: UUID, ahora: datetime) -> None:
    """Accept a referral for `paciente`, who has the CURP of whom was referred.

    What was sent becomes part of the record, by the hand and within the reach of the partner, whom
    it says it comes from. Raises `ReferenciaInexistente`, `PasoInvalido`, `OtraPersona`,
    `AccesoDenegado`, and what writing raises.
    """
    alcance.exigir(Permiso.REFERENCIA_ATENDER)
    acceso = decision.abrir_paciente(
        alcance.actor, paciente, Permiso.REFERENCIA_ATENDER, ahora=ahora
    )
    referencia = Referencia.objects.filter(pk=referencia_id).first()
    if referencia is None:
        raise ReferenciaInexistente(str(referencia_id))
    estado = pasos.siguiente(Estado(referencia.estado), Paso.ACEPTACION, Sentido.RECIBIDA)
    mensaje = contenido_de(referencia)
    if curp_de(mensaje) not in {i.curp for i in _identidad(alcance, paciente)}:
        raise OtraPersona(str(referencia_id))
    referencia.paciente = paciente
    compartir = partial(
        compartidos.por_referencia,
        acceso,
        convenio_id=referencia.convenio,
        documento=referencia.folio,
        ahora=ahora,
    )
    # For as long as it takes to write; for good, with what is written.
    compartir(hasta=ahora + MIENTRAS)
    aliado = acceso_de_aliado(referencia, Permiso.RECURSO_ESCRIBIR, ahora=ahora)

    def antes() -> None:
        pasos.siguiente(Estado(tomar(referencia_id).estado), Paso.ACEPTACION, Sentido.RECIBIDA)
        compartir(hasta=ahora + DURA)
        referencia.contenido = None
        _pasar(alcance, referencia, Paso.ACEPTACION, estado, ahora)

    incorporar(
        aliado,
        referencia,
        mensaje,
        estado=estado,
        tipo=TipoDeEvento.REFERENCIA_RECIBIDA,
        antes=antes,
        ahora=ahora,
    )


def rechazar(alcance: Alcance, *, referencia_id: UUID, motivo: str, ahora: datetime) -> None:
    """Say that the patient cannot be received, and why. Raises `ReferenciaInexistente`,
    `PasoInvalido`."""
    alcance.exigir(Permiso.REFERENCIA_ATENDER)
    with transaction.atomic(durable=True):
        referencia = tomar(referencia_id)
        estado = pasos.siguiente(
            Estado(referencia.estado), Paso.RECHAZO, Sentido(referencia.sentido)
        )
        referencia.motivo = sobres.sellar(USO_DE_MOTIVO, referencia.id, motivo)
        referencia.contenido = None
        _pasar(alcance, referencia, Paso.RECHAZO, estado, ahora)


def atender(acceso: Acceso, *, referencia_id: UUID, ahora: datetime) -> None:
    """Say that the patient is being treated. Raises `ReferenciaInexistente`, `PasoInvalido`."""
    _dar(acceso, referencia_id, Paso.ATENCION, ahora)


def responder(acceso: Acceso, *, referencia_id: UUID, nota_id: UUID, ahora: datetime) -> None:
    """Answer with a finished counter-referral. Also raises `NotaNoSirve`."""
    _exigir_nota(acceso, nota_id, NOTAS_QUE_RESPONDEN)
    _dar(acceso, referencia_id, Paso.RESPUESTA, ahora, nota=nota_id)


def acusar(acceso: Acceso, *, referencia_id: UUID, ahora: datetime) -> None:
    """Say that the counter-referral was read: the referral is over."""
    _dar(acceso, referencia_id, Paso.ACUSE, ahora)


def cancelar(acceso: Acceso, *, referencia_id: UUID, motivo: str, ahora: datetime) -> None:
    """Take a referral back, before it is attended."""
    _dar(acceso, referencia_id, Paso.CANCELACION, ahora, motivo=motivo)


def _dar(
    acceso: Acceso,
    referencia_id: UUID,
    paso: Paso,
    ahora: datetime,
    *,
    motivo: str = "",
    nota: UUID | None = None,
) -> None:
    acceso.exigir(Permiso.EXPEDIENTE_COMPARTIR)
    referencia = Referencia.objects.filter(pk=referencia_id, paciente=acceso.paciente).first()
    if referencia is None:
        raise ReferenciaInexistente(str(referencia_id))
    estado = pasos.siguiente(Estado(referencia.estado), paso, Sentido(referencia.sentido))
    visto = referencia.estado
    if motivo:
        referencia.motivo = sobres.sellar(USO_DE_MOTIVO, referencia.id, motivo)
    referencia.respuesta = nota or referencia.respuesta
    mensaje = _mensaje(referencia, paso, ahora, motivo=motivo, nota=nota)

    def nadie_mas() -> None:
        ahora_esta = Referencia.objects.select_for_update().get(pk=referencia.pk).estado
        if ahora_esta != visto:
            raise PasoInvalido(f"{paso} desde {ahora_esta}")

    _escribir(acceso, referencia, paso, estado, mensaje, ahora, al_escribir=nadie_mas)


def _escribir(
    acceso: Acceso,
    referencia: Referencia,
    paso: Paso,
    estado: Estado,
    mensaje: Mensaje,
    ahora: datetime,
    *,
    al_escribir: Callable[[], Any],
    ademas: list[Escritura] | None = None,
) -> None:
    """The step of somebody of ours about a patient of ours, in one act."""

    def antes() -> None:
        al_escribir()
        _pasar(acceso, referencia, paso, estado, ahora)

    escrituras = [*(ademas or ()), escritura_de_tarea(acceso, referencia, mensaje, estado)]
    escritos.escribir(escrituras, ahora=ahora, tipo=EVENTO_DE[paso], antes=antes)


def escritura_de_tarea(
    acceso: Acceso, referencia: Referencia, mensaje: Mensaje, estado: Estado
) -> Escritura:
    """The Task of the referral in the patient's record: a new one, or its successor."""
    assert referencia.tarea is not None
    anterior = recursos.sellado("Task", referencia.tarea)
    sujeto = {"reference": f"Patient/{acceso.paciente}"}
    tarea = mensajes.tarea_de(mensaje, estado, sujeto=sujeto)
    if anterior is not None:
        antes = fhir.json.leer(recursos.abrir(acceso, anterior))
        conserva = ("basedOn", "output", "requester", "owner", "authoredOn", "meta")
        tarea = {**{c: antes[c] for c in conserva if c in antes}, **tarea}
    elif referencia.solicitud is not None:
        tarea["basedOn"] = [{"reference": f"ServiceRequest/{referencia.solicitud}"}]
    tarea.setdefault("authoredOn", referencia.creada_at.isoformat(timespec="milliseconds"))
    version = anterior.version if anterior is not None else None
    return Escritura(acceso, _sin_id(tarea), referencia.tarea, version)


def incorporar(
    aliado: Acceso,
    referencia: Referencia,
    mensaje: Mensaje,
    *,
    estado: Estado,
    tipo: TipoDeEvento,
    antes: Callable[[], None],
    ahora: datetime,
) -> None:
    """Keep in the record what the partner sent with a step; `antes` saves the rest in the same act.

    `aliado` is the partner's own proof: what the agreement does not let it write raises.
    """
    assert referencia.paciente is not None
    # As it is registered here, whatever the message calls itself.
    institucion = identidad.quienes([referencia.cliente]).get(referencia.cliente, "")
    llegados = list(mensaje.recursos)
    if mensaje.paso is Paso.SOLICITUD:
        sujeto = {"reference": f"Patient/{referencia.paciente}"}
        llegados.append(mensajes.solicitud_de(mensaje, sujeto=sujeto))
    nuevos = mensajes.propios(
        llegados,
        paciente=referencia.paciente,
        cliente=referencia.cliente,
        institucion=institucion,
    )
    for (id_, recurso), llegado in zip(
        nuevos, (r for r in llegados if r["resourceType"] != "Patient"), strict=True
    ):
        if recurso["resourceType"] == "ServiceRequest":
            referencia.solicitud = id_
        if mensaje.nota and llegado.get("id") == mensaje.nota:
            if mensaje.paso is Paso.SOLICITUD:
                referencia.nota = id_
            else:
                referencia.respuesta = id_
    if referencia.tarea is None:
        referencia.tarea = uuid7()
    local = referencia.respuesta if mensaje.paso is Paso.RESPUESTA else None
    dicho = _mensaje(referencia, mensaje.paso, ahora, motivo=mensaje.motivo, nota=local)
    escrituras = [Escritura(aliado, recurso, id_) for id_, recurso in nuevos]
    escrituras.append(escritura_de_tarea(aliado, referencia, dicho, estado))
    escritos.escribir(escrituras, ahora=ahora, tipo=tipo, antes=antes)


def _pasar(
    prueba: Prueba, referencia: Referencia, paso: Paso, estado: Estado, ahora: datetime
) -> None:
    mover(referencia, estado, ahora=ahora)
    roles = sorted(prueba.actor.roles)
    Envio.objects.create(
        referencia=referencia,
        paso=paso,
        por=prueba.actor.id,
        rol=roles[0].value if roles else "sistema",
        situacion=Envio.Situacion.PENDIENTE,
        proximo_at=ahora,
        creado_at=ahora,
    )
    if isinstance(prueba, Acceso):
        return  # its own act says it
    pacientes = (referencia.paciente,) if referencia.paciente else ()
    detalle = {"referencia": str(referencia.id), "convenio": str(referencia.convenio)}
    bitacora.anexar(
        [asiento(prueba, EVENTO_DE[paso], ahora=ahora, detalle=detalle, pacientes=pacientes)]
    )


def _mensaje(
    referencia: Referencia,
    paso: Paso,
    ahora: datetime,
    *,
    servicio: str = "",
    motivo: str = "",
    nota: UUID | None = None,
    a: str = "",
) -> Mensaje:
    """The step as our own Task tells it."""
    citada = nota or (referencia.nota if paso is Paso.SOLICITUD else None)
    return Mensaje(
        id=uuid7(),
        paso=paso,
        folio=referencia.folio,
        prioridad=Prioridad(referencia.prioridad),
        emisor="",
        receptor=a,
        momento=ahora,
        servicio=servicio,
        motivo=motivo,
        nota=str(citada) if citada else "",
    )


def _exigir_nota(acceso: Acceso, nota_id: UUID, claves: tuple[str, ...]) -> None:
    nota = notas.nota(acceso, nota_id=nota_id)
    if nota is None or not nota.finalizada or nota.tipo is None or nota.tipo.clave not in claves:
        raise NotaNoSirve(str(nota_id))


def _identidad(alcance: Alcance, paciente: UUID) -> list[personas.ResumenDeIdentidad]:
    return list(personas.por_ids(alcance, [paciente]).values())


def _sin_id(recurso: dict[str, Any]) -> dict[str, Any]:
    return {clave: valor for clave, valor in recurso.items() if clave != "id"}
