"""The checks against published cases: each of the first must be caught, none of the second.

Each case names where it is published: *label* is the section of the product's prescribing
information (FDA, DailyMed); the rest are named whole.
"""

import time
from decimal import Decimal

import pytest

from registros.catalogos import medicamentos
from registros.catalogos.medicamentos import (
    MEDICAMENTOS,
    Clase,
    Contexto,
    Dosis,
    Indicada,
    Severidad,
    revisar,
)
from registros.catalogos.medicamentos.reglas import (
    CONTRAINDICACIONES,
    FAMILIAS,
    INTERACCIONES,
)
from registros.catalogos.medicamentos.rinon import filtrado

ANIO = Decimal("365.25")
A, X, D, E, L, N, R, P, C, G = (
    Clase.ALERGIA,
    Clase.INTERACCION,
    Clase.DUPLICIDAD,
    Clase.EMBARAZO,
    Clase.LACTANCIA,
    Clase.EDAD,
    Clase.RINON,
    Clase.DOSIS,
    Clase.DIAGNOSTICO,
    Clase.GRUPO,
)


def indicada(orden: str) -> Indicada:
    """``Nombre``, ``Nombre; 500 mg; 8`` (dose, hours), ``Nombre; 5 mL; 8; susp 250 mg/5 mL``."""
    nombre, *pauta = (parte.strip() for parte in orden.split(";"))
    uno = medicamentos.por_clave(medicamentos.clave_de(nombre))
    assert uno is not None, nombre
    presentacion = uno.presentaciones[0]
    if len(pauta) > 2:
        presentacion = next(p for p in uno.presentaciones if p.clave == pauta[2])
    if not pauta:
        return Indicada(uno, presentacion, via=presentacion.via)
    valor, unidad = pauta[0].split(" ")
    return Indicada(
        uno, presentacion, Dosis(Decimal(valor), unidad), int(pauta[1]), 7, presentacion.via
    )


def contexto(quien: str = "", **hechos: object) -> Contexto:
    """``40 F 60`` is a woman of 40 years who weighs 60 kg."""
    edad, sexo, peso = (*quien.split(), *("40", "M", "70")[len(quien.split()) :])
    datos: dict[str, object] = {
        "edad": int(Decimal(edad) * ANIO),
        "sexo": {"F": "female", "M": "male"}[sexo],
        "peso_kg": Decimal(peso),
    }
    return Contexto(**{**datos, **hechos})  # type: ignore[arg-type]


def con(*otros: str) -> dict[str, object]:
    return {"medicamentos": otros}


def alergico(*a: str) -> dict[str, object]:
    return {"alergias": a}


def tfg(valor: int) -> dict[str, object]:
    return {"tfg": Decimal(valor)}


