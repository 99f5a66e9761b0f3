"""Requests at random, made from the OpenAPI description and from what is there to be asked for."""

import json
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

import schemathesis
from hypothesis import strategies as st
from schemathesis import GenerationMode

from ece import fhir
from interoperabilidad.fhir import definiciones
from tests.interoperabilidad.socios import SocioEntero, operacion, paciente, parche_fhirpath
from tests.interoperabilidad.test_errores import nota
from tests.interoperabilidad.test_rest import observacion

DE_FHIR = ("application/fhir+json", "application/fhir+xml")
PARCHE = [{"op": "replace", "path": "/status", "value": "amended"}]
VALORES = {
    "date": ["2026-11-20", "ge2026", "lt2026-11-20T10:00:00-06:00", "ap2026-11"],
    "token": ["8310-5", "http://loinc.org|8310-5", "female", "final", "|", "true"],
    "string": ["Ibáñez", "cli"],
    "quantity": ["36.5", "ge36|http://unitsofmeasure.org|Cel", "1e2"],
    "number": ["1", "lt5.5"],
    "reference": ["Patient/{paciente}", "{paciente}", "Organization/x,Patient/{paciente}"],
    "uri": ["urn:x", "http://loinc.org"],
    "composite": ["8310-5$36.5", "8310-5$2026"],
    "_count": ["0", "3", "500"],
    "_sort": ["-date", "_id", "status,-date", "code", "family"],
    "_filter": ["date gt 2026-01-01", "not (code eq 8310-5) and status pr true"],
    "_elements": ["id,status", "gender"],
    "_include": ["*", "Observation:subject", "Observation:*"],
    "_revinclude": ["Observation:subject", "Condition:patient:Patient"],
    "_since": ["2026", "2026-11-20T10:00:00Z"],
    "_at": ["ge2026"],
    "patient": ["Patient/{paciente}", "{paciente}"],
    "url": ["http://hl7.org/fhir/ValueSet/administrative-gender"],
    "system": ["http://loinc.org"],
    "code": ["8310-5"],
    "sourceIdentifier": ["urn:x|1"],
    "If-None-Exist": ["code=8310-5", "identifier=urn:x|nadie", "_id=x&_count=1"],
    "If-Match": ['W/"1"'],
}
"""What a parameter is given, by its name or by the class of the search parameter that it is."""
RAROS = ["\x00", "²", "-1", "9" * 30, "1e9999", "%", "|", "$", ",", "(", "a.b:c", "''"]


@dataclass(frozen=True)
class Sembrado:
    """What there is to be asked for, and bodies that are right."""

    ids: dict[str, str]
    recursos: list[dict[str, Any]]
    trabajo: str
    convenio: str


def sembrar(socio: SocioEntero, convenio: str) -> Sembrado:
    persona = socio.crear(paciente())
    sujeto = {"subject": {"reference": f"Patient/{persona}"}}
    vista = json.loads(observacion(persona))
    nuevos: list[dict[str, Any]] = [
        vista,
        {"resourceType": "Organization", "name": "Clínica"},
        {"resourceType": "Condition", "code": {"text": "Diabetes"}, **sujeto},
        nota(persona),
        {
            "resourceType": "Group",
            "type": "person",
            "actual": True,
            "member": [{"entity": sujeto["subject"]}],
        },
        {
            "resourceType": "DocumentReference",
            "status": "current",
            "content": [{"attachment": {"contentType": "text/plain", "data": "SG9sYQ=="}}],
            **sujeto,
        },
        {
            "resourceType": "Subscription",
            "status": "requested",
            "reason": "Saber",
            "criteria": "urn:ece:tema:resultado",
            "channel": {"type": "rest-hook", "endpoint": "https://aqui.example/"},
        },
    ]
    ids = {"Patient": persona, **{r["resourceType"]: socio.crear(r) for r in nuevos}}
    pedido = socio.get("$export?_type=Patient", HTTP_PREFER="respond-async")
    return Sembrado(
        ids,
        [
            paciente(),
            *nuevos,
            *({**r, "id": ids[r["resourceType"]]} for r in (paciente(), *nuevos)),
            *_paquetes(vista),
            *_parametros(persona),
        ],
        pedido["Content-Location"].rpartition("/")[2],
        convenio,
    )


def _paquetes(vista: dict[str, Any]) -> Iterator[dict[str, Any]]:
    entradas = [
        {"resource": vista, "request": {"method": "POST", "url": "Observation"}},
        {"request": {"method": "GET", "url": "Observation?code=8310-5"}},
    ]
    for tipo in ("transaction", "batch", "message"):
        yield {"resourceType": "Bundle", "type": tipo, "entry": entradas}


def _parametros(persona: str) -> Iterator[dict[str, Any]]:
    cambio = operacion(type="replace", path="Observation.status", value={"valueCode": "amended"})
    yield parche_fhirpath(cambio)
    coding = {"valueCoding": {"system": "http://loinc.org", "code": "8310-5"}}
    genero = {"valueUri": "http://hl7.org/fhir/ValueSet/administrative-gender"}
    archivo = [
        {"name": "type", "valueCode": "Patient"},
        {"name": "url", "valueUri": "https://aqui.example/p.ndjson"},
    ]
    for dados in (
        {"resource": {"resource": paciente()}, "count": {"valueInteger": 2}},
        {"resource": {"valueString": "x"}},
        {"url": genero, "coding": coding, "filter": {"valueString": "a"}},
        {"patient": {"valueString": persona}, "type": coding, "start": {"valueDate": "2026"}},
        {"patient": {"valueString": persona}, "type": {"valueInteger": 5}},
        {"status": {"valueCode": "active"}, "eventsSinceNumber": {"valueString": "1"}},
        {"_type": {"valueString": "Patient,Observation"}, "_since": {"valueInstant": "2026"}},
        {"inputSource": {"valueUri": "https://aqui.example/"}, "input": {"part": archivo}},
    ):
        partes = [{"name": nombre, **valor} for nombre, valor in dados.items()]
        yield {"resourceType": "Parameters", "parameter": partes}


