"""A relative is let in by a code, by name, for a term, and no further than was said."""

from datetime import date, timedelta
from uuid import UUID

import pytest

from auditoria import bitacora
from auditoria.models import Evento
from auditoria.tipos import TipoDeEvento
from consentimiento.decision import AccesoDenegado
from consentimiento.models import AlcanceDelegado, Concesion, Delegacion
from consentimiento.selectors import delegaciones as selectores
from consentimiento.selectors import directivas as de_directivas
from consentimiento.selectors.delegaciones import Situacion
from consentimiento.services import concesiones, delegaciones
from ece.identidad.models import Usuario
from ece.identidad.selectors import actor_de_usuario
from ece.nucleo.acceso import Acceso, PermisoInsuficiente
from ece.nucleo.roles import Permiso
from registros.models import Diagnostico, Observacion
from registros.services import diagnosticos
from registros.services.diagnosticos import NuevoDiagnostico
from tests import elenco as reparto
from tests.consentimiento.permisos import LEER, como, cuenta, titular
from tests.elenco import AHORA, Elenco
from tests.registros import clinica

pytestmark = pytest.mark.django_db

MAS, MES = timedelta(seconds=1), timedelta(days=30)
VIH = NuevoDiagnostico("B24X", "Enfermedad por VIH, sin otra especificación", "prueba")


def ofrecer(
    acceso: Acceso,
    alcance: AlcanceDelegado = AlcanceDelegado.TODO,
    *,
    con_sensibles: bool = False,
) -> str:
    return delegaciones.ofrecer(
        acceso, alcance=alcance, con_sensibles=con_sensibles, hasta=AHORA + MES, ahora=AHORA
    )


def entrar(suyo: Acceso, pariente: Usuario, codigo: str) -> UUID:
    """The relative redeems the code, and the person says yes; returns the delegation's id."""
    delegaciones.canjear(actor_de_usuario(pariente, ahora=AHORA), codigo=codigo, ahora=AHORA)
    vista = selectores.de_paciente(suyo, ahora=AHORA)[0]
    assert (vista.situacion, vista.nombre) == (Situacion.ACEPTADA, pariente.nombre)
    delegaciones.confirmar(suyo, delegacion_id=vista.id, ahora=AHORA)
    return vista.id


def con_vih(acceso: Acceso) -> None:
    clinica.problema(acceso)
    clinica.glasgow(acceso)
    diagnosticos.registrar(acceso, diagnostico=VIH, encuentro_id=None, ahora=AHORA)


def test_by_the_code_and_the_yes_of_the_person_and_not_before(paciente: UUID) -> None:
    suyo, hija = titular(paciente), cuenta("hija", nombres="Lucía")
    codigo = ofrecer(suyo)
    assert codigo.replace("-", "").encode() not in bytes(Delegacion.objects.get().codigo)
    delegaciones.canjear(actor_de_usuario(hija, ahora=AHORA), codigo=codigo.lower(), ahora=AHORA)
    with pytest.raises(AccesoDenegado):
        como(hija, paciente)
    (vista,) = selectores.de_paciente(suyo, ahora=AHORA)
    delegaciones.confirmar(suyo, delegacion_id=vista.id, ahora=AHORA)
    acceso = como(hija, paciente)
    assert (acceso.fundamento, acceso.proposito) == ("delegacion", "FAMRQT")
    assert Permiso.DIRECTIVA_REGISTRAR not in acceso.permisos
    assert selectores.de_paciente(suyo, ahora=AHORA)[0].situacion is Situacion.VIGENTE
    with pytest.raises(AccesoDenegado):
        como(hija, paciente, ahora=AHORA + MES)
    tipos = set(Evento.objects.values_list("tipo", flat=True))
    assert {
        TipoDeEvento.DELEGACION_OFRECIDA,
        TipoDeEvento.DELEGACION_ACEPTADA,
        TipoDeEvento.DELEGACION_CONFIRMADA,
    } <= tipos


def test_a_code_serves_once_in_time_and_not_oneself(paciente: UUID) -> None:
    suyo = titular(paciente)
    hija, otro = (actor_de_usuario(cuenta(n), ahora=AHORA) for n in ("hija", "otro"))
    codigo, tarde = ofrecer(suyo), ofrecer(suyo)
    for actor, cual, cuando in (
        (suyo.actor, codigo, AHORA),
        (hija, "AAAA-AAAA-AAAA", AHORA),
        (hija, tarde, AHORA + delegaciones.VALE),
    ):
        with pytest.raises(delegaciones.CodigoInvalido):
            delegaciones.canjear(actor, codigo=cual, ahora=cuando)
    delegaciones.canjear(hija, codigo=codigo, ahora=AHORA)
    with pytest.raises(delegaciones.CodigoInvalido):
        delegaciones.canjear(otro, codigo=codigo, ahora=AHORA)


def test_without_what_is_sensitive_unless_the_person_says_so(
    elenco: Elenco, paciente: UUID, acceso: Acceso
) -> None:
    con_vih(acceso)
    suyo = titular(paciente)
    hija, hermano = cuenta("hija"), cuenta("hermano")
    entrar(suyo, hija, ofrecer(suyo))
    entrar(suyo, hermano, ofrecer(suyo, con_sensibles=True))
    assert Diagnostico.objects.de(como(hija, paciente)).count() == 1
    assert Diagnostico.objects.de(como(hermano, paciente)).count() == 2


