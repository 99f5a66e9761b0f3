"""Invented people: names by their real frequencies, a well-formed CURP, a home, a coverage."""

import random
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from itertools import accumulate
from uuid import UUID

from ece.nucleo import frecuencias
from ece.nucleo.identificadores import ENTIDADES, calcular_curp, digito_de_luhn
from registros.services.pacientes import Contacto, Domicilio, Identificacion

_COLONIAS = (
    "Centro", "Reforma", "Las Flores", "Jardines del Sur", "La Esperanza", "San Felipe",
    "Lomas Verdes", "El Mirador", "Benito Juárez", "Emiliano Zapata", "Los Pinos", "Santa Rosa",
    "Vista Hermosa", "La Joya", "Independencia", "20 de Noviembre", "Ampliación Norte",
)  # fmt: skip
_CALLES = (
    "Av. Hidalgo", "Calle Morelos", "Calle 5 de Mayo", "Av. Juárez", "Calle Allende", "Privada Nogal",
    "Calle Matamoros", "Calle Aldama", "Av. Universidad", "Calle Pino Suárez", "Calle Guerrero",
    "Andador Tulipanes", "Calle Abasolo", "Calle Galeana", "Av. Las Torres", "Calle Vicente Guerrero",
)  # fmt: skip
_MUNICIPIOS = (
    ("Oaxaca de Juárez", "OC", "68"), ("Santa Lucía del Camino", "OC", "68"),
    ("Tlacolula de Matamoros", "OC", "70"), ("Puebla", "PL", "72"), ("Iztapalapa", "DF", "09"),
    ("Ecatepec de Morelos", "MC", "55"), ("Guadalajara", "JC", "44"), ("Mérida", "YN", "97"),
    ("Tuxtla Gutiérrez", "CS", "29"), ("Xalapa", "VZ", "91"), ("Monterrey", "NL", "64"),
)  # fmt: skip
_COBERTURAS = (("IMSS", 0.42), ("IMSS-Bienestar", 0.32), ("ISSSTE", 0.09), ("Ninguna", 0.17))
_LADAS = ("951", "222", "55", "33", "999", "961", "228", "81")


@dataclass(frozen=True, slots=True)
class Elenco:
    """Who treats them, and where: ids and how documents name them."""

    profesional: UUID
    nombre: str
    unidad: UUID
    unidad_nombre: str
    institucion: str


@dataclass(frozen=True, slots=True)
class Persona:
    id: UUID
    identificacion: Identificacion
    sexo: str  # biological: H or M

    def edad(self, hoy: date) -> int:
        n = self.identificacion.fecha_nacimiento
        return hoy.year - n.year - ((hoy.month, hoy.day) < (n.month, n.day))


@cache
def _urna(clase: str) -> tuple[list[str], list[float]]:
    pares = frecuencias.apellidos() if clase == "apellidos" else frecuencias.nombres(clase)
    return [nombre for nombre, _ in pares], list(accumulate(peso for _, peso in pares))


def _sacar(azar: random.Random, clase: str) -> str:
    palabras, acumulados = _urna(clase)
    return azar.choices(palabras, cum_weights=acumulados)[0]


def uuid_de(azar: random.Random, dia: date) -> UUID:
    """A UUIDv7-shaped id whose time is `dia`, the same for the same seed."""
    milisegundos = (dia.toordinal() - 719163) * 86_400_000 + azar.randrange(86_400_000)
    valor = milisegundos << 80 | azar.getrandbits(80)
    valor = (valor & ~(0xF << 76)) | 0x7 << 76
    return UUID(int=(valor & ~(0x3 << 62)) | 0x2 << 62)


def _nacimiento(azar: random.Random, hoy: date) -> date:
    """Ages as a public hospital sees them: many children, many over fifty."""
    edad = azar.choices((2, 10, 25, 40, 55, 68, 82), weights=(14, 12, 20, 17, 17, 13, 7))[0]
    return hoy - timedelta(days=max(20, int(edad * 365.25 + azar.uniform(-1600, 1600))))


def persona(azar: random.Random, *, hoy: date) -> Persona:
    """One invented person."""
    sexo = azar.choice("HM")
    nombre = _sacar(azar, sexo)
    if azar.random() < 0.4 and (segundo := _sacar(azar, sexo)) != nombre:
        nombre = f"{nombre} {segundo}"
    primero, segundo_apellido = _sacar(azar, "apellidos"), _sacar(azar, "apellidos")
    if azar.random() < 0.03:
        segundo_apellido = ""
    nacimiento = _nacimiento(azar, hoy)
    municipio, entidad, prefijo = azar.choice(_MUNICIPIOS)
    extranjero = azar.random() < 0.01
    natal = "NE" if extranjero else entidad if azar.random() < 0.8 else azar.choice(list(ENTIDADES)[:-1])
    sin_curp = "extranjero sin CURP" if extranjero else ""
    if (hoy - nacimiento).days < 60:
        sin_curp = "recién nacido en trámite"
    sexo_curp = "X" if azar.random() < 0.002 else sexo
    homoclave = azar.choice("0123456789" if nacimiento.year < 2000 else "ABCDEFGHJK")
    curp = "" if sin_curp else calcular_curp(
        nombre=nombre, primer_apellido=primero, segundo_apellido=segundo_apellido,
        fecha_nacimiento=nacimiento, sexo=sexo_curp, entidad=natal, homoclave=homoclave,
    )  # fmt: skip
    cobertura = azar.choices([c for c, _ in _COBERTURAS], [p for _, p in _COBERTURAS])[0]
    nss = ""
    if cobertura.startswith("IMSS") and cobertura == "IMSS":
        cifras = f"{azar.randrange(10**10):010d}"
        nss = cifras + digito_de_luhn(cifras)
    lada = azar.choice(_LADAS)
    telefono = lada + f"{azar.randrange(10 ** (10 - len(lada))):0{10 - len(lada)}d}"
    menor = (hoy - nacimiento).days < 18 * 365
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
            nacionalidad="GTM" if extranjero else "MEX",
            domicilio=Domicilio(
                f"{azar.choice(_CALLES)} {azar.randrange(1, 900)}",
                azar.choice(_COLONIAS),
                municipio,
                ENTIDADES[entidad],
                f"{prefijo}{azar.randrange(1000):03d}",
            ),
            telefono=telefono,
            derechohabiencia=cobertura,
            nss=nss,
            contacto=contacto,
        ),
    )
