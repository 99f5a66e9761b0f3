"""How far an order has come, and how a value stands, as people say it."""

from django.utils.translation import gettext_lazy as _

AVANCES = {
    "solicitada": _("Solicitada"),
    "tomada": _("Muestra tomada"),
    "en-proceso": _("En proceso"),
    "preliminar": _("Informe preliminar"),
    "informada": _("Informada"),
    "acusada": _("Revisada"),
    "rechazada": _("Rechazada"),
    "cancelada": _("Cancelada"),
}
POR_ATENDER = [(clave, AVANCES[clave]) for clave in list(AVANCES)[:4]]
BANDERAS = {
    "L": _("Bajo"),
    "H": _("Alto"),
    "LL": _("Crítico bajo"),
    "HH": _("Crítico alto"),
    "A": _("Anormal"),
    "AA": _("Crítico"),
}
DE_INFORME = {
    "preliminary": _("Preliminar"),
    "final": _("Definitivo"),
    "corrected": _("Corregido"),
    "amended": _("Corregido"),
    "entered-in-error": _("Anulado"),
}
PRIORIDADES = {"urgent": _("Urgente"), "asap": _("Urgente"), "stat": _("Inmediata")}
TENDENCIAS = {"sube": _("Subió"), "baja": _("Bajó"), "igual": _("Igual")}
DEL_ARCHIVO = {
    "modalidad": _("Modalidad"),
    "estudio": _("Estudio"),
    "serie": _("Serie"),
    "region": _("Región"),
    "fecha": _("Fecha del estudio"),
    "paciente": _("Paciente, según el archivo"),
    "nacimiento": _("Nacimiento, según el archivo"),
    "institucion": _("Institución"),
    "equipo": _("Equipo"),
}
"""What a DICOM says of itself; whose it says it is, to be compared with the chart."""
