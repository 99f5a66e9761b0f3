"""Prescribing: by generic name, checked against the patient, with a code a pharmacy verifies."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from uuid import UUID

from django.utils import timezone

from auditoria.actos import acto
from auditoria.tipos import TipoDeEvento
from ece.nucleo import codigos
from ece.nucleo.acceso import Acceso
from ece.nucleo.roles import Permiso
from registros.catalogos import medicamentos
from registros.catalogos.medicamentos import Hallazgo, Indicada, Severidad, Surtimiento
from registros.models import Receta
from registros.models.base import Recurso
from registros.selectors import recetas as selectores
from registros.selectors.recetas import SISTEMA_CODIGO
from registros.services import indicaciones, reservados, revisiones
from registros.services.indicaciones import Renglon

__all__ = [
    "HallazgosSinAtender",
    "RecetaInexistente",
    "RecetaSinVigencia",
    "Renglon",
    "hallazgos",
    "prescribir",
    "recetar",
    "suspender",
]

LARGO_DE_CODIGO = 25
"""Characters of a code: 125 random bits in Crockford's alphabet, which has no I, L, O or U."""


class HallazgosSinAtender(Exception):
    """The prescription is forbidden, or is dangerous and nobody said why; nothing was written."""

    def __init__(self, hallazgos: Sequence[Hallazgo]) -> None:
        super().__init__(", ".join(h.codigo for h in hallazgos))
        self.hallazgos = tuple(hallazgos)


class RecetaInexistente(Exception):
    """The patient has no such prescription."""


class RecetaSinVigencia(Exception):
    """It is no longer in force: there is nothing to suspend."""


def hallazgos(acceso: Acceso, *, renglones: Iterable[Renglon], hoy: date) -> list[Hallazgo]:
    """What must be weighed before prescribing `renglones`, of what the prescriber may see."""
    return medicamentos.revisar(_indicadas(renglones), selectores.contexto(acceso, hoy=hoy))


def prescribir(
    acceso: Acceso,
    *,
    medicamento: str,
    dosis: str,
    via: str,
    periodicidad: str,
    duracion: str,
    encuentro_id: UUID | None,
    ahora: datetime,
    motivo: str = "",
    metodo: Sequence[str] = (),
) -> UUID:
    """Prescribe one medicine in words, as they will be read; it is recognised and checked all the
    same. Raises `HallazgosSinAtender`."""
    palabras = {"dosis": dosis, "via": via, "periodicidad": periodicidad, "duracion": duracion}
    conocido = medicamentos.reconocer(medicamento)
    renglon = Renglon(nombre=medicamento, medicamento=conocido, via=via, palabras=palabras)
    (receta,) = recetar(
        acceso,
        renglones=[renglon],
        motivo=motivo,
        encuentro_id=encuentro_id,
        ahora=ahora,
        metodo=metodo,
    )
    return receta


def recetar(
    acceso: Acceso,
    *,
    renglones: Sequence[Renglon],
    motivo: str,
    encuentro_id: UUID | None,
    ahora: datetime,
    metodo: Sequence[str] = (),
) -> list[UUID]:
    """Prescribe `renglones` at once; `motivo` is why, where a finding asks. Returns their ids.

    It is also weighed against what is withheld from who prescribes, which adds masked findings:
    only here, where they are about to prescribe, so that nobody tries medicines to learn secrets.
    What the pharmacy retains or stamps (groups II and III, antibiotics) goes on a sheet and a code
    of its own. `metodo`, as in `revisiones.firmar`. Raises `HallazgosSinAtender`.
    """
    acceso.exigir(Permiso.RECETA_PRESCRIBIR)
    hoy = timezone.localtime(ahora).date()
    hallados = hallazgos(acceso, renglones=renglones, hoy=hoy)
    hallados += reservados.hallazgos(
        acceso, indicadas=_indicadas(renglones), vistos=hallados, hoy=hoy, ahora=ahora
    )
    pendientes = [h for h in hallados if h.prohibe or (h.bloquea and not motivo.strip())]
    if pendientes:
        raise HallazgosSinAtender(pendientes)
    hojas: dict[str, str] = {}
    detalle = {"hallazgos": sorted({h.codigo for h in hallados}), "motivo": bool(motivo.strip())}
    with acto(acceso, tipo=TipoDeEvento.RECETA_PRESCRITA, ahora=ahora, detalle=detalle) as el_acto:
        recetas = []
        for renglon in renglones:
            regla = _surtimiento(renglon, hoy)
            codigo = hojas.setdefault(regla.clase, codigos.nuevo(LARGO_DE_CODIGO))
            propios = [h for h in hallados if h.medicamento == _generico(renglon)]
            recurso = _recurso(acceso, renglon, encuentro_id, ahora)
            recurso["groupIdentifier"] = {"system": SISTEMA_CODIGO, "value": codigo}
            recurso["dispenseRequest"] = indicaciones.surtido(renglon, regla, desde=hoy)
            recurso.update(_atendidos(acceso, propios, motivo.strip(), ahora))
            recetas.append(Receta.nuevo(acceso, recurso, ahora=ahora))
        for receta in recetas:
            el_acto.insertar(receta)
            revisiones.firmar(el_acto, acceso, receta, metodo=metodo, ahora=ahora)
    return [receta.id for receta in recetas]


