"""Writing one invented chart: FHIR resources with final ids and references, quickly.

What every chart repeats is built once and shared, so nobody may change a resource in place.
"""

import random
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import cache, lru_cache
from typing import Any
from uuid import UUID

from ece import fhir
from ece.demo.poblacion.cuadros import ALERGIAS, Diagnostico, Laboratorio, Medicamento
from ece.demo.poblacion.personas import Sitio, uuid_de
from ece.demo.poblacion.vacunas import Vacuna
from registros.catalogos.notas import SISTEMA_LOINC, SISTEMA_SECCION, Clase, Seccion, TipoDeNota
from registros.catalogos.signos import CATEGORIA, SIGNOS, SISTEMA_UCUM, TENSION_ARTERIAL
from registros.services.diagnosticos import SISTEMA_CIE10
from registros.services.encuentros import NOMBRES, SISTEMA_CLASE, ClaseDeEncuentro

Recurso = dict[str, Any]
_HL7 = "http://terminology.hl7.org/CodeSystem/"
_SISTEMA_CVX = "http://hl7.org/fhir/sid/cvx"
_SISTEMA_PROCEDIMIENTO = "http://hl7.org/fhir/sid/icd-9-cm"


def _concepto(sistema: str, codigo: str, texto: str = "", muestra: str = "") -> Recurso:
    coding = {"system": sistema, "code": codigo}
    if muestra:
        coding["display"] = muestra
    return {"coding": [coding], "text": texto} if texto else {"coding": [coding]}


_SIGNOS_VITALES = [_concepto(CATEGORIA, "vital-signs")]
_LABORATORIO = [_concepto(CATEGORIA, "laboratory")]
_INFORME = [_concepto(_HL7 + "v2-0074", "LAB")]
_CODIGO = {clave: _concepto(SISTEMA_LOINC, s.loinc, s.nombre) for clave, s in SIGNOS.items()}
_TENSION = _concepto(SISTEMA_LOINC, TENSION_ARTERIAL, "Tensión arterial")
_CONFIRMADO = _concepto(_HL7 + "condition-ver-status", "confirmed")
_DE_ENCUENTRO = [_concepto(_HL7 + "condition-category", "encounter-diagnosis")]
_FUERA = {c: [_concepto(_HL7 + "v3-ObservationInterpretation", c)] for c in "HL"}
_ALERGIA = _HL7 + "allergyintolerance-"


@dataclass(frozen=True, slots=True)
class Visita:
    """An encounter under way: what its records have in common."""

    id: UUID
    momento: datetime
    instante: str
    comun: Recurso
    quien: Recurso


