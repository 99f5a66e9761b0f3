from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from ece.nucleo.roles import Rol
from ece.nucleo.uuid7 import uuid7


class Cliente(models.Model):
    """A system that connects over OAuth2, and the role its requests are decided with."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    aplicacion = models.OneToOneField(
        settings.OAUTH2_PROVIDER_APPLICATION_MODEL,
        on_delete=models.CASCADE,
        related_name="cliente",
        verbose_name=_("aplicación OAuth2"),
    )
    nombre = models.CharField(_("nombre"), max_length=150)
    rol = models.CharField(
        _("rol"),
        max_length=20,
        choices=[(r.value, r.value) for r in (Rol.INTEGRACION, Rol.ALIADO, Rol.PRIVACIDAD)],
        blank=True,
    )
    jwks_url = models.URLField(_("dirección de sus llaves (JWKS)"), blank=True)
    direccion_de_lanzamiento = models.URLField(
        _("dirección con que se lanza (SMART App Launch)"), blank=True
    )

    class Meta:
        verbose_name = _("cliente")
        verbose_name_plural = _("clientes")

    def __str__(self) -> str:
        return self.nombre


class LlaveDeCliente(models.Model):
    """A public key with which a client signs its assertions (RFC 7523; ES384 or RS384)."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    cliente = models.ForeignKey(Cliente, on_delete=models.CASCADE, related_name="llaves")
    kid = models.CharField(max_length=100)
    jwk = models.JSONField()

    class Meta:
        verbose_name = _("llave de cliente")
        verbose_name_plural = _("llaves de cliente")
        constraints = [
            models.UniqueConstraint(
                fields=["cliente", "kid"], name="identidad_llavedecliente_kid_unico"
            )
        ]

    def __str__(self) -> str:
        return f"{self.cliente} · {self.kid}"
