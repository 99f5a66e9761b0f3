"""Who may do what, written out: every permission, post, tie, state of consent and label.

The table and the list of addresses in ``docs/permisos/`` are made from the decision and from the
URLconf, and kept under review: a change of rights is a difference that somebody reads. With
``ECE_ESCRIBIR_MATRIZ=1`` this test writes them anew (``make matriz``).
"""

import os
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

import pytest
from django.conf import settings

from consentimiento.decision.politica import decidir
from consentimiento.decision.terminos import Hechos, Relacion, Solicitud
from consentimiento.directivas import Destino, Directiva, Rango
from ece.nucleo.acceso import Actor, Asignado
from ece.nucleo.reserva import Ambito, Renglon
from ece.nucleo.roles import Permiso, Rol
from registros.catalogos.sensibles import Categoria
from tests.contratos.urlconf import direcciones
from tests.elenco import AHORA

CARPETA = Path(settings.BASE_DIR) / "docs" / "permisos"
QUIEN, AUTOR, UNIDAD = UUID(int=1), UUID(int=2), UUID(int=3)
TODAS = frozenset(c.value for c in Categoria)
AL_PUESTO = frozenset({Destino(Rango.UNIDAD, str(UNIDAD))})
A_LA_PERSONA = frozenset({Destino(Rango.PERSONA, str(QUIEN))})
ESTADOS: dict[str, tuple[Directiva, ...]] = {
    "sin directivas": (),
    "niega a la unidad": (Directiva(UUID(int=9), False, AL_PUESTO),),
    "niega lo sensible": (Directiva(UUID(int=9), False, ambito=Ambito(etiquetas=TODAS)),),
    "niega y exceptúa a la persona": (
        Directiva(UUID(int=9), False),
        Directiva(UUID(int=8), True, A_LA_PERSONA, ambito=Ambito(tipos=frozenset({"Observation"}))),
    ),
    "abre lo sensible a la persona": (
        Directiva(UUID(int=8), True, A_LA_PERSONA, ambito=Ambito(etiquetas=TODAS)),
    ),
}
ETIQUETAS = (None, *Categoria)


def _celda(actor: Actor, permiso: Permiso, hechos: Hechos) -> str:
    """``-`` refused; else a mark a label: `n` for none, its letter, or ``.`` when hidden."""
    respuesta = decidir(Solicitud(actor, permiso, hechos, AHORA))
    if not respuesta.permitido:
        return "-"
    marcas = []
    for etiqueta in ETIQUETAS:
        renglon = Renglon(
            "Observation",
            (etiqueta.value,) if etiqueta else (),  # type: ignore[arg-type]
            None,
            AUTOR,
        )
        letra = etiqueta.value[0].lower() if etiqueta else "n"
        marcas.append("." if respuesta.reserva.oculta(renglon) else letra)
    return "".join(marcas)


def _renglones() -> Iterator[str]:
    yield "\t".join(("permiso", "rol", "relación", "fundamento", *ESTADOS))
    relaciones: list[Relacion | None] = [None, *Relacion]
    for permiso in Permiso:
        for rol in Rol:
            actor = Actor(QUIEN, "persona", "", (Asignado(rol, UNIDAD),))
            for relacion in relaciones:
                nuevo = relacion in (Relacion.ADMISION, Relacion.NACIMIENTO)
                lazos = frozenset({relacion} if relacion else ())
                hechos = {
                    estado: Hechos(
                        not nuevo, lazos, frozenset({Permiso.EXPEDIENTE_LEER}), directivas=dirigido
                    )
                    for estado, dirigido in ESTADOS.items()
                }
                celdas = [_celda(actor, permiso, uno) for uno in hechos.values()]
                if set(celdas) == {"-"}:
                    continue  # what no consent opens is not written: the default is no
                respuesta = decidir(Solicitud(actor, permiso, hechos["sin directivas"], AHORA))
                lazo = relacion.value if relacion else "(ninguna)"
                yield "\t".join((permiso, rol, lazo, respuesta.fundamento, *celdas))


def _guardas() -> Iterator[str]:
    yield "dirección\tguarda"
    for direccion in sorted(direcciones(), key=lambda d: (d.nombre, d.ruta)):
        yield f"{direccion.nombre or direccion.ruta}\t{direccion.guarda or '?'}"


@pytest.mark.parametrize(
    ("archivo", "generar"), [("matriz.tsv", _renglones), ("direcciones.tsv", _guardas)]
)
def test_what_is_written_is_what_is_decided(archivo: str, generar) -> None:  # type: ignore[no-untyped-def]
    ruta, texto = CARPETA / archivo, "\n".join(generar()) + "\n"
    if os.environ.get("ECE_ESCRIBIR_MATRIZ"):
        ruta.parent.mkdir(exist_ok=True)
        ruta.write_text(texto, encoding="utf-8")
    assert ruta.read_text(encoding="utf-8") == texto, "los derechos cambiaron: corra `make matriz`"
