"""Letters of consent: complete or nothing, bound to their text, asked for by what they allow."""

from dataclasses import replace
from datetime import date, timedelta
from uuid import UUID

import psycopg
import pytest

from auditoria import bitacora
from auditoria.models import Evento
from consentimiento import decision, directivas
from consentimiento.decision import AccesoDenegado
from ece import fhir
from ece.nucleo.acceso import Acceso, PermisoInsuficiente
from ece.nucleo.roles import Permiso
from registros.catalogos.cartas import CARTAS, ELEMENTOS, Ambito, Momento
from registros.catalogos.notas import TIPOS
from registros.models import Consentimiento
from registros.models.registros import DIRECTIVA
from registros.selectors import cartas as ver
from registros.selectors import expediente
from registros.services import acuerdos, cartas, citas, encuentros, notas, ordenes, requisitos
from registros.services.cartas import (
    CartaEnOtroEstado,
    CartaIncompleta,
    CartaInexistente,
    Firma,
    NoLeCorresponde,
    TextoDistinto,
)
from registros.services.citas import Lugar
from registros.services.encuentros import ClaseDeEncuentro
from registros.services.ordenes import Prioridad
from registros.services.requisitos import FaltaConsentimiento
from tests import elenco as reparto
from tests.elenco import AHORA, XOCHITL, Elenco
from tests.registros.cartas import ENTENDIO, ESCRITO, PACIENTE, TESTIGOS, otorgada, preparada
from tests.registros.nota_de_ejemplo import contenido_completo

pytestmark = pytest.mark.django_db


def leer(acceso: Acceso, id_: UUID, dias: int = 0) -> ver.CartaVista:
    vista = ver.carta(acceso, carta_id=id_, ahora=AHORA + timedelta(days=dias))
    assert vista is not None
    return vista


def eventos(tipo: str) -> int:
    return Evento.objects.filter(tipo=tipo).count()


@pytest.mark.parametrize("tipo", CARTAS)
def test_each_letter_is_a_valid_consent_and_one_event_a_step(
    elenco: Elenco, acceso: Acceso, tipo: str
) -> None:
    id_ = otorgada(acceso, tipo, elenco.consulta)
    vista = leer(acceso, id_)
    assert vista.vigente
    assert (vista.quien, vista.calidad) == ("Xóchitl Ibáñez Peña", "La persona misma")
    assert (eventos("carta.preparada"), eventos("consentimiento.otorgado")) == (1, 1)
    fila = Consentimiento.objects.uno(acceso, id_)
    assert fila is not None
    assert fhir.validar(fila.recurso) == []
    # What agrees to something about privacy directs nothing: the decision does not ask for it.
    propio = CARTAS[tipo].ambito
    assert fila.ambito == ("" if propio == DIRECTIVA else propio)
    # what is about data directs nothing, and hides nothing from who asked for it
    assert directivas.leer(id_, fila.recurso) == ()
    assert ("provision" in fila.recurso) == (propio != Ambito.PRIVACIDAD)
    assert "Fundamento\n" in vista.texto
    assert CARTAS[tipo].base in vista.texto
    if CARTAS[tipo].dias:
        assert leer(acceso, id_, CARTAS[tipo].dias).situacion == ver.Situacion.VENCIDA


def test_the_ten_elements_and_those_of_the_law_are_in_the_text(
    elenco: Elenco, acceso: Acceso
) -> None:
    vista = leer(acceso, preparada(acceso, unidad=elenco.consulta))
    dichos = dict(vista.bloques)
    for clave, elemento in ELEMENTOS.items():
        if elemento.momento is Momento.ESCRITA and clave not in ("lugar", "medico"):
            assert dichos[elemento.titulo], clave
    assert "23/11/2026, 10:00" in dichos["Lugar y fecha"]
    assert dichos["Médico que informa y recaba"].endswith("cédula profesional 1000001")
    assert {e.numeral for e in ELEMENTOS.values()} >= {f"NOM-004, 10.1.1.{n}" for n in range(1, 11)}


@pytest.mark.parametrize("clave", ESCRITO)
def test_it_is_not_written_without_each_thing_the_norm_asks_for(
    elenco: Elenco, acceso: Acceso, clave: str
) -> None:
    textos = {c: t for c, t in ESCRITO.items() if c != clave}
    with pytest.raises(CartaIncompleta, match=ELEMENTOS[clave].numeral):
        cartas.preparar(
            acceso, tipo="cirugia-mayor", textos=textos, unidad_id=elenco.consulta, ahora=AHORA
        )
    assert eventos("carta.preparada") == 0


