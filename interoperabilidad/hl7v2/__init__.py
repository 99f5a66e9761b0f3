"""HL7 v2: messages in and out, by MLLP and HTTPS, translated to and from the same FHIR content."""
