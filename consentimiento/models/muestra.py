from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from ece.nucleo.uuid7 import uuid7


class Muestra(models.Model):
    """A record drawn at random for somebody to evaluate, and until when they may read it."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    paciente = models.UUIDField(_("paciente"))
    usuario = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="muestras"
    )
    unidad = models.UUIDField(_("unidad"))
    semilla = models.PositiveIntegerField(_("semilla"))
    desde = models.DateTimeField(_("desde"))
    hasta = models.DateTimeField(_("hasta"))

    class Meta:
        verbose_name = _("expediente muestreado")
        verbose_name_plural = _("expedientes muestreados")
        indexes = [
            # the decision: was this record drawn for this person
            models.Index(fields=["usuario", "paciente"], name="consentimiento_muestra_quien"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(hasta__gt=models.F("desde")),
                name="consentimiento_muestra_con_termino",
            )
        ]
