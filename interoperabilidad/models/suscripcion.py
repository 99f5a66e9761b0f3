from django.db import models

from ece.nucleo.uuid7 import uuid7


class EstadoDeSuscripcion(models.TextChoices):
    """As R4's value set of subscription states spells it."""

    PEDIDA = "requested"
    ACTIVA = "active"
    ERROR = "error"
    APAGADA = "off"


class SuscripcionFhir(models.Model):
    """What a system asked to be told (FHIR Subscription, R4 backport).

    The resource, whose headers may be secrets, is sealed with the reach and the declaration it was
    asked with. `eventos` is the number of the last event that may have reached the other side.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    cliente = models.UUIDField()
    version = models.PositiveIntegerField(default=1)
    estado = models.CharField(max_length=10, choices=EstadoDeSuscripcion.choices)
    tema = models.CharField(max_length=40)
    contenido = models.BinaryField()
    creada_at = models.DateTimeField()
    actualizada_at = models.DateTimeField()
    termina_at = models.DateTimeField(null=True)
    latido = models.PositiveIntegerField(default=0)
    eventos = models.PositiveBigIntegerField(default=0)
    intentos = models.SmallIntegerField(default=0)
    motivo = models.CharField(max_length=80, blank=True)
    proximo_at = models.DateTimeField()
    enviado_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            # those of a system
            models.Index(fields=["cliente", "id"], name="interop_suscripcion_cliente"),
        ]


class NotificacionFhir(models.Model):
    """An event that a subscription may be told, from the log, in its order: once each.

    `numero` is given when it is about to leave, so that what is withheld leaves no gap; `hecha_at`
    is when it was taken.
    """

    orden = models.BigAutoField(primary_key=True)
    suscripcion = models.ForeignKey(
        SuscripcionFhir, on_delete=models.CASCADE, related_name="notificaciones"
    )
    evento = models.UUIDField()
    momento = models.DateTimeField()
    tipo = models.CharField(max_length=40)
    registro = models.UUIDField()
    version = models.PositiveIntegerField()
    numero = models.PositiveBigIntegerField(null=True)
    hecha_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["suscripcion", "evento", "registro"],
                name="interoperabilidad_notificacion_una_vez",
            )
        ]
        indexes = [
            # what is to be told to each, in order
            models.Index(
                fields=["suscripcion", "orden"],
                name="interop_notificacion_pendiente",
                condition=models.Q(hecha_at__isnull=True),
            ),
            # what was told, by number ($events)
            models.Index(
                fields=["suscripcion", "numero"],
                name="interop_notificacion_numero",
                condition=models.Q(numero__isnull=False),
            ),
        ]