PELIGROS = (
    # interactions
    ("Ibuprofeno", "70 M", con("Warfarina 5 mg"), X, "label warfarina 7.3"),
    ("Trimetoprima con sulfametoxazol", "", con("Warfarina"), X, "label warfarina 7.2"),
    ("Metronidazol", "", con("Acenocumarol"), X, "label warfarina 7.2"),
    ("Amiodarona", "70 M", con("Warfarina"), X, "label amiodarona 7"),
    ("Fluconazol", "", con("Warfarina"), X, "label fluconazol 7"),
    ("Claritromicina", "", con("Simvastatina"), X, "label simvastatina 4"),
    ("Gemfibrozilo", "", con("Simvastatina"), X, "label simvastatina 4"),
    ("Sildenafil", "", con("Mononitrato de isosorbida"), X, "label sildenafil 4.1"),
    ("Claritromicina", "", con("Colchicina"), X, "label colchicina 7; Hung, CID 2005;41:291"),
    ("Tramadol", "", con("Fluoxetina"), X, "label tramadol 5.6"),
    ("Linezolid", "", con("Sertralina"), X, "FDA Drug Safety Communication, 2011"),
    ("Clonazepam", "", con("Morfina"), X, "FDA boxed warning, 2016"),
    ("Losartán", "", con("Enalapril"), X, "label losartán 7.3; ONTARGET, NEJM 2008;358:1547"),
    ("Trimetoprima con sulfametoxazol", "75 F", con("Losartán"), X, "Fralick, BMJ 2014;349:g6196"),
    ("Cloruro de potasio", "", con("Espironolactona"), X, "label espironolactona 7.1"),
    ("Verapamilo", "", con("Metoprolol"), X, "label verapamilo, Interacciones"),
    ("Claritromicina", "70 F", con("Digoxina"), X, "label digoxina 7.1; Juurlink, JAMA 2003"),
    ("Verapamilo", "", con("Digoxina"), X, "label digoxina 7.1"),
    ("Naproxeno", "", con("Carbonato de litio"), X, "label litio 7"),
    ("Hidroclorotiazida", "", con("Carbonato de litio"), X, "label litio 7"),
    ("Trimetoprima con sulfametoxazol", "", con("Metotrexato"), X, "label metotrexato 7"),
    ("Alopurinol", "", con("Azatioprina"), X, "label azatioprina 7.1"),
    ("Ciprofloxacino", "", con("Tizanidina"), X, "label tizanidina 4"),
    ("Ciprofloxacino", "", con("Teofilina"), X, "label ciprofloxacino 7"),
    ("Meropenem", "", con("Ácido valproico"), X, "label meropenem 7.2"),
    ("Lamotrigina", "", con("Valproato de magnesio"), X, "label lamotrigina 7"),
    ("Rifampicina", "30 F", con("Etinilestradiol con levonorgestrel"), X, "OMS, MEC 2015"),
    ("Paroxetina", "50 F", con("Tamoxifeno"), X, "Kelly, BMJ 2010;340:c693"),
    ("Rifampicina", "", con("Rivaroxabán"), X, "label rivaroxabán 7"),
    ("Itraconazol", "", con("Ergotamina con cafeína"), X, "label ergotamina, recuadro"),
    ("Propranolol", "", con("Salbutamol"), X, "label propranolol 7"),
    # allergy and what crosses
    ("Amoxicilina", "", alergico("Penicilina"), A, "label amoxicilina 4"),
    ("Amoxicilina con ácido clavulánico", "", alergico("Ampicilina"), A, "label, 4"),
    ("Trimetoprima con sulfametoxazol", "", alergico("Sulfas"), A, "label TMP-SMX 4"),
    ("Naproxeno", "", alergico("Aspirina"), A, "label naproxeno 4; EAACI 2013"),
    ("Ceftriaxona", "", alergico("Cefalosporinas"), A, "label ceftriaxona 4"),
    ("Levofloxacino", "", alergico("Ciprofloxacino"), A, "label levofloxacino 4"),
    ("Oxcarbazepina", "", alergico("Carbamazepina"), A, "label oxcarbazepina 5.2"),
    ("Tramadol con paracetamol", "", alergico("Paracetamol"), A, "label, 4"),
    # pregnancy and lactation
    ("Enalapril", "30 F", {"embarazo": True}, E, "label enalapril, recuadro"),
    ("Losartán con hidroclorotiazida", "30 F", {"embarazo": True}, E, "label losartán, recuadro"),
    ("Isotretinoína", "22 F", {"embarazo": True}, E, "label isotretinoína, recuadro"),
    ("Ácido valproico", "28 F", {"embarazo": True}, E, "label valproato, recuadro"),
    ("Warfarina", "33 F", {"embarazo": True}, E, "label warfarina 4"),
    ("Metotrexato", "30 F", {"embarazo": True}, E, "label metotrexato, recuadro"),
    ("Doxiciclina", "25 F", {"embarazo": True}, E, "label doxiciclina 8.1"),
    ("Atorvastatina", "35 F", {"embarazo": True}, E, "AEMPS, ficha técnica 4.3"),
    ("Misoprostol", "25 F", {"embarazo": True}, E, "label misoprostol, recuadro"),
    ("Amiodarona", "30 F", {"lactancia": True}, L, "LactMed; label amiodarona 8.2"),
    # kidney
    ("Metformina", "70 F", tfg(25), R, "label metformina 4; FDA 2016"),
    ("Nitrofurantoína", "80 F", tfg(20), R, "AGS Beers Criteria 2023, table 6"),
    ("Ketorolaco; 30 mg; 6; ivim 30 mg/1 mL", "60 M", tfg(35), R, "label ketorolaco 4"),
    ("Dabigatrán", "82 M", tfg(22), R, "AGS Beers Criteria 2023, table 6"),
    ("Alendronato", "72 F", tfg(30), R, "label alendronato 5.4"),
    ("Espironolactona", "75 M", tfg(25), R, "AGS Beers Criteria 2023, table 6"),
    # dose and age
    ("Paracetamol; 1000 mg; 4", "", {}, P, "label paracetamol: 4 g al día"),
    ("Paracetamol; 10 mL; 6; jbe 160 mg/5 mL", "2 M 12", {}, P, "OMS 2010: 60-75 mg/kg/día"),
    ("Ibuprofeno; 10 mL; 6; susp 100 mg/5 mL", "3 F 14", {}, P, "label ibuprofeno: 40 mg/kg/día"),
    ("Amoxicilina; 10 mL; 8; susp 500 mg/5 mL", "1 M 10", {}, P, "OMS 2010: 100 mg/kg/día"),
    ("Digoxina; 2 tableta; 8", "70 M", {}, P, "label digoxina 2"),
    ("Citalopram; 60 mg; 24", "50 F", {}, P, "FDA Drug Safety Communication, 2012"),
    ("Metoclopramida; 10 mg; 4", "", {}, P, "EMA 2013: 30 mg al día"),
    ("Tramadol; 50 mg; 8", "6 M 20", {}, N, "FDA contraindication, 2017: under 12 years"),
    ("Doxiciclina; 100 mg; 12", "5 F 18", {}, N, "label doxiciclina 8.4"),
    ("Loperamida; 2 mg; 6", "1 M 10", {}, N, "label loperamida 4: under 2 years"),
    ("Ácido acetilsalicílico; 300 mg; 8", "7 F 22", {}, N, "label: Reye"),
    # disease, and the law
    ("Propranolol", "30 F", {"diagnosticos": ("J459",)}, C, "label propranolol 4"),
    ("Naproxeno", "60 M", {"diagnosticos": ("K254",)}, C, "label naproxeno, recuadro"),
    ("Bupropión", "40 M", {"diagnosticos": ("G409",)}, C, "label bupropión 4"),
    ("Ibuprofeno", "30 M", {"diagnosticos": ("A90X",)}, C, "OMS, guía de dengue 2009"),
    ("Pioglitazona", "65 M", {"diagnosticos": ("I500",)}, C, "label pioglitazona, recuadro"),
    ("Morfina", "60 M", {}, G, "LGS 241"),
    ("Losartán con hidroclorotiazida", "", con("Losartán"), D, "BNF: duplicated ingredient"),
)
"""(order, person, facts, what is found, where it is published); all stop the prescription."""

