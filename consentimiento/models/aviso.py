from django.db import models
from django.utils.translation import gettext_lazy as _

from ece.identidad.models import Institucion, Regimen
from ece.nucleo.uuid7 import uuid7


class Estado(models.TextChoices):
    BORRADOR = "borrador", _("Borrador")
    PUBLICADO = "publicado", _("Publicado")
    SUSTITUIDO = "sustituido", _("Sustituido")


class Aviso(models.Model):
    """A version of an institution's privacy notice: what it says of each fraction of its law.

    It says nothing of any patient. Both forms, integral and simplified, are read from `contenido`
    (key of a fraction -> text). Once published it only becomes superseded.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    institucion = models.ForeignKey(
        Institucion, on_delete=models.PROTECT, related_name="avisos", verbose_name=_("institución")
    )
    regimen = models.CharField(_("régimen"), max_length=10, choices=Regimen.choices)
    version = models.PositiveIntegerField(_("versión"))
    estado = models.CharField(_("estado"), max_length=10, choices=Estado.choices)
    contenido = models.JSONField(_("contenido"), default=dict)
    huella = models.CharField(_("huella"), max_length=64, blank=True)
    creado_at = models.DateTimeField(_("creado"))
    publicado_at = models.DateTimeField(_("publicado"), null=True)
    sustituido_at = models.DateTimeField(_("sustituido"), null=True)

    class Meta:
        verbose_name = _("aviso de privacidad")
        verbose_name_plural = _("avisos de privacidad")
        constraints = [
            models.UniqueConstraint(
                fields=["institucion", "version"], name="consentimiento_aviso_version_unica"
            ),
            models.UniqueConstraint(
                fields=["institucion"],
                condition=models.Q(estado="publicado"),
                name="consentimiento_aviso_uno_publicado",
            ),
            models.UniqueConstraint(
                fields=["institucion"],
                condition=models.Q(estado="borrador"),
                name="consentimiento_aviso_un_borrador",
            ),
            models.CheckConstraint(
                condition=models.Q(estado="borrador") | ~models.Q(huella=""),
                name="consentimiento_aviso_publicado_con_huella",
            ),
        ]
