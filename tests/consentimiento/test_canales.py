"""The same directives, the same answer, by whatever way somebody asks: sets of them made at random,
each through every channel of the desk, of FHIR and of the portal, and every other one through one
of FHIR's longer ways (chains, filters, histories, patches, exports, notifications), by turns.
A partner's agreement, drawn at random too, is one more thing that they must all show the same of.

``ECE_VECTORES=300`` and more, by hand: each through each channel. Without it there are fewer, and
each goes through one of those of the portal, whose pages cost ten times a question.
"""

import inspect
import os
import random
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.test import RequestFactory
from django.utils import timezone

from consentimiento import decision, directivas
from consentimiento.convenios import ConPacientes
from consentimiento.decision import AccesoDenegado
from consentimiento.decision.terminos import Hechos, Relacion
from consentimiento.directivas import Destino, Directiva, Rango
from consentimiento.services import compartidos
from ece import fhir
from ece.identidad.models import Cliente
from ece.identidad.services import clientes as directorio
from ece.nucleo.acceso import Acceso, Actor
from ece.nucleo.reserva import Ambito, Renglon
from ece.nucleo.roles import Permiso, Rol
from interoperabilidad.fhir import historias, lectura, pedidos, resumen, ultimas, vistas
from interoperabilidad.fhir.errores import ErrorFhir
from interoperabilidad.masivo import entregas, exportaciones, exportador
from interoperabilidad.masivo import pedidos as masivos
from interoperabilidad.models import NotificacionFhir
from interoperabilidad.suscripciones import sucedido
from interoperabilidad.suscripciones.recurso import Suscripcion
from interoperabilidad.suscripciones.temas import TEMAS
from registros.catalogos.sensibles import Categoria
from registros.models import CLASES
from registros.selectors import expediente, recursos
from registros.selectors.recursos import Consulta, Sellado
from registros.services import recursos as escritura
from tests import elenco as reparto
from tests.consentimiento import referencia
from tests.consentimiento.canales_del_portal import DEL_PORTAL, nombrar, visitas
from tests.convenios import pactar
from tests.elenco import AHORA, CONTRASENA, INTEGRACION, Elenco

