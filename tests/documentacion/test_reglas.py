"""The table of who may see what, in the document, is the one that the decision reads."""

from pathlib import Path

from consentimiento.decision.reglas import AUTORIZACION, NEGATIVAS, REGLAS
from consentimiento.decision.terminos import Regla

SEGURIDAD = Path(__file__).resolve().parents[2] / "docs" / "security.md"


def renglon(regla: Regla) -> str:
    """A rule as a line: what lets in, whom, with which tie, what for, and what weighs on it."""
    roles = "any" if regla.roles is None else ", ".join(sorted(regla.roles))
    lazos = "none needed" if regla.relaciones is None else ", ".join(sorted(regla.relaciones))
    pesan = "no" if regla.exenta else "yes"
    motivo = ", stated" if regla.con_motivo else ""
    celdas = (
        *(f"`{regla.fundamento}`", regla.fuente, roles, lazos or "named by the person"),
        *(f"{regla.proposito}{motivo}", str(regla.necesidad), pesan),
    )
    return f"| {' | '.join(celdas)} |"


def test_every_rule_of_the_decision_is_in_the_document_as_it_is() -> None:
    texto = SEGURIDAD.read_text()
    _, _, seccion = texto.partition("### Quién puede ver qué\n")
    tabla = [linea for linea in seccion.split("\n### ")[0].split("\n") if linea.startswith("| `")]
    de_permiso = [renglon(regla) for regla in (*REGLAS, AUTORIZACION)]
    de_negativa = [f"| `{codigo}` | {fuente} |" for codigo, fuente in NEGATIVAS.items()]
    assert tabla == de_permiso + de_negativa
