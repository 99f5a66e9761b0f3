"""Subscriptions, from asking to being told: in order, signed, and no more than may be told."""

import json
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
import time_machine
from django.db import connections
from django.test import Client
from django.utils import timezone
from http_message_signatures import InvalidSignature

from auditoria.models import Evento
from consentimiento.services import convenios
from ece import fhir
from ece.identidad.services import clientes as directorio
from ece.nucleo.roles import Rol
from interoperabilidad.models import NotificacionFhir, SuscripcionFhir
from interoperabilidad.oauth import credenciales
from interoperabilidad.suscripciones import envio
from tests.convenios import aliado, pactar
from tests.elenco import AHORA, CONTRASENA, Elenco, registrar
from tests.interoperabilidad.negar import negar
from tests.interoperabilidad.socios import SocioEntero, paciente
from tests.interoperabilidad.suscripciones.receptor import (
    Receptor,
    comprobar_firma,
    escuchando,
    suscripcion,
)
from tests.interoperabilidad.test_intercambio import compartir

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _sin_credenciales() -> None:
    credenciales.olvidar()


@pytest.fixture
def receptor() -> Iterator[Receptor]:
    with escuchando() as abierto:
        yield abierto


@pytest.fixture
def socio(clientes: None) -> SocioEntero:
    return SocioEntero("integracion")


def turno() -> int:
    return envio.turno(ahora=timezone.now())


def todo() -> None:
    """Turns, until there is nothing to tell."""
    while turno():
        pass


def ya() -> None:
    """What waits for its next attempt need not wait."""
    SuscripcionFhir.objects.update(proximo_at=AHORA)


def test_de_pedirla_a_ser_avisado(socio: SocioEntero, receptor: Receptor) -> None:
    quien = socio.crear(paciente())
    socio.observar(quien)  # before anybody asked: it is not news
    creada = socio.post("Subscription", suscripcion(receptor))
    assert creada.status_code == 201
    id_ = creada.json()["id"]
    assert creada.json()["status"] == "requested"
    todo()
    (apreton,) = receptor.recibidos
    assert apreton.estado["type"] == "handshake"
    assert apreton.headers["Authorization"] == "Bearer secreto-del-otro"
    assert socio.get(f"Subscription/{id_}").json()["status"] == "active"

    una = socio.observar(quien)
    leida = socio.get(f"Observation/{una}").json()
    socio.put(f"Observation/{una}", {**leida, "status": "amended"})
    socio.crear({"resourceType": "Organization", "name": "De otro tema"})
    todo()
    avisos = receptor.de("event-notification")
    assert [a.estado["eventsSinceSubscriptionStart"] for a in avisos] == ["1", "2"]
    assert [a.estado["sucesos"][0]["eventNumber"] for a in avisos] == ["1", "2"]
    for aviso in avisos:
        assert fhir.validar(aviso.paquete) == []
        assert aviso.paquete["type"] == "history"
        assert aviso.estado["topic"] == "urn:ece:tema:observacion"
        assert aviso.estado["sucesos"][0]["focus"]["reference"].endswith(f"/Observation/{una}")
        assert "resource" not in aviso.paquete["entry"][1]
    assert [a.paquete["entry"][1]["request"]["method"] for a in avisos] == ["POST", "PUT"]
    anotado = Evento.objects.filter(tipo="suscripcion.notificada", pacientes=[UUID(quien)])
    assert anotado.count() == 2
    assert turno() == 0
    assert len(receptor.recibidos) == 3


@pytest.mark.parametrize("contenido", ["empty", "id-only", "full-resource"])
def test_cuanto_se_dice(socio: SocioEntero, receptor: Receptor, contenido: str) -> None:
    quien = socio.crear(paciente())
    socio.crear(suscripcion(receptor, contenido=contenido))
    una = socio.observar(quien, "36.50")
    primera = socio.get(f"Observation/{una}").content
    socio.put(f"Observation/{una}", {**json.loads(primera), "status": "amended"})
    todo()
    aviso = receptor.de("event-notification")[0]
    if contenido == "empty":
        assert len(aviso.paquete["entry"]) == 1
        assert una.encode() not in aviso.body
    elif contenido == "full-resource":
        # As it was when that happened, with its digits.
        assert primera in aviso.body
    else:
        assert b"36.50" not in aviso.body


