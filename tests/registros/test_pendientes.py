"""What waits for whom: drafts, tasks and results on the first page of the desk."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from auditoria import bitacora
from auditoria.actos import acto
from auditoria.models import Evento
from auditoria.tipos import TipoDeEvento
from consentimiento import decision
from ece.identidad.models import Usuario
from ece.nucleo.acceso import Acceso, PermisoInsuficiente
from ece.nucleo.roles import Permiso
from registros.models import Informe, Tarea
from registros.selectors import expediente, pendientes
from registros.selectors.pendientes import Pendientes
from registros.services import notas
from registros.services.diagnosticos import NuevoDiagnostico
from tests import elenco as reparto
from tests.elenco import XOCHITL, Elenco

pytestmark = pytest.mark.django_db


def de(usuario: Usuario, elenco: Elenco, paginas: Mapping[str, int] | None = None) -> Pendientes:
    ahora = timezone.now()
    actor = elenco.actor(usuario)
    alcance = decision.alcanzar(actor, Permiso.EXPEDIENTE_LEER, motivo="pendientes", ahora=ahora)
    hallado = pendientes.hallar(alcance, ahora=ahora, paginas=paginas or {})
    accesos = decision.abrir_pacientes(
        actor, hallado.pacientes, Permiso.EXPEDIENTE_LEER, ahora=ahora
    )
    return pendientes.abrir(alcance, accesos, hallado, ahora=ahora, paginas=paginas or {})


def borrador(acceso: Acceso) -> UUID:
    encuentro = expediente.encuentros_abiertos(acceso)[0].id
    return notas.redactar(acceso, tipo="evolucion", encuentro_id=encuentro, ahora=timezone.now())


def escribir(acceso: Acceso, clase: Any, recurso: dict[str, Any]) -> UUID:
    recurso = {"subject": {"reference": f"Patient/{acceso.paciente}"}, **recurso}
    if recurso["resourceType"] == "Task":
        recurso["for"] = recurso.pop("subject")
    ahora = timezone.now()
    with acto(acceso, tipo=TipoDeEvento.RECURSO_CREADO, ahora=ahora) as el_acto:
        registro = clase.nuevo(acceso, recurso, ahora=ahora)
        el_acto.insertar(registro)
    id_: UUID = registro.id
    return id_


def tarea(acceso: Acceso, *, para: UUID | None, unidad: UUID | None = None, **mas: Any) -> UUID:
    quien = {"owner": {"reference": f"Practitioner/{para}"}} if para else {}
    donde = {"location": {"reference": f"Location/{unidad}"}} if unidad else {}
    recurso = {"resourceType": "Task", "status": "requested", "intent": "order", **mas}
    return escribir(acceso, Tarea, {**recurso, **quien, **donde})


def informe(acceso: Acceso) -> UUID:
    recurso = {
        "resourceType": "DiagnosticReport",
        "status": "final",
        "code": {"text": "Química sanguínea"},
        "conclusion": "Potasio de 6.8 mmol/L.",
    }
    return escribir(acceso, Informe, recurso)


def test_my_drafts_and_nobody_elses(elenco: Elenco, acceso: Acceso) -> None:
    mio = borrador(acceso)
    terminada = borrador(acceso)
    contenido = notas.Contenido(
        {"evolucion": "Bien", "pronostico": "Bueno", "tratamiento": "Reposo"},
        {},
        (NuevoDiagnostico("E119", "Diabetes"),),
    )
    notas.finalizar(acceso, nota_id=terminada, contenido=contenido, version=1, ahora=timezone.now())
    (linea,) = de(elenco.medica, elenco).borradores
    assert (linea.id, linea.titulo, linea.paciente.nombre) == (
        mio,
        "Nota de evolución",
        "Xóchitl Ibáñez Peña",
    )
    assert timezone.now() - linea.desde < timedelta(minutes=1)
    assert not de(elenco.medico_ajeno, elenco).borradores
    assert not de(elenco.enfermera, elenco).borradores


def test_what_is_asked_of_me_or_of_my_unit_the_critical_first(
    elenco: Elenco, acceso: Acceso
) -> None:
    rutina = tarea(acceso, para=elenco.medica.pk, description="Interconsulta")
    de_unidad = tarea(acceso, para=None, unidad=elenco.consulta, description="Llamar")
    critica = tarea(
        acceso,
        para=elenco.medica.pk,
        priority="stat",
        description="Potasio",
        input=[{"type": {"text": "Potasio"}, "valueString": "6.8 mmol/L"}],
    )
    tarea(acceso, para=elenco.medica.pk, status="completed")
    tarea(acceso, para=elenco.medico_ajeno.pk)
    lista = de(elenco.medica, elenco).tareas
    assert [t.id for t in lista] == [critica, rutina, de_unidad]
    assert lista[0].urgente
    assert (lista[0].titulo, lista[0].detalle) == ("Potasio", "6.8 mmol/L")


def test_a_result_is_new_until_it_is_opened_by_whoever_looks(
    elenco: Elenco, acceso: Acceso
) -> None:
    id_ = informe(acceso)
    assert [r.id for r in de(elenco.medica, elenco).resultados] == [id_]
    cliente = Client()
    cliente.force_login(elenco.medica)
    # Opening the chart is not opening the result.
    cliente.get(reverse("clinica:expediente", args=[acceso.paciente]))
    assert de(elenco.medica, elenco).resultados
    cliente.get(reverse("clinica:registro", args=[acceso.paciente, "DiagnosticReport", id_]))
    assert not de(elenco.medica, elenco).resultados
    assert de(elenco.enfermera, elenco).resultados


def test_a_patient_of_nobody_here_waits_for_nobody(elenco: Elenco, acceso: Acceso) -> None:
    informe(acceso)
    tarea(acceso, para=elenco.medica.pk)
    vacios = de(elenco.medico_ajeno, elenco)
    assert [vacios.borradores, vacios.tareas, vacios.resultados] == [[], [], []]


def test_whoever_may_not_read_records_has_no_such_lists(elenco: Elenco) -> None:
    ahora = timezone.now()
    alcance = decision.alcanzar(
        elenco.actor(elenco.archivo), Permiso.PACIENTE_LISTAR, motivo="agenda", ahora=ahora
    )
    with pytest.raises(PermisoInsuficiente):
        pendientes.hallar(alcance, ahora=ahora, paginas={})


def test_a_draft_is_late_by_the_hours_of_its_type() -> None:
    class Diaria:
        cada_horas = 24

    assert not pendientes.fuera_de_plazo(None, timedelta(days=9))
    assert pendientes.fuera_de_plazo(Diaria, timedelta(hours=25))
    assert not pendientes.fuera_de_plazo(Diaria, timedelta(hours=23))


def test_pages_and_a_constant_number_of_queries(
    elenco: Elenco, acceso: Acceso, monkeypatch: pytest.MonkeyPatch
) -> None:
    nativos: list[str] = []
    original = bitacora.cursor
    monkeypatch.setattr(
        bitacora, "cursor", lambda alias="default": nativos.append(alias) or original(alias)
    )
    cliente = Client()
    cliente.force_login(elenco.medica)
    informe(acceso)
    tarea(acceso, para=elenco.medica.pk)
    borrador(acceso)

    def consultas() -> int:
        nativos.clear()
        with CaptureQueriesContext(connection) as de_django:
            assert cliente.get(reverse("clinica:hoy")).status_code == 200
        return len(de_django) + len(nativos)

    consultas()
    pocas, eventos = consultas(), Evento.objects.count()
    cliente.get(reverse("clinica:hoy"))
    de_una = Evento.objects.count() - eventos
    otra = reparto.registrar(elenco, replace(XOCHITL, nombre="Otra"))
    reparto.en_consulta(elenco, otra)
    suyo = reparto.acceso_de_medica(elenco, otra)
    for _ in range(pendientes.LIMITE):
        borrador(suyo)
        informe(suyo)
        tarea(suyo, para=elenco.medica.pk)
    consultas()
    assert consultas() == pocas <= 22
    eventos = Evento.objects.count()
    pagina = cliente.get(reverse("clinica:hoy")).content.decode()
    assert Evento.objects.count() - eventos == de_una
    assert pagina.count("Nota de evolución") == pendientes.LIMITE
    assert "?borradores=2#lista-borradores" in pagina
    pagina = cliente.get(reverse("clinica:hoy"), {"borradores": "2"}).content.decode()
    assert pagina.count("Nota de evolución") == pendientes.LIMITE + 1
    assert "?borradores=3" not in pagina
