"""What others saw of our log: the file outside, witnesses' lines, and the witnesses asked."""

from collections.abc import Iterable
from dataclasses import dataclass, field

import psycopg

from auditoria.notas import Checkpoint, Nota, NotaInvalida, Verificadora
from auditoria.sello import archivo, estampas, llaves, testigos
from auditoria.sello.teselas import Incompleta, Teselas
from auditoria.sello.testigos import SilencioDeTestigo, Testigo
from auditoria.verificacion.hallazgos import Clase, Hallazgo
from auditoria.verificacion.obrero import Obrero
from ece.nucleo.firma import FirmaInvalida

_COFIRMAS = "SELECT tamano, testigo, renglones FROM auditoria_cofirma ORDER BY tamano"
_ESTAMPAS = """
SELECT e.tamano, e.token, s.nota FROM auditoria_estampa e
LEFT JOIN auditoria_sello s ON s.tamano = e.tamano ORDER BY e.tamano
"""
_NOTA = "SELECT nota FROM auditoria_sello WHERE tamano = %s"
_ULTIMO = "SELECT coalesce(max(tamano), 0) FROM auditoria_sello"


@dataclass(slots=True)
class Testimonio:
    """How many statements were held against the log, and what they contradict."""

    cuantos: int = 0
    hallazgos: list[Hallazgo] = field(default_factory=list)


def revisar(obrero: Obrero, *, preguntar: bool) -> Testimonio:
    hecho = Testimonio()
    ((tamano,),) = obrero.filas(_ULTIMO)
    propias = [
        llaves.firmante(llaves.origen(), generacion).verificadora
        for generacion, _, _ in llaves.generaciones()
    ]
    quienes = {testigo.llave.nombre: testigo for testigo in testigos.configurados()}
    _del_archivo(obrero, hecho, propias, tamano)
    _cofirmas(obrero, hecho, quienes)
    _estampas(obrero, hecho)
    if preguntar:
        for testigo in quienes.values():
            _preguntar(obrero, hecho, testigo, propias, tamano)
    return hecho


def _del_archivo(
    obrero: Obrero, hecho: Testimonio, propias: Iterable[Verificadora], tamano: int
) -> None:
    llaves_propias = list(propias)
    for numero, (cruda, estampa) in enumerate(archivo.leer(), 1):
        lugar = f"renglón {numero} del archivo de checkpoints"
        _cotejar(obrero, hecho, cruda, llaves_propias, tamano, lugar)
        if estampa is not None:
            _estampa(hecho, f"estampa del {lugar}", cruda, estampa)


def _estampas(obrero: Obrero, hecho: Testimonio) -> None:
    for tamano, token, nota in obrero.filas(_ESTAMPAS):
        lugar = f"estampa de tiempo sobre {tamano}"
        if nota is None:
            hecho.cuantos += 1
            detalle = "no hay sello de ese tamaño"
            hecho.hallazgos.append(Hallazgo(Clase.TESTIGO_CONTRADICE, lugar, detalle, orden=tamano))
        else:
            _estampa(hecho, lugar, nota, token, orden=tamano)


def _estampa(hecho: Testimonio, lugar: str, nota: str, token: bytes, *, orden: int = 0) -> None:
    """It must be of those bytes, by an authority of the list for time."""
    hecho.cuantos += 1
    try:
        estampas.comprobar(nota, token)
    except FirmaInvalida as error:
        hecho.hallazgos.append(Hallazgo(Clase.TESTIGO_CONTRADICE, lugar, str(error), orden=orden))


def _cofirmas(obrero: Obrero, hecho: Testimonio, quienes: dict[str, Testigo]) -> None:
    for tamano, nombre, renglones in obrero.filas(_COFIRMAS):
        lugar = f"cofirma de {nombre} sobre {tamano}"
        testigo, notas = quienes.get(nombre), obrero.filas(_NOTA, [tamano])
        hecho.cuantos += 1
        try:
            if not notas:
                raise NotaInvalida("no hay sello de ese tamaño")
            nota = Nota.leer(notas[0][0] + "".join(renglones))
            if testigo is not None:
                nota.firmada_por([testigo.llave])
        except NotaInvalida as error:
            hecho.hallazgos.append(
                Hallazgo(Clase.TESTIGO_CONTRADICE, lugar, str(error), orden=tamano)
            )


def _preguntar(
    obrero: Obrero,
    hecho: Testimonio,
    testigo: Testigo,
    propias: list[Verificadora],
    tamano: int,
) -> None:
    try:
        cruda = testigos.ultimo_visto(testigo)
    except SilencioDeTestigo:
        return
    if cruda:
        _cotejar(obrero, hecho, cruda, propias, tamano, f"testigo {testigo.llave.nombre}")


def _cotejar(
    obrero: Obrero,
    hecho: Testimonio,
    cruda: str,
    propias: list[Verificadora],
    tamano: int,
    lugar: str,
) -> None:
    """Hold a checkpoint of ours that somebody kept against the log of now."""
    hecho.cuantos += 1
    try:
        nota = Nota.leer(cruda)
        visto = Checkpoint.leer(nota.texto)
        nota.firmada_por(propias)
    except NotaInvalida as error:
        hecho.hallazgos.append(Hallazgo(Clase.TESTIGO_CONTRADICE, lugar, str(error)))
        return
    if visto.tamano > tamano:
        detalle = f"vio {visto.tamano} hojas y hay {tamano}"
        hecho.hallazgos.append(Hallazgo(Clase.RETROCESO, lugar, detalle, tamano))
        return
    with psycopg.Cursor(obrero.conexion) as cursor:
        try:
            igual = Teselas(cursor, visto.tamano).raiz() == visto.raiz
        except (Incompleta, IndexError):
            igual = False
    if not igual:
        detalle = f"con {visto.tamano} hojas"
        hecho.hallazgos.append(
            Hallazgo(Clase.TESTIGO_CONTRADICE, lugar, detalle, orden=visto.tamano)
        )
