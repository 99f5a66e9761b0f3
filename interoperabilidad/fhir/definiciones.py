"""What may be searched by and which operations there are: the tables that the addresses, the
CapabilityStatement and the SearchParameter and OperationDefinition resources are made from."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from ece import fhir
from ece.fhir import criterios

_MODIFICADOR = {"of-type": "ofType"}  # as R4's value set of modifiers spells it
_CON_PREFIJO = frozenset({"date", "number", "quantity"})
_FECHA = "2026-11-29"
APARTE = frozenset({"Subscription"})
"""Types that are not kept with the others, and answer to fewer interactions."""


@dataclass(frozen=True, slots=True)
class Buscable:
    """A search parameter of a type; `partes` are those of a composite."""

    tipo: str
    codigo: str
    clase: str
    oficial: str
    expresion: str
    destinos: tuple[str, ...] = ()
    partes: tuple[tuple[str, str], ...] = ()

    @property
    def id(self) -> str:
        propio = f"common-{self.codigo[1:]}" if self.codigo[0] == "_" else self.codigo
        return f"{self.tipo}-{propio}"

    def url(self, base: str) -> str:
        return f"{base}/SearchParameter/{self.id}"

    @property
    def modificadores(self) -> tuple[str, ...]:
        if self.codigo in ("_id", "_lastUpdated"):
            return ()
        return criterios.MODIFICADORES.get(self.clase, ())

    @property
    def prefijos(self) -> tuple[str, ...]:
        if self.codigo == "_lastUpdated":
            return tuple(p for p in criterios.PREFIJOS if p not in ("ne", "ap"))
        return criterios.PREFIJOS if self.clase in _CON_PREFIJO else ()


@cache
def parametros(tipo: str) -> tuple[Buscable, ...]:
    """Every parameter that searches of `tipo` admit."""
    simples = (
        Buscable(tipo, p.codigo, p.clase, p.url, p.expresion, p.destinos)
        for p in fhir.parametros(tipo).values()
    )
    compuestos = (
        Buscable(tipo, c.codigo, "composite", c.url, c.expresion, (), c.definiciones)
        for c in fhir.compuestos(tipo).values()
    )
    return (*simples, *compuestos)


def search_parameter(id: str, base: str) -> dict[str, Any] | None:
    """The SearchParameter resource with that id."""
    tipo = id.partition("-")[0]
    if tipo not in fhir.tipos_de_recurso():
        return None
    hallado = next((p for p in parametros(tipo) if p.id == id), None)
    if hallado is None:
        return None
    por_url = {p.oficial: p.url(base) for p in parametros(tipo)}
    resultado: dict[str, Any] = {
        "resourceType": "SearchParameter",
        "id": id,
        "url": hallado.url(base),
        "name": id,
        "derivedFrom": hallado.oficial,
        "status": "active",
        "date": _FECHA,
        "description": f"Búsqueda de {tipo} por {hallado.codigo}.",
        "code": hallado.codigo,
        "base": [tipo],
        "type": hallado.clase,
        "expression": hallado.expresion,
        "target": list(hallado.destinos),
        "multipleOr": True,
        "multipleAnd": True,
        "comparator": list(hallado.prefijos),
        "modifier": [_MODIFICADOR.get(m, m) for m in hallado.modificadores],
        "component": [
            {"definition": por_url[url], "expression": expresion}
            for url, expresion in hallado.partes
        ],
    }
    return {clave: valor for clave, valor in resultado.items() if valor != []}


@dataclass(frozen=True, slots=True)
class Entra:
    """A parameter of an operation."""

    nombre: str
    tipo: str
    minimo: int = 0
    maximo: str = "1"
    sale: bool = False


@dataclass(frozen=True, slots=True)
class Operacion:
    """An operation: its code, where it is called, and what goes in and out.

    `tipos` empty and not `sistema`: of every type. `oficial` is the definition that it derives
    from, of R4 or (a whole address) of a guide. `metodos` are those of HTTP that it is asked by;
    `metodos_de_tipo`, of a type when they differ.
    """

    codigo: str
    descripcion: str
    tipos: tuple[str, ...] = ()
    sistema: bool = False
    de_tipo: bool = False
    de_uno: bool = False
    afecta: bool = False
    oficial: str = ""
    parametros: tuple[Entra, ...] = ()
    metodos: tuple[str, ...] = ("GET", "POST")
    metodos_de_tipo: tuple[str, ...] = ()

    @property
    def id(self) -> str:
        de = self.tipos[0] if self.tipos else "System" if self.sistema else "Resource"
        return f"{de}-{self.codigo}"

    def url(self, base: str) -> str:
        return f"{base}/OperationDefinition/{self.id}"

    def es_de(self, tipo: str) -> bool:
        return (self.de_tipo or self.de_uno) and (not self.tipos or tipo in self.tipos)

    @property
    def da(self) -> str:
        """The type of what it answers."""
        de_salida = [p.tipo for p in self.parametros if p.sale and p.nombre == "return"]
        return de_salida[0] if de_salida else "Parameters"


_VALIDAR_CODIGO = (
    Entra("url", "uri"),
    Entra("code", "code"),
    Entra("system", "uri"),
    Entra("display", "string"),
    Entra("coding", "Coding"),
    Entra("result", "boolean", 1, sale=True),
    Entra("message", "string", sale=True),
    Entra("display", "string", sale=True),
)

_EXPORTAR = (
    Entra("_outputFormat", "string"),
    Entra("_since", "instant"),
    Entra("_type", "string", maximo="*"),
    Entra("_typeFilter", "string", maximo="*"),
)
_MASIVO = "http://hl7.org/fhir/uv/bulkdata/OperationDefinition/"
_AVISOS = "http://hl7.org/fhir/uv/subscriptions-backport/OperationDefinition/"

OPERACIONES: tuple[Operacion, ...] = (
    Operacion(
        "process-message",
        "Un paso de una referencia, como mensaje: se acusa cuando ya está guardado.",
        sistema=True,
        afecta=True,
        oficial="MessageHeader-process-message",
        metodos=("POST",),
        parametros=(
            Entra("content", "Bundle", 1),
            Entra("return", "Bundle", sale=True),
        ),
    ),
    Operacion(
        "export",
        "Todo lo que está al alcance, en archivos (Bulk Data).",
        sistema=True,
        oficial=f"{_MASIVO}export",
        parametros=_EXPORTAR,
    ),
    Operacion(
        "export",
        "Los expedientes al alcance, en archivos (Bulk Data).",
        tipos=("Patient",),
        de_tipo=True,
        oficial=f"{_MASIVO}patient-export",
        parametros=(*_EXPORTAR, Entra("patient", "Reference", maximo="*")),
    ),
    Operacion(
        "export",
        "Los expedientes de un grupo, en archivos (Bulk Data).",
        tipos=("Group",),
        de_uno=True,
        oficial=f"{_MASIVO}group-export",
        parametros=(*_EXPORTAR, Entra("patient", "Reference", maximo="*")),
    ),
    Operacion(
        "import",
        "Archivos que otros publican, tomados en segundo plano.",
        sistema=True,
        afecta=True,
        metodos=("POST",),
        parametros=(
            Entra("inputFormat", "code"),
            Entra("inputSource", "uri", 1),
            Entra("storageDetail", "BackboneElement"),
            Entra("input", "BackboneElement", 1, "*"),
        ),
    ),
    Operacion(
        "status",
        "Cómo va una suscripción.",
        tipos=("Subscription",),
        de_tipo=True,
        de_uno=True,
        oficial=f"{_AVISOS}backport-subscription-status",
        parametros=(
            Entra("id", "id", maximo="*"),
            Entra("status", "code", maximo="*"),
            Entra("return", "Bundle", 1, sale=True),
        ),
    ),
    Operacion(
        "events",
        "Lo que ya se avisó a una suscripción.",
        tipos=("Subscription",),
        de_uno=True,
        oficial=f"{_AVISOS}backport-subscription-events",
        parametros=(
            Entra("eventsSinceNumber", "string"),
            Entra("eventsUntilNumber", "string"),
            Entra("content", "code"),
            Entra("return", "Bundle", 1, sale=True),
        ),
    ),
    Operacion(
        "everything",
        "El expediente entero de un paciente.",
        tipos=("Patient",),
        de_uno=True,
        oficial="Patient-everything",
        parametros=(
            Entra("_type", "code", maximo="*"),
            Entra("return", "Bundle", 1, sale=True),
        ),
    ),
    Operacion(
        "summary",
        "El resumen internacional del paciente (IPS), en español.",
        tipos=("Patient",),
        de_uno=True,
        parametros=(Entra("return", "Bundle", 1, sale=True),),
    ),
    Operacion(
        "cda",
        "El resumen clínico de la guía GIIS-A001, en CDA R2.",
        tipos=("Patient",),
        de_uno=True,
        parametros=(Entra("firma", "boolean"), Entra("return", "Any", 1, sale=True)),
    ),
    Operacion(
        "ihe-pix",
        "Los identificadores de quien tiene uno (IHE PIXm, ITI-83).",
        tipos=("Patient",),
        de_tipo=True,
        metodos=("GET",),
        parametros=(
            Entra("sourceIdentifier", "string", 1),
            Entra("targetSystem", "uri", 0, "*"),
            Entra("targetIdentifier", "Identifier", 0, "*", sale=True),
            Entra("targetId", "Reference", 0, "*", sale=True),
        ),
    ),
    Operacion(
        "match",
        "Quién puede ser una persona: hasta ocho, con su grado.",
        tipos=("Patient",),
        de_tipo=True,
        oficial="Patient-match",
        metodos=("POST",),
        parametros=(
            Entra("resource", "Patient", 1),
            Entra("onlyCertainMatches", "boolean"),
            Entra("count", "integer"),
            Entra("return", "Bundle", 1, sale=True),
        ),
    ),
    Operacion(
        "lastn",
        "Lo último de cada cosa observada a un paciente.",
        tipos=("Observation",),
        de_tipo=True,
        oficial="Observation-lastn",
        metodos=("GET",),
        parametros=(Entra("max", "positiveInt"), Entra("return", "Bundle", 1, sale=True)),
    ),
    Operacion(
        "docref",
        "Los documentos de un paciente.",
        tipos=("DocumentReference",),
        de_tipo=True,
        parametros=(
            Entra("patient", "id", 1),
            Entra("start", "date"),
            Entra("end", "date"),
            Entra("type", "Coding"),
            Entra("return", "Bundle", 1, sale=True),
        ),
    ),
    Operacion(
        "document",
        "Un documento entero: la Composition y lo que cita.",
        tipos=("Composition",),
        de_uno=True,
        oficial="Composition-document",
        metodos=("GET",),
        parametros=(Entra("return", "Bundle", 1, sale=True),),
    ),
    Operacion(
        "validate",
        "Si un recurso cumple con R4, y si no, dónde y por qué.",
        de_tipo=True,
        de_uno=True,
        oficial="Resource-validate",
        metodos_de_tipo=("POST",),
        parametros=(
            Entra("resource", "Any"),
            Entra("profile", "uri"),
            Entra("return", "OperationOutcome", 1, sale=True),
        ),
    ),
    Operacion(
        "lookup",
        "Cómo se llama un código.",
        tipos=("CodeSystem",),
        de_tipo=True,
        oficial="CodeSystem-lookup",
        parametros=(
            Entra("code", "code"),
            Entra("system", "uri"),
            Entra("coding", "Coding"),
            Entra("name", "string", 1, sale=True),
            Entra("display", "string", 1, sale=True),
        ),
    ),
    Operacion(
        "validate-code",
        "Si un código es de un sistema.",
        tipos=("CodeSystem",),
        de_tipo=True,
        oficial="CodeSystem-validate-code",
        parametros=_VALIDAR_CODIGO,
    ),
    Operacion(
        "validate-code",
        "Si un código es de un conjunto.",
        tipos=("ValueSet",),
        de_tipo=True,
        oficial="ValueSet-validate-code",
        parametros=(*_VALIDAR_CODIGO, Entra("codeableConcept", "CodeableConcept")),
    ),
    Operacion(
        "expand",
        "Los códigos de un conjunto.",
        tipos=("ValueSet",),
        de_tipo=True,
        oficial="ValueSet-expand",
        parametros=(
            Entra("url", "uri", 1),
            Entra("filter", "string"),
            Entra("offset", "integer"),
            Entra("count", "integer"),
            Entra("return", "ValueSet", 1, sale=True),
        ),
    ),
    Operacion(
        "translate",
        "Un código, dicho en otro sistema.",
        tipos=("ConceptMap",),
        de_tipo=True,
        oficial="ConceptMap-translate",
        parametros=(
            Entra("url", "uri"),
            Entra("code", "code"),
            Entra("system", "uri"),
            Entra("coding", "Coding"),
            Entra("targetsystem", "uri"),
            Entra("result", "boolean", 1, sale=True),
            Entra("match", "BackboneElement", 0, "*", sale=True),
        ),
    ),
)


def operation_definition(id: str, base: str) -> dict[str, Any] | None:
    """The OperationDefinition resource with that id."""
    operacion = _operaciones().get(id)
    if operacion is None:
        return None
    resultado: dict[str, Any] = {
        "resourceType": "OperationDefinition",
        "id": id,
        "url": operacion.url(base),
        "name": "".join(parte.capitalize() for parte in operacion.codigo.split("-")),
        "status": "active",
        "kind": "operation",
        "date": _FECHA,
        "description": operacion.descripcion,
        "affectsState": operacion.afecta,
        "code": operacion.codigo,
        "resource": list(operacion.tipos) or ([] if operacion.sistema else ["Resource"]),
        "system": operacion.sistema,
        "type": operacion.de_tipo,
        "instance": operacion.de_uno,
        "parameter": [
            {
                "name": p.nombre,
                "use": "out" if p.sale else "in",
                "min": p.minimo,
                "max": p.maximo,
                "type": p.tipo,
            }
            for p in operacion.parametros
        ],
    }
    if operacion.oficial:
        de_r4 = "" if ":" in operacion.oficial else "http://hl7.org/fhir/OperationDefinition/"
        resultado["base"] = f"{de_r4}{operacion.oficial}"
    return {clave: valor for clave, valor in resultado.items() if valor != []}


@cache
def _operaciones() -> Mapping[str, Operacion]:
    return {operacion.id: operacion for operacion in OPERACIONES}
