"""Segments to FHIR: a module by what they say, a pure function a segment.

Each follows the published map of its segment (HL7 v2-to-FHIR, STU 1). Field numbers are the
standard's. References that only the receiver can resolve are written with these marks.
"""

PACIENTE = "Patient/del-mensaje"
"""The patient of the message."""
LLAVE = "urn:ece:hl7v2:llave:"
"""Followed by the natural key of another resource of the message."""
