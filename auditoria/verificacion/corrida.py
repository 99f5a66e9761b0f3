"""A whole verification: one snapshot, pieces of work in several processes, what each found.

An interrupted run goes on from where it was: what is sealed does not change, so the events that
were already held against their seals are not read again (the state is authenticated, and of a day).
"""

import contextlib
import os
import secrets
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field

import psycopg
from django.apps import apps
from django.db import connection
from psycopg.conninfo import make_conninfo

from auditoria import compromiso, mapa
from auditoria.mapa import NADA, Pieza
from auditoria.notas import Checkpoint
from auditoria.sello import llaves
from auditoria.verificacion import arbol, guardas, testimonios, versiones
from auditoria.verificacion.arbol import Bosque
from auditoria.verificacion.equipo import Equipo
from auditoria.verificacion.estado import Estado
from auditoria.verificacion.hallazgos import Clase, Hallazgo
from auditoria.verificacion.obrero import Corte, Encargo, Obrero, Revisado, Tramo
from auditoria.verificacion.sumas import Sumas
from auditoria.verificacion.versiones import Tabla
from ece.nucleo.modelos import Guardado

TRAMO = 131_072
"""Events in a piece of the work, more or less: whole seals."""
_CADA = 20.0  # seconds between savings of the state

_SELLOS = """
SELECT tamano, anterior, transaccion::text, evento::text FROM auditoria_sello ORDER BY tamano
"""
_NUNCA: Corte = ("0", "00000000-0000-0000-0000-000000000000")
Aviso = Callable[[str, int, int], None]
"""(what is being done, how many of how many)."""


@dataclass(slots=True)
class Informe:
    """What a run found, worst first in the order of the log, and how much it looked at."""

    hallazgos: list[Hallazgo] = field(default_factory=list)
    eventos: int = 0
    sellos: int = 0
    versiones: int = 0
    por_sellar: int = 0
    testigos: int = 0
    versiones_viejas: int = 0
    segundos: float = 0.0
    segundos_de_eventos: float = 0.0

    @property
    def limpia(self) -> bool:
        return not self.hallazgos


def verificar(
    *,
    procesos: int | None = None,
    avisar: Aviso = lambda que, hechos, de: None,
    estado: Estado | None = None,
    preguntar: bool = True,
) -> Informe:
    """Everything recomputed. `estado` resumes and is kept; `preguntar` asks witnesses elsewhere."""
    inicio = time.monotonic()
    informe = Informe()
    informe.hallazgos += guardas.revisar()
    hecho = estado.leer() if estado else None
    clave = hecho.clave if hecho else secrets.token_bytes(32)
    with _obrero(clave) as obrero:
        # Inside a transaction of ours nobody else sees what we see.
        cuantos = 1 if connection.in_atomic_block else procesos or os.cpu_count() or 1
        equipo = Equipo(obrero, cuantos)
        try:
            _Corrida(informe, equipo, obrero, avisar, estado).correr(preguntar=preguntar)
        finally:
            equipo.despedir()
    informe.hallazgos.sort(key=lambda h: h.orden)
    informe.segundos = time.monotonic() - inicio
    if estado:
        estado.borrar()
    return informe


