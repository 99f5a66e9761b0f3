"""The search compiler: a query string to tokens, columns, and tests on the content."""

import re
from collections.abc import Iterable, Sequence
from uuid import UUID

from ece import fhir
from ece.fhir import Criterio, CriterioInvalido, Parametro
from ece.nucleo import fichas
from interoperabilidad.fhir import nombres
from interoperabilidad.fhir.cursores import leer_cursor
from interoperabilidad.fhir.errores import ErrorFhir
from interoperabilidad.fhir.plan import CUENTA_MAXIMA, Cadena, Clave, Inclusion, Inversa, Plan
from interoperabilidad.fhir.terminologia import TERMINOLOGIA
from registros.selectors.recursos import Orden, Rango

ESLABONES = 3
"""How deep a chain, or a `_has`, may go."""

CADENAS, CLAVES, INCLUSIONES = 6, 4, 20
"""How many chains, keys of a sort and inclusions a search may have."""

DESTINOS = 12
"""Types that a chain may lead to without saying which."""

DEL_PACIENTE = frozenset({"patient", "subject"})
ORDENES = {
    "_lastUpdated": "actualizado_at",
    "_id": "id",
    "date": "fecha",
    "authoredon": "fecha",
    "recorded-date": "fecha",
    "started": "fecha",
    "created": "fecha",
}
"""What a column sorts by."""

SIN_BUSQUEDA = {
    "_content": "el contenido está cifrado: sólo se busca por parámetros",
    "_text": "las narrativas están cifradas: sólo se busca por parámetros",
    "_query": "no hay consultas con nombre",
    "_list": "no se busca por listas",
    "near": "no se busca por distancia",
}
"""What R4 publishes and this server refuses, and why."""

RESUMENES = ("true", "text", "data", "count", "false")
TOTALES = ("none", "estimate", "accurate")
_DE_FORMA = frozenset({"_format", "_pretty"})
_SENAS = frozenset({"identifier", "telecom", "phone", "email"})
_DIA = re.compile(r"(eq)?\d{4}-\d\d-\d\d", re.ASCII)


def compilar(
    tipo: str,
    pares: Iterable[tuple[str, str]],
    *,
    estricto: bool,
    paciente: UUID | None = None,
    eslabon: int = 0,
) -> Plan:
    """The plan of a search of `tipo`; `paciente` is the compartment of the address, if any.

    Raises `CriterioInvalido`; with `estricto`, also `ErrorFhir` for what is not understood
    (otherwise it is listed in `Plan.ignorados`). `eslabon` is how deep in a chain it is.
    """
    plan = Plan(tipo, paciente=paciente)
    for clave, valor in pares:
        if clave in _DE_FORMA or valor == "":
            continue
        if (not eslabon and _de_resultado(plan, clave, valor)) or _de_filtro(
            plan, clave, valor, eslabon
        ):
            continue
        if estricto:
            raise ErrorFhir(400, "not-supported", _por_que_no(tipo, clave))
        plan.ignorados.append(clave)
    _medir(plan)
    return plan


def _medir(plan: Plan) -> None:
    """Refuse what asks too many things at once. Raises `ErrorFhir`."""
    for que, cuantas, tope in (
        ("cadenas", len(plan.cadenas) + len(plan.inversas), CADENAS),
        ("claves de orden", len(plan.claves), CLAVES),
        ("inclusiones", len(plan.incluir) + len(plan.incluir_inverso), INCLUSIONES),
    ):
        if cuantas > tope:
            raise ErrorFhir(400, "too-costly", f"Una búsqueda lleva hasta {tope} {que}.")


def _por_que_no(tipo: str, clave: str) -> str:
    razon = SIN_BUSQUEDA.get(clave.partition(":")[0])
    return f"No se puede buscar {tipo} por {clave!r}{f': {razon}' if razon else ''}."


