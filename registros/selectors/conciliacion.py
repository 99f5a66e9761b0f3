"""What a clinical document from elsewhere says as data, beside what the record already has."""

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from hashlib import sha256
from uuid import UUID

from ece import cda, fhir
from ece.cda import Dato
from ece.nucleo.acceso import Acceso
from ece.nucleo.roles import Permiso
from registros.models import Documento, OtroRegistro
from registros.models.base import Recurso
from registros.selectors import descripciones, documentos, expediente, identidad
from registros.selectors.expediente import Entrada

SISTEMA_SUERTE = "urn:ece:conciliacion"
SISTEMA_DATO = "urn:ece:cda:dato"
MOTIVO, QUIEN = "urn:ece:fhir:motivo", "urn:ece:fhir:quien"
CANDIDATOS = 100
ORDEN = (
    "AllergyIntolerance",
    "Condition",
    "MedicationStatement",
    "Immunization",
    "Observation",
)
_CON_QUE = {"MedicationStatement": ("MedicationStatement", "MedicationRequest")}


@dataclass(frozen=True, slots=True)
class Suerte:
    """What somebody did with a datum: `incorporado`, `fusionado` or `descartado`."""

    que: str
    quien: str
    cuando: str
    motivo: str
    tipo: str = ""
    registro: UUID | None = None


@dataclass(frozen=True, slots=True)
class Propuesta:
    """A datum of the document, in words, and what there is of its kind in the record.

    `parecido` is the record that says the same, if one does.
    """

    dato: Dato
    titulo: str
    detalle: str
    estado: str
    desde: str
    suerte: Suerte | None
    candidatos: list[Entrada] = field(repr=False)
    parecido: Entrada | None


@dataclass(frozen=True, slots=True)
class Conciliacion:
    """A document and its data, allergies first. `discrepancia` says why it is of somebody else."""

    documento: UUID
    leido: cda.Documento
    discrepancia: str
    propuestas: list[Propuesta]

    @property
    def pendientes(self) -> int:
        return sum(p.suerte is None for p in self.propuestas)


def leer(acceso: Acceso, *, documento_id: UUID) -> cda.Documento | None:
    """The clinical document that a record keeps; None when it keeps something else."""
    contenido = documentos.contenido(acceso, documento_id=documento_id)
    if contenido is None:
        return None
    try:
        return cda.leer(contenido)
    except cda.CdaInvalido:
        return None


def de_documento(acceso: Acceso, *, documento_id: UUID) -> Conciliacion | None:
    """What may be taken from a document, in a constant number of queries; None if it is no CDA."""
    acceso.exigir(Permiso.EXPEDIENTE_LEER)
    leido = leer(acceso, documento_id=documento_id)
    if leido is None:
        return None
    datos = sorted(cda.datos(leido), key=lambda d: ORDEN.index(d.tipo))
    hechas = suertes(hoja(acceso, leido))
    tipos = {tipo for d in datos for tipo in _CON_QUE.get(d.tipo, (d.tipo,))}
    previos = {tipo: expediente.ultimas(acceso, tipo, CANDIDATOS) for tipo in sorted(tipos)}
    return Conciliacion(
        documento_id,
        leido,
        discrepancia(acceso, leido),
        [_propuesta(dato, hechas.get(dato.llave), previos) for dato in datos],
    )


def discrepancia(acceso: Acceso, leido: cda.Documento) -> str:
    """Why the document is of somebody else (`identidad.discrepancia`), or nothing."""
    _, conocido, _ = expediente.identidad(acceso)
    return identidad.discrepancia(conocido, leido.persona.recurso)


def id_de_hoja(acceso: Acceso, leido: cda.Documento) -> UUID:
    """The id of the List that says what became of a document's data: of each document, one."""
    return id_de(acceso, leido.llave)


def id_de(acceso: Acceso, llave: str) -> UUID:
    """An id that only this patient's datum (or document) of that key has: a second one collides."""
    return UUID(bytes=sha256(f"{acceso.paciente}|{llave}".encode()).digest()[:16], version=5)


def hoja(acceso: Acceso, leido: cda.Documento) -> OtroRegistro | None:
    fila = OtroRegistro.objects.uno(acceso, id_de_hoja(acceso, leido))
    return fila if isinstance(fila, OtroRegistro) else None


