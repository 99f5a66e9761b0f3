import json
from typing import Any

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from ece.nucleo import sobres
from ece.nucleo.uuid7 import uuid7

_USO = "suscripcion.push"


class Suscripcion(models.Model):
    """A browser that somebody said may be told (Push API); its address and keys, sealed."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    usuario = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="suscripciones"
    )
    huella = models.BinaryField(unique=True)
    sellada = models.BinaryField()
    creada_at = models.DateTimeField()

    class Meta:
        verbose_name = _("suscripción")
        verbose_name_plural = _("suscripciones")

    @property
    def datos(self) -> dict[str, Any]:
        """``endpoint`` and ``keys`` (``p256dh``, ``auth``), as the browser gave them."""
        datos: dict[str, Any] = json.loads(sobres.abrir(_USO, self.pk, self.sellada))
        return datos

    @datos.setter
    def datos(self, datos: dict[str, Any]) -> None:
        self.huella = huella_de(datos["endpoint"])
        self.sellada = sobres.sellar(_USO, self.pk, json.dumps(datos))


def huella_de(endpoint: str) -> bytes:
    return sobres.huella(_USO, endpoint)
