"""Where wrapped patient keys lie: useless without the KEK, backed up apart (days, not years)."""

from collections.abc import Sequence
from uuid import UUID

from django.db import models

from ece.nucleo import sentencias
from ece.nucleo.llavero import Envuelta


class LlaveDePaciente(models.Model):
    """One version of a patient's pair of wrapped keys; null once destroyed."""

    PRIVILEGIOS = "SELECT, INSERT, UPDATE"

    id = models.BigAutoField(primary_key=True)
    paciente = models.UUIDField()
    version = models.PositiveSmallIntegerField()
    kek = models.CharField(max_length=60)
    clinica = models.BinaryField(null=True)
    identidad = models.BinaryField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["paciente", "version"], name="registros_llavedepaciente_version_unica"
            )
        ]


class AlmacenPostgres:
    """The key ring's store (`ece.nucleo.llavero.Almacen`)."""

    def leer(self, paciente: UUID) -> list[Envuelta]:
        filas = LlaveDePaciente.objects.filter(paciente=paciente).values_list(
            "paciente", "version", "kek", "clinica", "identidad"
        )
        return [
            Envuelta(p, version, kek, _bytes(clinica), _bytes(identidad))
            for p, version, kek, clinica, identidad in filas
        ]

    def guardar(self, envueltas: Sequence[Envuelta]) -> int:
        marcas = ", ".join(["(%s, %s, %s, %s, %s)"] * len(envueltas))
        with sentencias.cursor() as cursor:
            cursor.execute(
                "INSERT INTO registros_llavedepaciente "
                f"(paciente, version, kek, clinica, identidad) VALUES {marcas} "
                "ON CONFLICT DO NOTHING",
                [
                    valor
                    for e in envueltas
                    for valor in (e.paciente, e.version, e.kek, e.clinica, e.identidad)
                ],
            )
            return cursor.rowcount

    def bajo_otra(self, kek: str, *, limite: int) -> list[Envuelta]:
        """Pairs, not destroyed, that are under another KEK."""
        filas = self._bajo_otra(kek).order_by("id")[:limite]
        return [
            Envuelta(f.paciente, f.version, f.kek, _bytes(f.clinica), _bytes(f.identidad))
            for f in filas
        ]

    def cuantas_bajo_otra(self, kek: str) -> int:
        return self._bajo_otra(kek).count()

    def hay_bajo(self, kek: str) -> bool:
        return LlaveDePaciente.objects.filter(kek=kek, clinica__isnull=False).exists()

    def reemplazar(self, cambios: Sequence[tuple[Envuelta, Envuelta]]) -> int:
        """Put each new pair in the place of the old one, if it is still there."""
        return sum(
            LlaveDePaciente.objects.filter(
                paciente=antes.paciente, version=antes.version, kek=antes.kek, clinica=antes.clinica
            ).update(kek=nueva.kek, clinica=nueva.clinica, identidad=nueva.identidad)
            for antes, nueva in cambios
        )

    @staticmethod
    def _bajo_otra(kek: str) -> "models.QuerySet[LlaveDePaciente]":
        return LlaveDePaciente.objects.exclude(kek=kek).filter(
            clinica__isnull=False, identidad__isnull=False
        )

    def destruir(self, paciente: UUID) -> int:
        return LlaveDePaciente.objects.filter(paciente=paciente).update(
            clinica=None, identidad=None
        )


def _bytes(valor: bytes | memoryview | None) -> bytes | None:
    return None if valor is None else bytes(valor)
