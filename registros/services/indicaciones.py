"""A line of a prescription as FHIR, and back: medicine, dosage, quantity to dispense."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_UP, Decimal

from registros.catalogos import medicamentos
from registros.catalogos.medicamentos import (
    SISTEMA_ATC,
    SISTEMA_MEDICAMENTO,
    Dosis,
    Indicada,
    Medicamento,
    Presentacion,
    Surtimiento,
)
from registros.catalogos.medicamentos.catalogo import cifra
from registros.models.base import Recurso

UCUM = "http://unitsofmeasure.org"
_UCUM = {"mg": "mg", "mcg": "ug", "g": "g", "mL": "mL", "UI": "[iU]"}


@dataclass(frozen=True, slots=True)
class Renglon:
    """One medicine of a prescription (Reglamento de Insumos para la Salud, article 30).

    `medicamento` is None for what the catalogue does not have, of which only `nombre` is known.
    `cantidad` is what to dispense, in `presentacion.contable`; None computes it.
    """

    nombre: str
    medicamento: Medicamento | None = None
    presentacion: Presentacion | None = None
    dosis: Dosis | None = None
    via: str = ""
    cada_horas: int | None = None
    dias: int | None = None
    cantidad: Decimal | None = None
    indicaciones: str = ""
    palabras: Mapping[str, str] | None = None

    @property
    def indicada(self) -> Indicada | None:
        """The line as the checks weigh it."""
        if self.medicamento is None:
            return None
        return Indicada(
            self.medicamento, self.presentacion, self.dosis, self.cada_horas, self.dias, self.via
        )


def concepto(renglon: Renglon) -> Recurso:
    """The medicine: our key, its ATC code, and the words of the label."""
    uno = renglon.medicamento
    if uno is None:
        return {"text": renglon.nombre}
    presentacion = f", {renglon.presentacion.nombre}" if renglon.presentacion else ""
    return {
        "coding": [
            {"system": SISTEMA_MEDICAMENTO, "code": uno.clave, "display": uno.nombre},
            {"system": SISTEMA_ATC, "code": uno.atc},
        ],
        "text": f"{uno.nombre}{presentacion}" if renglon.palabras is None else renglon.nombre,
    }


def dosificacion(renglon: Renglon) -> Recurso:
    """Dose, route and frequency (NOM-004 6.2.6), and duration (Reglamento de Insumos, 30)."""
    if renglon.palabras is not None:
        return _en_palabras(renglon.palabras)
    indicacion: Recurso = {"text": texto(renglon), "route": {"text": renglon.via}}
    if renglon.indicaciones:
        indicacion["patientInstruction"] = renglon.indicaciones
    repite: Recurso = {}
    if renglon.cada_horas:
        repite |= {"frequency": 1, "period": renglon.cada_horas, "periodUnit": "h"}
    else:
        repite["count"] = 1
    if renglon.dias:
        repite["boundsDuration"] = {
            "value": renglon.dias,
            "unit": "días",
            "system": UCUM,
            "code": "d",
        }
    indicacion["timing"] = {"repeat": repite, "code": {"text": frecuencia(renglon.cada_horas)}}
    if renglon.dosis is not None:
        indicacion["doseAndRate"] = [{"doseQuantity": cantidad(renglon.dosis)}]
    return indicacion


def _en_palabras(palabras: Mapping[str, str]) -> Recurso:
    dosis, via = palabras["dosis"], palabras["via"]
    periodicidad, duracion = palabras["periodicidad"], palabras["duracion"]
    partes = (dosis, f"vía {via}", periodicidad, duracion)
    return {
        "text": ", ".join(parte for parte in partes if parte),
        "timing": {"code": {"text": periodicidad}},
        "route": {"text": via},
    }


def cantidad(dosis: Dosis) -> Recurso:
    codigo = _UCUM.get(dosis.unidad)
    return {
        "value": dosis.valor,
        "unit": dosis.unidad,
        **({"system": UCUM, "code": codigo} if codigo else {}),
    }


def texto(renglon: Renglon) -> str:
    """The direction as the label says it."""
    partes = [
        str(renglon.dosis) if renglon.dosis else "",
        f"vía {renglon.via}",
        frecuencia(renglon.cada_horas),
        f"por {renglon.dias} {'día' if renglon.dias == 1 else 'días'}"
        if renglon.dias and renglon.cada_horas
        else "",
    ]
    return ", ".join(parte for parte in partes if parte)


def frecuencia(horas: int | None) -> str:
    """How often, in words; None is once."""
    if horas is None:
        return "dosis única"
    if horas == 168:
        return "una vez por semana"
    return f"cada {horas} horas"


def por_surtir(renglon: Renglon) -> Dosis | None:
    """What to dispense: what was written or, from dose, frequency and duration, what is needed."""
    if renglon.presentacion is None or not renglon.presentacion.contable:
        return Dosis(renglon.cantidad, "envase") if renglon.cantidad else None
    unidad = renglon.presentacion.contable
    if renglon.cantidad is not None:
        return Dosis(renglon.cantidad, unidad)
    piezas = renglon.presentacion.piezas(renglon.dosis) if renglon.dosis else None
    if piezas is None or unidad == "h":
        return None
    tomas = Decimal(1)
    if renglon.cada_horas:
        if renglon.dias is None:
            return None
        tomas = (Decimal(24 * renglon.dias) / renglon.cada_horas).quantize(1, ROUND_UP)
    return Dosis((piezas * tomas).quantize(Decimal(1), ROUND_UP), unidad)


def surtido(renglon: Renglon, regla: Surtimiento, *, desde: date) -> Recurso:
    """The dispenseRequest: until when, how many more times, how much."""
    pedido: Recurso = {
        "validityPeriod": {"start": desde.isoformat(), "end": regla.hasta.isoformat()}
    }
    if regla.veces is not None:
        pedido["numberOfRepeatsAllowed"] = regla.veces - 1
    if (total := por_surtir(renglon)) is not None:
        pedido["quantity"] = cantidad(total)
    return pedido


def de_recurso(recurso: Recurso) -> dict[str, object]:
    """What a form of a new prescription says to repeat `recurso`; what is not a figure, empty."""
    concepto_ = recurso.get("medicationCodeableConcept", {})
    claves = (
        c["code"] for c in concepto_.get("coding", ()) if c.get("system") == SISTEMA_MEDICAMENTO
    )
    uno = medicamentos.por_clave(next(claves, ""))
    indicacion: Recurso = next(iter(recurso.get("dosageInstruction", ())), {})
    repite = indicacion.get("timing", {}).get("repeat", {})
    medida: Recurso = next(iter(indicacion.get("doseAndRate", ())), {})
    dosis = medida.get("doseQuantity", {})
    dichas = concepto_.get("text", "")
    presentaciones = uno.presentaciones if uno else ()
    elegida = next((p for p in presentaciones if dichas.endswith(f", {p.nombre}")), None)
    return {
        "medicamento": uno.nombre if uno else dichas,
        "presentacion": elegida.clave if elegida else "",
        "dosis": cifra(Decimal(str(dosis["value"]))) if "value" in dosis else "",
        "unidad": dosis.get("unit", ""),
        "via": indicacion.get("route", {}).get("text", ""),
        "cada_horas": str(repite.get("period", "")),
        "dias": repite.get("boundsDuration", {}).get("value", ""),
        "indicaciones": indicacion.get("patientInstruction", ""),
    }
