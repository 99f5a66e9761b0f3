"""A breach: noted, confirmed, told to whom it reached and to the authority, and closed."""

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from auditoria import bitacora
from auditoria.models import Evento
from consentimiento import decision
from consentimiento.decision import AccesoDenegado
from consentimiento.models import Afectado, Notificacion, Vulneracion
from consentimiento.models.notificacion import Tipo
from consentimiento.notificaciones import derivacion
from consentimiento.selectors import vulneraciones as selectores
from consentimiento.services import vulneraciones
from consentimiento.services.vulneraciones import FaltaDecir, SinConfirmar, YaConfirmada
from ece.identidad.models import Usuario
from ece.nucleo.acceso import Alcance
from ece.nucleo.roles import Permiso
from tests import elenco as reparto
from tests.consentimiento import asentada
from tests.consentimiento.permisos import como, cuenta
from tests.consentimiento.solicitudes import oficial
from tests.consentimiento.vulneraciones import DESCRIPCION, DICHO, confirmada, registrada
from tests.consentimiento.vulneraciones import de_oficial as alcance_de_oficial
from tests.elenco import AHORA, Elenco


@pytest.fixture
def alcance(elenco: Elenco) -> Alcance:
    return alcance_de_oficial(elenco)


def tipos(id_: UUID) -> list[str]:
    filas = Evento.objects.filter(tipo__startswith="vulneracion.").order_by("momento", "id")
    return [fila.tipo for fila in filas if str(id_).encode() in bytes(fila.contenido)]


def test_from_the_suspicion_to_the_end(elenco: Elenco, paciente: UUID, alcance: Alcance) -> None:
    otra = reparto.registrar(elenco)
    cuenta("paciente", paciente)
    id_ = registrada(elenco, [paciente, otra])
    assert selectores.de_paciente(como(Usuario.objects.get(username="paciente"), paciente)) == []
    vulneraciones.confirmar(alcance, vulneracion_id=id_, textos=DICHO, ahora=AHORA)
    (renglon,) = selectores.lista(alcance)
    assert (renglon.afectados, renglon.por_avisar) == (2, 1)  # one has no account
    vulneraciones.avisado_por_escrito(alcance, vulneracion_id=id_, paciente=otra, ahora=AHORA)
    vulneraciones.notificar_a_la_autoridad(
        alcance, vulneracion_id=id_, dicho="Secretaría Anticorrupción, folio 7", ahora=AHORA
    )
    vulneraciones.cerrar(alcance, vulneracion_id=id_, definitivas="Discos cifrados.", ahora=AHORA)
    entera = selectores.una(alcance, vulneracion_id=id_)
    assert entera is not None
    assert entera.renglon.por_avisar == 0
    assert entera.textos["autoridad"] == "Secretaría Anticorrupción, folio 7"
    assert {a.paciente for a in entera.alcanzados} == {paciente, otra}
    assert tipos(id_) == [
        f"vulneracion.{q}" for q in ("registrada", "confirmada", "avisada", "notificada", "cerrada")
    ]
    with pytest.raises(vulneraciones.VulneracionInexistente):
        vulneraciones.senalar(alcance, vulneracion_id=id_, pacientes=[uuid4()], ahora=AHORA)


def test_nobody_is_told_less_than_the_five_things(elenco: Elenco, alcance: Alcance) -> None:
    id_ = registrada(elenco)
    for clave in vulneraciones.DEL_AVISO:
        textos = {**DICHO, clave: " "}
        with pytest.raises(FaltaDecir) as falta:
            vulneraciones.confirmar(alcance, vulneracion_id=id_, textos=textos, ahora=AHORA)
        assert falta.value.faltan == (clave,)
    with pytest.raises(SinConfirmar):
        vulneraciones.cerrar(alcance, vulneracion_id=id_, definitivas="Ya.", ahora=AHORA)
    vulneraciones.confirmar(alcance, vulneracion_id=id_, textos=DICHO, ahora=AHORA)
    with pytest.raises(YaConfirmada):
        vulneraciones.confirmar(alcance, vulneracion_id=id_, textos=DICHO, ahora=AHORA)


