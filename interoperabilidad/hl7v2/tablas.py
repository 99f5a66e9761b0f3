"""Vocabularies: HL7 tables to FHIR codes, as the v2-to-FHIR guide publishes them (STU 1)."""

V2 = "http://terminology.hl7.org/CodeSystem/v2-"
V3 = "http://terminology.hl7.org/CodeSystem/v3-"
LOINC = "http://loinc.org"
UCUM = "http://unitsofmeasure.org"

SISTEMAS = {
    "LN": LOINC,
    "LOINC": LOINC,
    "SCT": "http://snomed.info/sct",
    "SNM": "http://snomed.info/sct",
    "SNOMED": "http://snomed.info/sct",
    "I10": "http://hl7.org/fhir/sid/icd-10",
    "ICD10": "http://hl7.org/fhir/sid/icd-10",
    "I10C": "http://hl7.org/fhir/sid/icd-10-cm",
    "I9": "http://hl7.org/fhir/sid/icd-9-cm",
    "I9C": "http://hl7.org/fhir/sid/icd-9-cm",
    "CVX": "http://hl7.org/fhir/sid/cvx",
    "MVX": "http://terminology.hl7.org/CodeSystem/MVX",
    "NDC": "http://hl7.org/fhir/sid/ndc",
    "RXN": "http://www.nlm.nih.gov/research/umls/rxnorm",
    "C4": "http://www.ama-assn.org/go/cpt",
    "UCUM": UCUM,
    "ISO+": "urn:iso:std:iso:2955",
}
"""Table 0396 (coding systems)."""

SEXO = {"F": "female", "M": "male", "O": "other", "A": "other", "N": "other", "X": "other"}
"""Table 0001; anything else is ``unknown``."""
SEXO_V2 = {"female": "F", "male": "M", "other": "O"}

CLASE = {
    "E": ("EMER", "emergency"),
    "I": ("IMP", "inpatient encounter"),
    "O": ("AMB", "ambulatory"),
    "P": ("PRENC", "pre-admission"),
    "R": ("AMB", "ambulatory"),
    "B": ("IMP", "inpatient encounter"),
    "C": ("AMB", "ambulatory"),
    "N": ("AMB", "ambulatory"),
    "U": ("AMB", "ambulatory"),
}
"""Table 0004 to v3 ActCode."""
CLASE_V2 = {"EMER": "E", "IMP": "I", "AMB": "O", "PRENC": "P", "ACUTE": "I", "NONAC": "I"}

ESTADO_CIVIL = {
    "A": "L",
    "D": "D",
    "M": "M",
    "S": "S",
    "W": "W",
    "P": "T",
    "G": "T",
    "C": "T",
    "I": "I",
}
"""Table 0002 to v3 MaritalStatus; what is not there is kept as text."""

ESTADO_DE_OBSERVACION = {
    "C": "corrected",
    "D": "entered-in-error",
    "F": "final",
    "I": "registered",
    "N": "cancelled",
    "O": "registered",
    "P": "preliminary",
    "R": "preliminary",
    "S": "preliminary",
    "U": "final",
    "W": "entered-in-error",
    "X": "cancelled",
    "V": "final",
    "A": "amended",
    "B": "amended",
}
"""Table 0085 to ObservationStatus."""
ESTADO_DE_OBSERVACION_V2 = {
    "final": "F",
    "corrected": "C",
    "amended": "C",
    "preliminary": "P",
    "registered": "O",
    "cancelled": "X",
    "entered-in-error": "W",
}

ESTADO_DE_INFORME = {
    "A": "partial",
    "C": "corrected",
    "F": "final",
    "I": "registered",
    "O": "registered",
    "P": "preliminary",
    "R": "partial",
    "S": "registered",
    "X": "cancelled",
    "M": "corrected",
    "N": "registered",
    "Y": "registered",
    "Z": "registered",
}
"""Table 0123 to DiagnosticReportStatus."""
ESTADO_DE_INFORME_V2 = {
    "final": "F",
    "corrected": "C",
    "amended": "C",
    "appended": "C",
    "preliminary": "P",
    "partial": "A",
    "registered": "O",
    "cancelled": "X",
    "entered-in-error": "X",
}

