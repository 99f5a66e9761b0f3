from typing import ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from ece.identidad.models.cliente import Cliente
from ece.nucleo.uuid7 import uuid7


class AutorizacionDeApp(models.Model):
    """What a person lets an app do in their name (SMART App Launch 2.2), until they take it back.

    `paciente` and `encuentro` are the context of the launch.
    """

    PRIVILEGIOS: ClassVar[str] = "SELECT, INSERT, UPDATE"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    usuario = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="apps_autorizadas"
    )
    cliente = models.ForeignKey(Cliente, on_delete=models.CASCADE, related_name="autorizaciones")
    ambitos = ArrayField(models.CharField(max_length=200), verbose_name=_("ámbitos"))
    paciente = models.UUIDField(_("paciente"), null=True, blank=True)
    encuentro = models.UUIDField(_("encuentro"), null=True, blank=True)
    otorgada_at = models.DateTimeField(_("otorgada"))
    revocada_at = models.DateTimeField(_("retirada"), null=True, blank=True)

    class Meta:
        verbose_name = _("autorización de aplicación")
        verbose_name_plural = _("autorizaciones de aplicaciones")
        indexes = [
            # the person's own list, newest first
            models.Index(fields=["usuario", "-otorgada_at"], name="identidad_autorizacion_de"),
        ]


class Emision(models.Model):
    """What the toolkit's own tables do not keep of a code or token it issued.

    `huella` is the SHA-256 of the code or token; `declaracion`, what a partner's assertion said of
    its user; `certificado`, the thumbprint of the client certificate it is bound to (RFC 8705).
    """

    huella = models.CharField(primary_key=True, max_length=64)
    autorizacion = models.ForeignKey(
        AutorizacionDeApp, on_delete=models.CASCADE, null=True, related_name="emisiones"
    )
    declaracion = models.JSONField(null=True)
    certificado = models.CharField(max_length=43, blank=True)
    vence_at = models.DateTimeField()

    class Meta:
        verbose_name = _("emisión")
        verbose_name_plural = _("emisiones")
        indexes = [
            # what is over is swept
            models.Index(fields=["vence_at"], name="identidad_emision_vence"),
        ]


class Lanzamiento(models.Model):
    """A launch of an app from the desk (EHR launch): good once, for minutes, for whoever made it.

    `huella` is the SHA-256 of the opaque value that travels.
    """

    huella = models.CharField(primary_key=True, max_length=64)
    usuario = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+"
    )
    cliente = models.ForeignKey(Cliente, on_delete=models.CASCADE, related_name="+")
    paciente = models.UUIDField()
    encuentro = models.UUIDField(null=True)
    vence_at = models.DateTimeField()

    class Meta:
        verbose_name = _("lanzamiento")
        verbose_name_plural = _("lanzamientos")