def _de_resultado(plan: Plan, clave: str, valor: str) -> bool:
    match clave:
        case "_count":
            if not valor.isdecimal() or len(valor) > 9:
                raise CriterioInvalido("_count es un número")
            plan.cuenta = min(int(valor), CUENTA_MAXIMA)
            if plan.cuenta == 0:
                plan.resumen = "count"
        case "_sort":
            return _ordenar(plan, valor)
        case "_summary":
            if valor not in RESUMENES:
                raise CriterioInvalido("_summary es true, text, data, count o false")
            plan.resumen = "" if valor == "false" else valor
        case "_elements":
            plan.elementos = tuple(parte.strip() for parte in valor.split(","))
        case "_total":
            if valor not in TOTALES:
                raise CriterioInvalido("_total es none, estimate o accurate")
            plan.total = valor
        case "_cursor":
            plan.despues = leer_cursor(valor)
        case "_include" | "_include:iterate" | "_include:recurse":
            plan.incluir.append(_inclusion(valor, iterar=":" in clave))
        case "_revinclude" | "_revinclude:iterate" | "_revinclude:recurse":
            inclusion = _inclusion(valor, iterar=":" in clave)
            if inclusion.tipo == "*":
                raise CriterioInvalido("_revinclude: diga de qué tipo es lo que cita")
            plan.incluir_inverso.append(inclusion)
        case _:
            return False
    return True


def _ordenar(plan: Plan, valor: str) -> bool:
    claves = [Clave(parte.lstrip("-"), parte.startswith("-")) for parte in valor.split(",")]
    if len(claves) == 1 and claves[0].codigo in ORDENES:
        (clave,) = claves
        plan.orden = Orden(("-" if clave.descendente else "") + ORDENES[clave.codigo])
        return True
    conocidos = fhir.parametros(plan.tipo)
    if any(c.codigo not in ORDENES and c.codigo not in conocidos for c in claves):
        return False
    plan.claves = tuple(claves)
    return True


def _inclusion(valor: str, *, iterar: bool) -> Inclusion:
    if valor == "*":
        return Inclusion("*", "*", "", iterar)
    partes = valor.split(":")
    if len(partes) not in (2, 3) or partes[0] not in fhir.tipos_de_recurso():
        raise CriterioInvalido(f"{valor!r}: se espera Tipo:parámetro[:Destino]")
    parametro = fhir.parametros(partes[0]).get(partes[1])
    if partes[1] != "*" and (parametro is None or parametro.clase != "reference"):
        raise CriterioInvalido(f"{valor!r}: no es un parámetro de referencia")
    return Inclusion(partes[0], partes[1], partes[2] if len(partes) == 3 else "", iterar)


def _de_filtro(plan: Plan, clave: str, valor: str, eslabon: int) -> bool:
    if clave.startswith("_has:"):
        plan.inversas.append(_inversa(plan, clave, valor, eslabon))
        return True
    if "." in clave:
        return _encadenar(plan, clave, valor, eslabon)
    codigo, _, modificador = clave.partition(":")
    match codigo:
        case "_id":
            plan.ids = _ids(valor.split(","), plan.ids)
            return True
        case "_lastUpdated":
            plan.actualizado = _acotar(plan.actualizado, valor)
            return True
        case "_filter":
            _filtrar(plan, valor)
            return True
    parametro = fhir.parametros(plan.tipo).get(codigo)
    if parametro is None:
        return not modificador and _compuesto(plan, codigo, valor)
    if codigo in DEL_PACIENTE and modificador in ("", "Patient") and _de_pacientes(plan, valor):
        return True
    criterio = fhir.criterio(parametro, modificador, valor, terminologia=TERMINOLOGIA)
    if plan.tipo == "Patient" and codigo in nombres.DE_NOMBRE:
        plan.fichas.extend(nombres.grupos(codigo, modificador, valor))
        plan.criterios.extend(nombres.criterios(criterio, modificador, valor))
        return True
    if not _con_fichas(plan.tipo, codigo):
        plan.criterios.append(criterio)
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


def _con_fichas(tipo: str, codigo: str) -> bool:
    """Whether each value of the parameter has its tokens in the index: not whose a record is (a
    column says it), nor what is sensitive in it, nor the names of people (levelled)."""
    if tipo == "Patient":
        return codigo not in nombres.DE_NOMBRE
    return codigo != "_security" and not por_columna(tipo, codigo)


def por_columna(tipo: str, codigo: str) -> bool:
    """Whether the parameter says whose the record is."""
    return codigo in DEL_PACIENTE and fhir.en_compartimento(tipo)


