"""Longitudinal histories: who falls ill of what, and what each visit measures, orders and says."""

import math
import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import cache
from itertools import accumulate
from uuid import UUID

from ece.demo.poblacion import cuadros
from ece.demo.poblacion.cuadros import CUADROS, POR_CLAVE, Cuadro, Diagnostico, Medicamento
from ece.demo.poblacion.hoja import Hoja, Recurso, decimas, instante
from ece.demo.poblacion.personas import Elenco, Persona, persona
from ece.demo.poblacion.vacunas import ESQUEMA
from registros.catalogos.notas import (
    HISTORIA_CLINICA,
    NOTA_DE_EVOLUCION,
    NOTA_DE_URGENCIAS,
    Clase,
    TipoDeNota,
)
from registros.services import pacientes
from registros.services.encuentros import ClaseDeEncuentro

PRIMER_EXPEDIENTE = 50_000_000
"""Far from the numbers that the institution hands out."""

_EDAD_DE_LA_PRESION = 3
_VIGENCIA = timedelta(days=120)


@dataclass(frozen=True, slots=True)
class Historia:
    """A patient and everything recorded about them; the first resource is the Patient."""

    paciente: UUID
    nacimiento: date
    menor: bool
    recursos: list[tuple[UUID, Recurso]]


def generar(
    *,
    semilla: int,
    desde: int,
    cantidad: int,
    hoy: date,
    elenco: Elenco,
    visitas_de_mas: int = 0,
    a_lo_mas: int | None = None,
) -> Iterator[Historia]:
    """Histories number `desde` to `desde + cantidad - 1` of the population `semilla`.

    The same arguments always give the same histories. `visitas_de_mas` makes each of them that of
    an adult with a chronic illness and so many visits more (a chart with thousands of records);
    `a_lo_mas` keeps each to its latest visits (many patients, little of each).
    """
    for numero in range(desde, desde + cantidad):
        azar = random.Random(f"{semilla}/{numero}")
        quien = persona(azar, hoy=hoy, adulto=visitas_de_mas > 0)
        yield _Cronista(azar, quien, hoy, elenco, a_lo_mas).historia(
            f"{PRIMER_EXPEDIENTE + numero:08d}", visitas_de_mas
        )