def test_nor_given_without_witnesses_understanding_or_the_same_text(
    elenco: Elenco, acceso: Acceso
) -> None:
    id_ = preparada(acceso, unidad=elenco.consulta)
    huella = leer(acceso, id_).huella
    bien = {
        "carta_id": id_,
        "huella": huella,
        "quien": PACIENTE,
        "testigos": TESTIGOS,
        "comprension": ENTENDIO,
        "ahora": AHORA,
    }
    repetido = (TESTIGOS[0], Firma("ROSA LUNA PAZ"))
    for cambio, error in (
        ({"testigos": TESTIGOS[:1]}, "10.1.1.10"),
        ({"testigos": repetido}, "10.1.1.10"),
        ({"testigos": (TESTIGOS[0], PACIENTE.firma)}, "10.1.1.10"),
        ({"testigos": (TESTIGOS[0], Firma(acceso.actor.nombre))}, "10.1.1.10"),
        ({"comprension": ""}, "51 Bis 2"),
        ({"quien": replace(PACIENTE, firma=Firma(""))}, "10.1.1.8"),
    ):
        with pytest.raises(CartaIncompleta, match=error):
            cartas.otorgar(acceso, **{**bien, **cambio})  # type: ignore[arg-type]
    with pytest.raises(TextoDistinto):
        cartas.otorgar(acceso, **{**bien, "huella": "0" * 64})  # type: ignore[arg-type]
    assert leer(acceso, id_).por_decidir
    cartas.otorgar(acceso, **bien)  # type: ignore[arg-type]
    with pytest.raises(CartaEnOtroEstado):
        cartas.otorgar(acceso, **bien)  # type: ignore[arg-type]


def test_who_decides_follows_the_norm(elenco: Elenco, acceso: Acceso) -> None:
    def decide(con: Acceso, calidad: str, ausencia: str = "") -> None:
        id_ = preparada(con, "docencia", elenco.consulta)
        quien = replace(PACIENTE, firma=Firma("Rita Peña"), calidad=calidad, ausencia=ausencia)
        cartas.otorgar(con, carta_id=id_, huella=leer(con, id_).huella, quien=quien, ahora=AHORA)

    with pytest.raises(NoLeCorresponde):
        decide(acceso, "patria")
    with pytest.raises(CartaIncompleta):
        decide(acceso, "hermano")
    decide(acceso, "hermano", "Está en coma; no tiene cónyuge, hijos ni padres vivos.")
    nina = replace(XOCHITL, fecha_nacimiento=date(2016, 5, 17), nombre="Itzel")
    menor = reparto.registrar(elenco, nina)
    reparto.en_consulta(elenco, menor)
    suyo = reparto.acceso_de_medica(elenco, menor)
    for calidad in ("paciente", "conyuge", "hermano"):
        with pytest.raises(NoLeCorresponde):
            decide(suyo, calidad, "Algo")
    decide(suyo, "patria")
    (vigente,) = (c for c in ver.de_paciente(suyo, ahora=AHORA) if c.vigente)
    assert (vigente.quien, vigente.calidad) == ("Rita Peña", CALIDAD_DE_LA_MADRE)


CALIDAD_DE_LA_MADRE = "Madre o padre, con la patria potestad"


def test_a_revocation_works_at_once_and_not_backwards(elenco: Elenco, acceso: Acceso) -> None:
    id_ = otorgada(acceso, "ingreso", elenco.consulta)
    ingresar(elenco, acceso)
    despues = AHORA + timedelta(hours=1)
    cartas.revocar(acceso, carta_id=id_, motivo="Cambié de opinión", ahora=despues)
    vista = leer(acceso, id_)
    assert vista.situacion == ver.Situacion.REVOCADA
    assert (vista.desde, vista.hasta) == (AHORA, despues)
    assert vista.motivo == "Cambié de opinión"
    with pytest.raises(FaltaConsentimiento):
        ingresar(elenco, acceso)
    with pytest.raises(CartaEnOtroEstado):
        cartas.revocar(acceso, carta_id=id_, motivo="", ahora=despues)
    assert eventos("consentimiento.revocado") == 1


def test_a_refusal_is_kept_and_allows_nothing(elenco: Elenco, acceso: Acceso) -> None:
    id_ = preparada(acceso, "ingreso", elenco.consulta)
    cartas.rechazar(acceso, carta_id=id_, quien=PACIENTE, motivo="Prefiero irme", ahora=AHORA)
    assert leer(acceso, id_).situacion == ver.Situacion.RECHAZADA
    with pytest.raises(FaltaConsentimiento):
        ingresar(elenco, acceso)
    assert eventos("consentimiento.rechazado") == 1


