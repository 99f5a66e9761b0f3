"""Entries of a bundle: what each asks, and the answers of those that only read."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import parse_qsl

from auditoria.tipos import TipoDeEvento
from ece import fhir
from ece.nucleo.acceso import Actor
from interoperabilidad.fhir import definiciones, historias, lectura, pedidos
from interoperabilidad.fhir.errores import ErrorFhir

_METODOS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE")
_EVENTOS = {
    "POST": TipoDeEvento.RECURSO_CREADO,
    "DELETE": TipoDeEvento.RECURSO_ANULADO,
}


@dataclass(frozen=True, slots=True)
class Entrada:
    """One entry: its verb, and what its URL names (`id`, or `criterios` of a condition)."""

    numero: int
    metodo: str
    url: str
    tipo: str
    id: str
    criterios: str
    completo: str
    si_es: str
    si_no_es: str
    si_no_existe: str
    recurso: dict[str, Any] | None = field(repr=False)

    @property
    def consulta_algo(self) -> bool:
        """Whether it only reads."""
        return self.metodo in ("GET", "HEAD")

    @property
    def evento(self) -> TipoDeEvento:
        return _EVENTOS.get(self.metodo, TipoDeEvento.RECURSO_ACTUALIZADO)

    def con_recurso(self) -> dict[str, Any]:
        if self.recurso is None:
            raise ErrorFhir(
                400, "required", f"Bundle.entry[{self.numero}].resource: falta el recurso."
            )
        return self.recurso


def leer(cruda: Any, numero: int) -> Entrada:
    """The entry. Raises `ErrorFhir` for what no interaction looks like."""
    lugar = f"Bundle.entry[{numero}]"
    peticion = cruda.get("request") if isinstance(cruda, dict) else None
    if not isinstance(peticion, dict) or not isinstance(peticion.get("url"), str):
        raise ErrorFhir(400, "required", f"{lugar}.request: falta método o URL.")
    metodo, url = peticion.get("method"), peticion["url"]
    if metodo not in _METODOS:
        raise ErrorFhir(400, "not-supported", f"{lugar}: no se admite el método {metodo!r}.")
    if "ifModifiedSince" in peticion:
        raise ErrorFhir(400, "not-supported", f"{lugar}: en un paquete use ifNoneMatch.")
    camino, _, criterios = url.partition("?")
    tipo, _, id_ = camino.strip("/").partition("/")
    recurso = cruda.get("resource")
    if recurso is not None and not isinstance(recurso, dict):
        raise ErrorFhir(400, "structure", f"{lugar}.resource: se espera un objeto.")
    if metodo in ("POST", "PUT") and (recurso or {}).get("resourceType") != tipo:
        raise ErrorFhir(400, "invalid", f"{lugar}: la URL dice {tipo!r} y el recurso no.")
    if tipo in definiciones.APARTE:
        raise ErrorFhir(400, "not-supported", f"{lugar}: {tipo} no va en un paquete.")
    if metodo not in ("GET", "HEAD"):
        _comprobar_destino(lugar, metodo, tipo, id_, criterios)
    return Entrada(
        numero,
        metodo,
        url,
        tipo,
        id_,
        criterios,
        str(cruda.get("fullUrl", "")),
        str(peticion.get("ifMatch", "")),
        str(peticion.get("ifNoneMatch", "")),
        str(peticion.get("ifNoneExist", "")),
        recurso,
    )


def _comprobar_destino(lugar: str, metodo: str, tipo: str, id_: str, criterios: str) -> None:
    if tipo not in fhir.tipos_de_recurso() or "/" in id_ or id_.startswith("$"):
        raise ErrorFhir(400, "not-supported", f"{lugar}: no se admite esa URL en {metodo}.")
    if metodo == "POST" and (id_ or criterios):
        raise ErrorFhir(400, "invalid", f"{lugar}: se crea en {tipo}, sin más.")
    if metodo != "POST" and bool(id_) == bool(criterios):
        raise ErrorFhir(400, "invalid", f"{lugar}: {metodo} lleva un id o una condición.")


def leida(actor: Actor, entrada: Entrada, *, base: str, ahora: datetime) -> dict[str, Any]:
    """The answer of a GET inside a bundle: a read, a version, a history, or a search."""
    pasos = entrada.url.partition("?")[0].strip("/").split("/")
    pares = parse_qsl(entrada.criterios, keep_blank_values=True)
    if pasos[0] not in fhir.tipos_de_recurso():
        raise ErrorFhir(400, "not-supported", f"GET {entrada.url}: no se admite en un paquete.")
    etiqueta = ""
    match pasos:
        case [tipo]:
            cuerpo = lectura.buscar(actor, tipo, pares, base=base, estricto=True, ahora=ahora)
        case [tipo, id_]:
            leido = lectura.leer(actor, tipo, pedidos.identificador(id_), ahora=ahora)
            cuerpo, etiqueta = leido.json, f'W/"{leido.fila.version}"'
        case ["Patient", id_, tipo] if tipo in fhir.tipos_de_recurso():
            paciente = pedidos.identificador(id_)
            cuerpo = lectura.buscar(
                actor, tipo, pares, base=base, estricto=True, ahora=ahora, paciente=paciente
            )
        case [tipo, id_, "_history"]:
            cuerpo = historias.de_uno(
                actor, tipo, pedidos.identificador(id_), pares, base=base, ahora=ahora
            )
        case [tipo, id_, "_history", version] if version.isdecimal() and len(version) < 10:
            leido = lectura.leer_version(
                actor, tipo, pedidos.identificador(id_), int(version), ahora=ahora
            )
            cuerpo, etiqueta = leido.json, f'W/"{leido.fila.version}"'
        case _:
            raise ErrorFhir(400, "not-supported", f"GET {entrada.url}: no se admite en un paquete.")
    if etiqueta and entrada.si_no_es == etiqueta:
        return {"response": {"status": "304 Not Modified", "etag": etiqueta}}
    dicha = {"status": "200 OK", **({"etag": etiqueta} if etiqueta else {})}
    if entrada.metodo == "HEAD":
        return {"response": dicha}
    return {"resource": fhir.json.leer(cuerpo), "response": dicha}