INOFENSIVOS = (
    ("Paracetamol; 500 mg; 8", "40 M", {}),
    ("Paracetamol; 5 mL; 6; jbe 160 mg/5 mL", "3 F 14", {}),
    ("Paracetamol; 500 mg; 8", "30 F", {"embarazo": True}),
    ("Paracetamol; 500 mg; 8", "70 M", con("Warfarina")),
    ("Paracetamol; 500 mg; 8", "", alergico("Penicilina")),
    ("Amoxicilina; 500 mg; 8", "30 F", {"embarazo": True}),
    ("Amoxicilina; 500 mg; 8", "", alergico("Sulfas")),
    ("Amoxicilina; 5 mL; 8; susp 250 mg/5 mL", "4 M 16", {}),
    ("Azitromicina; 500 mg; 24", "", alergico("Penicilina")),
    ("Azitromicina; 500 mg; 24", "60 M", con("Atorvastatina")),
    ("Metformina; 850 mg; 12", "55 F", tfg(75)),
    ("Metformina; 850 mg; 12", "55 F", con("Enalapril", "Atorvastatina")),
    ("Losartán; 50 mg; 24", "60 M", con("Amlodipino", "Hidroclorotiazida")),
    ("Losartán; 50 mg; 24", "60 M", tfg(40)),
    ("Enalapril; 10 mg; 12", "50 M", con("Metformina")),
    ("Amlodipino; 5 mg; 24", "60 F", con("Losartán")),
    ("Hidroclorotiazida; 25 mg; 24", "60 F", con("Enalapril")),
    ("Atorvastatina; 20 mg; 24", "60 M", con("Metformina", "Ácido acetilsalicílico")),
    ("Ácido acetilsalicílico; 100 mg; 24", "60 M", con("Metoprolol", "Atorvastatina")),
    ("Metoprolol; 100 mg; 12", "55 M", con("Enalapril")),
    ("Bisoprolol; 5 mg; 24", "60 F", con("Salbutamol")),
    ("Omeprazol; 20 mg; 24", "45 F", con("Naproxeno")),
    ("Pantoprazol; 40 mg; 24", "60 M", con("Clopidogrel")),
    ("Omeprazol; 20 mg; 24", "30 F", {"embarazo": True}),
    ("Ibuprofeno; 400 mg; 8", "30 M", {}),
    ("Ibuprofeno; 5 mL; 8; susp 100 mg/5 mL", "3 M 14", {}),
    ("Ibuprofeno; 400 mg; 8", "28 F", {"lactancia": True}),
    ("Loratadina; 10 mg; 24", "30 F", con("Paracetamol")),
    ("Cetirizina; 10 mg; 24", "20 M", alergico("Polen", "Cacahuate")),
    ("Salbutamol; 200 mcg; 6", "8 F 26", con("Budesonida")),
    ("Ceftriaxona; 1 g; 24", "40 F", alergico("Ibuprofeno")),
    ("Cefalexina; 500 mg; 6", "30 F", {"embarazo": True}),
    ("Nitrofurantoína; 100 mg; 6", "35 F", tfg(90)),
    ("Levotiroxina; 100 mcg; 24", "30 F", {"embarazo": True}),
    ("Insulina humana NPH; 10 UI; 12", "30 F", {"embarazo": True}),
    ("Insulina humana regular; 6 UI; 8", "50 M", con("Insulina humana NPH")),
    ("Sertralina; 50 mg; 24", "35 F", con("Clonazepam")),
    ("Levetiracetam; 500 mg; 12", "30 M", con("Topiramato")),
    ("Ácido fólico; 0.4 mg; 24", "25 F", {"embarazo": True}),
    ("Metildopa; 250 mg; 8", "30 F", {"embarazo": True}),
    ("Clotrimazol", "28 F", {"embarazo": True}),
    ("Electrolitos orales", "1 M 9", {}),
    ("Alopurinol; 300 mg; 24", "50 M", con("Losartán")),
    ("Tamsulosina; 0.4 mg; 24", "70 M", con("Finasterida", "Metformina")),
    ("Ketoconazol; 200 mg; 24", "40 M", con("Paracetamol")),
)


