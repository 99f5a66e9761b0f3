"""The search compiler: a query string to tokens, columns, and tests on the content."""

import base64
import binascii
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID

from ece import fhir
from ece.fhir import Criterio, CriterioInvalido, Parametro
from ece.fhir.valores import Cadena, Valor
from ece.nucleo import fichas, frecuencias
from interoperabilidad.fhir.errores import ErrorFhir
from registros.selectors.recursos import Consulta, Orden, Rango, Sellado

CUENTA = 50
CUENTA_MAXIMA = 500
_DE_NOMBRE = frozenset({"name", "family", "given", "phonetic"})
_DEL_PACIENTE = frozenset({"patient", "subject"})
_ORDENES = {
    "_lastUpdated": "actualizado_at",
    "_id": "id",
    "date": "fecha",
    "authoredon": "fecha",
    "recorded-date": "fecha",
    "started": "fecha",
    "created": "fecha",
}
_DE_FORMA = frozenset({"_format", "_pretty"})
_SENAS = frozenset({"identifier", "telecom", "phone", "email"})
_DIA = re.compile(r"(eq)?\d{4}-\d\d-\d\d", re.ASCII)


@dataclass(frozen=True, slots=True)
class Inclusion:
    """``_include`` or ``_revinclude``: `tipo`'s parameter, and the type it leads to (or any)."""

    tipo: str
    parametro: str
    destino: str


@dataclass(slots=True)
class Plan:
    """What to ask the database, what to verify afterwards, and how to show it.

    `senas` are the token groups that few rows can have (an identifier, a day): where there are any,
    they find the rows and the other `fichas`, which may stand for a fifth of them, are tested.
    """

    tipo: str
    paciente: UUID | None = None
    pacientes: tuple[UUID, ...] | None = None
    ids: tuple[UUID, ...] | None = None
    fichas: list[tuple[int, ...]] = field(default_factory=list)
    senas: list[tuple[int, ...]] = field(default_factory=list)
    sin_fichas: list[tuple[int, ...]] = field(default_factory=list)
    criterios: list[Criterio] = field(default_factory=list)
    actualizado: Rango = field(default_factory=Rango)
    orden: Orden = Orden.ID
    cuenta: int = CUENTA
    resumen: str = ""
    elementos: tuple[str, ...] = ()
    total: str = "none"
    incluir: list[Inclusion] = field(default_factory=list)
    incluir_inverso: list[Inclusion] = field(default_factory=list)
    despues: tuple[Any, UUID] | None = None
    ignorados: list[str] = field(default_factory=list)

    def consulta(self, *, despues: tuple[Any, UUID] | None, limite: int) -> Consulta:
        return Consulta(
            tipo=self.tipo,
            ids=self.ids,
            pacientes=self.pacientes,
            fichas=tuple(self.senas or self.fichas),
            filtros=tuple(self.fichas) if self.senas else (),
            sin_fichas=tuple(self.sin_fichas),
            actualizado=self.actualizado,
            orden=self.orden,
            despues=despues,
            limite=limite,
        )

    def coincide(self, recurso: dict[str, Any]) -> bool:
        """The exact test of what tokens alone could not decide."""
        indices = fhir.indices(recurso, de=frozenset(c.parametro for c in self.criterios))
        return all(criterio.coincide(indices) for criterio in self.criterios)

    @property
    def vacio(self) -> bool:
        """Whether nothing can match (an id that is not one of ours)."""
        return self.ids == () or self.pacientes == ()


def compilar(
    tipo: str, pares: Iterable[tuple[str, str]], *, estricto: bool, paciente: UUID | None = None
) -> Plan:
    """The plan of a search of `tipo`; `paciente` is the compartment of the address, if any.

    Raises `CriterioInvalido`; with `estricto`, also `ErrorFhir` for what is not understood
    (otherwise it is listed in `Plan.ignorados`).
    """
    plan = Plan(tipo, paciente=paciente)
    for clave, valor in pares:
        if clave in _DE_FORMA or valor == "":
            continue
        if not (_de_resultado(plan, clave, valor) or _de_filtro(plan, clave, valor)):
            if estricto:
                raise ErrorFhir(400, "not-supported", f"No se puede buscar {tipo} por {clave!r}.")
            plan.ignorados.append(clave)
    return plan


