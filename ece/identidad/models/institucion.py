from django.core.validators import RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from ece.nucleo.uuid7 import uuid7


class Regimen(models.TextChoices):
    """Which data protection law an institution answers to."""

    PUBLICO = "publico", _("Público (LGPDPPSO)")
    PARTICULAR = "particular", _("Particular (LFPDPPP)")


class Institucion(models.Model):
    """Who owns the establishments and answers for the record (NOM-004 5.1, 5.2)."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    nombre = models.CharField(_("nombre"), max_length=200, unique=True)
    razon_social = models.CharField(_("razón social"), max_length=200, blank=True)
    domicilio = models.CharField(_("domicilio"), max_length=300, blank=True)
    regimen = models.CharField(
        _("régimen de datos personales"),
        max_length=10,
        choices=Regimen.choices,
        default=Regimen.PUBLICO,
    )

    class Meta:
        verbose_name = _("institución")
        verbose_name_plural = _("instituciones")

    def __str__(self) -> str:
        return self.nombre


class Unidad(models.Model):
    """A service of an establishment (CLUES) where people are treated."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    institucion = models.ForeignKey(
        Institucion,
        on_delete=models.PROTECT,
        related_name="unidades",
        verbose_name=_("institución"),
    )
    nombre = models.CharField(_("nombre"), max_length=150)
    clues = models.CharField(
        _("CLUES"),
        max_length=11,
        validators=[RegexValidator(r"^[A-Z]{5}\d{6}$", _("La CLUES son 5 letras y 6 dígitos."))],
    )
    domicilio = models.CharField(_("domicilio"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("unidad")
        verbose_name_plural = _("unidades")
        constraints = [
            models.UniqueConstraint(
                fields=["institucion", "nombre"], name="identidad_unidad_nombre_unico"
            )
        ]

    def __str__(self) -> str:
        return f"{self.nombre} ({self.clues})"
