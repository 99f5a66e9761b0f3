"""A patient with something of everything, so that every page has what to show."""

from dataclasses import dataclass
from datetime import time, timedelta
from decimal import Decimal
from uuid import UUID

from django.utils import timezone

from consentimiento import decision
from consentimiento.services import muestras
from ece.identidad.models import Asignacion, Usuario
from ece.identidad.selectors import actor_de_usuario
from ece.identidad.services import horarios
from ece.nucleo.roles import Permiso, Rol
from registros.selectors import expediente
from registros.services import alergias, diagnosticos, notas, signos
from registros.services.alergias import Categoria, Criticidad
from registros.services.diagnosticos import NuevoDiagnostico
from registros.services.notas import Contenido
from tests import elenco as reparto
from tests.consentimiento import avisos
from tests.consentimiento.por_revisar import por_revisar
from tests.convenios import pactar
from tests.elenco import AHORA
from tests.flujos import contenido_clinico
from tests.flujos.conftest import Hospital
from tests.flujos.contenido_clinico import Clinico
from tests.flujos.estudios import Estudios, poblar
from tests.registros import cartas, clinica

DIABETES = NuevoDiagnostico("E119", "Diabetes mellitus tipo 2, sin complicación", "prueba")
TEXTOS = {
    "evolucion": "Refiere mejoría; camina treinta minutos al día.\nSin dolor.",
    "pronostico": "Bueno para la vida y la función.",
    "tratamiento": "Metformina 850 mg vía oral cada 12 horas.",
}


@dataclass(frozen=True)
class Lleno:
    encuentro: UUID
    terminada: UUID
    borrador: UUID
    clinico: Clinico
    estudios: Estudios
    cita: UUID
    por_revisar: tuple[UUID, UUID, UUID]
    numero: str
    cartas: tuple[UUID, ...]
    avisos: tuple[UUID, ...]
    convenio: UUID


def llenar(hospital: Hospital) -> Lleno:
    acceso = reparto.acceso_de_medica(hospital.elenco, hospital.paciente)
    encuentro = expediente.encuentros_abiertos(acceso)[0].id
    alergias.registrar(
        acceso,
        sustancia="Penicilina",
        categoria=Categoria.MEDICAMENTO,
        criticidad=Criticidad.ALTA,
        reaccion="Urticaria",
        ahora=AHORA,
    )
    diagnosticos.registrar(acceso, diagnostico=DIABETES, encuentro_id=encuentro, ahora=AHORA)
    clinica.metformina(acceso, encuentro=encuentro)
    for semana in range(12):
        signos.registrar(
            acceso,
            mediciones={
                "sistolica": Decimal(150 - semana),
                "diastolica": Decimal(92 - semana),
                "peso": Decimal(82) - Decimal(semana) / 4,
            },
            encuentro_id=encuentro,
            ahora=AHORA - timedelta(days=7 * semana),
        )
    terminada = notas.redactar(acceso, tipo="evolucion", encuentro_id=encuentro, ahora=AHORA)
    contenido = Contenido(TEXTOS, {"peso": Decimal("80.5")}, (DIABETES,))
    notas.finalizar(acceso, nota_id=terminada, contenido=contenido, version=1, ahora=AHORA)
    notas.adendar(acceso, nota_id=terminada, texto="Se agrega resultado.", ahora=AHORA)
    borrador = notas.redactar(acceso, tipo="evolucion", encuentro_id=encuentro, ahora=AHORA)
    clinico = contenido_clinico.llenar(hospital, acceso)
    estudios = poblar(hospital.elenco, hospital.paciente, encuentro)
    cita = reparto.citada(hospital.elenco, hospital.paciente)
    muestreada(hospital)
    directora = Usuario.objects.create_user("direccion", password=reparto.CONTRASENA)
    Asignacion.objects.create(usuario=directora, rol=Rol.DIRECCION, desde=AHORA)
    unidad = hospital.elenco.consulta
    firmadas = (
        cartas.otorgada(acceso, "cirugia-mayor", unidad),
        cartas.otorgada(acceso, "datos-sensibles", unidad),
    )
    por_firmar = tuple(cartas.preparada(acceso, c, unidad) for c in ("ingreso", "docencia"))
    return Lleno(
        encuentro,
        terminada,
        borrador,
        clinico,
        estudios,
        cita,
        por_revisar(hospital.elenco, hospital.paciente),
        expediente.identidad(acceso)[0].expediente,
        (*firmadas, *por_firmar),
        publicados(hospital),
        pactar().convenio,
    )


def publicados(hospital: Hospital) -> tuple[UUID, UUID]:
    """A privacy notice in force and the draft of the next, by somebody of `privacidad`."""
    usuario = Usuario.objects.create_user("privacidad", password=reparto.CONTRASENA)
    Asignacion.objects.create(usuario=usuario, rol=Rol.PRIVACIDAD, desde=AHORA - timedelta(days=30))
    actor = actor_de_usuario(usuario, ahora=AHORA)
    return avisos.publicado(actor), avisos.borrador(actor)


def muestreada(hospital: Hospital) -> None:
    """The patient's record is drawn for somebody of `calidad`; their unit has an open agenda."""
    elenco, ahora = hospital.elenco, timezone.now()
    horarios.abrir(
        profesional_id=elenco.medica.pk,
        unidad_id=elenco.consulta,
        consultorio="Consultorio 1",
        desde=time(9),
        hasta=time(11),
        minutos=20,
        vigente_desde=AHORA.date() - timedelta(days=30),
    )
    usuario = Usuario.objects.create_user("calidad", password=reparto.CONTRASENA)
    Asignacion.objects.create(usuario=usuario, rol=Rol.CALIDAD, desde=AHORA - timedelta(days=30))
    alcance = decision.alcanzar(
        actor_de_usuario(usuario, ahora=ahora),
        Permiso.CALIDAD_EVALUAR,
        motivo="calidad",
        ahora=ahora,
    )
    muestras.sortear(
        alcance,
        unidad_id=elenco.consulta,
        desde=AHORA - timedelta(days=30),
        hasta=AHORA + timedelta(days=30),
        cuantos=5,
        semilla=7,
        ahora=ahora,
    )
