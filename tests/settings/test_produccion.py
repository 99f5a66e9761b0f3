"""Production refuses to start with a default left in place, each with its own message."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

RAIZ = Path(__file__).resolve().parents[2]
BUENO = {
    "ECE_SECRET_KEY": "x" * 60,
    "ECE_HOSTS": "ece.example",
    "ECE_LLAVERO": "secreto:/run/secrets/llavero",
    "DATABASE_URL": "postgresql://ece_app:clave@base/ece",
    "ECE_DATABASE_OWNER_URL": "postgresql://ece_duena:clave@base/ece",
}


def importar(**cambios: str | None) -> subprocess.CompletedProcess[str]:
    entorno = {**BUENO, **cambios}
    return subprocess.run(
        [sys.executable, "-c", "import settings.production"],
        cwd=RAIZ,
        env={"PATH": os.environ["PATH"], **{n: v for n, v in entorno.items() if v is not None}},
        capture_output=True,
        text=True,
    )


def test_arranca_con_todo_en_su_lugar() -> None:
    assert importar().returncode == 0


@pytest.mark.parametrize(
    ("cambios", "mensaje"),
    [
        ({"ECE_SECRET_KEY": None}, "Falta la variable ECE_SECRET_KEY"),
        ({"ECE_SECRET_KEY": "demo-insegura-" + "0" * 50}, "es la de la demostración"),
        ({"ECE_SECRET_KEY": "corta"}, "menos de 50 caracteres"),
        ({"ECE_DEBUG": "1"}, "ECE_DEBUG está activo"),
        ({"ECE_LLAVERO": "archivo:/tmp/llavero.json"}, "proveedor de la demostración"),
        ({"ECE_LLAVERO": "pruebas"}, "proveedor de la demostración"),
        ({"ECE_COOKIES_SEGURAS": "0"}, "ECE_COOKIES_SEGURAS=0"),
        ({"ECE_HOSTS": None}, "ECE_HOSTS"),
        ({"ECE_HOSTS": "*"}, "ECE_HOSTS"),
        (
            {"ECE_DATABASE_OWNER_URL": None, "ECE_BD_ROL": "duena"},
            "Falta la variable ECE_DATABASE_OWNER_URL",
        ),
        ({"ECE_DATABASE_OWNER_URL": BUENO["DATABASE_URL"]}, "el mismo papel"),
        ({"ECE_DEBUG": "quizá"}, "se espera 1 o 0"),
        ({"DATABASE_URL": "mysql://x"}, "sólo postgresql://"),
        ({"ECE_HSTS_SEGUNDOS": "un año"}, "se espera un número entero"),
    ],
)
def test_se_niega(cambios: dict[str, str | None], mensaje: str) -> None:
    resultado = importar(**cambios)

    assert resultado.returncode
    ultima = resultado.stderr.strip().splitlines()[-1]
    assert ultima.startswith("django.core.exceptions.ImproperlyConfigured: ")
    assert mensaje in ultima


def test_un_secreto_se_lee_de_su_archivo(tmp_path: Path) -> None:
    (tmp_path / "llave").write_text("y" * 60 + "\n")

    assert (
        importar(ECE_SECRET_KEY=None, ECE_SECRET_KEY_FILE=str(tmp_path / "llave")).returncode == 0
    )


def test_un_archivo_de_secreto_que_no_esta_se_dice() -> None:
    resultado = importar(ECE_SECRET_KEY=None, ECE_SECRET_KEY_FILE="/no/esta")

    assert "ECE_SECRET_KEY_FILE: no se puede leer /no/esta" in resultado.stderr


def test_manage_lo_dice_en_una_linea() -> None:
    resultado = subprocess.run(
        [sys.executable, "manage.py", "check"],
        cwd=RAIZ,
        env={"PATH": os.environ["PATH"], "DJANGO_SETTINGS_MODULE": "settings.production"},
        capture_output=True,
        text=True,
    )

    assert resultado.returncode
    assert (
        resultado.stderr.strip() == "ece: Falta la variable ECE_SECRET_KEY (o ECE_SECRET_KEY_FILE)."
    )