def _de_resultado(plan: Plan, clave: str, valor: str) -> bool:
    match clave:
        case "_count":
            if not valor.isdigit():
                raise CriterioInvalido("_count es un número")
            plan.cuenta = min(int(valor), CUENTA_MAXIMA)
            if plan.cuenta == 0:
                plan.resumen = "count"
        case "_sort":
            return _ordenar(plan, valor)
        case "_summary":
            if valor not in ("true", "text", "data", "count", "false"):
                raise CriterioInvalido("_summary es true, text, data, count o false")
            plan.resumen = "" if valor == "false" else valor
        case "_elements":
            plan.elementos = tuple(parte.strip() for parte in valor.split(","))
        case "_total":
            if valor not in ("none", "estimate", "accurate"):
                raise CriterioInvalido("_total es none, estimate o accurate")
            plan.total = valor
        case "_cursor":
            plan.despues = leer_cursor(valor)
        case "_include":
            plan.incluir.append(_inclusion(valor))
        case "_revinclude":
            plan.incluir_inverso.append(_inclusion(valor))
        case _:
            return False
    return True


def _ordenar(plan: Plan, valor: str) -> bool:
    descendente, codigo = valor.startswith("-"), valor.lstrip("-")
    columna = _ORDENES.get(codigo)
    if columna is None or (columna == "id" and descendente):
        return False
    plan.orden = Orden(("-" if descendente else "") + columna)
    return True


def _inclusion(valor: str) -> Inclusion:
    partes = valor.split(":")
    if len(partes) not in (2, 3) or partes[0] not in fhir.tipos_de_recurso():
        raise CriterioInvalido(f"{valor!r}: se espera Tipo:parámetro[:Destino]")
    parametro = fhir.parametros(partes[0]).get(partes[1])
    if parametro is None or parametro.clase != "reference":
        raise CriterioInvalido(f"{valor!r}: no es un parámetro de referencia")
    return Inclusion(partes[0], partes[1], partes[2] if len(partes) == 3 else "")


def _de_filtro(plan: Plan, clave: str, valor: str) -> bool:
    codigo, _, modificador = clave.partition(":")
    if codigo == "_id":
        plan.ids = _ids(valor.split(","), plan.ids)
        return True
    if codigo == "_lastUpdated":
        plan.actualizado = _acotar(plan.actualizado, valor)
        return True
    parametro = fhir.parametros(plan.tipo).get(codigo)
    if parametro is None:
        return False
    if codigo in _DEL_PACIENTE and modificador in ("", "Patient") and _de_pacientes(plan, valor):
        return True
    criterio = fhir.criterio(parametro, modificador, valor)
    if plan.tipo == "Patient" and codigo in _DE_NOMBRE:
        plan.fichas.extend(_de_nombre(codigo, modificador, valor))
        plan.criterios.extend(_criterios_de_nombre(criterio, modificador, valor))
        return True
    tokens = tuple(fichas.ficha(f"{plan.tipo}.{codigo}", t) for t in criterio.terminos)
    if criterio.negado:
        plan.sin_fichas.append(tokens)
        return True
    if tokens:
        (plan.senas if _es_sena(parametro, modificador, valor) else plan.fichas).append(tokens)
    if not criterio.exacto:
        plan.criterios.append(criterio)
    return True


def _es_sena(parametro: Parametro, modificador: str, valor: str) -> bool:
    """Whether few rows can match: an identifier, or a date given to the day."""
    if parametro.clase == "date":
        return _DIA.match(valor) is not None
    sin_valor = any(parte.endswith("|") for parte in valor.split(","))
    return parametro.codigo in _SENAS and not modificador and not sin_valor


