"""A patient with something of everything, so that every page has what to show."""

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from uuid import UUID

from registros.selectors import expediente
from registros.services import alergias, diagnosticos, notas, recetas, signos
from registros.services.alergias import Categoria, Criticidad
from registros.services.diagnosticos import NuevoDiagnostico
from registros.services.notas import Contenido
from tests import elenco as reparto
from tests.elenco import AHORA
from tests.flujos.conftest import Hospital

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
    recetas.prescribir(
        acceso,
        medicamento="Metformina",
        dosis="850 mg",
        via="oral",
        periodicidad="cada 12 horas",
        duracion="30 días",
        encuentro_id=encuentro,
        ahora=AHORA,
    )
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
    return Lleno(encuentro, terminada, borrador)
