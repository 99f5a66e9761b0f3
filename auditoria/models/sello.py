"""The sealed log: checkpoints with their leaves, whole subtrees, the map, witnesses.

No event has a row here: its place follows from the order (`transaccion`, `id`), so that sealing
costs 32 bytes an event.
"""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models

from auditoria.models.evento import TransaccionActual


class Sello(models.Model):
    """A checkpoint, and the leaves it added to the one before. Only ever appended.

    `anterior` is unique: two seals cannot continue the same one. `hitos` says where every so many
    events end (auditoria.sello.hitos), so as not to count them one by one; it proves nothing.
    """

    PRIVILEGIOS: ClassVar[str] = "SELECT, INSERT"
    INMORTAL: ClassVar[bool] = True

    tamano = models.BigIntegerField(primary_key=True)
    anterior = models.BigIntegerField(unique=True)
    hojas = models.BinaryField()
    transaccion = TransaccionActual()
    evento = models.UUIDField()
    nota = models.TextField()
    hitos = models.BinaryField(default=bytes)

    class Meta:
        verbose_name = "sello"
        indexes = [
            # the seal that has an event: the first whose last event is not before it
            models.Index(fields=["transaccion", "evento"], name="auditoria_sello_hasta"),
        ]


class Subarbol(models.Model):
    """The root over 256 ** (nivel + 1) leaves, once they are all there: what higher tiles hold."""

    PRIVILEGIOS: ClassVar[str] = "SELECT, INSERT"
    INMORTAL: ClassVar[bool] = True

    pk = models.CompositePrimaryKey("nivel", "indice")
    nivel = models.SmallIntegerField()
    indice = models.BigIntegerField()
    raiz = models.BinaryField()

    class Meta:
        verbose_name = "subárbol"


class PiezaDeMapa(models.Model):
    """A piece of the map of completeness as the last seal left it (`auditoria.mapa`)."""

    PRIVILEGIOS: ClassVar[str] = "SELECT, INSERT, UPDATE"

    pk = models.CompositePrimaryKey("nivel", "indice")
    nivel = models.SmallIntegerField()
    indice = models.IntegerField()
    contenido = models.BinaryField()

    class Meta:
        verbose_name = "pieza del mapa"


class LlaveDeSello(models.Model):
    """A generation of the key that signs checkpoints, and from which size on it does."""

    PRIVILEGIOS: ClassVar[str] = "SELECT, INSERT"
    INMORTAL: ClassVar[bool] = True

    generacion = models.PositiveIntegerField(primary_key=True)
    vkey = models.CharField(max_length=300)
    desde = models.BigIntegerField()

    class Meta:
        verbose_name = "llave de sello"


class Cofirma(models.Model):
    """What a witness signed of one of our checkpoints."""

    PRIVILEGIOS: ClassVar[str] = "SELECT, INSERT"
    INMORTAL: ClassVar[bool] = True

    tamano = models.BigIntegerField()
    testigo = models.CharField(max_length=200)
    renglones = ArrayField(models.CharField(max_length=400))

    class Meta:
        verbose_name = "cofirma"
        constraints = [
            models.UniqueConstraint(
                fields=["testigo", "tamano"], name="auditoria_cofirma_una_por_testigo"
            )
        ]


class Estampa(models.Model):
    """A time stamp (RFC 3161) over one of our checkpoints, as its authority gave it."""

    PRIVILEGIOS: ClassVar[str] = "SELECT, INSERT"
    INMORTAL: ClassVar[bool] = True

    tamano = models.BigIntegerField(primary_key=True)
    momento = models.DateTimeField()
    token = models.BinaryField()

    class Meta:
        verbose_name = "estampa de tiempo"


class BitacoraAjena(models.Model):
    """The last checkpoint that we, as a witness, cosigned of another institution's log."""

    PRIVILEGIOS: ClassVar[str] = "SELECT, INSERT, UPDATE"

    origen = models.CharField(max_length=200, primary_key=True)
    tamano = models.BigIntegerField()
    raiz = models.BinaryField()
    nota = models.TextField()

    class Meta:
        verbose_name = "bitácora de otra institución"