def test_se_filtra_por_parametros(socio: SocioEntero, receptor: Receptor) -> None:
    quien, otra = socio.crear(paciente()), socio.crear(paciente())
    filtro = f"Observation?patient=Patient/{quien}&code=http://loinc.org|8867-4&value-quantity=gt40"
    socio.crear(suscripcion(receptor, filtro=filtro))
    esperada = socio.observar(quien, "41", codigo="8867-4")
    socio.observar(quien, "39", codigo="8867-4")
    socio.observar(quien, "41")
    socio.observar(otra, "41", codigo="8867-4")
    todo()
    (aviso,) = receptor.de("event-notification")
    assert aviso.estado["sucesos"][0]["focus"]["reference"].endswith(esperada)
    assert not NotificacionFhir.objects.filter(hecha_at__isnull=True).exists()


def test_va_firmado(socio: SocioEntero, receptor: Receptor) -> None:
    socio.crear(suscripcion(receptor))
    todo()
    (pedido,) = receptor.recibidos
    jwks = Client().get("/fhir/.well-known/jwks.json").json()
    assert all("d" not in llave for llave in jwks["keys"])
    hecha = comprobar_firma(pedido, jwks)
    assert hecha.body == pedido.body
    assert {'"@method"', '"@target-uri"', '"content-digest"'} <= set(hecha.covered_components)
    for alterado in (
        replace(pedido, body=pedido.body.replace(b"handshake", b"heartbeat")),
        replace(pedido, url=pedido.url.replace("de=ece", "de=otro")),
        replace(pedido, headers={k: v for k, v in pedido.headers.items() if k != "Signature"}),
    ):
        with pytest.raises(InvalidSignature):
            comprobar_firma(alterado, jwks)


def test_se_reintenta_en_orden_y_no_se_aplica_dos_veces(
    socio: SocioEntero, receptor: Receptor
) -> None:
    quien = socio.crear(paciente())
    id_ = socio.crear(suscripcion(receptor))
    todo()
    receptor.responde = 503
    primera = socio.observar(quien)
    todo()
    segunda = socio.observar(quien)
    fila = SuscripcionFhir.objects.get()
    assert (fila.intentos, fila.motivo) == (1, "contesta 503")
    assert fila.proximo_at > timezone.now() - timedelta(seconds=1)
    ya()
    receptor.responde, receptor.calla = 200, True  # it takes it, and its answer is lost
    todo()
    assert SuscripcionFhir.objects.get().intentos == 2
    ya()
    receptor.calla = False
    todo()
    avisos = receptor.de("event-notification")
    assert [a.estado["sucesos"][0]["eventNumber"] for a in avisos] == ["1", "1", "1", "2"]
    focos = [receptor.aplicados[n]["focus"]["reference"].rpartition("/")[2] for n in (1, 2)]
    assert focos == [primera, segunda]
    assert SuscripcionFhir.objects.get().intentos == 0
    dicho = socio.get(f"Subscription/{id_}/$status").json()["entry"][0]["resource"]
    assert {"name": "eventsSinceSubscriptionStart", "valueString": "2"} in dicho["parameter"]


