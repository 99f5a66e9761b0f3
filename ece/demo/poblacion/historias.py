"""Longitudinal histories as FHIR resources, with final ids and references."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from ece import fhir
from ece.demo.poblacion.cuadros import ALERGIAS, CUADROS, VACUNAS, Cuadro, Laboratorio
from ece.demo.poblacion.personas import Elenco, Persona, persona, uuid_de
from registros.catalogos.notas import NOTA_DE_EVOLUCION, SISTEMA_LOINC, SISTEMA_SECCION, Clase
from registros.catalogos.signos import CATEGORIA, SIGNOS, SISTEMA_UCUM, TENSION_ARTERIAL
from registros.services import pacientes

Recurso = dict[str, Any]
PRIMER_EXPEDIENTE = 50_000_000
"""Far from the numbers that the institution hands out."""

_CIE10 = "http://hl7.org/fhir/sid/icd-10"


@dataclass(frozen=True, slots=True)
class Historia:
    """A patient and everything recorded about them; the first resource is the Patient."""

    paciente: UUID
    menor: bool
    recursos: list[tuple[UUID, Recurso]]


def generar(
    *, semilla: int, desde: int, cantidad: int, hoy: date, elenco: Elenco, visitas_de_mas: int = 0
) -> Iterator[Historia]:
    """Histories number `desde` to `desde + cantidad - 1` of the population `semilla`.

    `visitas_de_mas` lengthens every history (a chart with thousands of records).
    """
    for numero in range(desde, desde + cantidad):
        azar = random.Random(f"{semilla}/{numero}")
        yield _Autor(azar, hoy, elenco).historia(f"{PRIMER_EXPEDIENTE + numero:08d}", visitas_de_mas)


class _Autor:
    """Writes one history."""

    def __init__(self, azar: random.Random, hoy: date, elenco: Elenco) -> None:
        self.azar, self.hoy, self.elenco = azar, hoy, elenco
        self.recursos: list[tuple[UUID, Recurso]] = []

    def historia(self, expediente: str, visitas_de_mas: int) -> Historia:
        quien = persona(self.azar, hoy=self.hoy)
        edad = quien.edad(self.hoy)
        self.sujeto = {"reference": f"Patient/{quien.id}"}
        recurso = pacientes.a_recurso(quien.identificacion, expediente=expediente)
        self.recursos.append((quien.id, recurso))
        posibles = [
            c for c in CUADROS
            if c.edades[0] <= edad <= c.edades[1] and c.sexo in ("", quien.sexo)
        ]  # fmt: skip
        elegido = self.azar.choices(posibles, [c.peso for c in posibles])[0] if posibles else CUADROS[-1]
        if edad >= 12 and self.azar.random() < 0.14:
            self._alergia()
        if edad < 12:
            self._vacunas(quien, edad)
        visitas = self.azar.randint(*elegido.visitas) + visitas_de_mas
        dia = self.hoy - timedelta(days=self.azar.randrange(15, 40))
        talla = self._talla(edad)
        for numero in range(visitas):
            if dia <= quien.identificacion.fecha_nacimiento:
                break
            self._visita(elegido, dia, talla, edad, primera=numero == visitas - 1)
            dia -= timedelta(days=self.azar.randrange(5, 12) if visitas_de_mas else self.azar.randrange(30, 90))
        return Historia(quien.id, edad < 18, self.recursos)

    def _talla(self, edad: int) -> float:
        return min(50 + edad * 7.2, self.azar.gauss(161, 8))

    def _agregar(self, dia: datetime, recurso: Recurso) -> UUID:
        id_ = uuid_de(self.azar, dia.date())
        self.recursos.append((id_, recurso))
        return id_

    @property
    def _quien(self) -> Recurso:
        return {"reference": f"Practitioner/{self.elenco.profesional}", "display": self.elenco.nombre}

    def _visita(self, cuadro: Cuadro, dia: date, talla: float, edad: int, *, primera: bool) -> None:
        momento = datetime.combine(dia, time(14, 0), UTC) + timedelta(minutes=self.azar.randrange(420))
        encuentro = self._agregar(
            momento,
            {
                "resourceType": "Encounter",
                "status": "finished",
                "class": {
                    "system": "http://terminology.hl7.org/CodeSystem/v3-ActCode",
                    "code": "EMER" if cuadro.clave == "trauma" and primera else "AMB",
                },
                "subject": self.sujeto,
                "participant": [{"individual": self._quien}],
                "period": {
                    "start": _instante(momento),
                    "end": _instante(momento + timedelta(minutes=25)),
                },
                "reasonCode": [{"text": cuadro.motivo}],
                "location": [
                    {
                        "location": {
                            "reference": f"Location/{self.elenco.unidad}",
                            "display": self.elenco.unidad_nombre,
                        }
                    }
                ],
                "serviceProvider": {"display": self.elenco.institucion},
            },
        )
        comun: Recurso = {
            "subject": self.sujeto,
            "encounter": {"reference": f"Encounter/{encuentro}"},
        }
        signos = self._signos(comun, momento, cuadro, talla, edad)
        condiciones = self._condiciones(comun, momento, cuadro) if primera else []
        for medicamento in cuadro.medicamentos[: 2 if primera else 1]:
            self._agregar(
                momento,
                {
                    "resourceType": "MedicationRequest",
                    "status": "active" if momento.date() > self.hoy - timedelta(days=45) else "completed",
                    "intent": "order",
                    "medicationCodeableConcept": {"text": medicamento.nombre},
                    **comun,
                    "authoredOn": _instante(momento),
                    "requester": self._quien,
                    "dosageInstruction": [{"text": medicamento.indicacion}],
                },
            )
        if cuadro.laboratorios:
            self._laboratorio(comun, momento, cuadro)
        self._nota(comun, momento, cuadro, signos, condiciones)

    def _observacion(
        self, comun: Recurso, momento: datetime, categoria: str, cuerpo: Recurso
    ) -> UUID:
        return self._agregar(
            momento,
            {
                "resourceType": "Observation",
                "status": "final",
                "category": [{"coding": [{"system": CATEGORIA, "code": categoria}]}],
                **comun,
                "effectiveDateTime": _instante(momento),
                "performer": [self._quien],
                **cuerpo,
            },
        )

    def _signos(
        self, comun: Recurso, momento: datetime, cuadro: Cuadro, talla: float, edad: int
    ) -> list[UUID]:
        azar = self.azar
        metros = talla / 100
        peso = max(3.1, azar.gauss(24.5 if edad > 14 else 16, 1.2) * metros * metros + cuadro.peso_extra)
        sistolica = round(azar.gauss(cuadro.sistolica, 9))
        valores = {
            "frecuencia_cardiaca": round(azar.gauss(76 if edad > 10 else 104, 8)),
            "temperatura": round(azar.gauss(36.5, 0.25), 1),
            "peso": round(peso, 1),
            "talla": round(talla, 1),
        }
        presion = {
            "code": {
                "coding": [{"system": SISTEMA_LOINC, "code": TENSION_ARTERIAL}],
                "text": "Tensión arterial",
            },
            "component": [
                _medido("sistolica", sistolica),
                _medido("diastolica", round(sistolica * 0.63 + azar.gauss(0, 3))),
            ],
        }
        return [
            self._observacion(comun, momento, "vital-signs", presion),
            *(
                self._observacion(comun, momento, "vital-signs", _medido(clave, valor))
                for clave, valor in valores.items()
            ),
        ]

    def _condiciones(self, comun: Recurso, momento: datetime, cuadro: Cuadro) -> list[UUID]:
        clinico = "http://terminology.hl7.org/CodeSystem/condition-clinical"
        cronico = cuadro.clave in ("diabetes", "hipertension", "renal", "cancer", "depresion", "embarazo")
        return [
            self._agregar(
                momento,
                {
                    "resourceType": "Condition",
                    "clinicalStatus": {
                        "coding": [{"system": clinico, "code": "active" if cronico else "resolved"}]
                    },
                    "verificationStatus": {
                        "coding": [
                            {
                                "system": "http://terminology.hl7.org/CodeSystem/condition-ver-status",
                                "code": "confirmed",
                            }
                        ]
                    },
                    "code": {
                        "coding": [{"system": _CIE10, "code": clave, "display": texto}],
                        "text": texto,
                    },
                    **comun,
                    **({} if cronico else {"abatementDateTime": _instante(momento + timedelta(days=7))}),
                    "recordedDate": _instante(momento),
                    "recorder": self._quien,
                },
            )
            for clave, texto in cuadro.diagnosticos
        ]

    def _laboratorio(self, comun: Recurso, momento: datetime, cuadro: Cuadro) -> None:
        medidas = [
            self._observacion(comun, momento, "laboratory", self._medida(laboratorio))
            for laboratorio in cuadro.laboratorios
        ]
        self._agregar(
            momento,
            {
                "resourceType": "DiagnosticReport",
                "status": "final",
                "category": [
                    {"coding": [{"system": "http://terminology.hl7.org/CodeSystem/v2-0074", "code": "LAB"}]}
                ],
                "code": {"text": "Estudios de laboratorio"},
                **comun,
                "effectiveDateTime": _instante(momento),
                "issued": momento.isoformat(timespec="milliseconds"),
                "result": [{"reference": f"Observation/{m}"} for m in medidas],
            },
        )

    def _medida(self, laboratorio: Laboratorio) -> Recurso:
        valor = max(0.1, self.azar.gauss(laboratorio.media, laboratorio.desviacion))
        rango = {
            extremo: {"value": _decimal(limite), "unit": laboratorio.unidad}
            for extremo, limite in (("low", laboratorio.bajo), ("high", laboratorio.alto))
            if limite is not None
        }
        return {
            "code": {
                "coding": [{"system": SISTEMA_LOINC, "code": laboratorio.loinc}],
                "text": laboratorio.nombre,
            },
            "valueQuantity": {
                "value": _decimal(round(valor, 1)),
                "unit": laboratorio.unidad,
                "system": SISTEMA_UCUM,
                "code": laboratorio.unidad,
            },
            "referenceRange": [rango],
        }

    def _nota(
        self,
        comun: Recurso,
        momento: datetime,
        cuadro: Cuadro,
        signos: list[UUID],
        condiciones: list[UUID],
    ) -> None:
        textos = {
            "evolucion": cuadro.evolucion,
            "signos": "Ver signos vitales registrados en la consulta.",
            "diagnosticos": "\n".join(f"{clave} {texto}" for clave, texto in cuadro.diagnosticos),
            "pronostico": "Bueno para la vida y para la función.",
            "tratamiento": cuadro.tratamiento,
        }
        entradas = {Clase.SIGNOS: ("Observation", signos), Clase.DIAGNOSTICOS: ("Condition", condiciones)}
        secciones = []
        for seccion in NOTA_DE_EVOLUCION.secciones:
            if seccion.clave not in textos:
                continue
            una: Recurso = {
                "title": seccion.titulo,
                "code": {"coding": [{"system": SISTEMA_SECCION, "code": seccion.clave}]},
                "text": {
                    "status": "generated",
                    "div": fhir.narrativa.de_texto(textos[seccion.clave]),
                },
            }
            tipo, ids = entradas.get(seccion.clase, ("", []))
            if ids:
                una["entry"] = [{"reference": f"{tipo}/{i}"} for i in ids]
            secciones.append(una)
        self._agregar(
            momento,
            {
                "resourceType": "Composition",
                "status": "final",
                "type": {
                    "coding": [{"system": SISTEMA_LOINC, "code": NOTA_DE_EVOLUCION.loinc}],
                    "text": NOTA_DE_EVOLUCION.titulo,
                },
                **comun,
                "date": _instante(momento),
                "author": [self._quien],
                "title": NOTA_DE_EVOLUCION.titulo,
                "attester": [
                    {"mode": "professional", "time": _instante(momento), "party": self._quien}
                ],
                "section": secciones,
            },
        )

    def _alergia(self) -> None:
        sustancia, categoria, criticidad, reaccion = self.azar.choice(ALERGIAS)
        momento = datetime.combine(self.hoy - timedelta(days=900), time(15), UTC)
        base = "http://terminology.hl7.org/CodeSystem/allergyintolerance-"
        self._agregar(
            momento,
            {
                "resourceType": "AllergyIntolerance",
                "clinicalStatus": {"coding": [{"system": base + "clinical", "code": "active"}]},
                "verificationStatus": {
                    "coding": [{"system": base + "verification", "code": "confirmed"}]
                },
                "category": [categoria],
                "criticality": criticidad,
                "code": {"text": sustancia},
                "patient": self.sujeto,
                "recordedDate": _instante(momento),
                "reaction": [{"manifestation": [{"text": reaccion}]}],
            },
        )

    def _vacunas(self, quien: Persona, edad: int) -> None:
        for mes, vacuna in VACUNAS:
            dia = quien.identificacion.fecha_nacimiento + timedelta(days=int(mes * 30.4) + 3)
            if dia >= self.hoy:
                break
            momento = datetime.combine(dia, time(16), UTC)
            self._agregar(
                momento,
                {
                    "resourceType": "Immunization",
                    "status": "completed",
                    "vaccineCode": {"text": vacuna},
                    "patient": self.sujeto,
                    "occurrenceDateTime": _instante(momento),
                },
            )


def _instante(momento: datetime) -> str:
    return momento.isoformat(timespec="seconds")


def _decimal(valor: float) -> Decimal:
    return Decimal(str(valor))


def _medido(clave: str, valor: float) -> Recurso:
    signo = SIGNOS[clave]
    return {
        "code": {
            "coding": [{"system": SISTEMA_LOINC, "code": signo.loinc}],
            "text": signo.nombre,
        },
        "valueQuantity": {
            "value": _decimal(valor),
            "unit": signo.unidad,
            "system": SISTEMA_UCUM,
            "code": signo.ucum,
        },
    }
