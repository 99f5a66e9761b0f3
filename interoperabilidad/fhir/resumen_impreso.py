"""The International Patient Summary as PDF/A, in Spanish: what its document says, for people."""

import json
from collections.abc import Sequence
from datetime import date, datetime
from importlib import resources
from typing import Any

import typst
from django.utils import timezone, translation

from consentimiento.services import impresiones
from ece import fhir
from ece.identidad import selectors as identidad
from registros.selectors import descripciones

Recurso = dict[str, Any]

SEXOS = {"female": "Femenino", "male": "Masculino", "other": "Otro", "unknown": "Se ignora"}
ALCANCE = (
    "Dice lo que puede saber quien lo pidió, en el momento en que lo pidió: puede haber más en el "
    "expediente. Una sección sin información no dice que no haya nada."
)


@translation.override("es-mx")
def pdf(
    titulo: str, quien: Recurso, secciones: Sequence[tuple[str, Sequence[Recurso]]], ahora: datetime
) -> bytes:
    """The PDF of `quien` (a Patient) and, of each section, its title and resources."""
    institucion = identidad.institucion()
    nombre = _nombre(quien)
    datos = {
        "titulo": titulo,
        "institucion": institucion.nombre if institucion else "",
        "paciente": {"nombre": nombre, "datos": list(_datos(quien, nombre))},
        "pedido": f"{timezone.localtime(ahora):%d/%m/%Y %H:%M} · Folio {impresiones.folio()}",
        "secciones": [
            {"titulo": titulo_, "filas": [_fila(recurso) for recurso in suyos]}
            for titulo_, suyos in secciones
        ],
        "alcance": ALCANCE,
    }
    documento: bytes = typst.compile(
        resources.files("interoperabilidad.fhir").joinpath("resumen.typ").read_bytes(),
        format="pdf",
        sys_inputs={"datos": json.dumps(datos, ensure_ascii=False)},
        pdf_standards=["a-2b"],
    )
    return documento


def _nombre(quien: Recurso) -> str:
    dicho: Recurso = next(iter(quien.get("name", ())), {})
    partes = [*dicho.get("given", ()), dicho.get("family", "")]
    return str(dicho.get("text") or " ".join(p for p in partes if p))


def _datos(quien: Recurso, nombre: str) -> list[tuple[str, str]]:
    pares = [
        ("Nombre", nombre),
        ("Nacimiento", _dia(str(quien.get("birthDate", "")))),
        ("Sexo", SEXOS.get(str(quien.get("gender", "")), "")),
    ]
    pares += [
        (str(uno.get("type", {}).get("text") or "Identificador"), str(uno.get("value", "")))
        for uno in quien.get("identifier", ())
    ]
    return [par for par in pares if par[1]]


def _fila(recurso: Recurso) -> tuple[str, str, str]:
    linea = descripciones.describir(recurso)
    fecha = fhir.fecha_clinica(recurso)
    dia = f"{timezone.localtime(fecha):%d/%m/%Y}" if fecha else ""
    return dia, linea.titulo, linea.detalle


def _dia(texto: str) -> str:
    try:
        return f"{date.fromisoformat(texto):%d/%m/%Y}"
    except ValueError:
        return texto
