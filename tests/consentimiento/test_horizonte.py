"""How long a shredded record can still be opened from a backup: each generation is restored.

``ECE_HORIZONTE_DIAS`` says for how many days, with a backup each (three by default).
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from uuid import UUID

import pytest
from django.core.management import CommandError, call_command
from django.test.utils import override_settings

from auditoria.sello import sellador
from auditoria.verificacion.corrida import verificar
from consentimiento.arco import Derecho, Paso
from consentimiento.services import conservacion
from ece.nucleo import llavero, proveedores
from ece.nucleo.acceso import Acceso
from ece.nucleo.llavero import LlaveDestruida, LlaveroMalConfigurado
from registros.models import Paciente
from registros.services import respaldos
from tests.conftest import BaseDePruebas
from tests.consentimiento.solicitudes import dar, de_oficial, pedida
from tests.elenco import XOCHITL, Elenco, acceso_de_medica, en_consulta, registrar, reunir

pytestmark = pytest.mark.django_db(transaction=True)

DIAS = int(os.environ.get("ECE_HORIZONTE_DIAS", "3"))
PLAZO = max(1, DIAS // 4)
"""How many days a copy of keys lasts."""
DESTRUIDO_EL = max(1, DIAS // 3)
DIA_0 = datetime(2033, 1, 1, 3, tzinfo=UTC)
_bases = count()


@pytest.fixture
def llaves_de_archivo(tmp_path: Path) -> Iterator[Path]:
    ruta = tmp_path / "llavero.json"
    previo = llavero._proveedor()
    with override_settings(ECE_LLAVERO=f"archivo:{ruta}"):
        llavero.configurar(proveedor=proveedores.desde(f"archivo:{ruta}"))
        yield ruta
    llavero.configurar(proveedor=previo)


@contextmanager
def como_duena(base: BaseDePruebas) -> Iterator[None]:
    base._conectar("ece_duena", base.nombre)
    try:
        yield
    finally:
        base._conectar("ece_app", base.nombre)


@contextmanager
def restaurada(base: BaseDePruebas, expedientes: Path, llaves: Path) -> Iterator[str]:
    """Another database with that generation, to which this process speaks meanwhile."""
    nombre = f"{base.nombre}_restaurada_{next(_bases)}"
    base.postgres.sql(f"CREATE DATABASE {nombre} OWNER ece_duena")
    try:
        with como_duena(base):
            respaldos.restaurar(expedientes=expedientes, llaves=llaves, base=nombre)
        with en_base(base, nombre):
            yield nombre
    finally:
        base.postgres.sql(f"DROP DATABASE {nombre} WITH (FORCE)")


@contextmanager
def en_base(base: BaseDePruebas, nombre: str) -> Iterator[None]:
    base._conectar("ece_app", nombre)
    llavero.olvidar()
    try:
        yield
    finally:
        base._conectar("ece_app", base.nombre)
        llavero.olvidar()


def cambiar_llaves(base: BaseDePruebas, nombre: str, copia: Path) -> None:
    """That copy of the keys in the place of those that a restored generation has."""
    base.postgres.sql("TRUNCATE registros_llavedepaciente", base=nombre)
    orden = ["--exit-on-error", "-d", base.postgres.url("postgres", nombre), str(copia)]
    respaldos._ejecutar("pg_restore", orden)


def se_abre(acceso: Acceso) -> bool:
    """Whether their identity is read from what this process's database has."""
    llavero.olvidar()
    try:
        return XOCHITL.nombre in Paciente.objects.de(acceso).get().identidad.nombre
    except LlaveDestruida:
        return False


def cancelada(elenco: Elenco) -> UUID:
    paciente = registrar(elenco)
    en_consulta(elenco, paciente)
    solicitud = pedida(elenco, paciente, Derecho.CANCELACION)
    dar(de_oficial(elenco, paciente), solicitud, Paso.ADMITIR, Paso.CONCEDER, Paso.EFECTUAR)
    return paciente