def suspender(acceso: Acceso, *, receta_id: UUID, motivo: str, ahora: datetime) -> None:
    """Stop a medicine for `motivo`. Raises `RecetaInexistente`, `RecetaSinVigencia`."""
    acceso.exigir(Permiso.RECETA_PRESCRIBIR)
    with acto(acceso, tipo=TipoDeEvento.RECETA_SUSPENDIDA, ahora=ahora) as el_acto:
        receta = Receta.objects.uno(acceso, receta_id)
        if receta is None:
            raise RecetaInexistente(str(receta_id))
        if receta.estado not in ("active", "on-hold"):
            raise RecetaSinVigencia(str(receta_id))
        nota = {
            "authorReference": _quien(acceso),
            "time": ahora.isoformat(timespec="seconds"),
            "text": f"Suspendido: {motivo}",
        }
        recurso = {
            **receta.recurso,
            "status": "stopped",
            "statusReason": {"text": motivo},
            "note": [*receta.recurso.get("note", ()), nota],
        }
        el_acto.reemplazar(receta.siguiente(acceso, recurso, ahora=ahora))
        revisiones.retirar_firma(el_acto, acceso, receta_id, ahora=ahora)


def _indicadas(renglones: Iterable[Renglon]) -> list[Indicada]:
    return [r.indicada for r in renglones if r.indicada is not None]


def _generico(renglon: Renglon) -> str:
    return renglon.medicamento.nombre if renglon.medicamento else renglon.nombre


def _surtimiento(renglon: Renglon, hoy: date) -> Surtimiento:
    uno = renglon.medicamento
    return medicamentos.surtimiento(
        uno.grupo if uno else medicamentos.Grupo.IV,
        antibiotico=uno is not None and uno.antibiotico,
        dias=renglon.dias,
        desde=hoy,
    )


def _recurso(
    acceso: Acceso, renglon: Renglon, encuentro_id: UUID | None, ahora: datetime
) -> Recurso:
    recurso: Recurso = {
        "resourceType": "MedicationRequest",
        "status": "active",
        "intent": "order",
        "medicationCodeableConcept": indicaciones.concepto(renglon),
        "subject": {"reference": f"Patient/{acceso.paciente}"},
        "authoredOn": ahora.isoformat(timespec="seconds"),
        "requester": _quien(acceso),
        "dosageInstruction": [indicaciones.dosificacion(renglon)],
    }
    if encuentro_id is not None:
        recurso["encounter"] = {"reference": f"Encounter/{encuentro_id}"}
    return recurso


def _quien(acceso: Acceso) -> Recurso:
    return {"reference": f"Practitioner/{acceso.actor.id}", "display": acceso.actor.nombre}


_SEVERIDAD_FHIR = {
    Severidad.LEVE: "low",
    Severidad.MODERADA: "moderate",
    Severidad.GRAVE: "high",
}


def _atendidos(
    acceso: Acceso, hallados: Sequence[Hallazgo], motivo: str, ahora: datetime
) -> Recurso:
    """What was warned and why it was prescribed all the same, kept inside the prescription."""
    if not hallados:
        return {}
    contenidos = [
        {
            "resourceType": "DetectedIssue",
            "id": f"aviso{n}",
            "status": "final",
            "code": {"text": hallado.clase.value},
            "severity": _SEVERIDAD_FHIR[hallado.severidad],
            "patient": {"reference": f"Patient/{acceso.paciente}"},
            "detail": " ".join(filter(None, (hallado.con and f"{hallado.con}:", hallado.porque))),
            "mitigation": [
                {
                    "action": {"text": motivo if hallado.bloquea else hallado.que_hacer},
                    "date": ahora.isoformat(timespec="seconds"),
                    "author": _quien(acceso),
                }
            ],
        }
        for n, hallado in enumerate(hallados, 1)
    ]
    recurso: Recurso = {
        "contained": contenidos,
        "detectedIssue": [{"reference": f"#{c['id']}", "display": c["detail"]} for c in contenidos],
    }
    if motivo and any(h.bloquea for h in hallados):
        recurso["note"] = [
            {
                "authorReference": _quien(acceso),
                "time": ahora.isoformat(timespec="seconds"),
                "text": f"Se receta a pesar del aviso: {motivo}",
            }
        ]
    return recurso
