"""What a patient does by themselves: contact, measurements, documents, links, complaints."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
from django.db import connection
from django.utils import timezone

from auditoria import bitacora
from auditoria import selectors as auditoria
from auditoria.models import Evento
from consentimiento import decision
from consentimiento.decision import AccesoDenegado
from consentimiento.selectors import a_cargo, accesos
from consentimiento.services import concesiones
from consentimiento.services import enlaces as puerta
from ece import fhir
from ece.identidad.models import Usuario
from ece.identidad.selectors import actor_de_usuario
from ece.nucleo.acceso import Acceso, PermisoInsuficiente
from ece.nucleo.roles import Permiso, Rol
from ece.web.portal import palabras, reglas
from registros.catalogos.aportaciones import es_aportado
from registros.models import CLASES, OtroRegistro
from registros.selectors import enlaces as selector_de_enlaces
from registros.selectors import expediente, paquetes, recursos, resultados, signos
from registros.selectors import quejas as selector_de_quejas
from registros.services import aportaciones, contacto, documentos, enlaces, notas, quejas
from registros.services.contacto import Contacto
from registros.services.enlaces import EnlaceInexistente
from registros.services.quejas import QuejaInexistente, QuejaYaRespondida
from registros.services.signos import MedicionImposible
from tests import elenco as reparto
from tests.elenco import AHORA, XOCHITL, Elenco
from tests.flujos.estudios import poblar
from tests.flujos.portal import con_cuenta, contratar
from tests.registros.del_portal import acceso_del_paciente

LIMITE = 2_000_000


@pytest.fixture
def suya(acceso: Acceso) -> Acceso:
    """What the patient may do with their own record, while `medica` treats them."""
    return acceso_del_paciente(con_cuenta(acceso.paciente), acceso.paciente)


@pytest.fixture
def oficial(acceso: Acceso) -> Acceso:
    """What the privacy officer may do with it."""
    actor = actor_de_usuario(contratar("privacidad", Rol.PRIVACIDAD), ahora=timezone.now())
    return decision.abrir_paciente(
        actor, acceso.paciente, Permiso.REVISION_ATENDER, ahora=timezone.now()
    )


def medir(suya: Acceso, **otras: Any) -> list[UUID]:
    mediciones = {"sistolica": Decimal(128), "diastolica": Decimal(82)}
    datos = {"mediciones": mediciones, "momento": AHORA - timedelta(hours=2), "ahora": AHORA}
    return aportaciones.medir(suya, **{**datos, **otras})


def adjuntar(suya: Acceso, contenido: bytes = b"Estudio de otro lugar") -> UUID:
    return aportaciones.adjuntar(
        suya,
        contenido=contenido,
        nombre="estudio.txt",
        titulo="Estudio de otro lugar",
        clase="otro",
        fecha_documento=None,
        limite=LIMITE,
        ahora=AHORA,
    )


def corregir(suya: Acceso, contacto_: Contacto | None = None) -> int:
    _, recurso, version = expediente.identidad(suya)
    nuevo = contacto_ or replace(contacto.leer(recurso), telefono="5550001122")
    return contacto.corregir(suya, contacto=nuevo, version=version, ahora=AHORA)


def quejarse(suya: Acceso) -> UUID:
    return quejas.presentar(suya, texto="¿Por qué me vio?", evento_id=uuid4(), ahora=AHORA)


def compartir(suya: Acceso) -> tuple[UUID, str]:
    return enlaces.crear(suya, dura=timedelta(hours=1), ahora=timezone.now())


SERVICIOS: dict[str, Callable[[Acceso], Any]] = {
    "aportacion.agregada": medir,
    "contacto.corregido": corregir,
    "queja.presentada": quejarse,
    "enlace.creado": compartir,
}


def escritas() -> int:
    tablas = [clase._meta.db_table for clase in {*CLASES.values(), OtroRegistro}]
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(f"SELECT sum(version) FROM {t}" for t in tablas))
        return sum(int(fila[0] or 0) for fila in cursor.fetchall())


@pytest.mark.parametrize("evento", SERVICIOS)
def test_each_works_and_leaves_one_event(suya: Acceso, evento: str) -> None:
    SERVICIOS[evento](suya)
    (hecho,) = Evento.objects.filter(resultado="hecho", actor=suya.actor.id)
    assert (hecho.tipo, hecho.pacientes) == (evento, [suya.paciente])
    # Whole words: three digits occur by chance in an id or a digest.
    assert not re.search(rb"\b(vio|128|5550001122)\b", hecho.contenido)


@pytest.mark.parametrize("evento", SERVICIOS)
def test_whoever_treats_them_does_none_of_it(acceso: Acceso, evento: str) -> None:
    habia = escritas()
    with pytest.raises(PermisoInsuficiente):
        SERVICIOS[evento](acceso)
    assert escritas() == habia


@pytest.mark.parametrize("evento", SERVICIOS)
def test_when_the_log_fails_nothing_is_written(
    suya: Acceso, monkeypatch: pytest.MonkeyPatch, evento: str
) -> None:
    habia = escritas()
    rota = ("INSERT INTO no_existe VALUES (%s)", [1])
    monkeypatch.setattr(bitacora, "insercion", lambda eventos: rota)
    punto = connection.savepoint()
    with pytest.raises(psycopg.Error):
        SERVICIOS[evento](suya)
    monkeypatch.undo()
    connection.savepoint_rollback(punto)
    assert escritas() == habia


def test_a_measurement_says_everywhere_that_it_is_the_patients(
    suya: Acceso, acceso: Acceso
) -> None:
    medir(suya)
    (entrada,) = expediente.ultimas(acceso, "Observation", 10)
    assert es_aportado(entrada.recurso)
    assert entrada.recurso["performer"][0]["reference"] == f"Patient/{suya.paciente}"
    assert entrada.detalle == "128/82 mmHg · aportado por el paciente"
    assert all(p.aportado for serie in signos.series(acceso) for p in serie.puntos)
    with pytest.raises(MedicionImposible):
        medir(suya, mediciones={"peso": Decimal(900)})
    with pytest.raises(aportaciones.MedicionFutura):
        medir(suya, momento=AHORA + timedelta(days=1))


def test_a_document_of_theirs_is_looked_into_and_told_apart(suya: Acceso, acceso: Acceso) -> None:
    adjuntar(suya)
    (entrada,) = expediente.ultimas(acceso, "DocumentReference", 10)
    assert es_aportado(entrada.recurso)
    assert "authenticator" not in entrada.recurso
    assert entrada.detalle.endswith("aportado por el paciente")
    with pytest.raises(documentos.ArchivoRechazado):
        adjuntar(suya, b"MZ\x90\x00" + bytes(60))
    assert len(expediente.ultimas(acceso, "DocumentReference", 10)) == 1
    with pytest.raises(PermisoInsuficiente):
        adjuntar(acceso)


def test_the_contact_is_corrected_and_nothing_else(suya: Acceso) -> None:
    _, antes, version = expediente.identidad(suya)
    dicho = Contacto("5550001122", "x@example.org", "Calle 1", "Centro", "68000", "Oaxaca")
    assert corregir(suya, dicho) == version + 1
    _, despues, _ = expediente.identidad(suya)
    assert contacto.leer(despues) == dicho
    ajenos = ("telecom", "address", "meta")
    assert {k: v for k, v in despues.items() if k not in ajenos} == {
        k: v for k, v in antes.items() if k not in ajenos
    }
    with pytest.raises(contacto.VersionEnConflicto):
        contacto.corregir(suya, contacto=dicho, version=version, ahora=AHORA)
    corregir(suya, Contacto())
    _, vacio, _ = expediente.identidad(suya)
    assert not {"telecom", "address"} & vacio.keys()


def test_a_place_that_changes_its_name_loses_its_key() -> None:
    ajeno = {"system": "phone", "value": "1", "use": "work"}
    clave = {"extension": [{"url": "urn:ece:fhir:clave"}]}
    antes = {
        "resourceType": "Patient",
        "telecom": [{"system": "fax", "value": "9"}, ajeno],
        "address": [{"city": "Oaxaca", "_city": clave, "state": "Oaxaca", "_state": clave}],
    }
    nuevo = replace(contacto.leer(antes), telefono="2", localidad="Puebla")
    despues = contacto._con_contacto(antes, nuevo)
    assert despues["telecom"] == [antes["telecom"][0], {**ajeno, "value": "2"}]
    (domicilio,) = despues["address"]
    assert "_city" not in domicilio
    assert (domicilio["city"], domicilio["_state"]) == ("Puebla", clave)


def test_a_complaint_goes_to_privacy_and_its_answer_comes_back(
    suya: Acceso, oficial: Acceso, acceso: Acceso
) -> None:
    id_ = quejarse(suya)
    alcance = decision.alcanzar(
        oficial.actor, Permiso.REVISION_ATENDER, motivo="quejas", ahora=timezone.now()
    )
    assert [(q.id, q.paciente) for q in selector_de_quejas.en_cola(alcance)] == [
        (id_, suya.paciente)
    ]
    leida = selector_de_quejas.queja(oficial, queja_id=id_)
    assert leida is not None
    assert leida.texto == "¿Por qué me vio?"
    with pytest.raises(PermisoInsuficiente):
        selector_de_quejas.de_paciente(acceso)
    with pytest.raises(PermisoInsuficiente):
        quejas.responder(suya, queja_id=id_, respuesta="Yo", ahora=AHORA)
    with pytest.raises(QuejaInexistente):
        quejas.responder(oficial, queja_id=uuid4(), respuesta="Nada", ahora=AHORA)
    quejas.responder(oficial, queja_id=id_, respuesta="Era su consulta.", ahora=AHORA)
    with pytest.raises(QuejaYaRespondida):
        quejas.responder(oficial, queja_id=id_, respuesta="Otra", ahora=AHORA)
    (respondida,) = selector_de_quejas.de_paciente(suya)
    assert (respondida.respuesta, respondida.version) == ("Era su consulta.", 2)
    assert selector_de_quejas.en_cola(alcance) == []
    assert Evento.objects.filter(tipo="queja.respondida").count() == 1


def test_whoever_it_is_about_does_not_find_the_complaint(
    elenco: Elenco, suya: Acceso, acceso: Acceso
) -> None:
    id_ = quejarse(suya)
    enfermera = decision.abrir_paciente(
        elenco.actor(elenco.enfermera), suya.paciente, Permiso.EXPEDIENTE_LEER, ahora=AHORA
    )
    for quien in (acceso, enfermera):
        assert expediente.registro(quien, tipo="Communication", id=id_) is None
        assert recursos.compartimento(quien, tipos=["Communication"]) == []
        assert "Communication" not in dict(expediente.tipos_presentes(quien))
        assert str(id_) not in paquetes.completo(acceso, ahora=AHORA).decode()
    assert str(id_) in paquetes.completo(suya, ahora=AHORA).decode()


def test_privacy_reads_nothing_clinical_by_attending_a_complaint(oficial: Acceso) -> None:
    assert oficial.permisos == {Permiso.REVISION_ATENDER}
    with pytest.raises(PermisoInsuficiente):
        expediente.ultimas(oficial, "Condition", 1)


def test_a_link_opens_the_summary_until_it_ends(suya: Acceso) -> None:
    id_, codigo = compartir(suya)
    ahora = timezone.now()
    abierto = puerta.abrir(codigo, origen="192.0.2.7", ahora=ahora)
    assert abierto.paciente == suya.paciente
    assert len(auditoria.usos_de_enlace(suya, enlace_id=id_)) == 1
    with pytest.raises(AccesoDenegado):
        puerta.abrir(codigo, origen="", ahora=ahora + timedelta(hours=2))
    cambiado = ("B" if codigo[0] != "B" else "C") + codigo[1:]
    for malo in (cambiado, codigo[:-1], "", "A" * 32):
        with pytest.raises(AccesoDenegado):
            puerta.abrir(malo, origen="", ahora=ahora)
    alargado = enlaces.base64.b32encode(
        enlaces.base64.b32decode(codigo)[:16] + (2**32 - 1).to_bytes(4)
    ).decode()
    with pytest.raises(AccesoDenegado):
        puerta.abrir(alargado, origen="", ahora=ahora)
    enlaces.revocar(suya, enlace_id=id_, ahora=ahora)
    with pytest.raises(AccesoDenegado):
        puerta.abrir(codigo, origen="", ahora=ahora)
    with pytest.raises(EnlaceInexistente):
        enlaces.revocar(suya, enlace_id=id_, ahora=ahora)
    (uno,) = selector_de_enlaces.lista(suya)
    assert uno.revocado
    assert not uno.vigente(ahora)


def test_the_code_of_a_link_lies_nowhere(suya: Acceso) -> None:
    _, codigo = compartir(suya)
    puerta.abrir(codigo, origen="", ahora=timezone.now())
    with connection.cursor() as cursor:
        for tabla in ("registros_otroregistro", "auditoria_evento"):
            cursor.execute(f"SELECT t::text FROM {tabla} t")
            volcado = " ".join(fila[0] for fila in cursor.fetchall())
            for forma in (codigo, codigo.encode().hex(), enlaces.huella(codigo)):
                assert forma not in volcado


def test_a_link_ends_with_the_account_of_who_shared_it(suya: Acceso) -> None:
    _, codigo = compartir(suya)
    Usuario.objects.filter(pk=suya.actor.id).update(is_active=False)
    with pytest.raises(AccesoDenegado):
        puerta.abrir(codigo, origen="", ahora=timezone.now())


def test_the_list_of_accesses_says_who_when_why_and_on_what_ground(
    elenco: Elenco, suya: Acceso
) -> None:
    ahora = timezone.now()
    medica, ajeno = (elenco.actor(u) for u in (elenco.medica, elenco.medico_ajeno))
    for _ in range(3):
        decision.abrir_paciente(
            medica,
            suya.paciente,
            Permiso.EXPEDIENTE_LEER,
            ahora=ahora,
            detalle={"pagina": "clinica:notas"},
        )
    with pytest.raises(AccesoDenegado):
        decision.abrir_paciente(ajeno, suya.paciente, Permiso.EXPEDIENTE_LEER, ahora=ahora)
    _, codigo = compartir(suya)
    puerta.abrir(codigo, origen="", ahora=ahora)
    (hoy, *_) = accesos.del_expediente(suya, con_propios=False).dias
    dichas = {(x.nombre, x.negado, x.por_enlace): x for x in hoy.lineas}
    assert dichas["Elena de Ejemplo", False, False].veces == 3
    assert dichas["Elena de Ejemplo", False, False].paginas == ("clinica:notas",)
    assert dichas["Elena de Ejemplo", False, False].institucion == "Hospital General de Ejemplo"
    assert dichas["Elena de Ejemplo", False, False].roles == ("medico",)
    assert dichas["Hugo de Ejemplo", True, False].fundamento == "sin.relacion"
    assert [x.por_enlace for x in hoy.lineas if x.actor == suya.actor.id] == [True]
    (con_propios, *_) = accesos.del_expediente(suya).dias
    assert any(x.propio for x in con_propios.lineas)
    solo = accesos.del_expediente(suya, actor=ajeno.id)
    assert {x.actor for dia in solo.dias for x in dia.lineas} == {ajeno.id}


def test_the_list_goes_on_where_the_page_ended(
    elenco: Elenco, suya: Acceso, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(accesos, "EN_PAGINA", 4)
    medica = elenco.actor(elenco.medica)
    base = timezone.now()
    for n in range(10):
        decision.abrir_paciente(
            medica, suya.paciente, Permiso.PACIENTE_LEER, ahora=base + timedelta(seconds=n)
        )
    vistas, cursor = 0, ""
    for _ in range(20):
        pagina = accesos.del_expediente(suya, cursor=cursor, actor=medica.id)
        vistas += sum(x.veces for dia in pagina.dias for x in dia.lineas)
        if not (cursor := pagina.siguiente):
            break
    assert (
        vistas
        == Evento.objects.filter(pacientes__contains=[suya.paciente], actor=medica.id).count()
    )
    with pytest.raises(accesos.CursorInvalido):
        accesos.del_expediente(suya, cursor="no-es-uno")


def test_the_list_is_only_of_ones_own_record(elenco: Elenco, suya: Acceso) -> None:
    otra = reparto.registrar(elenco, replace(XOCHITL, nombre="Otra"))
    reparto.en_consulta(elenco, otra)
    ajeno = reparto.acceso_de_medica(elenco, otra)
    de_otra = Evento.objects.filter(pacientes=[otra]).first()
    assert de_otra is not None
    assert auditoria.uno(suya, evento_id=de_otra.pk) is None
    assert auditoria.uno(ajeno, evento_id=de_otra.pk) is not None
    propios = {e.id for e in auditoria.del_paciente(suya, limite=500)}
    assert propios.isdisjoint(e.id for e in auditoria.del_paciente(ajeno, limite=500))


def test_the_index_of_patients_finds_their_events(suya: Acceso) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute(
            "EXPLAIN SELECT id FROM auditoria_evento WHERE pacientes @> %s::uuid[] "
            "ORDER BY momento DESC, id DESC LIMIT 201",
            [[suya.paciente]],
        )
        plan = "\n".join(fila[0] for fila in cursor.fetchall())
    assert "auditoria_evento_pacientes" in plan


def test_the_whole_record_is_a_bundle_of_what_is_kept(
    elenco: Elenco, acceso: Acceso, suya: Acceso
) -> None:
    (visita,) = expediente.encuentros_abiertos(acceso)
    poblar(elenco, suya.paciente, visita.id)
    borrador = notas.redactar(acceso, tipo="evolucion", encuentro_id=visita.id, ahora=AHORA)
    paquete = fhir.json.leer(paquetes.completo(suya, ahora=AHORA))
    filas = [f for f in recursos.compartimento(suya) if f.id != borrador]
    assert {e["resource"]["id"] for e in paquete["entry"]} == {str(f.id) for f in filas}
    assert {"Patient", "Encounter", "DiagnosticReport", "Binary"} <= {
        e["resource"]["resourceType"] for e in paquete["entry"]
    }
    assert fhir.validar(paquete) == []
    enfermera = decision.abrir_paciente(
        elenco.actor(elenco.enfermera), suya.paciente, Permiso.EXPEDIENTE_LEER, ahora=AHORA
    )
    with pytest.raises(PermisoInsuficiente):
        paquetes.completo(enfermera, ahora=AHORA)


def test_whom_one_looks_after_are_listed_after_oneself(elenco: Elenco, suya: Acceso) -> None:
    menor = reparto.registrar(elenco, replace(XOCHITL, nombre="Itzel"))
    ahora = timezone.now()
    assert a_cargo.ids(suya.actor, ahora=ahora) == [suya.paciente]
    for hasta in (ahora + timedelta(days=30), ahora - timedelta(days=1)):
        concesiones.otorgar(
            usuario_id=suya.actor.id,
            paciente=menor if hasta > ahora else uuid4(),
            permisos=[Permiso.PACIENTE_LEER, Permiso.EXPEDIENTE_LEER],
            motivo=concesiones.Motivo.TUTELA,
            desde=ahora - timedelta(days=2),
            hasta=hasta,
        )
    suyos = a_cargo.expedientes(suya.actor, ahora=ahora)
    assert [(e.identidad.nombre, e.propio) for e in suyos] == [
        ("Xóchitl Ibáñez Peña", True),
        ("Itzel Ibáñez Peña", False),
    ]


def test_plain_words_are_the_most_precise_there_are() -> None:
    assert palabras.de_problema("E11.9") == palabras.PROBLEMAS["E11"]
    assert palabras.de_problema("E149") == palabras.PROBLEMAS["E1"]
    assert palabras.de_problema("") == ""
    assert palabras.de_medicina("Metformina 850 mg") == palabras.MEDICINAS["A10"]
    assert palabras.de_medicina("Algo desconocido") == ""


@pytest.mark.parametrize(
    ("cifra", "bajo", "alto", "donde"),
    [
        ("5", "4", "6", "dentro"),
        ("3", "4", "6", "antes"),
        ("7", "4", "6", "despues"),
        ("900", "4", "6", "despues"),
        ("1", None, "6", "dentro"),
        ("9", None, "6", "despues"),
        ("9", "4", None, "dentro"),
        ("1", "4", None, "antes"),
    ],
)
def test_a_ruler_puts_each_value_on_its_side(
    cifra: str, bajo: str | None, alto: str | None, donde: str
) -> None:
    limites = {"bajo": bajo and Decimal(bajo), "alto": alto and Decimal(alto)}
    valor = resultados.Valor(uuid4(), "", "", cifra, "", "", None, cifra=Decimal(cifra), **limites)
    regla = reglas.de_valor(valor)
    assert regla is not None
    assert 0 < regla.x < reglas.ANCHO
    lado = "antes" if regla.x < regla.desde else "despues" if regla.x > regla.hasta else "dentro"
    assert lado == donde
