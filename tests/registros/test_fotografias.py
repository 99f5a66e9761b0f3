"""A photograph is drawn anew: what rode along in the file does not reach the record."""

import io
from uuid import UUID

import psycopg
import pytest
from PIL import Image

from auditoria import bitacora
from auditoria.models import Evento
from auditoria.tipos import TipoDeEvento
from consentimiento import decision
from ece.nucleo.acceso import Acceso, PermisoInsuficiente
from ece.nucleo.roles import Permiso
from registros.selectors import expediente, identidad
from registros.services import fotografias
from registros.services.fotografias import FotografiaInaceptable
from tests.archivos.fabrica import png_de
from tests.elenco import AHORA, Elenco, acceso_de_medica, en_consulta, registrar

pytestmark = pytest.mark.django_db


def retrato(formato: str = "JPEG", tamano: tuple[int, int] = (900, 600)) -> bytes:
    """An invented picture with metadata that says where it was taken."""
    exif = Image.Exif()
    exif[0x010E] = "En casa de Ana, calle Morelos 12"
    exif[0x0112] = 6  # held on its side
    salida = io.BytesIO()
    Image.new("RGB", tamano, (120, 90, 60)).save(salida, formato, exif=exif)
    return salida.getvalue() + b"<script>alert(1)</script>"


@pytest.mark.parametrize("formato", ["JPEG", "PNG", "WEBP"])
def test_it_is_kept_small_upright_and_bare(acceso: Acceso, formato: str) -> None:
    fotografias.poner(acceso, imagen=retrato(formato), ahora=AHORA)
    guardada = identidad.fotografia(acceso)
    assert guardada is not None
    assert b"Morelos" not in guardada
    assert b"script" not in guardada
    with Image.open(io.BytesIO(guardada)) as imagen:
        assert (imagen.format, imagen.size) == ("JPEG", (320, 480))
        assert not imagen.getexif()
    assert Evento.objects.filter(tipo=TipoDeEvento.PACIENTE_RETRATADO).count() == 1
    assert b"<script" not in expediente.identidad(acceso)[1]["photo"][0]["url"].encode()


@pytest.mark.parametrize(
    "archivo",
    [
        b"",
        b"%PDF-1.7",
        b"<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>",
        retrato()[:400],
        b"x" * (fotografias.BYTES + 1),
        png_de(9000, 9000),
    ],
    ids=["empty", "pdf", "svg", "truncated", "heavy", "bomb"],
)
def test_anything_else_is_refused_and_changes_nothing(acceso: Acceso, archivo: bytes) -> None:
    with pytest.raises(FotografiaInaceptable):
        fotografias.poner(acceso, imagen=archivo, ahora=AHORA)
    assert identidad.fotografia(acceso) is None
    assert not Evento.objects.filter(tipo=TipoDeEvento.PACIENTE_RETRATADO).exists()


def test_only_who_may(elenco: Elenco, acceso: Acceso) -> None:
    enfermera = decision.abrir_paciente(
        elenco.actor(elenco.enfermera), acceso.paciente, Permiso.PACIENTE_LEER, ahora=AHORA
    )
    with pytest.raises(PermisoInsuficiente):
        fotografias.poner(enfermera, imagen=retrato(), ahora=AHORA)


def test_a_failure_of_the_log_keeps_no_photograph(
    acceso: Acceso, monkeypatch: pytest.MonkeyPatch
) -> None:
    rota = ("INSERT INTO no_existe VALUES (%s)", [1])
    with monkeypatch.context() as parche:
        parche.setattr(bitacora, "insercion", lambda eventos: rota)
        with pytest.raises(psycopg.Error):
            fotografias.poner(acceso, imagen=retrato(), ahora=AHORA)
    assert identidad.fotografia(acceso) is None


def test_another_patient_has_another_face(elenco: Elenco, acceso: Acceso, paciente: UUID) -> None:
    otro = registrar(elenco)
    en_consulta(elenco, otro)
    fotografias.poner(acceso, imagen=retrato(), ahora=AHORA)
    assert identidad.fotografia(acceso_de_medica(elenco, otro)) is None
