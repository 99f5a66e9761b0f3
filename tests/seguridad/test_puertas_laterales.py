"""No side door: nothing else that a page or a machine answers tells what is withheld.

The one question asked everywhere is whether an answer changes when something that whoever asks may
not see is written, or exists at all: the same bytes, whatever they count, list, cite or print.
"""

import logging
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from ece.nucleo.acceso import Acceso
from registros.selectors import expediente
from registros.services import alergias
from tests import elenco as reparto
from tests.elenco import Elenco
from tests.interoperabilidad.test_rest import Socio
from tests.seguridad.escena import (
    DE_UN_REGISTRO,
    DE_VIH,
    MARCAS,
    TIPOS_RESERVADOS,
    actor_de,
    avisos,
    de,
    de_medica,
    entrar,
    escribir,
    fotos,
    guardar_reservado,
    impreso,
    lisa,
    negar,
    observacion_visible,
    otro_registrado,
    paginas,
    parecidos,
    recetar_reservado,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def visita(elenco: Elenco, paciente: UUID) -> UUID:
    return reparto.en_consulta(elenco, paciente)


class TestLoReservado:
    """What is withheld inside a record that is otherwise open."""

    @pytest.mark.parametrize("quien", ["enfermera", "medica"])
    def test_changes_no_page(
        self, elenco: Elenco, paciente: UUID, visita: UUID, quien: str
    ) -> None:
        """Nor a counter, a list, a search, a fragment or a form of those of the whole desk."""
        cliente = entrar(de(elenco, paciente, quien))
        antes = fotos(cliente, paciente)
        guardar_reservado(elenco, paciente, visita)
        despues = fotos(cliente, paciente)
        assert sum(estado == 200 for estado, *_ in antes.values()) > 30
        distintas = [pagina for pagina in antes if antes[pagina] != despues[pagina]]
        assert distintas == []

    @pytest.mark.parametrize("quien", ["enfermera", "medica"])
    def test_is_as_what_does_not_exist(
        self, elenco: Elenco, paciente: UUID, visita: UUID, quien: str
    ) -> None:
        cliente = entrar(de(elenco, paciente, quien))
        ids = guardar_reservado(elenco, paciente, visita)
        nada = uuid4()
        de_todos = [
            (nombre, tipo, {"tipo": tipo, "id": None})
            for nombre in ("clinica:registro", "clinica:etiquetas")
            for tipo in ids
        ]
        for nombre, tipo, argumentos in (*de_todos, *DE_UN_REGISTRO):
            reservado, inexistente = (
                reverse(
                    nombre,
                    kwargs={
                        "paciente": paciente,
                        **{k: v or cual for k, v in argumentos.items()},
                    },
                )
                for cual in (ids[tipo], nada)
            )
            for verbo in (cliente.get, cliente.post):
                una, otra = lisa(verbo(reservado), ids[tipo]), lisa(verbo(inexistente), nada)
                assert una == otra, (nombre, tipo)
            assert lisa(cliente.get(reservado))[0] in (403, 404, 405), (nombre, tipo)

    @pytest.mark.parametrize("que", ["expediente", "resumen"])
    def test_is_not_in_what_is_printed(
        self, elenco: Elenco, paciente: UUID, visita: UUID, que: str
    ) -> None:
        """Nor in the text of the pages, nor in what the file says of itself."""
        usuario = de(elenco, paciente, "medica")
        cliente = entrar(usuario)
        camino = reverse("clinica:imprimir", args=[paciente])
        antes = impreso(cliente.post(camino, {"documento": que}))
        guardar_reservado(elenco, paciente, visita)
        despues = impreso(cliente.post(camino, {"documento": que}))
        assert antes == despues
        assert "Xóchitl" in despues
        assert not any(marca in despues for marca in MARCAS)

    def test_does_not_weigh_on_what_is_prescribed(
        self, elenco: Elenco, paciente: UUID, visita: UUID
    ) -> None:
        """A warning about a medicine that is withheld would say that it is taken."""
        acceso = de_medica(elenco, paciente)
        assert avisos(acceso) == []
        recetar_reservado(paciente, visita)
        assert avisos(de_medica(elenco, paciente)) != []  # the check itself is awake
        negar(paciente, a=elenco.medica.pk, ambito=DE_VIH)
        assert avisos(de_medica(elenco, paciente)) == []

    def test_a_version_that_said_it_stays_withheld(
        self, elenco: Elenco, paciente: UUID, clientes: None
    ) -> None:
        """Rewritten so that it says nothing sensitive, a record does not open what it said."""
        socio = Socio("integracion")
        dicho = {"resourceType": "Condition", "subject": {"reference": f"Patient/{paciente}"}}
        vih = {"coding": [{"system": "http://hl7.org/fhir/sid/icd-10", "code": "B24"}]}
        id_ = socio.crear({**dicho, "code": {**vih, "text": "Zarzamora"}})
        corregida = {**dicho, "id": id_, "code": {"text": "Catarro"}}
        assert socio.put(f"Condition/{id_}", corregida, HTTP_IF_MATCH='W/"1"').status_code == 200
        assert b"Zarzamora" in socio.get(f"Condition/{id_}/_history").content
        negar(paciente, a=actor_de(socio), ambito=DE_VIH)
        historia = socio.get(f"Condition/{id_}/_history")
        assert historia.json()["total"] == 1
        assert b"Zarzamora" not in historia.content
        vieja, ninguna = (socio.get(f"Condition/{id_}/_history/{n}") for n in (1, 9))
        assert vieja.status_code == 404
        assert vieja.content.replace(b"_history/1", b"_history/9") == ninguna.content

    def test_is_not_named_by_what_cites_it(
        self, elenco: Elenco, paciente: UUID, visita: UUID, clientes: None
    ) -> None:
        """A reference is an id; what it calls the other record goes with the other record."""
        ids = guardar_reservado(elenco, paciente, visita)
        citado = {"reference": f"Condition/{ids['Condition']}", "display": "Zarzamora"}
        receta = {
            "resourceType": "MedicationRequest",
            "status": "active",
            "intent": "order",
            "medicationCodeableConcept": {"text": "Paracetamol"},
            "reasonReference": [citado],
            "subject": {"reference": f"Patient/{paciente}"},
            "requester": {"reference": f"Practitioner/{elenco.medica.pk}", "display": "Elena"},
        }
        id_ = escribir(paciente, receta)
        camino = f"/clinica/{paciente}/registros/MedicationRequest/{id_}/"
        enfermera = entrar(elenco.enfermera).get(camino)
        assert enfermera.status_code == 200
        assert b"Paracetamol" in enfermera.content
        assert b"Elena" in enfermera.content
        assert b"Zarzamora" not in enfermera.content
        assert b"Zarzamora" in entrar(elenco.medica).get(camino).content
        socio = Socio("integracion")
        leido = f"MedicationRequest/{id_}"
        assert socio.get(leido).json()["reasonReference"] == [citado]
        negar(paciente, a=actor_de(socio), ambito=DE_VIH)
        for pregunta in (leido, f"{leido}/_history", f"MedicationRequest?_id={id_}"):
            respuesta = socio.get(pregunta)
            assert b"Zarzamora" not in respuesta.content
            assert citado["reference"].encode() in respuesta.content

    def test_a_type_that_is_none_of_r4_finds_nothing(
        self, elenco: Elenco, paciente: UUID, visita: UUID
    ) -> None:
        id_ = guardar_reservado(elenco, paciente, visita)["Flag"]
        cliente = entrar(elenco.enfermera)
        for tipo in ("Flag", "Flag1", "flag", "Nada"):
            respuesta = cliente.get(f"/clinica/{paciente}/registros/{tipo}/{id_}/")
            assert respuesta.status_code == 404, tipo

    def test_changes_no_answer_to_a_machine(
        self, elenco: Elenco, paciente: UUID, visita: UUID, clientes: None
    ) -> None:
        """Reads, searches, counts, totals, links of pages, what is included either way, exports."""
        socio = Socio("integracion")
        negar(paciente, a=actor_de(socio), ambito=DE_VIH)
        visible = observacion_visible(paciente, visita)
        preguntas = [
            f"Patient/{paciente}",
            f"Patient/{paciente}/$everything",
            f"Observation/{visible}/_history",
            f"Patient?_id={paciente}&_revinclude=Condition:subject&_revinclude=Task:patient",
            f"Encounter?_id={visita}&_revinclude=Observation:encounter",
            f"Observation?_id={visible}&_include=Observation:encounter&_include=*",
            "Condition?code:text=Zarzamora",
            *(
                f"{tipo}?patient={paciente}{resto}"
                for tipo in TIPOS_RESERVADOS
                for resto in ("", "&_summary=count", "&_total=accurate&_count=1")
            ),
            *(f"{tipo}?_total=accurate&_count=1" for tipo in TIPOS_RESERVADOS),
            *(f"Patient/{paciente}/{tipo}" for tipo in TIPOS_RESERVADOS),
        ]
        antes = {p: lisa(socio.get(p)) for p in preguntas}
        ids = guardar_reservado(elenco, paciente, visita)
        assert {p: lisa(socio.get(p)) for p in preguntas} == antes
        assert b'"total"' in antes[f"Observation?patient={paciente}"][1]
        for tipo, id_ in ids.items():
            nada = uuid4()
            for resto in ("", "/_history", "/_history/1"):
                reservado, inexistente = (
                    lisa(socio.get(f"{tipo}/{cual}{resto}"), id_, nada) for cual in (id_, nada)
                )
                assert reservado == inexistente
                assert reservado[0] == 404
            hallado = socio.get(f"{tipo}/{id_}", HTTP_IF_NONE_MATCH='W/"1"')
            assert hallado.status_code == 404  # a version once kept does not say it is still there
            busqueda = socio.get(f"{tipo}?_id={id_}&_summary=count")
            assert busqueda.json()["total"] == 0


class TestDeQuienNoDebeSaber:
    """A patient who does not exist, one whom nothing ties, one who refused."""

    @pytest.mark.parametrize("htmx", [False, True])
    def test_the_desk_answers_alike(self, elenco: Elenco, paciente: UUID, htmx: bool) -> None:
        cliente = entrar(elenco.medico_ajeno)
        cabeceras = {"HX-Request": "true"} if htmx else {}
        refuso = otro_registrado(elenco, "Nicanor")
        reparto.en_consulta(elenco, refuso)
        negar(refuso, a=elenco.medico_ajeno.pk)
        nadie = uuid4()
        for nombre, camino in paginas(nadie):
            if str(nadie) not in camino:
                continue
            for verbo in (cliente.get, cliente.post):
                tres = [
                    lisa(verbo(camino.replace(str(nadie), str(p)), headers=cabeceras), p)
                    for p in (nadie, paciente, refuso)
                ]
                assert tres[0] == tres[1] == tres[2], nombre

    def test_a_machine_is_answered_alike(
        self, elenco: Elenco, paciente: UUID, visita: UUID, clientes: None
    ) -> None:
        socio = Socio("integracion")
        suya = observacion_visible(paciente, visita)
        negar(paciente, a=actor_de(socio))
        nadie = uuid4()
        caminos = [
            "Patient/{0}",
            "Patient/{0}/$everything",
            "Patient/{0}/_history",
            "Patient/{0}/_history/1",
            "Patient/{0}/Observation",
            "Observation?patient={0}",
            "Observation?patient={0}&_summary=count",
            "Patient?_id={0}&_total=accurate",
            "Patient?_id={0}&_revinclude=Observation:patient",
        ]
        for camino in caminos:
            si, no = (lisa(socio.get(camino.format(p)), p) for p in (paciente, nadie))
            assert si == no, camino
        for camino in ("Observation/{0}", "Observation/{0}/_history"):
            si, no = (lisa(socio.get(camino.format(p)), p) for p in (suya, nadie))
            assert si == no, camino

    def test_who_is_tied_and_was_refused_finds_nobody(
        self, elenco: Elenco, paciente: UUID, visita: UUID
    ) -> None:
        """By name, by number, in the day's list, in what waits, in a counter of any page."""
        reparto.citada(elenco, paciente)
        negar(paciente, a=elenco.medica.pk)
        guardar_reservado(elenco, paciente, visita)
        cliente = entrar(elenco.medica)
        nadie = lisa(cliente.get("/clinica/buscar/", {"q": "Wenceslada"}))
        assert lisa(cliente.get("/clinica/buscar/", {"q": "Xochitl"})) == nadie
        assert lisa(cliente.get("/clinica/buscar/", {"q": "Ibáñez Peña"})) == nadie
        for nombre, camino in paginas(paciente):
            if str(paciente) in camino:
                continue
            respuesta = cliente.get(camino)
            assert respuesta.status_code in (200, 404, 405), nombre
            assert "Xóchitl".encode() not in respuesta.content, nombre
            assert str(paciente).encode() not in respuesta.content, nombre
        assert cliente.get("/clinica/criticos/").content.strip() == b""


class TestElTiempo:
    """How long a no takes does not say of which kind it is."""

    def test_of_a_patient(self, elenco: Elenco, paciente: UUID) -> None:
        refuso = otro_registrado(elenco, "Nicanor")
        reparto.en_consulta(elenco, refuso)
        negar(refuso, a=elenco.medico_ajeno.pk)
        cliente = entrar(elenco.medico_ajeno)
        casos = {"nadie": uuid4(), "sin relación": paciente, "refusado": refuso}
        parecidos(
            {
                caso: lambda p=p: cliente.get(f"/clinica/{p}/problemas/")  # type: ignore[misc]
                for caso, p in casos.items()
            }
        )

    def test_of_a_patient_to_a_machine(
        self, elenco: Elenco, paciente: UUID, visita: UUID, clientes: None
    ) -> None:
        socio = Socio("integracion")
        negar(paciente, a=actor_de(socio))
        casos = {"nadie": uuid4(), "refusado": paciente}
        parecidos(
            {caso: lambda p=p: socio.get(f"Patient/{p}") for caso, p in casos.items()}  # type: ignore[misc]
        )

    def test_of_a_record(self, elenco: Elenco, paciente: UUID, visita: UUID) -> None:
        ids = guardar_reservado(elenco, paciente, visita)
        cliente = entrar(elenco.enfermera)
        casos = {"inexistente": uuid4(), "reservado": ids["Condition"]}
        parecidos(
            {
                caso: lambda c=c: cliente.get(f"/clinica/{paciente}/registros/Condition/{c}/")  # type: ignore[misc]
                for caso, c in casos.items()
            }
        )


class TestLoQueQueda:
    """What stays after an answer: copies, lines of logs, addresses, pages of errors."""

    def test_no_copy_of_any_page_of_a_patient(
        self, elenco: Elenco, paciente: UUID, visita: UUID, clientes: None
    ) -> None:
        cliente = entrar(elenco.medica)
        for nombre, camino in paginas(paciente):
            if nombre == "clinica:cie10":  # a catalogue
                continue
            respuesta = cliente.get(camino)
            assert "no-store" in respuesta["Cache-Control"], nombre
            assert not respuesta.has_header("ETag"), nombre
            assert respuesta["Referrer-Policy"] == "same-origin", nombre
        socio = Socio("integracion")
        for camino in (f"Patient/{paciente}", f"Patient/{paciente}/$everything", "Patient/x"):
            assert socio.get(camino)["Cache-Control"] == "no-store"

    def test_errors_say_nothing_of_anybody(
        self, elenco: Elenco, paciente: UUID, visita: UUID, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        cliente = entrar(elenco.medica)

        def roto(acceso: Acceso, **_: Any) -> None:
            raise ValueError(f"Zarzamora {acceso.paciente}")

        ajena = lisa(entrar(elenco.medico_ajeno).get(f"/clinica/{paciente}/"))
        monkeypatch.setattr(expediente, "resumen", roto)
        fallo = lisa(cliente.get(f"/clinica/{paciente}/"))
        sin_ficha = Client(enforce_csrf_checks=True)
        sin_ficha.force_login(elenco.medica, backend="django.contrib.auth.backends.ModelBackend")
        prohibida = lisa(sin_ficha.post(f"/clinica/{paciente}/alergias/niega/"))
        assert (fallo[0], ajena[0], prohibida[0]) == (500, 404, 403)
        assert str(paciente).encode() not in fallo[1] + prohibida[1]
        for _, cuerpo, _ in (fallo, ajena, prohibida):
            for nombrado in ("Xóchitl", "Ibáñez", "Zarzamora", "Traceback"):
                assert nombrado.encode() not in cuerpo

    def test_no_line_of_a_log_names_anybody(
        self, elenco: Elenco, paciente: UUID, visita: UUID, caplog: pytest.LogCaptureFixture
    ) -> None:
        caplog.set_level(logging.INFO)
        guardar_reservado(elenco, paciente, visita)
        for usuario in (elenco.enfermera, elenco.medico_ajeno):
            fotos(entrar(usuario), paciente)
        # The framework's own lines of refusals name the address, and are off outside these tests.
        calladas = ("django.request", "django.security.csrf")
        dichas = [r for r in caplog.records if r.name not in calladas]
        for registro in calladas:
            assert settings.LOGGING["loggers"][registro]["level"] == "CRITICAL"
        for linea in dichas:
            dicho = linea.getMessage() + (linea.exc_text or "")
            assert not any(n in dicho for n in (*MARCAS, "Xóchitl", "Ibáñez", str(paciente)))

    def test_what_is_answered_to_a_form_travels_in_no_address(
        self, elenco: Elenco, paciente: UUID, visita: UUID
    ) -> None:
        """Where a form leads to names the record by its id, and says nothing in the query."""
        cliente = entrar(elenco.medica)
        cuerpo = {
            "sustancia": "Zarzamora",
            "categoria": alergias.Categoria.MEDICAMENTO.value,
            "criticidad": alergias.Criticidad.ALTA.value,
        }
        respuesta = cliente.post(f"/clinica/{paciente}/registrar/alergia/", cuerpo)
        assert respuesta.status_code == 302
        assert "?" not in respuesta["Location"]
