from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Func


class TransaccionActual(models.Field[str, str]):
    """The transaction that wrote the row, set by PostgreSQL and not writable by the application.

    A sealer orders events once every earlier transaction has ended (``pg_snapshot_xmin``), and the
    triggers of guarded tables demand an event of their own transaction.
    """

    def db_type(self, connection: object) -> str:
        return "xid8"


class Evento(models.Model):
    """Something that happened: a decision or an act. Only ever appended.

    `contenido` holds the canonical bytes (RFC 8785 JSON) that the log will seal; every other column
    is an index over them. `huellas` are SHA-256 digests of the versions written, as stored
    (ciphertext: a digest of the plaintext would let anybody test a guess).
    """

    PRIVILEGIOS: ClassVar[str] = (
        "SELECT, INSERT (id, momento, tipo, resultado, actor, pacientes, huellas, contenido)"
    )
    INMORTAL: ClassVar[bool] = True

    id = models.UUIDField(primary_key=True)
    momento = models.DateTimeField()
    tipo = models.CharField(max_length=60)
    resultado = models.CharField(max_length=12)
    actor = models.UUIDField()
    pacientes = ArrayField(models.UUIDField(), default=list)
    huellas = ArrayField(models.BinaryField(), default=list)
    contenido = models.BinaryField()
    transaccion = TransaccionActual(db_default=Func(function="pg_current_xact_id"))

    class Meta:
        verbose_name = "evento"
        indexes = [
            # "who saw my record": the patient's list of accesses
            GinIndex(fields=["pacientes"], name="auditoria_evento_pacientes"),
            # "what did this person do": privacy's review, newest first
            models.Index(fields=["actor", "momento"], name="auditoria_evento_actor"),
            # the order in which the sealer takes them
            models.Index(fields=["transaccion", "id"], name="auditoria_evento_orden"),
        ]
