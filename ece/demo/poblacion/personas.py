"""Invented people: names by their real frequencies, a well-formed CURP, a home, a coverage."""

import random
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from itertools import accumulate
from typing import Literal
from uuid import UUID

from ece.nucleo import frecuencias
from ece.nucleo.frecuencias import Sexo
from ece.nucleo.identificadores import ENTIDADES, calcular_curp, digito_de_luhn
from registros.catalogos import personas as catalogos
from registros.catalogos.personas import Clave
from registros.services.pacientes import Cobertura, Contacto, Domicilio, Identificacion

_COLONIAS = (
    "Centro", "Reforma", "Las Flores", "Jardines del Sur", "La Esperanza", "San Felipe",
    "Lomas Verdes", "El Mirador", "Benito Juárez", "Emiliano Zapata", "Los Pinos", "Santa Rosa",
    "Vista Hermosa", "La Joya", "Independencia", "20 de Noviembre", "Ampliación Norte",
)  # fmt: skip
_CALLES = (
    "Av. Hidalgo", "Calle Morelos", "Calle 5 de Mayo", "Av. Juárez", "Calle Allende", "Calle Nogal",
    "Calle Matamoros", "Calle Aldama", "Av. Universidad", "Calle Pino Suárez", "Calle Guerrero",
    "Andador Tulipanes", "Calle Abasolo", "Calle Galeana", "Av. Las Torres", "Calle Zaragoza",
)  # fmt: skip
_MUNICIPIOS = (
    ("Oaxaca de Juárez", "OC", "68"), ("Santa Lucía del Camino", "OC", "68"),
    ("Tlacolula de Matamoros", "OC", "70"), ("Puebla", "PL", "72"), ("Iztapalapa", "DF", "09"),
    ("Ecatepec de Morelos", "MC", "55"), ("Guadalajara", "JC", "44"), ("Mérida", "YN", "97"),
    ("Tuxtla Gutiérrez", "CS", "29"), ("Xalapa", "VZ", "91"), ("Monterrey", "NL", "64"),
)  # fmt: skip
_COBERTURAS = ("IMSS", "IMSS-Bienestar", "ISSSTE", "PEMEX", "Ninguna")
_PESOS_DE_COBERTURA = (41, 32, 9, 1, 17)
_EDADES = ((0, 1), (1, 6), (6, 15), (15, 30), (30, 45), (45, 60), (60, 75), (75, 94))
_PESOS_DE_EDAD = (4, 14, 22, 38, 54, 73, 90, 100)
_NATALES = tuple(ENTIDADES)[:-1]
_LADAS = ("951", "222", "55", "33", "999", "961", "228", "81")


_EPOCA = date(1970, 1, 1).toordinal()
_BITS_62 = (1 << 62) - 1
Urna = Literal["H", "M", "apellidos"]


@dataclass(frozen=True, slots=True)
class Sitio:
    """A professional at a unit: ids, and how documents name them."""

    profesional: UUID
    nombre: str
    unidad: UUID
    unidad_nombre: str


@dataclass(frozen=True, slots=True)
class Elenco:
    """Who treats them, and where."""

    consulta: Sitio
    urgencias: Sitio
    institucion: str


@dataclass(frozen=True, slots=True)
class Persona:
    id: UUID
    identificacion: Identificacion
    sexo: Sexo  # biological

    @property
    def nacimiento(self) -> date:
        nacio = self.identificacion.fecha_nacimiento
        assert nacio is not None
        return nacio

    def edad(self, hoy: date) -> int:
        n = self.nacimiento
        return hoy.year - n.year - ((hoy.month, hoy.day) < (n.month, n.day))


@cache
def _urna(clase: Urna) -> tuple[list[str], list[float]]:
    pares = frecuencias.apellidos() if clase == "apellidos" else frecuencias.nombres(clase)
    return [nombre for nombre, _ in pares], list(accumulate(peso for _, peso in pares))


def _sacar(azar: random.Random, clase: Urna) -> str:
    palabras, acumulados = _urna(clase)
    return azar.choices(palabras, cum_weights=acumulados)[0]


def uuid_de(azar: random.Random, dia: date) -> UUID:
    """A UUIDv7-shaped id whose time is `dia`, the same for the same seed."""
    milisegundos = (dia.toordinal() - _EPOCA) * 86_400_000 + int(azar.random() * 86_400_000)
    valor = azar.getrandbits(74)
    return UUID(int=milisegundos << 80 | 7 << 76 | (valor >> 62) << 64 | 2 << 62 | valor & _BITS_62)


