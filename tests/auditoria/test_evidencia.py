"""Evidence that a patient takes away, held by the stand-alone program and by nothing of ours."""

import copy
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest

from auditoria import evidencia
from auditoria.bitacora import consultar
from auditoria.sello import llaves, sellador
from ece.nucleo.acceso import Acceso
from tests.auditoria.sellada import anexar
from tests.elenco import AHORA, Elenco, acceso_de_medica, en_consulta, registrar, reunir

pytestmark = pytest.mark.django_db(transaction=True)
PROGRAMA = Path(__file__).resolve().parents[2] / "ece/web/static/ece/verificador.py"


def verificador(ruta: Path, *opciones: str) -> tuple[bool, str]:
    """The program alone: no Django, no packages, no environment."""
    hecho = subprocess.run(
        [sys.executable, "-I", "-S", PROGRAMA, *opciones, ruta],
        capture_output=True,
        text=True,
        env={"PYTHONIOENCODING": "utf-8"},
        cwd="/",
    )
    return hecho.returncode == 0, hecho.stdout + hecho.stderr


@pytest.fixture
def acceso() -> Acceso:
    elenco: Elenco = reunir()
    paciente = registrar(elenco)
    en_consulta(elenco, paciente)
    anexar(2, paciente, uuid4())
    return acceso_de_medica(elenco, paciente)


def _un_evento(paciente: UUID, *, cuantos: int) -> UUID:
    ((id_,),) = consultar(
        "SELECT id FROM auditoria_evento WHERE pacientes @> ARRAY[%s]::uuid[] "
        "AND cardinality(pacientes) = %s ORDER BY id LIMIT 1",
        [paciente, cuantos],
    )
    return UUID(str(id_))


def test_a_receipt_is_verified_by_who_has_only_python(acceso: Acceso, tmp_path: Path) -> None:
    evento = _un_evento(acceso.paciente, cuantos=1)
    paquete = evidencia.de_evento(acceso, evento_id=evento, ahora=AHORA)
    ruta = tmp_path / "recibo.json"
    ruta.write_text(json.dumps(paquete))
    bien, dicho = verificador(ruta)
    assert bien, dicho
    assert "OJO" in dicho
    (_, publica, _) = llaves.generaciones()[-1]
    bien, dicho = verificador(ruta, "--llave", publica.vkey)
    assert bien, dicho
    assert "OJO" not in dicho
    ajena = llaves.firmante(publica.nombre, 99).verificadora.vkey
    assert not verificador(ruta, "--llave", ajena)[0]


def test_all_of_them_are_complete_and_one_less_is_told(acceso: Acceso, tmp_path: Path) -> None:
    paquete = evidencia.de_todos(acceso, ahora=AHORA)
    assert paquete is not None
    ids = {str(acceso.decision)}
    dichos = [json.dumps(e["apertura"]) for e in paquete["eventos"]]
    assert any(str(acceso.decision) in dicho for dicho in dichos), ids
    ruta = tmp_path / "todos.json"
    ruta.write_text(json.dumps(paquete))
    bien, dicho = verificador(ruta)
    assert bien, dicho
    assert "no falta ninguno" in dicho
    for i in range(len(paquete["eventos"])):
        con_menos = {**paquete, "eventos": [e for j, e in enumerate(paquete["eventos"]) if j != i]}
        ruta.write_text(json.dumps(con_menos))
        bien, dicho = verificador(ruta)
        assert not bien
        assert "faltan eventos" in dicho


def test_an_event_of_several_patients_names_no_other(acceso: Acceso) -> None:
    evento = _un_evento(acceso.paciente, cuantos=2)
    paquete = evidencia.de_evento(acceso, evento_id=evento, ahora=AHORA)
    ((otro,),) = consultar(
        "SELECT unnest(pacientes) FROM auditoria_evento WHERE id = %s EXCEPT SELECT %s",
        [evento, acceso.paciente],
    )
    dicho = json.dumps(paquete)
    assert str(acceso.paciente) in dicho
    assert str(otro) not in dicho


def test_an_event_of_somebody_else_has_no_receipt(acceso: Acceso) -> None:
    anexar(1, ajeno := uuid4())
    evento = _un_evento(ajeno, cuantos=1)
    assert evidencia.de_evento(acceso, evento_id=evento, ahora=AHORA) is None
    assert evidencia.de_evento(acceso, evento_id=uuid4(), ahora=AHORA) is None


Cambio = Callable[[dict[str, Any]], Any]


def _parte(p: dict[str, Any]) -> dict[str, Any]:
    parte: dict[str, Any] = p["eventos"][0]["apertura"]["partes"][0]
    return parte


