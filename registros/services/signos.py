"""Vital signs: measured, checked against what a living person can have, and recorded."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from auditoria.actos import acto
from auditoria.tipos import TipoDeEvento
from ece.nucleo.acceso import Acceso
from ece.nucleo.roles import Permiso
from registros.catalogos import formulas
from registros.catalogos.signos import (
    IMC,
    POR_LOINC,
    SIGNOS,
    SISTEMA_LOINC,
    SISTEMA_UCUM,
    TENSION_ARTERIAL,
    Signo,
)
from registros.models import Observacion
from registros.models.base import Recurso
from registros.services import observaciones as de_observaciones


class MedicionImposible(Exception):
    """A value no living person can have; `signo` says which."""

    def __init__(self, signo: Signo, valor: Decimal) -> None:
        super().__init__(
            f"{signo.nombre}: {valor} {signo.unidad} está fuera de "
            f"{signo.minimo}–{signo.maximo} {signo.unidad}; revise la cifra."
        )
        self.signo = signo


def registrar(
    acceso: Acceso,
    *,
    mediciones: Mapping[str, Decimal],
    encuentro_id: UUID | None,
    ahora: datetime,
) -> list[UUID]:
    """Record `mediciones` (by key of `catalogos.signos.SIGNOS`). Raises `MedicionImposible`."""
    acceso.exigir(Permiso.SIGNOS_REGISTRAR)
    recursos = observaciones(acceso, mediciones, encuentro_id=encuentro_id, momento=ahora)
    with acto(acceso, tipo=TipoDeEvento.SIGNOS_REGISTRADOS, ahora=ahora) as el_acto:
        registros = [Observacion.nuevo(acceso, recurso, ahora=ahora) for recurso in recursos]
        for registro in registros:
            el_acto.insertar(registro)
    return [registro.id for registro in registros]


def observaciones(
    acceso: Acceso,
    mediciones: Mapping[str, Decimal],
    *,
    encuentro_id: UUID | None,
    momento: datetime,
) -> list[Recurso]:
    """Observations for `mediciones`: the pressure as one panel, the body mass index computed."""
    for clave, valor in mediciones.items():
        if not SIGNOS[clave].minimo <= valor <= SIGNOS[clave].maximo:
            raise MedicionImposible(SIGNOS[clave], valor)
    base = de_observaciones.base(
        acceso, categoria="vital-signs", encuentro_id=encuentro_id, momento=momento
    )
    recursos = []
    presion = [SIGNOS[c] for c in ("sistolica", "diastolica") if c in mediciones]
    if presion:
        componentes = [
            {"code": codigo(s), "valueQuantity": cantidad(s, mediciones[s.clave])} for s in presion
        ]
        panel = {
            "coding": [{"system": SISTEMA_LOINC, "code": TENSION_ARTERIAL}],
            "text": "Tensión arterial",
        }
        recursos.append({**base, "code": panel, "component": componentes})
    sueltas = [(SIGNOS[c], v) for c, v in mediciones.items() if SIGNOS[c] not in presion]
    if (imc := indice_de_masa_corporal(mediciones)) is not None:
        sueltas.append((IMC, imc))
    recursos.extend(
        {**base, "code": codigo(signo), "valueQuantity": cantidad(signo, valor)}
        for signo, valor in sueltas
    )
    return recursos


def mediciones(recursos: Iterable[Recurso]) -> dict[str, Decimal]:
    """The inverse of `observaciones`, computed values left out."""
    resultado: dict[str, Decimal] = {}
    for recurso in recursos:
        for medido in (recurso, *recurso.get("component", ())):
            signo = POR_LOINC.get(medido["code"]["coding"][0]["code"])
            if signo and signo.clave in SIGNOS and "valueQuantity" in medido:
                resultado[signo.clave] = Decimal(str(medido["valueQuantity"]["value"]))
    return resultado


def indice_de_masa_corporal(mediciones: Mapping[str, Decimal]) -> Decimal | None:
    """kg/m², to one decimal, when weight and height are both given."""
    if "peso" not in mediciones or "talla" not in mediciones:
        return None
    return formulas.masa_corporal(mediciones["peso"], mediciones["talla"]).valor


def en_palabras(mediciones: Mapping[str, Decimal]) -> str:
    """One line a measurement, as a note prints them."""
    lineas = [
        f"{SIGNOS[clave].nombre}: {valor} {SIGNOS[clave].unidad}"
        for clave, valor in mediciones.items()
    ]
    if (imc := indice_de_masa_corporal(mediciones)) is not None:
        lineas.append(f"{IMC.nombre}: {imc} {IMC.unidad}")
    return "\n".join(lineas)


def codigo(signo: Signo) -> Recurso:
    """The CodeableConcept of a sign."""
    return {"coding": [{"system": SISTEMA_LOINC, "code": signo.loinc}], "text": signo.nombre}


def cantidad(signo: Signo, valor: Decimal) -> Recurso:
    """The Quantity of a sign, in its UCUM unit."""
    return {"value": valor, "unit": signo.unidad, "system": SISTEMA_UCUM, "code": signo.ucum}
