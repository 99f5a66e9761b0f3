"""Enrolment: the institution checks once who somebody is, and hands them a code that opens their
account; nobody can open one from outside.

The code is bound to the CURP and the birth date of whoever will use it, and dies at the third time
that they do not match. What was wrong is never said. A person has one account, known by a keyed
digest of their CURP, whoever's records it opens.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from hmac import compare_digest
from uuid import UUID

from django.db import IntegrityError, transaction

from auditoria import bitacora
from auditoria.bitacora import NuevoEvento
from auditoria.tipos import Resultado, TipoDeEvento
from consentimiento.services import concesiones, recuperacion
from consentimiento.services.concesiones import Motivo
from ece.identidad.models import Contacto, Invitacion, Usuario
from ece.identidad.models.invitacion import Documento, Proposito, Relacion
from ece.nucleo import codigos, sobres
from ece.nucleo.acceso import Acceso, Actor
from ece.nucleo.roles import Permiso
from ece.nucleo.uuid7 import uuid7
from registros.models.paciente import ResumenDeIdentidad
from registros.selectors import expediente

__all__ = [
    "Comprobada",
    "Documento",
    "Emitida",
    "FaltaLaIdentidad",
    "Hecha",
    "InvitacionInvalida",
    "NoEsMenor",
    "NombreOcupado",
    "Persona",
    "Proposito",
    "Relacion",
    "SinCuenta",
    "YaTieneCuenta",
    "comprobar",
    "inscribir",
    "invitar",
    "leer",
    "tiene_cuenta",
]

VIGENCIA = timedelta(days=7)
INTENTOS = 3
LARGO = 12
_VENTANILLA = Actor(id=UUID("00000000-0000-7000-8000-00000000f0f1"), clase="portador", nombre="")
"""Whoever holds a code: nobody has signed in yet."""


class InvitacionInvalida(Exception):
    """The code, the CURP or the date is wrong, or the code is used, expired or dead: not which."""


class FaltaLaIdentidad(Exception):
    """Nothing to bind the code to: no birth date is known."""


class NoEsMenor(Exception):
    """Only a minor is represented by who has parental authority."""


class YaTieneCuenta(Exception):
    """The patient has one already; what may be lost is the way in."""


class SinCuenta(Exception):
    """There is no account to recover."""


class NombreOcupado(Exception):
    """Somebody else signs in with that name."""


@dataclass(frozen=True, slots=True)
class Persona:
    """Whoever will use the code: their CURP (or expediente number) and birth date."""

    curp: str
    nacimiento: date


@dataclass(frozen=True, slots=True)
class Emitida:
    """`codigo` is shown once and kept nowhere."""

    codigo: str
    vence_at: datetime


@dataclass(frozen=True, slots=True)
class Comprobada:
    """A code that was matched; `con_cuenta`: the person has one, which is added to or recovered."""

    id: UUID
    proposito: Proposito
    con_cuenta: bool

    @property
    def pide_contrasena(self) -> bool:
        return not self.con_cuenta or self.proposito is Proposito.RECUPERAR


@dataclass(frozen=True, slots=True)
class Hecha:
    """`rescate`, the recovery code, is shown once; empty when the account's own stands."""

    usuario: str
    rescate: str


def tiene_cuenta(acceso: Acceso) -> bool:
    """Whether the patient signs in already."""
    acceso.exigir(Permiso.PORTAL_INVITAR)
    return Usuario.objects.filter(paciente=acceso.paciente).exists()