class _Cronista:
    """Writes the history of one person."""

    def __init__(
        self,
        azar: random.Random,
        quien: Persona,
        hoy: date,
        elenco: Elenco,
        a_lo_mas: int | None,
    ) -> None:
        self.a_lo_mas = a_lo_mas
        self.azar, self.quien, self.hoy, self.elenco = azar, quien, hoy, elenco
        self.nacimiento = quien.nacimiento
        self.edad = quien.edad(hoy)
        self.hoja = Hoja(azar, quien.id, elenco.institucion)
        self.talla: int = round(
            azar.gauss(1680 if quien.sexo == "H" else 1560, 65)
        )  # tenths of a cm
        self.corpulencia: float = azar.gauss(25.5, 2.6)

    def historia(self, expediente: str, visitas_de_mas: int) -> Historia:
        recurso = pacientes.a_recurso(self.quien.identificacion, expediente=expediente)
        self.hoja.recursos.append((self.quien.id, recurso))
        if self.edad < 12:
            self._vacunar()
        if self.edad >= 10 and self.azar.random() < 0.16:
            self.hoja.alergia(self.hoy - timedelta(days=self.azar.randrange(300, 1500)))
        cuadro = POR_CLAVE["diabetes"] if visitas_de_mas else self._padecer()
        cada = (6, 12) if visitas_de_mas else cuadro.intervalo
        self._atender(cuadro, self._dias(cuadro, visitas_de_mas, cada))
        return Historia(self.quien.id, self.nacimiento, self.edad < 18, self.hoja.recursos)

    def _padecer(self) -> Cuadro:
        posibles, pesos = _posibles(self.edad, self.quien.sexo)
        return self.azar.choices(posibles, cum_weights=pesos)[0]

    def _dias(self, cuadro: Cuadro, de_mas: int, cada: tuple[int, int]) -> list[date]:
        """The days of the visits, the first one first; the last was some weeks ago."""
        dias = [self.hoy - timedelta(days=self.azar.randrange(1, 60))]
        cuantas = self.azar.randint(*cuadro.visitas) + de_mas
        for _ in range(min(cuantas, self.a_lo_mas or cuantas) - 1):
            dias.append(dias[-1] - timedelta(days=self.azar.randint(*cada)))
        vividos = [dia for dia in dias if dia > self.nacimiento + timedelta(days=2)]
        return vividos[::-1] or [self.nacimiento + timedelta(days=3)]

    def _vacunar(self) -> None:
        for vacuna in ESQUEMA:
            dia = self.nacimiento + timedelta(days=round(vacuna.mes * 30.44) + 2)
            if dia >= self.hoy:
                break
            self.hoja.vacuna(dia, vacuna)

    def _atender(self, cuadro: Cuadro, dias: list[date]) -> None:
        diagnosticos, medicamentos = self._plan(cuadro)
        semanas = self.azar.randrange(12, 40) - len(dias) * 4
        desde = self.azar.randrange(1, 12)
        condiciones: list[UUID] = []
        for numero, dia in enumerate(dias):
            ultima = numero == len(dias) - 1
            urgente = cuadro.urgencias and numero == 0
            visita = self.hoja.visita(
                instante(dia, self.azar.randrange(14, 21), self.azar.randrange(60)),
                clase=ClaseDeEncuentro.URGENCIAS if urgente else ClaseDeEncuentro.CONSULTA_EXTERNA,
                sitio=self.elenco.urgencias if urgente else self.elenco.consulta,
                motivo=cuadro.motivo,
                minutos=self.azar.randrange(15, 180 if urgente else 45),
            )
            medidas = self._medir(cuadro, dia, primera=numero == 0)
            signos = self.hoja.signos(visita, medidas)
            if numero == 0:
                condiciones = [
                    self.hoja.condicion(
                        visita, d, resuelta=not d.cronico and self.hoy - dia > timedelta(days=10)
                    )
                    for d in diagnosticos
                ]
                if cuadro.procedimiento:
                    self.hoja.procedimiento(visita, *cuadro.procedimiento)
            self.hoja.diagnosticada(visita, condiciones)
            for medicamento in medicamentos if numero == 0 else medicamentos[:1]:
                vigente = ultima and self.hoy - dia < _VIGENCIA and cuadro.diagnosticos[0].cronico
                self.hoja.receta(visita, medicamento, vigente=vigente)
            estudios = ""
            if cuadro.laboratorios and self.azar.random() < 0.6:
                estudios = self.hoja.laboratorio(visita, self._analizar(cuadro))
            palabras = self._palabras(medidas, semanas + 4 * numero, desde)
            textos = self._textos(cuadro, diagnosticos, estudios, palabras, primera=numero == 0)
            self.hoja.nota(
                visita,
                _tipo_de_nota(cuadro, numero),
                textos,
                {
                    Clase.SIGNOS: [f"Observation/{id_}" for id_ in signos],
                    Clase.DIAGNOSTICOS: [f"Condition/{id_}" for id_ in condiciones],
                },
            )

    def _plan(self, cuadro: Cuadro) -> tuple[list[Diagnostico], list[Medicamento]]:
        """Diagnoses and medicines of the picture and of what keeps it company."""
        diagnosticos, medicamentos = list(cuadro.diagnosticos), list(cuadro.medicamentos)
        for clave in cuadro.acompana:
            if self.azar.random() < 0.3:
                diagnosticos += POR_CLAVE[clave].diagnosticos
                medicamentos += POR_CLAVE[clave].medicamentos[:1]
        return diagnosticos, medicamentos

    def _medir(self, cuadro: Cuadro, dia: date, *, primera: bool) -> dict[str, int]:
        """Vital signs in tenths of their units."""
        azar, anos = self.azar, (dia - self.nacimiento).days / 365.25
        medidas = {}
        if anos >= _EDAD_DE_LA_PRESION:
            sistolica = round(azar.gauss(cuadro.sistolica, 9))
            medidas["sistolica"] = sistolica * 10
            medidas["diastolica"] = round(sistolica * 0.62 + azar.gauss(2, 3)) * 10
        medidas["frecuencia_cardiaca"] = round(azar.gauss(75 if anos > 10 else 108, 8)) * 10
        if cuadro.fiebre or anos < 12 or cuadro.urgencias:
            medidas["temperatura"] = round(azar.gauss(377 if cuadro.fiebre else 365, 4))
        talla = self._talla(anos)
        extra = min(cuadro.peso_extra, anos)
        medidas["peso"] = round(10 * max(2.6, self._indice(anos) * (talla / 1000) ** 2 + extra))
        if primera or anos < 18:
            medidas["talla"] = talla
        return medidas

    def _talla(self, anos: float) -> int:
        """Height in tenths of a centimetre, by age."""
        if anos >= 18:
            return self.talla
        if anos < 2:
            return round(500 + 370 * math.sqrt(anos / 2))
        return round(870 + (self.talla - 870) * (anos - 2) / 16)

    def _indice(self, anos: float) -> float:
        return self.corpulencia if anos >= 18 else 14.5 + (self.corpulencia - 16) * anos / 18

    def _analizar(self, cuadro: Cuadro) -> dict[cuadros.Laboratorio, Decimal]:
        return {
            prueba: decimas(max(2, round(10 * self.azar.gauss(prueba.media, prueba.desviacion))))
            for prueba in cuadro.laboratorios
        }

    def _palabras(self, medidas: dict[str, int], semanas: int, desde: int) -> dict[str, object]:
        talla = medidas.get("talla") or self.talla
        peso = medidas["peso"]
        return {
            "o": "o" if self.quien.sexo == "H" else "a",
            "a": "" if self.quien.sexo == "H" else "a",
            "edad": self.edad,
            "desde": desde,
            "semanas": max(6, semanas),
            "ta": _tension(medidas),
            "peso": decimas(peso),
            "talla": decimas(talla),
            "imc": f"{peso * 1000 / (talla / 10) ** 2:.1f}",
            "temperatura": decimas(medidas.get("temperatura", 365)),
            "fc": medidas["frecuencia_cardiaca"] // 10,
        }

    def _textos(
        self,
        cuadro: Cuadro,
        diagnosticos: list[Diagnostico],
        estudios: str,
        palabras: dict[str, object],
        *,
        primera: bool,
    ) -> dict[str, str]:
        """Words for every section that any type of note may ask for."""
        azar = self.azar
        exploracion = cuadro.exploracion.format_map(palabras)
        padecimiento = cuadro.padecimiento.format_map(palabras)
        textos = {
            "signos": _signos_en_palabras(palabras),
            "estudios": estudios,
            "diagnosticos": "\n".join(f"{d.clave} {d.texto}" for d in diagnosticos),
            "pronostico": cuadro.pronostico,
            "tratamiento": azar.choice(cuadro.tratamiento).format_map(palabras),
        }
        if primera:
            return textos | {
                "motivo": cuadro.motivo,
                "evolucion": f"{padecimiento}\n{exploracion}",
                "heredofamiliares": azar.choice(cuadros.HEREDOFAMILIARES),
                "patologicos": azar.choice(cuadros.PATOLOGICOS),
                "no-patologicos": azar.choice(cuadros.NO_PATOLOGICOS),
                "padecimiento-actual": padecimiento,
                "aparatos-y-sistemas": azar.choice(cuadros.APARATOS),
                "exploracion": exploracion,
                "interrogatorio": f"{padecimiento}\n{exploracion}",
            }
        evolucion = azar.choice(cuadro.evolucion).format_map(palabras)
        return textos | {"evolucion": f"{evolucion}\n{exploracion}"}


