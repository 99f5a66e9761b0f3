"""Reading a PDF from anywhere in a process of its own, with little memory and little time.

A page that nobody signs in to takes files that may be made to exhaust whoever reads them.
"""

import base64
import json
import resource
import subprocess
import sys
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from ece.nucleo.firma import certificados
from ece.nucleo.firma.lectura import Confianza, SelloLeido

MEMORIA, SEGUNDOS = 1_500_000_000, 20
LARGO_DE_ADJUNTO = 2_000_000
RAIZ = Path(__file__).resolve().parents[3]


class Ilegible(Exception):
    """It is not a PDF, or could not be read within the limits."""


@dataclass(frozen=True, slots=True)
class Leido:
    sellos: list[SelloLeido]
    adjuntos: dict[str, bytes]


def leer(pdf: bytes, confianza: Confianza, *, nombres: list[str]) -> Leido:
    """The signatures of `pdf` and, if all hold, the embedded files of `nombres`.

    Raises `Ilegible`.
    """
    encabezado = json.dumps(
        {
            "autoridades": [_a_b64(certificados.a_der(c)) for c in confianza.autoridades],
            "listas": [_a_b64(una) for una in confianza.listas],
            "nombres": nombres,
        }
    ).encode()
    entrada = len(encabezado).to_bytes(4, "big") + encabezado + pdf
    try:
        proceso = subprocess.run(
            [sys.executable, "-m", "ece.nucleo.firma.aparte"],
            input=entrada,
            capture_output=True,
            timeout=SEGUNDOS + 10,
            cwd=RAIZ,
            check=True,
        )
        dicho = json.loads(proceso.stdout)
    except (subprocess.SubprocessError, ValueError) as error:
        raise Ilegible from error
    return Leido(
        [
            SelloLeido(
                vale=uno["vale"],
                titular=uno["titular"],
                certificado=_de_b64(uno["certificado"]),
                momento=datetime.fromisoformat(uno["momento"]) if uno["momento"] else None,
                motivo=uno["motivo"],
            )
            for uno in dicho["sellos"]
        ],
        {nombre: _de_b64(datos) for nombre, datos in dicho["adjuntos"].items()},
    )


def _principal() -> None:
    from ece.nucleo.firma import pades

    resource.setrlimit(resource.RLIMIT_AS, (MEMORIA, MEMORIA))
    resource.setrlimit(resource.RLIMIT_CPU, (SEGUNDOS, SEGUNDOS))
    entrada = sys.stdin.buffer.read()
    largo = int.from_bytes(entrada[:4], "big")
    pedido, pdf = json.loads(entrada[4 : 4 + largo]), entrada[4 + largo :]
    confianza = Confianza(
        tuple(certificados.leer(_de_b64(uno)) for uno in pedido["autoridades"]),
        tuple(_de_b64(una) for una in pedido["listas"]),
    )
    sellos = pades.leer(pdf, confianza)
    dentro: dict[str, bytes] = {}
    if sellos and all(uno.vale for uno in sellos):
        dentro = pades.adjuntos(pdf, pedido["nombres"], largo_maximo=LARGO_DE_ADJUNTO)
    salida = {
        "sellos": [
            {
                "vale": uno.vale,
                "titular": uno.titular,
                "certificado": _a_b64(uno.certificado),
                "momento": uno.momento.isoformat() if uno.momento else "",
                "motivo": uno.motivo,
            }
            for uno in sellos
        ],
        "adjuntos": {nombre: _a_b64(datos) for nombre, datos in dentro.items()},
    }
    sys.stdout.write(json.dumps(salida))


def _a_b64(datos: bytes) -> str:
    return base64.b64encode(datos).decode()


def _de_b64(texto: str) -> bytes:
    return base64.b64decode(texto)


if __name__ == "__main__":
    _principal()
