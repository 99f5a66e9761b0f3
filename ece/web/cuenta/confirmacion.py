"""Proving again who it is: before what weighs, and when somebody comes back to a locked screen."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from auditoria.tipos import TipoDeEvento
from ece.identidad import cuentas
from ece.identidad.services import codigos, llaves, sesiones
from ece.nucleo.acceso import Actor
from ece.web.cuenta import forms, retos
from ece.web.cuenta.sesion import a_donde, bloquear, contrasena_correcta, recordar, recordar_llave
from ece.web.guardas import con_sesion


def _asentar(request: HttpRequest, actor: Actor, con: str) -> None:
    recordar(request)
    sesiones.asentar(TipoDeEvento.SESION_CONFIRMADA, actor, ahora=timezone.now(), con=con)


def _pagina(plantilla: str) -> Callable[..., HttpResponse]:
    """A page that asks for the password of whoever is signed in, and goes on."""

    @con_sesion
    def vista(request: HttpRequest, actor: Actor) -> HttpResponse:
        en_guion = request.headers.get("Accept") == "application/json"
        form = forms.Confirmacion(request.POST or None)
        if form.is_valid():
            if contrasena_correcta(request, form.cleaned_data["contrasena"]):
                _asentar(request, actor, "contrasena")
                return HttpResponse(status=204) if en_guion else redirect(a_donde(request))
            form.add_error("contrasena", _("La contraseña no es correcta."))
        if en_guion and form.is_bound:
            return JsonResponse({"error": _("La contraseña no es correcta.")}, status=422)
        contexto = {
            "form": form,
            "next": a_donde(request),
            "factores": cuentas.factores(actor.id),
            "codigo": forms.Codigo(),
        }
        return render(request, plantilla, contexto, status=422 if form.errors else 200)

    return vista


confirmar = _pagina("cuenta/confirmar.html")
desbloquear = _pagina("cuenta/desbloquear.html")


@con_sesion
@require_POST
def confirmar_con_codigo(request: HttpRequest, actor: Actor) -> HttpResponse:
    form = forms.Codigo(request.POST)
    try:
        codigos.verificar(
            usuario_id=actor.id, codigo=form.data.get("codigo", ""), ahora=timezone.now()
        )
    except codigos.CodigoIncorrecto:
        form.add_error("codigo", _("El código no es correcto o ya se usó."))
        contexto = {
            "form": forms.Confirmacion(),
            "next": a_donde(request),
            "factores": cuentas.factores(actor.id),
            "codigo": form,
        }
        return render(request, "cuenta/confirmar.html", contexto, status=422)
    _asentar(request, actor, "codigo")
    return redirect(a_donde(request))


@con_sesion
@require_POST
def con_llave(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Prove it with one's own passkey (both to confirm and to unlock)."""
    try:
        dicho = retos.respuesta(request)
        if dicho is None:
            opciones, estado = llaves.pedir_uso(sitio=retos.sitio(request), usuario_id=actor.id)
            retos.guardar(request, estado)
            return JsonResponse(opciones)
        llaves.usar(
            sitio=retos.sitio(request),
            estado=retos.tomar(request),
            respuesta=dicho,
            ahora=timezone.now(),
            usuario_id=actor.id,
        )
    except llaves.LlaveRechazada:
        return JsonResponse({"error": _("Esa llave no abre aquí.")}, status=422)
    _asentar(request, actor, "llave")
    recordar_llave(request)
    return JsonResponse({"ir": a_donde(request)})


@con_sesion
@require_POST
def bloquear_pantalla(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Nobody is there, or whoever is leaves: lock."""
    bloquear(request)
    return HttpResponse(status=204)


@con_sesion
@require_POST
def presente(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Somebody is there and writes or reads, though nothing was asked of the server."""
    return HttpResponse(status=204)
