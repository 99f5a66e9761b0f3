from django.db import models
from django.utils.translation import gettext_lazy as _

from ece.identidad.models.institucion import Unidad
from ece.identidad.models.usuario import Usuario
from ece.nucleo.uuid7 import uuid7


class Fragmento(models.Model):
    """A piece of text that somebody often writes, with ``{{fields}}`` to fill in.

    Its author's alone or, with `unidad`, of everybody who writes there. It says nothing of any
    patient, so it is an administrative row.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    usuario = models.ForeignKey(Usuario, on_delete=models.CASCADE, verbose_name=_("autor"))
    unidad = models.ForeignKey(
        Unidad, on_delete=models.CASCADE, null=True, blank=True, verbose_name=_("unidad")
    )
    abreviatura = models.SlugField(_("abreviatura"), max_length=30, allow_unicode=True)
    texto = models.TextField(_("texto"), max_length=4_000)

    class Meta:
        verbose_name = _("fragmento")
        verbose_name_plural = _("fragmentos")
        constraints = [
            models.UniqueConstraint(
                fields=["usuario", "abreviatura"], name="identidad_fragmento_abreviatura_unica"
            )
        ]

    def __str__(self) -> str:
        return f"/{self.abreviatura}"
