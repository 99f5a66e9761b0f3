"""Whoever steals the disk reads nothing: not a name, not a word of a note, not a diagnosis.

A hospital is seeded and used; then its dump, its write-ahead log, its logs and the statistics of
its statements are searched for everything that its patients' records say.
"""

import base64
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from ece import fhir
from ece.nucleo.roles import Permiso
from tests.instancia import Instancia, instalada
from tests.seguridad.huellas import LARGA, formas, legible, palabras

PACIENTES = 40
_CATALOGO = re.compile(rb"COPY public\.registros_concepto .*?\n\\\.\n", re.DOTALL)
_PALABRA = re.compile(r"[^\W_]{4,}")
_NUMERO = re.compile(r"\d{10,}")
_ETIQUETA = re.compile(r"<[^>]+>")
PROPIAS = {palabra for permiso in Permiso for palabra in permiso.value.split(":")}
"""Words of what a grant allows, which is clear: somebody's record may happen to say them too."""
ESTADISTICAS = "SELECT query FROM pg_stat_statements UNION SELECT query FROM pg_stat_activity"


@dataclass
class Dicho:
    """What somebody's record says: words and long numbers, and the codes of diagnoses."""

    palabras: set[str]
    diagnosticos: set[str]


def dichos(socio: httpx.Client) -> dict[str, Dicho]:
    """What the record of each patient says, read back as a partner reads it."""
    hallados: dict[str, Dicho] = {}
    siguiente: str | None = "/Patient?_count=100"
    while siguiente:
        pagina = socio.get(siguiente).raise_for_status().json()
        for entrada in pagina["entry"]:
            paciente = entrada["resource"]["id"]
            todo = socio.get(f"/Patient/{paciente}/$everything?_count=1000").raise_for_status()
            recursos = [e["resource"] for e in fhir.json.leer(todo.content)["entry"]]
            hallados[paciente] = Dicho(
                {p for recurso in recursos for texto in _textos(recurso) for p in _palabras(texto)},
                {
                    coding["code"]
                    for recurso in recursos
                    if recurso["resourceType"] == "Condition"
                    for coding in recurso["code"]["coding"]
                },
            )
        enlaces = {enlace["relation"]: enlace["url"] for enlace in pagina["link"]}
        siguiente = enlaces.get("next")
    return hallados


def _textos(recurso: dict[str, object]) -> Iterator[str]:
    """What a record says of somebody: texts, names, identifiers, addresses, codes."""
    dice = {"text", "display", "div", "value", "family", "given", "line", "city", "district"}
    dice |= {"postalCode", "note", "description", "valueString", "patientInstruction"}
    pendientes: list[tuple[str, object]] = list(recurso.items())
    while pendientes:
        clave, valor = pendientes.pop()
        if isinstance(valor, dict):
            pendientes += valor.items()
        elif isinstance(valor, list):
            pendientes += [(clave, cada) for cada in valor]
        elif isinstance(valor, str) and clave in dice:
            yield _ETIQUETA.sub(" ", valor)


def _palabras(texto: str) -> Iterator[str]:
    """Words, identifiers and long numbers (a short number says nothing of anybody)."""
    for hallada in _PALABRA.findall(texto):
        if hallada.isalpha() or len(hallada) >= LARGA:
            yield hallada
    yield from _NUMERO.findall(texto.replace(" ", ""))


def usar(instancia: Instancia, paciente: str, curp: str, apellido: str) -> None:
    """What a day does: searches, pages, a note, refusals, and errors of the database."""
    medica = instancia.persona("medica")
    medica.get("/clinica/buscar/", params={"q": apellido}).raise_for_status()
    medica.get("/clinica/buscar/", params={"q": curp}).raise_for_status()
    agenda = medica.get("/clinica/").raise_for_status().text
    suyo = re.findall(r"/clinica/([0-9a-f-]{36})/", agenda)[0]
    medica.get(f"/clinica/{suyo}/").raise_for_status()
    ajeno = instancia.persona("medico-ajeno")
    assert ajeno.get(f"/clinica/{suyo}/").status_code == httpx.codes.NOT_FOUND
    socio = instancia.socio()
    socio.get("/Patient", params={"family": apellido}).raise_for_status()
    repetido = socio.get(f"/Patient/{paciente}").json()
    assert socio.post("/Patient", json=repetido).is_client_error
    assert socio.post("/Patient", json={**repetido, "birthDate": "ayer"}).is_client_error
    assert instancia.persona("archivo").get(f"/clinica/{suyo}/no-hay/").is_client_error


def disco(instancia: Instancia) -> dict[str, bytes]:
    """Everything that the installation leaves on disk or in the server's memory, by kind."""
    instancia.postgres.sql("CHECKPOINT")
    return {
        # The public catalogue says every diagnosis that there is.
        "volcado": _CATALOGO.sub(b"", instancia.postgres.volcar()),
        "bitácora de escritura": _archivos(instancia.postgres.datos / "pg_wal"),
        "registros": instancia.postgres.registro.read_bytes() + instancia.bitacora.read_bytes(),
        "estadísticas": instancia.postgres.sql(ESTADISTICAS, base="ece").encode(),
    }


def _archivos(carpeta: Path) -> bytes:
    return b"".join(ruta.read_bytes() for ruta in sorted(carpeta.glob("0*")))