@dataclass(slots=True)
class Hoja:
    """The chart of one patient, written in the order things happened."""

    azar: random.Random
    paciente: UUID
    institucion: str
    recursos: list[tuple[UUID, Recurso]] = field(default_factory=list)
    sujeto: Recurso = field(init=False)

    def __post_init__(self) -> None:
        self.sujeto = {"reference": f"Patient/{self.paciente}"}

    def agregar(self, dia: date, recurso: Recurso) -> UUID:
        id_ = uuid_de(self.azar, dia)
        self.recursos.append((id_, recurso))
        return id_

    def visita(
        self,
        momento: datetime,
        *,
        clase: ClaseDeEncuentro,
        sitio: Sitio,
        motivo: str,
        minutos: int = 25,
    ) -> Visita:
        quien, instante = _autor(sitio), momento.isoformat()
        id_ = self.agregar(
            momento,
            {
                "resourceType": "Encounter",
                "status": "finished",
                "class": {"system": SISTEMA_CLASE, "code": clase.value, "display": NOMBRES[clase]},
                "subject": self.sujeto,
                "participant": [{"individual": quien}],
                "period": {
                    "start": instante,
                    "end": (momento + timedelta(minutes=minutos)).isoformat(),
                },
                "reasonCode": [{"text": motivo}],
                "location": [_lugar(sitio)],
                "serviceProvider": {"display": self.institucion},
            },
        )
        comun = {"subject": self.sujeto, "encounter": {"reference": f"Encounter/{id_}"}}
        return Visita(id_, momento, instante, comun, quien)

    def diagnosticada(self, visita: Visita, condiciones: list[UUID]) -> None:
        """Say in the encounter of `visita`, which was written before, what was diagnosed in it."""
        for indice in range(len(self.recursos) - 1, -1, -1):
            id_, recurso = self.recursos[indice]
            if id_ == visita.id:
                recurso["diagnosis"] = [
                    {"condition": {"reference": f"Condition/{c}"}, "rank": n}
                    for n, c in enumerate(condiciones, 1)
                ]
                return

    def _observar(self, visita: Visita, categoria: list[Recurso], cuerpo: Recurso) -> UUID:
        return self.agregar(
            visita.momento,
            {
                "resourceType": "Observation",
                "status": "final",
                "category": categoria,
                **visita.comun,
                "effectiveDateTime": visita.instante,
                "performer": [visita.quien],
                **cuerpo,
            },
        )

    def signos(self, visita: Visita, medidas: dict[str, int]) -> list[UUID]:
        """Vital signs, in tenths of their unit; both pressures make one panel."""
        ids = []
        if "sistolica" in medidas:
            partes = [_medido(clave, medidas[clave]) for clave in ("sistolica", "diastolica")]
            ids.append(
                self._observar(visita, _SIGNOS_VITALES, {"code": _TENSION, "component": partes})
            )
        ids += [
            self._observar(visita, _SIGNOS_VITALES, _medido(clave, valor))
            for clave, valor in medidas.items()
            if clave not in ("sistolica", "diastolica")
        ]
        return ids

    def laboratorio(self, visita: Visita, valores: dict[Laboratorio, Decimal]) -> str:
        """A report and its values; returns them in words."""
        ids, fuera, dichos = [], [], []
        for prueba, valor in valores.items():
            cuerpo = {**_prueba(prueba), "valueQuantity": _cantidad(prueba, valor)}
            lado = _lado(prueba, valor)
            if lado:
                cuerpo["interpretation"] = _FUERA[lado]
                fuera.append(prueba.nombre)
            ids.append(self._observar(visita, _LABORATORIO, cuerpo))
            dichos.append(f"{prueba.nombre} {valor} {prueba.unidad}")
        informe: Recurso = {
            "resourceType": "DiagnosticReport",
            "status": "final",
            "category": _INFORME,
            "code": {"text": "Estudios de laboratorio"},
            **visita.comun,
            "effectiveDateTime": visita.instante,
            "issued": visita.instante,
            "performer": [visita.quien],
            "result": [{"reference": f"Observation/{id_}"} for id_ in ids],
            "conclusion": f"Fuera de referencia: {', '.join(fuera)}." if fuera else "Normales.",
        }
        self.agregar(visita.momento, informe)
        return "; ".join(dichos) + "."

    def condicion(self, visita: Visita, diagnostico: Diagnostico, *, resuelta: bool) -> UUID:
        recurso: Recurso = {
            "resourceType": "Condition",
            "clinicalStatus": _concepto(
                _HL7 + "condition-clinical", "resolved" if resuelta else "active"
            ),
            "verificationStatus": _CONFIRMADO,
            "category": _DE_ENCUENTRO,
            "code": _concepto(
                SISTEMA_CIE10, diagnostico.clave, diagnostico.texto, diagnostico.texto
            ),
            **visita.comun,
            "recordedDate": visita.instante,
            "recorder": visita.quien,
        }
        if resuelta:
            recurso["abatementDateTime"] = (visita.momento + timedelta(days=10)).date().isoformat()
        return self.agregar(visita.momento, recurso)

    def receta(self, visita: Visita, medicamento: Medicamento, *, vigente: bool) -> UUID:
        return self.agregar(
            visita.momento,
            {
                "resourceType": "MedicationRequest",
                "status": "active" if vigente else "completed",
                "intent": "order",
                "medicationCodeableConcept": {"text": medicamento.nombre},
                **visita.comun,
                "authoredOn": visita.instante,
                "requester": visita.quien,
                "dosageInstruction": _dosis(medicamento),
            },
        )

    def procedimiento(self, visita: Visita, clave: str, texto: str) -> UUID:
        return self.agregar(
            visita.momento,
            {
                "resourceType": "Procedure",
                "status": "completed",
                "code": _concepto(_SISTEMA_PROCEDIMIENTO, clave, texto),
                **visita.comun,
                "performedDateTime": visita.instante,
                "performer": [{"actor": visita.quien}],
            },
        )

    def nota(
        self,
        visita: Visita,
        tipo: TipoDeNota,
        textos: dict[str, str],
        entradas: dict[Clase, list[str]],
    ) -> UUID:
        """A finished note with the sections of `tipo` that have words."""
        secciones = []
        for descrita in tipo.secciones:
            if not (texto := textos.get(descrita.clave, "")):
                continue
            una: Recurso = {**_seccion(descrita), "text": _narrativa(texto)}
            if citados := entradas.get(descrita.clase):
                una["entry"] = [{"reference": citado} for citado in citados]
            secciones.append(una)
        return self.agregar(
            visita.momento,
            {
                "resourceType": "Composition",
                "status": "final",
                "type": _concepto(SISTEMA_LOINC, tipo.loinc, tipo.titulo),
                **visita.comun,
                "date": visita.instante,
                "author": [visita.quien],
                "title": tipo.titulo,
                "attester": [
                    {"mode": "professional", "time": visita.instante, "party": visita.quien}
                ],
                "section": secciones,
            },
        )

    def alergia(self, dia: date) -> UUID:
        sustancia, categoria, criticidad, reaccion = self.azar.choice(ALERGIAS)
        return self.agregar(
            dia,
            {
                "resourceType": "AllergyIntolerance",
                "clinicalStatus": _concepto(_ALERGIA + "clinical", "active"),
                "verificationStatus": _concepto(_ALERGIA + "verification", "confirmed"),
                "category": [categoria],
                "criticality": criticidad,
                "code": {"text": sustancia},
                "patient": self.sujeto,
                "recordedDate": dia.isoformat(),
                "reaction": [{"manifestation": [{"text": reaccion}]}],
            },
        )

    def vacuna(self, dia: date, vacuna: Vacuna) -> UUID:
        return self.agregar(
            dia,
            {
                "resourceType": "Immunization",
                "status": "completed",
                "vaccineCode": _concepto(_SISTEMA_CVX, vacuna.cvx, vacuna.nombre),
                "patient": self.sujeto,
                "occurrenceDateTime": dia.isoformat(),
                "lotNumber": f"{self.azar.choice('ABCDEFGH')}{self.azar.randrange(10**5):05d}",
                "site": {"text": vacuna.sitio},
                "route": {"text": vacuna.via},
            },
        )


