"""Letters that name who will sign them with an e.firma, and those signatures."""

from typing import Any
from uuid import UUID

from django.utils import timezone

from ece.nucleo.acceso import Acceso
from registros.selectors import cartas as ver
from registros.services import cartas, firmas_de_cartas
from tests.elenco import AHORA
from tests.firma import autoridades as con
from tests.registros import cartas as escritas
from tests.registros import firmadas
from tests.registros.cartas import CURP_DE_ROSA, DE_ROSA, PACIENTE, TESTIGOS, XOCHITL


def preparada(acceso: Acceso) -> UUID:
    return escritas.preparada(acceso, unidad=next(iter(acceso.actor.unidades())))


def otorgada(acceso: Acceso, **cambios: Any) -> UUID:
    """By the patient, before two witnesses, one of whom said her CURP."""
    id_ = preparada(acceso)
    vista = ver.carta(acceso, carta_id=id_, ahora=AHORA)
    assert vista is not None
    dicho: dict[str, Any] = {"quien": PACIENTE, "testigos": (DE_ROSA, TESTIGOS[1]), **cambios}
    cartas.otorgar(
        acceso, carta_id=id_, huella=vista.huella, comprension="Sí", ahora=AHORA, **dicho
    )
    return id_


def de_xochitl() -> con.Persona:
    return firmadas.expedido(rfc="IAPX840517AB1", curp=XOCHITL.curp, cual=14)


def de_rosa() -> con.Persona:
    return firmadas.expedido(rfc="LUPR700101AB1", curp=CURP_DE_ROSA, cual=15)


def firmar(
    acceso: Acceso, carta: UUID, persona: con.Persona, clave: str = "decide", **cambios: Any
) -> None:
    """What the browser does, in Python; `cambios` are sent in place of what it would send."""
    preparado = firmas_de_cartas.preparar(
        acceso, carta_id=carta, clave=clave, certificado=persona.der, ahora=timezone.now()
    )
    argumentos: dict[str, Any] = {
        "carta_id": carta,
        "clave": clave,
        "certificado": persona.der,
        "momento": preparado.momento,
        "ahora": timezone.now(),
        **firmadas.firmas_de(preparado, persona),
        **cambios,
    }
    firmas_de_cartas.firmar(acceso, **argumentos)
