"""What the program itself writes in records, in Spanish as they are kept, for who reads it.

Each is read in the reader's language; what people wrote, as they wrote it.
"""

from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _

NACIMIENTO = _("Nacimiento")
MADRE, TUTOR = _("Madre"), _("Tutor")
SIN_IDENTIFICAR = _("Persona no identificada")
RECIEN_NACIDO = _("Recién nacido; registro civil en trámite")
PUNTOS = _("puntos")
APGAR = {1: _("Apgar al minuto 1"), 5: _("Apgar al minuto 5")}
RESPONDIO, QUE_SE_HIZO = _("Respondió"), _("Qué se hizo")
RELECTURA = "Valor repetido por quien lo recibe"

_ENTEROS = frozenset(
    {
        *(NACIMIENTO, MADRE, MADRE.lower(), TUTOR, SIN_IDENTIFICAR, RECIEN_NACIDO),
        *(RESPONDIO, QUE_SE_HIZO, *APGAR.values()),
        # Units that are words and not symbols.
        *(PUNTOS, _("nivel"), _("años"), _("semanas"), _("días")),
    }
)
_CON_OTRO = {
    "Recabar el consentimiento: ": _("Recabar el consentimiento: %(que)s"),
    "Contrafirmar: ": _("Contrafirmar: %(que)s"),
    "Corregir: ": _("Corregir: %(que)s"),
    "Firmar con e.firma: ": _("Firmar con e.firma: %(que)s"),
    "Firmar: ": _("Firmar: %(que)s"),
    "Adenda: ": _("Adenda: %(que)s"),
    f"{RELECTURA}: ": _("Valor repetido por quien lo recibe: %(que)s"),
}
"""How those that name something else begin, as they are kept -> as they are read."""


def leido(dicho: str) -> str:
    """`dicho` of a record in the reader's language when it is one of ours; otherwise as it is."""
    if dicho in _ENTEROS:
        return gettext(dicho)
    for comienzo, patron in _CON_OTRO.items():
        if dicho.startswith(comienzo):
            return gettext(patron) % {"que": gettext(dicho.removeprefix(comienzo))}
    return dicho
