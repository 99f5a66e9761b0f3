"""The agreement of the demonstration: drafted, signed by both, in force; and a patient shared."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID

import jwt
from django.conf import settings

from consentimiento import decision
from consentimiento.convenios import (
    Base,
    ConPacientes,
    Contacto,
    Firmante,
    Proposito,
    Terminos,
)
from consentimiento.decision import AccesoDenegado, MotivoRequerido
from consentimiento.selectors import convenios as selectores
from consentimiento.services import compartidos, convenios
from ece.demo import elenco
from ece.demo.elenco import Gente
from ece.identidad import aplicaciones
from ece.identidad.selectors import actor_activo
from ece.nucleo.acceso import Actor, Alcance
from ece.nucleo.roles import Permiso

FOLIO = "DEMO-2026-001"
SALE = frozenset(
    {"Patient", "AllergyIntolerance", "Condition", "MedicationRequest", "Observation"}
    | {"DiagnosticReport", "Immunization", "Encounter", "Procedure", "Composition"}
    | {"ServiceRequest", "Organization", "Practitioner", "Location"}
)
ENTRA = frozenset({"Observation", "DiagnosticReport", "DocumentReference", "Composition"})


def sembrar(gente: Gente, *, ahora: datetime) -> None:
    """Write and put in force the agreement with `hospital-aliado`, unless there is one."""
    enlace, direccion = (_actor(gente, quien, ahora) for quien in ("enlace", "direccion"))
    gobierna = _alcance(enlace, Permiso.CONVENIO_GOBERNAR, ahora)
    aliado = next(a for a in aplicaciones.aliados() if a.client_id == "hospital-aliado")
    try:
        id_ = convenios.redactar(gobierna, terminos=terminos(aliado.id, ahora), ahora=ahora)
    except convenios.FolioRepetido:
        return
    convenios.firmar(
        _alcance(direccion, Permiso.CONVENIO_FIRMAR, ahora), convenio_id=id_, ahora=ahora
    )
    lee = _alcance(enlace, Permiso.CONVENIO_LEER, ahora)
    visto = selectores.uno(lee, convenio_id=id_, ahora=ahora)
    assert visto is not None
    llave = (Path(settings.ECE_HOME) / "demo" / "hospital-aliado.pem").read_text()
    jws = jwt.api_jws.PyJWS().encode(
        visto.canonico, llave, algorithm="ES384", headers={"kid": "k1"}, is_payload_detached=True
    )
    convenios.recibir_firma(gobierna, convenio_id=id_, jws=jws, ahora=ahora)
    convenios.iniciar(gobierna, convenio_id=id_, ahora=ahora)


def compartir(gente: Gente, pacientes: Sequence[UUID], *, ahora: datetime) -> None:
    """The physician of the demonstration refers `pacientes` to the partner."""
    vigentes = selectores.vigentes(ahora=ahora)
    medica = _actor(gente, "medica", ahora)
    for paciente in pacientes:
        try:
            acceso = decision.abrir_paciente(
                medica, paciente, Permiso.EXPEDIENTE_COMPARTIR, ahora=ahora
            )
        except (AccesoDenegado, MotivoRequerido):  # somebody she has no appointment with today
            continue
        if vigentes and not selectores.de_paciente(acceso, ahora=ahora):
            compartidos.compartir(
                acceso,
                convenio_id=vigentes[0][0],
                base=ConPacientes.REFERENCIA,
                hasta=ahora + timedelta(days=180),
                ahora=ahora,
            )


def terminos(aliado: UUID, ahora: datetime) -> Terminos:
    """What is agreed with the partner of the demonstration."""
    return Terminos(
        folio=FOLIO,
        cliente=aliado,
        nuestra=Firmante(elenco.INSTITUCION, "Adela Pech Moo", "Directora general"),
        aliada=Firmante("Hospital aliado de Ejemplo", "Blas Uitz Cen", "Director general"),
        privacidad=Contacto("Carmen Itzá Poot", "datos@hospital-aliado.example", "9990000000"),
        propositos=frozenset({Proposito.TREAT.value, Proposito.ETREAT.value}),
        bases=frozenset({Base.CONSENTIMIENTO.value, Base.REFERENCIA.value, Base.URGENCIA.value}),
        sale=SALE,
        entra=ENTRA,
        categorias=frozenset(),
        desde=ahora.date() - timedelta(days=1),
        hasta=ahora.date() + timedelta(days=730),
        por_minuto=600,
        por_dia=20_000,
        llaves=selectores.llaves_de_aliado(aliado),
    )


def _actor(gente: Gente, quien: str, ahora: datetime) -> Actor:
    actor = actor_activo(gente.usuarios[quien], ahora=ahora)
    assert actor is not None
    return actor


def _alcance(actor: Actor, permiso: Permiso, ahora: datetime) -> Alcance:
    return decision.alcanzar(actor, permiso, motivo="convenios", ahora=ahora)
