from django.contrib.auth.models import AbstractUser
from django.db import models
from django.utils.translation import gettext_lazy as _

from ece.nucleo.uuid7 import uuid7


class Usuario(AbstractUser):
    """A person who signs in."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    paciente = models.UUIDField(
        _("expediente propio"),
        null=True,
        blank=True,
        unique=True,
        help_text=_("Identificador del paciente que es esta persona, si lo es."),
    )

    class Meta:
        verbose_name = _("usuario")
        verbose_name_plural = _("usuarios")

    @property
    def nombre(self) -> str:
        return self.get_full_name() or self.username


class Profesional(models.Model):
    """Professional identity: the licence that every clinical document shows (LGS art. 83)."""

    usuario = models.OneToOneField(
        Usuario, on_delete=models.PROTECT, primary_key=True, related_name="profesional"
    )
    cedula = models.CharField(_("cédula profesional"), max_length=8, unique=True)
    especialidad = models.CharField(_("especialidad"), max_length=120, blank=True)
    cedula_especialidad = models.CharField(_("cédula de especialidad"), max_length=8, blank=True)
    titulo_por = models.CharField(
        _("institución que expidió el título"), max_length=200, blank=True
    )

    class Meta:
        verbose_name = _("profesional")
        verbose_name_plural = _("profesionales")

    def __str__(self) -> str:
        return f"{self.usuario.nombre}, céd. prof. {self.cedula}"
