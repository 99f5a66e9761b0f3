"""A directive from the words of who gives it to the decision, and back."""

import base64
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from django.utils import translation

from auditoria import bitacora
from auditoria.models import Evento
from auditoria.tipos import TipoDeEvento
from consentimiento import decision, frases
from consentimiento.decision import AccesoDenegado
from consentimiento.directivas import Directiva, Rango, leer
from consentimiento.selectors import directivas as selectores
from consentimiento.selectors import efectos
from consentimiento.selectors.efectos import Cambio
from consentimiento.services import directivas
from consentimiento.services.directivas import Otorgante
from ece.nucleo.acceso import Acceso, PermisoInsuficiente
from ece.nucleo.reserva import Ambito
from ece.nucleo.roles import Permiso, Rol
from registros.models import Consentimiento
from tests import elenco as reparto
from tests.consentimiento.permisos import LEER, a, como, dirigir, titular
from tests.elenco import AHORA, Elenco

pytestmark = pytest.mark.django_db

MAS = timedelta(seconds=1)
VIH = Ambito(etiquetas=frozenset({"VIH"}))


def eventos(tipo: TipoDeEvento) -> int:
    return Evento.objects.filter(tipo=tipo).count()


def puede(elenco: Elenco, paciente: UUID, ahora: datetime = AHORA) -> bool:
    try:
        decision.abrir_paciente(elenco.actor(elenco.medica), paciente, LEER, ahora=ahora)
    except AccesoDenegado:
        return False
    return True


def de_archivo(elenco: Elenco, paciente: UUID) -> Acceso:
    return como(elenco.archivo, paciente, Permiso.DIRECTIVA_REGISTRAR)


def test_what_is_refused_stops_at_the_next_decision_and_comes_back_when_revoked(
    elenco: Elenco, paciente: UUID, acceso: Acceso
) -> None:
    suyo = titular(paciente)
    assert puede(elenco, paciente)
    destino = a(Rango.UNIDAD, elenco.consulta)
    id_ = dirigir(suyo, destinos=destino, nombres={str(elenco.consulta): "Consulta externa"})
    assert not puede(elenco, paciente)
    assert eventos(TipoDeEvento.DIRECTIVA_REGISTRADA) == 1
    directivas.revocar(suyo, directiva_id=id_, ahora=AHORA + MAS)
    assert puede(elenco, paciente)
    assert eventos(TipoDeEvento.DIRECTIVA_REVOCADA) == 1
    with pytest.raises(directivas.DirectivaYaRevocada):
        directivas.revocar(suyo, directiva_id=id_, ahora=AHORA + MAS)
    (vista,) = selectores.de_paciente(suyo, ahora=AHORA)
    assert (vista.revocada, vista.vigente) == (True, False)


def test_the_consent_says_what_the_person_read(elenco: Elenco, paciente: UUID) -> None:
    suyo = titular(paciente)
    id_ = dirigir(suyo, ambito=VIH, destinos=a(Rango.ROL, Rol.ENFERMERIA))
    recurso = Consentimiento.objects.de(suyo).get(pk=id_).recurso
    texto = base64.b64decode(recurso["sourceAttachment"]["data"]).decode()
    assert texto.startswith("No comparta lo relativo a VIH")
    assert recurso["performer"] == [{"reference": f"Patient/{paciente}"}]
    (leida,) = leer(id_, recurso)
    assert (leida.permite, leida.ambito) == (False, VIH)


def test_at_the_counter_somebody_says_how_the_person_was_known(
    elenco: Elenco, paciente: UUID
) -> None:
    archivo = de_archivo(elenco, paciente)
    nueva = {
        "directiva": Directiva(UUID(int=0), permite=False),
        "nombres": {},
        "explicacion": "No comparta nada de mi expediente con nadie.",
        "ahora": AHORA,
    }
    with pytest.raises(directivas.IdentidadSinComprobar):
        directivas.registrar(archivo, **nueva)
    quien = Otorgante("Credencial para votar", representante="Rosa Peña")
    id_ = directivas.registrar(archivo, **nueva, otorgante=quien)
    recurso = Consentimiento.objects.de(archivo).get(pk=id_).recurso
    assert recurso["contained"][0]["name"] == [{"text": "Rosa Peña"}]
    como_se_supo, quien_lo_tomo = recurso["extension"][0]["extension"]
    assert como_se_supo["valueString"] == "Credencial para votar"
    assert quien_lo_tomo["valueReference"]["display"] == elenco.archivo.nombre
    with pytest.raises(directivas.IdentidadSinComprobar):
        directivas.revocar(archivo, directiva_id=id_, ahora=AHORA)
    directivas.revocar(archivo, directiva_id=id_, ahora=AHORA, otorgante=quien)
    assert not selectores.de_paciente(archivo, ahora=AHORA)[0].vigente


def test_who_treats_neither_gives_nor_reads_what_is_directed(
    elenco: Elenco, paciente: UUID, acceso: Acceso
) -> None:
    suyo = titular(paciente)
    id_ = dirigir(suyo, ambito=VIH)
    for llamada in (
        lambda: dirigir(acceso),
        lambda: directivas.revocar(acceso, directiva_id=id_, ahora=AHORA),
        lambda: selectores.de_paciente(acceso, ahora=AHORA),
        lambda: efectos.previstos(acceso, directiva=Directiva(id_, False), ahora=AHORA),
    ):
        with pytest.raises(PermisoInsuficiente):
            llamada()
    de_ahora = reparto.acceso_de_medica(elenco, paciente)
    assert not Consentimiento.objects.de(de_ahora).exists()


