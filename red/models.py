"""What is kept of the exchange itself; what is clinical lies in each patient's record."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from ece.nucleo.uuid7 import uuid7
from red.pasos import Estado, Paso, Prioridad, Sentido


class Referencia(models.Model):
    """A referral between two institutions, as one of them sees it (NOM-004 6.4).

    `folio` is what both call it. What was sent to us waits in `contenido`, sealed under a key of
    the installation, until it is known whose it is; then it lies in the record and is erased here.
    `motivo`, also sealed, is why it was refused or cancelled. `solicitud`, `tarea`, `nota` and
    `respuesta` are records of the patient: ServiceRequest, Task, and the two notes.
    """

    PRIVILEGIOS: ClassVar[str] = "SELECT, INSERT, UPDATE"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    folio = models.UUIDField(_("folio"))
    sentido = models.CharField(_("sentido"), max_length=8, choices=Sentido.choices)
    convenio = models.UUIDField(_("convenio"))
    cliente = models.UUIDField(_("sistema aliado"))
    paciente = models.UUIDField(_("paciente"), null=True)
    estado = models.CharField(_("estado"), max_length=12, choices=Estado.choices)
    prioridad = models.CharField(_("prioridad"), max_length=8, choices=Prioridad.choices)
    creada_at = models.DateTimeField(_("creada"))
    estado_at = models.DateTimeField(_("desde cuándo está así"))
    plazo_at = models.DateTimeField(_("plazo"), null=True)
    solicitante = models.UUIDField(_("quién la solicitó"), null=True)
    solicitud = models.UUIDField(null=True)
    tarea = models.UUIDField(null=True)
    nota = models.UUIDField(null=True)
    respuesta = models.UUIDField(null=True)
    motivo = models.BinaryField(null=True)
    contenido = models.BinaryField(null=True)

    class Meta:
        verbose_name = _("referencia")
        verbose_name_plural = _("referencias")
        constraints = [
            models.UniqueConstraint(
                fields=["cliente", "sentido", "folio"], name="red_referencia_una_vez"
            )
        ]
        indexes = [
            # what waits, by its clock
            models.Index(
                fields=["plazo_at"],
                name="red_referencia_pendiente",
                condition=models.Q(plazo_at__isnull=False),
            ),
            # those of one patient
            models.Index(fields=["paciente"], name="red_referencia_paciente"),
            # the lists, newest first
            models.Index(fields=["-creada_at"], name="red_referencia_nuevas"),
        ]


class Envio(models.Model):
    """A step that the other side must be told of; it is kept with the step, in its transaction.

    It says nothing by itself: what travels is made when it is sent, by what the decision lets the
    partner read at that moment. Those of one referral go in order.
    """

    PRIVILEGIOS: ClassVar[str] = "SELECT, INSERT, UPDATE"

    class Situacion(models.TextChoices):
        PENDIENTE = "pendiente", _("Por enviar")
        ENVIADO = "enviado", _("Enviado")
        DETENIDO = "detenido", _("Detenido")

    orden = models.BigAutoField(primary_key=True)
    id = models.UUIDField(unique=True, default=uuid7, editable=False)
    referencia = models.ForeignKey(Referencia, on_delete=models.PROTECT, related_name="envios")
    paso = models.CharField(max_length=12, choices=Paso.choices)
    por = models.UUIDField(_("quién dio el paso"))
    rol = models.CharField(max_length=20)
    situacion = models.CharField(max_length=10, choices=Situacion.choices)
    intentos = models.PositiveIntegerField(default=0)
    proximo_at = models.DateTimeField()
    creado_at = models.DateTimeField()
    enviado_at = models.DateTimeField(null=True)
    motivo = models.CharField(max_length=300, blank=True)

    class Meta:
        verbose_name = _("envío")
        verbose_name_plural = _("envíos")
        indexes = [
            # what is to be sent, in order
            models.Index(
                fields=["orden"],
                name="red_envio_por_enviar",
                condition=~models.Q(situacion="enviado"),
            )
        ]


class Recibido(models.Model):
    """A message of a partner's system, written with its effect: it is never applied twice."""

    PRIVILEGIOS: ClassVar[str] = "SELECT, INSERT"

    cliente = models.UUIDField()
    mensaje = models.UUIDField()
    paso = models.CharField(max_length=12, choices=Paso.choices)
    recibido_at = models.DateTimeField()

    class Meta:
        verbose_name = _("mensaje de la red")
        verbose_name_plural = _("mensajes de la red")
        constraints = [
            models.UniqueConstraint(fields=["cliente", "mensaje"], name="red_recibido_una_vez")
        ]
        indexes = [
            # when a partner was last heard
            models.Index(fields=["cliente", "-recibido_at"], name="red_recibido_ultimo")
        ]


class Corte(models.Model):
    """That a connector failed so often that nobody waits for it until `abierto_hasta`."""

    PRIVILEGIOS: ClassVar[str] = "SELECT, INSERT, UPDATE"

    conector = models.CharField(max_length=40, primary_key=True)
    fallas = models.PositiveIntegerField(default=0)
    ultima_at = models.DateTimeField(null=True)
    abierto_hasta = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("conector cortado")
        verbose_name_plural = _("conectores cortados")
