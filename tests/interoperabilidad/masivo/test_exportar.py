"""Bulk Data exports: what is asked for, what comes, and what of it may not come any more."""

import gzip
import json
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.utils import timezone

from auditoria.models import Evento
from consentimiento.services import convenios
from ece.identidad.services import clientes as directorio
from ece.nucleo.roles import Rol
from interoperabilidad import encargos, intercambio
from interoperabilidad.fhir.errores import ErrorFhir
from interoperabilidad.masivo import exportaciones, exportador
from interoperabilidad.models import Exportacion, TramoDeExportacion
from interoperabilidad.oauth import credenciales
from tests.convenios import aliado, pactar
from tests.elenco import AHORA, CONTRASENA, Elenco, registrar
from tests.interoperabilidad.masivo.pedir import ESPERAR, bajar, exportar, ids, pedir, trabajar
from tests.interoperabilidad.negar import negar
from tests.interoperabilidad.socios import SocioEntero, paciente
from tests.interoperabilidad.test_intercambio import compartir

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _sin_credenciales() -> None:
    credenciales.olvidar()


@pytest.fixture
def socio(clientes: None) -> SocioEntero:
    return SocioEntero("integracion")


@pytest.fixture
def poblado(socio: SocioEntero) -> dict[str, list[str]]:
    """patient -> their observations."""
    return {
        (quien := socio.crear(paciente())): [socio.observar(quien) for _ in range(3)]
        for _ in range(3)
    }


def _cliente(socio: SocioEntero) -> UUID:
    return directorio.registrar(
        client_id="integracion",
        nombre="integracion",
        rol=Rol.INTEGRACION,
        secreto=CONTRASENA,
    )


