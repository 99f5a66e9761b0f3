from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from ece.nucleo.uuid7 import uuid7


class AlcanceDelegado(models.TextChoices):
    TODO = "todo", _("Todo mi expediente")
    CITAS_Y_RESULTADOS = "citas-y-resultados", _("Sólo mis citas y mis resultados")


class Delegacion(models.Model):
    """Somebody lets a person they trust into their record, by a code that is used once.

    Offered; accepted by whoever redeems the code, signed in; confirmed by the person, who sees
    who it was, and only then a grant (`concesion`) and its directives. Of the code, only a keyed
    digest is kept.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    paciente = models.UUIDField(_("paciente"))
    codigo = models.BinaryField(max_length=32, unique=True)
    alcance = models.CharField(_("alcance"), max_length=20, choices=AlcanceDelegado.choices)
    con_sensibles = models.BooleanField(_("incluye lo delicado"))
    ofrecida_at = models.DateTimeField(_("ofrecida"))
    caduca_at = models.DateTimeField(_("el código caduca"))
    hasta = models.DateTimeField(_("hasta"))
    usuario = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="delegaciones"
    )
    concesion = models.UUIDField(_("concesión"), null=True)
    directivas = ArrayField(models.UUIDField(), default=list, verbose_name=_("directivas"))
    retirada_at = models.DateTimeField(_("retirada"), null=True)

    class Meta:
        verbose_name = _("delegación")
        verbose_name_plural = _("delegaciones")
        indexes = [
            # whom the person let in, newest first
            models.Index(fields=["paciente", "-ofrecida_at"], name="consentimiento_deleg_de_quien"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(hasta__gt=models.F("ofrecida_at")),
                name="consentimiento_delegacion_con_termino",
            ),
            models.CheckConstraint(
                condition=models.Q(concesion__isnull=True) | models.Q(usuario__isnull=False),
                name="consentimiento_delegacion_confirmada_de_alguien",
            ),
        ]
