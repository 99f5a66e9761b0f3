"""What this server does, generated from what is implemented (R4 CapabilityStatement)."""

from functools import cache
from typing import Any

from django.conf import settings

from ece import fhir
from interoperabilidad.fhir import definiciones
from interoperabilidad.suscripciones.temas import TEMAS

VERSION = "0.1.0"
FORMATOS = ("application/fhir+json", "application/fhir+xml")
PARCHES = ("application/json-patch+json", *FORMATOS)
INTERACCIONES = (
    *("read", "vread", "update", "patch", "delete"),
    *("history-instance", "history-type", "create", "search-type"),
)
"""Of every type; ``delete`` only of those that R4 lets say that they were an error."""

DE_LO_APARTE = ("read", "create", "update", "delete", "search-type")
"""Of the types of `definiciones.APARTE`."""

DEL_SISTEMA = ("transaction", "batch", "history-system")


_TEMA = (
    "http://hl7.org/fhir/uv/subscriptions-backport/StructureDefinition/"
    "capabilitystatement-subscriptiontopic-canonical"
)
_AQUI = "http://aqui.invalid/fhir"


def publicada(base: str) -> bytes:
    """The declaration as it is served: written once, whatever the names the server is called by."""
    return _plantilla().replace(_AQUI.encode(), base.encode())


@cache
def _plantilla() -> bytes:
    return fhir.json.escribir(declaracion(_AQUI))


def declaracion(base: str) -> dict[str, Any]:
    """The CapabilityStatement of the server at `base`."""
    return {
        "resourceType": "CapabilityStatement",
        "status": "active",
        "date": "2026-11-29",
        "kind": "instance",
        "software": {"name": "ECE", "version": VERSION},
        "instantiates": [
            "http://hl7.org/fhir/uv/bulkdata/CapabilityStatement/bulk-data",
            "http://hl7.org/fhir/uv/subscriptions-backport/CapabilityStatement/"
            "backport-subscription-server-r4",
        ],
        "implementation": {"description": "Expediente Clínico Electrónico", "url": base},
        "fhirVersion": "4.0.1",
        "format": list(FORMATOS),
        "patchFormat": list(PARCHES),
        "rest": [
            {
                "mode": "server",
                "security": {
                    "cors": True,
                    "service": [
                        {
                            "coding": [
                                {
                                    "system": "http://terminology.hl7.org/CodeSystem/"
                                    "restful-security-service",
                                    "code": "SMART-on-FHIR",
                                }
                            ]
                        }
                    ],
                },
                "resource": [_recurso(tipo, base) for tipo in sorted(fhir.tipos_de_recurso())],
                "interaction": [{"code": codigo} for codigo in DEL_SISTEMA],
                "searchParam": [{"name": "_filter", "type": "special"}],
                "operation": [_operacion(o, base) for o in definiciones.OPERACIONES if o.sistema],
                "compartment": ["http://hl7.org/fhir/CompartmentDefinition/patient"],
            }
        ],
    }


def _operacion(operacion: definiciones.Operacion, base: str) -> dict[str, str]:
    return {"name": operacion.codigo, "definition": operacion.url(base)}


def _aparte(tipo: str, base: str) -> dict[str, Any]:
    """A type not kept with the others: its owner's alone, searched by its content."""
    return {
        "extension": [{"url": _TEMA, "valueCanonical": url} for url in TEMAS],
        "type": tipo,
        "interaction": [{"code": codigo} for codigo in DE_LO_APARTE],
        "versioning": "versioned",
        "readHistory": False,
        "updateCreate": False,
        "conditionalCreate": False,
        "conditionalRead": "not-supported",
        "conditionalUpdate": False,
        "conditionalDelete": "not-supported",
        "searchParam": _parametros(tipo, base),
        "operation": _operaciones(tipo, base),
    }


