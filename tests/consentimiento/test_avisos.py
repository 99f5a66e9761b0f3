"""Privacy notices: nothing is published that does not say all its law asks; who was shown which."""

from datetime import timedelta
from uuid import UUID

import psycopg
import pytest

from auditoria import bitacora
from auditoria.models import Evento
from consentimiento.catalogos.avisos import FRACCIONES, PARTICULAR, PUBLICO, Fraccion
from consentimiento.decision import AccesoDenegado
from consentimiento.selectors import avisos as ver
from consentimiento.services import avisos
from ece.identidad.models import Institucion
from ece.nucleo.acceso import Acceso, Actor, Asignado, PermisoInsuficiente
from ece.nucleo.roles import Rol
from ece.nucleo.uuid7 import uuid7
from registros.selectors import expediente
from tests import elenco as reparto
from tests.consentimiento.avisos import COMPLETO, alcance, borrador, publicado
from tests.elenco import AHORA, Elenco

pytestmark = pytest.mark.django_db
CASOS = [(regimen, f) for regimen, fracciones in FRACCIONES.items() for f in fracciones]


@pytest.fixture
def privacidad(elenco: Elenco) -> Actor:
    return Actor(uuid7(), "persona", "Raúl de Ejemplo", (Asignado(Rol.PRIVACIDAD),))


@pytest.mark.parametrize(("regimen", "fraccion"), CASOS)
def test_it_is_not_published_without_each_fraction_of_its_regime(
    privacidad: Actor, regimen: str, fraccion: Fraccion
) -> None:
    """LGPDPPSO 21 and 22; LFPDPPP 15, 16-II and 35."""
    Institucion.objects.update(regimen=regimen)
    quien = alcance(privacidad)
    id_ = avisos.redactar(quien, ahora=AHORA)
    menos = {c: t for c, t in COMPLETO.items() if c != fraccion.clave}
    avisos.guardar(quien, aviso_id=id_, contenido=menos, ahora=AHORA)
    with pytest.raises(avisos.AvisoIncompleto, match=rf"art\. {fraccion.articulo}\)") as error:
        avisos.publicar(quien, aviso_id=id_, ahora=AHORA)
    assert error.value.fracciones == [fraccion]
    assert ver.publicado() is None
    avisos.guardar(quien, aviso_id=id_, contenido=COMPLETO, ahora=AHORA)
    avisos.publicar(quien, aviso_id=id_, ahora=AHORA)
    visto = ver.publicado()
    assert visto is not None
    assert {f.clave for f, _ in visto.secciones} == {f.clave for f in FRACCIONES[regimen]}


def test_the_fractions_are_those_of_the_law() -> None:
    def de(regimen: str, *, breve: bool = False) -> list[str]:
        return [f.articulo for f in FRACCIONES[regimen] if f.breve or not breve]

    romanos = ("I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX")
    assert de(PUBLICO) == [*(f"21-{n}" for n in romanos), "22"]
    assert de(PUBLICO, breve=True) == ["21-I", "21-IV", "21-VII", "21-VIII", "22"]
    assert de(PARTICULAR) == [*(f"15-{n}" for n in romanos[:6]), "35", "16-II"]
    assert de(PARTICULAR, breve=True) == ["15-I", "15-II", "15-III", "15-IV", "16-II"]


def test_which_data_are_sensitive_is_said(privacidad: Actor) -> None:
    quien, id_ = alcance(privacidad), borrador(privacidad)
    contenido = {**COMPLETO, "datos": "Nombre, domicilio y teléfono de la persona."}
    avisos.guardar(quien, aviso_id=id_, contenido=contenido, ahora=AHORA)
    with pytest.raises(avisos.AvisoIncompleto, match="21-II"):
        avisos.publicar(quien, aviso_id=id_, ahora=AHORA)


def test_a_new_version_takes_the_place_of_the_one_before_and_both_stay(privacidad: Actor) -> None:
    primero = publicado(privacidad)
    quien, despues = alcance(privacidad), AHORA + timedelta(days=1)
    segundo = avisos.redactar(quien, ahora=despues)
    assert avisos.redactar(quien, ahora=despues) == segundo  # one draft at a time
    avisos.publicar(quien, aviso_id=segundo, ahora=despues)
    todos = ver.todos(quien)
    assert [(a.id, a.version, a.estado) for a in todos] == [
        (segundo, 2, "publicado"),
        (primero, 1, "sustituido"),
    ]
    assert todos[1].sustituido_at == despues
    assert len(todos[1].huella) == 64
    for cual in (primero, segundo):  # what was published does not change
        with pytest.raises(avisos.AvisoInexistente):
            avisos.guardar(quien, aviso_id=cual, contenido=COMPLETO, ahora=despues)
        with pytest.raises(avisos.AvisoInexistente):
            avisos.publicar(quien, aviso_id=cual, ahora=despues)
    assert Evento.objects.filter(tipo="aviso.publicado").count() == 2


def test_who_may_not_publish_does_not(elenco: Elenco) -> None:
    for usuario in (elenco.medica, elenco.archivo):
        with pytest.raises(AccesoDenegado):
            alcance(elenco.actor(usuario))


def test_the_version_each_patient_was_shown_is_kept(
    elenco: Elenco, acceso: Acceso, privacidad: Actor
) -> None:
    with pytest.raises(avisos.AvisoInexistente):
        avisos.entregar(acceso, medio="impreso", ahora=AHORA)
    primero = publicado(privacidad)
    assert ver.le_falta(acceso) is not None
    avisos.entregar(acceso, medio="impreso", ahora=AHORA)
    assert ver.le_falta(acceso) is None
    (entrega,) = ver.entregas(acceso)
    assert (entrega.aviso, entrega.version, entrega.medio) == (primero, 1, "impreso")
    assert (entrega.fecha, entrega.quien) == (AHORA, "Elena de Ejemplo")
    assert Evento.objects.filter(tipo="aviso.entregado").count() == 1
    assert expediente.ultimas(acceso, "Communication", 5)
    publicado(privacidad)  # another version is to be shown again
    assert ver.le_falta(acceso) is not None
    otro = reparto.registrar(elenco)
    reparto.en_consulta(elenco, otro)
    assert ver.entregas(reparto.acceso_de_medica(elenco, otro)) == []


def test_a_failure_of_the_log_leaves_nothing(
    acceso: Acceso, privacidad: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    publicado(privacidad)
    rota = ("INSERT INTO no_existe VALUES (%s)", [1])
    with monkeypatch.context() as parche:
        parche.setattr(bitacora, "insercion", lambda eventos: rota)
        with pytest.raises(psycopg.Error):
            avisos.entregar(acceso, medio="impreso", ahora=AHORA)
    assert ver.entregas(acceso) == []


def test_who_may_not_ask_for_consent_does_not_show_it(
    elenco: Elenco, paciente: UUID, privacidad: Actor
) -> None:
    from consentimiento import decision
    from ece.nucleo.roles import Permiso

    publicado(privacidad)
    reparto.en_consulta(elenco, paciente)
    laboratorio = decision.abrir_paciente(
        elenco.actor(elenco.laboratorio), paciente, Permiso.ORDEN_ATENDER, ahora=AHORA
    )
    with pytest.raises(PermisoInsuficiente):
        avisos.entregar(laboratorio, medio="impreso", ahora=AHORA)
