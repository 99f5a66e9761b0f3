"""What starts by the dozen starts light: commands, beside a server."""

import os
import subprocess
import sys

from tests.lugares import BASE

PROGRAMA = """
import gc, sys
import manage
gc.disable()
import django
django.setup()
orden = manage.Ordenes(["manage.py"]).fetch_command("conservacion")
orden.check(tags=orden.requires_system_checks)
pesados = {"ece.urls", "pypdf", "pyhanko", "numpy", "oauth2_provider.views"}
print(orden.requires_system_checks, sorted(pesados & sys.modules.keys()), gc.isenabled())
"""


def test_a_command_keeps_our_rules_and_loads_no_address() -> None:
    hecho = subprocess.run(
        [sys.executable, "-c", PROGRAMA],
        cwd=BASE,
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "settings.test"},
        capture_output=True,
        text=True,
    )
    assert hecho.stdout == "('ece',) [] True\n", hecho.stderr