def invitar(
    acceso: Acceso,
    *,
    relacion: Relacion,
    proposito: Proposito,
    documento: Documento,
    representante: Persona | None,
    ahora: datetime,
) -> Emitida:
    """A code for the patient, or for who represents a minor; those handed out before are void.

    Whoever calls saw `documento`. Raises `FaltaLaIdentidad`, `NoEsMenor`, `YaTieneCuenta`,
    `SinCuenta`.
    """
    acceso.exigir(Permiso.PORTAL_INVITAR)
    quien, _recurso, _version = expediente.identidad(acceso)
    hasta = confidencial_desde = None
    if relacion is Relacion.TUTELA:
        persona = representante
        if quien.nacimiento is None:
            raise NoEsMenor
        hasta, confidencial_desde = concesiones.termino_de_la_tutela(quien.nacimiento)
        if hasta <= ahora:
            raise NoEsMenor
    else:
        persona = _titular(quien)
    if persona is None:
        raise FaltaLaIdentidad
    _comprobar_cuenta(acceso.paciente, persona, relacion, proposito)
    codigo = codigos.nuevo(LARGO)
    nueva = Invitacion(
        id=uuid7(),
        proposito=proposito,
        relacion=relacion,
        paciente=acceso.paciente,
        codigo=_huella("codigo", codigo),
        curp=_huella("curp", persona.curp),
        nacimiento=_huella("nacimiento", persona.nacimiento.isoformat()),
        documento=documento,
        verificada_por=acceso.actor.id,
        hasta=hasta,
        confidencial_desde=confidencial_desde,
        creada_at=ahora,
        vence_at=ahora + VIGENCIA,
    )
    with transaction.atomic():
        Invitacion.objects.filter(
            paciente=acceso.paciente, relacion=relacion, usada_at=None, curp=nueva.curp
        ).update(anulada_at=ahora)
        nueva.save()
        detalle = {"documento": documento.value, "proposito": proposito.value}
        _anexar(
            TipoDeEvento.INVITACION_EMITIDA,
            acceso.actor,
            nueva,
            ahora,
            fundamento=acceso.fundamento,
            decision=acceso.decision,
            **detalle,
        )
    return Emitida(codigos.en_grupos(codigo), nueva.vence_at)


def comprobar(*, codigo: str, curp: str, nacimiento: date, ahora: datetime) -> Comprobada:
    """Match a code with whom it was handed to. Raises `InvitacionInvalida`."""
    huellas = (_huella("curp", curp), _huella("nacimiento", nacimiento.isoformat()))
    with transaction.atomic():
        invitacion = (
            Invitacion.objects.select_for_update().filter(codigo=_huella("codigo", codigo)).first()
        )
        if invitacion is not None and _viva(invitacion, ahora):
            propias = (bytes(invitacion.curp), bytes(invitacion.nacimiento))
            if all(map(compare_digest, huellas, propias)):
                return _comprobada(invitacion)
            invitacion.intentos += 1
            invitacion.save(update_fields=["intentos"])
            if invitacion.intentos >= INTENTOS:
                _anexar(TipoDeEvento.INVITACION_AGOTADA, _VENTANILLA, invitacion, ahora)
    raise InvitacionInvalida


def leer(id: UUID, *, ahora: datetime) -> Comprobada:
    """What was matched a moment ago, if it still stands. Raises `InvitacionInvalida`."""
    invitacion = Invitacion.objects.filter(pk=id).first()
    if invitacion is None or not _viva(invitacion, ahora):
        raise InvitacionInvalida
    return _comprobada(invitacion)


def inscribir(
    id: UUID, *, usuario: str, contrasena: str, correo: str, idioma: str, ahora: datetime
) -> Hecha:
    """Use a code that was matched: open the account, add a record to it, or set a new password.

    Raises `InvitacionInvalida`, `NombreOcupado`.
    """
    try:
        with transaction.atomic():
            invitacion = Invitacion.objects.select_for_update().filter(pk=id).first()
            if invitacion is None or not _viva(invitacion, ahora):
                raise InvitacionInvalida
            cuenta = _cuenta_de(bytes(invitacion.curp), invitacion)
            rescate = ""
            if cuenta is None:
                cuenta = Usuario.objects.create_user(usuario, password=contrasena)
                rescate = _abrir_contacto(cuenta, invitacion, correo, idioma)
                tipo = TipoDeEvento.CUENTA_INSCRITA
            elif invitacion.proposito == Proposito.RECUPERAR:
                rescate = recuperacion.reponer(cuenta, contrasena)
                tipo = TipoDeEvento.CUENTA_RECUPERADA
            else:
                tipo = TipoDeEvento.CUENTA_INSCRITA
            if invitacion.proposito == Proposito.INSCRIBIR:
                _ligar(cuenta, invitacion, ahora)
            invitacion.usada_at = ahora
            invitacion.save(update_fields=["usada_at"])
            _anexar(tipo, recuperacion.actor_de(cuenta), invitacion, ahora)
    except IntegrityError as error:
        raise NombreOcupado from error
    return Hecha(cuenta.username, rescate)


