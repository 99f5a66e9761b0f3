"""Messages broken at random: none stops the listener's work, none takes a second, and each is
answered with what it deserves. ``ECE_HL7_MUTACIONES`` says how many (5 000 in the campaign)."""

import os
import random
import resource
import time
from collections import Counter

import pytest
from django.utils import timezone

from interoperabilidad.hl7v2 import aplicador, buzon, er7, interlocutores
from interoperabilidad.hl7v2.examen import examinar
from interoperabilidad.models import Estado, MensajeRecibido
from tests.interoperabilidad.hl7v2 import mensajes
from tests.interoperabilidad.hl7v2.conftest import LOCAL

pytestmark = pytest.mark.django_db
CUANTAS = int(os.environ.get("ECE_HL7_MUTACIONES", "150"))
MEMORIA_MB = 150
LO_MAS_GRANDE = 4 * 1024 * 1024
"""Bytes: the listener takes larger ones, but whoever runs the tests waits."""
SANOS = (
    mensajes.adt("A01", resto=("AL1|1|DA|^Penicilina|SV", "DG1|1||E11^Diabetes^I10|||W")),
    mensajes.adt("A08"),
    mensajes.oru(),
    mensajes.siu("S12"),
    mensajes.mensaje(
        mensajes.msh("ADT^A40^ADT_A39"), "EVN|A40|2026", mensajes.MARIA.pid, "MRG|9^^^HGX^MR"
    ),
    mensajes.mensaje(
        mensajes.msh("ORM^O01^ORM_O01"), mensajes.MARIA.pid, "ORC|NW|P1", "OBR|1|P1||2345-7^G^LN"
    ),
)
RELLENOS = (
    b"A" * 200_000,
    b"~" * 60_000,
    b"^" * 60_000,
    b"&" * 60_000,
    b"\\" * 9_999,
    b"\\X" + b"41" * 5_000 + b"\\",
    b"\xff\xfe\xc3\x28\xa0\xa1",
    b"\x00" * 300,
    b"9" * 5_000,
    b"-1e999999",
    b"20261399999999.999999+9999",
    '"" \u202e\U0001f600'.encode(),
    b'"><script>alert(1)</script>',
)


def mutar(azar: random.Random) -> bytes:
    datos = bytearray(azar.choice(SANOS))
    for _ in range(azar.randrange(1, 4)):
        lugar = azar.randrange(len(datos) + 1)
        match azar.randrange(8):
            case 0:
                datos[lugar : lugar + 1] = bytes([azar.randrange(256)])
            case 1:
                del datos[lugar : lugar + azar.randrange(1, 80)]
            case 2:
                datos[lugar:lugar] = azar.choice(RELLENOS)
            case 3:
                datos[lugar:lugar] = bytes(azar.choice(b"|^~&\\\r\n") for _ in range(9))
            case 4:
                segmentos = bytes(datos).split(b"\r")
                azar.shuffle(segmentos)
                datos = bytearray(b"\r".join(segmentos))
            case 5:
                segmentos = bytes(datos).split(b"\r")
                repetido, veces = azar.choice(segmentos), azar.choice((1, 50, 3_000))
                segmentos += [repetido] * min(veces, LO_MAS_GRANDE // (len(repetido) + 1))
                datos = bytearray(b"\r".join(segmentos))
            case 6:
                campos = bytes(datos).split(b"|")
                campos[azar.randrange(len(campos))] = azar.choice(RELLENOS)
                datos = bytearray(b"|".join(campos))
            case _:
                datos = datos[:lugar]
        if not datos:
            datos = bytearray(b"M")
    return bytes(datos[:LO_MAS_GRANDE])


def test_ninguna_mutacion_rompe_ni_detiene(interlocutores_: None) -> None:
    directorio = interlocutores.directorio()
    acuses: Counter[str] = Counter()
    lentas, antes = [], resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for numero in range(CUANTAS):
        datos = mutar(random.Random(numero))
        inicio = time.process_time()
        examen = examinar(datos, origen=LOCAL, directorio=directorio, momento=timezone.now())
        (constancia,) = buzon.guardar([examen])
        respuesta = er7.leer(buzon.acuse_de(examen, constancia).decode(examen.codec))
        while aplicador.aplicar_lote():
            pass
        if time.process_time() - inicio > 1:
            lentas.append(numero)
        (msa,) = respuesta.todos("MSA")
        acuses[msa[1]] += 1
        assert (respuesta.primero("ERR") is None) == (msa[1] in ("AA", "CA")), numero
    assert lentas == []
    assert set(acuses) <= {"AA", "AE", "AR", "CA", "CE", "CR"}
    assert acuses["AR"] > 0
    assert acuses["AA"] > 0
    assert not MensajeRecibido.objects.filter(estado=Estado.RECIBIDO).exists()
    assert not MensajeRecibido.objects.filter(motivo="fallo").exists()
    crecio = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - antes) / 1024
    assert crecio < MEMORIA_MB, f"{crecio:.0f} MB"