class _Corrida:
    def __init__(
        self,
        informe: Informe,
        equipo: Equipo,
        obrero: Obrero,
        avisar: Aviso,
        estado: Estado | None,
    ) -> None:
        self.informe, self.equipo, self.obrero = informe, equipo, obrero
        self.avisar, self.estado = avisar, estado
        self.piezas: dict[Pieza, bytes] = {}
        self.asentadas = Sumas()

    def correr(self, *, preguntar: bool) -> None:
        sellos = self._cadena()
        self._eventos(sellos)
        self._arbol(sellos)
        self._mapa(sellos)
        self._versiones(sellos[-1][2] if sellos else _NUNCA)
        testimonio = testimonios.revisar(self.obrero, preguntar=preguntar)
        self.informe.hallazgos += testimonio.hallazgos
        self.informe.testigos = testimonio.cuantos

    def _cadena(self) -> list[tuple[int, int, Corte]]:
        """The seals, each of which must continue the one before."""
        sellos, previo, corte = [], 0, (0, "")
        for tamano, anterior, transaccion, evento in self.obrero.filas(_SELLOS):
            nuevo = (int(transaccion), evento)
            if anterior != previo:
                lugar = f"entre {previo} y {anterior} hojas"
                self._hallar(Clase.SELLO_FALTANTE, lugar, orden=previo)
            if nuevo <= corte or tamano <= anterior:
                self._hallar(Clase.SELLO_ALTERADO, f"sello {tamano}", "su término", orden=anterior)
            sellos.append((anterior, tamano, (transaccion, evento)))
            previo, corte = tamano, nuevo
        self.informe.sellos = len(sellos)
        return sellos

    def _eventos(self, sellos: Sequence[tuple[int, int, Corte]]) -> None:
        inicio, guardado_at = time.monotonic(), time.monotonic()
        total = sellos[-1][1] if sellos else 0
        hecho = self.estado.leer() if self.estado else None
        desde = 0
        if hecho and any(tamano == hecho.tamano for _, tamano, _ in sellos):
            desde = hecho.tamano
            self.piezas, self.asentadas = hecho.piezas, hecho.sumas
            self.informe.eventos = hecho.tamano
        tramos = list(_tramos(sellos, desde))
        for tramo, revisado in zip(
            tramos, self.equipo.hacer(Obrero.revisar, [(t,) for t in tramos]), strict=True
        ):
            self._sumar(revisado)
            raiz = self._contar(revisado)
            self._cotejar_mapa(tramo.sellos[-1][1], raiz)
            self.avisar("eventos", self.informe.eventos, total)
            if not self.informe.hallazgos and time.monotonic() - guardado_at > _CADA:
                self._guardar(tramo.sellos[-1][1])
                guardado_at = time.monotonic()
        self.informe.segundos_de_eventos = time.monotonic() - inicio

    def _guardar(self, tamano: int) -> None:
        if self.estado:
            clave = self.obrero.encargo.clave
            self.estado.guardar(clave, tamano, self.piezas, self.asentadas)

    def _sumar(self, revisado: Revisado) -> None:
        self.informe.eventos += revisado.eventos
        self.informe.hallazgos += revisado.hallazgos
        self.asentadas.juntar(revisado.sumas)

    def _contar(self, revisado: Revisado) -> bytes:
        por_seudonimo = {
            compromiso.seudonimo(paciente): [hojas[i : i + 32] for i in range(0, len(hojas), 32)]
            for paciente, hojas in revisado.por_paciente.items()
        }
        raiz, cambiadas = mapa.asentar(self._leer_piezas, por_seudonimo)
        self.piezas |= cambiadas
        return raiz

    def _leer_piezas(self, pedidas: Iterable[Pieza]) -> dict[Pieza, bytes]:
        return {p: self.piezas[p] for p in pedidas if p in self.piezas}

    def _cotejar_mapa(self, tamano: int, raiz: bytes) -> None:
        filas = self.obrero.filas("SELECT nota FROM auditoria_sello WHERE tamano = %s", [tamano])
        with contextlib.suppress(Exception):
            dicho = Checkpoint.leer(filas[0][0].partition("\n\n")[0] + "\n")
            if dicho.mapa == raiz:
                return
        self._hallar(Clase.MAPA_ALTERADO, f"sello {tamano}", "su raíz del mapa", orden=tamano)

    def _arbol(self, sellos: Sequence[tuple[int, int, Corte]]) -> None:
        tamano = sellos[-1][1] if sellos else 0
        origen = llaves.origen()
        las_llaves = []
        for generacion, publica, desde in llaves.generaciones():
            propia = llaves.firmante(origen, generacion).verificadora
            if propia != publica:
                self._hallar(Clase.LLAVE_AJENA, f"llave de sello {generacion}", orden=desde)
            las_llaves.append((propia, desde))
        raices = arbol.raices(self.obrero, 1, tamano >> 16)
        raices += [NADA] * ((tamano >> 16) - len(raices))
        bosque = Bosque(tamano, tuple(raices), origen, tuple(las_llaves))
        piezas = range((tamano + arbol.HOJAS - 1) // arbol.HOJAS)
        for i, hallazgos in enumerate(
            self.equipo.hacer(arbol.revisar, [(bosque, p) for p in piezas])
        ):
            self.informe.hallazgos += hallazgos
            self.avisar("árbol", i + 1, len(piezas))
        self.informe.hallazgos += arbol.revisar_arriba(self.obrero, tamano)

    def _mapa(self, sellos: Sequence[tuple[int, int, Corte]]) -> None:
        """The pieces that proofs are made of are those that the events add up to."""
        filas = self.obrero.filas("SELECT nivel, indice, contenido FROM auditoria_piezademapa")
        hay = {(nivel, indice): bytes(contenido) for nivel, indice, contenido in filas}
        orden = sellos[-1][1] if sellos else 0
        for pieza in sorted(hay.keys() | self.piezas.keys()):
            if hay.get(pieza) != self.piezas.get(pieza):
                lugar = f"pieza {pieza[0]}/{pieza[1]} del mapa"
                self._hallar(Clase.MAPA_ALTERADO, lugar, orden=orden)
                return

    def _versiones(self, desde: Corte) -> None:
        cola = self.obrero.revisar_cola(desde)
        self.informe.por_sellar = cola.eventos
        self.informe.hallazgos += cola.hallazgos
        self.asentadas.juntar(cola.sumas)
        piezas = [(t, p) for t in _tablas() for p in versiones.paginas(self.obrero, t)]
        halladas = Sumas()
        for i, sumas in enumerate(self.equipo.hacer(versiones.sumar, piezas)):
            halladas.juntar(sumas)
            self.avisar("versiones", i + 1, len(piezas))
        self.informe.versiones = halladas.cuantas
        if partes := self.asentadas.distintas(halladas):
            hallazgos, viejas = versiones.diagnosticar(self.obrero, _tablas(), partes)
            self.informe.hallazgos += hallazgos
            self.informe.versiones_viejas = viejas

    def _hallar(self, clase: Clase, lugar: str, detalle: str = "", *, orden: int = 0) -> None:
        self.informe.hallazgos.append(Hallazgo(clase, lugar, detalle, orden))


def _tramos(sellos: Sequence[tuple[int, int, Corte]], desde: int) -> Iterator[Tramo]:
    juntos: list[tuple[int, int, Corte]] = []
    corte = _NUNCA
    for anterior, tamano, hasta in sellos:
        if tamano <= desde:
            corte = hasta
            continue
        juntos.append((anterior, tamano, hasta))
        if tamano - juntos[0][0] >= TRAMO:
            yield Tramo(corte, tuple(juntos))
            juntos, corte = [], hasta
    if juntos:
        yield Tramo(corte, tuple(juntos))


def _tablas() -> list[Tabla]:
    tablas = []
    for modelo in apps.get_models():
        if not issubclass(modelo, Guardado):
            continue
        campos = {str(c.column) for c in modelo._meta.concrete_fields}
        tablas.append(
            Tabla(
                modelo._meta.db_table,
                getattr(modelo, "TIPO", ""),
                tuple(sorted(campos - {"contenido", "resumen", "fichas"})),
                "resumen" in campos,
                es_historia="registro" in campos,
            )
        )
    return tablas


@contextlib.contextmanager
def _obrero(clave: bytes) -> Iterator[Obrero]:
    """A worker of this process, over a snapshot that those of other processes share; inside a
    transaction, over that one."""
    parametros = connection.get_connection_params()
    propios = ("dbname", "user", "password", "host", "port", "application_name")
    conexion = make_conninfo(**{c: parametros[c] for c in propios if parametros.get(c)})
    if connection.in_atomic_block:
        yield Obrero(Encargo(conexion, "", llaves.de_sales(), clave), connection.connection)
        return
    with psycopg.connect(conexion) as duena:
        duena.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        ((nombre,),) = duena.execute("SELECT pg_export_snapshot()").fetchall()
        obrero = Obrero(Encargo(conexion, nombre, llaves.de_sales(), clave))
        try:
            yield obrero
        finally:
            obrero.conexion.close()
