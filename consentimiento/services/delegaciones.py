"""Letting in a person one trusts: a code, who redeemed it, and a yes to that person by name."""

import hmac
from collections.abc import Iterator
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from auditoria import bitacora
from auditoria.actos import acto
from auditoria.bitacora import NuevoEvento
from auditoria.tipos import Resultado, TipoDeEvento
from consentimiento import frases
from consentimiento.decision.reglas import SENSIBLES
from consentimiento.decision.terminos import Proposito
from consentimiento.directivas import Destino, Directiva, Rango
from consentimiento.models import AlcanceDelegado, Delegacion
from consentimiento.services import concesiones, directivas
from consentimiento.services.concesiones import Motivo
from ece.nucleo import codigos, llavero
from ece.nucleo.acceso import Acceso, Actor
from ece.nucleo.reserva import TODO, Ambito
from ece.nucleo.roles import Permiso

__all__ = ["AlcanceDelegado", "canjear", "confirmar", "ofrecer", "retirar"]

VALE = timedelta(days=3)
"""How long a code waits to be redeemed."""
LO_MAS = timedelta(days=366)
PERMISOS = (Permiso.PACIENTE_LEER, Permiso.EXPEDIENTE_LEER, Permiso.EXPEDIENTE_IMPRIMIR)
_LARGO = 12
"""Sixty bits, without the letters that are taken for others."""
_DE_ALCANCE = {
    AlcanceDelegado.CITAS_Y_RESULTADOS: frases.DATOS["citas"][1] | frases.DATOS["resultados"][1]
}


class CodigoInvalido(Exception):
    """Nobody offered that code, or it was used, taken back, or is past its time."""


class DelegacionInexistente(Exception):
    """There is no such delegation of this patient, or it is not waiting for this."""


class TerminoInvalido(Exception):
    """A delegation ends, within a year."""


def ofrecer(
    acceso: Acceso,
    *,
    alcance: AlcanceDelegado,
    con_sensibles: bool,
    hasta: datetime,
    ahora: datetime,
) -> str:
    """A code to hand to a person one trusts; it is shown this once. Raises `TerminoInvalido`."""
    acceso.exigir(Permiso.DELEGACION_OTORGAR)
    if not ahora < hasta <= ahora + LO_MAS:
        raise TerminoInvalido
    codigo = codigos.nuevo(_LARGO)
    with transaction.atomic():
        delegacion = Delegacion.objects.create(
            paciente=acceso.paciente,
            codigo=_huella(codigo),
            alcance=alcance,
            con_sensibles=con_sensibles,
            ofrecida_at=ahora,
            caduca_at=ahora + VALE,
            hasta=hasta,
        )
        _anexar(TipoDeEvento.DELEGACION_OFRECIDA, acceso.actor, delegacion, ahora, acceso)
    return codigos.en_grupos(codigo)


def canjear(actor: Actor, *, codigo: str, ahora: datetime) -> None:
    """Say who the code was handed to. It opens nothing yet. Raises `CodigoInvalido`."""
    with transaction.atomic():
        delegacion = (
            Delegacion.objects.select_for_update()
            .filter(
                codigo=_huella(codigo),
                usuario=None,
                retirada_at=None,
                caduca_at__gt=ahora,
                hasta__gt=ahora,
            )
            .first()
        )
        if delegacion is None or actor.paciente_propio == delegacion.paciente:
            raise CodigoInvalido
        delegacion.usuario_id = actor.id
        delegacion.save(update_fields=["usuario"])
        _anexar(TipoDeEvento.DELEGACION_ACEPTADA, actor, delegacion, ahora)


