"""What this server does, generated from what is implemented (R4 CapabilityStatement)."""

from functools import cache
from typing import Any

from django.conf import settings

from ece import fhir

VERSION = "0.1.0"
_INTERACCIONES = ("read", "vread", "history-instance", "search-type", "create", "update")


def declaracion(base: str) -> dict[str, Any]:
    """The CapabilityStatement of the server at `base`."""
    return {
        "resourceType": "CapabilityStatement",
        "status": "active",
        "date": "2026-11-23",
        "kind": "instance",
        "software": {"name": "ECE", "version": VERSION},
        "implementation": {"description": "Expediente Clínico Electrónico", "url": base},
        "fhirVersion": "4.0.1",
        "format": ["application/fhir+json"],
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
                "resource": [_recurso(tipo) for tipo in sorted(fhir.tipos_de_recurso())],
                "interaction": [{"code": "transaction"}, {"code": "batch"}],
            }
        ],
    }


@cache
def _recurso(tipo: str) -> dict[str, Any]:
    declarado: dict[str, Any] = {
        "type": tipo,
        "interaction": [{"code": codigo} for codigo in _INTERACCIONES],
        "versioning": "versioned",
        "readHistory": True,
        "updateCreate": False,
        "conditionalCreate": False,
        "searchParam": [
            {"name": p.codigo, "definition": p.url, "type": p.clase}
            for p in fhir.parametros(tipo).values()
        ],
    }
    inclusiones = sorted(
        f"{tipo}:{p.codigo}" for p in fhir.parametros(tipo).values() if p.clase == "reference"
    )
    if inclusiones:
        declarado["searchInclude"] = inclusiones
    if tipo == "Patient":
        declarado["operation"] = [
            {
                "name": "everything",
                "definition": "http://hl7.org/fhir/OperationDefinition/Patient-everything",
            }
        ]
    return declarado


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
