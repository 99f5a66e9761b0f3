"""Documents from elsewhere: read without trusting them, shown without running them."""

import time
from decimal import Decimal

import pytest

from ece import cda, fhir
from tests.cda.documentos import ccda, seccion

TIPOS = ["AllergyIntolerance", "Condition", "Condition", "MedicationStatement", "Immunization"]


def test_dice_de_si_y_de_quien_es() -> None:
    leido = cda.leer(ccda())
    assert leido.identificador == {"system": "urn:oid:2.16.840.1.113883.3.9999.1", "value": "DOC-1"}
    assert leido.titulo == "Resumen de atención"
    assert leido.fecha == "2026-10-01T10:30:00-06:00"
    assert (leido.custodio, leido.autores) == ("Clínica del Mayab", ["Bruno Cauich"])
    assert leido.persona.recurso["name"] == [{"given": ["Xóchitl"], "family": "Ibáñez Peña"}]
    assert leido.persona.recurso["birthDate"] == "1984-05-17"


def test_sus_datos_son_fhir_valido_y_lo_negado_no_es_dato() -> None:
    datos = cda.datos(cda.leer(ccda()))
    assert [d.tipo for d in datos] == [*TIPOS, "Observation"]
    for dato in datos:
        sujeto = "patient" if dato.tipo in ("AllergyIntolerance", "Immunization") else "subject"
        assert fhir.validar({**dato.recurso, sujeto: {"reference": "Patient/1"}}) == []
    alergia, hta, neumonia, losartan, influenza, hemoglobina = (d.recurso for d in datos)
    assert alergia["category"] == ["medication"]
    assert fhir.texto(alergia["reaction"][0]["manifestation"][0]) == "Urticaria"
    assert hta["code"]["coding"][0]["system"] == "http://hl7.org/fhir/sid/icd-10"
    assert hta["onsetDateTime"] == "2020-03-01"
    assert neumonia["clinicalStatus"]["coding"][0]["code"] == "resolved"
    assert losartan["dosage"][0]["text"] == "50 mg, Oral, cada 12 horas"
    assert influenza["lotNumber"] == "L-9"
    assert hemoglobina["valueQuantity"]["value"] == Decimal("13.2")
    assert all("Mariscos" not in str(d.recurso) for d in datos)


def test_el_mismo_dato_tiene_la_misma_llave_venga_de_donde_venga() -> None:
    llaves = [d.llave for d in cda.datos(cda.leer(ccda()))]
    assert llaves == [d.llave for d in cda.datos(cda.leer(ccda().replace(b"\r\n", b"\n")))]
    assert not set(llaves) & {d.llave for d in cda.datos(cda.leer(ccda("DOC-2")))}


BOMBA = b"""<!DOCTYPE lolz [<!ENTITY a "ja"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>"""
AFUERA = b"""<!DOCTYPE c [<!ENTITY x SYSTEM "file:///etc/passwd">]>"""


@pytest.mark.parametrize(
    "malo",
    [
        b"",
        b"no es xml",
        ccda()[:900],
        ccda().replace(b"<ClinicalDocument", BOMBA + b"<ClinicalDocument"),
        ccda().replace(b"<ClinicalDocument", AFUERA + b"<ClinicalDocument"),
        b"<a>" * 100_000 + b"</a>" * 100_000,
        ccda().replace(b"ClinicalDocument", b"ClinicalDocumento"),
        ccda().replace(b'<id root="2.16.840.1.113883.3.9999.1" extension="DOC-1"/>', b""),
        ccda().replace(b"recordTarget", b"recordTargets"),
        ccda(secciones=seccion("1", "x", "<paragraph><script>1</script></paragraph>")),
        ccda(secciones=seccion("1", "x", '<linkHtml href="java&#10;script:alert(1)">a</linkHtml>')),
        ccda().replace(b'encoding="UTF-8"', b'encoding="no-existe"'),
        b"\xff\xfe\x00",
    ],
)
def test_lo_que_no_es_o_trae_trampa_se_rechaza(malo: bytes) -> None:
    with pytest.raises(cda.CdaInvalido) as rechazo:
        cda.leer(malo)
    assert str(rechazo.value)


def test_la_narrativa_se_escribe_de_nuevo() -> None:
    texto = (
        '<paragraph onmouseovr="x" styleCode="Bold">5 &lt; 6 &amp; &lt;b&gt;</paragraph>'
        '<table border="1"><tbody><tr><td colspan="2" rowspan="9999999">A</td></tr></tbody></table>'
        '<list listType="ordered"><caption>Lista</caption><item>uno</item></list>'
        '<renderMultiMedia referencedObject="img1"/>'
        '<linkHtml href="https://ejemplo.invalid/espia.png">liga</linkHtml>'
        '<content styleCode="Bold" ID="x">fuerte</content><desconocido>suelto</desconocido>'
    )
    texto = texto.replace(' onmouseovr="x"', "")
    ultimo = cda.apartados(cda.leer(ccda(secciones=seccion("1", "Última", texto))))[-1]
    assert ultimo.titulo == "Última"
    assert ultimo.html == (
        "<p>5 &lt; 6 &amp; &lt;b&gt;</p>"
        '<table><tbody><tr><td colspan="2">A</td></tr></tbody></table>'
        "<strong>Lista</strong> <ol><li>uno</li></ol>"
        "<p>[Imagen o archivo adjunto: está en el original]</p>"
        "liga<strong>fuerte</strong>suelto"
    )
    assert "ejemplo.invalid" not in ultimo.html


def test_lo_desmedido_no_cuesta_desmedido() -> None:
    """Thousands of entries that point to a long text, and entries one inside another."""
    largo = f'<content ID="m1">{"palabra " * 100_000}</content>'
    una = (
        '<entry><observation classCode="OBS" moodCode="EVN">'
        '<templateId root="2.16.840.1.113883.10.20.22.4.4"/>'
        '<text><reference value="#m1"/></text><value nullFlavor="UNK"/></observation></entry>'
    )
    inicio = time.process_time()
    datos = cda.datos(cda.leer(ccda(secciones=seccion("11450-4", "x", largo, una * 20_000))))
    assert len(datos) <= 400
    abre = (
        '<observation classCode="OBS" moodCode="EVN">'
        '<templateId root="2.16.840.1.113883.10.20.22.4.4"/><entryRelationship>'
    )
    cierra = "</entryRelationship></observation>"
    hondo = f"<entry>{abre * 100}<observation>{'x' * 5_000_000}</observation>{cierra * 100}</entry>"
    assert len(cda.datos(cda.leer(ccda(secciones=seccion("11450-4", "x", "y", hondo))))) <= 400
    assert time.process_time() - inicio < 5


def test_lo_hondo_y_lo_mucho_tienen_fin() -> None:
    hondo = "<list><item>" * 70 + "fondo" + "</item></list>" * 70
    assert cda.apartados(cda.leer(ccda(secciones=seccion("1", "x", hondo))))
    muchas = seccion("1", "x", "<paragraph>y</paragraph>") * 700
    assert len(cda.apartados(cda.leer(ccda(secciones=muchas)))) <= 500
