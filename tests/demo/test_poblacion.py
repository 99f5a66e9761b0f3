"""The invented population: valid, plausible, and the same for the same seed."""

from collections import Counter
from datetime import date
from itertools import islice
from uuid import UUID

import pytest

from ece import fhir
from ece.demo.poblacion import Elenco, Historia, Sitio, generar
from ece.demo.poblacion.cuadros import CUADROS
from ece.demo.poblacion.hoja import Recurso
from ece.nucleo import identificadores
from registros.catalogos import fuentes, notas
from registros.catalogos.signos import POR_LOINC
from registros.models.identificacion_en_fhir import de_recurso
from registros.models.paciente import SISTEMA_CURP, SISTEMA_NSS, identificador, nombre_completo

HOY = date(2026, 11, 23)
ELENCO = Elenco(
    Sitio(UUID(int=5), "Elena Cruz Robles", UUID(int=6), "Consulta externa"),
    Sitio(UUID(int=7), "Óscar Luna Prado", UUID(int=8), "Urgencias"),
    "Hospital General de Ejemplo",
)
DEL_ELENCO = {f"Practitioner/{UUID(int=n)}" for n in (5, 7)} | {
    f"Location/{UUID(int=n)}" for n in (6, 8)
}


def poblacion(cantidad: int, *, desde: int = 0, semilla: int = 1, mas: int = 0) -> list[Historia]:
    return list(
        generar(
            semilla=semilla,
            desde=desde,
            cantidad=cantidad,
            hoy=HOY,
            elenco=ELENCO,
            visitas_de_mas=mas,
        )
    )


@pytest.fixture(scope="module")
def muchos() -> list[Historia]:
    return poblacion(600)


def extension(recurso: Recurso, clave: str) -> str:
    return next(
        (
            e["valueString"]
            for e in recurso["extension"]
            if e["url"] == f"urn:ece:fhir:{clave}" and "valueString" in e
        ),
        "",
    )


def test_la_misma_semilla_da_la_misma_gente() -> None:
    juntas = poblacion(6)
    assert poblacion(6) == juntas
    assert poblacion(2, desde=3) == juntas[3:5]
    assert poblacion(1, semilla=2)[0].recursos[0] != juntas[0].recursos[0]


def test_cada_recurso_es_valido_y_apunta_a_algo_que_existe(muchos: list[Historia]) -> None:
    for historia in islice(muchos, 200):
        propios = {f"{r['resourceType']}/{id_}" for id_, r in historia.recursos} | DEL_ELENCO
        for id_, recurso in historia.recursos:
            assert fhir.validar({**recurso, "id": str(id_)}) == []
            for ubicacion, referencia in fhir.referencias(recurso):
                if "reference" in referencia:
                    assert referencia["reference"] in propios, (ubicacion, referencia)
            if recurso["resourceType"] != "Patient":
                assert fhir.pacientes_de(recurso) == [f"Patient/{historia.paciente}"]
                momento = fhir.fecha_clinica(recurso)
                assert momento is not None
                assert momento.date() <= HOY


def test_los_ids_son_de_version_7_y_no_se_repiten(muchos: list[Historia]) -> None:
    ids = [id_ for historia in muchos for id_, _ in historia.recursos]
    assert len(set(ids)) == len(ids)
    assert {id_.version for id_ in ids} == {7}


def test_nadie_tiene_una_curp_que_lo_contradiga(muchos: list[Historia]) -> None:
    sin_curp = 0
    for historia in muchos:
        persona = historia.recursos[0][1]
        curp = identificador(persona, SISTEMA_CURP)
        if not curp:
            assert extension(persona, "sin-curp-motivo")
            sin_curp += 1
            continue
        assert not extension(persona, "sin-curp-motivo")
        partes = [e["valueString"] for e in persona["name"][0]["_family"]["extension"]]
        assert (
            identificadores.discrepancias_curp(
                curp,
                nombre=" ".join(persona["name"][0]["given"]),
                primer_apellido=partes[0],
                segundo_apellido=partes[1] if len(partes) > 1 else "",
                fecha_nacimiento=date.fromisoformat(persona["birthDate"]),
                sexo=extension(persona, "sexo-curp"),
                entidad=extension(persona, "entidad-nacimiento"),
            )
            == []
        )
    assert 0 < sin_curp < len(muchos) * 0.06


