"""The door: a passkey; or a password and, where there is one, a second factor."""

from typing import Any
from uuid import UUID

from django.contrib.auth import login
from django.contrib.auth.backends import ModelBackend
from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.views import LoginView, redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from ece.identidad import cuentas
from ece.identidad.services import codigos, llaves
from ece.web.cuenta import forms, retos
from ece.web.cuenta.sesion import a_donde
from ece.web.guardas import publica

PENDIENTE = "_pendiente"
MINUTOS = 5
RESPALDO = "django.contrib.auth.backends.ModelBackend"


class Entrar(LoginView):
    template_name = "cuenta/entrar.html"
    redirect_authenticated_user = True

    def form_valid(self, form: AuthenticationForm) -> HttpResponse:
        usuario: Any = form.get_user()
        if not cuentas.factores(usuario.pk).generador:
            return super().form_valid(form)
        self.request.session[PENDIENTE] = [str(usuario.pk), int(timezone.now().timestamp())]
        destino = urlencode({"next": self.get_redirect_url() or "/"})
        return redirect(f"{reverse('cuenta:segundo-paso')}?{destino}")


@publica
def de_administrar(request: HttpRequest, extra_context: object = None) -> HttpResponse:
    """The administration has no door of its own: it would be one without second factors."""
    if request.user.is_authenticated:
        raise Http404
    return redirect_to_login(a_donde(request))


def _pendiente(request: HttpRequest) -> UUID | None:
    """Who gave their password in the last minutes."""
    clave, desde = request.session.get(PENDIENTE, ("", 0))
    vivo = timezone.now().timestamp() - desde < MINUTOS * 60
    return UUID(clave) if clave and vivo else None


@publica
def segundo_paso(request: HttpRequest) -> HttpResponse:
    """The code of the generator, or one of recovery, of whoever gave the password just now."""
    usuario_id = _pendiente(request)
    if usuario_id is None:
        return redirect("cuenta:entrar")
    form = forms.Codigo(request.POST or None)
    if form.is_valid():
        try:
            verificar_codigo(usuario_id, form.cleaned_data["codigo"])
        except codigos.CodigoIncorrecto:
            form.add_error("codigo", _("El código no es correcto o ya se usó."))
        else:
            del request.session[PENDIENTE]
            usuario = ModelBackend().get_user(usuario_id)
            if usuario is None:  # dismissed meanwhile
                return redirect("cuenta:entrar")
            login(request, usuario, backend=RESPALDO)
            return redirect(a_donde(request))
    contexto = {"form": form, "next": a_donde(request)}
    return render(request, "cuenta/segundo_paso.html", contexto, status=422 if form.errors else 200)


def verificar_codigo(usuario_id: UUID, codigo: str) -> None:
    """A code of the generator (six digits) or of recovery. Raises `CodigoIncorrecto`."""
    ahora, limpio = timezone.now(), "".join(codigo.split())
    if limpio.isdigit():
        codigos.verificar(usuario_id=usuario_id, codigo=limpio, ahora=ahora)
    else:
        codigos.recuperar(usuario_id=usuario_id, codigo=codigo, ahora=ahora)


@publica
@require_POST
def con_llave(request: HttpRequest) -> HttpResponse:
    """Sign in with a passkey alone: the device verified the person."""
    try:
        dicho = retos.respuesta(request)
        if dicho is None:
            opciones, estado = llaves.pedir_uso(sitio=retos.sitio(request))
            retos.guardar(request, estado)
            return JsonResponse(opciones)
        usuario = llaves.usar(
            sitio=retos.sitio(request),
            estado=retos.tomar(request),
            respuesta=dicho,
            ahora=timezone.now(),
        )
    except llaves.LlaveRechazada:
        return JsonResponse({"error": _("Esa llave no abre aquí.")}, status=422)
    login(request, usuario, backend=RESPALDO)
    return JsonResponse({"ir": a_donde(request)})
