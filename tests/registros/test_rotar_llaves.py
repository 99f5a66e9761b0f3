"""A new master key while people work: nobody is stopped, nothing is lost, and it can be cut off."""

import json
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import override_settings

from auditoria.models import Evento
from ece.nucleo import llavero, proveedores
from ece.nucleo.acceso import Acceso
from ece.nucleo.llavero import LlaveroMalConfigurado
from registros.models import Paciente
from registros.models.llave import LlaveDePaciente
from registros.services import llaves
from tests.elenco import AHORA, XOCHITL, Elenco, acceso_de_medica, en_consulta, registrar, reunir

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def archivo(tmp_path: Path) -> Iterator[Path]:
    """A key file of its own, for this process."""
    ruta = tmp_path / "llavero.json"
    previo = llavero._proveedor()
    with override_settings(ECE_LLAVERO=f"archivo:{ruta}"), pytest.MonkeyPatch.context() as rapido:
        rapido.setattr(proveedores, "MIRAR_CADA", 0.0)
        llavero.configurar(proveedor=proveedores.desde(f"archivo:{ruta}"))
        yield ruta
    llavero.configurar(proveedor=previo)


@pytest.fixture
def elenco(archivo: Path) -> Elenco:
    return reunir()


def nombre(acceso: Acceso) -> str:
    """Opened from the disk: no key is remembered."""
    llavero.olvidar()
    return Paciente.objects.de(acceso).get().identidad.nombre


def keks() -> set[str]:
    return set(LlaveDePaciente.objects.values_list("kek", flat=True))


def test_every_pair_is_under_the_new_one_and_opens_what_it_opened(
    elenco: Elenco, archivo: Path
) -> None:
    paciente = registrar(elenco)
    en_consulta(elenco, paciente)
    acceso = acceso_de_medica(elenco, paciente)
    antes = nombre(acceso)
    contenido = bytes(LlaveDePaciente.objects.get(paciente=paciente).clinica or b"")
    call_command("rotar_llaves", verbosity=0)
    assert keks() == {"k2"}
    assert bytes(LlaveDePaciente.objects.get(paciente=paciente).clinica or b"") != contenido
    assert nombre(acceso) == antes
    assert XOCHITL.nombre in antes
    nuevo = registrar(elenco)
    assert LlaveDePaciente.objects.get(paciente=nuevo).kek == "k2"
    (evento,) = Evento.objects.filter(tipo="llave.rotada")
    assert json.loads(bytes(evento.contenido))["detalle"] == {"kek": "k2", "pares": 1}
    call_command("rotar_llaves", "--retirar", "k1", verbosity=0)
    assert set(json.loads(archivo.read_text())["keks"]) == {"k2"}
    assert archivo.stat().st_mode & 0o777 == 0o600
    assert nombre(acceso) == antes


def test_cut_off_twice_it_goes_on_and_nobody_is_refused_meanwhile(
    elenco: Elenco, archivo: Path
) -> None:
    """A reader all the while, with another view of the file: another process."""
    pacientes = [registrar(elenco) for _ in range(7)]
    for paciente in pacientes:
        en_consulta(elenco, paciente)
    fallas: list[Exception] = []
    alto = threading.Event()

    def leer() -> None:
        try:
            while not alto.is_set():
                for paciente in pacientes:
                    nombre(acceso_de_medica(elenco, paciente))
        except Exception as error:
            fallas.append(error)
        finally:
            connection.close()

    lector = threading.Thread(target=leer)
    lector.start()
    try:
        kek = proveedores.ProveedorDeArchivo(archivo).estrenar()
        for corte in (2, 4):
            avance = llaves.rotar(kek=kek, ahora=AHORA, tanda=2)
            next(avance)
            avance.close()  # as if it were killed there
            assert LlaveDePaciente.objects.filter(kek="k2").count() == corte
            with pytest.raises(CommandError, match="todavía"):
                call_command("rotar_llaves", "--retirar", "k1", verbosity=0)
        call_command("rotar_llaves", "--continuar", verbosity=0)
    finally:
        alto.set()
        lector.join()
    assert fallas == []
    assert keks() == {"k2"}


def test_a_destroyed_key_stays_destroyed(elenco: Elenco, archivo: Path) -> None:
    paciente, otro = registrar(elenco), registrar(elenco)
    llavero.destruir(paciente)
    call_command("rotar_llaves", verbosity=0)
    assert LlaveDePaciente.objects.get(paciente=paciente).clinica is None
    assert LlaveDePaciente.objects.get(paciente=otro).kek == "k2"


def test_the_current_one_is_not_taken_out_nor_is_there_rotation_without_a_file(
    elenco: Elenco, archivo: Path
) -> None:
    proveedor = proveedores.ProveedorDeArchivo(archivo)
    with pytest.raises(LlaveroMalConfigurado):
        proveedor.retirar("k1")
    with pytest.raises(LlaveroMalConfigurado):
        list(llavero.reenvolver([], kek="k9"))
    with override_settings(ECE_LLAVERO="pruebas"), pytest.raises(CommandError, match="archivo"):
        call_command("rotar_llaves", verbosity=0)
