"""Real PostgreSQL for every test, reached with the application's own role.

Each worker has an embedded cluster of its own (what is sealed waits for the transactions of a whole
cluster), kept between runs, and clones its database from a template that the owner's role migrated.
Tests that commit get a fresh clone afterwards: nobody, not even the tests, may empty a clinical
table.
"""

import contextlib
import fcntl
import gc
import hashlib
import os
import shutil
import subprocess
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import UUID

import psycopg
import pytest
from django.apps import apps
from django.db import connection, connections
from django.test import TransactionTestCase
from hypothesis import HealthCheck, settings

from ece.postgres_embebido import APLICACION, DUENA, PostgresEmbebido
from tests.lugares import BASE, PRUEBAS

if TYPE_CHECKING:
    from playwright.sync_api import Browser

    from ece.nucleo.acceso import Acceso
    from tests.elenco import Elenco


# A tenth of the suite went by looking for garbage among what stays: all that is loaded.
gc.disable()

# No speed is judged by a clock: four processes share two cores.
settings.register_profile("sin_reloj", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("sin_reloj")


LARGAS = {
    "tests/durabilidad/test_red": 90,
    "tests/durabilidad/": 390,
    "tests/flujos/test_accesibilidad": 250,
    "tests/consentimiento/test_canales": 105,
    "tests/seguridad/test_frecuencias": 65,
    "tests/seguridad/test_volcado": 65,
    "tests/flujos/test_red": 45,
    "tests/flujos/test_cirugia": 45,
    "tests/despliegue/": 45,
    "tests/clientes/": 40,
}
"""Where the tests that take longest are, with their seconds on two cores."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Deal the longest out to the processes, first: none is left with one when the rest are done.

    Each process is given a stretch of the list, and takes from the others when it is through.
    """
    filas = int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
    grupos: dict[str, list[pytest.Item]] = {donde: [] for donde in LARGAS}
    demas: list[pytest.Item] = []
    for item in items:
        donde = next((d for d in LARGAS if item.nodeid.startswith(d)), None)
        (demas if donde is None else grupos[donde]).append(item)
    repartidas: list[list[pytest.Item]] = [[] for _ in range(filas)]
    pesos = [0] * filas
    for donde in sorted(LARGAS, key=lambda d: -LARGAS[d]):
        fila = pesos.index(min(pesos))
        pesos[fila] += LARGAS[donde]
        repartidas[fila] += grupos[donde]
    total = len(items)
    for numero, fila_ in enumerate(repartidas):
        hueco = max(0, (total - total * numero // filas) // (filas - numero) - len(fila_))
        fila_ += demas[:hueco]
        del demas[:hueco]
    repartidas[-1] += demas
    items[:] = [item for fila_ in repartidas for item in fila_]


@contextlib.contextmanager
def _uno_compila() -> Iterator[None]:
    """In a fresh clone one process compiles the tests for all, instead of each for itself."""
    hecho = Path(__file__).parent / "__pycache__/compiladas"
    if hecho.exists() or not hecho.parent.exists():
        yield
        return
    with hecho.with_suffix(".candado").open("w") as candado:
        fcntl.flock(candado, fcntl.LOCK_EX)
        if not hecho.exists():
            yield
            hecho.touch()
            return
    yield


@pytest.hookimpl(wrapper=True)
def pytest_collection(session: pytest.Session) -> Generator[None, object, object]:
    with _uno_compila() if hasattr(session.config, "workerinput") else contextlib.nullcontext():
        recogidas = yield
    gc.freeze()
    gc.enable()
    gc.set_threshold(20_000, 20, 50)
    return recogidas


def _huella_del_esquema() -> str:
    """Names the template: any change in a migration or in what the owner installs makes another."""
    resumen = hashlib.sha256()
    archivos = [*sorted(BASE.glob("**/migrations/*.py")), BASE / "ece/nucleo/base_de_datos.py"]
    archivos += sorted(BASE.glob("*/models/*.py")) + sorted(BASE.glob("ece/*/models/*.py"))
    for archivo in archivos:
        if ".venv" not in archivo.parts:
            resumen.update(archivo.read_bytes())
    return resumen.hexdigest()[:12]


def _postgres(trabajador: str) -> PostgresEmbebido:
    PRUEBAS.mkdir(parents=True, exist_ok=True)
    ajustes = {"fsync": "off", "max_connections": "120", "shared_buffers": "128MB"}
    return PostgresEmbebido(PRUEBAS / f"pg-{trabajador}", ajustes=ajustes)


@pytest.fixture(scope="session")
def cluster(worker_id: str) -> Iterator[PostgresEmbebido]:
    postgres = _postgres(worker_id)
    with _en_uso(worker_id).open("w") as uso:
        fcntl.flock(uso, fcntl.LOCK_SH)
        postgres.arrancar()
        yield postgres


def _en_uso(trabajador: str) -> Path:
    return PRUEBAS / f".en-uso-{trabajador}"


def pytest_unconfigure(config: pytest.Config) -> None:
    """Stop the clusters, unless another run of the suite is using them."""
    if hasattr(config, "workerinput"):
        return
    for marca in PRUEBAS.glob(".en-uso-*"):
        trabajador = marca.name.removeprefix(".en-uso-")
        with marca.open("w") as uso, contextlib.suppress(BlockingIOError):
            fcntl.flock(uso, fcntl.LOCK_EX | fcntl.LOCK_NB)
            postgres = _postgres(trabajador)
            if postgres.datos.exists():
                postgres.detener()


# What came with the schema: rows of the migrations; every table, right, trigger and function.
_ORIGEN = """
SELECT md5(string_agg(x, '' ORDER BY x)) FROM (
  SELECT 'c' || oid || relname || coalesce(relacl::text, '') FROM pg_class
    WHERE relnamespace = 'public'::regnamespace
  UNION ALL SELECT 't' || oid || tgname || tgenabled::text || tgfoid FROM pg_trigger
  UNION ALL SELECT 'f' || oid || md5(prosrc) FROM pg_proc
    WHERE pronamespace = 'public'::regnamespace
  UNION ALL SELECT 'a' || attrelid || attname || atttypid || attnotnull FROM pg_attribute
    WHERE attrelid IN (SELECT oid FROM pg_class WHERE relnamespace = 'public'::regnamespace)
  UNION ALL SELECT 'k' || oid || pg_get_constraintdef(oid) FROM pg_constraint
    WHERE connamespace = 'public'::regnamespace
  UNION ALL SELECT 'm' || t::text FROM django_migrations t
  UNION ALL SELECT 'n' || t::text FROM django_content_type t
  UNION ALL SELECT 'p' || t::text FROM auth_permission t
) o(x)
"""
# The superuser's session fires no trigger; sequences start again.
_VACIAR = """
SET session_replication_role = replica;
DO $$ DECLARE una record; hay boolean; BEGIN
  FOR una IN SELECT relname FROM pg_class
    WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND relname NOT IN
    ('django_migrations', 'django_content_type', 'auth_permission')
  LOOP
    EXECUTE format('SELECT EXISTS (SELECT 1 FROM %I)', una.relname) INTO hay;
    IF hay THEN EXECUTE format('DELETE FROM %I', una.relname); END IF;
  END LOOP;
  PERFORM setval(format('%I.%I', schemaname, sequencename)::regclass, start_value, false)
    FROM pg_sequences WHERE last_value IS NOT NULL AND sequencename NOT IN
    ('django_migrations_id_seq', 'django_content_type_id_seq', 'auth_permission_id_seq');
END $$
"""


def _copiar(de: Path, a: Path) -> None:
    shutil.rmtree(a, ignore_errors=True)
    subprocess.run(["cp", "-a", de, a], check=True)


class BaseDePruebas:
    """The worker's own database, cloned from the migrated template."""

    def __init__(self, postgres: PostgresEmbebido, nombre: str) -> None:
        self.postgres = postgres
        self.nombre = nombre
        self.plantilla = f"plantilla_{_huella_del_esquema()}"
        self._de_origen: tuple[str, ...] | None = None

    def migrar_plantilla(self) -> None:
        """Have the template in this cluster; a new one is a copy of the first that had it."""
        if self._hay(self.plantilla):
            return
        nuevo = not self._hay("plantilla%")
        molde = PRUEBAS / f"molde-{self.plantilla}"
        candado = PRUEBAS / ".molde" if nuevo else self.postgres.raiz / ".plantilla"
        with candado.open("w") as archivo:
            fcntl.flock(archivo, fcntl.LOCK_EX)
            if self._hay(self.plantilla):
                return
            if nuevo and molde.exists():
                self.postgres.borrar()
                _copiar(molde, self.postgres.raiz)
                self.postgres.arrancar()
                return
            self._migrar()
            if nuevo:
                self.postgres.detener()
                for viejo in PRUEBAS.glob("molde-*"):
                    shutil.rmtree(viejo)
                _copiar(self.postgres.raiz, PRUEBAS / ".a-medias")
                (PRUEBAS / ".a-medias").rename(molde)
                self.postgres.arrancar()

    def _hay(self, base: str) -> bool:
        return bool(self.postgres.sql(f"SELECT 1 FROM pg_database WHERE datname LIKE '{base}'"))

    def _migrar(self) -> None:
        from django.core.management import call_command

        borrador = f"{self.plantilla}_borrador"
        self.postgres.sql(f"DROP DATABASE IF EXISTS {borrador}")
        self.postgres.sql(f"CREATE DATABASE {borrador} OWNER {DUENA}")
        self._conectar(DUENA, borrador)
        call_command("migrate", verbosity=0)
        connection.close()
        self.postgres.sql(f"ALTER DATABASE {borrador} RENAME TO {self.plantilla}")

    def clonar(self) -> None:
        connection.close()
        self.postgres.sql(f"DROP DATABASE IF EXISTS {self.nombre} WITH (FORCE)")
        self.postgres.sql(
            f"CREATE DATABASE {self.nombre} TEMPLATE {self.plantilla} OWNER {DUENA} "
            "STRATEGY file_copy"
        )
        self._conectar(APLICACION, self.nombre)

    def limpiar(self) -> None:
        """As it was cloned: emptied of what was written or, if more than that changed, cloned."""
        connection.close()
        with psycopg.connect(self.postgres.url("postgres", self.nombre), autocommit=True) as duena:
            duena.execute(
                "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity "
                "WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
            intacta = duena.execute(_ORIGEN).fetchone() == self._de_origen
            if intacta:
                duena.execute(_VACIAR)
        if intacta:
            self._conectar(APLICACION, self.nombre)
            return
        self.clonar()
        with psycopg.connect(self.postgres.url("postgres", self.nombre)) as duena:
            self._de_origen = duena.execute(_ORIGEN).fetchone()

    def _conectar(self, rol: str, base: str) -> None:
        connection.close()
        for ajustes in (connection.settings_dict, connections.settings["default"]):
            ajustes.update(USER=rol, NAME=base, HOST=str(self.postgres.socket))

    def url(self, rol: str = APLICACION) -> str:
        return self.postgres.url(rol, self.nombre)


@pytest.fixture(scope="session")
def base_de_pruebas(cluster: PostgresEmbebido, worker_id: str) -> BaseDePruebas:
    return BaseDePruebas(cluster, f"pruebas_{worker_id}_{os.getpid()}")


@pytest.fixture(scope="session")
def django_db_setup(base_de_pruebas: BaseDePruebas, django_db_blocker) -> Iterator[None]:
    with django_db_blocker.unblock():
        base_de_pruebas.migrar_plantilla()
        base_de_pruebas.clonar()
    # After a test that commits, instead of Django's flush, which may not delete.
    TransactionTestCase._fixture_teardown = lambda _: base_de_pruebas.limpiar()
    yield
    with django_db_blocker.unblock():
        connection.close()
        base_de_pruebas.postgres.sql(
            f"DROP DATABASE IF EXISTS {base_de_pruebas.nombre} WITH (FORCE)"
        )


@pytest.fixture
def modelos_guardados() -> list[type]:
    from ece.nucleo.modelos import Guardado

    return [modelo for modelo in apps.get_models() if issubclass(modelo, Guardado)]


@pytest.fixture
def elenco(db: None) -> "Elenco":
    from tests import elenco

    return elenco.reunir()


@pytest.fixture
def paciente(elenco: "Elenco") -> UUID:
    """Somebody registered, without any visit."""
    from tests.elenco import registrar

    return registrar(elenco)


@pytest.fixture
def acceso(elenco: "Elenco", paciente: UUID) -> "Acceso":
    """What `medica` may do to `paciente`, who is in a visit with her."""
    from tests.elenco import acceso_de_medica, en_consulta

    en_consulta(elenco, paciente)
    return acceso_de_medica(elenco, paciente)


@pytest.fixture(scope="session")
def navegador() -> "Iterator[Browser]":
    from playwright.sync_api import sync_playwright

    # The shell without windows opens a context in a third of the time.
    instalados = filter(None, map(shutil.which, ("chromium-headless-shell", "chromium")))
    ejecutable = os.environ.get("ECE_CHROMIUM") or next(instalados, None)
    if not ejecutable:
        pytest.skip("sin navegador: instale chromium-headless-shell o señale uno con ECE_CHROMIUM")
    # Playwright keeps an event loop in this thread, which Django would take for async code.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    with sync_playwright() as playwright:
        abierto = playwright.chromium.launch(executable_path=ejecutable, args=["--no-sandbox"])
        yield abierto
        abierto.close()


@pytest.fixture(autouse=True)
def sin_recuerdos() -> None:
    """Each test has a database of its own time and no language yet: forget those of another."""
    from django.core.cache import cache
    from django.utils import translation

    from auditoria.sello import recibos
    from ece.nucleo import llavero
    from registros.selectors import recursos

    recibos.olvidar()
    recursos.olvidar()
    llavero.olvidar()
    cache.clear()
    translation.deactivate()


@pytest.fixture
def clientes(db: None) -> None:
    """The machines that may call: `integracion` and `sin-convenio`, with the demo's secret."""
    from tests.elenco import registrar_clientes

    registrar_clientes()
