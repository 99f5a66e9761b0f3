"""Who speaks HL7 v2 in the tests, and the ways by which a message comes in."""

from collections.abc import Callable

import pytest
from django.utils import timezone

from interoperabilidad.hl7v2 import alta, aplicador, buzon, er7, hallazgo, interlocutores, vistas
from interoperabilidad.hl7v2.er7 import Mensaje
from interoperabilidad.hl7v2.examen import examinar
from interoperabilidad.hl7v2.interlocutores import Origen

LOCAL = Origen("mllp", "127.0.0.1")
Recibir = Callable[..., Mensaje]


@pytest.fixture
def interlocutores_(clientes: None) -> None:
    """HIS and LIS: systems of the institution, that come from this machine."""
    registrar_interlocutores()


def registrar_interlocutores() -> None:
    vistas.olvidar()
    hallazgo.olvidar()
    for aplicacion in ("HIS", "LIS"):
        alta.registrar(
            nombre=aplicacion,
            client_id="integracion",
            aplicacion=aplicacion,
            institucion="HGX",
            redes="127.0.0.0/8",
        )


@pytest.fixture
def recibir(interlocutores_: None) -> Recibir:
    return recibir_mensaje


def recibir_mensaje(datos: bytes, *, aplicar: bool = True, origen: Origen = LOCAL) -> Mensaje:
    """Takes a message in and (unless told not to) applies it; gives its acknowledgement."""
    examen = examinar(
        datos, origen=origen, directorio=interlocutores.directorio(), momento=timezone.now()
    )
    (constancia,) = buzon.guardar([examen])
    acuse = er7.leer(buzon.acuse_de(examen, constancia).decode(examen.codec))
    if aplicar:
        while aplicador.aplicar_lote():
            pass
    return acuse
