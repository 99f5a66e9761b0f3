"""What the patient brings to the record: it says so wherever it is read."""

from typing import Any

from django.utils.translation import gettext_noop as _

SISTEMA = "urn:ece:procedencia"
APORTADO = _("aportado por el paciente")
ETIQUETA = {"system": SISTEMA, "code": "paciente", "display": "Aportado por el paciente"}
"""The tag (``meta.tag``) that each later version keeps."""

MEDIBLES = (
    *("sistolica", "diastolica", "frecuencia_cardiaca", "glucosa_capilar", "peso"),
    *("temperatura", "saturacion"),
)
"""The signs, by key of `signos.SIGNOS`, that somebody measures at home."""


def es_aportado(recurso: dict[str, Any]) -> bool:
    """Whether the resource came from the patient, or from who looks after them."""
    return any(
        etiqueta.get("system") == SISTEMA and etiqueta.get("code") == ETIQUETA["code"]
        for etiqueta in recurso.get("meta", {}).get("tag", ())
    )
