from typing import ClassVar
from uuid import UUID

from django.db import models

from auditoria import bitacora


class IdentificadorUnico(models.Model):
    """Keeps a CURP or an expediente number from belonging to two patients.

    Holds only the keyed token of the identifier; it stands apart from the patients' table so that
    the latter can be distributed by patient.
    """

    PRIVILEGIOS: ClassVar[str] = "SELECT, INSERT"

    ficha = models.BigIntegerField(primary_key=True)
    paciente = models.UUIDField()

    @classmethod
    def apartar(cls, ficha: int, paciente: UUID) -> bool:
        """Claim an identifier for `paciente`; False when it is another's."""
        with bitacora.cursor() as cursor:
            cursor.execute(
                "INSERT INTO registros_identificadorunico (ficha, paciente) "
                "VALUES (%s::bigint, %s) ON CONFLICT DO NOTHING",
                [ficha, paciente],
                prepare=True,
            )
            return cursor.rowcount == 1