def _nacimiento(azar: random.Random, hoy: date, *, adulto: bool) -> date:
    """Ages as a public hospital sees them: many children, many over fifty."""
    if adulto:
        return hoy - timedelta(days=azar.randrange(50 * 365, 75 * 365))
    banda = azar.choices(_EDADES, cum_weights=_PESOS_DE_EDAD)[0]
    return hoy - timedelta(
        days=azar.randrange(max(4, int(banda[0] * 365.25)), int(banda[1] * 365.25))
    )


def _sin_curp(azar: random.Random, edad_en_dias: int, *, extranjero: bool) -> str:
    """Why somebody has no CURP; empty for almost everybody."""
    if extranjero:
        return "Persona extranjera sin CURP" if azar.random() < 0.7 else ""
    if edad_en_dias < 60:
        return "Recién nacido; registro civil en trámite"
    return "No presenta la CURP" if azar.random() < 0.008 else ""


def _nss(azar: random.Random, nacimiento: date) -> str:
    """Subdelegation, year of enrolment, year of birth, number, check digit."""
    alta = (nacimiento.year + azar.randrange(18, 26)) % 100
    numero = f"{nacimiento.year % 100:02d}{azar.randrange(10**4):04d}"
    cifras = f"{azar.randrange(1, 97):02d}{alta:02d}{numero}"
    return cifras + digito_de_luhn(cifras)


def _domicilio(azar: random.Random, municipio: str, entidad: str, prefijo: str) -> Domicilio:
    return Domicilio(
        f"{azar.choice(_CALLES)} {azar.randrange(1, 900)}",
        azar.choice(_COLONIAS),
        Clave(texto=municipio),
        catalogos.por_texto(catalogos.ENTIDADES, ENTIDADES[entidad]),
        f"{prefijo}{azar.randrange(1000):03d}",
    )


def persona(azar: random.Random, *, hoy: date, adulto: bool = False) -> Persona:
    """One invented person."""
    sexo: Sexo = "H" if azar.random() < 0.5 else "M"
    nombre = _sacar(azar, sexo)
    if azar.random() < 0.4 and (segundo := _sacar(azar, sexo)) != nombre:
        nombre = f"{nombre} {segundo}"
    primero, segundo_apellido = _sacar(azar, "apellidos"), _sacar(azar, "apellidos")
    nacimiento = _nacimiento(azar, hoy, adulto=adulto)
    edad_en_dias = (hoy - nacimiento).days
    menor = edad_en_dias < 18 * 365.25
    if azar.random() < 0.03:
        segundo_apellido = ""
    municipio, entidad, prefijo = azar.choice(_MUNICIPIOS)
    extranjero = azar.random() < 0.01
    natal = "NE" if extranjero else entidad if azar.random() < 0.8 else azar.choice(_NATALES)
    sin_curp = _sin_curp(azar, edad_en_dias, extranjero=extranjero)
    sexo_curp = "X" if azar.random() < 0.002 else sexo
    curp = ""
    if not sin_curp:
        curp = calcular_curp(
            nombre=nombre,
            primer_apellido=primero,
            segundo_apellido=segundo_apellido,
            fecha_nacimiento=nacimiento,
            sexo=sexo_curp,
            entidad=natal,
            homoclave=azar.choice("0123456789" if nacimiento.year < 2000 else "ABCDEFGHJK"),
        )
    cobertura = azar.choices(_COBERTURAS, _PESOS_DE_COBERTURA)[0]
    lada = azar.choice(_LADAS)
    telefono = lada + f"{azar.randrange(10 ** (10 - len(lada))):0{10 - len(lada)}d}"
    contacto = Contacto(
        f"{_sacar(azar, 'M')} {segundo_apellido or primero}",
        "madre" if menor else azar.choice(("cónyuge", "hermana", "hija", "madre")),
        telefono if menor else "",
    )
    return Persona(
        id=uuid_de(azar, hoy - timedelta(days=azar.randrange(1500))),
        sexo=sexo,
        identificacion=Identificacion(
            nombre=nombre,
            primer_apellido=primero,
            segundo_apellido=segundo_apellido,
            fecha_nacimiento=nacimiento,
            sexo_curp=sexo_curp,
            sexo_biologico="masculino" if sexo == "H" else "femenino",
            genero="no binario" if sexo_curp == "X" else "",
            curp=curp,
            sin_curp_motivo=sin_curp,
            entidad_nacimiento=natal,
            nacionalidad=catalogos.propia(
                catalogos.NACIONALIDADES,
                azar.choice(("GTM", "HND", "VEN")) if extranjero else "MEX",
            ),
            domicilio=_domicilio(azar, municipio, entidad, prefijo),
            telefono=telefono,
            coberturas=(Cobertura(catalogos.por_texto(catalogos.AFILIACIONES, cobertura)),),
            nss=_nss(azar, nacimiento) if cobertura == "IMSS" and not menor else "",
            contactos=(contacto,),
        ),
    )