def test_quien_no_contesta_queda_en_error_y_puede_volver(
    socio: SocioEntero, receptor: Receptor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(envio, "INTENTOS", 3)
    quien = socio.crear(paciente())
    id_ = socio.crear(suscripcion(receptor))
    todo()
    receptor.responde = 500
    una = socio.observar(quien)
    for _ in range(5):
        turno()
        ya()
    leida = socio.get(f"Subscription/{id_}").json()
    assert (leida["status"], leida["error"]) == ("error", "contesta 500")
    assert len(receptor.de("event-notification")) == 3
    otra = socio.observar(quien)
    receptor.responde = 200
    vuelta = socio.put(f"Subscription/{id_}", {**suscripcion(receptor), "id": id_})
    assert (vuelta.status_code, vuelta.json()["status"]) == (200, "requested")
    todo()
    assert socio.get(f"Subscription/{id_}").json()["status"] == "active"
    vistos = [receptor.aplicados[n]["focus"]["reference"].rpartition("/")[2] for n in (1, 2)]
    assert vistos == [una, otra]


def test_una_que_falla_no_detiene_a_las_demas(socio: SocioEntero, receptor: Receptor) -> None:
    rota = socio.crear(suscripcion(receptor))
    socio.crear(suscripcion(receptor))
    SuscripcionFhir.objects.filter(pk=rota).update(contenido=b"no abre")
    todo()
    assert len(receptor.recibidos) == 1
    assert SuscripcionFhir.objects.get(pk=rota).proximo_at > timezone.now()


@pytest.mark.parametrize("responde", [307, 404, 500])
def test_sin_apreton_no_hay_avisos(socio: SocioEntero, receptor: Receptor, responde: int) -> None:
    receptor.responde = responde
    quien = socio.crear(paciente())
    socio.crear(suscripcion(receptor))
    socio.observar(quien)
    for _ in range(2):
        turno()
        ya()
    assert {p.estado["type"] for p in receptor.recibidos} == {"handshake"}
    assert all(p.url.endswith("/hook?de=ece") for p in receptor.recibidos)  # nobody was followed


def test_late(socio: SocioEntero, receptor: Receptor) -> None:
    socio.crear(suscripcion(receptor, latido=10))
    todo()
    assert turno() == 0
    SuscripcionFhir.objects.update(enviado_at=timezone.now() - timedelta(seconds=11))
    assert turno() == 1
    assert [p.estado["type"] for p in receptor.recibidos] == ["handshake", "heartbeat"]


def test_termina_cuando_se_dijo(socio: SocioEntero, receptor: Receptor) -> None:
    quien = socio.crear(paciente())
    pronto = timezone.now() + timedelta(hours=1)
    id_ = socio.crear(suscripcion(receptor, end=pronto.isoformat(timespec="milliseconds")))
    todo()
    SuscripcionFhir.objects.update(termina_at=AHORA)
    with time_machine.travel(pronto + timedelta(minutes=1)):
        socio.observar(quien)
        todo()
        assert socio.get(f"Subscription/{id_}").json()["status"] == "off"
    assert not receptor.de("event-notification")


class TestDecidir:
    def test_lo_que_se_niega_despues_de_escrito_ya_no_se_dice(
        self, elenco: Elenco, socio: SocioEntero, receptor: Receptor
    ) -> None:
        cliente = _cliente()
        quien, otra = socio.crear(paciente()), socio.crear(paciente())
        socio.crear(suscripcion(receptor, contenido="full-resource"))
        todo()
        callada, dicha = socio.observar(quien, "40.1"), socio.observar(otra, "36.2")
        negar(UUID(quien), cliente)
        todo()
        (aviso,) = receptor.de("event-notification")
        # No gap tells that something was withheld.
        assert aviso.estado["sucesos"][0]["eventNumber"] == "1"
        assert aviso.estado["sucesos"][0]["focus"]["reference"].endswith(dicha)
        juntos = b"".join(p.body for p in receptor.recibidos)
        assert callada.encode() not in juntos
        assert quien.encode() not in juntos
        negados = Evento.objects.filter(resultado="denegado", pacientes=[UUID(quien)])
        assert negados.exists()

    def test_lo_que_se_niega_entre_dos_intentos_se_dice_sin_nombrarlo(
        self, elenco: Elenco, socio: SocioEntero, receptor: Receptor
    ) -> None:
        cliente = _cliente()
        quien = socio.crear(paciente())
        id_ = socio.crear(suscripcion(receptor, contenido="full-resource"))
        todo()
        receptor.responde = 503
        una = socio.observar(quien, "40.1")
        todo()
        vistos = len(receptor.recibidos)
        negar(UUID(quien), cliente)
        receptor.responde = 200
        ya()
        todo()
        (despues,) = receptor.recibidos[vistos:]
        assert despues.estado["sucesos"] == [
            {k: v for k, v in despues.estado["sucesos"][0].items() if k != "focus"}
        ]
        assert una.encode() not in despues.body
        dicho = socio.get(f"Subscription/{id_}/$events?content=full-resource")
        assert una.encode() not in dicho.content
        assert b'"1"' in dicho.content

    def test_un_aliado_sabe_de_los_suyos_y_mientras_dure_el_convenio(
        self, elenco: Elenco, socio: SocioEntero, receptor: Receptor
    ) -> None:
        alianza, suyo, ajeno = pactar(), registrar(elenco), registrar(elenco)
        compartir(elenco, alianza, suyo)
        ella = aliado()
        tipo = {"content_type": "application/fhir+json"}
        creada = ella.post("/fhir/Subscription", json.dumps(suscripcion(receptor)), **tipo)
        assert creada.status_code == 201, creada.content
        todo()
        una = socio.observar(str(suyo))
        socio.observar(str(ajeno))
        todo()
        (aviso,) = receptor.de("event-notification")
        assert aviso.estado["sucesos"][0]["focus"]["reference"].endswith(una)
        convenios.suspender(
            alianza.enlace, convenio_id=alianza.convenio, motivo="Incidente", ahora=AHORA
        )
        socio.observar(str(suyo))
        todo()
        assert len(receptor.de("event-notification")) == 1
        negada = ella.post("/fhir/Subscription", json.dumps(suscripcion(receptor)), **tipo)
        assert negada.status_code == 403

    def test_los_ambitos_con_que_se_pidio_la_acotan(
        self, socio: SocioEntero, receptor: Receptor
    ) -> None:
        dicho = {"grant_type": "client_credentials", "scope": "system/Patient.rs"}
        token = socio.http.post("/oauth/token", dicho).json()["access_token"]
        con = {"HTTP_AUTHORIZATION": f"Bearer {token}"}
        assert socio.post("Subscription", suscripcion(receptor), **con).status_code == 403
        hecha = socio.post("Subscription", suscripcion(receptor, "paciente"), **con)
        assert hecha.status_code == 201

    def test_sin_papel_o_sin_declarar_no_se_pide(
        self, elenco: Elenco, socio: SocioEntero, receptor: Receptor
    ) -> None:
        nadie = SocioEntero("sin-convenio")
        assert nadie.post("Subscription", suscripcion(receptor)).status_code == 403
        pactar()
        callada = aliado(usuario="").post(
            "/fhir/Subscription",
            json.dumps(suscripcion(receptor)),
            content_type="application/fhir+json",
        )
        assert callada.status_code == 403
        assert not SuscripcionFhir.objects.exists()

    def test_quien_pierde_el_papel_deja_de_saber(
        self, socio: SocioEntero, receptor: Receptor
    ) -> None:
        quien = socio.crear(paciente())
        socio.crear(suscripcion(receptor))
        todo()
        otra = SocioEntero("integracion")
        directorio.registrar(
            client_id="escribe", nombre="escribe", rol=Rol.INTEGRACION, secreto=CONTRASENA
        )
        escribe = SocioEntero("escribe")
        directorio.registrar(
            client_id="integracion", nombre="integracion", rol=None, secreto=CONTRASENA
        )
        credenciales.olvidar()
        escribe.observar(quien)
        todo()
        assert not receptor.de("event-notification")
        assert otra.get("Observation").status_code == 403


def _cliente() -> UUID:
    return directorio.registrar(
        client_id="integracion", nombre="integracion", rol=Rol.INTEGRACION, secreto=CONTRASENA
    )


class TestRecurso:
    def test_es_de_quien_la_pidio(self, socio: SocioEntero, receptor: Receptor) -> None:
        id_ = socio.crear(suscripcion(receptor))
        directorio.registrar(
            client_id="otra", nombre="Otra", rol=Rol.INTEGRACION, secreto=CONTRASENA
        )
        otra = SocioEntero("otra")
        for metodo, camino in (
            ("GET", "Subscription/{}"),
            ("DELETE", "Subscription/{}"),
            ("GET", "Subscription/{}/$status"),
            ("GET", "Subscription/{}/$events"),
        ):
            nada = otra.pedir(metodo, camino.format(uuid4()))
            negada = otra.pedir(metodo, camino.format(id_))
            assert (negada.status_code, negada.content) == (404, nada.content)
        assert not otra.buscar("Subscription").get("entry")
        assert socio.buscar("Subscription")["total"] == 1
        assert socio.buscar("Subscription?status=requested&type=rest-hook")["total"] == 1
        assert socio.buscar("Subscription?status=off")["total"] == 0
        assert socio.get("Subscription?_include=*").status_code == 400

    def test_sus_versiones(self, socio: SocioEntero, receptor: Receptor) -> None:
        creada = socio.post("Subscription", suscripcion(receptor))
        id_ = creada.json()["id"]
        assert creada["ETag"] == 'W/"1"'
        cambio = {**suscripcion(receptor, "paciente"), "id": id_}
        hecho = socio.put(f"Subscription/{id_}", cambio, HTTP_IF_MATCH='W/"1"')
        assert hecho["ETag"] == 'W/"2"'
        assert socio.put(f"Subscription/{id_}", cambio, HTTP_IF_MATCH='W/"1"').status_code == 412
        assert socio.get(f"Subscription/{id_}").json()["criteria"] == "urn:ece:tema:paciente"
        assert socio.pedir("DELETE", f"Subscription/{id_}").status_code == 204
        assert socio.get(f"Subscription/{id_}").status_code == 404
        assert not SuscripcionFhir.objects.exists()
        assert Evento.objects.filter(tipo="suscripcion.retirada").count() == 1

    def test_lo_guardado_no_dice_a_donde_ni_con_que_secreto(
        self, socio: SocioEntero, receptor: Receptor
    ) -> None:
        socio.crear(suscripcion(receptor, filtro="Observation?code=8867-4"))
        guardado = bytes(SuscripcionFhir.objects.get().contenido)
        for secreto in (b"secreto-del-otro", b"127.0.0.1", b"8867-4"):
            assert secreto not in guardado

    @pytest.mark.parametrize(
        ("cambio", "donde"),
        [
            ({"criteria": "urn:ece:tema:inventado"}, "criteria"),
            ({"status": "active"}, ""),
            ({"reason": None}, "reason"),
            ({"filtro": "Condition?code=1"}, "criteria"),
            ({"filtro": "Observation?patient.name=ana"}, ""),
            ({"latido": 1}, "channel"),
            ({"contenido": "todo"}, "channel.payload"),
            ({"cabeceras": ["Host: interno"]}, "channel.header"),
            ({"cabeceras": ["sin valor"]}, "channel.header"),
            ({"cabeceras": ["A: b\r\nC: d"]}, "channel.header"),
        ],
    )
    def test_lo_que_no_puede_ser_se_dice(
        self, socio: SocioEntero, receptor: Receptor, cambio: dict[str, Any], donde: str
    ) -> None:
        pedida = {c: v for c, v in suscripcion(receptor, **cambio).items() if v is not None}
        respuesta = socio.post("Subscription", pedida)
        assert respuesta.status_code in (400, 422)
        assert donde in json.dumps(respuesta.json()["issue"])
        assert not SuscripcionFhir.objects.exists()

    @pytest.mark.parametrize(
        "url",
        [
            "http://example.com/hook",
            "https://user:pass@example.com/hook",
            "ftp://example.com/",
            "https:///hook",
            "https://exa mple.com/",
            "",
        ],
    )
    def test_a_donde_no_se_llama_se_dice_al_pedirla(
        self, socio: SocioEntero, receptor: Receptor, url: str
    ) -> None:
        pedida = suscripcion(receptor)
        pedida["channel"]["endpoint"] = url
        assert socio.post("Subscription", pedida).status_code in (400, 422)

    @pytest.mark.parametrize(
        "url",
        [
            "https://127.0.0.2/hook",
            "https://10.0.0.1/hook",
            "https://169.254.169.254/latest/meta-data",
            "https://[::1]/hook",
            "https://[::ffff:10.0.0.1]/hook",
            "https://2130706433/hook",
            "https://localhost/hook",
        ],
    )
    def test_a_lo_nuestro_no_se_llama(
        self, socio: SocioEntero, receptor: Receptor, url: str
    ) -> None:
        pedida = suscripcion(receptor)
        pedida["channel"]["endpoint"] = url
        socio.crear(pedida)
        assert turno() == 0
        assert SuscripcionFhir.objects.get().motivo == "la dirección no es pública"

    def test_no_va_con_lo_demas(self, socio: SocioEntero, receptor: Receptor) -> None:
        pedida = suscripcion(receptor)
        entrada = {"resource": pedida, "request": {"method": "POST", "url": "Subscription"}}
        for tipo in ("transaction", "batch"):
            paquete = {"resourceType": "Bundle", "type": tipo, "entry": [entrada]}
            respuesta = socio.post("", paquete)
            dicho = respuesta.json()
            estado = (
                respuesta.status_code
                if tipo == "transaction"
                else int(dicho["entry"][0]["response"]["status"][:3])
            )
            assert estado == 400
        id_ = socio.crear(pedida)
        for metodo, camino in (
            ("GET", f"Subscription/{id_}/_history"),
            ("GET", f"Subscription/{id_}/_history/1"),
            ("GET", "Subscription/_history"),
            ("PATCH", f"Subscription/{id_}"),
            ("PUT", "Subscription?status=off"),
            ("DELETE", "Subscription?status=off"),
        ):
            assert socio.pedir(metodo, camino, [], "application/json-patch+json").status_code in (
                400,
                405,
            ), (metodo, camino)

    def test_lo_que_se_aviso_se_puede_volver_a_pedir(
        self, socio: SocioEntero, receptor: Receptor
    ) -> None:
        quien = socio.crear(paciente())
        id_ = socio.crear(suscripcion(receptor))
        todo()
        todas = [socio.observar(quien) for _ in range(3)]
        todo()
        desde_dos = f"Subscription/{id_}/$events?eventsSinceNumber=2&content=full-resource"
        dicho = fhir.json.leer(socio.get(desde_dos).content)
        assert fhir.validar(dicho) == []
        assert [e["resource"]["id"] for e in dicho["entry"][1:]] == todas[1:]
        estados = socio.get("Subscription/$status?status=active").json()
        assert fhir.validar(estados) == []
        assert estados["total"] == 1
        assert socio.get("Subscription/$status?status=off").json()["total"] == 0
        pedido = {
            "resourceType": "Parameters",
            "parameter": [{"name": "id", "valueId": id_}],
        }
        assert socio.post("Subscription/$status", pedido).json()["total"] == 1
        assert socio.get(f"Subscription/{id_}/$events?content=nada").status_code == 400
        assert socio.get(f"Subscription/{id_}/$events?eventsSinceNumber=x").status_code == 400


def test_nada_se_pierde_ni_se_repite_mientras_otros_escriben(
    socio: SocioEntero, receptor: Receptor
) -> None:
    """Several writers, two senders at once, and a receiver that fails now and then."""
    quien = socio.crear(paciente())
    socio.crear(suscripcion(receptor))
    todo()
    escritas: list[str] = []
    alto = threading.Event()

    def escribe() -> None:
        propio = SocioEntero("integracion")
        escritas.extend(propio.observar(quien) for _ in range(12))
        connections.close_all()

    def avisa() -> None:
        while not alto.is_set():
            turno()
            ya()
        connections.close_all()

    hilos = [threading.Thread(target=escribe) for _ in range(3)]
    avisadores = [threading.Thread(target=avisa) for _ in range(2)]
    for hilo in [*hilos, *avisadores]:
        hilo.start()
    for n in range(8):
        receptor.responde, receptor.calla = (503, False) if n % 2 else (200, n % 4 == 2)
        time.sleep(0.05)
    receptor.responde, receptor.calla = 200, False
    for hilo in hilos:
        hilo.join(60)
    limite = time.monotonic() + 30
    while len(receptor.aplicados) < 36 and time.monotonic() < limite:
        time.sleep(0.05)
    alto.set()
    for hilo in avisadores:
        hilo.join(60)
    todo()
    assert sorted(receptor.aplicados) == list(range(1, 37))
    focos = [s["focus"]["reference"].rpartition("/")[2] for s in receptor.aplicados.values()]
    assert sorted(focos) == sorted(escritas)
    # Always the same event under a number, and numbers never go back but to insist on the last.
    por_numero: dict[str, set[str]] = {}
    ultimo = 0
    for pedido in receptor.de("event-notification"):
        (suceso,) = pedido.estado["sucesos"]
        numero = int(suceso["eventNumber"])
        assert numero in (ultimo, ultimo + 1)
        ultimo = numero
        por_numero.setdefault(suceso["eventNumber"], set()).add(suceso["focus"]["reference"])
    assert all(len(focos) == 1 for focos in por_numero.values())
