"""A session is one browser's, is confirmed now and then, and locks when nobody is there.

Kept in the session itself, so that a request costs no more queries; noted in the person's list of
sessions once in a while.
"""

import hashlib
import ipaddress
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.contrib.auth import authenticate, logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme

from auditoria.tipos import TipoDeEvento
from ece.identidad import cuentas
from ece.identidad.services import sesiones
from ece.nucleo.acceso import Actor

HUELLA, VISTA, CONFIRMADA = "_huella", "_vista", "_confirmada"
CON_LLAVE = "_con_llave"
BLOQUEADA, DEBE = "_bloqueada", "_debe_factor"
CADA = 30
"""Seconds between two notes of somebody's presence."""
CABECERA = "ECE-Bloqueo"
RECIENTE = 5
"""Minutes that a confirmation of who it is holds, unless a page asks for less."""


def huella(request: HttpRequest) -> str:
    """What a stolen cookie would not bring along: the browser and, if so set, its network."""
    partes = [request.META.get("HTTP_USER_AGENT", "")]
    if settings.ECE_SESION_LIGADA_A_LA_RED:
        direccion = ipaddress.ip_address(request.META.get("REMOTE_ADDR") or "::")
        largo = 24 if direccion.version == 4 else 48
        partes.append(str(ipaddress.ip_network(f"{direccion}/{largo}", strict=False)))
    return hashlib.sha256("\n".join(partes).encode()).hexdigest()


def al_entrar(sender: Any, request: HttpRequest, user: Any, **_: Any) -> None:
    """Bind the session that begins (a signal: every way of signing in passes here)."""
    ahora = timezone.now()
    if request.session.session_key is None:
        request.session.create()
    request.session[HUELLA] = huella(request)
    request.session[DEBE] = cuentas.debe_segundo_factor(user.pk)
    recordar(request)
    sesiones.abrir(
        usuario_id=user.pk,
        clave=str(request.session.session_key),
        origen=request.META.get("REMOTE_ADDR", ""),
        navegador=request.META.get("HTTP_USER_AGENT", ""),
        ahora=ahora,
    )


def al_salir(sender: Any, request: HttpRequest, user: Any, **_: Any) -> None:
    if request is not None and request.session.session_key:
        sesiones.terminar(clave=request.session.session_key)


def recordar(request: HttpRequest) -> None:
    """Who it is was just proved: the session is alive, open and confirmed."""
    segundo = int(timezone.now().timestamp())
    request.session[VISTA] = request.session[CONFIRMADA] = segundo
    request.session.pop(BLOQUEADA, None)


def bloquear(request: HttpRequest) -> None:
    """Lock the session until the same person proves who they are."""
    if not request.session.get(BLOQUEADA):
        request.session[BLOQUEADA] = True
        sesiones.asentar(TipoDeEvento.SESION_BLOQUEADA, quien(request), ahora=timezone.now())


def confirmada(request: HttpRequest, *, minutos: int = RECIENTE) -> bool:
    """Whether who it is was proved in the last `minutos`."""
    edad = timezone.now().timestamp() - request.session.get(CONFIRMADA, 0)
    return bool(0 <= edad < minutos * 60 + 1)


def recordar_llave(request: HttpRequest) -> None:
    """Who it is was just proved with a passkey."""
    request.session[CON_LLAVE] = int(timezone.now().timestamp())


def confirmada_con_llave(request: HttpRequest, *, minutos: int = RECIENTE) -> bool:
    """Whether it was proved with a passkey in the last `minutos`."""
    edad = timezone.now().timestamp() - request.session.get(CON_LLAVE, 0)
    return bool(0 <= edad < minutos * 60 + 1)


def contrasena_correcta(request: HttpRequest, contrasena: str) -> bool:
    """Whether it is the signed-in person's; tries are counted as those of the door."""
    nombre = request.user.get_username()
    return authenticate(request, username=nombre, password=contrasena) == request.user


def quien(request: HttpRequest) -> Actor:
    """The signed-in person, for events of their account: no posts are needed."""
    usuario: Any = request.user
    origen = request.META.get("REMOTE_ADDR", "")
    return Actor(id=usuario.pk, clase="persona", nombre=usuario.nombre, origen=origen)


def a_donde(request: HttpRequest) -> str:
    """Where to go on to, if it is an address of ours."""
    destino = request.POST.get("next") or request.GET.get("next") or "/"
    seguro = url_has_allowed_host_and_scheme(destino, allowed_hosts={request.get_host()})
    return destino if seguro else "/"


def con_regreso(request: HttpRequest, nombre: str) -> HttpResponse:
    """Send to a page of the account and back here: a form that was being sent is asked again.

    What a script asks for is told by its status: there is no page to go to.
    """
    if request.method == "GET":
        regreso = request.get_full_path()
    else:
        partes = urlsplit(request.META.get("HTTP_REFERER", ""))
        regreso = partes.path or "/"
    direccion = f"{reverse(nombre)}?{urlencode({'next': regreso})}"
    if request.headers.get("HX-Request"):
        return HttpResponse(status=401, headers={"HX-Redirect": direccion})
    return redirect(direccion)


class SesionLigada:
    """Ends the session of a stolen cookie, and serves nothing to a locked one."""

    def __init__(self, responder: Callable[[HttpRequest], HttpResponse]) -> None:
        self._responder = responder

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.user.is_authenticated:
            return self._responder(request)
        if request.session.get(HUELLA) != huella(request):
            ahora = timezone.now()
            sesiones.asentar(
                TipoDeEvento.SESION_CORTADA, quien(request), ahora=ahora, hecho=False, causa="robo"
            )
            logout(request)
            return self._responder(request)
        ocioso = timezone.now().timestamp() - request.session.get(VISTA, 0)
        if ocioso > settings.ECE_MINUTOS_DE_INACTIVIDAD * 60:
            bloquear(request)
        if request.session.get(BLOQUEADA):
            return self._cerrada(request)
        if ocioso >= CADA and not request.headers.get("ECE-Callado"):
            request.session[VISTA] = int(timezone.now().timestamp())
            sesiones.ver(clave=str(request.session.session_key), ahora=timezone.now())
        if request.session.get(DEBE) and not request.path_info.startswith("/cuenta/"):
            return con_regreso(request, "cuenta:inicio")
        return self._responder(request)

    def _cerrada(self, request: HttpRequest) -> HttpResponse:
        abiertas = ("desbloquear", "desbloquear-llave", "salir", "idioma", "bloquear")
        if request.path_info in {reverse(f"cuenta:{nombre}") for nombre in abiertas}:
            return self._responder(request)
        navega = request.headers.get("Sec-Fetch-Mode", "navigate") == "navigate"
        if request.headers.get("HX-Request") or not navega:
            return HttpResponse(status=401, headers={CABECERA: "1", "Cache-Control": "no-store"})
        return con_regreso(request, "cuenta:desbloquear")
