"""Machines: FHIR R4 over REST, OAuth2 for systems, imports. (HL7 v2 and CDA come here too.)"""
