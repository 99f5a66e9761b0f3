from django.db import models

from ece.nucleo.uuid7 import uuid7

PARTICIONES = 16
"""Of the inbox: the messages of one patient are all in the same, and one process applies each."""


class Estado(models.TextChoices):
    """What became of a message that was received."""

    RECIBIDO = "recibido"
    EN_ESPERA = "en-espera"
    APLICADO = "aplicado"
    RECHAZADO = "rechazado"
    DESCARTADO = "descartado"


class MensajeRecibido(models.Model):
    """A message in the inbox, kept before it is acknowledged.

    Whose it is may not be known yet, so its bytes are sealed under a key of the installation (see
    `ece.nucleo.sobres`); once applied, they lie under the patient's key as a Binary of the record
    and are erased here. In clear: type, instants, state and the code of the reason. `clave` and
    `clave_previa` are tokens of the patient's identifiers, which keep the order. `corrige` is the
    message that somebody wrote this one instead of, and whose place in the order it takes;
    `dispensa`, what they answered for. A clinical document (CDA) comes from a `cliente`, with what
    a partner declared sealed in `declaracion`.
    """

    PRIVILEGIOS = "SELECT, INSERT, UPDATE"

    orden = models.BigAutoField(primary_key=True)
    id = models.UUIDField(unique=True, default=uuid7, editable=False)
    interlocutor = models.ForeignKey(
        "interoperabilidad.Interlocutor", on_delete=models.PROTECT, null=True
    )
    cliente = models.UUIDField(null=True)
    declaracion = models.BinaryField(null=True)
    recibido_at = models.DateTimeField()
    canal = models.CharField(max_length=8)
    tipo = models.CharField(max_length=12)
    version = models.CharField(max_length=8)
    familia = models.CharField(max_length=4)
    huella_de_control = models.BinaryField(null=True)
    huella = models.BinaryField()
    clave = models.BigIntegerField(null=True)
    clave_previa = models.BigIntegerField(null=True)
    particion = models.SmallIntegerField(default=0)
    estado = models.CharField(max_length=10, choices=Estado.choices)
    acuse = models.CharField(max_length=2)
    motivo = models.CharField(max_length=40, blank=True)
    detalle = models.BinaryField(null=True)
    contenido = models.BinaryField(null=True)
    intentos = models.SmallIntegerField(default=0)
    paciente = models.UUIDField(null=True)
    original = models.UUIDField(null=True)
    corrige = models.BigIntegerField(null=True)
    dispensa = models.CharField(max_length=20, blank=True)
    atendido_at = models.DateTimeField(null=True)
    atendido_por = models.UUIDField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["huella_de_control"], name="interoperabilidad_mensaje_una_vez"
            )
        ]
        indexes = [
            # what is to be applied, in order
            models.Index(
                fields=["particion", "orden"],
                name="interop_mensaje_por_aplicar",
                condition=models.Q(estado="recibido"),
            ),
            # what of a patient goes before, or waits for them to be here
            models.Index(
                fields=["clave", "orden"],
                name="interop_mensaje_clave",
                condition=models.Q(estado__in=["recibido", "en-espera"]),
            ),
            # the merges that go before
            models.Index(
                fields=["clave_previa", "orden"],
                name="interop_mensaje_previa",
                condition=models.Q(estado="recibido", clave_previa__isnull=False),
            ),
            # what waits for a person
            models.Index(
                fields=["orden"],
                name="interop_mensaje_en_espera",
                condition=models.Q(estado="en-espera"),
            ),
            # the figures of the desk, and what came lately
            models.Index(fields=["recibido_at"], name="interop_mensaje_recibido"),
        ]
