"""What helps to write a note: the one before it, what was measured and diagnosed, what to read."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from ece.nucleo.acceso import Acceso
from ece.nucleo.roles import Permiso
from registros.catalogos.signos import POR_LOINC, SIGNOS, Signo
from registros.models.base import referido
from registros.selectors import expediente
from registros.selectors.expediente import Entrada
from registros.selectors.notas import Nota

DE_HOY = timedelta(hours=24)
_DOCUMENTOS = ("DiagnosticReport", "DocumentReference")


@dataclass(frozen=True, slots=True)
class Medido:
    """The latest of a sign. `vale`: taken for this consultation, and so may be written in it."""

    signo: Signo
    valor: Decimal
    fecha: datetime
    vale: bool


@dataclass(frozen=True, slots=True)
class Apoyo:
    """What stands beside the editor; `recetas` are those of the same visit."""

    anterior: Entrada | None
    signos: list[Medido]
    problemas: list[Entrada]
    recetas: list[Entrada]
    documentos: list[Entrada]


def de_nota(acceso: Acceso, *, nota: Nota, ahora: datetime) -> Apoyo:
    """The help for a draft, in a constant number of queries."""
    acceso.exigir(Permiso.EXPEDIENTE_LEER)
    notas = [
        e
        for e in expediente.ultimas(acceso, "Composition", 60)
        if e.estado in ("final", "amended") and "relatesTo" not in e.recurso
    ]
    informes = [e for tipo in _DOCUMENTOS for e in expediente.ultimas(acceso, tipo, 20)]
    return Apoyo(
        anterior=next((e for e in notas if e.titulo == nota.titulo), None),
        signos=_signos(acceso, nota, ahora),
        problemas=expediente.problemas(acceso),
        recetas=[
            e
            for e in expediente.ultimas(acceso, "MedicationRequest", 30)
            if nota.encuentro
            and referido(e.recurso.get("encounter"), "Encounter") == nota.encuentro
        ],
        documentos=sorted([*notas, *informes], key=lambda e: e.fecha, reverse=True)[:40],
    )


def _signos(acceso: Acceso, nota: Nota, ahora: datetime) -> list[Medido]:
    medidos: dict[str, Medido] = {}
    for entrada in expediente.ultimas(acceso, "Observation", 60):
        suya = referido(entrada.recurso.get("encounter"), "Encounter") == nota.encuentro
        vale = ahora - entrada.fecha < DE_HOY and (suya or nota.encuentro is None)
        for medido in (entrada.recurso, *entrada.recurso.get("component", ())):
            codigos = (c.get("code", "") for c in medido["code"].get("coding", ()))
            signo = next((POR_LOINC[c] for c in codigos if c in POR_LOINC), None)
            cantidad = medido.get("valueQuantity", {})
            if signo and signo.clave in SIGNOS and "value" in cantidad:
                valor = Decimal(str(cantidad["value"]))
                medidos.setdefault(signo.clave, Medido(signo, valor, entrada.fecha, vale))
    return [medidos[clave] for clave in SIGNOS if clave in medidos]
