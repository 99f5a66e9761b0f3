"""Bulk Data: exports and imports as long jobs (HL7 FHIR Bulk Data Access 2.0)."""
