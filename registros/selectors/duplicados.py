"""People who may be one and the same: before registering somebody, and afterwards.

Each is found by a token of something shared, and graded by what its summary says.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum, unique
from uuid import UUID

from django.utils.translation import gettext_noop as _

from ece.nucleo import fichas, frecuencias
from ece.nucleo.acceso import Acceso, Alcance
from ece.nucleo.roles import Permiso
from registros.models import Paciente
from registros.models.base import Recurso
from registros.models.identificacion import Identificacion
from registros.models.identificacion_en_fhir import de_recurso
from registros.models.paciente import (
    SISTEMA_CURP,
    SISTEMA_NSS,
    ResumenDeIdentidad,
    identificador,
)
from registros.selectors import pacientes

LIMITE = 8
SEGURO, PROBABLE = 90, 60


@unique
class Razon(StrEnum):
    """Why two people may be one, in words."""

    CURP = _("misma CURP")
    NSS = _("mismo número de seguridad social")
    NOMBRE = _("nombre que suena igual")
    APELLIDO = _("primer apellido que suena igual")
    FECHA = _("misma fecha de nacimiento")
    FECHA_CASI = _("fecha de nacimiento casi igual")
    SIN_FECHA = _("sin fecha de nacimiento que comparar")
    TELEFONO = _("mismo teléfono")


_PESOS = {
    Razon.CURP: 100,
    Razon.NSS: 70,
    Razon.NOMBRE: 35,
    Razon.APELLIDO: 15,
    Razon.FECHA: 35,
    Razon.FECHA_CASI: 20,
    Razon.SIN_FECHA: 10,
    Razon.TELEFONO: 25,
}
_MINIMO = 45


@unique
class Grado(StrEnum):
    SEGURO = _("Casi seguro")
    PROBABLE = _("Probable")
    POSIBLE = _("Posible")


@dataclass(frozen=True, slots=True)
class Parecido:
    """Somebody who may be the one asked about, how likely, and why."""

    quien: ResumenDeIdentidad
    puntos: int
    razones: tuple[Razon, ...]

    @property
    def grado(self) -> Grado:
        if self.puntos >= SEGURO:
            return Grado.SEGURO
        return Grado.PROBABLE if self.puntos >= PROBABLE else Grado.POSIBLE


@dataclass(frozen=True, slots=True)
class Senas:
    """What is known of whoever is looked for; any part may be missing."""

    nombre: str = ""
    primer_apellido: str = ""
    fecha_nacimiento: date | None = None
    curp: str = ""
    nss: str = ""
    telefono: str = ""


def buscar(alcance: Alcance, senas: Senas, *, excepto: Iterable[UUID] = ()) -> list[Parecido]:
    """Those who may be the person of `senas`, the likeliest first."""
    alcance.exigir(Permiso.PACIENTE_LISTAR)
    hallados: dict[UUID, tuple[ResumenDeIdentidad, set[Razon]]] = {}
    for razon, grupos in _consultas(senas):
        for resumen in pacientes.candidatos(alcance, sorted(grupos, key=len), LIMITE):
            _, razones = hallados.setdefault(resumen.id, (resumen, set()))
            if razon is not None:
                razones.add(razon)
    fuera = set(excepto)
    parecidos = []
    for resumen, compartido in hallados.values():
        razones = compartido | _comparar(senas, resumen)
        puntos = sum(_PESOS[razon] for razon in razones)
        if puntos >= _MINIMO and resumen.id not in fuera and resumen.provisional != "desconocido":
            en_orden = tuple(razon for razon in Razon if razon in razones)
            parecidos.append(Parecido(resumen, puntos, en_orden))
    return sorted(parecidos, key=lambda p: (-p.puntos, p.quien.nombre))[:LIMITE]


def de_paciente(acceso: Acceso, alcance: Alcance) -> list[Parecido]:
    """Who else may be the patient of `acceso`; those already linked are left out."""
    acceso.exigir(Permiso.PACIENTE_VINCULAR)
    paciente = Paciente.objects.de(acceso).get()
    assert isinstance(paciente, Paciente)
    if paciente.identidad.provisional == "desconocido":
        return []
    vinculados = [vinculo.paciente for vinculo in paciente.identidad.vinculos]
    return buscar(
        alcance, _senas(de_recurso(paciente.recurso)), excepto=[acceso.paciente, *vinculados]
    )


def _senas(i: Identificacion) -> Senas:
    return Senas(i.nombre, i.primer_apellido, i.fecha_nacimiento, i.curp, i.nss, i.telefono)


def senas_de(recurso: Recurso) -> Senas:
    """What a valid Patient, whole or not, says to know somebody by."""
    nombre: Recurso = next(iter(recurso.get("name", ())), {})
    telefonos = (t for t in recurso.get("telecom", ()) if t.get("system") == "phone")
    try:
        nacimiento = date.fromisoformat(recurso.get("birthDate", ""))
    except ValueError:
        nacimiento = None
    return Senas(
        nombre=" ".join(parte for parte in nombre.get("given", ()) if parte),
        primer_apellido=nombre.get("family", ""),
        fecha_nacimiento=nacimiento,
        curp=identificador(recurso, SISTEMA_CURP),
        nss=identificador(recurso, SISTEMA_NSS),
        telefono=next((t["value"] for t in telefonos if t.get("value")), ""),
    )


def _consultas(senas: Senas) -> Iterable[tuple[Razon | None, list[list[int]]]]:
    """(what finding it proves, groups of tokens: one of each group must be there)."""
    for razon, sistema, valor in (
        (Razon.CURP, SISTEMA_CURP, senas.curp.upper()),
        (Razon.NSS, SISTEMA_NSS, senas.nss),
    ):
        if valor:
            yield razon, [[fichas.ficha("Patient.identifier", f"{sistema}|{valor}")]]
    if senas.telefono:
        yield Razon.TELEFONO, [[fichas.ficha("Patient.phone", senas.telefono)]]
    apellidos, nombres = fichas.palabras(senas.primer_apellido), fichas.palabras(senas.nombre)
    if not apellidos:
        return
    apellido = fichas.busqueda_de_palabra(apellidos[0], fonetica=True)
    if senas.fecha_nacimiento is not None:
        dia = fichas.ficha("Patient.birthdate", f"C:{senas.fecha_nacimiento.isoformat()}")
        yield None, [[dia], apellido]
    if nombres:
        yield None, [apellido, fichas.busqueda_de_palabra(nombres[0], fonetica=True)]


def _comparar(senas: Senas, resumen: ResumenDeIdentidad) -> set[Razon]:
    razones = set()
    if senas.curp and senas.curp.upper() == resumen.curp:
        razones.add(Razon.CURP)
    suenan = set(map(frecuencias.fonetica, fichas.palabras(resumen.nombre)))
    apellidos, nombres = fichas.palabras(senas.primer_apellido), fichas.palabras(senas.nombre)
    if apellidos and frecuencias.fonetica(apellidos[0]) in suenan:
        mismo = nombres and frecuencias.fonetica(nombres[0]) in suenan
        razones.add(Razon.NOMBRE if mismo else Razon.APELLIDO)
    if senas.fecha_nacimiento is not None and resumen.nacimiento is not None:
        una, otra = senas.fecha_nacimiento, resumen.nacimiento
        if una == otra:
            razones.add(Razon.FECHA)
        elif _casi(una, otra):
            razones.add(Razon.FECHA_CASI)
    elif Razon.NOMBRE in razones:
        razones.add(Razon.SIN_FECHA)
    return razones


def _casi(una: date, otra: date) -> bool:
    """A slip of the pen: day and month the other way round, or one of the three parts."""
    partes, otras = (una.year, una.month, una.day), (otra.year, otra.month, otra.day)
    if una.year == otra.year and (una.month, una.day) == (otra.day, otra.month):
        return True
    return sum(a == b for a, b in zip(partes, otras, strict=True)) == 2
