from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _


class Preferencia(models.Model):
    """What somebody wants to be told, how, and when not."""

    usuario = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, primary_key=True
    )
    queridas = ArrayField(models.CharField(max_length=32))
    """``kind:channel``, each that is wanted."""
    silencio_desde = models.TimeField(_("silencio desde"), null=True)
    silencio_hasta = models.TimeField(_("silencio hasta"), null=True)

    class Meta:
        verbose_name = _("preferencia de notificaciones")
        verbose_name_plural = _("preferencias de notificaciones")
