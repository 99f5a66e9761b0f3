"""Where the suite of this checkout keeps what several tests share, between runs too."""

import hashlib
import os
import tempfile
from pathlib import Path

BASE = Path(__file__).resolve().parent.parent
PRUEBAS = (
    Path(os.environ.get("ECE_PRUEBAS", tempfile.gettempdir()))
    / f"ece-pruebas-{os.geteuid()}"
    / hashlib.sha256(str(BASE).encode()).hexdigest()[:8]
)
