"""A printed PDF, and its receipt: the stand-alone program says whether one is of the other."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from auditoria import evidencia
from auditoria.models import Evento
from auditoria.sello import llaves, recibos, sellador
from ece.identidad import confianza
from ece.nucleo.acceso import Acceso
from ece.nucleo.firma import pades, tiempo
from tests.auditoria.test_evidencia import PROGRAMA
from tests.elenco import AHORA, Elenco, acceso_de_medica, en_consulta, registrar, reunir
from tests.registros import firmadas

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def elenco() -> Elenco:
    hecho = reunir()
    firmadas.preparar_institucion()
    return hecho


@pytest.fixture
def acceso(elenco: Elenco) -> Acceso:
    paciente = registrar(elenco)
    en_consulta(elenco, paciente)
    return acceso_de_medica(elenco, paciente)


@pytest.fixture
def medica(elenco: Elenco) -> Client:
    cliente = Client()
    cliente.force_login(elenco.medica)
    return cliente


def verificar(*argumentos: str | Path) -> str:
    hecho = subprocess.run(
        [sys.executable, "-I", "-S", PROGRAMA, *argumentos], capture_output=True, text=True
    )
    assert "Traceback" not in hecho.stderr
    assert hecho.returncode == ("NO VALE" in hecho.stdout), hecho.stdout + hecho.stderr
    return hecho.stdout


def test_the_pdf_that_was_printed_and_no_other(
    acceso: Acceso, medica: Client, tmp_path: Path
) -> None:
    nota = firmadas.terminada(acceso)
    pedir = [acceso.paciente, nota]
    antes = medica.get(reverse("clinica:nota-recibo", args=pedir), follow=True)
    assert "Imprima primero la nota" in antes.content.decode()
    impreso = medica.get(reverse("clinica:nota-pdf", args=pedir)).content
    recibo = medica.get(reverse("clinica:nota-recibo", args=pedir))
    assert recibo["Content-Disposition"].startswith('attachment; filename="recibo-')
    asentado = Evento.objects.get(tipo="impresion.hecha")
    assert b"Ib" not in bytes(asentado.contenido)  # a digest and ids, nobody's name

    pdf, json_, todos = (tmp_path / n for n in ("nota.pdf", "recibo.json", "todos.json"))
    pdf.write_bytes(impreso)
    json_.write_bytes(recibo.content)
    todos.write_text(json.dumps(evidencia.de_todos(acceso, ahora=timezone.now())))
    (_, publica, _) = llaves.generaciones()[-1]
    for prueba in (json_, todos):  # the order in which they are given does not matter
        dicho = verificar("--llave", publica.vkey, pdf, prueba)
        assert "Es, byte por byte, el que se imprimió" in dicho
    assert "dé también su recibo" in verificar(pdf)

    otra = tmp_path / "otra.pdf"  # printed again: other bytes, another event
    otra.write_bytes(medica.get(reverse("clinica:nota-pdf", args=pedir)).content)
    assert "ningún evento" in verificar(otra, json_)
    pdf.write_bytes(impreso.replace(b"%PDF-1.7", b"%PDF-1.6"))
    assert "ningún evento" in verificar(pdf, json_)
    sello = confianza.credencial("tiempo")
    autoridad = tiempo.AutoridadLocal(sello.llave, sello.certificado)
    pdf.write_bytes(pades.resellar(impreso, confianza=confianza.para_pdf(), autoridad=autoridad))
    dicho = verificar(pdf, json_)
    assert f"sus primeros {len(impreso)} bytes son lo que se imprimió" in dicho


def test_what_another_printed_is_not_ones_receipt(
    elenco: Elenco, acceso: Acceso, medica: Client
) -> None:
    nota = firmadas.terminada(acceso)
    medica.get(reverse("clinica:nota-pdf", args=[acceso.paciente, nota]))
    otro = Client()
    otro.force_login(elenco.de_urgencias)
    respuesta = otro.get(reverse("clinica:nota-recibo", args=[acceso.paciente, nota]))
    assert "Content-Disposition" not in respuesta


def test_a_page_gives_its_reader_a_receipt_that_the_verifier_takes(
    acceso: Acceso, medica: Client, tmp_path: Path
) -> None:
    recibos.olvidar()
    direccion = reverse("clinica:expediente", args=[acceso.paciente])
    assert "ECE-Recibo" not in medica.get(direccion)  # no key before the first seal
    list(sellador.sellar_todo(ahora=AHORA))
    recibos.olvidar()
    pagina = medica.get(direccion)
    assert pagina.status_code == 200
    assert "ECE-Recibo" not in medica.get(reverse("verificar:bitacora"))  # it shows nobody
    list(sellador.sellar_todo(ahora=AHORA))

    (_, publica, _) = llaves.generaciones()[-1]
    renglon, todos = tmp_path / "recibo.txt", tmp_path / "todos.json"
    renglon.write_text(f"ECE-Recibo: {pagina['ECE-Recibo']}\n")
    todos.write_text(json.dumps(evidencia.de_todos(acceso, ahora=timezone.now())))
    dicho = verificar("--llave", publica.vkey, renglon)
    assert "prometió" in dicho
    assert "búsquela" in dicho
    dicho = verificar("--llave", publica.vkey, renglon, todos)
    assert "está entre los eventos comprobados" in dicho
    assert "búsquela" not in dicho
    assert "dé con --llave" in verificar(renglon)
    assert "OJO" in verificar(renglon, todos)
    partes = pagina["ECE-Recibo"].split()
    for malo in (
        [*partes[:2], str(int(partes[2]) + 1), *partes[3:]],
        [*partes[:3], "A" * 43 + "=", partes[4]],
        partes[:4],
    ):
        renglon.write_text(" ".join(malo))
        assert "NO VALE" in verificar("--llave", publica.vkey, renglon)
    recibos.olvidar()