def test_past_the_term_of_the_keys_no_generation_opens_it(
    base_de_pruebas: BaseDePruebas, llaves_de_archivo: Path, tmp_path: Path
) -> None:
    elenco = reunir()
    paciente, otro = cancelada(elenco), registrar(elenco)
    en_consulta(elenco, otro)
    acceso, ajeno = de_oficial(elenco, paciente), acceso_de_medica(elenco, otro)
    carpetas = {"expedientes": tmp_path / "expedientes", "llaves": tmp_path / "llaves"}
    with como_duena(base_de_pruebas):
        primero = respaldos.hacer(**carpetas, ahora=DIA_0)
    abrible: dict[int, list[int]] = {0: [0]}
    with restaurada(base_de_pruebas, primero.expedientes, primero.llaves) as vieja:
        assert se_abre(acceso)
        for dia in range(1, DIAS):
            ahora = DIA_0 + timedelta(days=dia)
            with en_base(base_de_pruebas, base_de_pruebas.nombre):
                if dia == DESTRUIDO_EL:
                    assert se_abre(acceso)
                    assert conservacion.destruir_vencidos(ahora=ahora) == [paciente]
                    assert not se_abre(acceso)
                    list(sellador.sellar_todo(ahora=ahora))
                    assert verificar(procesos=1, preguntar=False).limpia
                with como_duena(base_de_pruebas):
                    respaldos.hacer(**carpetas, ahora=ahora)
            respaldos.vencer(carpetas["llaves"], de="llaves", dias=PLAZO, ahora=ahora)
            # The oldest records, with each copy of keys that is still kept that day.
            abrible[dia] = []
            for copia in respaldos.generaciones(carpetas["llaves"], de="llaves"):
                cambiar_llaves(base_de_pruebas, vieja, copia)
                with en_base(base_de_pruebas, vieja):
                    assert se_abre(ajeno)
                    if se_abre(acceso):
                        abrible[dia].append((respaldos._momento(copia) - DIA_0).days)
    ultimo_que_abre = max(dia for dia, copias in abrible.items() if copias)
    # The copy of the day before it was shredded lasts its term, and no day more.
    assert ultimo_que_abre == DESTRUIDO_EL - 1 + PLAZO
    assert abrible[DESTRUIDO_EL][-1] == DESTRUIDO_EL - 1
    assert abrible[DIAS - 1] == []

    # Every generation of records, with the newest keys: the others read, hers does not, and the
    # log is whole.
    *_, nuevas = respaldos.generaciones(carpetas["llaves"], de="llaves")
    for generacion in respaldos.generaciones(carpetas["expedientes"], de="expedientes"):
        with restaurada(base_de_pruebas, generacion, nuevas):
            assert se_abre(ajeno)
            assert not se_abre(acceso)
            assert verificar(procesos=1, preguntar=False).limpia


def test_a_new_master_key_ends_older_copies_at_once(
    base_de_pruebas: BaseDePruebas, llaves_de_archivo: Path, tmp_path: Path
) -> None:
    """What reaches copies that nobody deleted: dead rows, the write-ahead log, a forgotten disk."""
    elenco = reunir()
    paciente, otro = cancelada(elenco), registrar(elenco)
    en_consulta(elenco, otro)
    acceso, ajeno = de_oficial(elenco, paciente), acceso_de_medica(elenco, otro)
    with como_duena(base_de_pruebas):
        viejo = respaldos.hacer(
            expedientes=tmp_path / "e", llaves=tmp_path / "l", ahora=DIA_0 - timedelta(days=1)
        )
    conservacion.destruir_vencidos(ahora=DIA_0)
    with restaurada(base_de_pruebas, viejo.expedientes, viejo.llaves):
        assert se_abre(acceso)
    call_command("rotar_llaves", verbosity=0)
    call_command("rotar_llaves", "--retirar", "k1", verbosity=0)
    assert se_abre(ajeno)
    with (
        restaurada(base_de_pruebas, viejo.expedientes, viejo.llaves),
        pytest.raises(LlaveroMalConfigurado),
    ):
        se_abre(acceso)


def test_nothing_is_brought_over_what_there_is_nor_kept_together(
    base_de_pruebas: BaseDePruebas, tmp_path: Path
) -> None:
    with como_duena(base_de_pruebas):
        with pytest.raises(CommandError, match="otra carpeta"):
            call_command("respaldar", tmp_path, tmp_path)
        call_command("respaldar", tmp_path / "e", tmp_path / "l", verbosity=0)
        (hecho,) = respaldos.generaciones(tmp_path / "e", de="expedientes")
        assert hecho.stat().st_mode & 0o777 == 0o600
        with pytest.raises(CommandError, match="no está vacía"):
            call_command("restaurar", hecho, tmp_path / "l")
        with pytest.raises(CommandError, match="No hay"):
            call_command("restaurar", hecho, tmp_path / "nada")