def diagnosticos_en(volcado: bytes, codigos: set[str]) -> set[str]:
    """Which codes stand alone somewhere in a dump (in hexadecimal digits they occur by chance)."""
    sueltos = re.findall(rb"(?<![0-9A-Za-z])[A-Z][0-9]{2}[0-9X]?(?![0-9A-Za-z])", volcado)
    return {suelto.decode() for suelto in sueltos} & codigos


@pytest.fixture
def hospital(tmp_path: Path) -> Iterator[Instancia]:
    with instalada(
        tmp_path,
        pacientes=0,
        shared_preload_libraries="pg_stat_statements",
        wal_keep_size="2GB",
    ) as instancia:
        instancia.postgres.sql("CREATE EXTENSION pg_stat_statements", base="ece")
        yield instancia


def test_a_stolen_disk_says_nothing_of_anybody(hospital: Instancia) -> None:
    antes = disco(hospital)
    hospital.manage("sembrar", "--pacientes", str(PACIENTES))
    socio = hospital.socio()
    todos = dichos(socio)
    assert len(todos) == PACIENTES
    alguien = socio.get(f"/Patient/{next(iter(todos))}").json()
    apellido = alguien["name"][0]["family"]
    curp = next(i["value"] for i in alguien["identifier"] if re.match("[A-Z]{4}", i["value"]))
    usar(hospital, alguien["id"], curp, apellido)

    codigos = set[str]().union(*(dicho.diagnosticos for dicho in todos.values()))
    ahora = disco(hospital)
    assert len(codigos) >= 5
    assert not diagnosticos_en(ahora["volcado"], codigos)
    dichas = set[str]().union(*(dicho.palabras for dicho in todos.values()))
    for lugar, datos in ahora.items():
        # Without what was there before there were patients: staff, catalogues, our own programs.
        publicas = halladas(dichas, lugar, antes[lugar])
        secretas = dichas - publicas - PROPIAS
        assert len(secretas) >= 500
        assert min(len(dicho.palabras & secretas) for dicho in todos.values()) >= 5
        assert not halladas(secretas, lugar, datos), lugar


def halladas(buscadas: set[str], lugar: str, datos: bytes) -> set[str]:
    """Which words `datos` says; the short ones only where ciphertext is not as raw bytes.

    A number counts where it stands alone: within hexadecimal digits it occurs by chance.
    """
    ocultas = f"\n{legible(datos)}\n"
    vistas = set[str]() if lugar == "bitácora de escritura" else palabras(datos)
    return {
        palabra
        for palabra in buscadas
        if formas(palabra) & vistas
        or (len(palabra) >= LARGA and any(_entera(forma) in ocultas for forma in formas(palabra)))
    }


def _entera(forma: str) -> str:
    return f"\n{forma}\n" if forma.isdecimal() else forma


def test_what_is_written_in_clear_is_found_however_it_was_written(hospital: Instancia) -> None:
    """The positive control: each careless way of keeping a name would have been seen."""
    escritas = maneras("Ibáñez", "IAPX840517MOCBXC")
    columnas = ", ".join(expresion for expresion, _ in escritas.values())
    hospital.postgres.sql(f"CREATE TABLE filtro AS SELECT {columnas}", base="ece")
    hospital.postgres.sql("CREATE TABLE dx AS SELECT 'E119'::text AS clave", base="ece")
    hospital.postgres.sql('SELECT 1 AS "IAPX840517MOCBXC09"', base="ece")
    dejado = disco(hospital)
    assert diagnosticos_en(dejado["volcado"], {"E119", "I10X"}) == {"E119"}
    assert "IAPX840517MOCBXC09" in palabras(dejado["estadísticas"])
    assert "IAPX840517MOCBXC00" in palabras(dejado["volcado"])
    for lugar in ("volcado", "bitácora de escritura"):
        visto = legible(dejado[lugar])
        for como, (_, curp) in escritas.items():
            assert curp in visto, (como, lugar)


def maneras(apellido: str, curp: str) -> dict[str, tuple[str, str]]:
    """Ways in which a careless column could keep a name: SQL, and the CURP that it writes."""
    escritas: dict[str, tuple[str, str]] = {}

    def manera(como: str, escribir: Callable[[bytes], str]) -> None:
        suya = f"{curp}{len(escritas):02}"
        escritas[como] = (f"{escribir(f'{apellido} {suya}'.encode())} AS c{len(escritas)}", suya)

    manera("text", lambda t: f"'{t.decode()}'::text")
    manera("bytea", lambda t: f"'\\x{t.hex()}'::bytea")
    manera("jsonb", lambda t: f"""'{{"curp": "{t.decode()}"}}'::jsonb""")
    manera("UTF-16", lambda t: f"'\\x{t.decode().encode('utf-16-le').hex()}'::bytea")
    manera("base64", lambda t: f"'{base64.b64encode(t).decode()}'::text")
    manera("base64, not aligned", lambda t: f"'{base64.b64encode(b'x' + t).decode()}'::text")
    manera("base64 for URLs", lambda t: f"'{base64.urlsafe_b64encode(b'xx' + t).decode()}'::text")
    manera("base64 in bytea", lambda t: f"'\\x{base64.b64encode(t).hex()}'::bytea")
    manera("URL", lambda t: "'{}'::text".format("".join(f"%{byte:02X}" for byte in t)))
    return escritas
