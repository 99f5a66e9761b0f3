"""Results of diagnostic services: a report, and its values when they are numbers."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from auditoria.actos import acto
from auditoria.tipos import TipoDeEvento
from ece.nucleo.acceso import Acceso
from ece.nucleo.roles import Permiso
from registros.models import Informe, Observacion
from registros.models.base import Recurso

_CATEGORIA = "http://terminology.hl7.org/CodeSystem/observation-category"


@dataclass(frozen=True, slots=True)
class Medida:
    """One value of a report; the reference range is `bajo` to `alto`, either may be open."""

    nombre: str
    valor: Decimal
    unidad: str
    bajo: Decimal | None = None
    alto: Decimal | None = None


def registrar(
    acceso: Acceso,
    *,
    estudio: str,
    conclusion: str,
    medidas: Sequence[Medida],
    encuentro_id: UUID | None,
    ahora: datetime,
) -> UUID:
    """Record the report of `estudio` with its `medidas`; returns the report's id."""
    acceso.exigir(Permiso.RESULTADO_REGISTRAR)
    comun: Recurso = {
        "status": "final",
        "subject": {"reference": f"Patient/{acceso.paciente}"},
        "effectiveDateTime": ahora.isoformat(timespec="seconds"),
        "issued": ahora.isoformat(timespec="milliseconds"),
        "performer": [
            {"reference": f"Practitioner/{acceso.actor.id}", "display": acceso.actor.nombre}
        ],
    }
    if encuentro_id is not None:
        comun["encounter"] = {"reference": f"Encounter/{encuentro_id}"}
    with acto(acceso, tipo=TipoDeEvento.RESULTADO_REGISTRADO, ahora=ahora) as el_acto:
        observaciones = [
            Observacion.nuevo(acceso, {**comun, **_observacion(medida)}, ahora=ahora)
            for medida in medidas
        ]
        informe: Recurso = {
            **comun,
            "resourceType": "DiagnosticReport",
            "category": [
                {
                    "coding": [
                        {"system": "http://terminology.hl7.org/CodeSystem/v2-0074", "code": "LAB"}
                    ]
                }
            ],
            "code": {"text": estudio},
        }
        if observaciones:
            informe["result"] = [{"reference": f"Observation/{o.id}"} for o in observaciones]
        if conclusion:
            informe["conclusion"] = conclusion
        registro = Informe.nuevo(acceso, informe, ahora=ahora)
        for escrito in (*observaciones, registro):
            el_acto.insertar(escrito)
    return registro.id


def _observacion(medida: Medida) -> Recurso:
    rango = {
        extremo: {"value": valor, "unit": medida.unidad}
        for extremo, valor in (("low", medida.bajo), ("high", medida.alto))
        if valor is not None
    }
    return {
        "resourceType": "Observation",
        "category": [{"coding": [{"system": _CATEGORIA, "code": "laboratory"}]}],
        "code": {"text": medida.nombre},
        "valueQuantity": {"value": medida.valor, "unit": medida.unidad},
        **({"referenceRange": [rango]} if rango else {}),
    }
