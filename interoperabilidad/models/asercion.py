from django.db import models


class AsercionUsada(models.Model):
    """A client assertion already redeemed: its ``jti`` may not come back (RFC 7523, section 3)."""

    cliente = models.CharField(max_length=100)
    jti = models.CharField(max_length=255)
    vence_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["cliente", "jti"], name="interoperabilidad_asercion_una_vez"
            )
        ]
        indexes = [models.Index(fields=["vence_at"], name="interoperabilidad_asercion_fin")]