@pytest.mark.parametrize(("orden", "quien", "hechos", "clase", "fuente"), PELIGROS)
def test_every_published_danger_is_caught(
    orden: str, quien: str, hechos: dict[str, object], clase: Clase, fuente: str
) -> None:
    hallados = revisar([indicada(orden)], contexto(quien, **hechos))
    propios = [h for h in hallados if h.clase is clase and h.severidad >= Severidad.GRAVE]
    assert propios, (orden, fuente, hallados)
    for hallado in propios:
        assert hallado.porque
        assert hallado.que_hacer
        assert hallado.fuente


@pytest.mark.parametrize(("orden", "quien", "hechos"), INOFENSIVOS)
def test_nothing_is_said_of_what_is_harmless(
    orden: str, quien: str, hechos: dict[str, object]
) -> None:
    assert revisar([indicada(orden)], contexto(quien, **hechos)) == []


def test_there_are_as_many_cases_as_were_promised() -> None:
    por_clase = {clase: sum(caso[3] is clase for caso in PELIGROS) for clase in Clase}
    assert len(PELIGROS) >= 40
    assert min(por_clase[c] for c in (A, X, E, R, P)) >= 5
    assert len(INOFENSIVOS) >= 40


def test_what_is_prescribed_together_is_weighed_together() -> None:
    juntos = [indicada("Sildenafil"), indicada("Nitroglicerina")]
    (hallado,) = [h for h in revisar(juntos, contexto()) if h.clase is X]
    assert (hallado.medicamento, hallado.con) == ("Nitroglicerina", "Sildenafil")


