"""Evidence of the log as a file that is handed out."""

import json
from typing import Any

from django.http import HttpResponse


def descargar(paquete: dict[str, Any] | None, nombre: str) -> HttpResponse:
    """A package of evidence (docs/evidence.md), to save."""
    cuerpo = json.dumps(paquete, ensure_ascii=False, indent=1)
    respuesta = HttpResponse(cuerpo, content_type="application/json")
    respuesta["Content-Disposition"] = f'attachment; filename="{nombre}"'
    return respuesta