def suertes(fila: OtroRegistro | None) -> dict[str, Suerte]:
    """datum -> what was done with it."""
    hechas = {}
    for entrada in fila.recurso.get("entry", ()) if fila is not None else ():
        cosa = entrada["item"]
        tipo, _, id_ = cosa.get("reference", "").partition("/")
        extensiones = {e["url"]: e for e in entrada.get("extension", ())}
        hechas[cosa["identifier"]["value"]] = Suerte(
            que=entrada["flag"]["coding"][0]["code"],
            quien=extensiones.get(QUIEN, {}).get("valueReference", {}).get("display", ""),
            cuando=entrada.get("date", ""),
            motivo=extensiones.get(MOTIVO, {}).get("valueString", ""),
            tipo=tipo,
            registro=UUID(id_) if id_ else None,
        )
    return hechas


def version_de(acceso: Acceso, documento_id: UUID) -> int:
    """The version of the DocumentReference that is read now."""
    fila = Documento.objects.uno(acceso, documento_id)
    return fila.version if fila is not None else 0


def _propuesta(dato: Dato, suerte: Suerte | None, previos: dict[str, list[Entrada]]) -> Propuesta:
    candidatos = [e for tipo in _CON_QUE.get(dato.tipo, (dato.tipo,)) for e in previos[tipo]]
    if dato.tipo == "Observation":  # a measurement is itself, or another: it is merged with none
        mismos = [e for e in candidatos if _misma_medida(dato.recurso, e.recurso)]
        candidatos = []
        parecido = next(iter(mismos), None)
    else:
        parecido = next((e for e in candidatos if se_parecen(dato.recurso, e.recurso)), None)
        candidatos = [e for e in candidatos if e.tipo == dato.tipo]
        if parecido is not None and parecido in candidatos:
            candidatos = [parecido, *(e for e in candidatos if e is not parecido)]
    descrito = descripciones.describir(dato.recurso)
    return Propuesta(
        dato=dato,
        titulo=descrito.titulo,
        detalle=descrito.detalle,
        estado=_estado(dato.recurso),
        desde=_desde(dato.recurso),
        suerte=suerte,
        candidatos=candidatos,
        parecido=parecido,
    )


def se_parecen(uno: Recurso, otro: Recurso) -> bool:
    """Whether two statements share a code, or are called alike. Pure."""
    unos, otros = codigo_de(uno), codigo_de(otro)
    if _codigos(unos) & _codigos(otros):
        return True
    return any(
        palabras and palabras == otras for palabras in _nombres(unos) for otras in _nombres(otros)
    )


def codigo_de(recurso: Recurso) -> Recurso:
    """The CodeableConcept that says what a statement is about."""
    claves = ("code", "medicationCodeableConcept", "vaccineCode")
    hallado: Recurso = next((recurso[c] for c in claves if c in recurso), {})
    return hallado


def _codigos(concepto: Recurso) -> set[tuple[str, str]]:
    return {(c.get("system", ""), c["code"]) for c in concepto.get("coding", ()) if c.get("code")}


def _nombres(concepto: Recurso) -> Iterable[frozenset[str]]:
    dichos = [concepto.get("text", ""), *(c.get("display", "") for c in concepto.get("coding", ()))]
    return [frozenset(fhir.palabras(dicho)) for dicho in dichos]


def _misma_medida(uno: Recurso, otro: Recurso) -> bool:
    """The same thing, of the same day, with the same value."""
    claves = ("valueQuantity", "valueCodeableConcept", "valueString")
    valores = [
        json.dumps([r.get(c) for c in claves], default=str, sort_keys=True) for r in (uno, otro)
    ]
    dias = [r.get("effectiveDateTime", "")[:10] for r in (uno, otro)]
    return valores[0] == valores[1] and dias[0] == dias[1] and se_parecen(uno, otro)


def _estado(recurso: Recurso) -> str:
    codigos = recurso.get("clinicalStatus", {}).get("coding", ())
    return str(next((c["code"] for c in codigos), recurso.get("status", "")))


def _desde(recurso: Recurso) -> str:
    claves = ("onsetDateTime", "occurrenceDateTime", "effectiveDateTime")
    dicho = next((recurso[c] for c in claves if c in recurso), "")
    return str(dicho or recurso.get("effectivePeriod", {}).get("start", ""))[:10]