def _de_pacientes(plan: Plan, valor: str) -> bool:
    """Narrow to patients named by literal references; False when some is named otherwise."""
    nombrados = []
    for parte in valor.split(","):
        tipo, _, id_ = parte.rpartition("/")
        if tipo not in ("", "Patient"):
            return False
        nombrados.append(id_)
    pacientes = _ids(nombrados, plan.pacientes)
    if len(pacientes) == 1 and plan.paciente in (None, pacientes[0]):
        plan.paciente = pacientes[0]
    else:
        plan.pacientes = pacientes
    return True


def _ids(textos: Sequence[str], previos: tuple[UUID, ...] | None) -> tuple[UUID, ...]:
    validos = []
    for texto in textos:
        try:
            validos.append(UUID(texto))
        except ValueError:
            continue
    return tuple(v for v in validos if previos is None or v in previos)


def _criterios_de_nombre(criterio: Criterio, modificador: str, valor: str) -> list[Criterio]:
    """Names are compared word by word, for people have two surnames and several given names."""
    if modificador:
        return [criterio]
    clave = frecuencias.fonetica if criterio.parametro == "phonetic" else str
    alternativas = [[clave(p) for p in fichas.palabras(parte)] for parte in valor.split(",")]

    def prueba(encontrado: Valor, palabras: tuple[str, ...]) -> bool:
        if not isinstance(encontrado, Cadena):
            return False
        propias = [clave(p) for p in fichas.palabras(encontrado.texto)]
        return any(propia.startswith(p) for propia in propias for p in palabras)

    if len(alternativas) > 1:
        grupos = [tuple(palabras[0] for palabras in alternativas)]
    else:
        grupos = [(palabra,) for palabra in alternativas[0]]
    return [replace(criterio, prueba=partial(prueba, palabras=grupo)) for grupo in grupos]


def _de_nombre(codigo: str, modificador: str, valor: str) -> list[tuple[int, ...]]:
    """Token groups, one a word; with several alternatives, one group of all their first words."""
    if modificador == "contains":
        raise CriterioInvalido(f"{codigo}:contains no se puede buscar sobre nombres cifrados")
    partes = [parte.strip() for parte in valor.split(",")]
    buscadas = [fichas.buscables(fichas.palabras(parte)) for parte in partes]
    if not all(buscadas) or min(map(len, partes)) < 2:
        raise CriterioInvalido(f"{codigo}: escriba al menos tres letras, o un apellido más corto")
    fonetica = codigo == "phonetic"
    if len(partes) == 1:
        return [tuple(fichas.busqueda_de_palabra(p, fonetica=fonetica)) for p in buscadas[0]]
    unidas = [f for b in buscadas for f in fichas.busqueda_de_palabra(b[0], fonetica=fonetica)]
    return [tuple(unidas)]


def _acotar(rango: Rango, valor: str) -> Rango:
    prefijo, desde, hasta = fhir.rango_de_fecha(valor)
    nuevo = {
        "eq": Rango(desde, hasta),
        "ge": Rango(desde, None),
        "gt": Rango(hasta, None),
        "sa": Rango(hasta, None),
        "lt": Rango(None, desde),
        "eb": Rango(None, desde),
        "le": Rango(None, hasta),
    }.get(prefijo)
    if nuevo is None:
        raise CriterioInvalido(f"_lastUpdated no admite el prefijo {prefijo}")
    inicios = [d for d in (rango.desde, nuevo.desde) if d]
    finales = [h for h in (rango.hasta, nuevo.hasta) if h]
    return Rango(max(inicios, default=None), min(finales, default=None))


def escribir_cursor(orden: Orden, fila: Sellado) -> str:
    """The opaque cursor after `fila`."""
    columna = orden.lstrip("-")
    valor = "" if columna == "id" else getattr(fila, columna).isoformat()
    return base64.urlsafe_b64encode(f"{valor}|{fila.id}".encode()).decode().rstrip("=")


def leer_cursor(cursor: str) -> tuple[Any, UUID]:
    try:
        crudo = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode()
        valor, _, id_ = crudo.partition("|")
        return (datetime.fromisoformat(valor) if valor else None), UUID(id_)
    except (ValueError, binascii.Error) as error:
        raise CriterioInvalido("el cursor de página no es válido; repita la búsqueda") from error
