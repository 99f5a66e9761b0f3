"""Sowing the demonstration: people, agenda, guardianship; again, and nothing is repeated."""

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
import pytest_django
from django.core.management import call_command
from django.db import connection
from django.test import override_settings
from django.utils import timezone

from consentimiento import decision
from consentimiento.selectors import avisos
from consentimiento.services import concesiones
from ece.demo import elenco, siembra
from ece.demo.siembra import _dias_alrededor
from ece.identidad.models import Usuario
from ece.identidad.selectors import actor_de_usuario
from ece.nucleo import frecuencias
from ece.nucleo.acceso import Actor
from ece.nucleo.firma import certificados
from ece.nucleo.roles import Permiso, Rol
from registros.selectors import agenda, catalogos, expediente, pacientes, relaciones
from tests.deshecho import Deshecho

PACIENTES = 14


@pytest.fixture(scope="module")
def hospital(
    django_db_setup: None,
    django_db_blocker: pytest_django.DjangoDbBlocker,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Path]:
    """Sown once, and undone when the last has looked."""
    carpeta = tmp_path_factory.mktemp("sembrada")
    with django_db_blocker.unblock():
        todo = Deshecho()
        with override_settings(ECE_HOME=carpeta):
            call_command("sembrar", pacientes=PACIENTES, hoy=date(2026, 11, 23))
    yield carpeta
    with django_db_blocker.unblock():
        todo.olvidar()


@pytest.fixture
def sembrada(
    hospital: Path, django_db_blocker: pytest_django.DjangoDbBlocker, settings: Any
) -> Iterator[Path]:
    settings.ECE_HOME = hospital
    with django_db_blocker.unblock():
        suyo = Deshecho()
        yield hospital
        suyo.olvidar()


def actor(nombre: str) -> Actor:
    return actor_de_usuario(Usuario.objects.get(username=nombre), ahora=timezone.now())


def filas() -> dict[str, int]:
    tablas = ("paciente", "cita", "encuentro", "observacion", "notaclinica", "concepto")
    with connection.cursor() as cursor:
        cuenta = {}
        for tabla in tablas:
            cursor.execute(f"SELECT count(*) FROM registros_{tabla}")
            cuenta[tabla] = cursor.fetchone()[0]
    return cuenta


def test_la_medica_encuentra_a_sus_pacientes_de_hoy(sembrada: Path) -> None:
    medica, ahora = actor("medica"), timezone.now()
    alcance = decision.alcanzar(medica, Permiso.PACIENTE_LISTAR, motivo="agenda", ahora=ahora)
    hoy = timezone.localtime(ahora).replace(hour=0, minute=0, second=0, microsecond=0)
    turnos = agenda.turnos(
        alcance, profesional=medica.id, desde=hoy, hasta=hoy + timedelta(days=1), ahora=ahora
    )
    assert len(turnos) == 12
    alguien = turnos[0].paciente
    assert alguien is not None
    palabra = frecuencias.normalizar(alguien.nombre).split()[-1]
    hallados = pacientes.buscar(alcance, texto=palabra[:4].lower(), limite=50)
    assert alguien.id in {r.id for r in hallados}
    acceso = decision.abrir_paciente(medica, alguien.id, Permiso.EXPEDIENTE_LEER, ahora=ahora)
    resumen = expediente.resumen(acceso, hoy=timezone.localdate())
    assert resumen.notas
    assert resumen.signos


def test_meses_despues_el_hospital_sigue_trabajando(sembrada: Path) -> None:
    medica, despues = actor("medica"), timezone.now() + timedelta(days=60)
    (unidad,) = medica.unidades(Rol.MEDICO)
    assert not list(relaciones.de_actor(medica.id, unidades=(), ahora=despues))
    siembra.renovar_citas(profesional=medica.id, unidad=unidad, ahora=despues)
    lazos = relaciones.de_actor(medica.id, unidades=(), ahora=despues)
    assert len({paciente for _, paciente, _ in lazos}) == PACIENTES
    renovadas = filas()
    assert renovadas["cita"] == 2 * PACIENTES
    siembra.renovar_citas(profesional=medica.id, unidad=unidad, ahora=despues)
    assert filas() == renovadas