@cache
def _posibles(edad: int, sexo: str) -> tuple[list[Cuadro], list[float]]:
    """The pictures somebody may have, and their accumulated weights."""
    posibles = [
        cuadro
        for cuadro in CUADROS
        if cuadro.edades[0] <= edad <= cuadro.edades[1] and cuadro.sexo in ("", sexo)
    ]
    return posibles, list(accumulate(cuadro.peso for cuadro in posibles))


def _tipo_de_nota(cuadro: Cuadro, numero: int) -> TipoDeNota:
    if numero:
        return NOTA_DE_EVOLUCION
    if cuadro.urgencias:
        return NOTA_DE_URGENCIAS
    return HISTORIA_CLINICA if cuadro.diagnosticos[0].cronico else NOTA_DE_EVOLUCION


def _tension(medidas: dict[str, int]) -> str:
    if "sistolica" not in medidas:
        return "no tomada"
    return f"{medidas['sistolica'] // 10}/{medidas['diastolica'] // 10}"


def _signos_en_palabras(palabras: dict[str, object]) -> str:
    return (
        "Tensión arterial {ta} mmHg, frecuencia cardiaca {fc} lpm, temperatura {temperatura} °C,"
        " peso {peso} kg, talla {talla} cm."
    ).format_map(palabras)
