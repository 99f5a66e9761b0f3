"""Why a record is opened when nothing in it says so (LSS art. 111 A)."""

from enum import unique

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


@unique
class MotivoDeConsulta(TextChoices):
    SEGUIMIENTO = "seguimiento", _("Seguimiento de quien atiendo")
    PREPARACION = "preparacion", _("Preparar su próxima consulta")
    RESULTADOS = "resultados", _("Revisar resultados que llegaron")
    INTERCONSULTA = "interconsulta", _("Me pidieron opinión sobre su caso")
    SOLICITUD = "solicitud", _("La persona lo pidió")
    ADMINISTRATIVO = "administrativo", _("Trámite o aclaración de la institución")
