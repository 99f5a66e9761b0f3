"""The messages of docs/api.md, as its reader would send them."""

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.utils import timezone

from interoperabilidad.hl7v2 import aplicador, buzon, consultas, er7, interlocutores
from interoperabilidad.hl7v2.alta import registrar
from interoperabilidad.hl7v2.examen import examinar
from interoperabilidad.models import Estado, MensajeRecibido
from tests.interoperabilidad.hl7v2.conftest import LOCAL

pytestmark = pytest.mark.django_db
TEXTO = (Path(settings.BASE_DIR) / "docs" / "api.md").read_text(encoding="utf-8")


def mensajes() -> list[bytes]:
    """Those of `printf`, and those that Python joins."""
    de_consola = [m.replace("\\r", "\r") for m in re.findall(r"printf '(MSH.+?)' \|", TEXTO)]
    de_python = [
        "\r".join(re.findall(r'^    "(.+)",$', bloque, re.MULTILINE)) + "\r"
        for bloque in re.findall(r"segmentos = \[\n(.+?)\n\]", TEXTO, re.DOTALL)
    ]
    todos = [m.replace("\\\\", "\\").encode() for m in (*de_consola, *de_python)]
    return sorted(todos, key=lambda m: m.split(b"|")[9])


def test_cada_mensaje_del_documento_hace_lo_que_dice(clientes: None) -> None:
    registrar(
        nombre="HIS", client_id="integracion", aplicacion="HIS", institucion="HGE",
        redes="127.0.0.0/8",
    )  # fmt: skip
    respuestas = []
    for datos in mensajes():
        examen = examinar(
            datos, origen=LOCAL, directorio=interlocutores.directorio(), momento=timezone.now()
        )
        (constancia,) = buzon.guardar([examen])
        assert constancia.rechazo is None, constancia.rechazo
        if examen.es_consulta:
            respuestas.append(er7.leer(consultas.responder(examen, constancia).decode()))
        aplicador.aplicar_lote()
    assert len(mensajes()) == 3
    assert set(MensajeRecibido.objects.values_list("estado", flat=True)) == {Estado.APLICADO}
    (pid,) = respuestas[0].todos("PID")
    assert pid.valor(5)[1] == "CANUL PECH"
