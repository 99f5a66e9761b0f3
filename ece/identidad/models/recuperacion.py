from django.db import models
from django.utils.translation import gettext_lazy as _

from ece.identidad.models.usuario import Usuario
from ece.nucleo.uuid7 import uuid7


class Recuperacion(models.Model):
    """Somebody who cannot sign in asked for a link; the link alone lets nobody in.

    `comprobada_at`: when the recovery code was given too; `disponible_at`: from when on a new
    password may be set, which leaves the owner time to say that it was not them.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    usuario = models.ForeignKey(Usuario, on_delete=models.CASCADE, related_name="recuperaciones")
    creada_at = models.DateTimeField()
    vence_at = models.DateTimeField()
    intentos = models.PositiveSmallIntegerField(default=0)
    comprobada_at = models.DateTimeField(null=True)
    disponible_at = models.DateTimeField(null=True)
    usada_at = models.DateTimeField(null=True)
    cancelada_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("recuperación de cuenta")
        verbose_name_plural = _("recuperaciones de cuenta")

    def __str__(self) -> str:
        return f"{self.usuario} · {self.creada_at:%d/%m/%Y}"
