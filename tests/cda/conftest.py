"""Where CDA R2's own schema is, for who has it."""

import os

ESQUEMA = os.environ.get("ECE_CDA_XSD", "")
