"""The front door: everybody to their own place."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from ece.nucleo.acceso import Actor
from ece.nucleo.roles import Permiso
from ece.web.guardas import con_sesion


@con_sesion
def inicio(request: HttpRequest, actor: Actor) -> HttpResponse:
    if Permiso.PACIENTE_LISTAR in actor.permisos:
        return redirect("clinica:hoy")
    if Permiso.CALIDAD_EVALUAR in actor.permisos:
        return redirect("clinica:calidad")
    if Permiso.ARCO_ATENDER in actor.permisos:
        return redirect("clinica:privacidad")
    if Permiso.CONVENIO_GOBERNAR in actor.permisos:
        return redirect("clinica:convenios")
    if getattr(request.user, "is_staff", False):
        return redirect("admin:index")
    if Permiso.ASIGNACION_OTORGAR in actor.permisos:
        return redirect("cuenta:personas")
    if Permiso.MENSAJE_ATENDER in actor.permisos:
        return redirect("bandeja:bandeja")
    if Permiso.ASIGNACION_AUTORIZAR in actor.permisos:
        return redirect("cuenta:autorizaciones")
    return redirect("portal:inicio")
