from typing import ClassVar

from django.db import models


class Colector(models.Model):
    """Up to which event, in the order of the log, a collector outside said that it has it."""

    PRIVILEGIOS: ClassVar[str] = "SELECT, INSERT, UPDATE"

    destino = models.CharField(max_length=300, primary_key=True)
    transaccion = models.CharField(max_length=20)
    evento = models.UUIDField()
    confirmado_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = "colector de la bitácora"
