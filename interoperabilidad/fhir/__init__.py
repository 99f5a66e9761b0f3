"""FHIR R4 over REST: one router for every resource type."""
