"""Where somebody lives, by the keys of INEGI where the official file is loaded."""

from typing import Any

import pytest

from ece.web.clinica import forms
from registros.catalogos import personas
from registros.catalogos.fuentes import Fila, Fuente
from registros.catalogos.personas import Clave
from registros.models.identificacion_en_fhir import a_recurso, de_recurso
from registros.selectors import catalogos
from registros.services.catalogos import cargar
from tests.elenco import AHORA

pytestmark = pytest.mark.django_db

DATOS = {
    "sin_curp_motivo": "No la trae",
    "nombre": "Ana",
    "primer_apellido": "Robles",
    "fecha_nacimiento": "1990-01-02",
    "sexo_curp": "M",
    "sexo_biologico": "femenino",
    "entidad": "20",
    "municipio": "oaxaca de juarez",
    "localidad": "El Rosario",
}


def cargar_municipios(edicion: str, nombre: str) -> str:
    filas = [Fila("20067", nombre), Fila("20068", "Ocotlán de Morelos"), Fila("21067", nombre)]
    return cargar(Fuente(personas.MUNICIPIOS, edicion, filas), ahora=AHORA).version


def llenar(**cambios: Any) -> forms.NuevoPaciente:
    form = forms.NuevoPaciente({**DATOS, **cambios})
    assert form.is_valid(), form.errors
    return form


def test_a_municipality_keeps_its_key_and_edition() -> None:
    version = cargar_municipios("municipios-1", "OAXACA DE JUÁREZ")
    domicilio = llenar().identificacion().domicilio
    assert domicilio.municipio == Clave("20067", "OAXACA DE JUÁREZ", version)
    assert domicilio.entidad == Clave("20", "Oaxaca", personas.VERSION_PROPIA)
    assert domicilio.localidad == Clave(texto="El Rosario")

    recurso = a_recurso(llenar().identificacion(), expediente="1")
    cargar_municipios("municipios-2", "Oaxaca, ciudad")
    assert de_recurso(recurso).domicilio.municipio == domicilio.municipio


def test_without_the_file_it_is_what_was_written() -> None:
    assert llenar().identificacion().domicilio.municipio == Clave(texto="oaxaca de juarez")


def test_places_are_those_of_the_entity() -> None:
    cargar_municipios("municipios-1", "OAXACA DE JUÁREZ")
    hallados = catalogos.buscar_lugar(personas.MUNICIPIOS, "o", dentro_de="20")
    assert {lugar.clave for lugar in hallados} == {"20067", "20068"}
    assert catalogos.buscar_lugar(personas.MUNICIPIOS, "'!&", dentro_de="20") == []


def test_an_option_that_the_edition_in_force_no_longer_has_stays_in_its_record() -> None:
    filas = [Fila("0911", "ZAPOTECO"), Fila("0912", "CHATINO")]
    cargar(Fuente(personas.LENGUAS, "lenguas-1", filas), ahora=AHORA)
    con_lengua = llenar(lengua="0911").identificacion()
    assert con_lengua.lengua.texto == "ZAPOTECO"
    cargar(Fuente(personas.LENGUAS, "lenguas-2", [Fila("1", "OTRA")]), ahora=AHORA)
    corregido = forms.NuevoPaciente({**DATOS, "lengua": "0911"}, anterior=con_lengua)
    assert corregido.is_valid(), corregido.errors
    assert corregido.identificacion().lengua == con_lengua.lengua
    assert not forms.NuevoPaciente({**DATOS, "lengua": "0912"}, anterior=con_lengua).is_valid()
