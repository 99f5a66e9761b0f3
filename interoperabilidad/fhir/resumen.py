"""``Patient/$summary``: the International Patient Summary of what the asker may see, in Spanish.

A document of the sections of IPS (HL7 IPS 2.0, section 4): the required three always, the others
when there is something to say. What is withheld from the asker is as if it had never been written:
an empty section says that nothing is available, never that nothing is so.
"""

import html
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from consentimiento import decision
from consentimiento.services import impresiones
from ece import fhir
from ece.fhir.narrativa import ESPACIO
from ece.nucleo.acceso import Acceso, Actor
from ece.nucleo.roles import Permiso
from ece.nucleo.uuid7 import uuid7
from interoperabilidad.fhir import resumen_impreso
from registros.selectors import descripciones, recursos
from registros.selectors.recursos import Orden

LOINC = "http://loinc.org"
POR_SECCION, FILAS = 50, 1_000
Recurso = dict[str, Any]


@dataclass(frozen=True, slots=True)
class _Seccion:
    codigo: str
    titulo: str
    tipos: frozenset[str]
    lleva: Callable[[Recurso], bool]
    obligatoria: bool = False


def _codigo(recurso: Recurso, elemento: str) -> str:
    codigos = recurso.get(elemento, {}).get("coding", ())
    return next((str(c.get("code", "")) for c in codigos), "")


def _estado(*admitidos: str) -> Callable[[Recurso], bool]:
    return lambda recurso: recurso.get("status") in admitidos


def _vigente(recurso: Recurso) -> bool:
    """Whether an allergy or a problem is held to be true, and to go on."""
    clinico = _codigo(recurso, "clinicalStatus")
    return not fhir.anulado(recurso) and clinico not in ("inactive", "resolved", "remission")


def _de_categoria(*categorias: str) -> Callable[[Recurso], bool]:
    def lleva(recurso: Recurso) -> bool:
        suyas = {
            c.get("code") for uno in recurso.get("category", ()) for c in uno.get("coding", ())
        }
        return recurso.get("status") in _HECHO and not suyas.isdisjoint(categorias)

    return lleva


_HECHO = frozenset({"final", "amended", "corrected"})
_DE_OBSERVAR = frozenset({"Observation"})
SECCIONES = (
    _Seccion(
        "10160-0",
        "Medicamentos",
        frozenset({"MedicationRequest", "MedicationStatement"}),
        _estado("active", "on-hold", "intended", "unknown"),
        True,
    ),
    _Seccion(
        "48765-2",
        "Alergias e intolerancias",
        frozenset({"AllergyIntolerance"}),
        _vigente,
        True,
    ),
    _Seccion("11450-4", "Problemas", frozenset({"Condition"}), _vigente, True),
    _Seccion("11369-6", "Vacunas", frozenset({"Immunization"}), _estado("completed")),
    _Seccion(
        "47519-4",
        "Procedimientos",
        frozenset({"Procedure"}),
        _estado("completed", "in-progress"),
    ),
    _Seccion("30954-2", "Resultados", _DE_OBSERVAR, _de_categoria("laboratory", "imaging")),
    _Seccion("8716-3", "Signos vitales", _DE_OBSERVAR, _de_categoria("vital-signs")),
)


TITULO = "Resumen internacional del paciente"


def de_paciente(actor: Actor, paciente: UUID, *, base: str, ahora: datetime) -> bytes:
    """A document Bundle. Raises `AccesoDenegado`."""
    _acceso, quien, partes = _reunir(actor, paciente, ahora)
    secciones = [_escrita(seccion, suyos) for seccion, suyos in partes]
    entradas = [quien, *(recurso for _, suyos in partes for recurso in suyos)]
    return fhir.json.escribir(_documento(quien, secciones, entradas, base, ahora))


def en_pdf(actor: Actor, paciente: UUID, *, ahora: datetime) -> bytes:
    """The same, printed; its digest goes to the log. Raises `AccesoDenegado`."""
    acceso, quien, partes = _reunir(actor, paciente, ahora)
    titulos = [(seccion.titulo, suyos) for seccion, suyos in partes]
    impreso = resumen_impreso.pdf(TITULO, quien, titulos, ahora)
    impresiones.asentar(acceso, impreso, ahora=ahora)
    return impreso


