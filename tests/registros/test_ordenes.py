"""From the order to the answer: services, who may, and who is tied to whom by it."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from uuid import UUID

import psycopg
import pytest
from django.db import connection

from auditoria import bitacora
from auditoria.models import Evento
from consentimiento import decision
from consentimiento.decision import AccesoDenegado
from consentimiento.selectors import criticos
from ece.identidad.models import Asignacion, Usuario
from ece.nucleo.acceso import Acceso, PermisoInsuficiente
from ece.nucleo.roles import Permiso, Rol
from registros.models.tarea import ESCALA_TRAS
from registros.selectors import expediente
from registros.selectors import ordenes as ver_ordenes
from registros.selectors import resultados as ver_resultados
from registros.selectors import tareas as ver_tareas
from registros.services import encuentros, ordenes, resultados, tareas
from registros.services.ordenes import Prioridad
from tests import elenco as reparto
from tests.elenco import AHORA, XOCHITL, Elenco
from tests.registros.nota_de_ejemplo import con_concesion, en_puesto

MINUTO = timedelta(minutes=1)


def pedir(acceso: Acceso, *estudios: str) -> list[UUID]:
    abiertos = expediente.encuentros_abiertos(acceso)
    return ordenes.solicitar(
        acceso,
        estudios=estudios or ["es"],
        prioridad=Prioridad.URGENTE,
        problema="Debilidad muscular",
        encuentro_id=abiertos[0].id if abiertos else None,
        ahora=AHORA,
    )


def del_laboratorio(elenco: Elenco, paciente: UUID) -> Acceso:
    return decision.abrir_paciente(
        elenco.actor(elenco.laboratorio), paciente, Permiso.ORDEN_ATENDER, ahora=AHORA
    )


def informar(acceso: Acceso, orden: UUID, *, definitivo: bool = True, **valores: str) -> UUID:
    return resultados.informar(
        acceso,
        orden_id=orden,
        valores={clave: Decimal(valor) for clave, valor in valores.items()},
        conclusion="",
        definitivo=definitivo,
        ahora=AHORA,
    )


@pytest.fixture
def orden(acceso: Acceso) -> UUID:
    return pedir(acceso)[0]


@pytest.fixture
def lab(elenco: Elenco, paciente: UUID, orden: UUID) -> Acceso:
    return del_laboratorio(elenco, paciente)


@pytest.fixture
def critico(acceso: Acceso, lab: Acceso, orden: UUID) -> UUID:
    """A potassium that kills, reported and unanswered; the task's id."""
    informar(lab, orden, k="6.8", na="140")
    (tarea,) = ver_tareas.de_paciente(acceso)
    return tarea.id


def eventos(tipo: str) -> int:
    return Evento.objects.filter(tipo=tipo).count()


def test_studies_ordered_together_share_a_number_and_are_one_event(acceso: Acceso) -> None:
    ids = pedir(acceso, "es", "bh", "es")
    vistas = ver_ordenes.de_paciente(acceso)
    assert {v.id for v in vistas} == set(ids)
    assert len({v.folio for v in vistas}) == 1
    assert {v.nombre for v in vistas} == {"Electrolitos séricos", "Biometría hemática completa"}
    assert eventos("orden.solicitada") == 1
    with pytest.raises(ordenes.EstudioDesconocido):
        pedir(acceso, "no-existe")


def test_from_specimen_to_report_each_step_is_an_event(
    acceso: Acceso, lab: Acceso, orden: UUID
) -> None:
    ordenes.tomar(lab, orden_id=orden, ahora=AHORA)
    ordenes.procesar(lab, orden_id=orden, ahora=AHORA)
    preliminar = informar(lab, orden, definitivo=False, na="140")
    vista = ver_ordenes.orden(acceso, orden_id=orden)
    assert vista is not None
    assert (vista.avance, vista.viva, vista.informe) == ("preliminar", True, preliminar)
    assert ver_tareas.de_paciente(acceso) == []
    assert informar(lab, orden, k="4.2", na="140") == preliminar
    vista = ver_ordenes.orden(acceso, orden_id=orden)
    assert vista is not None
    assert (vista.avance, vista.viva) == ("informada", False)
    for tipo, veces in (("orden.tomada", 1), ("orden.procesada", 1), ("resultado.registrado", 2)):
        assert eventos(tipo) == veces
    especimen = expediente.ultimas(acceso, "Specimen", 5)
    assert [e.recurso["type"]["text"] for e in especimen] == ["Suero"]


