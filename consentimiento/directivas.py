"""What a person directs about their record, as the decision reads it, to and from FHIR Consent.

A Consent (R4, scope ``patient-privacy``) is a tree of provisions, each an exception to the one that
holds it. Read here, every node is a `Directiva` of its own, narrowed by all that hold it. Whatever
cannot be weighed on what is clear of a row is read on the safe side: a refusal loses the filter (it
refuses more), a permission that has it permits nothing.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import IntEnum
from typing import Any
from uuid import UUID

from ece import fhir
from ece.nucleo.acceso import Actor
from ece.nucleo.reserva import TODO, Ambito, Periodo
from ece.nucleo.roles import Rol
from registros.catalogos.sensibles import SISTEMA, Categoria, etiquetar
from registros.models.base import Recurso

ROL = "urn:ece:rol"
UNIDAD = "urn:ece:unidad"
TIPOS = "http://hl7.org/fhir/resource-types"
ALCANCE = "http://terminology.hl7.org/CodeSystem/consentscope"
PROPOSITO = "http://terminology.hl7.org/CodeSystem/v3-ActReason"
POLITICA = "http://terminology.hl7.org/CodeSystem/v3-ActCode"


class Rango(IntEnum):
    """How narrowly a directive names whom it is about."""

    CUALQUIERA = 0
    INSTITUCION = 1
    ROL = 2
    UNIDAD = 3
    PERSONA = 4


@dataclass(frozen=True, slots=True)
class Destino:
    """Whom a directive is about: a role's code, or the id of a person (or client), unit or
    institution."""

    rango: Rango
    valor: str

    def es(self, actor: Actor) -> bool:
        match self.rango:
            case Rango.PERSONA:
                return self.valor == str(actor.id)
            case Rango.UNIDAD:
                return any(self.valor == str(unidad) for unidad in actor.unidades())
            case Rango.ROL:
                return self.valor in actor.roles
            case Rango.INSTITUCION:
                return self.valor == str(actor.institucion)
        return False


@dataclass(frozen=True, slots=True)
class Directiva:
    """One provision: to whom (`destinos`; none is anybody), what for, of which data, and when."""

    consentimiento: UUID
    permite: bool
    destinos: frozenset[Destino] = frozenset()
    propositos: frozenset[str] | None = None
    ambito: Ambito = TODO
    desde: datetime | None = None
    hasta: datetime | None = None

    def aplica(self, actor: Actor, proposito: str, ahora: datetime) -> bool:
        return (
            (self.desde is None or self.desde <= ahora)
            and (self.hasta is None or ahora < self.hasta)
            and (self.propositos is None or proposito in self.propositos)
            and (not self.destinos or any(destino.es(actor) for destino in self.destinos))
        )

    def rango(self, actor: Actor) -> Rango:
        return max((d.rango for d in self.destinos if d.es(actor)), default=Rango.CUALQUIERA)

    def por_categoria(self) -> Iterator["Directiva"]:
        """One a category: a permission over some excepts nothing of the others."""
        for etiqueta in sorted(map(str, self.ambito.etiquetas or ())):
            yield self._solo(frozenset({etiqueta}))
        if self.ambito.etiquetas is None:
            yield self

    def _solo(self, etiquetas: frozenset[str]) -> "Directiva":
        return replace(self, ambito=replace(self.ambito, etiquetas=etiquetas))

    def excepciones(self, permisos: Iterable["Directiva"], actor: Actor) -> Iterator[Ambito]:
        """What `permisos` (that apply) except from this refusal, which is of one category or all:
        each as far as it is of that category, if it is then narrower in something and broader in
        nothing."""
        mia = self.ambito.etiquetas
        for permiso in permisos:
            suyas = permiso.ambito.etiquetas
            if mia is not None and suyas is not None and mia <= suyas:
                permiso = permiso._solo(frozenset(map(str, mia)))
            if permiso._exceptua(self, actor):
                yield permiso.ambito

    def _exceptua(self, negativa: "Directiva", actor: Actor) -> bool:
        mio, suyo = self.rango(actor), negativa.rango(actor)
        propositos, suyos = self.propositos, negativa.propositos
        cabe = suyos is None or (propositos is not None and propositos <= suyos)
        mas_estrecho = mio > suyo or propositos != suyos or self.ambito != negativa.ambito
        return mio >= suyo and cabe and negativa.ambito.contiene(self.ambito) and mas_estrecho


def leer(id: UUID, consentimiento: Recurso) -> tuple[Directiva, ...]:
    """The directives of a Consent; none unless it is in force and about privacy."""
    alcances = {c.get("code") for c in consentimiento["scope"].get("coding", ())}
    if consentimiento.get("status") != "active" or "patient-privacy" not in alcances:
        return ()
    raiz = consentimiento.get("provision")
    politica = {c.get("code") for c in consentimiento.get("policyRule", {}).get("coding", ())}
    base = Directiva(id, permite="OPTOUT" not in politica)
    leidas = list[Directiva]()
    if raiz is None or "type" not in raiz:
        base = _narrow(base, raiz or {}) or base
        if not base.permite:
            leidas.append(base)
        for hija in (raiz or {}).get("provision", ()):
            leidas += _de_nodo(base, hija)
    else:
        if not base.permite:
            leidas.append(base)
        leidas += _de_nodo(base, raiz)
    return tuple(leidas)


def _de_nodo(madre: Directiva, nodo: Recurso) -> Iterator[Directiva]:
    permite = nodo.get("type", "deny" if madre.permite else "permit") == "permit"
    propia = _narrow(replace(madre, permite=permite), nodo)
    if propia is not None:
        yield propia
    else:  # a permission of nothing that can be told: what it excepts still counts
        propia = replace(madre, permite=permite)
    for hija in nodo.get("provision", ()):
        yield from _de_nodo(propia, hija)


def _narrow(directiva: Directiva, nodo: Recurso) -> Directiva | None:
    """`directiva` narrowed by the filters of `nodo`; None: it can apply to nothing here."""
    periodo = nodo.get("period", {})
    destinos = directiva.destinos
    if "actor" in nodo:
        nombrados = frozenset(_destinos(nodo["actor"]))
        # Narrower still: who is named below, among whom was named above.
        destinos = nombrados or frozenset({Destino(Rango.PERSONA, "")})
    propositos = directiva.propositos
    if "purpose" in nodo:
        suyos = frozenset(p.get("code", "") for p in nodo["purpose"])
        propositos = suyos if propositos is None else propositos & suyos
    ambito = _ambito(directiva, nodo)
    if ambito is None:
        return None
    return replace(
        directiva,
        destinos=destinos,
        propositos=propositos,
        ambito=ambito,
        desde=_instante(periodo.get("start"), directiva.desde, max),
        hasta=_instante(periodo.get("end"), directiva.hasta, min, al_final=True),
    )


def _ambito(directiva: Directiva, nodo: Recurso) -> Ambito | None:
    """What data the node is about, or None for a permission over what cannot be told."""
    ambito, dudoso = directiva.ambito, False
    if "dataPeriod" in nodo:
        ambito = replace(ambito, periodo=_periodo(nodo["dataPeriod"], ambito.periodo))
    if "class" in nodo:
        tipos = frozenset(c["code"] for c in nodo["class"] if c.get("system") == TIPOS)
        dudoso |= len(tipos) < len(nodo["class"])
        if tipos and not (dudoso and not directiva.permite):
            ambito = replace(ambito, tipos=_corte(ambito.tipos, tipos))
    categorias = frozenset[str]()
    if "securityLabel" in nodo:
        categorias |= _categorias(nodo["securityLabel"])
        dudoso |= not categorias
    if "code" in nodo:
        de_codigos = [etiquetar({"resourceType": "Basic", "code": c}) for c in nodo["code"]]
        categorias |= frozenset(c.value for suyas in de_codigos for c in suyas)
        dudoso |= not all(de_codigos)
    if categorias and not (dudoso and not directiva.permite):
        ambito = replace(ambito, etiquetas=_corte(ambito.etiquetas, categorias))
    if "data" in nodo:
        clases = {_clase_de_dato(dato) for dato in nodo["data"]}
        dudoso |= None in clases or len(clases) > 1
        if not (dudoso and not directiva.permite):
            (campo,) = clases - {None} or {None}
            if campo is not None:
                nuevos: Any = frozenset(_id_de(dato) for dato in nodo["data"])
                nuevos = {campo: _corte(getattr(ambito, campo), nuevos)}
                ambito = replace(ambito, **nuevos)
    return None if dudoso and directiva.permite else ambito


def _clase_de_dato(dato: Recurso) -> str | None:
    """Which dimension of an `Ambito` a ``provision.data`` narrows, or None when it is no id."""
    literal = _literal(dato["reference"])
    if literal is None:
        return None
    if dato.get("meaning") == "authoredby":
        return "autores"
    return "encuentros" if literal[0] == "Encounter" else "registros"


def _id_de(dato: Recurso) -> UUID:
    literal = _literal(dato["reference"])
    assert literal is not None
    return literal[1]


def _periodo(periodo: Recurso, previo: Periodo | None) -> Periodo:
    previo = previo or Periodo()
    desde = _instante(periodo.get("start"), previo.desde, max)
    hasta = _instante(periodo.get("end"), previo.hasta, min, al_final=True)
    return Periodo(desde or previo.desde, hasta or previo.hasta)


def _literal(referencia: Recurso) -> tuple[str, UUID] | None:
    """(type, id) of a literal reference to one of ours."""
    tipo, _, id_ = str(referencia.get("reference", "")).partition("/")
    try:
        return tipo, UUID(id_.split("/")[0])
    except ValueError:
        return None


def _corte(previos: frozenset[Any] | None, nuevos: frozenset[Any]) -> frozenset[Any]:
    return nuevos if previos is None else previos & nuevos


def _categorias(etiquetas: list[Recurso]) -> frozenset[str]:
    if any(e.get("code") in ("R", "V") for e in etiquetas):  # restricted: whatever is sensitive
        return frozenset(c.value for c in Categoria)
    # Our own codes and those of HL7 v3-ActCode, as a resource's labels are read.
    return frozenset(
        c.value for c in etiquetar({"resourceType": "Basic", "meta": {"security": etiquetas}})
    )


def _destinos(actores: list[Recurso]) -> Iterator[Destino]:
    for actor in actores:
        referencia = actor["reference"]
        identificador = referencia.get("identifier", {})
        if identificador.get("system") in _RANGO_POR_SISTEMA:
            yield Destino(_RANGO_POR_SISTEMA[identificador["system"]], identificador["value"])
            continue
        literal = _literal(referencia)
        if literal is not None and literal[0] in _RANGO_DE:
            yield Destino(_RANGO_DE[literal[0]], str(literal[1]))


_RANGO_DE = {
    "Practitioner": Rango.PERSONA,
    "Device": Rango.PERSONA,
    "RelatedPerson": Rango.PERSONA,
    "Organization": Rango.INSTITUCION,
}
_RANGO_POR_SISTEMA = {ROL: Rango.ROL, UNIDAD: Rango.UNIDAD}
"""What R4 has no reference for, as an actor, is named by identifier."""


def _instante(
    texto: str | None, previo: datetime | None, mejor: Any, *, al_final: bool = False
) -> datetime | None:
    if texto is None:
        return previo
    _, desde, hasta = fhir.rango_de_fecha(texto)
    nuevo = hasta if al_final else desde
    return nuevo if previo is None else mejor(previo, nuevo)


def escribir(
    directiva: Directiva, *, nombres: dict[str, str], cliente: frozenset[str] = frozenset()
) -> Recurso:
    """The ``provision`` of a Consent that says `directiva`; `nombres` are of its destinations.

    `cliente` are the destinations that are systems, not people.
    """
    provision: Recurso = {"type": "permit" if directiva.permite else "deny"}
    if directiva.desde or directiva.hasta:
        # R4's `end` is the last second inside; ours, the instant when it is over.
        fin = directiva.hasta and directiva.hasta - timedelta(seconds=1)
        provision["period"] = {
            clave: instante.isoformat(timespec="seconds")
            for clave, instante in (("start", directiva.desde), ("end", fin))
            if instante is not None
        }
    if directiva.destinos:
        papel = {
            "coding": [
                {
                    "system": "http://terminology.hl7.org/CodeSystem/v3-ParticipationType",
                    "code": "IRCP",
                }
            ]
        }
        provision["actor"] = [
            {"role": papel, "reference": _referencia(destino, nombres, cliente)}
            for destino in sorted(directiva.destinos, key=lambda d: (d.rango, d.valor))
        ]
    if directiva.propositos is not None:
        provision["purpose"] = [
            {"system": PROPOSITO, "code": codigo} for codigo in sorted(directiva.propositos)
        ]
    ambito = directiva.ambito
    if ambito.tipos is not None:
        provision["class"] = [{"system": TIPOS, "code": tipo} for tipo in sorted(ambito.tipos)]
    if ambito.etiquetas is not None:
        provision["securityLabel"] = [
            {"system": SISTEMA, "code": str(codigo)} for codigo in sorted(ambito.etiquetas)
        ]
    if ambito.encuentros is not None:
        provision["data"] = [
            {
                "meaning": "related",
                "reference": {
                    "reference": f"Encounter/{visita}",
                    **_nombrado(str(visita), nombres),
                },
            }
            for visita in sorted(ambito.encuentros)
        ]
    if ambito.autores is not None:
        provision["data"] = provision.get("data", []) + [
            {"meaning": "authoredby", "reference": {"reference": f"Practitioner/{autor}"}}
            for autor in sorted(ambito.autores)
        ]
    if ambito.periodo is not None:
        provision["dataPeriod"] = {
            "start": ambito.periodo.desde.isoformat(),
            "end": ambito.periodo.hasta.isoformat(),
        }
    return provision


def _referencia(destino: Destino, nombres: dict[str, str], cliente: frozenset[str]) -> Recurso:
    nombrado = _nombrado(destino.valor, nombres)
    if destino.rango is Rango.ROL:
        return {"identifier": {"system": ROL, "value": Rol(destino.valor).value}, **nombrado}
    if destino.rango is Rango.UNIDAD:
        return {"identifier": {"system": UNIDAD, "value": destino.valor}, **nombrado}
    persona = "Device" if destino.valor in cliente else "Practitioner"
    tipo = "Organization" if destino.rango is Rango.INSTITUCION else persona
    return {"reference": f"{tipo}/{destino.valor}", **nombrado}


def _nombrado(valor: str, nombres: dict[str, str]) -> Recurso:
    return {"display": nombres[valor]} if valor in nombres else {}


def nombres(consentimiento: Recurso) -> dict[str, str]:
    """What a Consent calls whom and what it is about: id (of a post, its code) -> name."""
    dichos: dict[str, str] = {}
    pendientes = [consentimiento.get("provision", {})]
    while pendientes:
        nodo = pendientes.pop()
        pendientes += nodo.get("provision", ())
        for referido in (*nodo.get("actor", ()), *nodo.get("data", ())):
            referencia = referido["reference"]
            if "display" not in referencia:
                continue
            literal = _literal(referencia)
            valor = str(literal[1]) if literal else referencia.get("identifier", {}).get("value")
            dichos[valor or ""] = referencia["display"]
    return dichos
