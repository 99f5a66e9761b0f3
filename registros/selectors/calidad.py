"""What the data themselves tell about the quality of a record, and how evaluations came out."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from auditoria import bitacora
from ece import fhir
from ece.identidad import selectors as identidad
from ece.nucleo.acceso import Acceso, Alcance
from ece.nucleo.roles import Permiso
from registros.catalogos import mecic
from registros.catalogos.mecic import DOMINIOS, Nivel, Respuesta
from registros.catalogos.notas import SISTEMA_SECCION, TIPOS, por_loinc
from registros.models.base import Recurso, referido
from registros.models.paciente import ResumenDeIdentidad
from registros.selectors import expediente, pacientes, recursos
from registros.selectors.expediente import Entrada
from registros.selectors.recursos import Orden

NOTAS = 200
MEDIDAS = 2_000
_PALABRA = re.compile(r"\b\w+\b")


@dataclass(frozen=True, slots=True)
class Hallazgo:
    """What was found of a criterion; `lugares` are the records that lack it."""

    respuesta: Respuesta
    lugares: tuple[Entrada, ...] = ()
    detalle: str = ""
    en_identificacion: bool = False


@dataclass(frozen=True, slots=True)
class Puntaje:
    """Per cent of what applies that is fulfilled; None where nothing applies."""

    por_dominio: Mapping[str, int | None]
    total: int | None

    @property
    def nivel(self) -> Nivel:
        if (self.por_dominio["integracion"] or 0) < mecic.UMBRAL:
            return Nivel.NO_INTEGRADO
        return Nivel.DE_CALIDAD if (self.total or 0) >= mecic.UMBRAL else Nivel.INTEGRADO


@dataclass(frozen=True, slots=True)
class Evaluado:
    """The score of one evaluation, without whose record it was."""

    unidad: UUID
    fecha: datetime
    total: int
    dominios: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Pendiente:
    """A drawn record as a line of the evaluator's list."""

    paciente: ResumenDeIdentidad
    unidad: UUID
    hasta: datetime
    evaluado: bool


@dataclass(frozen=True, slots=True)
class _Nota:
    entrada: Entrada
    tipo: str
    secciones: Mapping[str, str]


def candidatos(alcance: Alcance, *, unidad: UUID, desde: datetime, hasta: datetime) -> list[UUID]:
    """Who was seen at a unit in an interval: ids only, to draw from."""
    alcance.exigir(Permiso.CALIDAD_EVALUAR)
    filas = bitacora.consultar(
        "SELECT DISTINCT paciente FROM registros_encuentro "
        "WHERE unidad = %s AND fecha >= %s AND fecha < %s AND estado <> 'entered-in-error'",
        [unidad, desde, hasta],
    )
    return sorted(fila[0] for fila in filas)


def identidades(alcance: Alcance, quienes: Iterable[UUID]) -> dict[UUID, ResumenDeIdentidad]:
    """Who the drawn patients are; those that `alcance` does not cover are left out."""
    alcance.exigir(Permiso.CALIDAD_EVALUAR)
    cubiertos = [p for p in quienes if alcance.cubre(p)]
    filas = bitacora.consultar(
        f"SELECT {pacientes.COLUMNAS} FROM registros_paciente p {pacientes.LLAVE} "
        "WHERE p.id = ANY(%s::uuid[])",
        [bitacora.arreglo(cubiertos)],
    )
    return {fila[0]: pacientes.abrir(alcance, fila) for fila in filas}


def ya_evaluados(autor: UUID, quienes: Iterable[UUID], *, desde: datetime) -> set[UUID]:
    """Those of `quienes` whom `autor` has evaluated since `desde`."""
    filas = bitacora.consultar(
        "SELECT DISTINCT paciente FROM registros_otroregistro WHERE paciente = ANY(%s::uuid[]) "
        "AND tipo = 'QuestionnaireResponse' AND estado = 'completed' AND autor = %s "
        "AND creado_at >= %s",
        [bitacora.arreglo(quienes), autor, desde],
    )
    return {fila[0] for fila in filas}


