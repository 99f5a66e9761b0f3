from typing import ClassVar

from django.db import models


class IdentificadorUnico(models.Model):
    """Keeps a CURP or an expediente number from belonging to two patients.

    Holds only the keyed token of the identifier; it stands apart from the patients' table so that
    the latter can be distributed by patient.
    """

    PRIVILEGIOS: ClassVar[str] = "SELECT, INSERT"

    ficha = models.BigIntegerField(primary_key=True)
    paciente = models.UUIDField()
