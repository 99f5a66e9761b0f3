"""The clinical summary for another institution, made of a record as people write it."""

from decimal import Decimal

import pytest
from lxml import etree

from ece import cda
from ece.nucleo.acceso import Acceso
from registros.selectors import resumen_clinico
from registros.services import alergias, antecedentes, diagnosticos, notas, signos
from registros.services.alergias import Categoria, Criticidad
from registros.services.notas import Contenido
from tests.cda.test_giis import reprueba
from tests.elenco import AHORA
from tests.flujos.expediente_lleno import DIABETES, TEXTOS
from tests.registros import clinica

pytestmark = pytest.mark.django_db
V3 = {"h": "urn:hl7-org:v3"}


@pytest.fixture
def lleno(acceso: Acceso) -> Acceso:
    alergias.registrar(
        acceso,
        sustancia="Penicilina",
        categoria=Categoria.MEDICAMENTO,
        criticidad=Criticidad.ALTA,
        reaccion="Urticaria",
        ahora=AHORA,
    )
    diagnosticos.registrar(acceso, diagnostico=DIABETES, encuentro_id=None, ahora=AHORA)
    clinica.metformina(acceso)
    signos.registrar(
        acceso,
        mediciones={"sistolica": Decimal(120), "diastolica": Decimal(80), "peso": Decimal(70)},
        encuentro_id=None,
        ahora=AHORA,
    )
    antecedentes.registrar_familiar(
        acceso,
        parentesco="MTH",
        nombre="",
        padecimientos=["hipertension", "asma"],
        otro="Gota",
        vive=True,
        edad=70,
        ahora=AHORA,
    )
    nota = notas.redactar(acceso, tipo="evolucion", encuentro_id=None, ahora=AHORA)
    contenido = Contenido(TEXTOS, {"peso": Decimal("80.5")}, (DIABETES,))
    notas.finalizar(acceso, nota_id=nota, contenido=contenido, version=1, ahora=AHORA)
    return acceso


def secciones(documento: bytes) -> dict[str, str]:
    return {
        s.codigo: " ".join((s.texto.xpath("string(.)") if s.texto is not None else "").split())
        for s in cda.leer(documento).secciones
    }


def test_dice_lo_del_expediente_segun_la_guia(lleno: Acceso) -> None:
    documento = resumen_clinico.cda(lleno, ahora=AHORA)
    assert reprueba(documento) == []
    dicho = secciones(documento)
    assert "Penicilina" in dicho["48765-2"]
    assert "E119" in dicho["11450-4"]
    assert "Metformina" in dicho["29549-3"]
    assert "120" in dicho["8716-3"]
    assert "Refiere mejoría" in dicho["8648-8"]
    assert "Bueno para la vida" in dicho["47420-5"]
    heredados = dicho["10157-6"]
    assert "Hipertensión (I10X)Presente" in heredados.replace(" Presente", "Presente")
    assert "Gota" in heredados
    assert "Sin información" in heredados  # of diabetes nobody was asked
    raiz = etree.fromstring(documento)
    responde = raiz.find("h:legalAuthenticator/h:assignedEntity/h:id", V3)
    assert responde is not None
    assert responde.get("extension") == "1000001"
    clues = raiz.find("h:custodian//h:representedCustodianOrganization/h:id", V3)
    assert clues is not None
    assert clues.get("extension") == "OCSSA000001"


def test_de_un_expediente_vacio_tambien(acceso: Acceso) -> None:
    documento = resumen_clinico.cda(acceso, ahora=AHORA)
    assert reprueba(documento) == []
    assert secciones(documento)["48765-2"] == "Sin información disponible."
    alergias.negar(acceso, ahora=AHORA)
    niega = secciones(resumen_clinico.cda(acceso, ahora=AHORA))
    assert niega["48765-2"] == "Niega alergias conocidas."


def test_con_oid_registrado_es_intercambiable(acceso: Acceso, settings: object) -> None:
    assert "no intercambiable" in cda.leer(resumen_clinico.cda(acceso, ahora=AHORA)).titulo
    settings.ECE_OID_INSTITUCIONAL = "2.16.840.1.113883.3.9999.7"  # type: ignore[attr-defined]
    leido = cda.leer(resumen_clinico.cda(acceso, ahora=AHORA))
    assert leido.titulo == "Resumen clínico"
    assert leido.identificador["system"] == "urn:oid:2.16.840.1.113883.3.9999.7"


def test_las_consultas_no_crecen_con_el_expediente(
    lleno: Acceso, django_assert_max_num_queries: object
) -> None:
    for _ in range(5):
        diagnosticos.registrar(lleno, diagnostico=DIABETES, encuentro_id=None, ahora=AHORA)
    with django_assert_max_num_queries(25):  # type: ignore[operator]
        resumen_clinico.cda(lleno, ahora=AHORA)
