"""Whose a message is, which order a result answers, and who of ours it names. Never by a name.

A doubt is not resolved here: it waits for a person (`Espera`).
"""

import time
from collections.abc import Iterable, Iterator, Sequence
from typing import Any
from uuid import UUID

from ece.identidad import selectors as identidad
from ece.nucleo import fichas
from ece.nucleo.acceso import Acceso
from interoperabilidad.hl7v2.datos import Recurso
from interoperabilidad.hl7v2.traduccion import Informe
from registros.selectors import identidad as identidades
from registros.selectors import recursos
from registros.selectors.recursos import Marcado
from registros.services.ordenes import SISTEMA_FOLIO


class Espera(Exception):
    """Only a person can tell; `motivo` is a code, the message says it in words."""

    def __init__(self, motivo: str, texto: str) -> None:
        super().__init__(texto)
        self.motivo = motivo


def paciente(identificadores: Sequence[Recurso]) -> UUID | None:
    """Who has any of these identifiers; None when nobody does. Raises `Espera` if several do."""
    tokens = [
        _token("Patient.identifier", i.get("system", ""), i["value"]) for i in identificadores
    ]
    hallados = {m.paciente for m in recursos.marcados("Patient", tokens)}
    if len(hallados) > 1:
        raise Espera(
            "identificadores-cruzados",
            "Los identificadores del paciente son de expedientes distintos.",
        )
    return next(iter(hallados), None)


def _token(parametro: str, sistema: str, valor: str) -> int:
    return fichas.ficha(parametro, f"{_sin_barras(sistema)}|{_sin_barras(valor)}")


def _sin_barras(parte: str) -> str:
    return parte.replace("\\", "\\\\").replace("|", "\\|")


def continua_en(recurso: Recurso) -> UUID | None:
    """The record in which this one goes on, when they were linked."""
    for enlace in recurso.get("link", ()):
        referencia = enlace.get("other", {}).get("reference", "")
        if enlace.get("type") == "replaced-by" and referencia.startswith("Patient/"):
            return UUID(referencia.split("/")[1])
    return None


_DISCREPANCIAS = {
    "curp-distinta": "La CURP del mensaje no es la del expediente.",
    "identidad-discrepante": "Ese número es aquí de otra persona: ni los apellidos ni la fecha de "
    "nacimiento coinciden.",
}


def comprobar(conocido: Recurso, dicho: Recurso) -> None:
    """That the Patient `dicho` is whom we know by that number. Raises `Espera`."""
    if motivo := identidades.discrepancia(conocido, dicho):
        raise Espera(motivo, _DISCREPANCIAS[motivo])


def orden(acceso: Acceso, informe: Informe, codigo: Recurso, *, se_exige: bool) -> UUID | None:
    """The order that a report answers; None for one that nobody asked for. Raises `Espera`."""
    hallados: dict[UUID, Marcado] = {}
    for numero in (informe.pedida, informe.atendida):
        if numero:
            hallados |= {m.id: m for m in ordenes_de(numero)}
        if hallados:
            break
    propios = [m for m in hallados.values() if m.paciente == acceso.paciente]
    if hallados and not propios:
        raise Espera("orden-de-otro", "La orden que dice el resultado es de otro paciente.")
    if len(propios) > 1:
        propios = [m for m in propios if _es_el_estudio(m, codigo)]
        if len(propios) != 1:
            raise Espera(
                "orden-ambigua", "Con ese número hay varios estudios y no se sabe cuál responde."
            )
    if propios:
        return propios[0].id
    if informe.pedida and se_exige:
        raise Espera("orden-desconocida", "No hay aquí una orden con el número que dice OBR-2.")
    return None


def ordenes_de(numero: Recurso) -> Iterator[Marcado]:
    """Orders known by `numero`: theirs by its system, ours by its folio or its id."""
    sistema, valor = numero.get("system", ""), numero["value"]
    tokens = [
        _token("ServiceRequest.identifier", sistema, valor),
        _token("ServiceRequest.requisition", SISTEMA_FOLIO, valor),
        _token("ServiceRequest.requisition", sistema, valor),
    ]
    try:
        propia = recursos.sellado("ServiceRequest", UUID(valor))
    except ValueError:
        propia = None
    if propia is not None:
        yield Marcado(propia.id, propia.paciente, propia.version, frozenset())
        return
    yield from recursos.marcados("ServiceRequest", tokens)


def _es_el_estudio(marcado: Marcado, codigo: Recurso) -> bool:
    return any(
        _token("ServiceRequest.code", c.get("system", ""), c["code"]) in marcado.fichas
        for c in codigo.get("coding", ())
        if c.get("code")
    )


_VIDA = 60.0
_unidades: dict[str, tuple[float, UUID | None]] = {}


def _unidades_de(nombres: set[str]) -> dict[str, UUID]:
    """name -> unit of ours; what is known of a name is remembered for a minute."""
    ahora = time.monotonic()
    por_saber = {n for n in nombres if _unidades.get(n, (0.0, None))[0] < ahora}
    if por_saber:
        if len(_unidades) > 1_000:
            _unidades.clear()
        halladas = identidad.unidades_por_nombre(por_saber)
        _unidades.update({n: (ahora + _VIDA, halladas.get(n)) for n in por_saber})
    return {n: unidad for n in nombres if (unidad := _unidades[n][1]) is not None}


def olvidar() -> None:
    """Forget which units there are (only a test changes the database under a process)."""
    _unidades.clear()


def con_los_nuestros(piezas: Sequence[Recurso]) -> None:
    """Make literal, in place, the references to professionals and units that are ours.

    A professional is known by their licence (an XCN of type LN), a unit by its whole name.
    """
    profesionales, lugares = list(_profesionales(piezas)), list(_lugares(piezas))
    cedulas = {p["identifier"]["value"] for p in profesionales}
    nombres = {lugar["display"].split(" · ")[0] for lugar in lugares}
    por_cedula = identidad.por_cedula(cedulas) if cedulas else {}
    unidades = _unidades_de(nombres)
    for p in profesionales:
        if (quien := por_cedula.get(p["identifier"]["value"])) is not None:
            p["reference"] = f"Practitioner/{quien}"
    for lugar in lugares:
        if (unidad := unidades.get(lugar["display"].split(" · ")[0])) is not None:
            lugar["reference"] = f"Location/{unidad}"


def _profesionales(piezas: Iterable[Recurso]) -> Iterator[Recurso]:
    for nodo in _nodos(piezas):
        identificador = nodo.get("identifier")
        if nodo.get("type") == "Practitioner" and isinstance(identificador, dict):
            codigos = identificador.get("type", {}).get("coding", ())
            if any(c.get("code") == "LN" for c in codigos):
                yield nodo


def _lugares(piezas: Iterable[Recurso]) -> Iterator[Recurso]:
    for pieza in piezas:
        if pieza["resourceType"] == "Encounter":
            yield from (sitio["location"] for sitio in pieza.get("location", ()))
        elif pieza["resourceType"] == "Appointment":
            for participante in pieza["participant"]:
                if participante["actor"].keys() == {"display"}:
                    yield participante["actor"]


def _nodos(valor: Any) -> Iterator[Recurso]:
    if isinstance(valor, dict):
        yield valor
        for interno in valor.values():
            yield from _nodos(interno)
    elif isinstance(valor, list):
        for interno in valor:
            yield from _nodos(interno)
