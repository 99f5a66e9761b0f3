"""Who would cease to see what, before a directive is given: the decision itself, asked twice."""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum, unique

from consentimiento.decision import hechos as los_hechos
from consentimiento.decision.politica import decidir
from consentimiento.decision.reglas import ROLES_DE_UNIDAD
from consentimiento.decision.terminos import Decision, Relacion, Solicitud
from consentimiento.directivas import Directiva
from consentimiento.models import Concesion
from ece.identidad import selectors as identidad
from ece.nucleo.acceso import Acceso, Actor
from ece.nucleo.roles import Permiso
from registros.selectors import cercanos


@unique
class Cambio(StrEnum):
    TODO = "todo"  # ceases to see the record
    PARTE = "parte"  # ceases to see some of it
    GANA = "gana"  # sees more than today


@dataclass(frozen=True, slots=True)
class Efecto:
    """What changes for one person; `atiende`: they treat the patient in a visit that is open."""

    nombre: str
    cambio: Cambio
    atiende: bool


def previstos(acceso: Acceso, *, directiva: Directiva, ahora: datetime) -> list[Efecto]:
    """What `directiva` would change today for whoever has an open relation with the patient.

    Whoever would notice nothing is left out. Nothing is written, and nobody opens the record.
    """
    acceso.exigir(Permiso.DIRECTIVA_REGISTRAR)
    efectos = [
        efecto
        for actor in _actores(acceso, ahora)
        if (efecto := _de(actor, acceso, directiva, ahora))
    ]
    return sorted(efectos, key=lambda e: (not e.atiende, list(Cambio).index(e.cambio), e.nombre))


def nombres_cercanos(acceso: Acceso, *, ahora: datetime) -> list[str]:
    """The names of those people, to choose one without spelling it."""
    return sorted({actor.nombre for actor in _actores(acceso, ahora)})


def _actores(acceso: Acceso, ahora: datetime) -> list[Actor]:
    cerca = cercanos.de_paciente(acceso, ahora=ahora)
    otorgados = Concesion.objects.filter(
        paciente=acceso.paciente, desde__lte=ahora, hasta__gt=ahora
    ).values_list("usuario_id", flat=True)
    personas = {*cerca.personas, *otorgados} - {acceso.actor.id}
    return identidad.actores(
        personas=personas, unidades=cerca.unidades, roles=ROLES_DE_UNIDAD, ahora=ahora
    )


def _de(actor: Actor, acceso: Acceso, directiva: Directiva, ahora: datetime) -> Efecto | None:
    hechos = los_hechos.de_paciente(actor, acceso.paciente, ahora=ahora)
    con_ella = replace(hechos, directivas=(*hechos.directivas, directiva))
    antes, despues = (
        decidir(Solicitud(actor, Permiso.EXPEDIENTE_LEER, unos, ahora))
        for unos in (hechos, con_ella)
    )
    cambio = _cambio(antes, despues, directiva)
    if cambio is None:
        return None
    return Efecto(actor.nombre, cambio, Relacion.ENCUENTRO_RESPONSABLE in hechos.relaciones)


def _cambio(antes: Decision, despues: Decision, directiva: Directiva) -> Cambio | None:
    if antes.permitido and not despues.permitido:
        return Cambio.TODO
    if not despues.permitido or (antes.permitido and antes.reserva == despues.reserva):
        return None
    return Cambio.GANA if directiva.permite else Cambio.PARTE
