"""Two records of one person: linked, and told apart again, without moving or losing a row.

Each Patient names the other (FHIR Patient.link): the one that goes on `replaces`, the other is
`replaced-by`. Unlinking takes exactly that away.
"""

from collections.abc import Callable
from datetime import datetime

from auditoria.actos import VersionEnConflicto, acto
from auditoria.tipos import TipoDeEvento
from ece.nucleo.acceso import Acceso
from ece.nucleo.roles import Permiso
from registros.models import Paciente
from registros.models.base import Recurso, referido
from registros.models.paciente import EXTENSION

__all__ = ["NoVinculados", "VersionEnConflicto", "VinculoImposible", "desvincular", "vincular"]

SIGUE, SUSTITUIDO = "replaces", "replaced-by"


class VinculoImposible(Exception):
    """The two records cannot be linked; the message says why."""


class NoVinculados(Exception):
    """The two records are not linked."""


def vincular(principal: Acceso, otro: Acceso, *, motivo: str, ahora: datetime) -> None:
    """Say that both records are of one person, who goes on in the one of `principal`.

    Raises `VinculoImposible`, `VersionEnConflicto`.
    """
    if principal.paciente == otro.paciente:
        raise VinculoImposible("Es el mismo expediente.")

    def con_enlace(uno: Paciente, el_otro: Paciente, tipo: str) -> Recurso:
        enlaces = uno.identidad.vinculos
        if any(vinculo.paciente == el_otro.id for vinculo in enlaces):
            raise VinculoImposible("Ya están vinculados.")
        if any(vinculo.tipo == SUSTITUIDO for vinculo in enlaces):
            raise VinculoImposible("Uno de los dos ya continúa en otro expediente.")
        enlace: Recurso = {
            "extension": [
                {"url": f"{EXTENSION}vinculo-motivo", "valueString": motivo},
                {
                    "url": f"{EXTENSION}vinculo-fecha",
                    "valueDateTime": ahora.isoformat(timespec="seconds"),
                },
            ],
            "other": {
                "reference": f"Patient/{el_otro.id}",
                "display": el_otro.identidad.expediente,
            },
            "type": tipo,
        }
        return {**uno.recurso, "link": [*uno.recurso.get("link", ()), enlace]}

    _escribir(principal, otro, con_enlace, TipoDeEvento.PACIENTE_VINCULADO, ahora)


def desvincular(uno: Acceso, otro: Acceso, *, ahora: datetime) -> None:
    """Say that they were two people after all. Raises `NoVinculados`, `VersionEnConflicto`."""

    def sin_enlace(uno: Paciente, el_otro: Paciente, _tipo: str) -> Recurso:
        enlaces = uno.recurso.get("link", [])
        quedan = [e for e in enlaces if referido(e.get("other"), "Patient") != el_otro.id]
        if len(quedan) == len(enlaces):
            raise NoVinculados(f"{uno.id} y {el_otro.id}")
        sin = {clave: valor for clave, valor in uno.recurso.items() if clave != "link"}
        return {**sin, "link": quedan} if quedan else sin

    _escribir(uno, otro, sin_enlace, TipoDeEvento.PACIENTE_DESVINCULADO, ahora)


def _escribir(
    uno: Acceso,
    otro: Acceso,
    cambio: Callable[[Paciente, Paciente, str], Recurso],
    tipo: TipoDeEvento,
    ahora: datetime,
) -> None:
    """Both or neither."""
    for acceso in (uno, otro):
        acceso.exigir(Permiso.PACIENTE_VINCULAR)
    with acto(uno, otro, tipo=tipo, ahora=ahora) as el_acto:
        a, b = (Paciente.objects.de(acceso).get() for acceso in (uno, otro))
        assert isinstance(a, Paciente)
        assert isinstance(b, Paciente)
        nuevos = (uno, a, cambio(a, b, SIGUE)), (otro, b, cambio(b, a, SUSTITUIDO))
        for acceso, paciente, recurso in nuevos:
            el_acto.reemplazar(paciente.siguiente(acceso, recurso, ahora=ahora))
