"""The signatures of a prescription or a report: as its page shows them, and as its form asks."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest
from django.utils import timezone

from ece.identidad import confianza
from ece.identidad.confianza import Uso
from ece.nucleo.acceso import Acceso
from ece.web import palabras_de_firma as palabras
from ece.web.comprobacion import comprobar, pedido
from registros.selectors import firmas, por_firmar


def de(acceso: Acceso, *, tipo: str, id: UUID) -> dict[str, Any]:
    """Each, verified; and at which level the reader's own is asked, if it is."""
    return {
        "electronicas": palabras.dichas(firmas.de_documento(acceso, tipo=tipo, id=id)),
        "espera_su_firma": por_firmar.espera(acceso, documento=id, ahora=timezone.now()),
    }


def se_pide(acceso: Acceso, clave: str) -> dict[str, Any]:
    """Whether the form of what is signed under `clave` asks for the password, and what besides."""
    pide = confianza.regla(clave).institucional and confianza.hay_credencial(Uso.SELLO)
    return {"pide_firma": pide, "firma": pedido(acceso.actor.id) if pide else None}


def al_momento(request: HttpRequest, acceso: Acceso, clave: str) -> tuple[str, ...]:
    """How who sends the form proved who they are, where its rule asks it and they did not leave it
    for later. Raises `NoComprobado`."""
    pide = se_pide(acceso, clave)["pide_firma"] and request.POST.get("contrasena")
    return comprobar(request, acceso.actor.id) if pide else ()