@pytest.mark.django_db(transaction=True)
def test_whoever_it_reached_is_told_at_once_and_what_it_was() -> None:
    elenco = reparto.reunir()
    paciente, otro = reparto.registrar(elenco), reparto.registrar(elenco)
    persona, ajena = cuenta("paciente", paciente), cuenta("ajena", otro)
    derivacion.derivar(ahora=AHORA)
    id_ = confirmada(elenco, [paciente])
    vulneraciones.senalar(
        alcance_de_oficial(elenco), vulneracion_id=id_, pacientes=[otro], ahora=AHORA
    )
    asentada.esperar()
    derivacion.derivar(ahora=AHORA + timedelta(minutes=1))
    avisados = Notificacion.objects.filter(tipo=Tipo.VULNERACION)
    assert set(avisados.values_list("usuario", flat=True)) == {persona.pk, ajena.pk}
    (aviso,) = selectores.de_paciente(como(persona, paciente))
    assert aviso.textos == DICHO
    cliente = Client()
    cliente.force_login(persona)
    pagina = cliente.get(reverse("portal:vulneraciones", args=[paciente])).content.decode()
    assert all(dicho in pagina for dicho in DICHO.values())
    assert DESCRIPCION not in pagina


def test_what_is_written_of_it_is_sealed(elenco: Elenco, paciente: UUID) -> None:
    confirmada(elenco, [paciente])
    with connection.cursor() as cursor:
        cursor.execute("SELECT v::text FROM consentimiento_vulneracion v")
        ((fila,),) = cursor.fetchall()
    for dicho in (DESCRIPCION, *DICHO.values()):
        assert dicho not in fila
        assert dicho.encode().hex() not in fila


def test_only_the_officer(elenco: Elenco) -> None:
    for usuario in (elenco.medica, elenco.archivo, elenco.de_urgencias):
        with pytest.raises(AccesoDenegado):
            decision.alcanzar(
                elenco.actor(usuario), Permiso.REVISION_ATENDER, motivo="privacidad", ahora=AHORA
            )


def test_an_audit_failure_undoes_each_step(
    elenco: Elenco, paciente: UUID, alcance: Alcance, monkeypatch: pytest.MonkeyPatch
) -> None:
    id_ = registrada(elenco, [paciente])

    def falla(*_: Any) -> Any:
        raise RuntimeError("sin bitácora")

    monkeypatch.setattr(bitacora, "anexar", falla)
    with pytest.raises(RuntimeError):
        registrada(elenco)
    with pytest.raises(RuntimeError):
        vulneraciones.confirmar(alcance, vulneracion_id=id_, textos=DICHO, ahora=AHORA)
    assert Vulneracion.objects.get().confirmada_at is None
    assert Afectado.objects.get().avisado_at is None


def test_the_page_takes_each_step_and_says_which_number_is_nobodys(
    elenco: Elenco, paciente: UUID, alcance: Alcance
) -> None:
    cliente = Client()
    cliente.force_login(oficial(elenco))
    nueva = {"clase": "uso", "descripcion": "Alguien miró de más."}
    assert cliente.post(reverse("clinica:vulneraciones"), {"motivo": "x"}).status_code == 422
    respuesta = cliente.post(reverse("clinica:vulneraciones"), nueva)
    id_ = Vulneracion.objects.get().pk
    direccion = reverse("clinica:vulneracion", args=[id_])
    assert respuesta.headers["Location"] == direccion
    malo = cliente.post(direccion, {"accion": "senalar", "numeros": "NO-ES-1"})
    assert (malo.status_code, "NO-ES-1" in malo.content.decode()) == (422, True)
    for pasos in (
        {"accion": "confirmar", **DICHO},
        {"accion": "autoridad", "dicho": "Folio 9"},
        {"accion": "cerrar", "definitivas": "Se capacitó."},
    ):
        assert cliente.post(direccion, pasos).status_code == 302
    assert Vulneracion.objects.get().cerrada_at is not None
    assert cliente.post(direccion, {"accion": "cerrar", "definitivas": "x"}).status_code == 302
