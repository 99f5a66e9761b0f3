"""The life of a problem on the list, by the codes of condition-clinical."""

from django.utils.translation import gettext_noop as _

SISTEMA_CLINICO = "http://terminology.hl7.org/CodeSystem/condition-clinical"
ESTADOS: dict[str, str] = {
    "active": _("Activo"),
    "recurrence": _("Recurrente"),
    "remission": _("En remisión"),
    "resolved": _("Resuelto"),
    "inactive": _("Inactivo"),
}
VIVOS = frozenset({"active", "recurrence", "remission"})
"""Those that are still on the list; the others are its history."""

CURSO = "urn:ece:fhir:curso"
CURSOS: dict[str, str] = {
    "agudo": _("Agudo"),
    "cronico": _("Crónico"),
    "episodico": _("Por episodios"),
}
