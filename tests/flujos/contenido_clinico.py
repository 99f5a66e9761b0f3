"""A patient with problems, scales, family, vaccines and a pregnancy; and a girl who grows."""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID

from django.utils import timezone

from consentimiento import decision
from ece.nucleo.acceso import Acceso
from ece.nucleo.roles import Permiso
from registros.services import alergias, antecedentes, embarazo, encuentros, escalas, signos
from registros.services.alergias import Categoria, Criticidad
from registros.services.encuentros import ClaseDeEncuentro
from tests import elenco as reparto
from tests.elenco import AHORA, XOCHITL
from tests.flujos.conftest import Hospital
from tests.registros import clinica

PESOS = ((0, "3.1", "49", "34"), (61, "4.9", "56.5", "38"), (122, "6.2", "61.5", "40.3"))
PESOS += ((183, "7.0", "65", "42"), (274, "8.0", "69.5", "43.5"), (365, "8.7", "73.5", "44.8"))
"""Age in days, kg, cm, head in cm."""


@dataclass(frozen=True)
class Clinico:
    problema: UUID
    alergia: UUID
    nina: UUID


def nina(hospital: Hospital, *, dias: int = 400) -> UUID:
    """A girl in a visit with `medica`, without any record yet."""
    nacida = timezone.localdate() - timedelta(days=dias)
    id_ = reparto.registrar(
        hospital.elenco, replace(XOCHITL, nombre="Itzel", fecha_nacimiento=nacida)
    )
    reparto.en_consulta(hospital.elenco, id_)
    return id_


def crecida(hospital: Hospital, id_: UUID, *, dias: int = 400) -> None:
    """Her measurements at each visit."""
    acceso = reparto.acceso_de_medica(hospital.elenco, id_)
    ahora = timezone.now()
    for edad, peso, talla, cabeza in PESOS:
        medidas = {"peso": peso, "talla": talla, "perimetro_cefalico": cabeza}
        signos.registrar(
            acceso,
            mediciones={clave: Decimal(valor) for clave, valor in medidas.items()},
            encuentro_id=None,
            ahora=ahora - timedelta(days=dias - edad),
        )


def en_urgencias(hospital: Hospital, paciente: UUID, *, minutos: int) -> Acceso:
    """The patient arrived so long ago; what the physician of urgencias may do."""
    personas, ahora = hospital.elenco, timezone.now()
    actor = personas.actor(personas.archivo)
    admision = decision.abrir_paciente(actor, paciente, Permiso.ENCUENTRO_ABRIR, ahora=ahora)
    encuentros.abrir(
        admision,
        clase=ClaseDeEncuentro.URGENCIAS,
        motivo="Dolor torácico",
        unidad_id=personas.urgencias,
        responsable_id=personas.de_urgencias.pk,
        ahora=ahora - timedelta(minutes=minutos),
    )
    return decision.abrir_paciente(
        personas.actor(personas.de_urgencias), paciente, Permiso.EXPEDIENTE_LEER, ahora=ahora
    )


def llenar(hospital: Hospital, acceso: Acceso) -> Clinico:
    problema = clinica.problema(acceso)
    alergia = alergias.registrar(
        acceso,
        sustancia="Cacahuate",
        categoria=Categoria.ALIMENTO,
        criticidad=Criticidad.BAJA,
        reaccion="Prurito",
        verificada=False,
        ahora=AHORA,
    )
    for dias, verbal in ((2, "3-3"), (1, "2-4"), (0, "1-5")):
        escalas.registrar(
            acceso,
            escala="glasgow",
            respuestas={**clinica.GLASGOW_14, "verbal": verbal},
            encuentro_id=None,
            ahora=AHORA - timedelta(days=dias),
        )
    clinica.triage(acceso)
    for parentesco, padece, vive in (
        ("FTH", ["hipertension", "cardiopatia", "evc"], False),
        ("MGRMTH", ["diabetes"], True),
        ("BRO", [], True),
        ("DAU", ["asma"], True),
    ):
        antecedentes.registrar_familiar(
            acceso,
            parentesco=parentesco,
            nombre="",
            padecimientos=padece,
            otro="",
            vive=vive,
            edad=None if vive else 66,
            ahora=AHORA,
        )
    clinica.familiar(acceso)
    clinica.habito(acceso)
    clinica.vacuna(acceso, "td", date(2020, 5, 1))
    clinica.no_vacuna(acceso)
    clinica.embarazada(acceso)
    for semana in range(4):
        control = replace(
            clinica.CONTROL,
            valores={**clinica.CONTROL.valores, "fondo_uterino": Decimal(16 + 4 * semana)},
            sintomas=("cefalea",) if semana == 3 else (),
        )
        embarazo.controlar(
            acceso,
            control=control,
            encuentro_id=None,
            ahora=AHORA - timedelta(days=28 * (3 - semana)),
        )
    signos.registrar(acceso, mediciones={"talla": Decimal(158)}, encuentro_id=None, ahora=AHORA)
    hija = nina(hospital)
    crecida(hospital, hija)
    clinica.vacuna(reparto.acceso_de_medica(hospital.elenco, hija), "bcg", timezone.localdate())
    espera = en_urgencias(hospital, hija, minutos=45)
    clinica.triage(espera, timezone.now())
    return Clinico(problema, alergia, hija)
