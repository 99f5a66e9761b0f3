"""The constant cast: the same people, machines and places in every test."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cache
from uuid import UUID

from django.contrib.auth.hashers import make_password

from consentimiento import decision
from consentimiento.motivos import MotivoDeConsulta
from ece.identidad.models import Asignacion, Institucion, Profesional, Unidad, Usuario
from ece.identidad.selectors import actor_de_usuario
from ece.identidad.services import clientes
from ece.nucleo.acceso import Acceso, Actor, Asignado
from ece.nucleo.roles import Permiso, Rol
from interoperabilidad.oauth import credenciales
from registros.services import citas, encuentros, pacientes
from registros.services.citas import Lugar
from registros.services.encuentros import ClaseDeEncuentro
from registros.services.pacientes import Identificacion

AHORA = datetime(2026, 11, 23, 16, 0, tzinfo=UTC)
CONTRASENA = "Demo-ECE-2026"

INTEGRACION = Actor(
    id=UUID("00000000-0000-7000-8000-00000000c001"),
    clase="cliente",
    nombre="Integración",
    asignaciones=(Asignado(Rol.INTEGRACION),),
)
SIN_CONVENIO = Actor(
    id=UUID("00000000-0000-7000-8000-00000000c002"), clase="cliente", nombre="Sin convenio"
)

XOCHITL = Identificacion(
    nombre="Xóchitl",
    primer_apellido="Ibáñez",
    segundo_apellido="Peña",
    fecha_nacimiento=date(1984, 5, 17),
    sexo_curp="M",
    sexo_biologico="femenino",
    sin_curp_motivo="en trámite",
    entidad_nacimiento="OC",
    telefono="9511234567",
)


@dataclass(frozen=True)
class Elenco:
    """Who works here, and where."""

    consulta: UUID
    urgencias: UUID
    medica: Usuario
    medico_ajeno: Usuario
    enfermera: Usuario
    laboratorio: Usuario
    archivo: Usuario
    de_urgencias: Usuario

    def actor(self, usuario: Usuario) -> Actor:
        return actor_de_usuario(usuario, ahora=AHORA)


def reunir() -> Elenco:
    """Create the institution, its units and its people."""
    institucion = Institucion.objects.create(nombre="Hospital General de Ejemplo")
    consulta, urgencias, otra = Unidad.objects.bulk_create(
        Unidad(institucion=institucion, nombre=nombre, clues=f"OCSSA{numero:06d}")
        for numero, nombre in enumerate(("Consulta externa", "Urgencias", "Otra consulta"), 1)
    )
    puestos = (
        ("medica", "Elena", Rol.MEDICO, consulta, "1000001"),
        ("medico-ajeno", "Hugo", Rol.MEDICO, otra, "1000002"),
        ("enfermera", "Irma", Rol.ENFERMERIA, consulta, "1000003"),
        ("laboratorio", "Luis", Rol.LABORATORIO, None, ""),
        ("archivo", "Ana", Rol.ARCHIVO, None, ""),
        ("urgencias", "Óscar", Rol.URGENCIAS, urgencias, "1000004"),
    )
    personas = Usuario.objects.bulk_create(
        Usuario(username=clave, password=_contrasena(), first_name=nombre, last_name="de Ejemplo")
        for clave, nombre, *_ in puestos
    )
    Asignacion.objects.bulk_create(
        Asignacion(usuario=quien, rol=rol, unidad=unidad, desde=AHORA - timedelta(days=365))
        for quien, (_, _, rol, unidad, _) in zip(personas, puestos, strict=True)
    )
    Profesional.objects.bulk_create(
        Profesional(usuario=quien, cedula=cedula)
        for quien, (*_, cedula) in zip(personas, puestos, strict=True)
        if cedula
    )
    return Elenco(consulta.pk, urgencias.pk, *personas)


@cache
def _contrasena() -> str:
    return make_password(CONTRASENA)


def registrar(elenco: Elenco, identificacion: Identificacion = XOCHITL) -> UUID:
    """Archivo registers a patient; returns the id."""
    admision = decision.admitir(elenco.actor(elenco.archivo), ahora=AHORA)
    return pacientes.registrar(admision, identificacion=identificacion, ahora=AHORA)


def en_consulta(elenco: Elenco, paciente: UUID) -> UUID:
    """Archivo opens a visit of the patient with `medica`; returns the visit's id."""
    acceso = decision.abrir_paciente(
        elenco.actor(elenco.archivo), paciente, Permiso.ENCUENTRO_ABRIR, ahora=AHORA
    )
    return encuentros.abrir(
        acceso,
        clase=ClaseDeEncuentro.CONSULTA_EXTERNA,
        motivo="Control",
        unidad_id=elenco.consulta,
        responsable_id=elenco.medica.pk,
        ahora=AHORA,
    )


def citada(elenco: Elenco, paciente: UUID) -> UUID:
    """Archivo books the patient with `medica`; returns the appointment's id."""
    acceso = decision.abrir_paciente(
        elenco.actor(elenco.archivo), paciente, Permiso.CITA_PROGRAMAR, ahora=AHORA
    )
    lugar = Lugar(elenco.medica.pk, elenco.consulta, AHORA, AHORA + citas.DURACION)
    return citas.programar(acceso, lugar=lugar, motivo="Control", ahora=AHORA)


def acceso_de_medica(elenco: Elenco, paciente: UUID) -> Acceso:
    return decision.abrir_paciente(
        elenco.actor(elenco.medica),
        paciente,
        Permiso.EXPEDIENTE_LEER,
        ahora=AHORA,
        motivo=MotivoDeConsulta.SEGUIMIENTO,
    )


def registrar_clientes() -> None:
    """The machines that may call: `integracion` and `sin-convenio`, with the demo's secret."""
    credenciales.olvidar()
    for nombre, rol in (("integracion", Rol.INTEGRACION), ("sin-convenio", None)):
        clientes.registrar(client_id=nombre, nombre=nombre, rol=rol, secreto=CONTRASENA)