def test_a_report_says_what_the_norm_asks(acceso: Acceso, lab: Acceso, orden: UUID) -> None:
    """NOM-004 9.2: when, who asked, what, why, results, incidents, who reports."""
    informe = resultados.informar(
        lab,
        orden_id=orden,
        valores={"k": Decimal("5.6")},
        conclusion="Hiperkalemia leve",
        incidentes="Muestra tomada en dos intentos",
        definitivo=True,
        ahora=AHORA,
    )
    visto = ver_resultados.informe(acceso, informe_id=informe)
    assert visto is not None
    assert (visto.fecha, visto.titulo) == (AHORA, "Electrolitos séricos")
    assert (visto.solicitante, visto.realizo) == ("Elena de Ejemplo", "Luis de Ejemplo")
    assert visto.problema == "Debilidad muscular"
    assert (visto.conclusion, visto.incidentes) == (
        "Hiperkalemia leve",
        "Muestra tomada en dos intentos",
    )
    (valor,) = visto.valores
    assert (valor.dicho, valor.unidad, valor.referencia, valor.bandera) == (
        "5.6",
        "mmol/L",
        "3.5 – 5.1",
        "H",
    )


def test_a_correction_is_a_new_version_and_asks_again(
    acceso: Acceso, lab: Acceso, orden: UUID
) -> None:
    primero = informar(lab, orden, k="4.2", na="140")
    (tarea,) = ver_tareas.de_paciente(acceso)
    tareas.responder(acceso, tarea_id=tarea.id, que_se_hizo="", releidos={}, ahora=AHORA)
    assert informar(lab, orden, k="5.4") == primero
    visto = ver_resultados.informe(acceso, informe_id=primero)
    assert visto is not None
    assert (visto.estado, visto.version) == ("corrected", 2)
    assert [(v.nombre, v.dicho) for v in visto.valores] == [("Potasio", "5.4")]
    assert len(ver_tareas.de_paciente(acceso)) == 1
    assert eventos("resultado.corregido") == 1
    # What the correction no longer says does not count in the series either.
    assert ver_resultados.serie(acceso, loinc="2951-2") is None


def test_each_value_stands_beside_the_one_before(
    elenco: Elenco, acceso: Acceso, paciente: UUID
) -> None:
    for dias, valor in enumerate(("4.0", "4.6", "5.9")):
        (orden,) = pedir(acceso)
        informe = resultados.informar(
            del_laboratorio(elenco, paciente),
            orden_id=orden,
            valores={"k": Decimal(valor)},
            conclusion="",
            definitivo=True,
            ahora=AHORA + timedelta(days=dias),
        )
    visto = ver_resultados.informe(acceso, informe_id=informe)
    assert visto is not None
    assert (visto.valores[0].anterior, visto.valores[0].tendencia) == ("4.6", "sube")
    serie = ver_resultados.serie(acceso, loinc="2823-3")
    assert serie is not None
    assert [str(p.valor) for p in serie.puntos] == ["4.0", "4.6", "5.9"]
    assert (serie.bajo, serie.alto) == (Decimal("3.5"), Decimal("5.1"))


def test_what_is_not_of_the_study_or_says_nothing_is_refused(lab: Acceso, orden: UUID) -> None:
    with pytest.raises(resultados.AnalitoAjeno):
        informar(lab, orden, hb="14")
    with pytest.raises(resultados.ResultadoVacio):
        informar(lab, orden)


