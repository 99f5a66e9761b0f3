"""Proving again who signs: the confidential key, the employee's number, and the second factor.

Asked at each signature, of whoever has them: a password alone where there is nothing more.
"""

from dataclasses import dataclass
from uuid import UUID

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from ece.identidad import confianza, cuentas
from ece.identidad.services import codigos
from ece.web.cuenta import sesion


class NoComprobado(Exception):
    """Says, in words, what does not match: the same for a password and for a number."""


@dataclass(frozen=True, slots=True)
class Pedido:
    """What somebody is asked for besides their password."""

    numero: bool
    codigo: bool
    llave: bool


def pedido(usuario_id: UUID) -> Pedido:
    """What the person has, and so is asked for."""
    factores = cuentas.factores(usuario_id)
    return Pedido(
        numero=bool(confianza.firmante(usuario_id).numero_de_empleado),
        codigo=factores.generador,
        llave=bool(factores.llaves) and not factores.generador,
    )


def comprobar(request: HttpRequest, usuario_id: UUID) -> tuple[str, ...]:
    """How the signed-in person proved who they are, with what this form brings.

    Raises `NoComprobado`.
    """
    que = pedido(usuario_id)
    metodo = ["contrasena"]
    if not sesion.contrasena_correcta(request, request.POST.get("contrasena", "")):
        raise NoComprobado(_("La contraseña o el número de empleado no son correctos."))
    if que.numero:
        dicho = request.POST.get("numero_de_empleado", "").strip()
        if dicho != confianza.firmante(usuario_id).numero_de_empleado:
            raise NoComprobado(_("La contraseña o el número de empleado no son correctos."))
        metodo.append("empleado")
    if que.codigo:
        try:
            dicho = request.POST.get("segundo_factor", "")
            codigos.verificar(usuario_id=usuario_id, codigo=dicho, ahora=timezone.now())
        except codigos.CodigoIncorrecto as error:
            raise NoComprobado(_("El código no es correcto o ya se usó.")) from error
        metodo.append("codigo")
    elif que.llave:
        if not sesion.confirmada_con_llave(request):
            raise NoComprobado(_("Confirme antes con su llave de acceso, en «Mi cuenta»."))
        metodo.append("llave")
    return tuple(metodo)
