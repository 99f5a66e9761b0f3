"""The key file split among custodians: any two bring it back, one alone knows nothing."""

import itertools
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.test.utils import override_settings
from hypothesis import given, settings
from hypothesis import strategies as st

from auditoria import notas
from auditoria.models import Evento
from auditoria.notas import Nota
from auditoria.sello import llaves
from ece.nucleo import custodia, llavero, proveedores
from ece.nucleo.custodia import Parte, ParteInvalida
from tests.instancia import RAIZ


def test_it_multiplies_as_the_standard_does() -> None:
    """FIPS 197, 4.2 and 4.2.1."""
    assert custodia._por(0x57, 0x83) == 0xC1
    assert [custodia._por(0x57, x) for x in (0x02, 0x04, 0x08, 0x10, 0x13)] == [
        0xAE,
        0x47,
        0x8E,
        0x07,
        0xFE,
    ]
    assert all(custodia._por(a, custodia._inverso(a)) == 1 for a in range(1, 256))


def test_a_polynomial_by_hand() -> None:
    """42 + 57·x + 83·x² at 1 and 2, from the products above and by adding."""
    coeficientes = [b"\x42", b"\x57", b"\x83"]
    assert custodia.evaluar(coeficientes, 1) == bytes([0x42 ^ 0x57 ^ 0x83])
    cuadrado = custodia._por(0x83, 0x04)
    assert custodia.evaluar(coeficientes, 2) == bytes([0x42 ^ 0xAE ^ cuadrado])
    puntos = [(x, custodia.evaluar(coeficientes, x)) for x in (5, 1, 9)]
    assert custodia.juntar(puntos) == b"\x42"
    assert custodia.juntar(puntos[:2]) != b"\x42"


@settings(max_examples=30, deadline=None)
@given(st.integers(2, 6), st.data())
def test_any_that_suffice_open_it_and_fewer_do_not(partes: int, datos: st.DataObject) -> None:
    umbral = datos.draw(st.integers(2, partes))
    contenido = datos.draw(st.binary(min_size=1, max_size=300))
    cerrado, repartidas = custodia.cerrar(contenido, partes=partes, umbral=umbral)
    leidas = [Parte.leer(str(parte)) for parte in repartidas]
    assert leidas == repartidas
    for grupo in itertools.combinations(leidas, umbral):
        assert custodia.abrir(cerrado, grupo) == contenido
    for pocas in itertools.combinations(leidas, umbral - 1):
        with pytest.raises(ParteInvalida, match="hacen falta"):
            custodia.abrir(cerrado, [*pocas, *pocas])


def test_one_alone_fits_every_secret() -> None:
    """Whatever the secret was, there is another share that goes with this one: it tells nothing."""
    (uno, _) = custodia.partir(b"\x07", partes=2, umbral=2)
    posibles = {custodia.juntar([uno, (2, bytes([otro]))]) for otro in range(256)}
    assert len(posibles) == 256


@pytest.mark.parametrize(("partes", "umbral"), [(1, 1), (3, 1), (2, 3), (17, 2)])
def test_numbers_that_protect_nothing_are_refused(partes: int, umbral: int) -> None:
    with pytest.raises(ValueError, match="custodios"):
        custodia.cerrar(b"x", partes=partes, umbral=umbral)


def test_what_is_mistyped_or_of_another_ceremony_is_told() -> None:
    cerrado, (una, otra, _) = custodia.cerrar(b"secreto", partes=3, umbral=2)
    _, (ajena, *_) = custodia.cerrar(b"secreto", partes=3, umbral=2)
    escrita = str(una)
    malas = [escrita[:-1] + letra for letra in "ABCDEFGH234567" if letra != escrita[-1]]
    for texto in (*malas, "", "ECE1-X", escrita.replace("-2-1-", "-2-2-", 1)):
        with pytest.raises(ParteInvalida):
            Parte.leer(texto)
    with pytest.raises(ParteInvalida, match="otra ceremonia"):
        custodia.abrir(cerrado, [una, ajena])
    tocado = cerrado.replace(b'"umbral": 2', b'"umbral": 3')
    with pytest.raises(ParteInvalida):
        custodia.abrir(tocado, [una, otra])
    with pytest.raises(ParteInvalida, match="no es de una custodia"):
        custodia.abrir(b"{}", [una, otra])


@pytest.fixture
def archivo(tmp_path: Path) -> Iterator[Path]:
    ruta = tmp_path / "llavero.json"
    previo = llavero._proveedor()
    with override_settings(ECE_LLAVERO=f"archivo:{ruta}"):
        llavero.configurar(proveedor=proveedores.desde(f"archivo:{ruta}"))
        yield ruta
    llavero.configurar(proveedor=previo)


@pytest.mark.django_db(transaction=True)
def test_a_lost_key_file_comes_back_from_two_custodians(archivo: Path, tmp_path: Path) -> None:
    carpeta = tmp_path / "ceremonia"
    call_command("custodiar", carpeta, verbosity=0)
    nota = Nota.leer((carpeta / "acta.txt").read_text())
    assert nota.firmada_por([llaves.firmante_actual().verificadora])
    falsa = Nota.leer((carpeta / "acta.txt").read_text().replace("Bastan 2", "Bastan 1"))
    with pytest.raises(notas.NotaInvalida):
        falsa.firmada_por([llaves.firmante_actual().verificadora])
    (evento,) = Evento.objects.filter(tipo="llave.partida")
    partes = [(carpeta / f"parte-{n}.txt").read_text() for n in (1, 2, 3)]
    dicho = bytes(evento.contenido).decode()
    assert not any(parte.strip()[-20:] in dicho for parte in partes)
    antes = archivo.read_bytes()
    archivo.unlink()
    for faltan, dadas in ((True, partes[:1]), (False, [partes[2], partes[0]])):
        hecho = subprocess.run(
            [sys.executable, "-m", "ece.nucleo.custodia", carpeta / "llavero.custodia", archivo],
            input="".join(dadas), cwd=RAIZ, capture_output=True, text=True, check=False,
            env={},
        )  # fmt: skip
        assert bool(hecho.returncode) is faltan, hecho.stderr
        assert archivo.exists() is not faltan
    assert archivo.read_bytes() == antes
    assert archivo.stat().st_mode & 0o777 == 0o600
    with pytest.raises(CommandError, match="No se partió"):  # never over another ceremony
        call_command("custodiar", carpeta, verbosity=0)
    with override_settings(ECE_LLAVERO="pruebas"), pytest.raises(CommandError, match="no es un"):
        call_command("custodiar", tmp_path / "otra", verbosity=0)