def _parametros(tipo: str, base: str) -> list[dict[str, str]]:
    return [
        {"name": p.codigo, "definition": p.url(base), "type": p.clase}
        for p in definiciones.parametros(tipo)
    ]


def _operaciones(tipo: str, base: str) -> list[dict[str, str]]:
    return [_operacion(o, base) for o in definiciones.OPERACIONES if o.es_de(tipo)]


def _recurso(tipo: str, base: str) -> dict[str, Any]:
    if tipo in definiciones.APARTE:
        return _aparte(tipo, base)
    borrable = bool(fhir.anulable(tipo))
    declarado: dict[str, Any] = {
        "type": tipo,
        "interaction": [
            {"code": codigo} for codigo in INTERACCIONES if codigo != "delete" or borrable
        ],
        "versioning": "versioned",
        "readHistory": True,
        "updateCreate": settings.ECE_FHIR_CREAR_CON_PUT,
        "conditionalCreate": True,
        "conditionalRead": "full-support",
        "conditionalUpdate": True,
        "conditionalDelete": "single" if borrable else "not-supported",
        "searchInclude": ["*", *(f"{tipo}:{codigo}" for codigo in _referencias(tipo))],
        "searchRevInclude": _inversas(tipo),
        "searchParam": _parametros(tipo, base),
        "operation": _operaciones(tipo, base),
    }
    return {clave: valor for clave, valor in declarado.items() if valor != []}


def _referencias(tipo: str) -> list[str]:
    return sorted(c for c, p in fhir.parametros(tipo).items() if p.clase == "reference")


@cache
def _inversas(tipo: str) -> list[str]:
    """``Type:parameter`` of every parameter that may lead to `tipo`."""
    return [
        f"{otro}:{codigo}"
        for otro in sorted(fhir.tipos_de_recurso() - definiciones.APARTE)
        for codigo in _referencias(otro)
        if tipo in fhir.parametros(otro)[codigo].destinos
    ]


DEFINEN = frozenset({"SearchParameter", "OperationDefinition"})
"""Types of which this server also has resources that nobody wrote."""


def definicion(tipo: str, id: str, base: str) -> dict[str, Any] | None:
    """The SearchParameter or OperationDefinition of ours with that id, if it is one."""
    if tipo == "SearchParameter":
        return definiciones.search_parameter(id, base)
    if tipo == "OperationDefinition":
        return definiciones.operation_definition(id, base)
    return None


def smart(raiz: str) -> dict[str, Any]:
    """The SMART configuration (App Launch 2.2, section 2.1.5): what is served, and nothing else."""
    return {
        "authorization_endpoint": f"{raiz}oauth/authorize",
        "token_endpoint": f"{raiz}oauth/token",
        "revocation_endpoint": f"{raiz}oauth/revoke",
        "introspection_endpoint": f"{raiz}oauth/introspect",
        "grant_types_supported": ["authorization_code", "client_credentials", "refresh_token"],
        "response_types_supported": ["code"],
        "token_endpoint_auth_methods_supported": [
            "private_key_jwt",
            "client_secret_basic",
            "client_secret_post",
        ],
        "token_endpoint_auth_signing_alg_values_supported": ["ES384", "RS384"],
        "scopes_supported": [
            "launch",
            "launch/patient",
            "offline_access",
            "patient/*.cruds",
            "user/*.cruds",
            "system/*.cruds",
        ],
        "code_challenge_methods_supported": ["S256"],
        "tls_client_certificate_bound_access_tokens": bool(settings.ECE_CABECERA_DE_CERTIFICADO),
        "capabilities": [
            "launch-ehr",
            "launch-standalone",
            "client-public",
            "client-confidential-symmetric",
            "client-confidential-asymmetric",
            "context-banner",
            "context-ehr-patient",
            "context-ehr-encounter",
            "context-standalone-patient",
            "permission-offline",
            "permission-patient",
            "permission-user",
            "permission-v1",
            "permission-v2",
        ],
    }