class TestPedir:
    def test_todo_de_principio_a_fin(
        self, socio: SocioEntero, poblado: dict[str, list[str]]
    ) -> None:
        centro = socio.crear({"resourceType": "Organization", "name": "Centro"})
        donde = pedir(socio.http, "$export")
        espera = socio.http.get(donde)
        assert espera.status_code == 202
        assert espera["Retry-After"]
        assert espera["X-Progress"]
        trabajar(donde)
        respuesta = socio.http.get(donde)
        assert respuesta["Content-Type"] == "application/json"
        assert respuesta["Expires"]
        manifiesto = respuesta.json()
        assert manifiesto["requiresAccessToken"] is True
        assert manifiesto["request"] == "http://testserver/fhir/$export"
        assert manifiesto["error"] == []
        hallado = bajar(socio.http, manifiesto)
        assert ids(hallado) == {*poblado, centro, *(o for suyas in poblado.values() for o in suyas)}
        (una,) = [r for r in hallado["Patient"] if r["id"] == next(iter(poblado))]
        assert una == socio.get(f"Patient/{una['id']}").json()
        # Of each patient, that it was written and that it was delivered.
        for quien in poblado:
            vistos = Evento.objects.filter(pacientes__contains=[UUID(quien)], resultado="permitido")
            dichos = [json.loads(bytes(e.contenido))["detalle"] for e in vistos]
            assert [d for d in dichos if d.get("interaccion") == "$export"]

    def test_de_pacientes_y_de_un_grupo(
        self, socio: SocioEntero, poblado: dict[str, list[str]]
    ) -> None:
        socio.crear({"resourceType": "Organization", "name": "Centro"})
        hallado = bajar(socio.http, exportar(socio.http, "Patient/$export"))
        assert set(hallado) == {"Patient", "Observation"}
        dos = list(poblado)[:2]
        grupo = socio.crear(
            {
                "resourceType": "Group",
                "type": "person",
                "actual": True,
                "member": [
                    {"entity": {"reference": f"Patient/{dos[0]}"}},
                    {"entity": {"reference": f"Patient/{dos[1]}"}},
                    {"entity": {"reference": f"Patient/{list(poblado)[2]}"}, "inactive": True},
                    {"entity": {"reference": f"Patient/{uuid4()}"}},
                ],
            }
        )
        hallado = bajar(socio.http, exportar(socio.http, f"Group/{grupo}/$export"))
        assert {r["id"] for r in hallado["Patient"]} == set(dos)
        assert {r["id"] for r in hallado["Observation"]} == {o for p in dos for o in poblado[p]}
        nada = socio.http.get(f"/fhir/Group/{uuid4()}/$export", **ESPERAR)
        assert nada.status_code == 404

    def test_por_tipo_por_fecha_y_por_filtro(
        self, socio: SocioEntero, poblado: dict[str, list[str]]
    ) -> None:
        hallado = bajar(socio.http, exportar(socio.http, "$export?_type=Observation"))
        assert set(hallado) == {"Observation"}
        quien = next(iter(poblado))
        marca = timezone.now().isoformat().replace("+00:00", "Z")
        nueva = socio.observar(quien, "39.1", codigo="8867-4")
        cambiada = socio.get(f"Observation/{poblado[quien][0]}").json()
        socio.put(f"Observation/{cambiada['id']}", {**cambiada, "status": "amended"})
        hallado = bajar(socio.http, exportar(socio.http, f"$export?_since={marca}"))
        assert ids(hallado) == {nueva, cambiada["id"]}
        filtro = "Observation%3Fcode%3D8867-4"
        hallado = bajar(socio.http, exportar(socio.http, f"$export?_typeFilter={filtro}"))
        assert {r["id"] for r in hallado["Observation"]} == {nueva}
        assert {r["id"] for r in hallado["Patient"]} == set(poblado)
        por_valor = "Observation%3Fvalue-quantity%3Dgt39"
        dos = f"_typeFilter={por_valor}&_typeFilter=Observation%3Fstatus%3Damended"
        hallado = bajar(socio.http, exportar(socio.http, f"$export?_type=Observation&{dos}"))
        assert ids(hallado) == {nueva, cambiada["id"]}
        uno = {"name": "patient", "valueReference": {"reference": f"Patient/{quien}"}}
        parametros = {"resourceType": "Parameters", "parameter": [uno]}
        pedida = socio.post("Patient/$export", parametros, **ESPERAR)
        donde = pedida["Content-Location"].partition("testserver")[2]
        trabajar(donde)
        hallado = bajar(socio.http, socio.http.get(donde).json())
        assert {r["id"] for r in hallado["Patient"]} == {quien}

    @pytest.mark.parametrize(
        ("camino", "estado"),
        [
            ("$export?_type=Nada", 400),
            ("$export?_type=Subscription", 400),
            ("$export?_outputFormat=text/csv", 400),
            ("$export?_since=ayer", 400),
            ("$export?_typeFilter=Observation", 400),
            ("$export?_typeFilter=Observation%3Finventado%3D1", 400),
            ("$export?_typeFilter=Observation%3Fpatient.name%3Dana", 400),
            ("$export?_type=Patient&_typeFilter=Observation%3Fcode%3Da", 400),
            ("$export?inventado=1", 400),
            ("$export?patient=Patient/x", 400),
            ("Patient/$export?patient=Organization/1", 400),
        ],
    )
    def test_lo_que_no_se_entiende_se_dice(
        self, socio: SocioEntero, camino: str, estado: int
    ) -> None:
        respuesta = socio.http.get(f"/fhir/{camino}", **ESPERAR)
        assert respuesta.status_code == estado
        assert respuesta.json()["resourceType"] == "OperationOutcome"
        assert not Exportacion.objects.exists()

    def test_sin_prefer_ni_papel_no_empieza(self, socio: SocioEntero) -> None:
        assert socio.get("$export").status_code == 400
        nadie = SocioEntero("sin-convenio")
        assert nadie.http.get("/fhir/$export", **ESPERAR).status_code == 403
        assert not Exportacion.objects.exists()

    def test_no_mas_de_unas_cuantas_a_la_vez(self, socio: SocioEntero) -> None:
        for _ in range(exportaciones.ACTIVAS):
            pedir(socio.http, "$export")
        otra = socio.http.get("/fhir/$export", **ESPERAR)
        assert otra.status_code == 429
        assert otra["Retry-After"]