def instante(dia: date, hora: int, minuto: int) -> datetime:
    return datetime(dia.year, dia.month, dia.day, hora, minuto, tzinfo=UTC)


@cache
def decimas(valor: int) -> Decimal:
    """A figure given in tenths, without a needless zero."""
    return Decimal(valor) / 10 if valor % 10 else Decimal(valor // 10)


@cache
def _autor(sitio: Sitio) -> Recurso:
    return {"reference": f"Practitioner/{sitio.profesional}", "display": sitio.nombre}


@cache
def _lugar(sitio: Sitio) -> Recurso:
    return {
        "location": {"reference": f"Location/{sitio.unidad}", "display": sitio.unidad_nombre},
        "status": "completed",
    }


@cache
def _dosis(medicamento: Medicamento) -> list[Recurso]:
    return [
        {
            "text": medicamento.indicacion,
            "timing": {"code": {"text": medicamento.periodicidad}},
            "route": {"text": medicamento.via},
        }
    ]


@cache
def _prueba(prueba: Laboratorio) -> Recurso:
    rango = {
        extremo: {"value": limite, "unit": prueba.unidad}
        for extremo, limite in (("low", prueba.bajo), ("high", prueba.alto))
        if limite is not None
    }
    return {
        "code": _concepto(SISTEMA_LOINC, prueba.loinc, prueba.nombre),
        "referenceRange": [rango],
    }


@cache
def _seccion(seccion: Seccion) -> Recurso:
    return {"title": seccion.titulo, "code": _concepto(SISTEMA_SECCION, seccion.clave)}


@lru_cache(maxsize=2_000)
def _narrativa(texto: str) -> Recurso:
    return {"status": "generated", "div": fhir.narrativa.de_texto(texto)}


def _cantidad(prueba: Laboratorio, valor: Decimal) -> Recurso:
    return {
        "value": valor,
        "unit": prueba.unidad,
        "system": SISTEMA_UCUM,
        "code": prueba.ucum or prueba.unidad,
    }


def _lado(prueba: Laboratorio, valor: Decimal) -> str:
    if prueba.alto is not None and valor > prueba.alto:
        return "H"
    return "L" if prueba.bajo is not None and valor < prueba.bajo else ""


def _medido(clave: str, valor: int) -> Recurso:
    signo = SIGNOS[clave]
    return {
        "code": _CODIGO[clave],
        "valueQuantity": {
            "value": decimas(valor),
            "unit": signo.unidad,
            "system": SISTEMA_UCUM,
            "code": signo.ucum,
        },
    }
