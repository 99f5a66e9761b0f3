"""How the record of a link that somebody shared is told from any other Basic."""

SISTEMA_CODIGO = "urn:ece:enlace"
"""System of the identifier of a live link: the SHA-256 of its code."""
CODIGO = {"system": "urn:ece:basico", "code": "enlace", "display": "Enlace al resumen"}
VENCE = "urn:ece:fhir:vence"
