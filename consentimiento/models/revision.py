from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from consentimiento.models.emergencia import Dictamen
from ece.nucleo.uuid7 import uuid7


class Rareza(models.TextChoices):
    """Why an access stands out. A reason to look, not a verdict."""

    PROPIO = "propio", _("Abrió su propio expediente")
    APELLIDO = "apellido", _("Comparte un apellido con la persona")
    DOMICILIO = "domicilio", _("Vive en el domicilio de la persona")
    COLEGA = "colega", _("La persona también trabaja aquí")
    VIGILADO = "vigilado", _("La persona está bajo vigilancia reforzada")
    SIN_LAZO = "sin-lazo", _("Ninguna relación lo explica")
    NOCTURNO = "nocturno", _("De noche y fuera de su horario")
    VOLUMEN = "volumen", _("Muchos más expedientes que sus iguales")
    BUSQUEDAS = "busquedas", _("Muchas búsquedas de personas en un día")


class Hallazgo(models.Model):
    """Somebody's accesses of a day to a record (or to many: no `paciente`) that stand out, for
    whoever reviews. `eventos` are those of the log that show it; no name is kept. What the reviewer
    wrote is in the record (`constancia`)."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    paciente = models.UUIDField(_("paciente"), null=True)
    usuario = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="hallazgos"
    )
    rareza = models.CharField(_("rareza"), max_length=12, choices=Rareza.choices)
    dia = models.DateField(_("día"))
    constancia = models.UUIDField(_("constancia"), null=True)
    eventos = ArrayField(models.UUIDField(), verbose_name=_("eventos"))
    desde = models.DateTimeField(_("hallado"))
    dictamen = models.CharField(
        _("dictamen"), max_length=16, choices=Dictamen.choices, default=Dictamen.PENDIENTE
    )
    revisado_por = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        related_name="hallazgos_revisados",
    )
    revisado_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("acceso inusual")
        verbose_name_plural = _("accesos inusuales")
        constraints = [
            models.UniqueConstraint(
                fields=["usuario", "rareza", "dia", "paciente"],
                name="consentimiento_hallazgo_sin_repetir",
                nulls_distinct=False,
            )
        ]
        indexes = [
            # the officer's queue, oldest first
            models.Index(
                fields=["desde"],
                name="consentimiento_hallazgo_cola",
                condition=models.Q(dictamen="pendiente"),
            ),
        ]


class Vigilado(models.Model):
    """A patient whose every access is looked at, because of who they are. No reason is kept."""

    paciente = models.UUIDField(_("paciente"), primary_key=True)
    puesto_por = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="vigilados"
    )
    desde = models.DateTimeField(_("desde"))

    class Meta:
        verbose_name = _("paciente vigilado")
        verbose_name_plural = _("pacientes vigilados")