class TestGuardar:
    def test_es_de_quien_la_pidio_y_de_nadie_mas(
        self, socio: SocioEntero, poblado: dict[str, list[str]]
    ) -> None:
        donde = pedir(socio.http, "$export")
        trabajar(donde)
        archivo = socio.http.get(donde).json()["output"][0]["url"].partition("testserver")[2]
        directorio.registrar(
            client_id="otra", nombre="Otra", rol=Rol.INTEGRACION, secreto=CONTRASENA
        )
        otra = SocioEntero("otra")
        for camino in (donde, archivo):
            nada = otra.http.get(camino.replace(donde[-36:], str(uuid4())))
            negada = otra.http.get(camino)
            assert (negada.status_code, negada.content) == (404, nada.content)
        assert otra.http.delete(donde).status_code == 404
        assert socio.http.get(archivo.replace("-1.", "-9.")).status_code == 404

    def test_borrada_no_queda_nada(self, socio: SocioEntero, poblado: dict[str, list[str]]) -> None:
        donde = pedir(socio.http, "$export")
        trabajar(donde)
        archivo = socio.http.get(donde).json()["output"][0]["url"].partition("testserver")[2]
        assert socio.http.delete(donde).status_code == 202
        assert not TramoDeExportacion.objects.exists()
        assert not Exportacion.objects.exists()
        for camino in (donde, archivo):
            assert socio.http.get(camino).status_code == 404
        assert socio.http.delete(donde).status_code == 404
        tipos = set(Evento.objects.values_list("tipo", flat=True))
        assert {"exportacion.pedida", "exportacion.terminada", "exportacion.borrada"} <= tipos

    def test_borrada_a_medias_se_detiene(
        self, socio: SocioEntero, poblado: dict[str, list[str]]
    ) -> None:
        donde = pedir(socio.http, "$export")
        assert socio.http.delete(donde).status_code == 202
        trabajar(donde)
        assert not TramoDeExportacion.objects.exists()

    def test_caduca(self, socio: SocioEntero, poblado: dict[str, list[str]]) -> None:
        donde = pedir(socio.http, "$export")
        trabajar(donde)
        Exportacion.objects.update(caduca_at=AHORA)
        assert socio.http.get(donde).status_code == 404
        assert exportaciones.olvidar_vencidas(ahora=timezone.now())
        assert not TramoDeExportacion.objects.exists()

    def test_lo_guardado_no_dice_nada(
        self, socio: SocioEntero, poblado: dict[str, list[str]]
    ) -> None:
        trabajar(pedir(socio.http, "$export?_typeFilter=Observation%3Fcode%3D8310-5"))
        fila = Exportacion.objects.get()
        guardado = bytes(fila.pedido) + b"".join(
            bytes(t.contenido) for t in TramoDeExportacion.objects.all()
        )
        quien = next(iter(poblado))
        assert b"8310-5" not in guardado
        assert UUID(quien).bytes not in guardado
        # Nor does the piece of one open with the key of another.
        tramo = TramoDeExportacion.objects.first()
        assert tramo is not None
        trabajar(pedir(socio.http, "$export"))
        otra = Exportacion.objects.exclude(pk=fila.pk).get()
        with pytest.raises(Exception, match="no abre"):
            exportaciones.llave(otra).abrir(tramo.id, tramo.contenido)

    def test_sigue_donde_iba_y_no_repite(
        self, socio: SocioEntero, poblado: dict[str, list[str]], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(exportador, "PACIENTES", 1)
        donde = pedir(socio.http, "$export")
        id_ = UUID(donde[-36:])
        assert exportador.atender(id_, segundos=0.0)  # what is of nobody: nothing here
        vistos = [(0, 0)]
        while (fila := Exportacion.objects.get()).estado == "pendiente":
            # one that dies in the middle of a batch leaves what it was before it
            with monkeypatch.context() as roto:
                roto.setattr(exportador, "empacar", _muere)
                with pytest.raises(ZeroDivisionError):
                    exportador.atender(id_)
            assert (Exportacion.objects.get().hechos, TramoDeExportacion.objects.count()) == (
                fila.hechos,
                vistos[-1][1],
            )
            exportador.atender(id_, segundos=0.0)
            ahora = Exportacion.objects.get()
            vistos.append((ahora.hechos, TramoDeExportacion.objects.count()))
            if ahora.hechos == 3:
                trabajar(donde)
        assert vistos == [(0, 0), (1, 2), (2, 4), (3, 6)]
        hallado = bajar(socio.http, socio.http.get(donde).json())
        todos = [r["id"] for suyos in hallado.values() for r in suyos]
        assert len(todos) == len(set(todos)) == 12


def _muere(*_: object) -> bytes:
    raise ZeroDivisionError

    def test_una_que_falla_no_detiene_a_las_demas(
        self, socio: SocioEntero, poblado: dict[str, list[str]], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        rota = UUID(pedir(socio.http, "$export")[-36:])
        sana = UUID(pedir(socio.http, "$export")[-36:])
        Exportacion.objects.filter(pk=rota).update(pedido=b"no abre")
        # The test's own transaction is open: it would be waited for.
        monkeypatch.setattr(exportador, "pendientes", lambda **_: _pendientes())
        for _ in range(intercambio.INTENTOS + 2):
            intercambio.trabajos()
        assert Exportacion.objects.get(pk=sana).estado == "terminado"
        assert Exportacion.objects.get(pk=rota).estado == "fallido"

    def test_una_app_de_alguien_no_la_pide(self, elenco: Elenco) -> None:
        with pytest.raises(ErrorFhir, match="un sistema"):
            encargos.exigir_sistema(elenco.actor(elenco.medica))


def _pendientes() -> list[UUID]:
    return list(
        Exportacion.objects.filter(estado="pendiente").order_by("id").values_list("id", flat=True)
    )


class TestDecidir:
    def test_lo_que_se_niega_despues_ya_no_se_entrega(
        self, socio: SocioEntero, poblado: dict[str, list[str]]
    ) -> None:
        cliente = _cliente(socio)
        donde = pedir(socio.http, "$export")
        trabajar(donde)
        manifiesto = socio.http.get(donde).json()
        assert len(bajar(socio.http, manifiesto)["Patient"]) == 3
        quien, otra, _ = poblado
        negar(UUID(quien), cliente)
        negar(UUID(otra), cliente, ["Observation"])
        hallado = bajar(socio.http, manifiesto)
        assert quien not in ids(hallado)
        assert not ids(hallado) & {*poblado[quien], *poblado[otra]}
        assert otra in ids(hallado)

    def test_lo_que_cambio_despues_se_entrega_como_era(
        self, socio: SocioEntero, poblado: dict[str, list[str]]
    ) -> None:
        manifiesto = exportar(socio.http, "$export?_type=Observation")
        id_ = poblado[next(iter(poblado))][0]
        antes = socio.get(f"Observation/{id_}").json()
        socio.put(f"Observation/{id_}", {**antes, "status": "amended"})
        (una,) = [r for r in bajar(socio.http, manifiesto)["Observation"] if r["id"] == id_]
        assert una == antes

    def test_un_aliado_recibe_lo_de_su_convenio(
        self, elenco: Elenco, socio: SocioEntero, paciente: UUID
    ) -> None:
        alianza, ajeno = pactar(), registrar(elenco)
        compartir(elenco, alianza, paciente)
        for quien in (paciente, ajeno):
            socio.observar(str(quien))
            socio.crear(_condicion(quien, "I10"))
            socio.crear(_condicion(quien, "B24"))
        ella = aliado()
        manifiesto = exportar(ella, "$export")
        hallado = bajar(ella, manifiesto)
        assert set(hallado) <= {"Patient", "Observation", "Condition", "Organization"}
        assert {r["id"] for r in hallado["Patient"]} == {str(paciente)}
        (una,) = hallado["Condition"]
        assert una["code"]["coding"][0]["code"] == "I10"
        convenios.suspender(
            alianza.enlace, convenio_id=alianza.convenio, motivo="Incidente", ahora=AHORA
        )
        archivo = manifiesto["output"][0]["url"].partition("testserver")[2]
        assert ella.get(archivo).status_code == 403
        assert ella.get("/fhir/$export", **ESPERAR).status_code == 403

    def test_espera_el_ritmo_de_su_convenio(
        self, elenco: Elenco, socio: SocioEntero, paciente: UUID
    ) -> None:
        alianza = pactar(por_minuto=6, por_dia=1_000)
        for quien in (paciente, *(registrar(elenco) for _ in range(5))):
            compartir(elenco, alianza, quien)
        ella = aliado()
        donde = pedir(ella, "Patient/$export")
        id_ = UUID(donde[-36:])
        for _ in range(10):
            exportador.atender(id_)
        assert ella.get(donde).status_code == 202
        fila = Exportacion.objects.get()
        assert fila.proximo_at > timezone.now()
        assert 0 < fila.hechos < 6

    def test_el_papel_que_se_pierde_la_detiene(
        self, socio: SocioEntero, poblado: dict[str, list[str]]
    ) -> None:
        donde = pedir(socio.http, "$export")
        directorio.registrar(
            client_id="integracion", nombre="integracion", rol=Rol.ALIADO, secreto=CONTRASENA
        )
        trabajar(donde)
        fila = Exportacion.objects.get()
        assert fila.estado == "fallido"
        assert not TramoDeExportacion.objects.exists()

    def test_los_ambitos_acotan(self, socio: SocioEntero, poblado: dict[str, list[str]]) -> None:
        def con(scope: str) -> dict[str, str]:
            dicho = {"grant_type": "client_credentials", "scope": scope}
            token = socio.http.post("/oauth/token", dicho).json()["access_token"]
            return {"HTTP_AUTHORIZATION": f"Bearer {token}"}

        estrecho = con("system/Observation.rs")
        assert (
            socio.http.get("/fhir/$export?_type=Patient", **ESPERAR, **estrecho).status_code == 403
        )
        donde = pedir(socio.http, "$export", **estrecho)
        trabajar(donde)
        manifiesto = socio.http.get(donde, **estrecho).json()
        assert {a["type"] for a in manifiesto["output"]} == {"Observation"}
        # A token that reaches less is given less.
        otro = con("system/Patient.rs")
        archivo = manifiesto["output"][0]["url"].partition("testserver")[2]
        assert b"".join(socio.http.get(archivo, **otro).streaming_content) == b""


def _condicion(quien: UUID, codigo: str) -> dict[str, Any]:
    return {
        "resourceType": "Condition",
        "subject": {"reference": f"Patient/{quien}"},
        "code": {"coding": [{"system": "http://hl7.org/fhir/sid/icd-10", "code": codigo}]},
    }


def test_gzip_o_no(socio: SocioEntero, poblado: dict[str, list[str]]) -> None:
    manifiesto = exportar(socio.http, "$export?_type=Patient")
    camino = manifiesto["output"][0]["url"].partition("testserver")[2]
    llano = socio.http.get(camino, HTTP_ACCEPT="application/fhir+ndjson")
    comprimido = socio.http.get(camino, HTTP_ACCEPT_ENCODING="gzip")
    assert "Content-Encoding" not in llano
    assert comprimido["Content-Encoding"] == "gzip"
    crudo = b"".join(llano.streaming_content)
    assert gzip.decompress(b"".join(comprimido.streaming_content)) == crudo
    assert len(crudo.splitlines()) == 3