def _reunir(
    actor: Actor, paciente: UUID, ahora: datetime
) -> tuple[Acceso, Recurso, list[tuple[_Seccion, list[Recurso]]]]:
    """The proof, who it is about, and what each section has, as far as `actor` may see."""
    acceso = decision.abrir_paciente(
        actor,
        paciente,
        Permiso.RECURSO_LEER,
        ahora=ahora,
        detalle={"interaccion": "$summary"},
    )
    quien = _abiertos(acceso, frozenset({"Patient"}))[0]
    partes = []
    for seccion in SECCIONES:
        suyos = [r for r in _abiertos(acceso, seccion.tipos) if seccion.lleva(r)][:POR_SECCION]
        if suyos or seccion.obligatoria:
            partes.append((seccion, suyos))
    return acceso, quien, partes


def _abiertos(acceso: Acceso, tipos: Iterable[str]) -> list[Recurso]:
    """The patient's records of `tipos`, newest first, whole."""
    filas = recursos.compartimento(acceso, tipos=tipos, orden=Orden.FECHA_DESC, limite=FILAS)
    abiertos = recursos.abrir_todos({acceso.paciente: acceso}, filas)
    return [fhir.json.leer(json) for _, json in abiertos]


def _escrita(seccion: _Seccion, suyos: Sequence[Recurso]) -> Recurso:
    lineas = [descripciones.describir(recurso) for recurso in suyos]
    if not suyos:
        cuerpo = "<p>Sin información disponible.</p>"
    else:
        cuerpo = "".join(
            f"<li>{html.escape(': '.join(p for p in (linea.titulo, linea.detalle) if p))}</li>"
            for linea in lineas
        )
        cuerpo = f"<ul>{cuerpo}</ul>"
    escrita: Recurso = {
        "title": seccion.titulo,
        "code": {"coding": [{"system": LOINC, "code": seccion.codigo}]},
        "text": {
            "status": "generated",
            "div": fhir.narrativa.sin_controles(f'<div xmlns="{ESPACIO}">{cuerpo}</div>'),
        },
    }
    if suyos:
        escrita["entry"] = [{"reference": f"{r['resourceType']}/{r['id']}"} for r in suyos]
    else:
        sistema = "http://terminology.hl7.org/CodeSystem/list-empty-reason"
        escrita["emptyReason"] = {"coding": [{"system": sistema, "code": "unavailable"}]}
    return escrita


def _documento(
    quien: Recurso,
    secciones: Sequence[Recurso],
    entradas: Sequence[Recurso],
    base: str,
    ahora: datetime,
) -> Recurso:
    momento = ahora.isoformat(timespec="milliseconds")
    autor = f"urn:uuid:{uuid7()}"
    composicion = {
        "resourceType": "Composition",
        "language": "es-MX",
        "status": "final",
        "type": {"coding": [{"system": LOINC, "code": "60591-5"}]},
        "subject": {"reference": f"Patient/{quien['id']}"},
        "date": momento,
        "author": [{"reference": autor, "display": "Expediente Clínico Electrónico"}],
        "title": TITULO,
        "section": list(secciones),
    }
    sistema = {
        "resourceType": "Device",
        "deviceName": [{"name": "Expediente Clínico Electrónico", "type": "model-name"}],
    }
    return {
        "resourceType": "Bundle",
        "identifier": {"system": "urn:ietf:rfc:3986", "value": f"urn:uuid:{uuid7()}"},
        "type": "document",
        "timestamp": momento,
        "entry": [
            {"fullUrl": f"urn:uuid:{uuid7()}", "resource": composicion},
            *(
                {"fullUrl": f"{base}/{r['resourceType']}/{r['id']}", "resource": r}
                for r in entradas
            ),
            {"fullUrl": autor, "resource": sistema},
        ],
    }
