"""Which medicines do not go together, nor with a disease, nor with an allergy."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum

from ece import fhir
from registros.catalogos.medicamentos.catalogo import Medicamento, filas, reconocer


class Severidad(IntEnum):
    """What a finding does: PROHIBIDA cannot be prescribed, GRAVE asks why, the rest is shown."""

    LEVE = 1
    MODERADA = 2
    GRAVE = 3
    PROHIBIDA = 4


_SEVERIDADES = {
    "": Severidad.LEVE,
    "leve": Severidad.LEVE,
    "moderada": Severidad.MODERADA,
    "grave": Severidad.GRAVE,
}


@dataclass(frozen=True, slots=True)
class Regla:
    """`a` with `b` (medicines, or for a disease the beginnings of CIE-10 keys)."""

    a: frozenset[str]
    b: frozenset[str]
    severidad: Severidad
    porque: str
    que_hacer: str
    fuente: str


@dataclass(frozen=True, slots=True)
class Familia:
    """A family of allergy; `hermanos`, what one member says against another."""

    nombres: frozenset[str]
    miembros: frozenset[str]
    hermanos: Severidad
    cruza: frozenset[str]
    severidad: Severidad
    porque: str
    fuente: str


def _conjunto(texto: str) -> frozenset[str]:
    return frozenset(parte.strip() for parte in texto.split(",") if parte.strip())


def _reglas(archivo: str, a: str, b: str) -> tuple[Regla, ...]:
    return tuple(
        Regla(
            _conjunto(fila[a]),
            _conjunto(fila[b]),
            _SEVERIDADES[fila["severidad"]],
            fila["porque"],
            fila["que_hacer"],
            fila["fuente"],
        )
        for fila in filas(archivo)
    )


INTERACCIONES = _reglas("interacciones.csv", "a", "b")
CONTRAINDICACIONES = _reglas("contraindicaciones.csv", "medicamento", "cie10")
FAMILIAS = tuple(
    Familia(
        _conjunto(fila["nombres"]),
        _conjunto(fila["miembros"]),
        _SEVERIDADES[fila["hermanos"]],
        _conjunto(fila["cruza"]),
        _SEVERIDADES[fila["severidad"]],
        fila["porque"],
        fila["fuente"],
    )
    for fila in filas("alergias.csv")
)


def interacciones(uno: Medicamento, otro: Medicamento) -> Iterator[Regla]:
    """The rules that speak of both, whichever comes first."""
    for regla in INTERACCIONES:
        if (uno.es(regla.a) and otro.es(regla.b)) or (uno.es(regla.b) and otro.es(regla.a)):
            yield regla


def alergia(alergeno: str, uno: Medicamento) -> tuple[Severidad, str, str] | None:
    """What an allergy written as `alergeno` says against a medicine: severity, why, source."""
    escrito = f" {' '.join(fhir.palabras(alergeno))} "
    conocido = reconocer(alergeno)
    if conocido is not None and {s.clave for s in conocido.sustancias} & {
        s.clave for s in uno.sustancias
    }:
        return Severidad.GRAVE, "Es la sustancia a la que es alérgico.", "Expediente"
    hallados = []
    for familia in FAMILIAS:
        nombrada = any(f" {nombre} " in escrito for nombre in familia.nombres)
        pariente = conocido is not None and conocido.es(familia.miembros)
        if not nombrada and not pariente:
            continue
        if uno.es(familia.miembros):
            severidad = Severidad.GRAVE if nombrada else familia.hermanos
            hallados.append(
                (severidad, "Pertenece a la misma familia.", familia.fuente or "FDA, fichas, 4")
            )
        elif uno.es(familia.cruza):
            hallados.append((familia.severidad, familia.porque, familia.fuente))
    return max(hallados, default=None, key=lambda hallado: hallado[0])
