"""What the author of a note has written, and what the norm still asks for."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from registros.catalogos.notas import Clase, Reactivo, Seccion, TipoDeNota, norma
from registros.services.diagnosticos import NuevoDiagnostico
from registros.services.respuestas import Valor


@dataclass(frozen=True, slots=True)
class Contenido:
    """Texts by key of section, answers by `Seccion.clave_de`, signs, diagnoses."""

    textos: Mapping[str, str] = field(default_factory=dict)
    signos: Mapping[str, Decimal] = field(default_factory=dict)
    diagnosticos: tuple[NuevoDiagnostico, ...] = ()
    respuestas: Mapping[str, Valor] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Falta:
    """A required section, or a required item of one (`reactivo`), that has nothing written."""

    seccion: Seccion
    reactivo: Reactivo | None = None

    @property
    def clave(self) -> str:
        """Of the field where it is written."""
        return self.seccion.clave_de(self.reactivo) if self.reactivo else self.seccion.clave

    @property
    def numeral(self) -> str:
        return (self.reactivo and self.reactivo.numeral) or self.seccion.numeral

    def __str__(self) -> str:
        titulo = self.seccion.titulo
        if self.reactivo:
            titulo = f"{titulo}: {self.reactivo.titulo}"
        return f"Falta «{titulo}» ({norma(self.numeral)})."


def faltas(tipo: TipoDeNota, contenido: Contenido) -> tuple[Falta, ...]:
    """What is still empty of what `tipo` requires, in the norm's order.

    An optional section of items is asked for whole once something of it is answered.
    """
    return tuple(falta for seccion in tipo.secciones for falta in _de(seccion, contenido))


def _de(seccion: Seccion, contenido: Contenido) -> list[Falta]:
    if seccion.clase is Clase.REACTIVOS:
        hechos = {r.clave for r in seccion.reactivos if seccion.clave_de(r) in contenido.respuestas}
        if not hechos and not seccion.requerida:
            return []
        pendientes = [r for r in seccion.reactivos if r.requerido and r.clave not in hechos]
        return [Falta(seccion, r) for r in pendientes] or ([] if hechos else [Falta(seccion)])
    escrita = {
        Clase.TEXTO: bool(contenido.textos.get(seccion.clave, "").strip()),
        Clase.SIGNOS: bool(contenido.signos),
        Clase.DIAGNOSTICOS: bool(contenido.diagnosticos),
    }[seccion.clase]
    return [Falta(seccion)] if seccion.requerida and not escrita else []
