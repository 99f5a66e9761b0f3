from django.db import models
from django.utils.translation import gettext_lazy as _

from ece.identidad.models.usuario import Usuario
from ece.nucleo import sobres

_USO = "contacto.correo"


class Contacto(models.Model):
    """Where to write to somebody, and whom their account was opened for; nothing of it in clear.

    A patient's account carries no name: `Usuario` is in the clear, and says whose record it opens.
    """

    usuario = models.OneToOneField(
        Usuario, on_delete=models.CASCADE, primary_key=True, related_name="contacto"
    )
    correo = models.BinaryField(null=True)
    curp = models.BinaryField(null=True, unique=True)
    idioma = models.CharField(_("idioma"), max_length=8, default="es-mx")

    class Meta:
        verbose_name = _("contacto")
        verbose_name_plural = _("contactos")

    def __str__(self) -> str:
        return str(self.usuario)

    @property
    def direccion(self) -> str:
        """The e-mail address, or an empty string."""
        return sobres.abrir(_USO, self.pk, self.correo) if self.correo else ""

    @direccion.setter
    def direccion(self, correo: str) -> None:
        self.correo = sobres.sellar(_USO, self.pk, correo) if correo else None
