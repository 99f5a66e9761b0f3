"""What a resource says, parameter by parameter."""

from random import Random

import pytest

from ece import fhir
from ece.fhir import Indice
from ece.fhir.valores import Cadena, Fecha, Referencia, Token, Uri, conversor, intervalo
from tests.fhir import generador
from tests.fhir.ejemplares import ejemplar


@pytest.mark.parametrize("tipo", sorted(fhir.tipos_de_recurso()))
def test_el_atajo_encuentra_lo_mismo_que_las_expresiones(tipo: str) -> None:
    """`indices` looks only where something is; each whole expression must find no more."""
    azar = Random(tipo)
    for densidad in (0.2, 0.5, 0.9):
        recurso = generador.recurso(tipo, azar, densidad=densidad)
        esperados = {
            Indice(codigo, valor)
            for codigo, parametro in fhir.parametros(tipo).items()
            if codigo not in ("_id", "_lastUpdated")
            for nodo in parametro.funcion([recurso], {"%resource": recurso})
            for valor in conversor(parametro.clase)(nodo)
        }
        encontrados = fhir.indices(recurso)
        assert set(encontrados) == esperados
        for indice in encontrados:
            assert all(isinstance(t, str) and t for t in fhir.terminos(indice))


def test_paciente() -> None:
    valores: dict[str, set[object]] = {}
    for indice in fhir.indices(ejemplar("Patient")):
        valores.setdefault(indice.parametro, set()).add(indice.valor)
    tipos = (("http://terminology.hl7.org/CodeSystem/v2-0203", "MR"),)
    assert valores == {
        "_profile": {Uri("http://ejemplo.mx/perfil")},
        "identifier": {Token("urn:ece:expediente", "000123", "", tipos)},
        "active": {Token("", "true")},
        "name": {Cadena("Muñoz Ávila"), Cadena("José"), Cadena("Ángel")},
        "phonetic": {Cadena("Muñoz Ávila"), Cadena("José"), Cadena("Ángel")},
        "family": {Cadena("Muñoz Ávila")},
        "given": {Cadena("José"), Cadena("Ángel")},
        "telecom": {Token("", "5555555555")},
        "phone": {Token("", "5555555555")},
        "gender": {Token("", "male")},
        "birthdate": {Fecha(*intervalo("1980-02-29"))},
        "deceased": {Token("", "false")},
        "address": {Cadena("Calle 1"), Cadena("Mérida"), Cadena("97000")},
        "address-city": {Cadena("Mérida")},
        "address-postalcode": {Cadena("97000")},
        "general-practitioner": {Referencia("Practitioner", "d1")},
        "link": {Referencia("Patient", "p0")},
    }


def test_un_fallecido_lo_esta_por_cualquier_camino() -> None:
    recurso = ejemplar("Patient")
    del recurso["deceasedBoolean"]
    recurso["deceasedDateTime"] = "2025-01-02"
    suyos = fhir.indices(recurso)
    assert Indice("deceased", Token("", "true")) in suyos
    assert Indice("death-date", Fecha(*intervalo("2025-01-02"))) in suyos


def test_una_cadena_no_pasa_por_fecha() -> None:
    recurso = ejemplar("Observation")
    recurso |= {"valueString": "2012"}
    parametros = {i.parametro for i in fhir.indices(recurso)}
    assert "value-string" in parametros
    assert "value-date" not in parametros


def test_parametros_publicados() -> None:
    assert fhir.parametros("Observation")["code"].clase == "token"
    assert fhir.parametros("Observation")["subject"].destinos == (
        "Group",
        "Device",
        "Patient",
        "Location",
    )
    assert "name" in fhir.parametros("InsurancePlan")  # published without the type's name
    for tipo in fhir.tipos_de_recurso():
        for codigo, parametro in fhir.parametros(tipo).items():
            assert parametro.codigo == codigo
            assert parametro.url.startswith("http://hl7.org/fhir/SearchParameter/")
