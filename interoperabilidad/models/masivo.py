from django.db import models

from ece.nucleo.uuid7 import uuid7


class EstadoDeTrabajo(models.TextChoices):
    """How far a long job has come."""

    PENDIENTE = "pendiente"
    TERMINADO = "terminado"
    FALLIDO = "fallido"


class TrabajoMasivo(models.Model):
    """A long job that a system asked for, done piece by piece: each piece is written in the
    transaction that says how far it came, so that whoever goes on after a kill repeats nothing.

    What it asks for, and what it leaves, is sealed under `llave`, which dies with the row.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    cliente = models.UUIDField()
    estado = models.CharField(
        max_length=10, choices=EstadoDeTrabajo.choices, default=EstadoDeTrabajo.PENDIENTE
    )
    motivo = models.CharField(max_length=200, blank=True)
    intentos = models.PositiveSmallIntegerField(default=0)
    llave = models.BinaryField()
    pedido = models.BinaryField()
    creado_at = models.DateTimeField()
    proximo_at = models.DateTimeField()
    terminado_at = models.DateTimeField(null=True)
    caduca_at = models.DateTimeField(null=True)

    class Meta:
        abstract = True


class Exportacion(TrabajoMasivo):
    """A Bulk Data export. It is begun once every transaction before `transaccion` has ended;
    `cursor` is the last patient done, of `pacientes`; `recursos`, how many were found."""

    transaccion = models.CharField(max_length=20)
    cursor = models.UUIDField(null=True)
    pacientes = models.PositiveIntegerField(default=0)
    hechos = models.PositiveIntegerField(default=0)
    recursos = models.PositiveBigIntegerField(default=0)

    class Meta:
        indexes = [
            # what the worker has to do, in order
            models.Index(
                fields=["id"],
                name="interop_exportacion_pendiente",
                condition=models.Q(estado="pendiente"),
            )
        ]


class TramoDeExportacion(models.Model):
    """A piece of a file: which versions, of which patients, are in it (never what they say)."""

    orden = models.BigAutoField(primary_key=True)
    id = models.UUIDField(default=uuid7, editable=False)
    exportacion = models.ForeignKey(Exportacion, on_delete=models.CASCADE, related_name="tramos")
    tipo = models.CharField(max_length=40)
    archivo = models.PositiveIntegerField()
    cuantos = models.PositiveIntegerField()
    contenido = models.BinaryField()

    class Meta:
        indexes = [
            # a file, in order
            models.Index(
                fields=["exportacion", "tipo", "archivo", "orden"], name="interop_tramo_de_archivo"
            )
        ]


class Importacion(TrabajoMasivo):
    """A bulk import: `archivo` and `renglon` say where it goes on."""

    archivo = models.PositiveIntegerField(default=0)
    renglon = models.PositiveIntegerField(default=0)
    tomados = models.PositiveIntegerField(default=0)
    rechazados = models.PositiveIntegerField(default=0)

    class Meta:
        indexes = [
            # what the worker has to do, in order
            models.Index(
                fields=["id"],
                name="interop_importacion_pendiente",
                condition=models.Q(estado="pendiente"),
            )
        ]


class RechazosDeImportacion(models.Model):
    """What of a file was not taken in, and why: OperationOutcomes, sealed."""

    orden = models.BigAutoField(primary_key=True)
    id = models.UUIDField(default=uuid7, editable=False)
    importacion = models.ForeignKey(Importacion, on_delete=models.CASCADE, related_name="rechazos")
    archivo = models.PositiveIntegerField()
    cuantos = models.PositiveIntegerField()
    contenido = models.BinaryField()
