from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from consentimiento.convenios import Base, Estado, Parte
from ece.nucleo.uuid7 import uuid7


class Convenio(models.Model):
    """An agreement with another institution: what is exchanged, under which terms, in what state.

    `terminos` are the canonical bytes that both sides sign; `cliente`, the partner's system
    (`ece.identidad.Cliente`), which has no foreign key so that the agreement outlives it. Triggers
    keep the terms as they were once signed, and the order of the states.
    """

    PRIVILEGIOS: ClassVar[str] = "SELECT, INSERT, UPDATE"
    INMORTAL: ClassVar[bool] = True

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    folio = models.CharField(_("folio"), max_length=40, unique=True)
    cliente = models.UUIDField(_("sistema aliado"))
    estado = models.CharField(_("estado"), max_length=12, choices=Estado.choices)
    terminos = models.BinaryField(_("términos"))
    redactado_por = models.UUIDField(_("lo redactó"))
    creado_at = models.DateTimeField(_("creado"))
    estado_at = models.DateTimeField(_("desde cuándo está así"))
    motivo = models.CharField(_("motivo"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("convenio")
        verbose_name_plural = _("convenios")
        indexes = [
            # the decision: under what does this partner ask
            models.Index(fields=["cliente"], name="consentimiento_convenio_aliado"),
        ]


class FirmaDeConvenio(models.Model):
    """A party's signature over the terms: a compact JWS (RFC 7515) with a detached payload."""

    PRIVILEGIOS: ClassVar[str] = "SELECT, INSERT"
    INMORTAL: ClassVar[bool] = True

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    convenio = models.ForeignKey(Convenio, on_delete=models.PROTECT, related_name="firmas")
    parte = models.CharField(_("parte"), max_length=8, choices=Parte.choices)
    huella = models.CharField(_("SHA-256 de los términos"), max_length=64)
    llave = models.JSONField(_("llave pública"))
    jws = models.TextField(_("firma"))
    firmo = models.UUIDField(_("quién la puso"))
    firmada_at = models.DateTimeField(_("firmada"))

    class Meta:
        verbose_name = _("firma de convenio")
        verbose_name_plural = _("firmas de convenio")
        constraints = [
            models.UniqueConstraint(
                fields=["convenio", "parte"], name="consentimiento_firma_una_por_parte"
            )
        ]


class Compartido(models.Model):
    """Why one patient's data may travel under an agreement, and until when.

    `documento` is the record that holds it up: the referral, or the signed consent.
    """

    PRIVILEGIOS: ClassVar[str] = "SELECT, INSERT, UPDATE"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    paciente = models.UUIDField(_("paciente"))
    convenio = models.UUIDField(_("convenio"))
    base = models.CharField(_("base"), max_length=16, choices=Base.choices)
    documento = models.UUIDField(_("documento"), null=True, blank=True)
    desde = models.DateTimeField(_("desde"))
    hasta = models.DateTimeField(_("hasta"))
    registrado_por = models.UUIDField(_("lo registró"))
    retirado_at = models.DateTimeField(_("retirado"), null=True, blank=True)

    class Meta:
        verbose_name = _("expediente compartido")
        verbose_name_plural = _("expedientes compartidos")
        indexes = [
            # the decision: is this patient shared with this partner now
            models.Index(fields=["convenio", "paciente"], name="consentimiento_compartido_con"),
            models.Index(fields=["paciente"], name="consentimiento_compartido_de"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(hasta__gt=models.F("desde")),
                name="consentimiento_compartido_con_termino",
            )
        ]


class UsoDeConvenio(models.Model):
    """How many patients were asked for under an agreement in one minute, or one day."""

    id = models.BigAutoField(primary_key=True)
    convenio = models.UUIDField()
    ventana = models.CharField(max_length=1)
    desde = models.DateTimeField()
    cuantos = models.PositiveIntegerField()

    class Meta:
        verbose_name = _("uso de convenio")
        verbose_name_plural = _("usos de convenios")
        constraints = [
            models.UniqueConstraint(
                fields=["convenio", "ventana", "desde"], name="consentimiento_uso_unico"
            )
        ]


class UrgenciaDeConvenio(models.Model):
    """A partner's emergency on one patient, once a day and user: it is told to the patient."""

    PRIVILEGIOS: ClassVar[str] = "SELECT, INSERT"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    convenio = models.UUIDField()
    paciente = models.UUIDField()
    usuario = models.CharField(max_length=64)
    fecha = models.DateField()

    class Meta:
        verbose_name = _("urgencia de convenio")
        verbose_name_plural = _("urgencias de convenio")
        constraints = [
            models.UniqueConstraint(
                fields=["convenio", "paciente", "usuario", "fecha"],
                name="consentimiento_urgencia_una_al_dia",
            )
        ]