def confirmar(acceso: Acceso, *, delegacion_id: UUID, ahora: datetime) -> None:
    """Let in who redeemed the code: a grant, and the directives that say what it does not reach.

    Raises `DelegacionInexistente`.
    """
    acceso.exigir(Permiso.DELEGACION_OTORGAR)
    acceso.exigir(Permiso.DIRECTIVA_REGISTRAR)
    with acto(
        acceso,
        tipo=TipoDeEvento.DELEGACION_CONFIRMADA,
        ahora=ahora,
        detalle={"delegacion": str(delegacion_id)},
    ) as el_acto:
        delegacion = _suya(acceso, delegacion_id)
        usuario = delegacion.usuario
        if usuario is None or delegacion.concesion is not None or delegacion.hasta <= ahora:
            raise DelegacionInexistente(str(delegacion_id))
        nombres = {str(usuario.pk): usuario.nombre}
        delegacion.directivas = [
            directivas.anotar(
                acceso,
                el_acto,
                directiva=directiva,
                nombres=nombres,
                explicacion=frases.explicar(directiva, nombres),
                ahora=ahora,
            )
            for directiva in _directivas(delegacion)
        ]
        delegacion.concesion = concesiones.otorgar(
            usuario_id=usuario.pk,
            paciente=acceso.paciente,
            permisos=PERMISOS,
            motivo=Motivo.DELEGADO,
            desde=ahora,
            hasta=delegacion.hasta,
        )
        delegacion.save(update_fields=["directivas", "concesion"])


def retirar(acceso: Acceso, *, delegacion_id: UUID, ahora: datetime) -> None:
    """Shut the door at once, in whatever state it is. Raises `DelegacionInexistente`."""
    acceso.exigir(Permiso.DELEGACION_OTORGAR)
    with transaction.atomic():
        delegacion = _suya(acceso, delegacion_id)
        if delegacion.concesion is None:
            delegacion.retirada_at = ahora
            delegacion.save(update_fields=["retirada_at"])
            _anexar(TipoDeEvento.DELEGACION_RETIRADA, acceso.actor, delegacion, ahora, acceso)
            return
    with acto(
        acceso,
        tipo=TipoDeEvento.DELEGACION_RETIRADA,
        ahora=ahora,
        detalle={"delegacion": str(delegacion_id)},
    ) as el_acto:
        delegacion = _suya(acceso, delegacion_id)
        assert delegacion.concesion is not None
        concesiones.cerrar(delegacion.concesion, ahora=ahora)
        directivas.revocar_todas(acceso, el_acto, ids=delegacion.directivas, ahora=ahora)
        delegacion.retirada_at = ahora
        delegacion.save(update_fields=["retirada_at"])


def _suya(acceso: Acceso, id: UUID) -> Delegacion:
    delegacion = (
        Delegacion.objects.select_for_update(of=("self",))
        .select_related("usuario")
        .filter(pk=id, paciente=acceso.paciente, retirada_at=None)
        .first()
    )
    if delegacion is None:
        raise DelegacionInexistente(str(id))
    return delegacion


def _directivas(delegacion: Delegacion) -> Iterator[Directiva]:
    """What is let in and, narrower, what is not: the decision weighs both like any other."""
    de_ella = Directiva(
        delegacion.pk,
        permite=True,
        destinos=frozenset({Destino(Rango.PERSONA, str(delegacion.usuario_id))}),
        propositos=frozenset({Proposito.FAMRQT.value}),
        hasta=delegacion.hasta,
    )

    def tambien(permite: bool, ambito: Ambito) -> Directiva:
        return Directiva(
            de_ella.consentimiento,
            permite,
            de_ella.destinos,
            de_ella.propositos,
            ambito,
            hasta=de_ella.hasta,
        )

    tipos = _DE_ALCANCE.get(AlcanceDelegado(delegacion.alcance))
    if tipos is None:
        yield de_ella
    else:
        yield tambien(True, Ambito(tipos=tipos))
        yield tambien(False, TODO)
    if not delegacion.con_sensibles:
        yield tambien(False, Ambito(etiquetas=SENSIBLES))


def _huella(codigo: str) -> bytes:
    limpio = "".join(c for c in codigo.upper() if c.isalnum())
    return hmac.digest(llavero.clave_de_indice("delegacion"), limpio.encode(), "sha256")


def _anexar(
    tipo: TipoDeEvento,
    actor: Actor,
    delegacion: Delegacion,
    ahora: datetime,
    acceso: Acceso | None = None,
) -> None:
    evento = NuevoEvento(
        tipo=tipo,
        resultado=Resultado.HECHO,
        actor=actor,
        momento=ahora,
        pacientes=(delegacion.paciente,),
        fundamento=acceso.fundamento if acceso else "delegacion",
        decision=acceso.decision if acceso else None,
        detalle={"delegacion": str(delegacion.pk)},
    )
    bitacora.anexar([evento])
