"""Who does the work: processes that know nothing of Django, or this one."""

import gc
import multiprocessing
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from typing import Any

from auditoria.verificacion.obrero import Encargo, Obrero


class Equipo:
    """Workers over one snapshot in processes of their own; or one, in this one."""

    def __init__(self, obrero: Obrero, procesos: int) -> None:
        self._obrero = obrero
        self._procesos = (
            ProcessPoolExecutor(
                procesos,
                mp_context=multiprocessing.get_context("spawn"),
                initializer=_contratar,
                initargs=(obrero.encargo,),
            )
            if procesos > 1
            else None
        )

    def hacer(self, tarea: Callable[..., Any], piezas: Iterable[tuple[Any, ...]]) -> Iterator[Any]:
        """The results of `tarea(worker, *piece)`, in the order of the pieces."""
        if self._procesos is None:
            for pieza in piezas:
                yield tarea(self._obrero, *pieza)
            return
        yield from self._procesos.map(_trabajar, [(tarea, pieza) for pieza in piezas])

    def despedir(self) -> None:
        if self._procesos is not None:
            self._procesos.shutdown(cancel_futures=True)


_contratado: Obrero | None = None


def _contratar(encargo: Encargo) -> None:
    global _contratado
    gc.disable()  # millions of rows and no cycle: looking for one is a tenth of the work
    _contratado = Obrero(encargo)


def _trabajar(orden: tuple[Callable[..., Any], tuple[Any, ...]]) -> Any:
    tarea, pieza = orden
    return tarea(_contratado, *pieza)
