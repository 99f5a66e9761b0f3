"""A child's measurements against WHO's references."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.utils import timezone

from ece.nucleo.acceso import Acceso
from registros.catalogos import crecimiento as catalogo
from registros.catalogos.crecimiento import INDICADORES, Indicador
from registros.catalogos.signos import SISTEMA_LOINC
from registros.selectors import expediente, medidas


@dataclass(frozen=True, slots=True)
class Medicion:
    """A measurement at an age in days, with its z-score, percentile and meaning."""

    fecha: datetime
    dias: int
    valor: Decimal
    z: float
    percentil: float
    lectura: str
    grado: str

    @property
    def meses(self) -> float:
        return self.dias / catalogo.DIAS_POR_MES


@dataclass(frozen=True, slots=True)
class Curva:
    """What one chart shows; `mediciones` oldest first."""

    indicador: Indicador
    sexo: str
    mediciones: list[Medicion]


@dataclass(frozen=True, slots=True)
class Crecimiento:
    nacimiento: date | None
    sexo: str
    curvas: list[Curva]

    @property
    def comparable(self) -> bool:
        """Whether there is a reference: birth date known and sex male or female."""
        return self.nacimiento is not None and self.sexo in ("male", "female")


def curvas(acceso: Acceso) -> Crecimiento:
    """Every indicator with its measurements up to the age where its reference ends."""
    identidad, _recurso, _version = expediente.identidad(acceso)
    nacimiento, sexo = identidad.nacimiento, identidad.sexo
    if nacimiento is None:
        return Crecimiento(nacimiento, sexo, [])
    return Crecimiento(
        nacimiento,
        sexo,
        [
            Curva(indicador, sexo, _mediciones(acceso, indicador, nacimiento, sexo))
            for indicador in INDICADORES
        ],
    )


def _mediciones(
    acceso: Acceso, indicador: Indicador, nacimiento: date, sexo: str
) -> list[Medicion]:
    encontradas = medidas.cifras(acceso, f"{SISTEMA_LOINC}|{indicador.loinc}")
    hechas = []
    for medida in reversed(encontradas):
        dias = (timezone.localtime(medida.fecha).date() - nacimiento).days
        lms = catalogo.lms(indicador.clave, sexo, dias)
        if lms is None or medida.valor <= 0:
            continue
        z = lms.z(float(medida.valor), por_peso=indicador.por_peso)
        texto, grado = catalogo.lectura(indicador.clave, z, dias)
        hechas.append(
            Medicion(medida.fecha, dias, medida.valor, z, catalogo.percentil(z), texto, grado)
        )
    return hechas
