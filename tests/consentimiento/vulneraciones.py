"""A breach of personal data, noted and confirmed by the officer."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from consentimiento import decision
from consentimiento.services import vulneraciones
from consentimiento.services.vulneraciones import ClaseDeVulneracion
from ece.nucleo.acceso import Alcance
from ece.nucleo.roles import Permiso
from tests.consentimiento.solicitudes import oficial
from tests.elenco import AHORA, Elenco

DICHO = {
    "naturaleza": "Se perdió una computadora portátil con el disco cifrado.",
    "datos": "Nombre y número de expediente.",
    "recomendaciones": "Desconfíe de quien le llame en nombre del hospital.",
    "correctivas": "Se anuló la clave del equipo.",
    "informes": "Oficina de privacidad, planta baja.",
}
DESCRIPCION = "Robaron un equipo del consultorio 3."


def de_oficial(elenco: Elenco, *, ahora: datetime = AHORA) -> Alcance:
    actor = elenco.actor(oficial(elenco))
    return decision.alcanzar(actor, Permiso.REVISION_ATENDER, motivo="privacidad", ahora=ahora)


def registrada(
    elenco: Elenco, pacientes: Collection[UUID] = (), *, ahora: datetime = AHORA
) -> UUID:
    alcance = de_oficial(elenco, ahora=ahora)
    id_ = vulneraciones.registrar(
        alcance,
        clase=ClaseDeVulneracion.ROBO,
        ocurrida=ahora.date(),
        textos={"descripcion": DESCRIPCION},
        ahora=ahora,
    )
    vulneraciones.senalar(alcance, vulneracion_id=id_, pacientes=pacientes, ahora=ahora)
    return id_


def confirmada(
    elenco: Elenco, pacientes: Collection[UUID] = (), *, ahora: datetime = AHORA
) -> UUID:
    id_ = registrada(elenco, pacientes, ahora=ahora)
    alcance = de_oficial(elenco, ahora=ahora)
    vulneraciones.confirmar(alcance, vulneracion_id=id_, textos=DICHO, ahora=ahora)
    return id_