def test_rejected_or_called_off_says_why_and_ends(acceso: Acceso, lab: Acceso, orden: UUID) -> None:
    ordenes.rechazar(lab, orden_id=orden, motivo="Muestra hemolizada", ahora=AHORA)
    vista = ver_ordenes.orden(acceso, orden_id=orden)
    assert vista is not None
    assert (vista.avance, vista.motivo) == ("rechazada", "Muestra hemolizada")
    (otra,) = pedir(acceso)
    ordenes.cancelar(acceso, orden_id=otra, motivo="Ya no hace falta", ahora=AHORA)
    for cual in (orden, otra):
        with pytest.raises(ordenes.OrdenTerminada):
            informar(lab, cual, k="4")
        with pytest.raises(ordenes.OrdenTerminada):
            ordenes.tomar(lab, orden_id=cual, ahora=AHORA)


def test_a_critical_value_waits_until_it_is_read_back_and_acted_upon(
    acceso: Acceso, critico: UUID
) -> None:
    def responder(hecho: str, leido: str) -> None:
        tareas.responder(
            acceso,
            tarea_id=critico,
            que_se_hizo=hecho,
            releidos={"Potasio": leido},
            ahora=AHORA + MINUTO,
        )

    assert criticos.contar(acceso.actor, ahora=AHORA).cuantos == 1
    with pytest.raises(tareas.FaltaQueSeHizo):
        responder(" ", "6.8")
    for mal in ("", "8.6", "6", "68"):
        with pytest.raises(tareas.RelecturaDistinta):
            responder("Gluconato de calcio", mal)
    assert criticos.contar(acceso.actor, ahora=AHORA).cuantos == 1
    responder("Gluconato de calcio IV y electrocardiograma", "6,8")
    assert criticos.contar(acceso.actor, ahora=AHORA).cuantos == 0
    vista = ver_tareas.tarea(acceso, tarea_id=critico)
    assert vista is not None
    assert ("Qué se hizo", "Gluconato de calcio IV y electrocardiograma") in vista.respuesta
    assert ("Respondió", "Elena de Ejemplo") in vista.respuesta
    assert eventos("critico.respondido") == 1
    (orden,) = ver_ordenes.de_paciente(acceso)
    assert orden.avance == "acusada"
    with pytest.raises(tareas.TareaYaRespondida):
        responder("Otra vez", "6.8")


def colega(elenco: Elenco, clave: str, unidad: UUID) -> Usuario:
    usuario = Usuario.objects.create_user(clave)
    Asignacion.objects.create(
        usuario=usuario, rol=Rol.MEDICO, unidad_id=unidad, desde=AHORA - timedelta(days=1)
    )
    return usuario


def test_unanswered_it_becomes_the_units_and_opens_the_chart_to_it(
    elenco: Elenco, paciente: UUID, critico: UUID
) -> None:
    de_la_unidad = elenco.actor(colega(elenco, "colega", elenco.consulta))
    de_otra = elenco.actor(colega(elenco, "ajena", elenco.urgencias))
    antes, despues = AHORA + ESCALA_TRAS - MINUTO, AHORA + ESCALA_TRAS
    for actor, momento, cuantos in (
        (de_la_unidad, antes, 0),
        (de_la_unidad, despues, 1),
        (de_otra, despues, 0),
    ):
        assert criticos.contar(actor, ahora=momento).cuantos == cuantos
        if cuantos:
            abierto = decision.abrir_paciente(
                actor, paciente, Permiso.RESULTADO_ACUSAR, ahora=momento
            )
            assert Permiso.NOTA_REDACTAR not in abierto.permisos
            alcance = decision.alcanzar(
                actor, Permiso.PACIENTE_LISTAR, motivo="resultados", ahora=momento
            )
            (linea,) = ver_tareas.pendientes(alcance, ahora=momento)
            assert (linea.critica, linea.escalada) == (True, True)
        else:
            with pytest.raises(AccesoDenegado):
                decision.abrir_paciente(actor, paciente, Permiso.RESULTADO_ACUSAR, ahora=momento)


