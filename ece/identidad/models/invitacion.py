from django.db import models
from django.utils.translation import gettext_lazy as _

from ece.nucleo.uuid7 import uuid7


class Relacion(models.TextChoices):
    TITULAR = "titular", _("El paciente")
    TUTELA = "tutela", _("Quien lo representa (madre, padre o tutor)")


class Documento(models.TextChoices):
    """What an identity is checked against at the counter."""

    INE = "ine", _("Credencial para votar")
    PASAPORTE = "pasaporte", _("Pasaporte")
    CEDULA = "cedula", _("Cédula profesional")
    CARTILLA = "cartilla", _("Cartilla militar")
    MIGRATORIO = "migratorio", _("Documento migratorio")
    INSTITUCIONAL = "institucional", _("Credencial de la institución o de su seguridad social")
    ACTA = "acta", _("Acta de nacimiento, con dos testigos")


class Proposito(models.TextChoices):
    INSCRIBIR = "inscribir", _("Abrir su cuenta")
    RECUPERAR = "recuperar", _("Volver a entrar a su cuenta")


class Invitacion(models.Model):
    """A single-use code, handed to somebody whose identity was checked once at the counter.

    The code, the CURP it is bound to and the birth date are keyed digests: neither a dump nor the
    page that shows them once can give them again.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    proposito = models.CharField(max_length=12, choices=Proposito.choices)
    relacion = models.CharField(max_length=12, choices=Relacion.choices)
    paciente = models.UUIDField(_("paciente"))
    codigo = models.BinaryField(unique=True)
    curp = models.BinaryField()
    nacimiento = models.BinaryField()
    documento = models.CharField(max_length=16, choices=Documento.choices)
    verificada_por = models.UUIDField()
    hasta = models.DateTimeField(_("la representación termina"), null=True)
    confidencial_desde = models.DateTimeField(null=True)
    creada_at = models.DateTimeField()
    vence_at = models.DateTimeField()
    intentos = models.PositiveSmallIntegerField(default=0)
    usada_at = models.DateTimeField(null=True)
    anulada_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("invitación al portal")
        verbose_name_plural = _("invitaciones al portal")
        indexes = [
            # what is still open for a patient
            models.Index(fields=["paciente"], name="identidad_invitacion_paciente")
        ]

    def __str__(self) -> str:
        return f"{self.proposito} · {self.creada_at:%d/%m/%Y}"
