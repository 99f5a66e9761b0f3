"""An adolescent's confidential care is labelled while it is written, by their age that day."""

from dataclasses import replace
from datetime import date, timedelta
from uuid import UUID

import pytest

from consentimiento import decision
from ece import fhir
from ece.nucleo.acceso import Acceso
from ece.nucleo.fichas import ficha_de_etiqueta
from ece.nucleo.roles import Permiso
from interoperabilidad.fhir import transaccion
from registros.catalogos.sensibles import Categoria
from registros.models import Diagnostico
from registros.selectors import etiquetas as ver
from registros.selectors import versiones
from registros.services import diagnosticos, etiquetas
from registros.services.diagnosticos import NuevoDiagnostico
from tests import elenco as reparto
from tests.elenco import AHORA, INTEGRACION, XOCHITL, Elenco

pytestmark = pytest.mark.django_db
ANTICONCEPCION = NuevoDiagnostico("Z300", "Consejo y asesoramiento sobre anticoncepción", "prueba")
PARTO = NuevoDiagnostico("O80X", "Parto único espontáneo", "prueba")


def de_edad(elenco: Elenco, nacimiento: date | None, **otros: object) -> Acceso:
    persona = replace(XOCHITL, fecha_nacimiento=nacimiento, **otros)  # type: ignore[arg-type]
    paciente = reparto.registrar(elenco, persona)
    reparto.en_consulta(elenco, paciente)
    return reparto.acceso_de_medica(elenco, paciente)


def escrito(acceso: Acceso, cual: NuevoDiagnostico) -> Diagnostico:
    id_ = diagnosticos.registrar(acceso, diagnostico=cual, encuentro_id=None, ahora=AHORA)
    fila = Diagnostico.objects.uno(acceso, id_)
    assert isinstance(fila, Diagnostico)
    return fila


def categorias(fila: Diagnostico) -> set[Categoria]:
    return {c for c in Categoria if ficha_de_etiqueta(fila.paciente, c) in fila.etiquetas}


HOY = AHORA.date()


@pytest.mark.parametrize(
    ("nacimiento", "confidencial"),
    [
        (date(HOY.year - 12, HOY.month, HOY.day), True),
        (date(HOY.year - 12, HOY.month, HOY.day) + timedelta(days=1), False),
        (date(HOY.year - 18, HOY.month, HOY.day) + timedelta(days=1), True),
        (date(HOY.year - 18, HOY.month, HOY.day), False),
    ],
)
def test_from_twelve_to_seventeen_years(
    elenco: Elenco, nacimiento: date, confidencial: bool
) -> None:
    fila = escrito(de_edad(elenco, nacimiento), ANTICONCEPCION)
    esperadas = {Categoria.REPRODUCTIVA} | ({Categoria.ADOLESCENCIA} if confidencial else set())
    assert categorias(fila) == esperadas


def test_what_is_only_confidential_at_that_age(elenco: Elenco) -> None:
    assert categorias(escrito(de_edad(elenco, date(2010, 1, 1)), PARTO)) == {Categoria.ADOLESCENCIA}
    assert categorias(escrito(de_edad(elenco, date(1990, 1, 1)), PARTO)) == set()


def test_a_clinician_takes_it_off_with_a_reason_and_the_old_version_keeps_it(
    elenco: Elenco,
) -> None:
    acceso = de_edad(elenco, date(2010, 1, 1))
    fila = escrito(acceso, PARTO)
    vistas = ver.de_recurso(acceso, fila.recurso)
    assert [e.categoria for e in vistas.puestas] == [Categoria.ADOLESCENCIA]
    etiquetas.corregir(
        acceso,
        tipo="Condition",
        id=fila.id,
        agregar=set(),
        retirar={Categoria.ADOLESCENCIA},
        motivo="Ya es público",
        ahora=AHORA,
    )
    despues = Diagnostico.objects.uno(acceso, fila.id)
    assert isinstance(despues, Diagnostico)
    assert categorias(despues) == set()
    enfermera = decision.abrir_paciente(
        elenco.actor(elenco.enfermera), acceso.paciente, Permiso.EXPEDIENTE_LEER, ahora=AHORA
    )
    (una,) = versiones.historia(enfermera, tipo="Condition", id=fila.id)
    assert una[0].version == 2


@pytest.mark.parametrize("primero", [True, False])
def test_who_arrives_with_their_record_is_labelled_too(elenco: Elenco, primero: bool) -> None:
    """In one transaction, whatever the order in which it lists them."""
    completo = "urn:uuid:7d2f0c9e-5c0b-4d59-9a55-3f1f2f6c0a01"
    persona = {
        "fullUrl": completo,
        "resource": {"resourceType": "Patient", "birthDate": "2010-01-01"},
        "request": {"method": "POST", "url": "Patient"},
    }
    dato = {
        "resource": {
            "resourceType": "Condition",
            "subject": {"reference": completo},
            "code": {"coding": [{"system": "http://hl7.org/fhir/sid/icd-10", "code": "Z30.0"}]},
        },
        "request": {"method": "POST", "url": "Condition"},
    }
    paquete = {
        "resourceType": "Bundle",
        "type": "transaction",
        "entry": [persona, dato] if primero else [dato, persona],
    }
    hecho = fhir.json.leer(transaccion.procesar(INTEGRACION, paquete, base="x", ahora=AHORA))
    lugares = [e["response"]["location"] for e in hecho["entry"]]
    (paciente,) = [UUID(lugar.split("/")[1]) for lugar in lugares if lugar.startswith("Patient")]
    acceso = decision.abrir_paciente(INTEGRACION, paciente, Permiso.RECURSO_LEER, ahora=AHORA)
    (fila,) = Diagnostico.objects.de(acceso)
    assert Categoria.ADOLESCENCIA in categorias(fila)
