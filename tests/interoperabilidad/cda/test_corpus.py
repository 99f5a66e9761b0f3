"""Documents that nobody here wrote: each taken in, or refused for a true reason.

With ``ECE_ESCRIBIR_CONFORMIDAD=1`` this test writes the counts and reasons to docs/conformance.md.
"""

import os
from collections import Counter
from pathlib import Path

import pytest
from django.conf import settings

from ece import cda, fhir
from interoperabilidad.models import Estado, MensajeRecibido
from tests.interoperabilidad.socios import SocioEntero

AL_LADO = Path(__file__).resolve().parents[4] / "shared" / "data"
DATOS = Path(os.environ.get("ECE_EJEMPLOS", AL_LADO)) / "ccda"
DOC = Path(settings.BASE_DIR) / "docs" / "conformance.md"
pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(not DATOS.is_dir(), reason="sin los documentos de ejemplo"),
]
INICIO, FIN = "<!-- cda: written by a test -->", "<!-- cda: end -->"


def con_otro_id(contenido: bytes, numero: int) -> bytes:
    """The samples share their ids; each is a document of its own."""
    leido = cda.leer(contenido)
    (raiz,) = leido.raiz.xpath("h:id/@root", namespaces={"h": "urn:hl7-org:v3"})
    antes, _, despues = contenido.partition(str(raiz).encode())
    return antes + f"2.25.{numero + 1}".encode() + despues


def test_cada_ejemplo_entra_o_se_rechaza_con_razon(clientes: None) -> None:
    socio = SocioEntero("integracion")
    hallados: list[tuple[str, str, Counter[str]]] = []
    for numero, archivo in enumerate(sorted(DATOS.iterdir())):
        contenido = archivo.read_bytes()
        leido = cda.leer(contenido)
        persona = leido.persona.recurso
        if not any(
            socio.hallados(f"Patient?identifier={i['system']}|{i['value']}")
            for i in leido.persona.identificadores
        ):
            socio.crear(persona)
        respuesta = socio.http.post(
            "/cda/", con_otro_id(contenido, numero), content_type="text/xml"
        )
        assert respuesta.status_code in (201, 202), respuesta.content
        fila = MensajeRecibido.objects.order_by("-orden")[0]
        razon = "" if fila.estado == Estado.APLICADO else f"espera a una persona: {fila.motivo}"
        hallados.append((archivo.name, razon, Counter(d.tipo for d in cda.datos(leido))))
        assert len(cda.apartados(leido)) == len(leido.secciones)
        for dato in cda.datos(leido):
            sujeto = "patient" if dato.tipo in ("AllergyIntolerance", "Immunization") else "subject"
            assert fhir.validar({**dato.recurso, sujeto: {"reference": "Patient/1"}}) == []
    assert sum(not razon for _, razon, _ in hallados) >= 12
    tabla = _tabla(hallados)
    escrito = DOC.read_text(encoding="utf-8")
    if os.environ.get("ECE_ESCRIBIR_CONFORMIDAD"):
        antes, _, resto = escrito.partition(INICIO)
        _, _, despues = resto.partition(FIN)
        DOC.write_text(
            f"{antes.rstrip()}\n\n{INICIO}\n{tabla}{FIN}{despues or chr(10)}", encoding="utf-8"
        )
    else:
        assert tabla in escrito, "ECE_ESCRIBIR_CONFORMIDAD=1: docs/conformance.md dice otra cosa"


def _tabla(hallados: list[tuple[str, str, Counter[str]]]) -> str:
    entran = sum(not razon for _, razon, _ in hallados)
    tipos = (
        "AllergyIntolerance",
        "Condition",
        "MedicationStatement",
        "Immunization",
        "Observation",
    )
    lineas = [
        "## CDA documents that others wrote",
        "",
        f"{len(hallados)} sample documents (C-CDA R1.1 and R2.1, and a CDA around a PDF): {entran} "
        f"filed whole, {len(hallados) - entran} kept waiting for a person, none refused. What each "
        "offers to be reconciled, by type; an empty row is a document to be read.",
        "",
        "| document | allergies | problems | medicines | vaccines | results | waits for |",
        "| --- | ---: | ---: | ---: | ---: | ---: | --- |",
        *(
            f"| `{nombre}` | {' | '.join(str(datos[t] or '') for t in tipos)} | {razon} |"
            for nombre, razon, datos in hallados
        ),
        "",
    ]
    return "\n".join(lineas)
