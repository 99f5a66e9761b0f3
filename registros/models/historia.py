from typing import ClassVar

from django.db import models

from ece.nucleo.modelos import Guardado


class Historia(Guardado):
    """A superseded version, copied here by a trigger on update: no code path can forget it."""

    PRIVILEGIOS: ClassVar[str] = "SELECT"
    INMORTAL: ClassVar[bool] = True
    CAMPOS_EN_CLARO: ClassVar[frozenset[str]] = frozenset(
        {
            *("id", "tipo", "registro", "version", "paciente", "estado"),
            *("acto", "creado_at", "actualizado_at"),
            # what the superseded row had in clear, but for its tokens: its event has their digest
            "columnas",
        }
    )
    CAMPOS_CIFRADOS: ClassVar[frozenset[str]] = frozenset({"contenido", "resumen"})

    id = models.BigAutoField(primary_key=True)
    tipo = models.CharField(max_length=40)
    registro = models.UUIDField()
    version = models.PositiveIntegerField()
    paciente = models.UUIDField()
    estado = models.CharField(max_length=24)
    contenido = models.BinaryField()
    resumen = models.BinaryField(default=b"", db_default=b"")
    columnas = models.JSONField(null=True)
    acto = models.UUIDField()
    creado_at = models.DateTimeField()
    actualizado_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["paciente", "registro", "version"], name="registros_historia_version_unica"
            )
        ]
        indexes = [
            # the history of a type, newest first
            models.Index(fields=["tipo", "-actualizado_at"], name="registros_historia_por_tipo")
        ]
