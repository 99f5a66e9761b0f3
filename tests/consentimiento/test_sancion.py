"""The package of an access in question: whole, signed, and held by a program that is not ours."""

import io
import json
import subprocess
import sys
import zipfile
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest

from auditoria.models import Evento
from auditoria.tipos import TipoDeEvento
from consentimiento import decision
from consentimiento.decision import AccesoDenegado
from consentimiento.services import sancion
from ece.identidad.models import Asignacion, Usuario
from ece.identidad.selectors import actor_de_usuario
from ece.nucleo.acceso import Acceso
from ece.nucleo.roles import Permiso, Rol
from ece.web.impresion import sancion as impresion
from registros.services import alergias
from registros.services.alergias import Cambio, Categoria, Criticidad
from tests.elenco import AHORA, Elenco, acceso_de_medica, en_consulta, registrar, reunir

pytestmark = pytest.mark.django_db(transaction=True)
PROGRAMA = Path(__file__).resolve().parents[2] / "ece/web/static/ece/verificador.py"
DESPUES = AHORA + timedelta(hours=2)


@pytest.fixture
def elenco() -> Elenco:
    return reunir()


@pytest.fixture
def escena(elenco: Elenco) -> tuple[UUID, UUID]:
    """A patient with an allergy that said one thing when it was looked at, and another later."""
    paciente = registrar(elenco)
    en_consulta(elenco, paciente)
    acceso = acceso_de_medica(elenco, paciente)
    alergia = alergias.registrar(
        acceso,
        sustancia="Penicilina",
        categoria=Categoria.MEDICAMENTO,
        criticidad=Criticidad.ALTA,
        reaccion="Urticaria",
        ahora=AHORA,
    )
    visto = acceso_de_medica(elenco, paciente)
    alergias.cambiar(
        visto, alergia_id=alergia, cambio=Cambio.DESCARTAR, motivo="Prueba negativa", ahora=DESPUES
    )
    return paciente, visto.decision


def de_privacidad(paciente: UUID) -> Acceso:
    usuario = Usuario.objects.create_user("privacidad", password="x", first_name="Pilar")
    Asignacion.objects.create(usuario=usuario, rol=Rol.PRIVACIDAD, desde=AHORA - timedelta(days=1))
    actor = actor_de_usuario(usuario, ahora=DESPUES)
    return decision.abrir_paciente(actor, paciente, Permiso.SANCION_INTEGRAR, ahora=DESPUES)


def integrar(acceso: Acceso, evento: UUID) -> bytes:
    return sancion.integrar(
        acceso,
        evento_id=evento,
        ahora=DESPUES,
        informar=impresion.pdf,
        verificador=PROGRAMA.read_bytes(),
    )


def comprobar(ruta: Path) -> tuple[bool, str]:
    hecho = subprocess.run(
        [sys.executable, "-I", "-S", PROGRAMA, ruta], capture_output=True, text=True, cwd="/"
    )
    return hecho.returncode == 0, hecho.stdout + hecho.stderr


def test_it_holds_what_was_seen_as_it_was_then_and_is_verified_alone(
    escena: tuple[UUID, UUID], tmp_path: Path
) -> None:
    paciente, evento = escena
    crudo = integrar(de_privacidad(paciente), evento)
    ruta = tmp_path / "caso.zip"
    ruta.write_bytes(crudo)
    bien, dicho = comprobar(ruta)
    assert bien, dicho
    with zipfile.ZipFile(io.BytesIO(crudo)) as archivo:
        nombres = archivo.namelist()
        alergia = next(n for n in nombres if n.startswith("contenido/AllergyIntolerance"))
        assert alergia.endswith("-v1.json")
        recurso = json.loads(archivo.read(alergia))
        assert recurso["verificationStatus"]["coding"][0]["code"] != "refuted"
        assert archivo.read("reporte.pdf").startswith(b"%PDF")
        assert {"LEAME.txt", "evidencia.json", "verificador.py", "MANIFIESTO"} <= set(nombres)
    (asentado,) = Evento.objects.filter(tipo=TipoDeEvento.SANCION_INTEGRADA)
    assert asentado.pacientes == [paciente]


def test_no_file_of_it_can_be_changed_added_or_taken_out(
    escena: tuple[UUID, UUID], tmp_path: Path
) -> None:
    paciente, evento = escena
    crudo = integrar(de_privacidad(paciente), evento)
    with zipfile.ZipFile(io.BytesIO(crudo)) as archivo:
        archivos = {n: archivo.read(n) for n in archivo.namelist()}
    ruta = tmp_path / "malo.zip"

    def vale(cambiados: dict[str, bytes]) -> bool:
        with zipfile.ZipFile(ruta, "w", zipfile.ZIP_STORED) as nuevo:
            for nombre, contenido in cambiados.items():
                nuevo.writestr(nombre, contenido)
        return comprobar(ruta)[0]

    assert vale(archivos)
    uno = next(n for n in archivos if n.startswith("sellado/"))
    assert not vale({**archivos, "reporte.pdf": archivos["reporte.pdf"] + b" "})
    assert not vale({**archivos, uno: b"otra cosa"})
    assert not vale({**archivos, "contenido/nuevo.json": b"{}"})
    assert not vale({n: c for n, c in archivos.items() if n != uno})
    assert not vale({n: c for n, c in archivos.items() if n != "MANIFIESTO"})
    assert not vale({**archivos, "MANIFIESTO": archivos["MANIFIESTO"].replace(b"pdf", b"pdx")})


def test_only_the_privacy_officer_makes_one_and_of_what_happened(
    elenco: Elenco, escena: tuple[UUID, UUID]
) -> None:
    paciente, evento = escena
    with pytest.raises(AccesoDenegado):
        decision.abrir_paciente(
            elenco.actor(elenco.medica), paciente, Permiso.SANCION_INTEGRAR, ahora=DESPUES
        )
    acceso = de_privacidad(paciente)
    with pytest.raises(sancion.AccesoInexistente):
        integrar(acceso, UUID(int=7))
    otro = registrar(elenco)
    ajeno = Evento.objects.filter(pacientes=[otro]).first()
    assert ajeno is not None
    with pytest.raises(sancion.AccesoInexistente):
        integrar(acceso, ajeno.pk)
    assert not Evento.objects.filter(tipo=TipoDeEvento.SANCION_INTEGRADA).exists()
    assert acceso.permisos == {Permiso.SANCION_INTEGRAR}
    assert evento
