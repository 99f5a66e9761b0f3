from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVector
from django.db import models
from django.utils.translation import gettext_lazy as _


class VersionDeCatalogo(models.Model):
    """An edition of a catalogue: records keep code *and* edition, so old notes keep their words."""

    catalogo = models.CharField(_("catálogo"), max_length=40)
    version = models.CharField(_("versión"), max_length=40)
    huella = models.CharField(_("huella"), max_length=64)
    cargado_at = models.DateTimeField(_("cargado"))
    vigente = models.BooleanField(_("vigente"), default=True)

    class Meta:
        verbose_name = _("versión de catálogo")
        verbose_name_plural = _("versiones de catálogo")
        constraints = [
            models.UniqueConstraint(
                fields=["catalogo", "version"], name="registros_versiondecatalogo_unica"
            ),
            models.UniqueConstraint(
                fields=["catalogo"],
                condition=models.Q(vigente=True),
                name="registros_versiondecatalogo_una_vigente",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.catalogo} {self.version}"


class Concepto(models.Model):
    """A code of a catalogue; `palabras` are its words, normalised, to search without accents."""

    version = models.ForeignKey(
        VersionDeCatalogo, on_delete=models.PROTECT, related_name="conceptos"
    )
    clave = models.CharField(_("clave"), max_length=20)
    texto = models.TextField(_("texto"))
    palabras = models.TextField(editable=False)
    sexo = models.CharField(_("sexo"), max_length=1, blank=True)
    edad_minima = models.PositiveIntegerField(_("edad mínima (días)"), null=True, blank=True)
    edad_maxima = models.PositiveIntegerField(_("edad máxima (días)"), null=True, blank=True)

    class Meta:
        verbose_name = _("concepto")
        verbose_name_plural = _("conceptos")
        constraints = [
            models.UniqueConstraint(
                fields=["version", "clave"], name="registros_concepto_clave_unica"
            )
        ]
        indexes = [
            # search by the beginnings of words
            GinIndex(SearchVector("palabras", config="simple"), name="registros_concepto_palabras"),
        ]

    def __str__(self) -> str:
        return f"{self.clave} {self.texto}"
