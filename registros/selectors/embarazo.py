"""The pregnancy under way: its dates, its controls, what alarms."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from django.utils import timezone

from ece import fhir
from ece.nucleo.acceso import Acceso
from ece.nucleo.roles import Permiso
from registros.catalogos import embarazo as catalogo
from registros.catalogos.embarazo import FORMULA, FPP, FUM, OBSTETRICOS, SISTEMA, Edad
from registros.catalogos.signos import SIGNOS, SISTEMA_LOINC, Signo
from registros.models import OtroRegistro
from registros.models.base import Recurso
from registros.selectors import medidas
from registros.selectors.medidas import componente, componentes
from registros.selectors.signos import Punto, Serie


@dataclass(frozen=True, slots=True)
class Embarazo:
    """`formula` is (words, how many); `segun`, what dated it when not the last period."""

    id: UUID
    datos_id: UUID
    fum: date
    fpp: date
    formula: list[tuple[str, int]]
    riesgos: list[str]
    segun: str

    def edad(self, dia: date) -> Edad:
        inicio = self.fpp - catalogo.GESTACION if self.segun else self.fum
        return catalogo.edad(inicio, dia)


@dataclass(frozen=True, slots=True)
class Control:
    """A control: `valores` by key; `alarmas` are (words, whether it is an emergency)."""

    fecha: datetime
    edad: Edad
    valores: dict[str, Decimal]
    edema: str
    alarmas: list[tuple[str, bool]]
    quien: str

    @property
    def presion(self) -> str:
        if "sistolica" not in self.valores or "diastolica" not in self.valores:
            return ""
        return f"{self.valores['sistolica']:f}/{self.valores['diastolica']:f}"


def vigente(acceso: Acceso) -> Embarazo | None:
    """The pregnancy under way, or None."""
    acceso.exigir(Permiso.EXPEDIENTE_LEER)
    filas = OtroRegistro.objects.de(acceso).filter(tipo="EpisodeOfCare", estado="active")
    for fila in filas.order_by("-fecha"):
        if not _es_embarazo(fila.recurso):
            continue
        for _fecha, recurso in _de(acceso, catalogo.INICIO, fila.id):
            return _embarazo(fila.id, recurso)
    return None


def controles(acceso: Acceso, embarazo: Embarazo) -> list[Control]:
    """Its controls, newest first."""
    return [
        _control(fecha, recurso, embarazo)
        for fecha, recurso in _de(acceso, catalogo.CONTROL, embarazo.id)
    ]


def series(hechos: list[Control]) -> list[Serie]:
    """Weight, pressure, fundal height and fetal heart over the pregnancy, oldest first."""
    todos: dict[str, Signo] = {**SIGNOS, **OBSTETRICOS}
    claves = ("peso", "sistolica", "diastolica", *OBSTETRICOS)
    puntos = {
        clave: [Punto(c.fecha, c.valores[clave]) for c in reversed(hechos) if clave in c.valores]
        for clave in claves
    }
    return [Serie(todos[clave], suyos) for clave, suyos in puntos.items() if suyos]


def _es_embarazo(recurso: Recurso) -> bool:
    return any(
        codigo.get("system") == SISTEMA
        for tipo in recurso.get("type", ())
        for codigo in tipo.get("coding", ())
    )


def _de(acceso: Acceso, clave: str, episodio: UUID) -> list[tuple[datetime, Recurso]]:
    referencia = f"EpisodeOfCare/{episodio}"
    return [
        (fecha, recurso)
        for fecha, recurso in medidas.observaciones(acceso, f"{SISTEMA}|{clave}")
        if any(foco.get("reference") == referencia for foco in recurso.get("focus", ()))
    ]


def _embarazo(id_: UUID, recurso: Recurso) -> Embarazo:
    fpp = componente(recurso, f"{SISTEMA_LOINC}|{FPP}")
    contados = (
        (nombre, componente(recurso, f"{SISTEMA_LOINC}|{loinc}"))
        for loinc, nombre in FORMULA.values()
    )
    return Embarazo(
        id=id_,
        datos_id=UUID(recurso["id"]),
        fum=date.fromisoformat(componente(recurso, f"{SISTEMA_LOINC}|{FUM}")["valueDateTime"]),
        fpp=date.fromisoformat(fpp["valueDateTime"]),
        formula=[(n, int(c["valueInteger"])) for n, c in contados if "valueInteger" in c],
        riesgos=[
            c["valueCodeableConcept"]["text"]
            for c in componentes(recurso, f"{SISTEMA}|{catalogo.RIESGO}")
        ],
        segun=fhir.texto(next(iter(fpp.get("interpretation", ())), {})),
    )


def _control(fecha: datetime, recurso: Recurso, embarazo: Embarazo) -> Control:
    valores = {}
    for clave, signo in {**SIGNOS, **OBSTETRICOS}.items():
        medido = componente(recurso, f"{SISTEMA_LOINC}|{signo.loinc}")
        if "value" in medido.get("valueQuantity", {}):
            valores[clave] = Decimal(str(medido["valueQuantity"]["value"]))
    sintomas = [
        c["valueCodeableConcept"]["coding"][0]["code"]
        for c in componentes(recurso, f"{SISTEMA}|{catalogo.ALARMA}")
    ]
    edad = embarazo.edad(timezone.localtime(fecha).date())
    edema = componente(recurso, f"{SISTEMA}|{catalogo.EDEMA}").get("valueCodeableConcept", {})
    return Control(
        fecha=fecha,
        edad=edad,
        valores=valores,
        edema=edema.get("text", ""),
        alarmas=catalogo.alarmas(edad, valores, sintomas),
        quien=medidas.quien(recurso),
    )