def test_hay_de_todo(muchos: list[Historia]) -> None:
    personas = [historia.recursos[0][1] for historia in muchos]
    derechohabiencias = Counter(
        c.institucion.texto for p in personas for c in de_recurso(p).coberturas
    )
    assert {"IMSS", "IMSS-Bienestar", "ISSSTE", "Ninguna"} <= set(derechohabiencias)
    for persona in personas:
        nss = identificador(persona, SISTEMA_NSS)
        assert not nss or identificadores.nss_valido(nss)
        assert identificadores.telefono_valido(persona["telecom"][0]["value"])
    assert any(len(p["name"][0]["_family"]["extension"]) == 1 for p in personas)
    assert any(extension(p, "entidad-nacimiento") == "NE" for p in personas)
    assert {extension(p, "sexo-curp") for p in poblacion_de_personas(2_000)} == {"H", "M", "X"}
    tipos = Counter(r["resourceType"] for h in muchos for _, r in h.recursos)
    assert {"Immunization", "Procedure", "DiagnosticReport", "AllergyIntolerance"} <= set(tipos)
    claves = {
        r["code"]["coding"][0]["code"]
        for h in muchos
        for _, r in h.recursos
        if r["resourceType"] == "Condition"
    }
    assert claves >= {d.clave for cuadro in CUADROS for d in cuadro.diagnosticos} - {"C61X"}
    assert 15 < sum(len(h.recursos) for h in muchos) / len(muchos) < 35


def poblacion_de_personas(cantidad: int) -> list[Recurso]:
    return [historia.recursos[0][1] for historia in poblacion(cantidad, desde=1_000)]


def test_un_menor_tiene_a_quien_llamar(muchos: list[Historia]) -> None:
    for historia in muchos:
        persona = historia.recursos[0][1]
        if historia.menor:
            (contacto,) = persona["contact"]
            assert contacto["relationship"] == [{"text": "madre"}]
            assert contacto["telecom"]
    assert any(historia.menor for historia in muchos)


def test_los_apellidos_siguen_su_frecuencia() -> None:
    apellidos = Counter(p["name"][0]["family"].split()[0] for p in poblacion_de_personas(1_500))
    assert 0.03 < apellidos["Hernández"] / 1_500 < 0.08
    assert len(apellidos) > 250


def test_las_notas_traen_lo_que_su_norma_pide(muchos: list[Historia]) -> None:
    vistas: Counter[str] = Counter()
    for historia in muchos:
        for _, recurso in historia.recursos:
            if recurso["resourceType"] != "Composition":
                continue
            tipo = notas.por_loinc(recurso["type"]["coding"][0]["code"])
            assert tipo is not None
            vistas[tipo.clave] += 1
            escritas = {s["code"]["coding"][0]["code"] for s in recurso["section"]}
            assert {s.clave for s in tipo.requeridas} <= escritas
            for seccion in recurso["section"]:
                palabras = fhir.narrativa.a_texto(seccion["text"]["div"])
                assert palabras
                assert "{" not in palabras
    assert set(vistas) == {"historia-clinica", "evolucion", "urgencias"}


def test_los_signos_son_de_alguien_vivo(muchos: list[Historia]) -> None:
    for historia in muchos:
        for _, recurso in historia.recursos:
            if recurso["resourceType"] != "Observation":
                continue
            for medida in recurso.get("component", [recurso]):
                signo = POR_LOINC.get(medida["code"]["coding"][0]["code"])
                if signo is not None:
                    valor = medida["valueQuantity"]["value"]
                    assert signo.minimo <= valor <= signo.maximo, (signo.nombre, valor)


def test_los_diagnosticos_estan_en_la_cie10_y_van_con_quien_los_tiene() -> None:
    (fuente,) = fuentes.por_omision()
    claves = {fila.clave for fila in fuente.filas}
    assert {d.clave for cuadro in CUADROS for d in cuadro.diagnosticos} <= claves
    assert {c.sexo for c in CUADROS if c.diagnosticos[0].clave in ("C509", "Z348")} == {"M"}
    assert {c.sexo for c in CUADROS if c.diagnosticos[0].clave == "C61X"} == {"H"}


def test_uno_puede_ser_muy_largo() -> None:
    (rico,) = poblacion(1, desde=40_000_000, semilla=2027, mas=260)
    assert len(rico.recursos) >= 2_000
    assert not rico.menor
    assert nombre_completo(rico.recursos[0][1])
    assert all(fhir.validar({**r, "id": str(i)}) == [] for i, r in rico.recursos[:300])