def test_whoever_asked_can_answer_after_the_visit_and_no_longer_once_answered(
    elenco: Elenco, paciente: UUID, acceso: Acceso, critico: UUID
) -> None:
    (visita,) = expediente.encuentros_abiertos(acceso)
    encuentros.cerrar(acceso, encuentro_id=visita.id, ahora=AHORA)
    medica = elenco.actor(elenco.medica)
    despues = decision.abrir_paciente(medica, paciente, Permiso.RESULTADO_ACUSAR, ahora=AHORA)
    assert Permiso.NOTA_REDACTAR not in despues.permisos
    tareas.responder(
        despues,
        tarea_id=critico,
        que_se_hizo="Se llamó a la paciente",
        releidos={"Potasio": "6.8 mmol/L"},
        ahora=AHORA,
    )
    with pytest.raises(AccesoDenegado):
        decision.abrir_paciente(medica, paciente, Permiso.EXPEDIENTE_LEER, ahora=AHORA)


def test_the_laboratory_reaches_whoever_has_an_order_and_nobody_else(
    elenco: Elenco, paciente: UUID, acceso: Acceso
) -> None:
    (visita,) = expediente.encuentros_abiertos(acceso)
    (orden,) = pedir(acceso)
    encuentros.cerrar(acceso, encuentro_id=visita.id, ahora=AHORA)
    otra = reparto.registrar(elenco, replace(XOCHITL, nombre="Otra"))
    abierto = del_laboratorio(elenco, paciente)
    assert abierto.fundamento == "servicio.orden"
    with pytest.raises(PermisoInsuficiente):
        expediente.resumen(abierto, hoy=AHORA.date())
    with pytest.raises(AccesoDenegado):
        del_laboratorio(elenco, otra)
    ordenes.rechazar(abierto, orden_id=orden, motivo="Sin reactivo", ahora=AHORA)
    with pytest.raises(AccesoDenegado):
        del_laboratorio(elenco, paciente)


def test_the_work_list_begins_with_what_is_urgent(elenco: Elenco, acceso: Acceso) -> None:
    for prioridad, estudio in ((Prioridad.ORDINARIA, "bh"), (Prioridad.INMEDIATA, "ks")):
        ordenes.solicitar(
            acceso,
            estudios=[estudio],
            prioridad=prioridad,
            problema="",
            encuentro_id=None,
            ahora=AHORA,
        )
    pedir(acceso, "rxt")
    actor = elenco.actor(elenco.laboratorio)
    alcance = decision.alcanzar(actor, Permiso.ORDEN_ATENDER, motivo="servicio", ahora=AHORA)
    pacientes = ver_ordenes.pacientes_en_servicio(alcance)
    accesos = decision.abrir_pacientes(actor, pacientes, Permiso.ORDEN_ATENDER, ahora=AHORA)
    trabajos = ver_ordenes.en_servicio(accesos)
    assert [t.orden.estudio.clave for t in trabajos if t.orden.estudio] == ["ks", "bh"]
    assert ver_ordenes.en_servicio(accesos, servicio="RAD") == []
    assert ver_ordenes.en_servicio(accesos, avance="tomada") == []


def test_imaging_attends_its_orders_and_the_laboratory_its_own(
    elenco: Elenco, paciente: UUID, acceso: Acceso
) -> None:
    de_lab, de_imagen, de_ambos = pedir(acceso, "bh", "rxt", "ecg")
    imagen = con_concesion(elenco, en_puesto(elenco, Rol.IMAGEN), paciente)
    lab = del_laboratorio(elenco, paciente)
    alcance = decision.alcanzar(imagen.actor, Permiso.ORDEN_ATENDER, motivo="servicio", ahora=AHORA)
    assert ver_ordenes.pacientes_en_servicio(alcance) == [paciente]
    for suyo, propia, ajena in ((imagen, de_imagen, de_lab), (lab, de_lab, de_imagen)):
        ids = {t.orden.id for t in ver_ordenes.en_servicio({paciente: suyo})}
        assert ids == {propia, de_ambos}
        assert ver_ordenes.orden(suyo, orden_id=ajena) is None
        with pytest.raises(ordenes.OrdenInexistente):
            ordenes.procesar(suyo, orden_id=ajena, ahora=AHORA)
        with pytest.raises(ordenes.OrdenInexistente):
            informar(suyo, ajena, hb="12")
        ordenes.procesar(suyo, orden_id=propia, ahora=AHORA)
    ordenes.cancelar(acceso, orden_id=de_lab, motivo="Ya no hace falta", ahora=AHORA)
    assert ver_ordenes.pacientes_en_servicio(alcance) == [paciente]
    ordenes.cancelar(acceso, orden_id=de_imagen, motivo="Ya no hace falta", ahora=AHORA)
    ordenes.cancelar(acceso, orden_id=de_ambos, motivo="Ya no hace falta", ahora=AHORA)
    pedir(acceso, "qs3")
    assert ver_ordenes.pacientes_en_servicio(alcance) == []


