"""The words of coded values."""

from typing import Any


def texto(concepto: dict[str, Any]) -> str:
    """What a CodeableConcept (or Coding) says: its text, or a display, or a code."""
    if concepto.get("text"):
        return str(concepto["text"])
    codigos = [concepto, *concepto.get("coding", ())]
    for clave in ("display", "code"):
        for codigo in codigos:
            if codigo.get(clave):
                return str(codigo[clave])
    return ""