def _compuesto(plan: Plan, codigo: str, valor: str) -> bool:
    compuesto = fhir.compuestos(plan.tipo).get(codigo)
    if compuesto is None:
        return False
    criterio = fhir.criterio_compuesto(compuesto, valor)
    plan.fichas.extend(
        tuple(fichas.ficha(f"{plan.tipo}.{parametro}", t) for t in terminos)
        for parametro, terminos in criterio.grupos
        if _con_fichas(plan.tipo, parametro)
    )
    plan.compuestos.append(criterio)
    return True


def _filtrar(plan: Plan, expresion: str) -> None:
    filtro = fhir.filtro(plan.tipo, expresion)
    plan.filtros.append(filtro)
    plan.fichas.extend(
        tuple(fichas.ficha(f"{plan.tipo}.{parametro}", termino) for parametro, termino in grupo)
        for grupo in filtro.grupos
        if all(_con_fichas(plan.tipo, parametro) for parametro, _ in grupo)
    )


def _inversa(plan: Plan, clave: str, valor: str, eslabon: int) -> Inversa:
    """``_has:Type:parameter:code=value``, which may go on with another `_has`."""
    partes = clave.split(":", 3)
    if len(partes) != 4 or partes[1] not in fhir.tipos_de_recurso():
        raise CriterioInvalido(f"{clave!r}: se espera _has:Tipo:referencia:parámetro")
    _, tipo, referencia, resto = partes
    parametro = fhir.parametros(tipo).get(referencia)
    if parametro is None or parametro.clase != "reference":
        raise CriterioInvalido(f"{clave!r}: {tipo} no tiene la referencia {referencia!r}")
    if parametro.destinos and plan.tipo not in parametro.destinos:
        raise CriterioInvalido(f"{clave!r}: {tipo}.{referencia} no cita a {plan.tipo}")
    return Inversa(referencia, _eslabon(tipo, resto, valor, eslabon))


def _encadenar(plan: Plan, clave: str, valor: str, eslabon: int) -> bool:
    """``reference[:Type].parameter=value``; without the type, any that has that parameter."""
    cabeza, _, resto = clave.partition(".")
    codigo, _, destino = cabeza.partition(":")
    parametro = fhir.parametros(plan.tipo).get(codigo)
    if parametro is None:
        return False
    if parametro.clase != "reference":
        raise CriterioInvalido(f"{codigo} no es una referencia: no encadena nada")
    destinos = (destino,) if destino else parametro.destinos
    if not 0 < len(destinos) <= DESTINOS or not fhir.tipos_de_recurso().issuperset(destinos):
        raise CriterioInvalido(f"{clave!r}: diga a qué tipo lleva ({codigo}:Tipo.…)")
    planes: list[Plan] = []
    fallo: Exception | None = None
    for tipo in destinos:
        try:
            planes.append(_eslabon(tipo, resto, valor, eslabon))
        except (CriterioInvalido, ErrorFhir) as error:
            fallo = error
    if not planes and fallo is not None:
        raise fallo
    plan.cadenas.append(Cadena(codigo, tuple(planes)))
    return True


def _eslabon(tipo: str, clave: str, valor: str, eslabon: int) -> Plan:
    if eslabon >= ESLABONES:
        raise CriterioInvalido(f"una cadena tiene hasta {ESLABONES} eslabones")
    return compilar(tipo, [(clave, valor)], estricto=True, eslabon=eslabon + 1)


def _es_sena(parametro: Parametro, modificador: str, valor: str) -> bool:
    """Whether few rows can match: an identifier, or a date given to the day."""
    if parametro.clase == "date":
        return _DIA.match(valor) is not None
    sin_valor = any(parte.endswith("|") for parte in valor.split(","))
    return parametro.codigo in _SENAS and not modificador and not sin_valor


def _de_pacientes(plan: Plan, valor: str) -> bool:
    """Narrow to patients named by literal references; False when some is named otherwise."""
    if not fhir.en_compartimento(plan.tipo):
        return False
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


def de_referencias(parametro: str, citados: set[tuple[str, UUID]]) -> Criterio:
    """The test that a parameter leads to one of `citados`."""
    textos = {(tipo, str(id_)) for tipo, id_ in citados}
    return Criterio(
        parametro,
        (),
        False,
        lambda v: (getattr(v, "tipo", ""), getattr(v, "id", "")) in textos,
    )