def test_a_child_without_a_weight_is_not_passed_over() -> None:
    sin_peso = contexto("3 F", peso_kg=None)
    (hallado,) = revisar([indicada("Ibuprofeno; 5 mL; 8; susp 100 mg/5 mL")], sin_peso)
    assert (hallado.clase, hallado.severidad) == (P, Severidad.MODERADA)


def test_a_cream_is_not_measured_as_a_tablet() -> None:
    crema = indicada("Terbinafina; 1 aplicación; 12; cre 1 %")
    assert revisar([crema], contexto("30 F", embarazo=True)) == []


@pytest.mark.parametrize(
    ("creatinina", "edad", "sexo", "talla", "esperada"),
    [
        # National Kidney Foundation's calculator, CKD-EPI 2021
        ("1.0", "50", "male", None, 92),
        ("1.0", "50", "female", None, 69),
        ("2.0", "70", "male", None, 35),
        ("0.6", "30", "female", None, 124),
        # bedside Schwartz: 0.413 by height over creatinine
        ("0.5", "8", "female", "120", 99),
    ],
)
def test_the_filtration_is_that_of_the_published_equations(
    creatinina: str, edad: str, sexo: str, talla: str | None, esperada: int
) -> None:
    calculada = filtrado(
        Decimal(creatinina),
        edad=int(Decimal(edad) * ANIO),
        sexo=sexo,
        talla_cm=Decimal(talla) if talla else None,
    )
    assert calculada is not None
    assert round(calculada) == esperada


def test_the_files_are_whole() -> None:
    assert len(MEDICAMENTOS) >= 250
    assert len({uno.clave for uno in MEDICAMENTOS}) == len(MEDICAMENTOS)
    selecciones = [s for r in INTERACCIONES for s in (*r.a, *r.b)]
    selecciones += [s for r in CONTRAINDICACIONES for s in r.a]
    selecciones += [s for f in FAMILIAS for s in (*f.miembros, *f.cruza)]
    sin_nadie = {s for s in selecciones if not any(uno.es(frozenset({s})) for uno in MEDICAMENTOS)}
    assert sin_nadie == set()
    assert all(r.porque and r.que_hacer and r.fuente for r in (*INTERACCIONES, *CONTRAINDICACIONES))


@pytest.mark.parametrize(
    ("escrito", "primero"),
    [
        ("metf", "Metformina"),
        ("parac", "Paracetamol"),
        ("acido val", "Ácido valproico"),
        ("TEMPRA", "Paracetamol"),
        ("amox clav", "Amoxicilina con ácido clavulánico"),
        ("losartan", "Losartán"),
        ("nitrofuran", "Nitrofurantoína"),
    ],
)
def test_three_letters_find_it_at_once(escrito: str, primero: str) -> None:
    antes = time.process_time()
    hallados = medicamentos.buscar(escrito)
    assert time.process_time() - antes < 0.05
    assert hallados[0].nombre == primero


@pytest.mark.parametrize(
    ("escrito", "nombre"),
    [
        ("Metformina 850 mg tabletas", "Metformina"),
        ("LOSARTAN/HIDROCLOROTIAZIDA", "Losartán"),
        ("amoxicilina con acido clavulanico", "Amoxicilina con ácido clavulánico"),
        ("polen", None),
        ("", None),
    ],
)
def test_free_words_are_recognised(escrito: str, nombre: str | None) -> None:
    hallado = medicamentos.reconocer(escrito)
    assert (hallado.nombre if hallado else None) == nombre