VERBOS: dict[str, Callable[[Acceso, UUID], object]] = {
    "solicitar": lambda a, _: pedir(a),
    "tomar": lambda a, o: ordenes.tomar(a, orden_id=o, ahora=AHORA),
    "procesar": lambda a, o: ordenes.procesar(a, orden_id=o, ahora=AHORA),
    "rechazar": lambda a, o: ordenes.rechazar(a, orden_id=o, motivo="x", ahora=AHORA),
    "cancelar": lambda a, o: ordenes.cancelar(a, orden_id=o, motivo="x", ahora=AHORA),
    "informar": lambda a, o: informar(a, o, k="4"),
}
DE_LA_MEDICA = {"solicitar", "cancelar"}


@pytest.mark.parametrize("verbo", VERBOS)
def test_each_verb_is_of_its_post_and_undone_without_its_event(
    acceso: Acceso, lab: Acceso, orden: UUID, verbo: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    propio, ajeno = (acceso, lab) if verbo in DE_LA_MEDICA else (lab, acceso)
    with pytest.raises(PermisoInsuficiente):
        VERBOS[verbo](ajeno, orden)
    antes = [(v.id, v.version) for v in ver_ordenes.de_paciente(acceso)]
    rota = ("INSERT INTO no_existe VALUES (%s)", [1])
    monkeypatch.setattr(bitacora, "insercion", lambda eventos: rota)
    punto = connection.savepoint() if connection.in_atomic_block else None
    with pytest.raises(psycopg.Error):
        VERBOS[verbo](propio, orden)
    monkeypatch.undo()
    if punto is not None:
        connection.savepoint_rollback(punto)
    assert [(v.id, v.version) for v in ver_ordenes.de_paciente(acceso)] == antes


@pytest.mark.parametrize("verbo", sorted(VERBOS.keys() - {"solicitar"}))
def test_no_verb_reaches_the_order_of_another(
    elenco: Elenco, acceso: Acceso, orden: UUID, verbo: str
) -> None:
    otra = reparto.registrar(elenco, replace(XOCHITL, nombre="Otra"))
    reparto.en_consulta(elenco, otra)
    de_otra = reparto.acceso_de_medica(elenco, otra)
    pedir(de_otra)
    propio = de_otra if verbo in DE_LA_MEDICA else del_laboratorio(elenco, otra)
    with pytest.raises(ordenes.OrdenInexistente):
        VERBOS[verbo](propio, orden)


def test_the_answer_is_of_who_treats_and_of_their_patient(
    elenco: Elenco, acceso: Acceso, lab: Acceso, critico: UUID
) -> None:
    datos = {"que_se_hizo": "Nada", "releidos": {"Potasio": "6.8"}, "ahora": AHORA}
    with pytest.raises(PermisoInsuficiente):
        tareas.responder(lab, tarea_id=critico, **datos)  # type: ignore[arg-type]
    otra = reparto.registrar(elenco, replace(XOCHITL, nombre="Otra"))
    reparto.en_consulta(elenco, otra)
    with pytest.raises(tareas.TareaInexistente):
        tareas.responder(
            reparto.acceso_de_medica(elenco, otra),
            tarea_id=critico,
            **datos,  # type: ignore[arg-type]
        )
