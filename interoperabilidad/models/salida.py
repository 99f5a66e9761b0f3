from django.db import models

from ece.nucleo.uuid7 import uuid7


class EstadoDeSalida(models.TextChoices):
    """What became of a message to be sent."""

    PENDIENTE = "pendiente"
    ENVIADO = "enviado"
    EN_ESPERA = "en-espera"
    DESCARTADO = "descartado"


class Salida(models.Model):
    """A message to be sent: kept before it leaves, in order per destination, until acknowledged.

    Sealed as those of the inbox, and erased once the other side has accepted it. `ocasion` names
    what it tells (an event of the log and a destination), so that it is told once.
    """

    PRIVILEGIOS = "SELECT, INSERT, UPDATE"

    orden = models.BigAutoField(primary_key=True)
    id = models.UUIDField(unique=True, default=uuid7, editable=False)
    destino = models.ForeignKey("interoperabilidad.Interlocutor", on_delete=models.PROTECT)
    ocasion = models.CharField(max_length=120)
    paciente = models.UUIDField(null=True)
    tipo = models.CharField(max_length=12)
    creado_at = models.DateTimeField()
    estado = models.CharField(
        max_length=10, choices=EstadoDeSalida.choices, default=EstadoDeSalida.PENDIENTE
    )
    contenido = models.BinaryField(null=True)
    intentos = models.SmallIntegerField(default=0)
    proximo_at = models.DateTimeField()
    enviado_at = models.DateTimeField(null=True)
    acuse = models.CharField(max_length=2, blank=True)
    motivo = models.CharField(max_length=40, blank=True)
    detalle = models.BinaryField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["destino", "ocasion"], name="interoperabilidad_salida_una_vez"
            )
        ]
        indexes = [
            # what is to be sent to each, in order
            models.Index(
                fields=["destino", "orden"],
                name="interop_salida_pendiente",
                condition=models.Q(estado__in=["pendiente", "en-espera"]),
            )
        ]


class CursorDeSalida(models.Model):
    """How far the log has been read, in transactions, to know what is to be told, and to whom."""

    DE_MENSAJES, DE_SUSCRIPCIONES = 1, 2

    id = models.SmallIntegerField(primary_key=True, default=DE_MENSAJES)
    transaccion = models.CharField(max_length=20)
    visto_at = models.DateTimeField()
