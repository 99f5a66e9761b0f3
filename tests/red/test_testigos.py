"""Two installations, each the witness of the other's log, told so as `make demo-red` tells them."""

import json
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone
from pytest_django.live_server_helper import LiveServer

from auditoria.sello import llaves, pruebas, sellador, testigos
from ece.demo import red
from tests.auditoria.sellada import anexar
from tests.instancia import instalada

pytestmark = pytest.mark.django_db(transaction=True)


def test_each_institution_cosigns_the_other(
    live_server: LiveServer, tmp_path: Path, settings: Any
) -> None:
    anexar(3)
    list(sellador.sellar_todo(ahora=timezone.now()))
    (_, propia, _) = llaves.generaciones()[-1]
    nuestras = {"bitacora": [propia.vkey], "testigo": llaves.de_testigo().verificadora.vkey}
    with instalada(tmp_path / "sierra", pacientes=20) as sierra:
        sierra.manage("sellar_bitacora")
        suyas = json.loads(sierra.manage("enlazar", "llaves"))
        sierra.entorno |= red.testigos(live_server.url, nuestras)
        sierra.servidor.detener()
        sierra.arrancar()
        dicho = red.testigos(sierra.url, suyas)
        settings.ECE_TESTIGOS = [dicho["ECE_TESTIGOS"]]
        settings.ECE_BITACORAS_ATESTIGUADAS = dicho["ECE_BITACORAS_ATESTIGUADAS"].split(",")

        assert testigos.pedir_cofirmas() == 1
        publicado = pruebas.checkpoint()
        assert publicado is not None
        assert publicado.testigos == (suyas["testigo"].partition("+")[0],)

        with sierra.socio() as alguien:  # which leaves something more to seal
            alguien.get("/Patient")
        sierra.manage("sellar_bitacora")
        with sierra.socio() as alguien:
            suyo = alguien.get(f"{sierra.url}/verificar/bitacora/checkpoint").text
        assert f"\u2014 {nuestras['testigo'].partition('+')[0]} " in suyo
