from django.db import models
from django.utils.translation import gettext_lazy as _

from ece.identidad.models.institucion import Unidad
from ece.identidad.models.usuario import Usuario
from ece.nucleo.roles import Rol
from ece.nucleo.uuid7 import uuid7


def roles_posibles() -> list[tuple[str, str]]:
    """Named, not spelt, in migrations: a new role is no change of the schema."""
    return [(rol.value, rol.value) for rol in Rol]


class Asignacion(models.Model):
    """A role that somebody holds at a unit, for a time; rights follow from it and nothing else."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    usuario = models.ForeignKey(
        Usuario, on_delete=models.CASCADE, related_name="asignaciones", verbose_name=_("usuario")
    )
    rol = models.CharField(_("rol"), max_length=20, choices=roles_posibles)
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
    por_autorizar = models.BooleanField(_("por autorizar"), default=False)
    otorgada_por = models.UUIDField(_("otorgada por"), null=True, blank=True)
    autorizada_por = models.UUIDField(_("autorizada por"), null=True, blank=True)

    class Meta:
        verbose_name = _("asignación")
        verbose_name_plural = _("asignaciones")
        constraints = [
            models.UniqueConstraint(
                fields=["usuario", "rol", "unidad"], name="identidad_asignacion_sin_repetir"
            ),
            models.CheckConstraint(
                condition=~models.Q(autorizada_por=models.F("otorgada_por"))
                & ~models.Q(autorizada_por=models.F("usuario"))
                & ~models.Q(otorgada_por=models.F("usuario")),
                name="identidad_asignacion_de_dos_personas",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.usuario} · {self.rol} · {self.unidad or '—'}"
