"""Each reason to look at an access, found where it is and nowhere else; and its review."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from uuid import UUID

import pytest
from django.core.management import call_command

from auditoria import bitacora
from auditoria.bitacora import NuevoEvento
from auditoria.models import Evento
from auditoria.tipos import Resultado, TipoDeEvento
from consentimiento import decision
from consentimiento.models import Hallazgo, Rareza
from consentimiento.selectors import inusuales as selectores
from consentimiento.services import inusuales
from consentimiento.services.inusuales import Dictamen
from ece.identidad.models import Asignacion, Horario, Usuario
from ece.identidad.selectors import actor_de_usuario
from ece.nucleo.acceso import Acceso, Actor, Alcance, PermisoInsuficiente
from ece.nucleo.roles import Permiso, Rol
from ece.nucleo.uuid7 import uuid7
from registros.models import OtroRegistro
from registros.models.identificacion import Domicilio
from tests import elenco as reparto
from tests.elenco import AHORA, XOCHITL, Elenco

DIA = AHORA.date()
MANANA = AHORA + timedelta(days=1)
DE_NOCHE = datetime(2026, 11, 24, 5, 0, tzinfo=UTC)  # 23:00 of the 23rd, in Mexico

Ver = Callable[..., NuevoEvento]


@pytest.fixture
def ver(elenco: Elenco) -> Ver:
    """An event of the day: `ver(usuario, paciente, fundamento=…)`."""

    def _ver(
        usuario: Usuario,
        paciente: UUID | None,
        *,
        fundamento: str = "atencion",
        tipo: TipoDeEvento = TipoDeEvento.ACCESO_DECIDIDO,
        momento: datetime = AHORA,
        **detalle: str,
    ) -> NuevoEvento:
        hecho = tipo not in (TipoDeEvento.ACCESO_DECIDIDO, TipoDeEvento.ALCANCE_DECIDIDO)
        evento = NuevoEvento(
            tipo=tipo,
            resultado=Resultado.HECHO if hecho else Resultado.PERMITIDO,
            actor=elenco.actor(usuario),
            momento=momento,
            pacientes=(paciente,) if paciente else (),
            fundamento=fundamento,
            detalle={"pagina": "clinica:expediente", **detalle},
        )
        bitacora.anexar([evento])
        return evento

    return _ver


def hallados() -> set[tuple[UUID, str, UUID | None]]:
    inusuales.buscar(dia=DIA, ahora=MANANA)
    return {(h.usuario_id, h.rareza, h.paciente) for h in Hallazgo.objects.all()}


def apellidarse(usuario: Usuario, apellidos: str) -> None:
    Usuario.objects.filter(pk=usuario.pk).update(last_name=apellidos)


def test_care_as_it_is_every_day_finds_nothing(elenco: Elenco, paciente: UUID, ver: Ver) -> None:
    ver(elenco.medica, paciente)
    ver(elenco.enfermera, paciente, fundamento="atencion.unidad")
    ver(elenco.archivo, paciente, fundamento="admision")
    ver(elenco.archivo, paciente, tipo=TipoDeEvento.CITA_PROGRAMADA)
    assert hallados() == set()


def test_a_rare_surname_or_two_shared_stand_out_and_a_common_one_does_not(
    elenco: Elenco, ver: Ver
) -> None:
    comun = replace(XOCHITL, primer_apellido="Hernández", segundo_apellido="García")
    paciente, comun_id = reparto.registrar(elenco), reparto.registrar(elenco, comun)
    apellidarse(elenco.medica, "Hernández Cruz")
    apellidarse(elenco.enfermera, "García Hernández")
    apellidarse(elenco.laboratorio, "Ibáñez Hernández")
    for usuario in (elenco.medica, elenco.enfermera, elenco.laboratorio):
        for cual in (paciente, comun_id):
            ver(usuario, cual)
    assert hallados() == {
        (elenco.enfermera.pk, "apellido", comun_id),
        (elenco.laboratorio.pk, "apellido", paciente),
    }


def test_who_lives_where_they_do_stands_out(elenco: Elenco, ver: Ver) -> None:
    casa = Domicilio(calle="Av. Juárez 12", codigo_postal="68000")
    vive = replace(XOCHITL, nombre="Rosa", domicilio=casa)
    suyo, vecina, otra = (
        reparto.registrar(elenco, replace(vive, nombre="Irma")),
        reparto.registrar(elenco, vive),
        reparto.registrar(elenco, replace(vive, domicilio=replace(casa, calle="Av. Juárez 14"))),
    )
    Usuario.objects.filter(pk=elenco.enfermera.pk).update(paciente=suyo)
    for cual in (vecina, otra):
        ver(elenco.enfermera, cual)
        ver(elenco.medica, cual)
    assert hallados() == {(elenco.enfermera.pk, "domicilio", vecina)}


def test_their_own_record_from_the_desk_and_a_colleagues_stand_out(
    elenco: Elenco, paciente: UUID, ver: Ver
) -> None:
    Usuario.objects.filter(pk=elenco.enfermera.pk).update(paciente=paciente)
    ver(elenco.enfermera, paciente, fundamento="titular", pagina="portal:resumen")
    assert hallados() == set()
    ver(elenco.enfermera, paciente, fundamento="titular")
    ver(elenco.medica, paciente)
    assert hallados() == {
        (elenco.enfermera.pk, "propio", paciente),
        (elenco.medica.pk, "colega", paciente),
    }


def test_whoever_is_watched_is_watched_until_they_are_not(
    elenco: Elenco, paciente: UUID, ver: Ver, privacidad: Actor
) -> None:
    acceso = reparto_de(privacidad, paciente)
    inusuales.vigilar(acceso, vigilado=True, ahora=AHORA)
    inusuales.vigilar(acceso, vigilado=True, ahora=AHORA)
    ver(elenco.medica, paciente)
    ver(elenco.medica, reparto.registrar(elenco))
    assert hallados() == {(elenco.medica.pk, "vigilado", paciente)}
    inusuales.vigilar(acceso, vigilado=False, ahora=AHORA)
    assert not selectores.es_vigilado(acceso)
    assert Evento.objects.filter(tipo="vigilancia.cambiada", pacientes=[paciente]).count() == 3


@pytest.mark.parametrize("fundamento", ["admision", "concesion", "autorizacion"])
def test_a_look_that_nothing_explains_and_that_did_nothing_stands_out(
    elenco: Elenco, paciente: UUID, ver: Ver, fundamento: str
) -> None:
    ver(elenco.enfermera, paciente, fundamento=fundamento)
    assert hallados() == {(elenco.enfermera.pk, "sin-lazo", paciente)}


def test_at_night_and_out_of_their_hours(elenco: Elenco, paciente: UUID, ver: Ver) -> None:
    ver(elenco.medica, paciente, momento=DE_NOCHE)
    ver(elenco.enfermera, paciente, momento=DE_NOCHE)  # nursing works at night
    ver(elenco.medico_ajeno, paciente, momento=DE_NOCHE)
    Horario.objects.create(
        profesional=elenco.medico_ajeno,
        unidad_id=elenco.urgencias,
        dia=DIA.weekday(),
        desde=time(20),
        hasta=time(23, 59),
        vigente_desde=DIA,
    )
    assert hallados() == {(elenco.medica.pk, "nocturno", paciente)}


def test_many_more_records_than_the_others_of_the_post(elenco: Elenco, ver: Ver) -> None:
    colegas = []
    for n in range(5):
        usuario = Usuario.objects.create_user(f"colega-{n}")
        Asignacion.objects.create(usuario=usuario, rol=Rol.MEDICO, desde=AHORA - timedelta(days=1))
        colegas.append(usuario)
    for usuario, cuantos in zip([*colegas, elenco.medica], (10, 12, 9, 11, 16, 25), strict=True):
        for _ in range(cuantos):
            ver(usuario, uuid7())
    assert hallados() == {(elenco.medica.pk, "volumen", None)}


def test_many_searches_and_few_openings(elenco: Elenco, paciente: UUID, ver: Ver) -> None:
    def buscar(usuario: Usuario, cuantas: int, cada: int) -> None:
        for n in range(cuantas):
            ver(
                usuario,
                None,
                tipo=TipoDeEvento.ALCANCE_DECIDIDO,
                momento=AHORA + timedelta(seconds=cada * n),
                motivo="busqueda",
            )

    buscar(elenco.medica, 60, 1)  # one long search, key by key
    buscar(elenco.enfermera, 45, 60)
    buscar(elenco.archivo, 45, 60)  # whose work it is: they open what they find
    for _ in range(12):
        ver(elenco.archivo, uuid7())
    assert hallados() == {(elenco.enfermera.pk, "busquedas", None)}


def test_looking_twice_finds_it_once_and_each_find_is_in_the_log(
    elenco: Elenco, paciente: UUID, ver: Ver
) -> None:
    primero = ver(elenco.enfermera, paciente, fundamento="admision")
    call_command("buscar_inusuales", "--dia", f"{DIA}")
    call_command("buscar_inusuales", "--dia", f"{DIA}")
    (hallazgo,) = Hallazgo.objects.all()
    assert hallazgo.eventos == [primero.id]
    assert Evento.objects.filter(tipo="inusual.hallado").count() == 1


@pytest.fixture
def privacidad(elenco: Elenco) -> Actor:
    usuario = Usuario.objects.create_user("privacidad")
    Asignacion.objects.create(usuario=usuario, rol=Rol.PRIVACIDAD, desde=AHORA - timedelta(days=1))
    return actor_de_usuario(usuario, ahora=AHORA)


def reparto_de(quien: Actor, paciente: UUID) -> Acceso:
    return decision.abrir_paciente(quien, paciente, Permiso.REVISION_ATENDER, ahora=AHORA)


def alcance_de(quien: Actor) -> Alcance:
    return decision.alcanzar(quien, Permiso.REVISION_ATENDER, motivo="revision", ahora=AHORA)


def test_the_officer_finds_it_and_what_they_say_is_kept(
    elenco: Elenco, paciente: UUID, ver: Ver, privacidad: Actor
) -> None:
    ver(elenco.enfermera, paciente, fundamento="admision")
    hallados()
    (visto,) = selectores.en_cola(alcance_de(privacidad), ahora=MANANA)
    assert (visto.razon, visto.iniciales, visto.cuantos) == (
        Rareza.SIN_LAZO.label,
        "X.I.P.",
        1,
    )
    acceso = reparto_de(privacidad, paciente)
    revision = {"hallazgo_id": visto.id, "ahora": MANANA}
    with pytest.raises(inusuales.SinNota):
        inusuales.revisar(acceso, dictamen=Dictamen.INJUSTIFICADA, nota="", **revision)  # type: ignore[arg-type]
    inusuales.revisar(acceso, dictamen=Dictamen.INJUSTIFICADA, nota="Curiosidad.", **revision)  # type: ignore[arg-type]
    entero = selectores.uno(acceso, hallazgo_id=visto.id)
    assert entero is not None
    assert (entero.nota, entero.dictamen) == ("Curiosidad.", "injustificada")
    assert [v.que for v in entero.vistos] == ["clinica:expediente"]
    assert OtroRegistro.objects.de(acceso).filter(tipo="AuditEvent").count() == 1
    (evento,) = Evento.objects.filter(tipo="inusual.revisado")
    assert b"Curiosidad" not in evento.contenido
    with pytest.raises(inusuales.YaRevisada):
        inusuales.revisar(acceso, dictamen=Dictamen.JUSTIFICADA, nota="", **revision)  # type: ignore[arg-type]
    with pytest.raises(inusuales.HallazgoInexistente):
        inusuales.revisar(
            reparto_de(privacidad, reparto.registrar(elenco)),
            dictamen=Dictamen.JUSTIFICADA,
            nota="",
            **revision,  # type: ignore[arg-type]
        )


def test_what_is_about_many_is_reviewed_and_nobody_else_reviews(
    elenco: Elenco, acceso: Acceso, privacidad: Actor
) -> None:
    hallazgo = Hallazgo.objects.create(
        usuario=elenco.medica, rareza=Rareza.VOLUMEN, dia=DIA, eventos=[], desde=AHORA
    )
    with pytest.raises(PermisoInsuficiente):
        inusuales.revisar(
            acceso, hallazgo_id=hallazgo.pk, dictamen=Dictamen.JUSTIFICADA, nota="", ahora=AHORA
        )
    inusuales.revisar_de_muchos(
        alcance_de(privacidad),
        hallazgo_id=hallazgo.pk,
        dictamen=Dictamen.JUSTIFICADA,
        ahora=AHORA,
    )
    hallazgo.refresh_from_db()
    assert (hallazgo.dictamen, hallazgo.revisado_por_id) == ("justificada", privacidad.id)
    assert Evento.objects.filter(tipo="inusual.revisado").count() == 1
