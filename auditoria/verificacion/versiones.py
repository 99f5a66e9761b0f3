"""Every version in the tables of the record, current or superseded, against its event."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from auditoria import huellas
from auditoria.verificacion.columnas import decodificar
from auditoria.verificacion.hallazgos import Clase, Hallazgo
from auditoria.verificacion.obrero import Obrero
from auditoria.verificacion.sumas import Sumas

PAGINAS = 4_096
"""Pages of a table in a piece of the work (32 MB)."""

_HISTORIA = """
SELECT tipo, registro, version, paciente, estado, acto, creado_at, actualizado_at,
       contenido, resumen, columnas
FROM registros_historia
"""


@dataclass(frozen=True, slots=True)
class Tabla:
    """A table of records: its R4 type (empty: each row says its own) and its clear columns."""

    nombre: str
    tipo: str
    columnas: tuple[str, ...]
    con_resumen: bool
    es_historia: bool = False


@dataclass(frozen=True, slots=True)
class Version:
    """A version as the tables have it, digested."""

    tipo: str
    id: str
    version: int
    huella: str
    columnas: str
    acto: str

    @property
    def nombre(self) -> tuple[str, str, int]:
        return self.tipo, self.id, self.version


def paginas(obrero: Obrero, tabla: Tabla) -> Iterator[tuple[int, int]]:
    (total,) = obrero.filas("SELECT pg_relation_size(%s::text::regclass) / 8192", [tabla.nombre])[0]
    for desde in range(0, total, PAGINAS):
        yield desde, desde + PAGINAS


def sumar(obrero: Obrero, tabla: Tabla, tramo: tuple[int, int]) -> Sumas:
    """The sum of the versions in some pages of `tabla`."""
    sumas = Sumas()
    for v in leer(obrero, tabla, tramo):
        clave = obrero.encargo.clave
        sumas.sumar(clave, v.tipo, v.id, v.version, v.huella, v.columnas, v.acto)
    return sumas


def leer(obrero: Obrero, tabla: Tabla, tramo: tuple[int, int] | None = None) -> Iterator[Version]:
    donde, valores = "", []
    if tramo is not None:
        donde = " WHERE ctid >= %s::text::tid AND ctid < %s::text::tid"
        valores = [f"({tramo[0]},0)", f"({tramo[1]},0)"]
    if tabla.es_historia:
        orden = _HISTORIA + donde
    else:
        propias = ["contenido", "resumen" if tabla.con_resumen else "''::bytea"]
        orden = f"SELECT {', '.join([*propias, *tabla.columnas])} FROM {tabla.nombre}{donde}"
    for fila in obrero.corriente(orden, valores):
        yield _de_historia(fila) if tabla.es_historia else _vigente(tabla, fila)


def _vigente(tabla: Tabla, fila: Sequence[Any]) -> Version:
    contenido, resumen, *valores = fila
    clara = dict(zip(tabla.columnas, valores, strict=True))
    return Version(
        tabla.tipo or clara["tipo"],
        str(clara["id"]),
        clara["version"],
        huellas.de_bytes(contenido, resumen).hex(),
        huellas.de_columnas(clara.items()).hex(),
        clara["acto"].hex,
    )


def _de_historia(fila: Sequence[Any]) -> Version:
    tipo, registro, version, paciente, estado, acto, creado, actualizado, *resto = fila
    contenido, resumen, columnas = resto
    propias = {
        "id": registro,
        "version": version,
        "paciente": paciente,
        "estado": estado,
        "acto": acto,
        "creado_at": creado,
        "actualizado_at": actualizado,
    }
    return Version(
        tipo,
        str(registro),
        version,
        huellas.de_bytes(contenido, resumen).hex(),
        huellas.de_json(columnas | propias).hex() if columnas is not None else "",
        acto.hex,
    )


def diagnosticar(
    obrero: Obrero, tablas: Sequence[Tabla], partes: set[int]
) -> tuple[list[Hallazgo], int]:
    """Name the versions that differ among the ids of `partes`; and how many are from before the
    clear columns were part of an event, of which only the bytes are compared."""
    asentadas, viejas = _asentadas(obrero, partes)
    hallazgos = []
    for tabla in tablas:
        for v in leer(obrero, tabla):
            if int(v.id[-2:], 16) not in partes:
                continue
            dicha = asentadas.pop(v.nombre, None)
            lugar = f"{v.tipo}/{v.id} versión {v.version}"
            if dicha is None:
                hallazgos.append(Hallazgo(Clase.VERSION_INTRUSA, lugar, tabla.nombre))
                continue
            difieren = [
                palabra
                for palabra, suya, de_evento in (
                    ("su contenido", v.huella, dicha.huella),
                    ("sus columnas", v.columnas if dicha.columnas else "", dicha.columnas),
                    ("su acto", v.acto, dicha.acto),
                )
                if suya != de_evento
            ]
            if difieren:
                detalle = f"{', '.join(difieren)}; {tabla.nombre}"
                hallazgos.append(Hallazgo(Clase.VERSION_ALTERADA, lugar, detalle))
    hallazgos += [
        Hallazgo(Clase.VERSION_FALTANTE, f"{tipo}/{id_} versión {version}", f"evento {v.acto}")
        for (tipo, id_, version), v in asentadas.items()
    ]
    return hallazgos, viejas


def _asentadas(obrero: Obrero, partes: set[int]) -> tuple[dict[tuple[str, str, int], Version], int]:
    orden = "SELECT id, contenido FROM auditoria_evento WHERE cardinality(huellas) > 0"
    asentadas, viejas = {}, 0
    for evento, contenido in obrero.corriente(orden):
        for e in decodificar(contenido).escritos:
            if int(e.id[-2:], 16) in partes:
                viejas += not e.columnas
                v = Version(e.tipo, e.id, e.version, e.huella, e.columnas, evento.hex)
                asentadas[v.nombre] = v
    return asentadas, viejas
