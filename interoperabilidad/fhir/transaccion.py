"""Transactions (all or nothing) and batches (each entry by itself) (R4 http.html 3.1.0.11)."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from auditoria.tipos import TipoDeEvento
from ece import fhir
from ece.nucleo.acceso import Actor
from ece.nucleo.uuid7 import uuid7
from interoperabilidad.fhir import condiciones, entradas, escritura, paquetes, pedidos
from interoperabilidad.fhir.busqueda import Hallado
from interoperabilidad.fhir.condiciones import Condicion, CondicionCumplida
from interoperabilidad.fhir.entradas import Entrada
from interoperabilidad.fhir.errores import ErrorFhir
from interoperabilidad.fhir.escritura import Pedido
from interoperabilidad.fhir.guardas import traducir
from registros.services.recursos import Escrita, RecursoInexistente

ENTRADAS_MAXIMAS = 5_000
INTENTOS = 3
"""Times that a bundle is begun again when somebody wrote what its conditions asked not to be."""

Respuesta = dict[str, Any]


def procesar(
    actor: Actor,
    paquete: dict[str, Any],
    *,
    base: str,
    ahora: datetime,
    con_recurso: bool = False,
    por_busqueda: bool = True,
) -> bytes:
    """The response Bundle of a transaction or batch. Raises `ErrorFhir`, having changed nothing.

    `con_recurso`: what was written comes back too (``Prefer: return=representation``).
    `por_busqueda` False: it is known to have no reference by search, which nobody looks for then.
    """
    if paquete.get("resourceType") != "Bundle" or paquete.get("type") not in (
        "transaction",
        "batch",
    ):
        raise ErrorFhir(400, "invalid", "Se espera un Bundle de tipo transaction o batch.")
    crudas = paquete.get("entry", [])
    if not isinstance(crudas, list) or len(crudas) > ENTRADAS_MAXIMAS:
        raise ErrorFhir(413, "too-costly", f"Un paquete admite hasta {ENTRADAS_MAXIMAS} entradas.")
    if paquete["type"] == "transaction":
        leidas = [entradas.leer(cruda, numero) for numero, cruda in enumerate(crudas)]
        tipo = TipoDeEvento.RECURSOS_TRANSACCION
        respuestas = _todas(actor, leidas, base, ahora, tipo, con_recurso, por_busqueda)
    else:
        respuestas = [
            _sola(actor, cruda, numero, base, ahora, con_recurso)
            for numero, cruda in enumerate(crudas)
        ]
    return paquetes.de_respuestas(f"{paquete['type']}-response", respuestas)


def _sola(
    actor: Actor, cruda: Any, numero: int, base: str, ahora: datetime, con_recurso: bool
) -> Respuesta:
    try:
        entrada = entradas.leer(cruda, numero)
        (respuesta,) = _todas(actor, [entrada], base, ahora, entrada.evento, con_recurso, True)
        return respuesta
    except Exception as error:
        fallo = traducir(error)
        return {"response": {"status": str(fallo.estado), "outcome": fallo.resultado()}}


def _todas(
    actor: Actor,
    leidas: list[Entrada],
    base: str,
    ahora: datetime,
    tipo: TipoDeEvento,
    con_recurso: bool,
    por_busqueda: bool,
) -> list[Respuesta]:
    for _ in range(INTENTOS):
        try:
            escrito = _Escrito(actor, leidas, ahora, por_busqueda).escribir(tipo)
        except CondicionCumplida:
            continue
        return [
            entradas.leida(actor, lugar, base=base, ahora=ahora)
            if lugar.consulta_algo
            else escrito.respuesta(numero, con_recurso)
            for numero, lugar in enumerate(leidas)
        ]
    raise ErrorFhir(409, "conflict", "Otros escriben lo que se pide que no exista; reintente.")


@dataclass(slots=True)
class _Escrito:
    """What the entries of a bundle write, in the order R4 asks: deletes, creates, updates, patches.

    (All become versions of different resources in one act: the order shows in nothing else.)
    """

    actor: Actor
    leidas: list[Entrada]
    ahora: datetime
    por_busqueda: bool
    pedidos: dict[int, Pedido] = field(default_factory=dict)
    estaban: dict[int, Hallado] = field(default_factory=dict)
    condiciones: list[Condicion] = field(default_factory=list)
    citas: dict[str, str] = field(default_factory=dict)
    escritas: dict[int, Escrita] = field(default_factory=dict)

    def escribir(self, tipo: TipoDeEvento) -> "_Escrito":
        for numero, entrada in enumerate(self.leidas):
            if not entrada.consulta_algo:
                self._preparar(numero, entrada)
        lista = list(self.pedidos.values())
        identidades = [(p.tipo, p.id) for p in lista]
        if len(set(identidades)) != len(identidades):
            raise ErrorFhir(400, "invalid", "Dos entradas escriben el mismo recurso.")
        if not lista:
            return self
        escritura.validos(lista)
        try:
            escritas = escritura.aplicar(
                self.actor,
                lista,
                ahora=self.ahora,
                tipo=tipo,
                citas=self.citas,
                literal=condiciones.resolver(self.actor, ahora=self.ahora)
                if self.por_busqueda
                else None,
                antes=condiciones.vigilar(self.actor, self.condiciones, ahora=self.ahora),
            )
        except RecursoInexistente:
            if any(e.metodo == "PUT" for e in self.leidas):
                raise pedidos.sin_id_de_cliente("recurso") from None
            raise
        self.escritas = dict(zip(self.pedidos, escritas, strict=True))
        return self

    def _preparar(self, numero: int, entrada: Entrada) -> None:
        match entrada.metodo:
            case "POST":
                self._crear(numero, entrada)
            case "PUT":
                self._actualizar(numero, entrada)
            case "PATCH":
                self.pedidos[numero] = pedidos.de_parche(
                    self.actor,
                    entrada.tipo,
                    self._cual(entrada),
                    pedidos.parche_de_entrada(entrada.con_recurso()),
                    version=pedidos.etiqueta(entrada.si_es),
                    ahora=self.ahora,
                )
            case "DELETE":
                pedido = pedidos.de_borrado(
                    self.actor,
                    entrada.tipo,
                    self._cual(entrada),
                    version=pedidos.etiqueta(entrada.si_es),
                    ahora=self.ahora,
                )
                if pedido is not None:
                    self.pedidos[numero] = pedido

    def _cual(self, entrada: Entrada) -> Any:
        if entrada.criterios:
            return pedidos.el_de(self.actor, entrada.tipo, entrada.criterios, ahora=self.ahora)
        return pedidos.identificador(entrada.id)

    def _crear(self, numero: int, entrada: Entrada) -> None:
        recurso = entrada.con_recurso()
        if not entrada.si_no_existe:
            self.pedidos[numero] = Pedido(recurso, uuid7(), None, entrada.completo)
            return
        hallado = condiciones.hallar(
            self.actor, entrada.tipo, entrada.si_no_existe, ahora=self.ahora
        )
        if hallado is None:
            self.condiciones.append(Condicion(entrada.tipo, entrada.si_no_existe))
            self.pedidos[numero] = Pedido(recurso, uuid7(), None, entrada.completo)
            return
        self.estaban[numero] = hallado
        if entrada.completo:
            self.citas[entrada.completo] = f"{hallado.fila.tipo}/{hallado.fila.id}"

    def _actualizar(self, numero: int, entrada: Entrada) -> None:
        recurso, version = entrada.con_recurso(), pedidos.etiqueta(entrada.si_es)
        if not entrada.criterios:
            id_ = pedidos.identificador(entrada.id)
            self.pedidos[numero] = Pedido(recurso, id_, version, entrada.completo)
            return
        self.pedidos[numero], propias = pedidos.de_actualizacion_condicional(
            self.actor,
            entrada.tipo,
            recurso,
            entrada.criterios,
            version=version,
            ahora=self.ahora,
            completo=entrada.completo,
        )
        self.condiciones += propias

    def respuesta(self, numero: int, con_recurso: bool) -> Respuesta:
        if (estaba := self.estaban.get(numero)) is not None:
            fila = estaba.fila
            dicha = _dicha("200 OK", fila.tipo, fila.id, fila.version, fila.actualizado_at)
            return {**({"resource": fhir.json.leer(estaba.json)} if con_recurso else {}), **dicha}
        escrita = self.escritas.get(numero)
        if escrita is None:  # a delete of what was already in error
            return {"response": {"status": "204 No Content"}}
        if self.leidas[numero].metodo == "DELETE":
            return {"response": {"status": "204 No Content", "etag": f'W/"{escrita.version}"'}}
        estado = "201 Created" if escrita.version == 1 else "200 OK"
        dicha = _dicha(estado, escrita.tipo, escrita.id, escrita.version, escrita.actualizado_at)
        return {**({"resource": fhir.json.leer(escrita.json)} if con_recurso else {}), **dicha}


def _dicha(estado: str, tipo: str, id: Any, version: int, momento: datetime) -> Respuesta:
    return {
        "response": {
            "status": estado,
            "location": f"{tipo}/{id}/_history/{version}",
            "etag": f'W/"{version}"',
            "lastModified": paquetes.instante(momento),
        }
    }