def automatica(acceso: Acceso, *, ahora: datetime) -> dict[str, Hallazgo]:
    """What the data tell of each criterion that needs no judgement; a handful of queries."""
    acceso.exigir(Permiso.CALIDAD_EVALUAR)
    acceso.exigir(Permiso.EXPEDIENTE_LEER)
    notas = [_leida(e) for e in expediente.ultimas(acceso, "Composition", NOTAS)]
    finales = [n for n in notas if n.entrada.estado in ("final", "amended")]
    hallazgos = _de_identidad(acceso) | _de_integracion(notas, finales, ahora)
    diagnosticos = expediente.ultimas(acceso, "Condition", NOTAS)
    hallazgos["codificados"] = _ninguno(
        [d for d in diagnosticos if not d.recurso.get("code", {}).get("coding")],
        de=diagnosticos,
    )
    for tipo in TIPOS.values():
        # An addendum adds to a note of the type and has no sections of its own.
        suyas = [
            n for n in finales if n.tipo == tipo.clave and "relatesTo" not in n.entrada.recurso
        ]
        for seccion in tipo.requeridas:
            faltan = [n.entrada for n in suyas if not n.secciones.get(seccion.clave)]
            hallazgos[f"{tipo.clave}.{seccion.clave}"] = _ninguno(faltan, de=suyas)
    return hallazgos


def aplicables(hallazgos: Mapping[str, Hallazgo]) -> list[str]:
    """Keys of what a person must judge: of the record, and of the documents that there are."""
    return [
        criterio.clave
        for dominio in DOMINIOS
        for criterio in dominio.criterios
        if criterio.juicio
        and (
            not dominio.tipo
            or any(
                hallazgos[c.clave].respuesta is not Respuesta.NO_APLICA
                for c in dominio.criterios
                if not c.juicio
            )
        )
    ]


def puntuar(respuestas: Mapping[str, Respuesta]) -> Puntaje:
    """The score of a set of answers; what does not apply counts for nothing."""
    por_dominio = {
        dominio.clave: _por_ciento(respuestas.get(c.clave) for c in dominio.criterios)
        for dominio in DOMINIOS
    }
    return Puntaje(por_dominio, _por_ciento(respuestas.values()))


def resultado(acceso: Acceso) -> dict[str, tuple[Respuesta, str]] | None:
    """The actor's latest evaluation of this record: criterion -> answer and comment."""
    acceso.exigir(Permiso.CALIDAD_EVALUAR)
    for entrada in expediente.ultimas(acceso, "QuestionnaireResponse", 20):
        autor = entrada.recurso.get("author", {}).get("reference")
        if entrada.recurso.get("questionnaire") != mecic.CUESTIONARIO:
            continue
        if autor == f"Practitioner/{acceso.actor.id}":
            return {
                item["linkId"]: _respondido(item)
                for grupo in entrada.recurso["item"]
                for item in grupo["item"]
            }
    return None


def medidas(institucional: Acceso) -> list[Evaluado]:
    """The scores of the latest evaluations of the institution, oldest first."""
    institucional.exigir(Permiso.CALIDAD_EVALUAR)
    filas = recursos.compartimento(
        institucional, tipos=["MeasureReport"], orden=Orden.FECHA_DESC, limite=MEDIDAS
    )
    abiertas = recursos.abrir_todos({institucional.paciente: institucional}, filas)
    leidas = (fhir.json.leer(json) for _, json in abiertas)
    evaluados = [_evaluado(r) for r in leidas if r.get("measure") == mecic.MEDIDA]
    return sorted(evaluados, key=lambda e: e.fecha)


def _leida(entrada: Entrada) -> _Nota:
    codigos = (c.get("code", "") for c in entrada.recurso["type"].get("coding", ()))
    tipo = next((t.clave for c in codigos if (t := por_loinc(c))), "")
    secciones = {}
    for seccion in entrada.recurso.get("section", ()):
        for codigo in seccion.get("code", {}).get("coding", ()):
            if codigo.get("system") == SISTEMA_SECCION:
                escrito = (
                    fhir.narrativa.a_texto(seccion["text"]["div"]) if "text" in seccion else ""
                )
                secciones[codigo["code"]] = escrito.strip() or ("…" if "entry" in seccion else "")
    return _Nota(entrada, tipo, secciones)


