from django.db import models
from django.utils.translation import gettext_lazy as _

from ece.identidad.models.institucion import Unidad
from ece.identidad.models.usuario import Usuario
from ece.nucleo.roles import Rol
from ece.nucleo.uuid7 import uuid7


class Asignacion(models.Model):
    """A role that somebody holds at a unit, for a time; rights follow from it and nothing else."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    usuario = models.ForeignKey(
        Usuario, on_delete=models.CASCADE, related_name="asignaciones", verbose_name=_("usuario")
    )
    rol = models.CharField(_("rol"), max_length=20, choices=[(r.value, r.value) for r in Rol])
    unidad = models.ForeignKey(
        Unidad,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="asignaciones",
        verbose_name=_("unidad"),
    )
    desde = models.DateTimeField(_("desde"))
    hasta = models.DateTimeField(_("hasta"), null=True, blank=True)

    class Meta:
        verbose_name = _("asignación")
        verbose_name_plural = _("asignaciones")
        constraints = [
            models.UniqueConstraint(
                fields=["usuario", "rol", "unidad"], name="identidad_asignacion_sin_repetir"
            )
        ]

    def __str__(self) -> str:
        return f"{self.usuario} · {self.rol} · {self.unidad or '—'}"
