from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from ece.nucleo.roles import Permiso
from ece.nucleo.uuid7 import uuid7


class Motivo(models.TextChoices):
    TUTELA = "tutela", _("Patria potestad o tutela")
    EQUIPO = "equipo", _("Equipo de atención")
    INVITADO = "invitado", _("Especialista invitado")


class Concesion(models.Model):
    """An explicit grant on one patient's record, to one person, for a term and a reason."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    paciente = models.UUIDField(_("paciente"))
    usuario = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="concesiones"
    )
    permisos = ArrayField(
        models.CharField(max_length=40, choices=[(p.value, p.value) for p in Permiso]),
        verbose_name=_("permisos"),
    )
    motivo = models.CharField(_("motivo"), max_length=20, choices=Motivo.choices)
    desde = models.DateTimeField(_("desde"))
    hasta = models.DateTimeField(_("hasta"))

    class Meta:
        verbose_name = _("concesión")
        verbose_name_plural = _("concesiones")
        indexes = [
            # the decision: what is this person granted, on this patient, now
            models.Index(fields=["usuario", "paciente"], name="consentimiento_concesion_quien"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(hasta__gt=models.F("desde")),
                name="consentimiento_concesion_con_termino",
            )
        ]
