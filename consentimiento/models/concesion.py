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
    DELEGADO = "delegado", _("Persona de confianza del paciente")
    INVESTIGACION = "investigacion", _("Protocolo de investigación")


def motivos_posibles() -> list[tuple[str, str]]:
    return [(motivo.value, str(motivo.label)) for motivo in Motivo]


DE_QUIEN_ATIENDE = (Motivo.EQUIPO, Motivo.INVITADO, Motivo.INVESTIGACION)
"""Grants of the desk; the others are of people who enter by the portal."""


def permisos_posibles() -> list[tuple[str, str]]:
    """Named, not spelt, in migrations: a new permission is no change of the schema."""
    return [(p.value, p.value) for p in Permiso]


class Concesion(models.Model):
    """An explicit grant on one patient's record, to one person, for a term and a reason.

    From `confidencial_desde` (their twelfth birthday) an adolescent has a space that whoever
    represents them does not enter (NOM-047-SSA2-2015).
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    paciente = models.UUIDField(_("paciente"))
    usuario = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="concesiones"
    )
    permisos = ArrayField(
        models.CharField(max_length=40, choices=permisos_posibles),
        verbose_name=_("permisos"),
    )
    motivo = models.CharField(_("motivo"), max_length=20, choices=motivos_posibles)
    desde = models.DateTimeField(_("desde"))
    hasta = models.DateTimeField(_("hasta"))
    confidencial_desde = models.DateTimeField(
        _("espacio confidencial desde"), null=True, blank=True
    )

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
