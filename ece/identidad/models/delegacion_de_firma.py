from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from ece.identidad.models.usuario import Usuario
from ece.nucleo.uuid7 import uuid7


class DelegacionDeFirma(models.Model):
    """For a time, somebody signs what another person wrote and left finished.

    `contenido`, sealed under a key of the key ring, is what was delegated, in canonical form and
    signed by the institution, and why. `fichas` are the tokens that the tasks of those kinds of
    document carry, for the decision to find whose they are: in clear the kinds would tell which
    token each is.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    delegante = models.ForeignKey(
        Usuario, on_delete=models.PROTECT, related_name="firmas_delegadas"
    )
    delegado = models.ForeignKey(Usuario, on_delete=models.PROTECT, related_name="firmas_recibidas")
    contenido = models.BinaryField()
    fichas = ArrayField(models.BigIntegerField())
    desde = models.DateTimeField()
    hasta = models.DateTimeField()
    creada_at = models.DateTimeField()
    revocada_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("delegación de firma")
        verbose_name_plural = _("delegaciones de firma")
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(delegado=models.F("delegante"))
                & models.Q(hasta__gt=models.F("desde")),
                name="identidad_delegacion_a_otra_persona",
            )
        ]
        indexes = [
            # what the decision asks of whoever signs in the name of another
            models.Index(
                fields=["delegado", "hasta"],
                name="identidad_delegacion_vigente",
                condition=models.Q(revocada_at=None),
            )
        ]

    def __str__(self) -> str:
        return f"{self.delegante} → {self.delegado} · {self.desde:%d/%m/%Y}"