def test_nobody_revokes_what_another_directed(elenco: Elenco, paciente: UUID) -> None:
    id_ = dirigir(titular(paciente), ambito=VIH)
    ajeno = de_archivo(elenco, reparto.registrar(elenco))
    with pytest.raises(directivas.DirectivaInexistente):
        directivas.revocar(ajeno, directiva_id=id_, ahora=AHORA, otorgante=Otorgante("Credencial"))
    with pytest.raises(directivas.DirectivaInexistente):
        directivas.revocar(titular(paciente), directiva_id=uuid4(), ahora=AHORA)


def test_without_its_event_there_is_no_directive(
    elenco: Elenco, paciente: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    suyo = titular(paciente)
    antes = eventos(TipoDeEvento.DIRECTIVA_REGISTRADA)

    def falla(*_: object) -> None:
        raise RuntimeError("sin bitácora")

    monkeypatch.setattr(bitacora, "insercion", falla)
    with pytest.raises(RuntimeError):
        dirigir(suyo)
    monkeypatch.undo()
    assert not Consentimiento.objects.de(suyo).exists()
    assert eventos(TipoDeEvento.DIRECTIVA_REGISTRADA) == antes


def test_it_ends_by_itself_on_its_day(elenco: Elenco, paciente: UUID, acceso: Acceso) -> None:
    suyo, hasta = titular(paciente), AHORA + timedelta(hours=1)
    dirigir(suyo, hasta=hasta)
    assert not puede(elenco, paciente)
    assert puede(elenco, paciente, hasta)
    (vista,) = selectores.de_paciente(suyo, ahora=hasta)
    assert (vista.vigente, vista.revocada) == (False, False)


def test_before_giving_it_one_sees_whom_it_leaves_out(
    elenco: Elenco, paciente: UUID, acceso: Acceso
) -> None:
    suyo = titular(paciente)
    total = Directiva(UUID(int=0), False, a(Rango.UNIDAD, elenco.consulta))
    previstos = efectos.previstos(suyo, directiva=total, ahora=AHORA)
    assert [(e.nombre, e.cambio, e.atiende) for e in previstos] == [
        (elenco.medica.nombre, Cambio.TODO, True),
        (elenco.enfermera.nombre, Cambio.TODO, False),
    ]
    parte = replace(total, ambito=Ambito(tipos=frozenset({"Observation"})))
    assert {e.cambio for e in efectos.previstos(suyo, directiva=parte, ahora=AHORA)} == {
        Cambio.PARTE
    }
    de_otra = replace(total, destinos=a(Rango.UNIDAD, elenco.urgencias))
    assert efectos.previstos(suyo, directiva=de_otra, ahora=AHORA) == []
    # What nurses do not see by themselves, a person lets them see.
    abre = Directiva(UUID(int=0), True, a(Rango.UNIDAD, elenco.consulta), ambito=VIH)
    assert [(e.nombre, e.cambio) for e in efectos.previstos(suyo, directiva=abre, ahora=AHORA)] == [
        (elenco.enfermera.nombre, Cambio.GANA)
    ]
    assert puede(elenco, paciente)
    assert not Consentimiento.objects.de(suyo).exists()


HASTA = datetime(2027, 3, 4, 6, tzinfo=UTC)
UNIDAD = "0190f000-0000-7000-8000-000000000001"
EJEMPLOS = (
    (
        Directiva(UUID(int=0), False, a(Rango.UNIDAD, UNIDAD), ambito=VIH, hasta=HASTA),
        "No comparta lo relativo a VIH e infecciones de transmisión sexual con Urgencias, "
        "hasta el 3 de marzo de 2027.",
        "Do not share what concerns HIV and sexually transmitted infections with Urgencias, "
        "until 3 March 2027.",
    ),
    (
        Directiva(UUID(int=0), False),
        "No comparta nada de mi expediente con nadie.",
        "Do not share any of my record with anyone.",
    ),
    (
        Directiva(
            UUID(int=0),
            True,
            a(Rango.ROL, Rol.ENFERMERIA),
            frozenset({"TREAT"}),
            Ambito(tipos=frozenset({"Condition", "Immunization"})),
        ),
        "Comparta mis diagnósticos y vacunas con el personal de enfermería para atenderme.",
        "Share my diagnoses and vaccines with the nursing staff to treat me.",
    ),
    (
        Directiva(UUID(int=0), False, propositos=frozenset({"HRESCH", "HOPERAT"}), ambito=VIH),
        "No comparta lo relativo a VIH e infecciones de transmisión sexual con nadie para revisar "
        "la calidad de la atención o para investigar.",
        "Do not share what concerns HIV and sexually transmitted infections with anyone to review "
        "the quality of care or to do research.",
    ),
)


@pytest.mark.parametrize(("directiva", "espanol", "ingles"), EJEMPLOS)
def test_each_is_said_in_one_plain_sentence(
    directiva: Directiva, espanol: str, ingles: str
) -> None:
    nombres = {UNIDAD: "Urgencias"}
    with translation.override("es"):
        assert frases.explicar(directiva, nombres) == espanol
    with translation.override("en"):
        assert frases.explicar(directiva, nombres) == ingles
