"""What the latest measurements say together: computed values, and what is out of range by age."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from ece.nucleo.acceso import Acceso
from ece.nucleo.roles import Permiso
from registros.catalogos import formulas
from registros.catalogos.edades import meses_cumplidos
from registros.catalogos.formulas import Calculado
from registros.catalogos.signos import SIGNOS, SISTEMA_LOINC, Signo, esperado
from registros.selectors import expediente, medidas
from registros.selectors.medidas import Medida
from registros.selectors.signos import Serie

CREATININA = "2160-0"
_ADULTO = 18 * 12


@dataclass(frozen=True, slots=True)
class FueraDeRango:
    """The latest of a sign, outside what is expected at that age."""

    signo: Signo
    valor: Decimal
    fecha: datetime
    bajo: Decimal
    alto: Decimal


def de_paciente(
    acceso: Acceso, series: list[Serie], *, hoy: date
) -> tuple[list[Calculado], list[FueraDeRango]]:
    """Both, from the latest of each series and the latest creatinine in mg/dL (LOINC 2160-0)."""
    acceso.exigir(Permiso.EXPEDIENTE_LEER)
    identidad, _recurso, _version = expediente.identidad(acceso)
    ultimas = {s.signo.clave: s.puntos[-1] for s in series}
    valores = {clave: punto.valor for clave, punto in ultimas.items()}
    calculados = []
    if "sistolica" in valores and "diastolica" in valores:
        calculados.append(formulas.presion_media(valores["sistolica"], valores["diastolica"]))
    if "peso" in valores and "talla" in valores:
        calculados.append(formulas.masa_corporal(valores["peso"], valores["talla"]))
        calculados.append(formulas.superficie_corporal(valores["peso"], valores["talla"]))
    if identidad.nacimiento is None:
        return calculados, []
    meses = meses_cumplidos(identidad.nacimiento, hoy)
    creatinina = _creatinina(acceso)
    if creatinina is not None:
        filtrado = _filtrado(creatinina, meses, identidad.sexo, valores.get("talla"))
        calculados += [filtrado] if filtrado else []
    fuera = []
    for clave, punto in ultimas.items():
        rango = esperado(clave, meses)
        if rango is not None and not rango[0] <= punto.valor <= rango[1]:
            fuera.append(FueraDeRango(SIGNOS[clave], punto.valor, punto.fecha, *rango))
    return calculados, fuera


def _creatinina(acceso: Acceso) -> Medida | None:
    encontradas = medidas.cifras(acceso, f"{SISTEMA_LOINC}|{CREATININA}", limite=1)
    return next((m for m in encontradas if m.unidad == "mg/dL" and m.valor > 0), None)


def _filtrado(creatinina: Medida, meses: int, sexo: str, talla: Decimal | None) -> Calculado | None:
    if meses >= _ADULTO:
        if sexo not in ("male", "female"):
            return None
        return formulas.filtrado_ckd_epi(creatinina.valor, meses // 12, mujer=sexo == "female")
    if talla is None or meses < 12:
        return None
    return formulas.filtrado_schwartz(creatinina.valor, talla)
