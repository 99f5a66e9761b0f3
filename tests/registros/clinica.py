"""The smallest call of each service of the clinical content, for tests that go through all."""

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from auditoria.tipos import TipoDeEvento
from ece.nucleo.acceso import Acceso
from registros.services import (
    alergias,
    antecedentes,
    embarazo,
    escalas,
    problemas,
    recetas,
    vacunas,
)
from registros.services.diagnosticos import NuevoDiagnostico
from tests.elenco import AHORA

ASMA = NuevoDiagnostico("J459", "Asma, no especificada", "prueba")
GLASGOW_14 = {"ocular": "1-4", "verbal": "2-4", "motora": "1-6"}


def problema(acceso: Acceso) -> Any:
    return problemas.registrar(
        acceso,
        diagnostico=ASMA,
        inicio=date(2020, 3, 1),
        curso="cronico",
        nota_id=None,
        encuentro_id=None,
        ahora=AHORA,
    )


def niega(acceso: Acceso) -> Any:
    return alergias.negar(acceso, ahora=AHORA)


def glasgow(acceso: Acceso) -> Any:
    return escalas.registrar(
        acceso, escala="glasgow", respuestas=GLASGOW_14, encuentro_id=None, ahora=AHORA
    )


def triage(acceso: Acceso, ahora: datetime = AHORA) -> Any:
    return escalas.registrar(
        acceso,
        escala="triage",
        respuestas={"nivel": "verde"},
        banderas=("toracico",),
        encuentro_id=None,
        ahora=ahora,
    )


def vacuna(acceso: Acceso, biologico: str = "srp", fecha: date = date(2026, 11, 1)) -> Any:
    return vacunas.aplicar(
        acceso,
        biologico=biologico,
        fecha=fecha,
        lote="L-2026",
        sitio="",
        de_cartilla=False,
        encuentro_id=None,
        ahora=AHORA,
    )


def no_vacuna(acceso: Acceso) -> Any:
    return vacunas.no_aplicar(
        acceso,
        biologico="srp",
        fecha=date(2026, 11, 1),
        motivo="agotada",
        encuentro_id=None,
        ahora=AHORA,
    )


def embarazada(acceso: Acceso) -> Any:
    return embarazo.abrir(
        acceso,
        fum=date(2026, 5, 4),
        formula={"gestas": 2, "partos": 1, "cesareas": 0, "abortos": 0},
        riesgos=["hipertension"],
        encuentro_id=None,
        ahora=AHORA,
    )


def familiar(acceso: Acceso) -> Any:
    return antecedentes.registrar_familiar(
        acceso,
        parentesco="MTH",
        nombre="",
        padecimientos=["diabetes", "hipertension"],
        otro="Glaucoma",
        vive=False,
        edad=71,
        ahora=AHORA,
    )


def habito(acceso: Acceso) -> Any:
    return antecedentes.registrar_habito(
        acceso,
        habito="tabaco",
        respuesta="ex",
        detalle="",
        cigarros_al_dia=10,
        anos=20,
        ahora=AHORA,
    )


CONTROL = embarazo.Control(
    {
        "peso": Decimal("68.5"),
        "sistolica": Decimal(142),
        "diastolica": Decimal(88),
        "fondo_uterino": Decimal(28),
        "frecuencia_fetal": Decimal(148),
    },
    "leve",
    ("cefalea",),
)

SERVICIOS: dict[str, tuple[Callable[[Acceso], Any], TipoDeEvento]] = {
    "problema": (problema, TipoDeEvento.PROBLEMA_REGISTRADO),
    "niega": (niega, TipoDeEvento.ALERGIA_REGISTRADA),
    "glasgow": (glasgow, TipoDeEvento.ESCALA_REGISTRADA),
    "triage": (triage, TipoDeEvento.TRIAGE_CLASIFICADO),
    "vacuna": (vacuna, TipoDeEvento.VACUNA_REGISTRADA),
    "no_vacuna": (no_vacuna, TipoDeEvento.VACUNA_REGISTRADA),
    "embarazo": (embarazada, TipoDeEvento.EMBARAZO_REGISTRADO),
    "familiar": (familiar, TipoDeEvento.ANTECEDENTE_REGISTRADO),
    "habito": (habito, TipoDeEvento.ANTECEDENTE_REGISTRADO),
}


def metformina(acceso: Acceso, *, encuentro: UUID | None = None, ahora: datetime = AHORA) -> UUID:
    return recetas.prescribir(
        acceso,
        medicamento="Metformina",
        dosis="850 mg",
        via="oral",
        periodicidad="cada 12 horas",
        duracion="30 días",
        encuentro_id=encuentro,
        ahora=ahora,
    )


def paracetamol(acceso: Acceso, *, ahora: datetime = AHORA, metodo: tuple[str, ...] = ()) -> UUID:
    return recetas.prescribir(
        acceso,
        medicamento="Paracetamol 500 mg",
        dosis="1 tableta",
        via="oral",
        periodicidad="cada 8 horas",
        duracion="3 días",
        encuentro_id=None,
        ahora=ahora,
        metodo=metodo,
    )