LEER, RECURSO = Permiso.EXPEDIENTE_LEER, Permiso.RECURSO_LEER
TANDAS = 6
PEDIDOS = os.environ.get("ECE_VECTORES", "")
POR_TANDA = max(1, int(PEDIDOS or 96) // TANDAS)
ACTIVA = {
    "coding": [
        {
            "system": "http://terminology.hl7.org/CodeSystem/allergyintolerance-clinical",
            "code": "active",
        }
    ]
}
DATOS: tuple[tuple[str, dict[str, Any], tuple[str, ...]], ...] = (
    ("Observation", {"status": "final", "code": {"text": "Peso"}}, ()),
    ("Observation", {"status": "final", "code": {"text": "Carga"}}, ("VIH",)),
    ("Condition", {"code": {"text": "Catarro"}}, ()),
    ("Condition", {"code": {"text": "Ánimo bajo"}}, ("SALUD_MENTAL",)),
    ("Condition", {"code": {"text": "Las dos cosas"}}, ("VIH", "ADICCIONES")),
    ("AllergyIntolerance", {"code": {"text": "Polvo"}, "clinicalStatus": ACTIVA}, ()),
    (
        "DiagnosticReport",
        {"status": "final", "code": {"text": "Perfil"}},
        ("GENETICA",),
    ),
    ("Procedure", {"status": "completed", "code": {"text": "Sutura"}}, ()),
    ("Procedure", {"status": "completed", "code": {"text": "Otra"}}, ("VIOLENCIA",)),
)


class Escena:
    """A record with a visit and labelled data, and who asks for it."""

    def __init__(self, elenco: Elenco, paciente: UUID) -> None:
        self.paciente = paciente
        self.visita = reparto.en_consulta(elenco, paciente)
        self.propio = decision.abrir_paciente(
            INTEGRACION, paciente, Permiso.RECURSO_ESCRIBIR, ahora=AHORA
        )
        self.categorias: dict[UUID, tuple[str, ...]] = {}
        self.palabras: dict[UUID, str] = {}
        for numero, (tipo, datos, etiquetas) in enumerate(DATOS):
            sitio = {"encounter": {"reference": f"Encounter/{self.visita}"}} if numero % 2 else {}
            de_quien = "patient" if tipo == "AllergyIntolerance" else "subject"
            meta = [{"system": "urn:ece:etiqueta", "code": e} for e in etiquetas]
            recurso = {
                "resourceType": tipo,
                **({"meta": {"security": meta}} if meta else {}),
                **datos,
                **sitio,
                de_quien: {"reference": f"Patient/{paciente}"},
            }
            escrita = escritura.crear(self.propio, recurso=recurso, ahora=AHORA)
            self.categorias[escrita.id] = etiquetas
            self.palabras[escrita.id] = datos["code"]["text"]
        self.filas = [s for s in recursos.compartimento(self.propio) if s.tipo != "Patient"]

    def renglon(self, fila: Sellado) -> Renglon:
        """As the naive reference reads it: with the names of the labels, not their tokens."""
        categorias = self.categorias.get(fila.id, ())
        return Renglon(fila.tipo, categorias, fila.encuentro, fila.autor, fila.id, fila.fecha)  # type: ignore[arg-type]

    def dirigir(self, azar: random.Random, quien: Actor) -> list[Directiva]:
        """Between one and three directives at random, written as Consents and in force."""
        return [self._dirigir(azar, quien) for _ in range(azar.randint(1, 3))]

    def _dirigir(self, azar: random.Random, quien: Actor) -> Directiva:
        destinos = [
            Destino(Rango.PERSONA, str(quien.id)),
            Destino(Rango.PERSONA, str(UUID(int=99))),
            *(Destino(Rango.UNIDAD, str(unidad)) for unidad in quien.unidades()),
            *(Destino(Rango.ROL, rol.value) for rol in quien.roles),
        ]
        sobre = azar.choice(["todo", "tipo", "etiqueta", "etiqueta", "visita", "registro"])
        ambito = {
            "todo": Ambito(),
            "tipo": Ambito(tipos=frozenset(azar.sample(sorted({f.tipo for f in self.filas}), 2))),
            "etiqueta": Ambito(
                etiquetas=frozenset(c.value for c in azar.sample(list(Categoria), 2))
            ),
            "visita": Ambito(encuentros=frozenset({self.visita})),
            "registro": Ambito(registros=frozenset({azar.choice(self.filas).id})),
        }[sobre]
        directiva = Directiva(
            UUID(int=0),
            permite=azar.random() < 0.35,
            destinos=frozenset(azar.sample(destinos, 1)) if azar.random() < 0.7 else frozenset(),
            propositos=frozenset({azar.choice(["TREAT", "HRESCH"])})
            if azar.random() < 0.2
            else None,
            ambito=ambito,
        )
        provision = directivas.escribir(directiva, nombres={})
        if ambito.registros:
            (id_,) = ambito.registros
            referencia_ = {"reference": f"Observation/{id_}"}
            provision["data"] = [{"meaning": "instance", "reference": referencia_}]
        recurso = {
            "resourceType": "Consent",
            "status": "active",
            "scope": {"coding": [{"system": directivas.ALCANCE, "code": "patient-privacy"}]},
            "category": [{"coding": [{"system": "http://loinc.org", "code": "59284-0"}]}],
            "patient": {"reference": f"Patient/{self.paciente}"},
            "policyRule": {"coding": [{"system": directivas.POLITICA, "code": "OPTIN"}]},
            "provision": provision,
        }
        escrita = escritura.crear(self.propio, recurso=recurso, ahora=AHORA)
        self._puestas.append((escrita.id, recurso))
        return directiva

    _puestas: list[tuple[UUID, dict[str, Any]]]
    exportada: dict[UUID, UUID]
    """system -> an export of the record, written before anything was directed."""

    def retirar(self) -> None:
        for id_, recurso in self._puestas:
            escritura.actualizar(
                self.propio,
                id=id_,
                recurso={**recurso, "status": "inactive"},
                version=1,
                ahora=AHORA,
            )
        self._puestas = []


@pytest.fixture
def escena(elenco: Elenco, paciente: UUID) -> Escena:
    puesta = Escena(elenco, paciente)
    puesta._puestas, puesta.exportada = [], {}
    # A job is done as the system that asked for it: it must be registered.
    propia = directorio.registrar(
        client_id="integracion", nombre="Integración", rol=Rol.INTEGRACION, secreto=CONTRASENA
    )
    Cliente.objects.filter(pk=propia).update(id=INTEGRACION.id)
    return puesta


Canal = Callable[[Escena, Acceso], set[UUID]]


def _linea(escena: Escena, acceso: Acceso) -> set[UUID]:
    return {e.id for e in expediente.linea_de_tiempo(acceso, limite=200).entradas}


def _por_paginas(escena: Escena, acceso: Acceso) -> set[UUID]:
    vistos, cursor = set[UUID](), ""
    while True:
        pagina = expediente.linea_de_tiempo(acceso, limite=4, cursor=cursor)
        # No page is short of what was taken out of it: nothing tells that there was more.
        assert not pagina.siguiente or len(pagina.entradas) == 4
        vistos |= {e.id for e in pagina.entradas}
        cursor = pagina.siguiente
        if not cursor:
            return vistos


def _de_una_en_una(escena: Escena, acceso: Acceso) -> set[UUID]:
    return {
        f.id for f in escena.filas if expediente.registro(acceso, tipo=f.tipo, id=f.id) is not None
    }


def _por_tipo(escena: Escena, acceso: Acceso) -> set[UUID]:
    vistos = set[UUID]()
    tipos = dict(expediente.tipos_presentes(acceso))
    for tipo in {f.tipo for f in escena.filas}:
        de_tipo = {e.id for e in expediente.linea_de_tiempo(acceso, tipos=[tipo]).entradas}
        assert bool(de_tipo) == (tipo in tipos)
        assert recursos.contar(acceso, Consulta(tipo)) == len(de_tipo)
        vistos |= de_tipo
    return vistos


def _por_modelo(escena: Escena, acceso: Acceso) -> set[UUID]:
    from registros.models import OtroRegistro

    vistos = set[UUID]()
    for modelo in (*CLASES.values(), OtroRegistro):
        filas = modelo.objects.de(acceso)
        assert filas.count() == len(filas)
        vistos |= {fila.id for fila in filas}
    return vistos


def _resumen(escena: Escena, acceso: Acceso) -> set[UUID]:
    """What the summary shows, and the rest as the timeline has it."""
    resumen = expediente.resumen(acceso, hoy=AHORA.date())
    propios = {"AllergyIntolerance": resumen.alergias, "Condition": resumen.problemas}
    propios["DiagnosticReport"] = resumen.resultados
    vistos = {e.id for entradas in propios.values() for e in entradas}
    return vistos | {
        e.id
        for e in expediente.linea_de_tiempo(acceso, limite=200).entradas
        if e.tipo not in propios
    }


def _periodo(escena: Escena, acceso: Acceso) -> set[UUID]:
    manana = AHORA + timedelta(days=1)
    return {e.id for e in expediente.del_periodo(acceso, desde=None, hasta=manana, limite=500)}


DEL_ESCRITORIO: dict[str, Canal] = {
    "línea de tiempo": _linea,
    "línea por páginas": _por_paginas,
    "uno por uno": _de_una_en_una,
    "por tipo y cuentas": _por_tipo,
    "tablas": _por_modelo,
    "resumen": _resumen,
    "impresión del periodo": _periodo,
}

CanalFhir = Callable[[Escena, Actor], set[UUID]]


def _ids(paquete: bytes) -> set[UUID]:
    entradas = fhir.json.leer(paquete).get("entry", ())
    return {UUID(e["resource"]["id"]) for e in entradas}


def _si(pregunta: Callable[[], object]) -> bool:
    try:
        pregunta()
    except (AccesoDenegado, ErrorFhir):
        return False
    return True


def _read(escena: Escena, quien: Actor) -> set[UUID]:
    return {
        f.id
        for f in escena.filas
        if _si(lambda f=f: lectura.leer(quien, f.tipo, f.id, ahora=AHORA))  # type: ignore[misc]
    }


def _vread(escena: Escena, quien: Actor) -> set[UUID]:
    return {
        f.id
        for f in escena.filas
        if _si(lambda f=f: lectura.leer_version(quien, f.tipo, f.id, 1, ahora=AHORA))  # type: ignore[misc]
    }


def _history(escena: Escena, quien: Actor) -> set[UUID]:
    return {
        f.id
        for f in escena.filas
        if _si(lambda f=f: historias.de_uno(quien, f.tipo, f.id, [], base="x", ahora=AHORA))  # type: ignore[misc]
    }


def _buscar(quien: Actor, tipo: str, pares: Iterable[tuple[str, str]]) -> bytes:
    return lectura.buscar(quien, tipo, pares, base="x", estricto=True, ahora=AHORA)


def _search(escena: Escena, quien: Actor) -> set[UUID]:
    vistos = set[UUID]()
    for tipo in {f.tipo for f in escena.filas}:
        de_tipo = _ids(_buscar(quien, tipo, [("patient", str(escena.paciente))]))
        contados = fhir.json.leer(
            _buscar(quien, tipo, [("patient", str(escena.paciente)), ("_summary", "count")])
        )
        assert contados["total"] == len(de_tipo)
        vistos |= de_tipo
    return vistos


def _search_de_todos(escena: Escena, quien: Actor) -> set[UUID]:
    """Across patients, where nobody is named: rows and totals."""
    vistos = set[UUID]()
    for tipo in {f.tipo for f in escena.filas}:
        hallado = fhir.json.leer(_buscar(quien, tipo, [("_total", "accurate"), ("_count", "2")]))
        pagina = fhir.json.leer(_buscar(quien, tipo, [("_count", "200")]))
        assert hallado["total"] == len(pagina.get("entry", ()))
        vistos |= {UUID(e["resource"]["id"]) for e in pagina.get("entry", ())}
    return vistos


def _revinclude(escena: Escena, quien: Actor) -> set[UUID]:
    vistos = set[UUID]()
    for tipo in {f.tipo for f in escena.filas}:
        parametro = "patient"
        pares = [("_id", str(escena.paciente)), ("_revinclude", f"{tipo}:{parametro}")]
        vistos |= _ids(_buscar(quien, "Patient", pares)) - {escena.paciente}
    return vistos


def _everything(escena: Escena, quien: Actor) -> set[UUID]:
    try:
        paquete = lectura.expediente(
            quien, escena.paciente, base="x", cursor="", tipos="", ahora=AHORA
        )
    except AccesoDenegado:
        return set()
    return _ids(paquete) - {escena.paciente}


def _de_cada_tipo(escena: Escena, quien: Actor, *pares: tuple[str, str]) -> set[UUID]:
    vistos = set[UUID]()
    for tipo in {f.tipo for f in escena.filas}:
        vistos |= _ids(_buscar(quien, tipo, [*pares, ("_count", "200")]))
    return vistos


def _filter(escena: Escena, quien: Actor) -> set[UUID]:
    """By an expression that all match, and by one that none does unless it is not there."""
    suyo = f"patient eq Patient/{escena.paciente}"
    assert not _de_cada_tipo(escena, quien, ("_filter", f"{suyo} and patient pr false"))
    return _de_cada_tipo(escena, quien, ("_filter", suyo))


def _cadena(escena: Escena, quien: Actor) -> set[UUID]:
    """Forward, through who they are of."""
    return _de_cada_tipo(escena, quien, ("patient._id", str(escena.paciente)))


def _compartimento(escena: Escena, quien: Actor) -> set[UUID]:
    vistos = set[UUID]()
    for tipo in {f.tipo for f in escena.filas}:
        paquete = lectura.buscar(
            quien, tipo, [], base="x", estricto=True, ahora=AHORA, paciente=escena.paciente
        )
        vistos |= _ids(paquete)
    return vistos


def _ordenadas(escena: Escena, quien: Actor) -> set[UUID]:
    """Sorted by what no column says, three a page: what is withheld takes no place."""
    vistos = set[UUID]()
    for tipo in {f.tipo for f in escena.filas}:
        cursor = ""
        while True:
            pares = [("_sort", "patient,_id"), ("_count", "1"), ("patient", str(escena.paciente))]
            pagina = fhir.json.leer(
                _buscar(quien, tipo, [*pares, *([("_cursor", cursor)] if cursor else [])])
            )
            propias = {UUID(e["resource"]["id"]) for e in pagina.get("entry", ())}
            vistos |= propias
            siguiente = [e["url"] for e in pagina["link"] if e["relation"] == "next"]
            assert not siguiente or len(propias) == 1
            if not siguiente:
                break
            cursor = siguiente[0].rpartition("_cursor=")[2]
    return vistos


def _has(escena: Escena, quien: Actor) -> set[UUID]:
    """Backward: whether the patient is found by each record tells whether it can be seen."""
    vistos = set[UUID]()
    for f in escena.filas:
        pares = [("_has:" + f.tipo + ":patient:_id", str(f.id))]
        if _ids(_buscar(quien, "Patient", pares)):
            vistos.add(f.id)
    return vistos


def _por_la_visita(escena: Escena, quien: Actor) -> set[UUID]:
    """Of what cites the visit, through it: nothing when the visit itself is withheld."""
    del_tipo = [f for f in escena.filas if f.tipo == "Encounter"]
    if not _read(escena, quien) & {f.id for f in del_tipo}:
        pares = ("encounter.status", "in-progress,arrived,planned,triaged,onleave,finished")
        assert not _de_cada_tipo_con_visita(escena, quien, pares)
        assert not _ids(
            _buscar(quien, "Encounter", [("_has:Observation:encounter:status", "final")])
        )
    return _read(escena, quien)


def _de_cada_tipo_con_visita(escena: Escena, quien: Actor, par: tuple[str, str]) -> set[UUID]:
    vistos = set[UUID]()
    for tipo in {f.tipo for f in escena.filas}:
        if "encounter" in fhir.parametros(tipo):
            vistos |= _ids(_buscar(quien, tipo, [par]))
    return vistos


def _historia_de_todo(escena: Escena, quien: Actor) -> set[UUID]:
    """The history of everything, a few versions a page, none of them short."""
    vistos, cursor = set[UUID](), ""
    while True:
        pares = [("_count", "20"), *([("_cursor", cursor)] if cursor else [])]
        pagina = fhir.json.leer(historias.de_muchos(quien, None, pares, base="x", ahora=AHORA))
        entradas = pagina.get("entry", ())
        vistos |= {UUID(e["resource"]["id"]) for e in entradas}
        siguiente = [e["url"] for e in pagina.get("link", ()) if e["relation"] == "next"]
        assert not siguiente or len(entradas) == 20
        if not siguiente:
            return vistos
        cursor = siguiente[0].rpartition("_cursor=")[2]


def _por_post(escena: Escena, quien: Actor) -> set[UUID]:
    """POST ``_search``, through the view itself."""
    vistos = set[UUID]()
    for tipo in {f.tipo for f in escena.filas}:
        request = RequestFactory().post(
            f"/fhir/{tipo}/_search?_count=200",
            f"patient={escena.paciente}",
            content_type="application/x-www-form-urlencoded",
        )
        respuesta = inspect.unwrap(vistas.buscar)(request, quien, tipo=tipo)
        vistos |= _ids(respuesta.content)
    return vistos


def _operaciones(escena: Escena, quien: Actor) -> set[UUID]:
    """The latest of each code are all there are here; a summary shows nothing but what is seen."""
    leidos = _read(escena, quien)
    pares = [("patient", str(escena.paciente)), ("max", "100")]
    ultimas_ = _ids(ultimas.hallar(quien, pares, base="x", propio="x", ahora=AHORA))
    assert ultimas_ == leidos & {f.id for f in escena.filas if f.tipo == "Observation"}
    try:
        paquete = resumen.de_paciente(quien, escena.paciente, base="x", ahora=AHORA)
    except AccesoDenegado:
        assert not leidos
        return set()
    entradas = [e["resource"] for e in fhir.json.leer(paquete)["entry"]]
    mirados = {f.id for f in escena.filas}
    assert {UUID(r["id"]) for r in entradas if "id" in r} & mirados <= leidos
    return leidos


def _patch(escena: Escena, quien: Actor) -> set[UUID]:
    """What may be patched: read with the right to write it, and not written here."""
    return {
        f.id
        for f in escena.filas
        if _si(
            lambda f=f: pedidos.de_parche(  # type: ignore[misc]
                quien, f.tipo, f.id, lambda recurso: recurso, version=0, ahora=AHORA
            )
        )
    }


def _exportar(escena: Escena, quien: Actor) -> UUID:
    pedido = masivos.leer(quien, [], url="x", nivel=masivos.PACIENTES, miembros=[escena.paciente])
    id_ = exportaciones.pedir(quien, pedido, ahora=timezone.now())
    while exportador.atender(id_):
        pass
    return id_


def _entregado(quien: Actor, id: UUID) -> set[UUID]:
    fila = exportaciones.propia(quien, id, ahora=timezone.now())
    return {
        UUID(fhir.json.leer(linea)["id"])
        for archivo in exportaciones.archivos(fila)
        for parte in entregas.lineas(quien, fila, archivo.tipo, archivo.numero)
        for linea in parte.splitlines()
    }


def _export(escena: Escena, quien: Actor) -> set[UUID]:
    """Written and delivered now; what is written already leaves out what is not delivered."""
    id_ = _exportar(escena, quien)
    entregado = _entregado(quien, id_)
    fila = exportaciones.propia(quien, id_, ahora=timezone.now())
    assert fila.recursos == len(entregado)
    exportaciones.borrar(quien, id_, ahora=timezone.now())
    return entregado - {escena.paciente}


def _export_de_antes(escena: Escena, quien: Actor) -> set[UUID]:
    """Written before anything was directed, and delivered now."""
    return _entregado(quien, escena.exportada[quien.id]) - {escena.paciente}


_TODO_LO_QUE_PASE = Suscripcion(TEMAS["urn:ece:tema:nota"], "", "id-only", lambda _: True, ())


def _suscripcion(escena: Escena, quien: Actor) -> set[UUID]:
    """What a subscriber is told of what was written before anything was directed."""

    def mira(fila: Sellado) -> bool:
        aviso = NotificacionFhir(
            suscripcion_id=UUID(int=0), tipo=fila.tipo, registro=fila.id, version=fila.version
        )
        visto = sucedido.mirar(quien, aviso, _TODO_LO_QUE_PASE, ahora=AHORA)
        return visto is not None

    vistos = set[UUID]()
    for fila in escena.filas:
        with suppress(AccesoDenegado):
            if mira(fila):
                vistos.add(fila.id)
    return vistos


DE_FHIR: dict[str, CanalFhir] = {
    "read": _read,
    "vread": _vread,
    "history": _history,
    "search": _search,
    "search de todos": _search_de_todos,
    "_revinclude": _revinclude,
    "$everything": _everything,
}

DE_FHIR_POR_TURNOS: dict[str, CanalFhir] = {
    "cadena": _cadena,
    "_has": _has,
    "_filter": _filter,
    "por la visita": _por_la_visita,
    "compartimento": _compartimento,
    "_sort": _ordenadas,
    "historia de todo": _historia_de_todo,
    "PATCH": _patch,
    "POST _search": _por_post,
    "$lastn y $summary": _operaciones,
    "$export": _export,
    "$export de antes": _export_de_antes,
    "suscripción": _suscripcion,
}


def _esperado(
    escena: Escena,
    quien: Actor,
    permiso: Permiso,
    hechos: Hechos,
    dirigido: list[Directiva],
) -> set[UUID] | None:
    hechos = replace(hechos, directivas=tuple(dirigido))
    respuesta = referencia.responder(quien, permiso, hechos, AHORA, None)
    if not respuesta.permitido:
        return None
    return {
        f.id
        for f in escena.filas
        if referencia.muestra(quien, hechos, AHORA, respuesta, escena.renglon(f))
    }


def _atado(*relaciones: Relacion) -> Hechos:
    return Hechos(True, frozenset(relaciones))


@pytest.mark.parametrize("tanda", range(TANDAS))
def test_every_channel_shows_the_same(escena: Escena, elenco: Elenco, tanda: int) -> None:
    semilla = random.SystemRandom().getrandbits(48)
    azar = random.Random(semilla)
    mirados = {f.id for f in escena.filas}
    personas = (
        (elenco.actor(elenco.medica), _atado(Relacion.ENCUENTRO_RESPONSABLE)),
        (elenco.actor(elenco.enfermera), _atado(Relacion.ENCUENTRO_EN_UNIDAD)),
    )
    escena.exportada[INTEGRACION.id] = _exportar(escena, INTEGRACION)
    del_portal = visitas(escena.paciente)
    nombrar(escena.palabras)
    for caso in range(POR_TANDA):
        quien, hechos = azar.choice(personas)
        visita = azar.choice(del_portal)
        dirigido = escena.dirigir(azar, azar.choice([quien, INTEGRACION, visita.actor]))
        esperado = _esperado(escena, quien, LEER, hechos, dirigido)
        try:
            acceso = decision.abrir_paciente(quien, escena.paciente, LEER, ahora=AHORA)
        except AccesoDenegado:
            assert esperado is None, (semilla, caso)
        else:
            assert esperado is not None, (semilla, caso)
            for nombre, canal in DEL_ESCRITORIO.items():
                visto = canal(escena, acceso) & mirados
                assert visto == esperado, (semilla, caso, nombre)
        esperado = _esperado(escena, visita.actor, LEER, visita.hechos, dirigido) or set()
        del_portal_hoy = [*DEL_PORTAL.items()] if PEDIDOS else [azar.choice([*DEL_PORTAL.items()])]
        for nombre, canal_portal in del_portal_hoy:
            visto = canal_portal(visita.cliente, escena.paciente, escena.filas) & mirados
            assert visto == esperado & mirados, (semilla, caso, nombre, visita.actor.nombre)
        esperado = _esperado(escena, INTEGRACION, RECURSO, _atado(), dirigido) or set()
        turno = [azar.choice(list(DE_FHIR_POR_TURNOS.items()))] if caso % 2 else []
        for nombre, canal_fhir in [*DE_FHIR.items(), *turno]:
            visto = canal_fhir(escena, INTEGRACION) & mirados
            assert visto == esperado, (semilla, caso, nombre)
        escena.retirar()


@pytest.mark.parametrize("tanda", range(TANDAS if PEDIDOS else 3))
def test_every_channel_shows_a_partner_the_same(escena: Escena, elenco: Elenco, tanda: int) -> None:
    """What may be read one by one under an agreement is what every other way shows of it."""
    semilla = random.SystemRandom().getrandbits(48)
    azar = random.Random(semilla)
    mirados = {f.id for f in escena.filas}
    presentes = sorted({f.tipo for f in escena.filas})
    sale = frozenset(azar.sample(presentes, azar.randint(1, len(presentes)))) | {"Patient"}
    categorias = frozenset(c.value for c in azar.sample(list(Categoria), 2))
    alianza = pactar(
        sale=sale,
        entra=frozenset(),
        categorias=categorias,
        por_minuto=1_000_000,
        por_dia=1_000_000,
    )
    if azar.random() < 0.8:  # the others have no basis, but what a directive may give
        compartidos.compartir(
            reparto.acceso_de_medica(elenco, escena.paciente),
            convenio_id=alianza.convenio,
            base=ConPacientes.REFERENCIA,
            hasta=AHORA.replace(year=2040),
            ahora=AHORA,
        )
    quien = alianza.actor()
    escena.exportada[quien.id] = _exportar(escena, quien)
    canales = {**DE_FHIR, **DE_FHIR_POR_TURNOS}
    del canales["read"], canales["PATCH"]  # the others are held to the first; it writes nothing
    antes = _read(escena, quien)
    for fila in escena.filas:
        ajenas = set(escena.categorias.get(fila.id, ())) - categorias
        assert fila.id not in antes or (fila.tipo in sale and not ajenas), semilla
    for caso in range(max(1, int(PEDIDOS or 12) // TANDAS)):
        escena.dirigir(azar, quien)
        esperado = _read(escena, quien) & mirados
        elegidos = list(canales.items())
        for nombre, canal in elegidos if PEDIDOS else azar.sample(elegidos, 6):
            # What a directive opens was not in the one that was written before it.
            suyo = esperado & antes if nombre == "$export de antes" else esperado
            assert canal(escena, quien) & mirados == suyo, (semilla, caso, nombre)
        escena.retirar()