def _comprobar_cuenta(
    paciente: UUID, persona: Persona, relacion: Relacion, proposito: Proposito
) -> None:
    if relacion is Relacion.TITULAR:
        hay = Usuario.objects.filter(paciente=paciente).exists()
    else:
        hay = Contacto.objects.filter(curp=_huella("curp", persona.curp)).exists()
    if proposito is Proposito.RECUPERAR and not hay:
        raise SinCuenta
    if proposito is Proposito.INSCRIBIR and hay and relacion is Relacion.TITULAR:
        raise YaTieneCuenta


def _titular(quien: ResumenDeIdentidad) -> Persona | None:
    if quien.nacimiento is None:
        return None
    return Persona(quien.curp or quien.expediente, quien.nacimiento)


def _viva(invitacion: Invitacion, ahora: datetime) -> bool:
    return (
        invitacion.usada_at is None
        and invitacion.anulada_at is None
        and invitacion.intentos < INTENTOS
        and invitacion.vence_at > ahora
    )


def _comprobada(invitacion: Invitacion) -> Comprobada:
    cuenta = _cuenta_de(bytes(invitacion.curp), invitacion)
    return Comprobada(invitacion.pk, Proposito(invitacion.proposito), cuenta is not None)


def _cuenta_de(curp: bytes, invitacion: Invitacion) -> Usuario | None:
    """The account of whoever was invited: by their CURP or, of the patient, by their record."""
    contacto = Contacto.objects.filter(curp=curp).select_related("usuario").first()
    if contacto is not None:
        return contacto.usuario
    if invitacion.relacion == Relacion.TITULAR:
        return Usuario.objects.filter(paciente=invitacion.paciente).first()
    return None


def _abrir_contacto(cuenta: Usuario, invitacion: Invitacion, correo: str, idioma: str) -> str:
    contacto = Contacto(usuario=cuenta, curp=bytes(invitacion.curp), idioma=idioma)
    contacto.direccion = correo
    contacto.save()
    return recuperacion.nuevo_rescate(cuenta)


def _ligar(cuenta: Usuario, invitacion: Invitacion, ahora: datetime) -> None:
    if invitacion.relacion == Relacion.TITULAR:
        cuenta.paciente = invitacion.paciente
        cuenta.save(update_fields=["paciente"])
        return
    if concesiones.representa(cuenta.pk, invitacion.paciente, ahora=ahora):
        return
    assert invitacion.hasta is not None
    concesiones.otorgar(
        usuario_id=cuenta.pk,
        paciente=invitacion.paciente,
        permisos=concesiones.DE_REPRESENTANTE,
        motivo=Motivo.TUTELA,
        desde=ahora,
        hasta=invitacion.hasta,
        confidencial_desde=invitacion.confidencial_desde,
    )


def _huella(uso: str, valor: str) -> bytes:
    limpio = "".join(valor.upper().split()).replace("-", "") if uso != "nacimiento" else valor
    return sobres.huella(f"invitacion.{uso}", limpio)


def _anexar(
    tipo: TipoDeEvento,
    actor: Actor,
    invitacion: Invitacion,
    ahora: datetime,
    *,
    fundamento: str = "",
    decision: UUID | None = None,
    **detalle: str,
) -> None:
    detalle = {**detalle, "invitacion": str(invitacion.pk), "relacion": invitacion.relacion}
    bitacora.anexar(
        [
            NuevoEvento(
                tipo=tipo,
                resultado=Resultado.HECHO,
                actor=actor,
                momento=ahora,
                pacientes=(invitacion.paciente,),
                fundamento=fundamento,
                decision=decision,
                detalle=detalle,
            )
        ]
    )
