from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from ece.nucleo.uuid7 import uuid7


class ClaseDeVulneracion(models.TextChoices):
    """What befell the data (LGPDPPSO 31 a 35; LFPDPPP, seguridad)."""

    PERDIDA = "perdida", _("Pérdida o destrucción no autorizada")
    ROBO = "robo", _("Robo, extravío o copia no autorizada")
    USO = "uso", _("Uso, acceso o tratamiento no autorizado")
    DANO = "dano", _("Daño, alteración o modificación no autorizada")


class Vulneracion(models.Model):
    """A breach of personal data: what, when, and what was done about it.

    What people wrote of it is sealed (`contenido`): it says where an installation is weak.
    """

    PRIVILEGIOS: ClassVar[str] = "SELECT, INSERT, UPDATE"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    folio = models.CharField(_("folio"), max_length=24, unique=True)
    clase = models.CharField(_("clase"), max_length=12, choices=ClaseDeVulneracion.choices)
    ocurrida = models.DateField(_("cuándo ocurrió"), null=True)
    detectada_at = models.DateTimeField(_("detectada"))
    contenido = models.BinaryField()
    registrada_por = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="vulneraciones"
    )
    registrada_at = models.DateTimeField(_("registrada"))
    confirmada_at = models.DateTimeField(_("confirmada"), null=True)
    autoridad_at = models.DateTimeField(_("avisada a la autoridad"), null=True)
    cerrada_at = models.DateTimeField(_("cerrada"), null=True)

    class Meta:
        verbose_name = _("vulneración de datos")
        verbose_name_plural = _("vulneraciones de datos")


class Afectado(models.Model):
    """Whose data a breach reached. Who has no account is told on paper (`escrito_at`)."""

    PRIVILEGIOS: ClassVar[str] = "SELECT, INSERT, UPDATE"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    vulneracion = models.ForeignKey(Vulneracion, on_delete=models.PROTECT, related_name="afectados")
    paciente = models.UUIDField(_("paciente"))
    avisado_at = models.DateTimeField(_("avisado en su portal"), null=True)
    escrito_at = models.DateTimeField(_("avisado por escrito"), null=True)

    class Meta:
        verbose_name = _("persona afectada")
        verbose_name_plural = _("personas afectadas")
        constraints = [
            models.UniqueConstraint(
                fields=["vulneracion", "paciente"], name="consentimiento_afectado_una_vez"
            )
        ]
        indexes = [
            # the portal: what befell this person's data
            models.Index(fields=["paciente"], name="consentimiento_afectado_quien"),
        ]
