"""Subscriptions by REST hook (HL7 Subscriptions R5 Backport 1.1, for R4)."""
