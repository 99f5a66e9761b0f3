"""What is said of documents from elsewhere: kinds of data, their states, what became of them."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

DATOS: dict[str, Promise] = {
    "AllergyIntolerance": _("Alergias"),
    "Condition": _("Problemas y diagnósticos"),
    "MedicationStatement": _("Medicamentos"),
    "Immunization": _("Vacunas"),
    "Observation": _("Resultados y mediciones"),
}
ESTADOS: dict[str, Promise | str] = {
    "active": _("Activo"),
    "inactive": _("Inactivo"),
    "resolved": _("Resuelto"),
    "completed": _("Terminado"),
    "stopped": _("Suspendido"),
    "on-hold": _("En pausa"),
    "unknown": _("Sin dato"),
    "final": "",
}
SUERTES: dict[str, Promise] = {
    "incorporado": _("Incorporado"),
    "fusionado": _("Sumado a uno que ya estaba"),
    "descartado": _("Descartado"),
}
