from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from ece.nucleo.uuid7 import uuid7


class MotivoDeEmergencia(models.TextChoices):
    INCONSCIENTE = "inconsciente", _("La persona no puede responder y su vida peligra")
    RIESGO = "riesgo", _("Riesgo inmediato para la vida o una función")
    REFERIDO = "referido", _("Traslado urgente sin documentos")
    MENOR_SOLO = "menor-solo", _("Menor de edad grave sin quien lo represente")
    OTRO = "otro", _("Otra urgencia (explíquela)")


class Dictamen(models.TextChoices):
    PENDIENTE = "pendiente", _("Por revisar")
    JUSTIFICADA = "justificada", _("Justificada")
    INJUSTIFICADA = "injustificada", _("Injustificada")


class Emergencia(models.Model):
    """Somebody broke the glass: one person, one patient, a reason, a short term, and its review.

    What they wrote as a reason is in the record itself (`constancia`), encrypted as the rest.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    paciente = models.UUIDField(_("paciente"))
    usuario = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="emergencias"
    )
    motivo = models.CharField(_("motivo"), max_length=20, choices=MotivoDeEmergencia.choices)
    constancia = models.UUIDField(_("constancia"))
    desde = models.DateTimeField(_("desde"))
    hasta = models.DateTimeField(_("hasta"))
    dictamen = models.CharField(
        _("dictamen"), max_length=16, choices=Dictamen.choices, default=Dictamen.PENDIENTE
    )
    revisada_por = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        related_name="emergencias_revisadas",
    )
    revisada_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("acceso de emergencia")
        verbose_name_plural = _("accesos de emergencia")
        indexes = [
            # the decision: has this person broken the glass of this patient, now
            models.Index(fields=["usuario", "paciente"], name="consentimiento_emerg_quien"),
            # the officer's queue, oldest first
            models.Index(
                fields=["desde"],
                name="consentimiento_emerg_cola",
                condition=models.Q(dictamen="pendiente"),
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(hasta__gt=models.F("desde")),
                name="consentimiento_emergencia_con_termino",
            )
        ]