def ingresar(elenco: Elenco, acceso: Acceso) -> None:
    encuentros.abrir(
        acceso,
        clase=ClaseDeEncuentro.HOSPITALIZACION,
        motivo="Colecistitis",
        unidad_id=elenco.consulta,
        ahora=AHORA,
    )


def operar(elenco: Elenco, acceso: Acceso, clave: str = "cirugia-mayor") -> None:
    inicio = AHORA + timedelta(days=2)
    lugar = Lugar(elenco.medica.pk, elenco.consulta, inicio, inicio + timedelta(hours=1))
    citas.programar(acceso, lugar=lugar, motivo="Vesícula", procedimiento=clave, ahora=AHORA)


def pedir_colonoscopia(elenco: Elenco, acceso: Acceso) -> None:
    ordenes.solicitar(
        acceso,
        estudios=["colo"],
        prioridad=Prioridad.ORDINARIA,
        problema="Sangrado",
        encuentro_id=None,
        ahora=AHORA,
    )


@pytest.mark.parametrize(
    ("planear", "carta"),
    [(ingresar, "ingreso"), (operar, "cirugia-mayor"), (pedir_colonoscopia, "alto-riesgo")],
)
def test_what_needs_a_letter_waits_for_it(elenco: Elenco, acceso: Acceso, planear, carta) -> None:  # type: ignore[no-untyped-def]
    antes = Evento.objects.exclude(tipo="acceso.decidido").count()
    with pytest.raises(FaltaConsentimiento) as error:
        planear(elenco, acceso)
    assert error.value.cartas == (carta,)
    preparada(acceso, carta, elenco.consulta)
    with pytest.raises(FaltaConsentimiento):
        planear(elenco, acceso)
    otra = next(c for c in ("anestesia", "ingreso") if c != carta)
    otorgada(acceso, otra, elenco.consulta)
    with pytest.raises(FaltaConsentimiento):
        planear(elenco, acceso)
    assert Evento.objects.exclude(tipo="acceso.decidido").count() == antes + 3
    otorgada(acceso, carta, elenco.consulta)
    planear(elenco, acceso)


def test_the_note_before_an_operation_waits_for_its_letter(elenco: Elenco, acceso: Acceso) -> None:
    (abierto,) = expediente.encuentros_abiertos(acceso)
    for tipo, carta in requisitos.DE_NOTA.items():
        nota = notas.redactar(acceso, tipo=tipo, encuentro_id=abierto.id, ahora=AHORA)
        con = {"contenido": contenido_completo(TIPOS[tipo]), "version": 1, "ahora": AHORA}
        with pytest.raises(FaltaConsentimiento) as error:
            notas.finalizar(acceso, nota_id=nota, **con)  # type: ignore[arg-type]
        assert error.value.cartas == (carta,)
        otorgada(acceso, carta, elenco.consulta)
        notas.finalizar(acceso, nota_id=nota, **con)  # type: ignore[arg-type]


def test_every_event_of_the_norm_asks_for_its_letter() -> None:
    """NOM-004 10.1.2, whoever plans it and in whatever resource."""
    de_la_norma = {
        *("ingreso", "cirugia-mayor", "anestesia", "esterilizacion", "trasplante"),
        *("investigacion", "necropsia", "alto-riesgo", "mutilacion"),
    }
    for clave in de_la_norma - {"ingreso"}:
        concepto = {"coding": [{"system": "urn:ece:carta", "code": clave}]}
        cita = {"resourceType": "Appointment", "status": "booked", "serviceType": [concepto]}
        assert requisitos.exigidas(cita) == (clave,)
        orden = {"resourceType": "ServiceRequest", "status": "active", "category": [concepto]}
        assert requisitos.exigidas(orden) == (clave,)
        assert requisitos.exigidas({**cita, "status": "cancelled"}) == ()
        assert CARTAS[clave].con_testigos
        assert CARTAS[clave].de_medico
    ingreso = {"resourceType": "Encounter", "status": "in-progress", "class": {"code": "IMP"}}
    assert requisitos.exigidas(ingreso) == ("ingreso",)
    assert requisitos.exigidas({**ingreso, "status": "finished"}) == ()
    assert requisitos.exigidas({**ingreso, "class": {"code": "EMER"}}) == ()


