"""Sensitive categories: what is labelled and what is not, each case with its source; and speed."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ece import fhir
from registros.catalogos.sensibles import (
    CATEGORIAS,
    RETIRADA,
    SISTEMA,
    Categoria,
    aplicar,
    conservar,
    correcciones,
    etiquetar,
)
from registros.catalogos.sensibles.categorias import SISTEMA_HL7, SISTEMA_RESERVA
from tests.fhir.ejemplares import TIPOS, ejemplar

CIE10, LOINC = "http://hl7.org/fhir/sid/icd-10", "http://loinc.org"
ATC, SNOMED = "http://www.whocc.no/atc", "http://snomed.info/sct"
V, M, A = Categoria.VIH, Categoria.SALUD_MENTAL, Categoria.ADICCIONES
X, R, G, J = (
    Categoria.VIOLENCIA,
    Categoria.REPRODUCTIVA,
    Categoria.GENETICA,
    Categoria.ADOLESCENCIA,
)
Recurso = dict[str, Any]


def concepto(sistema: str, codigo: str, texto: str = "") -> Recurso:
    return {"coding": [{"system": sistema, "code": codigo}], **({"text": texto} if texto else {})}


def condicion(codigo: str) -> Recurso:
    return {"resourceType": "Condition", "code": concepto(CIE10, codigo)}


def observacion(codigo: str) -> Recurso:
    return {"resourceType": "Observation", "code": concepto(LOINC, codigo)}


def receta(codigo: str) -> Recurso:
    return {
        "resourceType": "MedicationRequest",
        "medicationCodeableConcept": concepto(ATC, codigo),
    }


def nota(texto: str) -> Recurso:
    div = fhir.narrativa.de_texto(texto)
    return {
        "resourceType": "Composition",
        "title": "Nota de evolución",
        "section": [{"title": "Subjetivo", "text": {"status": "generated", "div": div}}],
    }


def informe(texto: str) -> Recurso:
    return {"resourceType": "DiagnosticReport", "conclusion": texto}


CASOS: list[tuple[Callable[[str], Recurso], str, str]] = [
    # CIE-10, volume 1, by block; NOM-010-SSA2 and NOM-039-SSA2 for V, NOM-025-SSA2 for M,
    # NOM-028-SSA2 for A, NOM-046-SSA2 for X, NOM-005-SSA2 for R
    *((condicion, c, "VIH") for c in ("B20.0", "B24X", "B230", "Z21X", "Z21", "R75", "A51.0")),
    *((condicion, c, "VIH") for c in ("A539", "A54.0", "A568", "A60.0", "A64X", "Z114", "Z206")),
    *((condicion, c, "VIH") for c in ("O98.1", "O98.7", "Z830")),
    (condicion, "F02.4", "VIH SALUD_MENTAL"),
    *((condicion, c, "SALUD_MENTAL") for c in ("F32.9", "F200", "F41.1", "F509", "F99X", "F03X")),
    *((condicion, c, "SALUD_MENTAL") for c in ("X60", "X780", "Z915", "Z50.4", "Z865")),
    *((condicion, c, "ADICCIONES") for c in ("F10.2", "F11.2", "F142", "F192", "K70.3", "G621")),
    *((condicion, c, "ADICCIONES") for c in ("Z721", "Z72.2", "Z503", "Z714", "R78.2", "I42.6")),
    *((condicion, c, "VIOLENCIA") for c in ("T74.2", "T741", "Y05", "Y059", "Y07.0", "Z61.4")),
    (condicion, "Z044", "VIOLENCIA"),
    *((condicion, c, "REPRODUCTIVA") for c in ("O04.9", "O034", "O06", "Z30.0", "Z309", "N97.9")),
    *((condicion, c, "REPRODUCTIVA") for c in ("N46X", "N98.1", "Z640", "Z97.5", "Z31.1")),
    *((condicion, c, "REPRODUCTIVA SALUD_MENTAL") for c in ("F64.0", "F52.2")),
    *((condicion, c, "GENETICA") for c in ("Q90.9", "Q96", "G10X", "E84.0", "D571", "Z14.1")),
    (condicion, "Z31.5", "GENETICA REPRODUCTIVA"),
    # ordinary care: CIE-10 chapters that no norm puts apart; tobacco (NOM-028 has its own law)
    *((condicion, c, "") for c in ("I10X", "E11.9", "J00X", "K35.8", "F17.2", "Z72.0", "B18.1")),
    *((condicion, c, "") for c in ("O80", "O24.4", "Z34.0", "Z32.1", "O00.1", "O14.1", "Z39.2")),
    *((condicion, c, "") for c in ("X95", "Y04", "T14", "Z00.1", "Z23", "N39.0", "A49", "B25.9")),
    *((condicion, c, "") for c in ("Q21.0", "K29.1", "K86.1", "R74.0", "Z22.3", "Z71.3", "G62.9")),
    # LOINC
    *((observacion, c, "VIH") for c in ("56888-1", "7917-8", "20447-9", "24467-3", "5292-8")),
    *((observacion, c, "VIH") for c in ("20507-0", "21613-5", "24111-7")),
    *((observacion, c, "SALUD_MENTAL") for c in ("44249-1", "44261-6", "70274-6", "71354-5")),
    *((observacion, c, "ADICCIONES") for c in ("75626-2", "82667-7", "3397-7", "5643-2")),
    *((observacion, c, "VIOLENCIA") for c in ("76504-0", "76499-3")),
    *((observacion, c, "REPRODUCTIVA") for c in ("8659-8", "76690-7")),
    *((observacion, c, "GENETICA") for c in ("29770-5", "21639-0", "55233-1")),
    *((observacion, c, "") for c in ("8867-4", "2345-7", "718-7", "72166-2", "21198-7", "5196-1")),
    # ATC index, WHO Collaborating Centre
    *((receta, c, "VIH") for c in ("J05AG03", "J05AR20", "J05AE08", "J05AF01", "J05AJ03")),
    *((receta, c, "SALUD_MENTAL") for c in ("N05AD01", "N05AN01", "N06AB06", "N06BA04")),
    *((receta, c, "ADICCIONES") for c in ("N07BB01", "N07BC02")),
    *((receta, c, "REPRODUCTIVA") for c in ("G03AD01", "A02BB01", "G03XB01", "G03GB02")),
    *((receta, c, "") for c in ("J05AE30", "J05AF10", "N06AA09", "N03AG01", "N07BA03", "N05AL07")),
    *((receta, c, "") for c in ("M01AE01", "A10BA02", "C09AA02", "J01CE08", "N05BA01")),
    # words of a note: unmistakable, whole, whatever the accents
    *((nota, t, "VIH") for t in ("Paciente con VIH en control.", "Antecedente de sífilis tratada")),
    *((nota, t, "VIH") for t in ("SIDA estadio C3", "Inicia efavirenz", "Prueba de VIH negativa")),
    *((nota, t, "SALUD_MENTAL") for t in ("Ideación suicida estructurada", "Toma sertralina")),
    *((nota, t, "SALUD_MENTAL") for t in ("Niega dolor. Intento suicida en 2019",)),
    *((nota, t, "ADICCIONES") for t in ("Alcoholismo desde los 20 años", "Fuma marihuana")),
    *((nota, t, "ADICCIONES") for t in ("Niega alergias pero refiere toxicomanías",)),
    *((nota, t, "VIOLENCIA") for t in ("Refiere violación a los 15 años", "Abuso sexual previo")),
    (nota, "Violencia de pareja", "VIOLENCIA"),
    *((nota, t, "REPRODUCTIVA") for t in ("Solicita interrupción legal del embarazo",)),
    (nota, "Se indica levonorgestrel 1.5 mg", "REPRODUCTIVA"),
    *((nota, t, "GENETICA") for t in ("Cariotipo 47,XX,+21: trisomía 21", "BRCA1 positivo")),
    *((nota, t, "") for t in ("Niega tabaquismo, alcoholismo y toxicomanías.", "Considerarla")),
    *((nota, t, "") for t in ("Alcoholismo y toxicomanías: negados", "Alcoholismo negado")),
    *((nota, t, "") for t in ("Sin datos de ideación suicida", "Violación al protocolo de ayuno")),
    *((nota, t, "") for t in ("Embarazo de 32 semanas sin complicaciones", "Vihuela", "Sidad")),
    *((nota, t, "") for t in ("Nirmatrelvir con ritonavir por cinco días", "Tabaquismo positivo")),
    *((informe, t, "VIH") for t in ("Western blot para VIH: reactivo",)),
    (informe, "Sin alteraciones", ""),
]


def test_son_bastantes_casos() -> None:
    assert len(CASOS) >= 120


@pytest.mark.parametrize(("crear", "dato", "esperadas"), CASOS)
def test_cada_caso(crear: Callable[[str], Recurso], dato: str, esperadas: str) -> None:
    assert etiquetar(crear(dato)) == {Categoria(c) for c in esperadas.split()}


@pytest.mark.parametrize(
    ("recurso", "edad", "esperadas"),
    [
        # LGDNNA 50; NOM-047-SSA2-2015: from 12 to 17 years
        (condicion("Z30.0"), 15, {R, J}),
        (condicion("Z30.0"), 18, {R}),
        (condicion("Z30.0"), 11, {R}),
        (condicion("F32.9"), 12, {M, J}),
        (condicion("F12.1"), 17, {A, J}),
        (condicion("T74.2"), 14, {X, J}),
        (condicion("A54.0"), 16, {V, J}),
        (condicion("Q90.9"), 16, {G}),
        (condicion("O80"), 16, {J}),
        (condicion("O80"), 25, set()),
        (condicion("Z32.1"), 16, {J}),
        (observacion("21198-7"), 16, {J}),
        (observacion("21198-7"), None, set()),
        (condicion("J00X"), 15, set()),
        (condicion("E10.9"), 13, set()),
    ],
)
def test_edad(recurso: Recurso, edad: int | None, esperadas: set[Categoria]) -> None:
    assert etiquetar(recurso, edad=edad) == esperadas


@pytest.mark.parametrize(
    ("unidad", "esperadas"),
    [
        ("Psiquiatría", {M}),
        ("Servicio de Psicología", {M}),
        ("CAPASITS", {V}),
        ("Clínica de adicciones", {A}),
        ("Servicio amigable para adolescentes", {J}),
        ("Consulta externa", set()),
    ],
)
def test_unidad(unidad: str, esperadas: set[Categoria]) -> None:
    assert etiquetar(nota("Cefalea de dos días"), unidad=unidad) == esperadas


@pytest.mark.parametrize(
    "recurso",
    [
        {"resourceType": "Encounter", "reasonCode": [concepto(CIE10, "B24X")]},
        {"resourceType": "Encounter", "contained": [condicion("B24")]},
        {
            "resourceType": "Claim",
            "diagnosis": [{"diagnosisCodeableConcept": concepto(CIE10, "B24")}],
        },
        {"resourceType": "MedicationRequest", "contained": [{"code": concepto(ATC, "J05AG03")}]},
        {"resourceType": "MedicationRequest", "medicationReference": {"display": "Efavirenz 600"}},
        {"resourceType": "Immunization", "note": [{"text": "Paciente con VIH"}]},
        {"resourceType": "Observation", "component": [{"code": concepto(LOINC, "56888-1")}]},
        {"resourceType": "Observation", "code": {"text": "Anticuerpos anti VIH"}},
        {"resourceType": "DiagnosticReport", "conclusionCode": [concepto(SNOMED, "86406008")]},
        {"resourceType": "ServiceRequest", "code": concepto("urn:ece:estudio", "vihs")},
        {"resourceType": "Task", "description": "VIH 1 y 2", "input": []},
        {"resourceType": "Condition", "code": {"text": "HIV infection"}},
    ],
)
def test_en_cualquier_lugar_de_cualquier_recurso(recurso: Recurso) -> None:
    assert etiquetar(recurso) == {V}


def test_quien_es_alguien_no_se_etiqueta() -> None:
    assert not etiquetar({"resourceType": "Patient", "address": [{"text": "Calle Violación"}]})


def test_los_motivos_de_un_retiro_no_etiquetan() -> None:
    assert not etiquetar(retirada(condicion("I10X"), V, "No era VIH"))


def retirada(recurso: Recurso, categoria: Categoria, motivo: str) -> Recurso:
    partes = [
        {"url": "categoria", "valueCode": categoria.value},
        {"url": "motivo", "valueString": motivo},
    ]
    return {**recurso, "meta": {"extension": [{"url": RETIRADA, "extension": partes}]}}


def con(recurso: Recurso, *codigos: tuple[str, str]) -> Recurso:
    return {**recurso, "meta": {"security": [{"system": s, "code": c} for s, c in codigos]}}


@pytest.mark.parametrize(
    ("codigo", "categoria"),
    [
        *(("HIV", V), ("STD", V), ("PSY", M), ("PSYTHPN", M), ("MH", M), ("ETH", A), ("SUD", A)),
        *(("SDV", X), ("DVD", X), ("SEX", R), ("GDIS", G), ("ADOL", J)),
    ],
)
def test_lo_que_otro_etiqueto_se_conserva(codigo: str, categoria: Categoria) -> None:
    ajeno = con(condicion("I10X"), (SISTEMA_HL7, codigo), (SISTEMA_RESERVA, "V"))
    assert etiquetar(ajeno) == {categoria}
    escrito = aplicar(ajeno, etiquetar(ajeno))
    assert ajeno["meta"]["security"][0] in escrito["meta"]["security"]
    assert {"system": SISTEMA_RESERVA, "code": "V"} in escrito["meta"]["security"]


def test_lo_que_alguien_puso_y_lo_que_retiro() -> None:
    assert etiquetar(con(condicion("I10X"), (SISTEMA, "VIOLENCIA"))) == {X}
    assert etiquetar(retirada(condicion("B24"), V, "Error de captura")) == frozenset()
    dichas = correcciones(retirada(condicion("B24"), V, "Error"))
    assert {c: (d.retirada, d.motivo) for c, d in dichas.items()} == {V: (True, "Error")}
    assert etiquetar(con(condicion("B24"), (SISTEMA, "NO_EXISTE"))) == {V}


def test_la_version_siguiente_conserva_lo_corregido() -> None:
    anterior = retirada(condicion("B24"), V, "Error")
    anterior["meta"]["security"] = [{"system": SISTEMA, "code": "VIOLENCIA"}]
    siguiente = conservar(condicion("B24"), anterior)
    assert etiquetar(siguiente) == {X}
    assert conservar(siguiente, anterior) == siguiente


categorias = st.frozensets(st.sampled_from(Categoria))
recursos = st.sampled_from([tipo for tipo in TIPOS if tipo != "Patient"]).map(ejemplar)


@given(recursos, categorias, categorias)
@settings(max_examples=60, deadline=None)
def test_aplicar_dice_exactamente_esas_y_nada_mas_cambia(
    recurso: Recurso, unas: frozenset[Categoria], otras: frozenset[Categoria]
) -> None:
    una = aplicar(aplicar(recurso, otras), unas)
    assert aplicar(una, unas) == una
    dichas = {c["code"] for c in una.get("meta", {}).get("security", ())}
    assert {c for c in Categoria if set(CATEGORIAS[c].escritas) <= dichas} == unas
    assert ("R" in dichas) == bool(unas)
    assert {k: v for k, v in una.items() if k != "meta"} == {
        k: v for k, v in recurso.items() if k != "meta"
    }
    assert aplicar(una, ()) == aplicar(recurso, ())
    assert not fhir.validar(una)


@given(recursos, st.one_of(st.none(), st.integers(0, 120)))
@settings(max_examples=60, deadline=None)
def test_etiquetar_es_estable(recurso: Recurso, edad: int | None) -> None:
    """Labelling what is labelled says the same: nothing grows version after version."""
    unas = etiquetar(recurso, edad=edad)
    assert etiquetar(aplicar(recurso, unas), edad=edad) == unas


@given(recursos, st.sampled_from(["B24X", "F32.9", "F10.2", "T74.2", "Z30.0", "Q90.9"]))
@settings(max_examples=60, deadline=None)
def test_agregar_un_codigo_nunca_quita(recurso: Recurso, codigo: str) -> None:
    antes = etiquetar(recurso)
    mas = {**recurso, "contained": [*recurso.get("contained", ()), condicion(codigo)]}
    assert etiquetar(mas) == antes | etiquetar(condicion(codigo))


def test_los_conjuntos_citan_su_fuente() -> None:
    from registros.catalogos.sensibles.conjuntos import filas

    for archivo, columnas in (("cie10.csv", 5), ("loinc.csv", 4), ("atc.csv", 4)):
        assert all(len(f) == columnas and f[-1].strip() for f in filas(archivo)), archivo
    for archivo, columnas in (("propios.csv", 5), ("palabras.csv", 4), ("unidades.csv", 3)):
        assert all(len(f) == columnas and f[-1].strip() for f in filas(archivo)), archivo
