"""Messages that nobody here wrote: each taken in, or refused for a true reason.

With ``ECE_ESCRIBIR_CONFORMIDAD=1`` this test writes the counts and reasons to docs/conformance.md.
"""

import os
from collections import Counter
from pathlib import Path

import pytest
from django.conf import settings
from django.utils import timezone

from interoperabilidad.hl7v2 import alta, aplicador, buzon, er7, interlocutores, juegos, traduccion
from interoperabilidad.hl7v2.er7 import Er7Invalido
from interoperabilidad.hl7v2.examen import examinar
from interoperabilidad.models import Estado, MensajeRecibido
from tests.interoperabilidad.hl7v2.conftest import LOCAL

AL_LADO = Path(__file__).resolve().parents[4] / "shared" / "data"
DATOS = Path(os.environ.get("ECE_EJEMPLOS", AL_LADO)) / "hl7v2"
DOC = Path(settings.BASE_DIR) / "docs" / "conformance.md"
pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(not DATOS.is_dir(), reason="sin los mensajes de ejemplo"),
]
INICIO, FIN = "<!-- hl7v2: written by a test -->", "<!-- hl7v2: end -->"
NO_ADMITIDO = "tipo o evento que no se admite"


def suerte(datos: bytes) -> tuple[str, str]:
    """(type, what became of it)."""
    examen = examinar(
        datos, origen=LOCAL, directorio=interlocutores.directorio(), momento=timezone.now()
    )
    (constancia,) = buzon.guardar([examen])
    assert buzon.acuse_de(examen, constancia)
    tipo = examen.tipo
    if examen.rechazo is not None:
        rechazo = examen.rechazo
        return tipo, NO_ADMITIDO if rechazo.motivo == "tipo" else rechazo.texto
    while aplicador.aplicar_lote():
        pass
    fila = MensajeRecibido.objects.get(id=examen.id)
    if fila.estado == Estado.APLICADO:
        return tipo, ""
    assert fila.estado == Estado.EN_ESPERA
    return tipo, f"espera a una persona: {fila.motivo}"


def registrar(datos: bytes, numero: int) -> None:
    """First, the person of the message: most samples speak of somebody who would be here."""
    texto, _ = juegos.decodificar(datos)
    leido = er7.leer(texto)
    pid = leido.primero("PID")
    if pid is None:
        return
    campos = leido.msh.texto.split(leido.delimitadores.campo)
    campos[8] = leido.delimitadores.componente.join(("ADT", "A28", "ADT_A05"))
    campos[9] = f"{campos[9]}-persona-{numero}"
    msh = leido.delimitadores.campo.join(campos)
    suerte(f"{msh}\rEVN|A28\r{pid.texto}\r".encode())


def presentar(datos: bytes) -> None:
    """Register whoever says, in its MSH, that they sent it."""
    texto, _ = juegos.decodificar(datos)
    msh = er7.leer(texto).msh
    alta.registrar(
        nombre=msh[3] or "sin nombre",
        client_id="integracion",
        aplicacion=msh[3],
        institucion=msh[4],
        redes="127.0.0.0/8",
        ordenes_ajenas=True,
    )


def con_otro_numero(datos: bytes, numero: int) -> bytes:
    """The samples share a control id; each is a message of its own."""
    texto, _ = juegos.decodificar(datos)
    leido = er7.leer(texto)
    campos = leido.msh.texto.split(leido.delimitadores.campo)
    campos[9] = f"{campos[9]}-{numero}"
    return texto.replace(leido.msh.texto, leido.delimitadores.campo.join(campos), 1).encode()


def test_cada_ejemplo_entra_o_se_rechaza_con_razon(clientes: None) -> None:
    razones: Counter[tuple[str, str]] = Counter()
    entran: Counter[str] = Counter()
    archivos = sorted(DATOS.glob("*.hl7"))
    for numero, archivo in enumerate(archivos):
        datos = archivo.read_bytes()
        try:
            presentar(datos)
            registrar(datos, numero)
            tipo, razon = suerte(con_otro_numero(datos, numero))
        except (Er7Invalido, juegos.JuegoInvalido) as error:
            tipo, razon = "", str(error)
        if razon:
            razones[tipo, razon] += 1
        else:
            entran[tipo] += 1
    assert not any("fallo" in razon for _, razon in razones)
    assert sum(entran.values()) >= 20
    assert sum(entran.values()) + sum(razones.values()) == len(archivos)
    tabla = _tabla(len(archivos), entran, razones)
    escrito = DOC.read_text(encoding="utf-8") if DOC.exists() else "# Conformance\n"
    if os.environ.get("ECE_ESCRIBIR_CONFORMIDAD"):
        antes, _, resto = escrito.partition(INICIO)
        _, _, despues = resto.partition(FIN)
        DOC.write_text(
            f"{antes.rstrip()}\n\n{INICIO}\n{tabla}{FIN}{despues or chr(10)}", encoding="utf-8"
        )
    else:
        assert tabla in escrito, "make conformidad: docs/conformance.md dice otra cosa"


def _tabla(cuantos: int, entran: Counter[str], razones: Counter[tuple[str, str]]) -> str:
    esperan = sum(n for (_, razon), n in razones.items() if razon.startswith("espera"))
    rechazados = sum(razones.values()) - esperan
    lineas = [
        "## HL7 v2 messages that others wrote",
        "",
        f"{cuantos} sample messages (versions 2.3 to 2.8): {sum(entran.values())} taken in, "
        f"{esperan} acknowledged and waiting for a person, {rechazados} refused, each for the "
        "reason it was answered with.",
        "",
        "| taken in | messages |",
        "| --- | ---: |",
        *(f"| `{tipo}` | {n} |" for tipo, n in sorted(entran.items())),
        "",
        "| not taken in | reason | messages |",
        "| --- | --- | ---: |",
        *(f"| `{tipo}` | {razon} | {n} |" for (tipo, razon), n in sorted(razones.items())),
        "",
    ]
    return "\n".join(lineas)


def test_lo_que_se_traduce_es_valido_y_no_se_pierde_un_segmento() -> None:
    """Reading and writing a sample again gives its very text."""
    for archivo in sorted(DATOS.glob("*.hl7")):
        texto, _ = juegos.decodificar(archivo.read_bytes())
        leido = er7.leer(texto)
        lineas = texto.lstrip("\ufeff").replace("\n", "\r").split("\r")
        assert [s.texto for s in leido.segmentos] == [x for x in lineas if x.strip()]
        assert traduccion.evento_de(leido)[0]
