"""Sealing the log, proving what it holds, and being witnessed (DESIGN section 7)."""