ESTADO_DE_ORDEN = {
    "A": "active",
    "CA": "revoked",
    "CM": "completed",
    "DC": "revoked",
    "ER": "entered-in-error",
    "HD": "on-hold",
    "IP": "active",
    "SC": "active",
    "RP": "revoked",
}
"""ORC-5, table 0038, to RequestStatus."""
ORDEN_POR_CONTROL = {
    "CA": "revoked",
    "DC": "revoked",
    "OC": "revoked",
    "OD": "revoked",
    "CR": "revoked",
    "DR": "revoked",
    "HD": "on-hold",
    "OH": "on-hold",
    "RL": "active",
    "CM": "completed",
}
"""ORC-1, table 0119; what is not there leaves an order active."""

PRIORIDAD = {
    "S": "stat",
    "A": "asap",
    "R": "routine",
    "P": "routine",
    "C": "urgent",
    "T": "urgent",
    "STAT": "stat",
    "U": "urgent",
}
"""OBR-5, OBR-27.6, TQ1-9: table 0485."""

INTERPRETACION = frozenset(
    {"A", "AA", "B", "D", "H", "HH", "HU", "I", "IND", "L", "LL", "LU", "MS", "N", "NEG", "POS"}
    | {"R", "S", "U", "VS", "W", "WR", "RR", "DET", "ND", "<", ">"}
)
"""Table 0078 codes that v3 ObservationInterpretation has too."""
CRITICAS = frozenset({"AA", "HH", "LL"})

CATEGORIA_DE_ALERGIA = {
    "DA": "medication",
    "FA": "food",
    "EA": "environment",
    "LA": "environment",
    "AA": "environment",
    "PA": "environment",
}
"""Table 0127."""
CRITICIDAD = {"SV": "high", "MO": "low", "MI": "low", "U": "unable-to-assess"}
"""Table 0128 (as the guide maps AL1-4)."""
GRAVEDAD = {"SV": "severe", "MO": "moderate", "MI": "mild"}

ESTADO_DE_CITA = {
    "S12": "booked",
    "S13": "booked",
    "S14": "booked",
    "S15": "cancelled",
    "S16": "cancelled",
    "S17": "entered-in-error",
    "S18": "booked",
    "S19": "booked",
    "S20": "booked",
    "S21": "booked",
    "S22": "booked",
    "S23": "booked",
    "S24": "booked",
    "S26": "noshow",
}
"""By event; SCH-25, when it says something, comes first."""
ESTADO_DE_CITA_SCH25 = {
    "BOOKED": "booked",
    "COMPLETE": "fulfilled",
    "CANCELLED": "cancelled",
    "DC": "cancelled",
    "DELETED": "entered-in-error",
    "BLOCKED": "booked",
    "OVERBOOK": "booked",
    "PENDING": "pending",
    "STARTED": "arrived",
    "WAITLIST": "waitlist",
    "NOSHOW": "noshow",
}
"""Table 0278."""

ESTADO_DE_VACUNA = {"CP": "completed", "PA": "completed", "NA": "not-done", "RE": "not-done"}
"""RXA-20, table 0322."""

ESTADO_DE_DOCUMENTO = {
    "AU": "final",
    "LA": "final",
    "DO": "final",
    "DI": "preliminary",
    "IN": "preliminary",
    "IP": "preliminary",
    "PA": "preliminary",
}
"""TXA-17, table 0271, to CompositionStatus."""

ESTADO_DE_PROBLEMA = {
    "ACTIVE": "active",
    "A": "active",
    "RESOLVED": "resolved",
    "R": "resolved",
    "INACTIVE": "inactive",
    "I": "inactive",
}