def test_el_medico_ajeno_no(sembrada: Path) -> None:
    ajeno, ahora = actor("medico-ajeno"), timezone.now()
    assert not list(relaciones.de_actor(ajeno.id, unidades=(), ahora=ahora))


def test_la_tutora_ve_a_un_menor_y_el_paciente_su_expediente(sembrada: Path) -> None:
    ahora = timezone.now()
    tutora = actor("tutora")
    menor = concesiones.a_cargo_de(tutora.id)
    assert menor is not None
    acceso = decision.abrir_paciente(tutora, menor, Permiso.EXPEDIENTE_LEER, ahora=ahora)
    nacimiento = expediente.identidad(acceso)[0].nacimiento
    assert nacimiento is not None
    assert nacimiento > date(2008, 11, 23)
    propio = actor("paciente").paciente_propio
    assert propio not in (None, menor)


def test_quien_firma_tiene_su_e_firma_y_el_paciente_la_de_su_expediente(sembrada: Path) -> None:
    carpeta = sembrada / "demo" / "firma"
    for usuario in ("medica", "suplente", "paciente"):
        assert (carpeta / f"{usuario}.key").stat().st_mode & 0o077 == 0
    quien = actor("paciente")
    assert quien.paciente_propio is not None
    acceso = decision.abrir_paciente(
        quien, quien.paciente_propio, Permiso.EXPEDIENTE_LEER, ahora=timezone.now()
    )
    titular = certificados.titular(certificados.leer((carpeta / "paciente.cer").read_bytes()))
    assert titular.curp == expediente.identidad(acceso)[0].curp


def test_el_hospital_tiene_su_aviso_de_privacidad(sembrada: Path) -> None:
    publicado = avisos.publicado()
    assert publicado is not None
    assert (publicado.version, publicado.faltan) == (1, [])


def test_la_madre_no_ve_lo_que_su_adolescente_se_reserva(sembrada: Path) -> None:
    ahora = timezone.now()
    hijo = actor("adolescente")
    assert hijo.paciente_propio is not None
    assert concesiones.a_cargo_de(actor("madre").id) == hijo.paciente_propio
    vistos = {
        quien: {
            e.titulo
            for e in expediente.problemas(
                decision.abrir_paciente(
                    actor(quien), hijo.paciente_propio, Permiso.EXPEDIENTE_LEER, ahora=ahora
                )
            )
        }
        for quien in ("adolescente", "madre")
    }
    (reservado,) = vistos["adolescente"] - vistos["madre"]
    assert "anticoncepción" in reservado
    assert vistos["madre"] < vistos["adolescente"]


def test_sembrar_otra_vez_no_repite_nada(sembrada: Path) -> None:
    antes = filas()
    assert antes["paciente"] == antes["cita"] == PACIENTES
    assert antes["concepto"] > 12_000
    tutelado = concesiones.a_cargo_de(actor("tutora").id)
    call_command("sembrar", pacientes=PACIENTES, hoy=date(2026, 11, 23))
    assert filas() == antes
    assert concesiones.a_cargo_de(actor("tutora").id) == tutelado
    call_command("sembrar", pacientes=3, desde=PACIENTES, hoy=date(2026, 11, 23))
    assert filas()["paciente"] == PACIENTES + 3
    assert catalogos.buscar_cie10("hipertension")[0].clave == "I10X"


def test_la_gente_y_las_maquinas_de_la_demostracion(sembrada: Path) -> None:
    for nombre in ("medica", "urgencias", "enfermera", "archivo", "tutora", "admin"):
        assert Usuario.objects.get(username=nombre).check_password(elenco.CONTRASENA)
    llaves = sorted(p.name for p in (sembrada / "demo").glob("*.pem"))
    assert llaves == ["hospital-aliado.pem", "integracion.pem", "sin-convenio.pem"]
    assert all((sembrada / "demo" / nombre).stat().st_mode & 0o077 == 0 for nombre in llaves)


def test_toda_cita_ata_desde_hoy() -> None:
    dias = [_dias_alrededor(n).days for n in range(26)]
    assert dias[:5] == [0, 1, -1, 2, -2]
    assert len(set(dias)) == 26
    assert max(dias) < relaciones.ANTES_DE_LA_CITA.days
    assert min(dias) > -relaciones.DESPUES_DE_LA_CITA.days
