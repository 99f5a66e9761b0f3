"""Institutions that call each other: asking, referring, answering, and rights to care."""
