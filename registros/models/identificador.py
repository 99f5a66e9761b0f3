from collections.abc import Sequence
from typing import ClassVar
from uuid import UUID

from django.db import models

from auditoria import bitacora


class IdentificadorUnico(models.Model):
    """Keeps a CURP or an expediente number from belonging to two patients.

    Holds only the keyed token of the identifier; it stands apart from the patients' table so that
    the latter can be distributed by patient.
    """

    PRIVILEGIOS: ClassVar[str] = "SELECT, INSERT, UPDATE"

    ficha = models.BigIntegerField(primary_key=True)
    paciente = models.UUIDField()

    @classmethod
    def apartar(cls, pares: Sequence[tuple[int, UUID]]) -> set[int]:
        """Claim each identifier (its token) for its patient; returns those that are another's.

        What was of somebody whose keys were destroyed is of nobody: they may come back.
        """
        if not pares:
            return set()
        filas = [bitacora.arreglo(f for f, _ in pares), bitacora.arreglo(p for _, p in pares)]
        return {fila[0] for fila in bitacora.consultar(_APARTAR, filas)}


_APARTAR = """WITH pedidos AS (
  SELECT * FROM unnest(%s::bigint[], %s::uuid[]) AS pedido (ficha, paciente)
), nuevos AS (
  INSERT INTO registros_identificadorunico AS i (ficha, paciente) SELECT * FROM pedidos
  ON CONFLICT (ficha) DO UPDATE SET paciente = EXCLUDED.paciente
   WHERE EXISTS (SELECT 1 FROM registros_llavedepaciente k
                  WHERE k.paciente = i.paciente AND k.identidad IS NULL)
  RETURNING ficha, paciente
)
SELECT ficha FROM pedidos
 WHERE NOT EXISTS (SELECT 1 FROM nuevos n WHERE n.ficha = pedidos.ficha
                      AND n.paciente = pedidos.paciente)
   AND NOT EXISTS (SELECT 1 FROM registros_identificadorunico i WHERE i.ficha = pedidos.ficha
                      AND i.paciente = pedidos.paciente)
"""
