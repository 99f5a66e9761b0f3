from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from ece.nucleo.uuid7 import uuid7


class Interlocutor(models.Model):
    """A system that speaks HL7 v2 with us: who it is, how it is recognised, what it may send, and
    where (if anywhere) messages are sent to it. What it may do is its client's role, as over FHIR.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    nombre = models.CharField(_("nombre"), max_length=120)
    cliente = models.ForeignKey(
        "identidad.Cliente",
        on_delete=models.PROTECT,
        related_name="interlocutores",
        verbose_name=_("cliente con cuyo rol actúa"),
    )
    activo = models.BooleanField(_("activo"), default=True)
    aplicacion = models.CharField(_("aplicación (MSH-3)"), max_length=120)
    institucion = models.CharField(
        _("institución (MSH-4)"), max_length=120, blank=True, help_text=_("Vacío: cualquiera.")
    )
    certificado = models.CharField(
        _("certificado de cliente (SHA-256)"),
        max_length=64,
        blank=True,
        help_text=_("Hexadecimal, sin dos puntos. Vacío: no llega por TLS con certificado."),
    )
    redes = models.CharField(
        _("redes de las que llega sin certificado"),
        max_length=200,
        blank=True,
        help_text=_("Direcciones o redes (10.1.2.0/24), separadas por comas."),
    )
    familias = models.CharField(
        _("familias que envía"),
        max_length=80,
        blank=True,
        help_text=_("ADT, ORU, ORM, SIU, MDM, VXU, DFT, PPR, QBP. Vacío: todas."),
    )
    juego = models.CharField(
        _("juego de caracteres si MSH-18 calla"), max_length=20, blank=True, default=""
    )
    sistemas = models.JSONField(
        _("sistema FHIR de cada autoridad"),
        default=dict,
        blank=True,
        help_text=_('Por ejemplo {"HGE": "urn:ece:expediente"}.'),
    )
    ordenes_ajenas = models.BooleanField(
        _("informa estudios que nadie pidió aquí"),
        default=False,
        help_text=_("Si no, un resultado cuya orden no está espera a una persona."),
    )
    anfitrion = models.CharField(_("anfitrión al que se le envía"), max_length=200, blank=True)
    puerto = models.PositiveIntegerField(_("puerto"), null=True, blank=True)
    tls = models.BooleanField(_("TLS"), default=True)
    envia = models.CharField(
        _("familias que se le envían"),
        max_length=80,
        blank=True,
        help_text=_("ADT, ORU, SIU, MDM. Vacío: ninguna."),
    )
    version = models.CharField(_("versión con que se le escribe"), max_length=8, default="2.5.1")

    class Meta:
        verbose_name = _("interlocutor HL7 v2")
        verbose_name_plural = _("interlocutores HL7 v2")
        constraints = [
            models.UniqueConstraint(
                fields=["aplicacion", "institucion"],
                name="interoperabilidad_interlocutor_por_msh",
            )
        ]

    def __str__(self) -> str:
        return self.nombre

    def clean(self) -> None:
        if bool(self.anfitrion) != bool(self.puerto):
            raise ValidationError(_("El anfitrión y el puerto van juntos."))
        if not isinstance(self.sistemas, dict) or any(
            not isinstance(valor, str) for valor in self.sistemas.values()
        ):
            raise ValidationError({"sistemas": _("Se espera un objeto de textos.")})
