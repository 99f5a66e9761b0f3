"""A third party's word of when the log was so, checked by software that is not ours."""

import json
import subprocess
from base64 import b64decode
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.serialization import Encoding
from django.core.management import CommandError, call_command

from auditoria import bitacora
from auditoria.sello import archivo, estampas, sellador
from auditoria.verificacion.corrida import verificar
from ece.identidad import confianza
from ece.identidad.confianza import Uso
from ece.identidad.models import Autoridad
from ece.nucleo.firma import FirmaInvalida, certificados
from tests.auditoria.sellada import sueltos
from tests.elenco import AHORA
from tests.firma import autoridades as con
from tests.registros import firmadas
from tests.registros.test_autoridades import servidor

pytestmark = pytest.mark.django_db(transaction=True)


def sellar(cuantos: int = 3) -> None:
    bitacora.anexar(sueltos(cuantos))
    assert sellador.sellar(ahora=AHORA) is not None


@pytest.fixture
def ajena(settings: Any, tmp_path: Path) -> con.Autoridad:
    """An authority elsewhere, on the administrator's list."""
    settings.ECE_BITACORA_ARCHIVO = str(tmp_path / "checkpoints.jsonl")
    raiz = con.autoridad()
    Autoridad.objects.create(
        nombre="Tiempo", uso=Uso.TIEMPO, certificado=certificados.a_der(raiz.certificado)
    )
    return raiz


def test_openssl_verifies_each_checkpoint_that_was_stamped(
    ajena: con.Autoridad, settings: Any, tmp_path: Path
) -> None:
    with servidor(con.de_tiempo(ajena).responder) as url:
        settings.ECE_AUTORIDAD_DE_TIEMPO = url
        sellar()
        call_command("estampar_bitacora", verbosity=0)
        call_command("estampar_bitacora", verbosity=0)  # it is stamped already
        sellar()
        call_command("estampar_bitacora", verbosity=0)  # one was, less than an hour ago
        (primera,) = [una.tamano for una in estampas.todas()]
        settings.ECE_ESTAMPAR_CADA = 0
        call_command("estampar_bitacora", verbosity=0)
    # (The authority's row in the list is an event too.)
    segunda = primera + 3
    assert [una.tamano for una in estampas.todas()] == [primera, segunda]
    salida = tmp_path / "fuera"
    call_command("estampar_bitacora", "--exportar", salida, verbosity=0)
    (salida / "raiz.pem").write_bytes(ajena.certificado.public_bytes(Encoding.PEM))
    for tamano, datos, bien in (
        (primera, primera, True),
        (segunda, segunda, True),
        (primera, segunda, False),
    ):
        orden = (
            f"openssl ts -verify -token_in -in checkpoint-{tamano}.tst "
            f"-data checkpoint-{datos} -CAfile raiz.pem"
        )
        hecho = subprocess.run(orden.split(), cwd=salida, capture_output=True, check=False)
        assert (hecho.returncode == 0) is bien, hecho.stderr
    informe = verificar(procesos=1, preguntar=False)
    assert informe.hallazgos == []
    assert informe.testigos == 6  # two stamps, and the two lines of the file with theirs


def test_who_is_not_of_the_list_stamps_nothing(ajena: con.Autoridad, settings: Any) -> None:
    sellar()
    intrusa = con.de_tiempo(con.autoridad("Otra", 13))
    with pytest.raises(FirmaInvalida):
        estampas.estampar(intrusa, cada=timedelta(), ahora=AHORA)
    assert list(estampas.todas()) == []
    settings.ECE_AUTORIDAD_DE_TIEMPO = "http://127.0.0.1:9/"
    with pytest.raises(CommandError, match="No se estampó"):
        call_command("estampar_bitacora", verbosity=0)


def test_the_file_outside_tells_what_the_stolen_keys_rewrote(ajena: con.Autoridad) -> None:
    """The stamp in the file is of a note that the authority had: another one is not its."""
    sellar()
    hecha = estampas.estampar(con.de_tiempo(ajena), cada=timedelta(), ahora=AHORA)
    assert hecha is not None
    ((nota, token),) = archivo.leer()
    assert (nota, token) == (hecha.nota, hecha.token)
    ruta = Path(archivo._ruta() or "")
    dicho = json.loads(ruta.read_text())
    assert b64decode(dicho["estampa"]) == token
    ruta.write_text(json.dumps({**dicho, "nota": nota.replace("2026-", "2025-")}) + "\n")
    halladas = [h.donde for h in verificar(procesos=1, preguntar=False).hallazgos]
    assert any(donde.startswith("estampa") for donde in halladas)


def test_the_institution_s_own_is_taken_when_it_has_one() -> None:
    sellar()
    call_command("estampar_bitacora", verbosity=0)  # nobody tells the time yet: nothing
    assert list(estampas.todas()) == []
    firmadas.preparar_institucion()
    assert estampas.estampar(confianza.autoridad_de_tiempo(), cada=timedelta(), ahora=AHORA)