def test_two_physicians_agree_in_an_emergency_and_somebody_must_ask_later(
    elenco: Elenco, acceso: Acceso
) -> None:
    def acordar(segundo: object, **cambios: str) -> UUID:
        return acuerdos.acordar(
            acceso,
            segundo=elenco.actor(segundo),  # type: ignore[arg-type]
            tipo=cambios.get("tipo", "ingreso"),
            acto_urgente="Ingreso por choque séptico",
            motivo="Inconsciente; no hay familiar presente.",
            unidad_id=elenco.consulta,
            ahora=AHORA,
        )

    with pytest.raises(acuerdos.MismoMedico):
        acordar(elenco.medica)
    with pytest.raises(NoLeCorresponde):
        acordar(elenco.enfermera)
    with pytest.raises(NoLeCorresponde):
        acordar(elenco.de_urgencias, tipo="docencia")
    id_ = acordar(elenco.de_urgencias)
    vista = leer(acceso, id_)
    assert vista.vigente
    assert vista.quien == "Elena de Ejemplo, Óscar de Ejemplo"
    for cedula in ("1000001", "1000004"):
        assert f"cédula profesional {cedula}" in vista.texto
    evento = Evento.objects.get(tipo="consentimiento.suplido")
    assert str(elenco.de_urgencias.pk) in bytes(evento.contenido).decode()
    ingresar(elenco, acceso)
    (pendiente,) = ver.por_recabar(acceso)
    assert pendiente.tipo == "ingreso"
    assert leer(acceso, id_, 3).situacion == ver.Situacion.VENCIDA
    otorgada(acceso, "ingreso", elenco.consulta)
    assert ver.por_recabar(acceso) == []


def test_who_may_not_ask_does_not(elenco: Elenco, acceso: Acceso, paciente: UUID) -> None:
    id_ = preparada(acceso, unidad=elenco.consulta)
    lector = decision.abrir_paciente(
        elenco.actor(elenco.enfermera), paciente, Permiso.CONSENTIMIENTO_RECABAR, ahora=AHORA
    )
    with pytest.raises(NoLeCorresponde):  # a nurse informs of no surgery
        preparada(lector)
    with pytest.raises(AccesoDenegado):
        decision.abrir_paciente(
            elenco.actor(elenco.medico_ajeno),
            paciente,
            Permiso.CONSENTIMIENTO_RECABAR,
            ahora=AHORA,
        )
    ordenes.solicitar(
        acceso,
        estudios=["es"],
        prioridad=Prioridad.ORDINARIA,
        problema="Control",
        encuentro_id=None,
        ahora=AHORA,
    )
    del_laboratorio = decision.abrir_paciente(
        elenco.actor(elenco.laboratorio), paciente, Permiso.ORDEN_ATENDER, ahora=AHORA
    )
    for intento in (
        lambda: preparada(del_laboratorio, "docencia"),
        lambda: cartas.otorgar(
            del_laboratorio, carta_id=id_, huella="", quien=PACIENTE, ahora=AHORA
        ),
        lambda: cartas.rechazar(del_laboratorio, carta_id=id_, quien=PACIENTE, ahora=AHORA),
        lambda: cartas.revocar(del_laboratorio, carta_id=id_, motivo="", ahora=AHORA),
        lambda: ver.de_paciente(del_laboratorio, ahora=AHORA),
    ):
        with pytest.raises(PermisoInsuficiente):
            intento()


def test_another_patients_letter_is_not_there(elenco: Elenco, acceso: Acceso) -> None:
    id_ = preparada(acceso, unidad=elenco.consulta)
    otro = reparto.registrar(elenco)
    reparto.en_consulta(elenco, otro)
    ajeno = reparto.acceso_de_medica(elenco, otro)
    assert ver.carta(ajeno, carta_id=id_, ahora=AHORA) is None
    with pytest.raises(CartaInexistente):
        cartas.otorgar(ajeno, carta_id=id_, huella="", quien=PACIENTE, ahora=AHORA)
    with pytest.raises(CartaInexistente):
        cartas.rechazar(ajeno, carta_id=id_, quien=PACIENTE, ahora=AHORA)
    with pytest.raises(CartaInexistente):
        cartas.revocar(ajeno, carta_id=id_, motivo="", ahora=AHORA)


def test_an_audit_failure_undoes_it(
    elenco: Elenco, acceso: Acceso, monkeypatch: pytest.MonkeyPatch
) -> None:
    id_ = preparada(acceso, unidad=elenco.consulta)
    huella = leer(acceso, id_).huella

    rota = ("INSERT INTO no_hay_tabla VALUES (1)", [])
    with monkeypatch.context() as parche:
        parche.setattr(bitacora, "insercion", lambda eventos: rota)
        with pytest.raises(psycopg.Error):
            cartas.otorgar(
                acceso,
                carta_id=id_,
                huella=huella,
                quien=PACIENTE,
                testigos=TESTIGOS,
                comprension=ENTENDIO,
                ahora=AHORA,
            )
    assert leer(acceso, id_).por_decidir