def _otro_dato(p: dict[str, Any]) -> None:
    _parte(p)["dato"] = _parte(p)["dato"].replace("permitido", "denegado")


ATAQUES: dict[str, Cambio] = {
    "other words": _otro_dato,
    "another salt": lambda p: _parte(p).update(sal="00" * 32),
    "another place": lambda p: p["eventos"][0].update(indice=p["eventos"][0]["indice"] ^ 1),
    "a negative place": lambda p: p["eventos"][0].update(indice=-1),
    "a shorter way": lambda p: p["eventos"][0]["camino"].pop(),
    "a longer way": lambda p: p["eventos"][0]["camino"].append("A" * 43 + "="),
    "a way of rubbish": lambda p: p["eventos"][0]["camino"].__setitem__(0, "@@"),
    "another root": lambda p: p["bitacora"].update(
        checkpoint="\n".join(
            [*p["bitacora"]["checkpoint"].split("\n")[:2], "A" * 43 + "=",
             *p["bitacora"]["checkpoint"].split("\n")[3:]]
        )
    ),
    "another log": lambda p: p["bitacora"].update(origen="otra.example/bitacora"),
    "no signature": lambda p: p["bitacora"].update(
        checkpoint=p["bitacora"]["checkpoint"].partition("\u2014")[0]
    ),
    "no keys": lambda p: p["bitacora"].update(llaves=[]),
    "another patient": lambda p: p.update(paciente=str(uuid4())),
    "another form": lambda p: p.update(formato="otra/1"),
    "fewer counted": lambda p: p["completitud"].update(cuenta=p["completitud"]["cuenta"] - 1),
    "another head": lambda p: p["completitud"].update(cabeza="11" * 32),
    "another key of the map": lambda p: p["completitud"].update(clave="22" * 32),
    "a shallow proof": lambda p: p["completitud"].update(hermanos=p["completitud"]["hermanos"][:9]),
    "an event twice": lambda p: p["eventos"].append(p["eventos"][-1]),
}  # fmt: skip


def test_no_alteration_of_the_evidence_passes(acceso: Acceso, tmp_path: Path) -> None:
    bueno = evidencia.de_todos(acceso, ahora=AHORA)
    assert bueno is not None
    rutas = {}
    for nombre, atacar in ATAQUES.items():
        malo = copy.deepcopy(bueno)
        atacar(malo)
        assert malo != bueno, nombre
        rutas[nombre] = tmp_path / f"{nombre}.json"
        rutas[nombre].write_text(json.dumps(malo))
    hecho = subprocess.run(
        [sys.executable, "-I", PROGRAMA, *rutas.values()], capture_output=True, text=True
    )
    pasan = [n for n, ruta in rutas.items() if f"{ruta}: NO VALE" not in hecho.stdout]
    assert pasan == []
    assert "Traceback" not in hecho.stderr


def test_its_ed25519_is_that_of_the_rfc() -> None:
    """RFC 8032, 7.1: tests 1 to 3, and what must not verify."""
    sys.path.insert(0, str(PROGRAMA.parent))
    try:
        import verificador as suyo
    finally:
        sys.path.pop(0)
    vectores = [
        ("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "",
         "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9"
         "b46bd25bf5f0595bbe24655141438e7a100b"),
        ("3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "72",
         "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f1"
         "1d8c387b2eaeb4302aeeb00d291612bb0c00"),
        ("fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025", "af82",
         "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984d"
         "c6594a7c15e9716ed28dc027beceea1ec40a"),
    ]  # fmt: skip
    for publica, mensaje, firma in vectores:
        p, m, f = map(bytes.fromhex, (publica, mensaje, firma))
        assert suyo.ed25519(p, m, f)
        assert not suyo.ed25519(p, m + b"x", f)
        assert not suyo.ed25519(p, m, bytes([f[0] ^ 1]) + f[1:])
        assert not suyo.ed25519(p, m, f[:63])
        # S not reduced (malleability)
        alto = int.from_bytes(f[32:], "little") + suyo.L
        assert not suyo.ed25519(p, m, f[:32] + alto.to_bytes(32, "little"))


def test_sealing_waits_for_nobody_asks_again(acceso: Acceso) -> None:
    """What is not sealed yet is sealed to answer."""
    assert sellador.sellar(ahora=AHORA) is not None
    anexar(1, acceso.paciente)
    nuevo = consultar("SELECT max(id::text) FROM auditoria_evento", [])[0][0]
    paquete = evidencia.de_evento(acceso, evento_id=UUID(nuevo), ahora=AHORA)
    assert paquete is not None
