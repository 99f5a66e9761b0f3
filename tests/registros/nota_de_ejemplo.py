"""Invented contents that satisfy whatever a type of note asks for."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from uuid import UUID

from consentimiento import decision
from consentimiento.motivos import MotivoDeConsulta
from consentimiento.services import concesiones
from ece.identidad.models import Asignacion, Profesional, Usuario
from ece.nucleo.acceso import Acceso
from ece.nucleo.roles import Permiso, Rol
from registros.catalogos.notas import Clase, Forma, Reactivo, TipoDeNota
from registros.services.contenido import Contenido
from registros.services.respuestas import Valor
from tests.elenco import AHORA, CONTRASENA, Elenco
from tests.flujos.expediente_lleno import DIABETES

INSTANTE = datetime(2026, 11, 20, 14, 30, tzinfo=UTC)


def en_puesto(elenco: Elenco, rol: Rol) -> Usuario:
    """Somebody who holds `rol` at the unit of `medica`."""
    usuario = Usuario.objects.create_user(
        rol.value, password=CONTRASENA, first_name=rol.value.title(), last_name="de Ejemplo"
    )
    Asignacion.objects.create(
        usuario=usuario, rol=rol, unidad_id=elenco.consulta, desde=AHORA - timedelta(days=30)
    )
    Profesional.objects.create(
        usuario=usuario, cedula=str(1_000_005 + Profesional.objects.count() - 4)
    )
    return usuario


def con_concesion(elenco: Elenco, usuario: Usuario, paciente: UUID) -> Acceso:
    """An Acceso of somebody to whom the record was granted, to do what their post does in it."""
    permisos = {Permiso.PACIENTE_LEER, Permiso.EXPEDIENTE_LEER}
    permisos |= {Permiso.ORDEN_ATENDER, Permiso.RESULTADO_REGISTRAR}
    permisos |= {Permiso.NOTA_REDACTAR, Permiso.NOTA_FINALIZAR, Permiso.NOTA_CONTRAFIRMAR}
    permisos &= elenco.actor(usuario).permisos
    concesiones.otorgar(
        usuario_id=usuario.pk,
        paciente=paciente,
        permisos=permisos,
        motivo=concesiones.Motivo.EQUIPO,
        desde=AHORA - timedelta(days=1),
        hasta=AHORA + timedelta(days=30),
    )
    pedido = Permiso.NOTA_REDACTAR if Permiso.NOTA_REDACTAR in permisos else Permiso.ORDEN_ATENDER
    return decision.abrir_paciente(
        elenco.actor(usuario),
        paciente,
        pedido,
        ahora=AHORA,
        motivo=MotivoDeConsulta.SEGUIMIENTO,
    )


def acceso_de_quien_escribe(elenco: Elenco, paciente: UUID, tipo: TipoDeNota) -> Acceso:
    propio = tipo.autores & {Rol.PSICOLOGIA, Rol.TRABAJO_SOCIAL}
    if propio:
        return con_concesion(elenco, en_puesto(elenco, *propio), paciente)
    usuario = elenco.medica if Rol.MEDICO in tipo.autores else elenco.enfermera
    return decision.abrir_paciente(
        elenco.actor(usuario), paciente, Permiso.NOTA_REDACTAR, ahora=AHORA
    )


def contenido_completo(tipo: TipoDeNota) -> Contenido:
    """Something written in every section and item, the optional ones too."""
    clases = {seccion.clase for seccion in tipo.secciones}
    return Contenido(
        textos={
            s.clave: f"Lo escrito en {s.clave}." for s in tipo.secciones if s.clase is Clase.TEXTO
        },
        signos={"temperatura": Decimal("36.5")} if Clase.SIGNOS in clases else {},
        diagnosticos=(DIABETES,) if Clase.DIAGNOSTICOS in clases else (),
        respuestas={s.clave_de(r): _valor(r) for s in tipo.secciones for r in s.reactivos},
    )


def _valor(reactivo: Reactivo) -> Valor:
    match reactivo.forma:
        case Forma.OPCION:
            return reactivo.opciones[-1].clave
        case Forma.MOMENTO:
            return INSTANTE
        case Forma.CANTIDAD:
            return Decimal("1250.5")
    return f"Respuesta a {reactivo.clave}"
