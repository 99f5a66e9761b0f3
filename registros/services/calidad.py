"""Evaluating a record: the answers stay in it; the score, of nobody, with the institution."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.utils import timezone

from auditoria.actos import acto
from auditoria.tipos import TipoDeEvento
from ece.nucleo import llavero
from ece.nucleo.acceso import Acceso
from ece.nucleo.roles import Permiso
from registros.catalogos import mecic
from registros.catalogos.mecic import CRITERIOS, DOMINIOS, Respuesta
from registros.models import OtroRegistro
from registros.models.base import Recurso
from registros.selectors import calidad as selectores
from registros.selectors.calidad import Puntaje

REPETIR = timedelta(days=30)
SISTEMA = "urn:ece:fhir:mecic"


class EvaluacionIncompleta(Exception):
    """Criteria that ask for judgement were left unanswered; `faltan` are their keys."""

    def __init__(self, faltan: tuple[str, ...]) -> None:
        super().__init__(", ".join(faltan))
        self.faltan = faltan


class YaEvaluado(Exception):
    """This evaluator has evaluated this record in the last month."""


@dataclass(frozen=True, slots=True)
class Juicio:
    """What the evaluator answered to a criterion."""

    respuesta: Respuesta | None
    comentario: str = ""


def evaluar(
    acceso: Acceso,
    institucional: Acceso,
    *,
    unidad_id: UUID,
    juicios: Mapping[str, Juicio],
    ahora: datetime,
) -> Puntaje:
    """Keep an evaluation: automatic answers as the data are now, the rest as judged.

    `institucional` is of the institution's compartment, where the score goes without the patient.
    Raises `EvaluacionIncompleta`, `YaEvaluado`.
    """
    acceso.exigir(Permiso.CALIDAD_EVALUAR)
    institucional.exigir(Permiso.CALIDAD_EVALUAR)
    hallazgos = selectores.automatica(acceso, ahora=ahora)
    preguntados = selectores.aplicables(hallazgos)
    vacio = Juicio(None)
    faltan = tuple(c for c in preguntados if juicios.get(c, vacio).respuesta is None)
    if faltan:
        raise EvaluacionIncompleta(faltan)
    respuestas = {clave: hallazgo.respuesta for clave, hallazgo in hallazgos.items()}
    for clave in preguntados:
        respuesta = juicios[clave].respuesta
        assert respuesta is not None
        respuestas[clave] = respuesta
    puntaje = selectores.puntuar(respuestas)
    with acto(acceso, institucional, tipo=TipoDeEvento.CALIDAD_EVALUADA, ahora=ahora) as el_acto:
        previas = selectores.ya_evaluados(acceso.actor.id, [acceso.paciente], desde=ahora - REPETIR)
        if previas:
            raise YaEvaluado(str(acceso.paciente))
        llavero.asegurar(institucional)
        cuestionario = _cuestionario(acceso, respuestas, juicios, ahora)
        el_acto.insertar(OtroRegistro.nuevo(acceso, cuestionario, ahora=ahora))
        medida = _medida(puntaje, unidad_id, ahora)
        el_acto.insertar(OtroRegistro.nuevo(institucional, medida, ahora=ahora))
    return puntaje


def _cuestionario(
    acceso: Acceso,
    respuestas: Mapping[str, Respuesta],
    juicios: Mapping[str, Juicio],
    ahora: datetime,
) -> Recurso:
    grupos: list[Recurso] = []
    for dominio in DOMINIOS:
        respondidos = [
            _item(c.clave, respuestas[c.clave], juicios.get(c.clave, Juicio(None)).comentario)
            for c in dominio.criterios
            if c.clave in respuestas
        ]
        if respondidos:
            grupos.append({"linkId": dominio.clave, "text": dominio.titulo, "item": respondidos})
    return {
        "resourceType": "QuestionnaireResponse",
        "questionnaire": mecic.CUESTIONARIO,
        "status": "completed",
        "subject": {"reference": f"Patient/{acceso.paciente}"},
        "authored": ahora.isoformat(timespec="seconds"),
        "author": {
            "reference": f"Practitioner/{acceso.actor.id}",
            "display": acceso.actor.nombre,
        },
        "item": grupos,
    }


def _item(clave: str, respuesta: Respuesta, comentario: str) -> Recurso:
    valor: Recurso = {"valueCoding": {"system": SISTEMA, "code": respuesta.value}}
    if comentario:
        valor["item"] = [{"linkId": f"{clave}.comentario", "answer": [{"valueString": comentario}]}]
    return {"linkId": clave, "text": CRITERIOS[clave].texto, "answer": [valor]}


def _medida(puntaje: Puntaje, unidad_id: UUID, ahora: datetime) -> Recurso:
    """The scores, of a unit and a day and of nobody."""
    puntajes = {**puntaje.por_dominio, "total": puntaje.total}
    dia = timezone.localdate(ahora).isoformat()
    return {
        "resourceType": "MeasureReport",
        "status": "complete",
        "type": "summary",
        "measure": mecic.MEDIDA,
        "date": ahora.isoformat(timespec="seconds"),
        "period": {"start": dia, "end": dia},
        "reporter": {"reference": f"Location/{unidad_id}"},
        "group": [
            {
                "code": {"coding": [{"system": SISTEMA, "code": clave}]},
                "measureScore": {
                    "value": valor,
                    "unit": "%",
                    "system": "http://unitsofmeasure.org",
                    "code": "%",
                },
            }
            for clave, valor in puntajes.items()
            if valor is not None
        ],
    }
