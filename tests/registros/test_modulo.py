"""Master keys in a PKCS#11 module: made and used in it, rotated there, and never out of it."""

import shutil
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path

import pkcs11
import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import override_settings
from pkcs11 import Attribute, ObjectClass

from ece.nucleo import llavero, modulo, proveedores
from ece.nucleo.acceso import Acceso
from ece.nucleo.llavero import LlaveroMalConfigurado
from registros.models import Paciente
from registros.models.llave import LlaveDePaciente
from tests.elenco import XOCHITL, Elenco, acceso_de_medica, en_consulta, registrar, reunir

pytestmark = pytest.mark.django_db(transaction=True)

PIN = "482915"
LUGARES = (
    "/usr/lib/softhsm/libsofthsm2.so",
    "/usr/lib/x86_64-linux-gnu/softhsm/libsofthsm2.so",
    "/usr/local/lib/softhsm/libsofthsm2.so",
    "/opt/homebrew/lib/softhsm/libsofthsm2.so",
)


@pytest.fixture(scope="module")
def biblioteca(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """SoftHSM2 with a token of its own; it reads where from when it is loaded."""
    hallada = next((ruta for ruta in LUGARES if Path(ruta).exists()), None)
    if hallada is None or not shutil.which("softhsm2-util"):
        pytest.skip("sin SoftHSM2: instale softhsm2")
    carpeta = tmp_path_factory.mktemp("hsm")
    (carpeta / "tokens").mkdir()
    (carpeta / "softhsm2.conf").write_text(
        f"directories.tokendir = {carpeta}/tokens\nobjectstore.backend = file\nlog.level = ERROR\n"
    )
    with pytest.MonkeyPatch.context() as entorno:
        entorno.setenv("SOFTHSM2_CONF", str(carpeta / "softhsm2.conf"))
        orden = f"softhsm2-util --init-token --free --label ece --so-pin 0000 --pin {PIN}"
        subprocess.run(orden.split(), check=True, capture_output=True)
        yield hallada


@pytest.fixture
def direccion(biblioteca: str, tmp_path: Path) -> str:
    (tmp_path / "pin").write_text(f"{PIN}\n")
    return f"pkcs11:token=ece?module-path={biblioteca}&pin-source=file:{tmp_path / 'pin'}"


@pytest.fixture
def proveedor(direccion: str, biblioteca: str) -> Iterator[modulo.ProveedorDeModulo]:
    """The key ring, by a module whose token was just prepared; emptied at the end."""
    previo = llavero._proveedor()
    with override_settings(ECE_LLAVERO=direccion), pytest.MonkeyPatch.context() as rapido:
        rapido.setattr(proveedores, "MIRAR_CADA", 0.0)
        call_command("preparar_modulo", verbosity=0)
        call_command("preparar_modulo", verbosity=0)  # what there is, is left as it is
        puesto = proveedores.desde(direccion)
        assert isinstance(puesto, modulo.ProveedorDeModulo)
        llavero.configurar(proveedor=puesto)
        yield puesto
    llavero.configurar(proveedor=previo)
    with pkcs11.lib(biblioteca).get_token(token_label="ece").open(rw=True) as sesion:
        for objeto in list(sesion.get_objects({Attribute.CLASS: ObjectClass.SECRET_KEY})):
            objeto.destroy()


def nombre(acceso: Acceso) -> str:
    llavero.olvidar()
    return Paciente.objects.de(acceso).get().identidad.nombre


def atendida(elenco: Elenco) -> Acceso:
    paciente = registrar(elenco)
    en_consulta(elenco, paciente)
    return acceso_de_medica(elenco, paciente)


def test_records_open_by_it_and_no_key_can_be_taken_out(
    proveedor: modulo.ProveedorDeModulo, biblioteca: str
) -> None:
    acceso = atendida(reunir())
    assert XOCHITL.nombre in nombre(acceso)
    with pkcs11.lib(biblioteca).get_token(token_label="ece").open() as sesion:
        llaves = list(sesion.get_objects({Attribute.CLASS: ObjectClass.SECRET_KEY}))
        assert sorted(llave.label for llave in llaves) == ["ece/indices", "ece/kek/k1"]
        for llave in llaves:
            with pytest.raises(pkcs11.exceptions.PKCS11Error):
                llave[Attribute.VALUE]
    # Two processes, or two starts, find the same records.
    otra = proveedores.desde(f"pkcs11:{_resto(proveedor)}")
    assert otra.raiz_de_indices() == proveedor.raiz_de_indices()
    assert len(proveedor.raiz_de_indices()) == 32


def _resto(proveedor: modulo.ProveedorDeModulo) -> str:
    return f"token=ece?module-path={proveedor._modulo}&pin-source=file:{proveedor._pin_en}"


def test_rotated_and_destroyed_in_the_module(proveedor: modulo.ProveedorDeModulo) -> None:
    elenco = reunir()
    acceso = atendida(elenco)
    pareja = LlaveDePaciente.objects.get(paciente=acceso.paciente)
    call_command("rotar_llaves", verbosity=0)
    assert set(LlaveDePaciente.objects.values_list("kek", flat=True)) == {"k2"}
    assert XOCHITL.nombre in nombre(acceso)
    call_command("rotar_llaves", "--retirar", "k1", verbosity=0)
    contexto = llavero._contexto(acceso.paciente, 1, "clinica")
    with pytest.raises(LlaveroMalConfigurado, match="no está"):
        proveedor.desenvolver(bytes(pareja.clinica or b""), kek="k1", contexto=contexto)
    with pytest.raises(CommandError, match="todavía"):
        call_command("rotar_llaves", "--retirar", "k2", verbosity=0)
    with pytest.raises(LlaveroMalConfigurado, match="actual"):
        proveedor.retirar("k2")


def test_a_wrapped_key_is_of_one_patient_and_whole(proveedor: modulo.ProveedorDeModulo) -> None:
    kek, cerrada = proveedor.envolver(b"d" * 32, contexto=b"de una")
    assert proveedor.desenvolver(cerrada, kek=kek, contexto=b"de una") == b"d" * 32
    tocada = cerrada[:-1] + bytes([cerrada[-1] ^ 1])
    for mala, contexto in ((cerrada, b"de otra"), (tocada, b"de una")):
        with pytest.raises(LlaveroMalConfigurado):
            proveedor.desenvolver(mala, kek=kek, contexto=contexto)
    assert proveedor.desenvolver(cerrada, kek=kek, contexto=b"de una") == b"d" * 32


def test_many_threads_share_it(proveedor: modulo.ProveedorDeModulo) -> None:
    acceso, fallas = atendida(reunir()), []

    def leer() -> None:
        try:
            for _ in range(5):
                nombre(acceso)
        except Exception as error:
            fallas.append(error)
        finally:
            connection.close()

    hilos = [threading.Thread(target=leer) for _ in range(4)]
    for hilo in hilos:
        hilo.start()
    for hilo in hilos:
        hilo.join()
    assert fallas == []


def test_what_is_not_there_is_told_in_a_line(direccion: str, tmp_path: Path) -> None:
    with pytest.raises(LlaveroMalConfigurado, match="token=ETIQUETA"):
        proveedores.desde("pkcs11:token=ece")
    with pytest.raises(LlaveroMalConfigurado, match="no responde"):
        proveedores.desde(direccion.replace("token=ece", "token=otro")).raiz_de_indices()
    (tmp_path / "pin").unlink()
    with pytest.raises(LlaveroMalConfigurado, match="FileNotFoundError"):
        proveedores.desde(direccion).raiz_de_indices()
    with override_settings(ECE_LLAVERO="pruebas"), pytest.raises(CommandError, match="módulo"):
        call_command("preparar_modulo", verbosity=0)