def _de_identidad(acceso: Acceso) -> dict[str, Hallazgo]:
    quien, recurso, _version = expediente.identidad(acceso)
    completa = all(
        (quien.nombre, quien.fecha_nacimiento, quien.sexo != "unknown", recurso.get("address"))
    )
    return {
        "identificacion": _si(completa, en_identificacion=True),
        "expediente": _si(bool(quien.expediente), en_identificacion=True),
    }


def _de_integracion(
    notas: Sequence[_Nota], finales: Sequence[_Nota], ahora: datetime
) -> dict[str, Hallazgo]:
    limite = ahora - timedelta(hours=mecic.EN_ESPERA_DE_FIRMA_HORAS)
    abandonadas = [
        n.entrada for n in notas if n.entrada.estado == "preliminary" and n.entrada.fecha < limite
    ]
    con_cedula = identidad.con_cedula({a for n in finales if (a := _autor(n))})
    sin_cedula = [n.entrada for n in finales if _autor(n) not in con_cedula]
    cortas = {n.entrada.id: _abreviaturas(n) for n in finales}
    con_abreviaturas = [n.entrada for n in finales if cortas[n.entrada.id]]
    return {
        "historia": _si(any(n.tipo == "historia-clinica" for n in finales)),
        "terminadas": _ninguno(abandonadas, de=notas),
        "autor": _ninguno(sin_cedula, de=finales),
        "abreviaturas": _ninguno(
            con_abreviaturas,
            de=finales,
            detalle=", ".join(sorted({a for suyas in cortas.values() for a in suyas})),
        ),
        "repetidas": _ninguno(_repetidas(finales), de=finales),
    }


def _autor(nota: _Nota) -> UUID | None:
    return referido(next(iter(nota.entrada.recurso.get("author", ())), None), "Practitioner")


def _abreviaturas(nota: _Nota) -> set[str]:
    palabras = {p for texto in nota.secciones.values() for p in _PALABRA.findall(texto)}
    return palabras & mecic.ABREVIATURAS


def _repetidas(finales: Sequence[_Nota]) -> list[Entrada]:
    """Notes whose words are, section by section, those of an earlier note of their type."""
    vistas: set[tuple[str, tuple[tuple[str, str], ...]]] = set()
    repetidas = []
    for nota in reversed(finales):
        huella = nota.tipo, tuple(sorted(nota.secciones.items()))
        if nota.secciones and huella in vistas:
            repetidas.append(nota.entrada)
        vistas.add(huella)
    return repetidas


def _si(cumple: bool, *, en_identificacion: bool = False) -> Hallazgo:
    respuesta = Respuesta.SI if cumple else Respuesta.NO
    return Hallazgo(respuesta, en_identificacion=en_identificacion)


def _ninguno(faltan: Sequence[Entrada], *, de: Sequence[object], detalle: str = "") -> Hallazgo:
    if not de:
        return Hallazgo(Respuesta.NO_APLICA)
    return Hallazgo(Respuesta.NO if faltan else Respuesta.SI, tuple(faltan), detalle)


def _por_ciento(respuestas: Iterable[Respuesta | None]) -> int | None:
    cuentan = [r for r in respuestas if r in (Respuesta.SI, Respuesta.NO)]
    return round(100 * cuentan.count(Respuesta.SI) / len(cuentan)) if cuentan else None


def _respondido(item: Recurso) -> tuple[Respuesta, str]:
    respuesta = item["answer"][0]
    comentario = next(
        (dentro["answer"][0]["valueString"] for dentro in respuesta.get("item", ())), ""
    )
    return Respuesta(respuesta["valueCoding"]["code"]), comentario


def _evaluado(recurso: Recurso) -> Evaluado:
    puntajes = {
        grupo["code"]["coding"][0]["code"]: int(grupo["measureScore"]["value"])
        for grupo in recurso["group"]
    }
    unidad = UUID(recurso["reporter"]["reference"].split("/")[1])
    fecha = datetime.fromisoformat(recurso["date"])
    return Evaluado(unidad, fecha, puntajes.pop("total"), puntajes)
