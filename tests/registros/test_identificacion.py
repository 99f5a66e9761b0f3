"""The identification set and the FHIR Patient say the same, and nothing else is lost."""

from dataclasses import replace
from datetime import date

import pytest

from ece import fhir
from registros.catalogos import personas
from registros.catalogos.personas import Clave, propia
from registros.models.identificacion import (
    Cobertura,
    Contacto,
    Domicilio,
    Identificacion,
    desconocido,
)
from registros.models.identificacion_en_fhir import a_recurso, de_recurso
from registros.models.paciente import nombre_completo
from tests.elenco import XOCHITL

LLENA = Identificacion(
    nombre="Ana Sofía",
    primer_apellido="Ibáñez",
    segundo_apellido="de la O",
    fecha_nacimiento=date(2015, 2, 28),
    sexo_curp="M",
    sexo_biologico="femenino",
    genero="mujer",
    sin_curp_motivo="Persona extranjera sin CURP",
    entidad_nacimiento="NE",
    nacionalidad=propia(personas.NACIONALIDADES, "GTM"),
    pasaporte="G1234567",
    domicilio=Domicilio(
        calle="Morelos 12",
        colonia="Centro",
        municipio=Clave("20067", "Oaxaca de Juárez", "municipios-1"),
        entidad=propia(personas.ENTIDADES, "20"),
        codigo_postal="68000",
        localidad=Clave(texto="El Rosario"),
    ),
    telefono="9511234567",
    correo="ana@example.org",
    coberturas=(
        Cobertura(propia(personas.AFILIACIONES, "2"), "12", "Beneficiaria", date(2027, 1, 31)),
        Cobertura(propia(personas.AFILIACIONES, "10")),
    ),
    contactos=(
        Contacto("Rosa de la O", "madre", "9517654321", tutor=True),
        Contacto("Juan Ibáñez", "tío"),
    ),
    indigena="Sí",
    afromexicano="No",
    lengua=propia(personas.LENGUAS, "Zapoteco"),
    religion=propia(personas.RELIGIONES, "Católica"),
    escolaridad=propia(personas.ESCOLARIDAD, "32"),
    estado_civil="S",
    ocupacion="Estudiante",
    nivel_socioeconomico="2",
    vivienda="Rentada",
    fecha_defuncion=date(2026, 1, 2),
    folio_defuncion="123456789",
)


@pytest.mark.parametrize(
    "una",
    [
        LLENA,
        XOCHITL,
        replace(XOCHITL, domicilio=Domicilio(colonia="Centro")),
        replace(XOCHITL, domicilio=Domicilio(calle="Morelos 12")),
        desconocido(sexo="H", edad_aproximada=40, senas="Tatuaje en el antebrazo"),
        desconocido(sexo="", edad_aproximada=0, senas=""),
    ],
)
def test_what_is_written_is_read_back(una: Identificacion) -> None:
    recurso = {"id": "x", **a_recurso(una, expediente="00000001")}
    assert fhir.validar(recurso) == []
    assert de_recurso(recurso) == una


def test_a_correction_leaves_what_identification_does_not_rule() -> None:
    otro = {"url": "urn:otra", "valueString": "se queda"}
    enlace = [{"other": {"reference": "Patient/x"}, "type": "seealso"}]
    antes = a_recurso(LLENA, expediente="1")
    antes["extension"].append(otro)
    antes["identifier"].append({"system": "urn:otro", "value": "7"})
    antes["link"], antes["photo"] = enlace, [{"url": "Binary/1"}]
    despues = a_recurso(XOCHITL, expediente="1", anterior=antes)
    assert otro in despues["extension"]
    assert {"system": "urn:otro", "value": "7"} in despues["identifier"]
    assert (despues["link"], despues["photo"]) == (enlace, [{"url": "Binary/1"}])
    assert de_recurso(despues) == XOCHITL


def test_a_patient_kept_before_keys_is_read_too() -> None:
    viejo = {
        "resourceType": "Patient",
        "extension": [
            {"url": "urn:ece:fhir:derechohabiencia", "valueString": "IMSS"},
            {"url": "urn:ece:fhir:nacionalidad", "valueString": "MEX"},
        ],
        "name": [{"family": "Pérez", "given": ["Luz"]}],
        "birthDate": "1980",
    }
    leida = de_recurso(viejo)
    assert leida.coberturas == (Cobertura(Clave(texto="IMSS")),)
    assert leida.nacionalidad.clave == "MEX"
    assert (leida.primer_apellido, leida.fecha_nacimiento) == ("Pérez", None)


def test_nobody_is_called_three_times_unknown() -> None:
    recurso = a_recurso(desconocido(sexo="M", edad_aproximada=None, senas=""), expediente="1")
    assert nombre_completo(recurso) == "DESCONOCIDO"
    assert recurso["name"][0]["family"] == "DESCONOCIDO DESCONOCIDO"
    assert "birthDate" not in recurso