def test_only_appointments_and_results_is_only_that(
    elenco: Elenco, paciente: UUID, acceso: Acceso
) -> None:
    con_vih(acceso)
    suyo, hija = titular(paciente), cuenta("hija", nombres="Lucía")
    entrar(suyo, hija, ofrecer(suyo, AlcanceDelegado.CITAS_Y_RESULTADOS))
    suya = como(hija, paciente)
    assert Observacion.objects.de(suya).exists()
    assert not Diagnostico.objects.de(suya).exists()
    dichas = [f for v in de_directivas.de_paciente(suyo, ahora=AHORA) for f in v.frases]
    assert any(f.startswith("No comparta nada delicado con Lucía") for f in dichas)
    assert any(f.startswith("Comparta mis resultados") for f in dichas)


def test_taken_back_it_closes_at_once(elenco: Elenco, paciente: UUID, acceso: Acceso) -> None:
    suyo, hija = titular(paciente), cuenta("hija")
    id_ = entrar(suyo, hija, ofrecer(suyo))
    como(hija, paciente, ahora=AHORA + MAS)
    delegaciones.retirar(suyo, delegacion_id=id_, ahora=AHORA + MAS)
    with pytest.raises(AccesoDenegado):
        como(hija, paciente, ahora=AHORA + MAS)
    assert not any(v.vigente for v in de_directivas.de_paciente(suyo, ahora=AHORA))
    assert selectores.de_paciente(suyo, ahora=AHORA)[0].situacion is Situacion.TERMINADA
    with pytest.raises(delegaciones.DelegacionInexistente):
        delegaciones.retirar(suyo, delegacion_id=id_, ahora=AHORA)
    # And so does a code that nobody used yet.
    codigo = ofrecer(suyo)
    vista = selectores.de_paciente(suyo, ahora=AHORA)[0]
    delegaciones.retirar(suyo, delegacion_id=vista.id, ahora=AHORA)
    with pytest.raises(delegaciones.CodigoInvalido):
        delegaciones.canjear(actor_de_usuario(hija, ahora=AHORA), codigo=codigo, ahora=AHORA)


def test_only_the_person_and_only_of_their_own(
    elenco: Elenco, paciente: UUID, acceso: Acceso
) -> None:
    with pytest.raises(PermisoInsuficiente):
        ofrecer(acceso)
    with pytest.raises(PermisoInsuficiente):
        selectores.de_paciente(acceso, ahora=AHORA)
    suyo, hija = titular(paciente), cuenta("hija")
    with pytest.raises(delegaciones.TerminoInvalido):
        delegaciones.ofrecer(
            suyo,
            alcance=AlcanceDelegado.TODO,
            con_sensibles=False,
            hasta=AHORA + delegaciones.LO_MAS + MAS,
            ahora=AHORA,
        )
    id_ = entrar(suyo, hija, ofrecer(suyo))
    otra = reparto.registrar(elenco)
    ajeno = como(cuenta("ajena", otra), otra, Permiso.DELEGACION_OTORGAR)
    for verbo in (delegaciones.retirar, delegaciones.confirmar):
        with pytest.raises(delegaciones.DelegacionInexistente):
            verbo(ajeno, delegacion_id=id_, ahora=AHORA)


def test_without_its_event_nobody_is_let_in(
    paciente: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    suyo, hija = titular(paciente), cuenta("hija")
    delegaciones.canjear(actor_de_usuario(hija, ahora=AHORA), codigo=ofrecer(suyo), ahora=AHORA)
    (vista,) = selectores.de_paciente(suyo, ahora=AHORA)

    def falla(*_: object) -> None:
        raise RuntimeError("sin bitácora")

    monkeypatch.setattr(bitacora, "insercion", falla)
    with pytest.raises(RuntimeError):
        delegaciones.confirmar(suyo, delegacion_id=vista.id, ahora=AHORA)
    monkeypatch.undo()
    assert not Concesion.objects.exists()
    assert Delegacion.objects.get().concesion is None


def test_who_represents_a_minor_does_until_they_come_of_age(paciente: UUID) -> None:
    madre = cuenta("madre")
    nacimiento = date(2012, 2, 29)
    with pytest.raises(concesiones.MayorDeEdad):
        concesiones.representar(
            usuario_id=madre.pk, paciente=paciente, nacimiento=date(2008, 11, 23), ahora=AHORA
        )
    concesiones.representar(
        usuario_id=madre.pk, paciente=paciente, nacimiento=nacimiento, ahora=AHORA
    )
    concesion = Concesion.objects.get()
    # Nobody born on 29 February is of age before 1 March; the clock is the institution's.
    assert concesion.hasta.isoformat() == "2030-03-01T06:00:00+00:00"
    assert concesion.confidencial_desde is not None
    assert concesion.confidencial_desde.isoformat() == "2024-02-29T06:00:00+00:00"
    assert como(madre, paciente).fundamento == "representacion"
    with pytest.raises(AccesoDenegado):
        como(madre, paciente, ahora=concesion.hasta)


def test_from_twelve_years_on_part_of_the_record_is_the_adolescents_alone(
    elenco: Elenco, paciente: UUID, acceso: Acceso
) -> None:
    con_vih(acceso)
    madre, hijo = cuenta("madre"), cuenta("adolescente", paciente)
    concesiones.representar(
        usuario_id=madre.pk, paciente=paciente, nacimiento=date(2014, 11, 24), ahora=AHORA
    )
    assert Diagnostico.objects.de(como(madre, paciente)).count() == 2
    cumple = AHORA + timedelta(days=1)
    assert Diagnostico.objects.de(como(madre, paciente, ahora=cumple)).count() == 1
    assert Diagnostico.objects.de(como(hijo, paciente, ahora=cumple)).count() == 2
    assert LEER in como(hijo, paciente).permisos
