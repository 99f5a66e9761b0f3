"""Weighing a prescription against a patient, as values: no clock, no database, no side effects."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum, unique

from registros.catalogos.medicamentos import reglas
from registros.catalogos.medicamentos.catalogo import (
    LOCALES,
    Dosis,
    Medicamento,
    Presentacion,
    cifra,
    reconocer,
)
from registros.catalogos.medicamentos.grupos import Grupo
from registros.catalogos.medicamentos.reglas import Severidad as Severidad

_ADULTO = int(18 * 365.25)
_FICHA = "Información para prescribir (FDA DailyMed)"
_EMBARAZO = {
    "T": (Severidad.GRAVE, "Teratógeno: contraindicado en el embarazo."),
    "X": (Severidad.GRAVE, "Contraindicado en el embarazo."),
    "E": (Severidad.GRAVE, "Daña al feto o no se ha mostrado seguro; se evita en el embarazo."),
    "P": (Severidad.LEVE, "Con precaución en el embarazo."),
}
_LACTANCIA = {
    "X": (Severidad.GRAVE, "Contraindicado en la lactancia."),
    "E": (Severidad.MODERADA, "Se evita en la lactancia."),
    "P": (Severidad.LEVE, "Con precaución en la lactancia."),
}
_DUPLICADOS = (
    "M01A",
    "N02A",
    "N05BA",
    "N06AB",
    "A02BC",
    "B01AF",
    "C09A",
    "C09C",
    "C10AA",
    "H02AB",
    "R06A",
)
"""Classes of which two are one too many; otherwise, the first five characters of ATC decide, but
for those that end in X, which gather what has nothing in common."""
_SE_SUMAN = ("A10A", "J04A", "J05A", "R03", "V", "A12", "A11", "B05", "D0", "A06", "L0")
"""Classes whose members are given together on purpose."""


@unique
class Clase(StrEnum):
    """What a finding is about; the codes that the event carries."""

    ALERGIA = "alergia"
    INTERACCION = "interaccion"
    DUPLICIDAD = "duplicidad"
    EMBARAZO = "embarazo"
    LACTANCIA = "lactancia"
    EDAD = "edad"
    RINON = "rinon"
    DOSIS = "dosis"
    DIAGNOSTICO = "diagnostico"
    GRUPO = "grupo"
    RESERVADO = "reservado"


@dataclass(frozen=True, slots=True)
class Indicada:
    """One medicine as it is about to be prescribed; what is not known is None."""

    medicamento: Medicamento
    presentacion: Presentacion | None = None
    dosis: Dosis | None = None
    cada_horas: int | None = None
    dias: int | None = None
    via: str = "oral"

    def sustancia(self, unidad: str) -> Decimal | None:
        """Active substance of one dose, in `unidad`."""
        if self.dosis is None:
            return None
        if self.presentacion is None:
            return self.dosis.en(unidad)
        return self.presentacion.en(self.dosis, unidad)

    @property
    def tomas_al_dia(self) -> Decimal:
        return Decimal(24) / self.cada_horas if self.cada_horas else Decimal(1)


@dataclass(frozen=True, slots=True)
class Contexto:
    """The patient, as values: `edad` in days, `tfg` in mL/min/1.73 m2; None is not known."""

    edad: int | None = None
    sexo: str = ""
    peso_kg: Decimal | None = None
    tfg: Decimal | None = None
    embarazo: bool = False
    lactancia: bool = False
    alergias: tuple[str, ...] = ()
    medicamentos: tuple[str, ...] = ()
    diagnosticos: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Hallazgo:
    """Something to know before prescribing: how serious, against what, why, what to do."""

    clase: Clase
    severidad: Severidad
    medicamento: str
    porque: str
    que_hacer: str
    fuente: str
    con: str = ""

    @property
    def bloquea(self) -> bool:
        """Whether it asks for a reason."""
        return self.severidad is Severidad.GRAVE

    @property
    def prohibe(self) -> bool:
        return self.severidad is Severidad.PROHIBIDA

    @property
    def codigo(self) -> str:
        """What an event may say of it: its class and severity, nothing clinical."""
        return f"{self.clase}.{self.severidad.name.lower()}"


def revisar(receta: Sequence[Indicada], contexto: Contexto) -> list[Hallazgo]:
    """Every finding about `receta`, the most serious first, each said once."""
    hallazgos: dict[tuple[str, str, str], Hallazgo] = {}
    activos = [uno for nombre in contexto.medicamentos if (uno := reconocer(nombre))]
    for lugar, indicada in enumerate(receta):
        juntos = [otra.medicamento for otra in receta[:lugar]] + activos
        for hallazgo in _de_una(indicada, juntos, contexto):
            llave = (hallazgo.clase, hallazgo.medicamento, hallazgo.con)
            previo = hallazgos.get(llave)
            if previo is None or previo.severidad < hallazgo.severidad:
                hallazgos[llave] = hallazgo
    return sorted(hallazgos.values(), key=lambda h: (-h.severidad, list(Clase).index(h.clase)))


def _de_una(
    indicada: Indicada, juntos: Iterable[Medicamento], contexto: Contexto
) -> Iterator[Hallazgo]:
    uno = indicada.medicamento
    yield from _grupo(indicada)
    for alergeno in contexto.alergias:
        if dicho := reglas.alergia(alergeno, uno):
            severidad, porque, fuente = dicho
            que_hacer = "Elija otra familia." if severidad > Severidad.LEVE else "Vigile."
            yield Hallazgo(
                Clase.ALERGIA, severidad, uno.nombre, porque, que_hacer, fuente, con=alergeno
            )
    for otro in juntos:
        yield from _duplicidad(uno, otro)
        for regla in reglas.interacciones(uno, otro):
            yield Hallazgo(
                Clase.INTERACCION,
                regla.severidad,
                uno.nombre,
                regla.porque,
                regla.que_hacer,
                regla.fuente,
                con=otro.nombre,
            )
    for regla in reglas.CONTRAINDICACIONES:
        clave = next((c for c in contexto.diagnosticos if c.startswith(tuple(regla.b))), "")
        if clave and uno.es(regla.a):
            yield Hallazgo(
                Clase.DIAGNOSTICO,
                regla.severidad,
                uno.nombre,
                regla.porque,
                regla.que_hacer,
                regla.fuente,
                con=clave,
            )
    if indicada.via not in LOCALES:
        yield from _persona(uno, contexto)
        yield from _rinon(uno, contexto)
        yield from _dosis(indicada, contexto)


def _grupo(indicada: Indicada) -> Iterator[Hallazgo]:
    uno = indicada.medicamento
    if uno.grupo is Grupo.I:
        yield Hallazgo(
            Clase.GRUPO,
            Severidad.PROHIBIDA,
            uno.nombre,
            "Estupefaciente del grupo I: no se receta en esta forma.",
            "Use el recetario especial con código de barras que autoriza la COFEPRIS, y anote el "
            "folio en la nota.",
            "LGS 226 I, 240 y 241; RIS 51",
        )
    elif uno.grupo is Grupo.II and (indicada.dias or 0) > 30:
        yield Hallazgo(
            Clase.GRUPO,
            Severidad.MODERADA,
            uno.nombre,
            "Psicotrópico del grupo II por más de treinta días: la receta vence a los treinta y "
            "ampara dos presentaciones como máximo.",
            "Prescriba para treinta días y cite al paciente.",
            "LGS 226 II y 252",
        )


def _duplicidad(uno: Medicamento, otro: Medicamento) -> Iterator[Hallazgo]:
    mismas = {s.clave for s in uno.sustancias} & {s.clave for s in otro.sustancias}
    if mismas:
        porque = "Ya lo toma." if uno.clave == otro.clave else "Contiene la misma sustancia."
        severidad = Severidad.MODERADA if uno.clave == otro.clave else Severidad.GRAVE
        yield Hallazgo(
            Clase.DUPLICIDAD,
            severidad,
            uno.nombre,
            porque,
            "Suspenda el anterior o ajuste la dosis.",
            "Expediente",
            con=otro.nombre,
        )
        return
    for a in uno.sustancias:
        for b in otro.sustancias:
            if clase := _clase_repetida(a.atc, b.atc):
                yield Hallazgo(
                    Clase.DUPLICIDAD,
                    Severidad.MODERADA,
                    uno.nombre,
                    f"Son de la misma clase terapéutica (ATC {clase}).",
                    "Deje uno solo, salvo que los dos sean a propósito.",
                    "ATC, Organización Mundial de la Salud",
                    con=otro.nombre,
                )
                return


def _clase_repetida(a: str, b: str) -> str:
    if a.startswith(_SE_SUMAN):
        return ""
    for clase in _DUPLICADOS:
        if a.startswith(clase) and b.startswith(clase):
            return clase
    return a[:5] if len(a) >= 7 and a[:5] == b[:5] and a[4] != "X" else ""


def _persona(uno: Medicamento, contexto: Contexto) -> Iterator[Hallazgo]:
    fertil = contexto.sexo == "female" and 12 * 365 <= (contexto.edad or 0) <= 50 * 365
    if contexto.embarazo and uno.embarazo in _EMBARAZO:
        severidad, porque = _EMBARAZO[uno.embarazo]
        yield Hallazgo(
            Clase.EMBARAZO,
            severidad,
            uno.nombre,
            porque,
            "Elija otra opción." if severidad > Severidad.LEVE else "Pese beneficio y riesgo.",
            f"{_FICHA}, 8.1",
        )
    elif fertil and uno.embarazo == "T":
        yield Hallazgo(
            Clase.EMBARAZO,
            Severidad.MODERADA,
            uno.nombre,
            "Teratógeno en edad fértil.",
            "Confirme que no hay embarazo y que usa anticoncepción.",
            f"{_FICHA}, 8.3",
        )
    if contexto.lactancia and uno.lactancia in _LACTANCIA:
        severidad, porque = _LACTANCIA[uno.lactancia]
        yield Hallazgo(
            Clase.LACTANCIA,
            severidad,
            uno.nombre,
            porque,
            "Consulte una alternativa." if severidad > Severidad.LEVE else "Vigile al lactante.",
            "LactMed (NIH)",
        )
    if None not in (contexto.edad, uno.edad_minima) and contexto.edad < uno.edad_minima:  # type: ignore[operator]
        yield Hallazgo(
            Clase.EDAD,
            Severidad.GRAVE,
            uno.nombre,
            f"No se recomienda antes de {_en_edad(uno.edad_minima or 0)}.",
            "Elija otra opción para su edad.",
            f"{_FICHA}, 8.4",
        )


def _en_edad(dias: int) -> str:
    if dias >= 730:
        return f"los {round(dias / 365.25)} años"
    return f"los {round(dias / 30.4375)} meses" if dias >= 60 else f"los {dias} días de vida"


def _rinon(uno: Medicamento, contexto: Contexto) -> Iterator[Hallazgo]:
    if contexto.tfg is None:
        return
    medida = f"Filtrado glomerular estimado de {contexto.tfg:.0f} mL/min/1.73 m²"
    if uno.renal_evitar is not None and contexto.tfg < uno.renal_evitar:
        yield Hallazgo(
            Clase.RINON,
            Severidad.GRAVE,
            uno.nombre,
            f"{medida}: se evita por debajo de {uno.renal_evitar}.",
            "Elija otra opción.",
            f"{_FICHA}, 8.6",
        )
    elif uno.renal_ajustar is not None and contexto.tfg < uno.renal_ajustar:
        yield Hallazgo(
            Clase.RINON,
            Severidad.MODERADA,
            uno.nombre,
            f"{medida}: se ajusta por debajo de {uno.renal_ajustar}.",
            "Reduzca la dosis o alargue el intervalo.",
            f"{_FICHA}, 8.6",
        )


def _dosis(indicada: Indicada, contexto: Contexto) -> Iterator[Hallazgo]:
    uno = indicada.medicamento
    nino = contexto.edad is not None and contexto.edad < _ADULTO
    for limite, veces, cuando in (
        (uno.maximo_por_toma, Decimal(1), "por toma"),
        (uno.maximo_por_dia, max(indicada.tomas_al_dia, Decimal(1)), "al día"),
    ):
        toma = indicada.sustancia(limite.unidad) if limite else None
        if limite is not None and toma is not None and toma * veces > limite.valor:
            dada = Dosis(toma * veces, limite.unidad)
            yield _excedida(uno, f"{dada} {cuando}; el máximo es {limite}.")
            return
    por_kg = uno.maximo_por_kg
    if not nino or por_kg is None:
        return
    toma = indicada.sustancia(por_kg.unidad)
    if toma is None:
        return
    if contexto.peso_kg is None:
        yield Hallazgo(
            Clase.DOSIS,
            Severidad.MODERADA,
            uno.nombre,
            "Menor de edad sin peso reciente: no se puede comprobar la dosis.",
            f"Mida el peso; el máximo es {por_kg}/kg al día.",
            "OMS, formulario modelo para niños, 2010",
        )
        return
    diaria = toma * max(indicada.tomas_al_dia, Decimal(1)) / contexto.peso_kg
    if diaria > por_kg.valor * Decimal("1.1"):  # what rounding to a spoonful may exceed
        dicho = f"{cifra(round(diaria, 1))} {por_kg.unidad}/kg al día; el máximo es {por_kg}/kg."
        yield _excedida(uno, dicho)


def _excedida(uno: Medicamento, dicho: str) -> Hallazgo:
    return Hallazgo(
        Clase.DOSIS, Severidad.GRAVE, uno.nombre, dicho, "Corrija la dosis.", f"{_FICHA}, 2"
    )