cualquiera = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=9),
    lambda dentro: (
        st.lists(dentro, max_size=2) | st.dictionaries(st.text(max_size=5), dentro, max_size=2)
    ),
    max_leaves=4,
)


@st.composite
def trastocado(draw: st.DrawFn, recurso: Any) -> Any:
    """`recurso` as it is, or with one thing changed: another value, or an extension alone."""
    entero = {"": deepcopy(recurso)}
    if not draw(st.integers(0, 2)):
        return entero[""]
    nodo: Any = entero
    clave: Any = ""
    while isinstance(nodo[clave], dict | list) and nodo[clave] and draw(st.integers(0, 3)):
        nodo = nodo[clave]
        clave = draw(st.sampled_from(sorted(nodo) if isinstance(nodo, dict) else range(len(nodo))))
    if isinstance(nodo, dict) and clave and not draw(st.integers(0, 3)):
        del nodo[clave]
        nodo[f"_{clave}"] = {"extension": [{"url": "urn:x", "valueCode": "x"}]}
    else:
        nodo[clave] = draw(cualquiera | st.sampled_from(RAROS))
    return entero[""]


@st.composite
def casos(draw: st.DrawFn, formas: list[list[Any]], sembrado: Sembrado) -> Any:
    """A request: of any form of address alike, as described or against it, and often about
    something that is there."""
    de_la_forma = draw(st.sampled_from(formas))
    conocidas = [una for una in de_la_forma if tipo_de(una.path) in sembrado.ids]
    una = draw(st.sampled_from((draw(st.integers(0, 3)) and conocidas) or de_la_forma))
    modo = draw(st.sampled_from([GenerationMode.POSITIVE] * 3 + [GenerationMode.NEGATIVE]))
    caso = draw(una.as_strategy(generation_mode=modo))
    tipo = tipo_de(una.path)
    hay = {
        "id": sembrado.ids.get(tipo, ""),
        "version": "1",
        "trabajo": sembrado.trabajo,
        "convenio": sembrado.convenio,
    }
    for nombre in caso.path_parameters:
        if hay.get(nombre) and draw(st.integers(0, 7)):
            caso.path_parameters = {**caso.path_parameters, nombre: hay[nombre]}
    if modo is GenerationMode.POSITIVE:
        libres = [p.codigo for p in definiciones.parametros(tipo)] if _con_criterios(una) else []
        nombres = sorted(caso.query) + libres
        elegidos = draw(st.lists(st.sampled_from(nombres), max_size=3)) if nombres else []
        caso.query = {n: draw(valores(tipo, n, caso.query.get(n), sembrado)) for n in elegidos}
        for nombre in set(caso.headers) & VALORES.keys():
            caso.headers[nombre] = draw(st.sampled_from(VALORES[nombre]))
    if caso.media_type in DE_FHIR and draw(st.integers(0, 7)):
        toma = "Parameters" if "$" in una.path or una.method == "patch" else tipo
        propios = [r for r in sembrado.recursos if r["resourceType"] == toma]
        caso.body = draw(trastocado(draw(st.sampled_from(propios or sembrado.recursos))))
    elif caso.media_type == "application/json-patch+json" and draw(st.integers(0, 7)):
        caso.body = draw(trastocado(PARCHE))
    return caso


def _con_criterios(una: Any) -> bool:
    return any(p.name == "criterios" for p in una.query)


def valores(tipo: str, nombre: str, dado: Any, sembrado: Sembrado) -> st.SearchStrategy[Any]:
    """What a parameter of a query is given: something of its class, something odd, or `dado`."""
    buscado = fhir.parametros(tipo).get(nombre) if tipo else None
    if nombre in ("_format", "_pretty", "_summary", "_total"):
        return st.just(dado)
    de_su_clase = VALORES.get(nombre) or VALORES.get(buscado.clase if buscado else "composite", [])
    propios = [v.format(paciente=sembrado.ids["Patient"]) for v in de_su_clase]
    return st.sampled_from([*propios * 3, *RAROS, *([dado] if dado is not None else [])])


def tipo_de(camino: str) -> str:
    """The resource type that an address is of, if it is of one."""
    tipo = camino.removeprefix("/fhir/").partition("/")[0]
    return tipo if tipo in fhir.tipos_de_recurso() else ""


def forma_de(camino: str) -> str:
    """An address whatever the type it is of."""
    tipo = tipo_de(camino)
    return camino.replace(f"/{tipo}", "/T", 1) if tipo else camino


@schemathesis.serializer(*DE_FHIR, "application/json-patch+json")
def _de_fhir(contexto: schemathesis.SerializationContext, valor: Any) -> bytes:
    if isinstance(valor, bytes):
        return valor
    if contexto.case.media_type == "application/fhir+xml":
        try:
            return fhir.xml.escribir(valor)
        except Exception:
            return repr(valor).encode()
    return json.dumps(valor).encode()


@schemathesis.serializer(
    "application/jose", "x-application/hl7-v2+er7", "text/xml", "application/xml"
)
def _de_texto(_: schemathesis.SerializationContext, valor: Any) -> bytes:
    return valor if isinstance(valor, bytes) else str(valor).encode("utf-8", "replace")
