"""Bundles that nobody here wrote: in, in again, and back out unchanged."""

import gzip
from collections import Counter
from pathlib import Path

import pytest

from consentimiento import decision
from ece import fhir
from ece.nucleo.roles import Permiso
from interoperabilidad import importacion
from interoperabilidad.importacion import IMPORTADOR, Suerte
from registros.selectors import recursos
from tests.elenco import AHORA

DATOS = Path(__file__).resolve().parents[3] / "shared" / "data"
pytestmark = pytest.mark.django_db

PAQUETE = {
    "resourceType": "Bundle",
    "type": "collection",
    "entry": [
        {
            "fullUrl": "urn:uuid:0c3151bd-1cbf-4d64-b04d-cd9187a4c6e0",
            "resource": {
                "resourceType": "Observation",
                "status": "final",
                "code": {"text": "Peso"},
                "subject": {"reference": "urn:uuid:5d8a1c9e-7a3c-4f0c-9f3c-2a58e1a0d111"},
            },
        },
        {
            "fullUrl": "urn:uuid:5d8a1c9e-7a3c-4f0c-9f3c-2a58e1a0d111",
            "resource": {"resourceType": "Patient", "id": "p1", "name": [{"family": "Rivas"}]},
        },
        {"resource": {"resourceType": "Observation", "id": "mala", "status": "final"}},
    ],
}


SIN_SU_PACIENTE = [
    "basic-example.json",
    "composition-example.json",
    "diagnosticreport-example.json",
    "documentreference-example.json",
    "questionnaireresponse-example-bluebook.json",
]
"""Official examples about patients that are not among the official examples given."""


def importar(archivo: Path) -> Counter[Suerte]:
    renglones = list(importacion.importar(archivo, origen="prueba", ahora=AHORA))
    return Counter(r.suerte for r in renglones)


def test_lo_bueno_entra_aunque_haya_malo(tmp_path):
    archivo = tmp_path / "a.json"
    archivo.write_bytes(fhir.json.escribir(PAQUETE))
    assert importar(archivo) == {Suerte.TOMADO: 2, Suerte.RECHAZADO: 1}
    assert importar(archivo) == {Suerte.YA_ESTABA: 2, Suerte.RECHAZADO: 1}


def test_lo_que_cambio_es_una_version_nueva(tmp_path):
    archivo = tmp_path / "p.ndjson"
    archivo.write_text('{"resourceType":"Patient","id":"p9","gender":"male"}\n')
    assert importar(archivo) == {Suerte.TOMADO: 1}
    archivo.write_text('{"resourceType":"Patient","id":"p9","gender":"female"}\n')
    assert importar(archivo) == {Suerte.ACTUALIZADO: 1}
    assert importar(archivo) == {Suerte.YA_ESTABA: 1}


def test_una_referencia_a_lo_importado_antes(tmp_path):
    (tmp_path / "1.json").write_text('{"resourceType":"Patient","id":"p2"}')
    (tmp_path / "2.json").write_text(
        '{"resourceType":"Condition","id":"c","code":{"text":"Gripe"},'
        '"subject":{"reference":"Patient/p2"}}'
    )
    assert importar(tmp_path / "2.json") == {Suerte.RECHAZADO: 1}
    assert importar(tmp_path / "1.json") == {Suerte.TOMADO: 1}
    assert importar(tmp_path / "2.json") == {Suerte.TOMADO: 1}


def test_un_archivo_roto_no_detiene_nada(tmp_path):
    roto = tmp_path / "roto.json.gz"
    roto.write_bytes(gzip.compress(b'{"resourceType":'))
    assert importar(roto) == {Suerte.RECHAZADO: 1}
    roto.write_bytes(b"no es gzip")
    assert importar(roto) == {Suerte.RECHAZADO: 1}


@pytest.mark.skipif(not DATOS.exists(), reason="no están los datos compartidos")
@pytest.mark.parametrize(
    "archivo", importacion.archivos([DATOS / "synthea-r4"]), ids=lambda archivo: archivo.stem
)
def test_los_paquetes_de_synthea_vuelven_iguales(archivo):
    originales = list(importacion._documentos(archivo))
    assert importar(archivo) == {Suerte.TOMADO: len(originales)}
    assert importar(archivo) == {Suerte.YA_ESTABA: len(originales)}
    leidos = {}
    completos = {completo: r["resourceType"] for completo, r in originales}
    _, paciente = next((c, r) for c, r in originales if r["resourceType"] == "Patient")
    nuestro = _ids(["Patient"], [paciente])[0]
    acceso = decision.abrir_paciente(IMPORTADOR, nuestro, Permiso.RECURSO_LEER, ahora=AHORA)
    directorio = decision.abrir_directorio(IMPORTADOR, Permiso.DIRECTORIO_LEER, ahora=AHORA)
    for prueba in (acceso, directorio):
        for fila in recursos.compartimento(prueba, limite=5_000):
            recurso = fhir.json.leer(recursos.abrir(prueba, fila))
            etiquetas = {t["system"]: t["code"] for t in recurso["meta"]["tag"] if "system" in t}
            leidos[etiquetas["urn:ece:origen"]] = recurso
    mapa = {f"{r['resourceType']}/{r['id']}": k for k, r in leidos.items()}
    for _, original in originales:
        leido = leidos[f"prueba:{original['resourceType']}/{original['id']}"]
        ida = fhir.sustituir_referencias(
            original, lambda r: f"prueba:{completos[r]}/{r[9:]}" if r in completos else r
        )
        vuelta = fhir.sustituir_referencias(leido, lambda r: mapa.get(r, r))
        for recurso in (ida, vuelta):
            recurso.pop("id")
            recurso.pop("meta", None)
        assert fhir.json.canonico(ida) == fhir.json.canonico(vuelta)


def _ids(tipos, originales):
    from ece.nucleo import fichas

    fichas_ = [
        fichas.ficha(f"{t}._tag", f"urn:ece:origen|prueba:{t}/{o['id']}")
        for t, o in zip(tipos, originales, strict=True)
    ]
    return [recursos.por_fichas(t, [f])[f].id for t, f in zip(tipos, fichas_, strict=True)]


@pytest.mark.skipif(not DATOS.exists(), reason="no están los datos compartidos")
def test_los_ejemplos_oficiales_entran_o_dicen_por_que():
    archivos = importacion.archivos([DATOS / "fhir-r4-examples"])
    renglones = []
    for _ in range(2):  # a second round finds the patients that the first brought
        renglones = [r for a in archivos for r in importacion.importar(a, origen="ej", ahora=AHORA)]
    rechazados = {r.archivo: r.motivo for r in renglones if r.suerte is Suerte.RECHAZADO}
    assert {r.suerte for r in renglones} == {Suerte.YA_ESTABA, Suerte.RECHAZADO, Suerte.TOMADO}
    invalidos = {a: m for a, m in rechazados.items() if "no existe" not in m}
    assert sorted(invalidos) == [
        "codesystem-example.json",  # repeats the code chol-mass (csd-1)
        "devicemetric-example.json",  # parent is a DeviceDefinition, R4 says Device
        "deviceusestatement-example.json",  # reasonReference is a Procedure, R4 does not admit it
        "subscription-example.json",  # asked for at /fhir/Subscription, by who is to be told
    ]
    assert sorted(set(rechazados) - set(invalidos)) == SIN_SU_PACIENTE
