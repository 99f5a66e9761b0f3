"""One's own account: what one signs in with, where one is signed in, which posts one holds."""

from uuid import UUID

import segno
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from ece.identidad import cuentas
from ece.identidad.services import codigos, llaves, sesiones
from ece.nucleo.acceso import Actor
from ece.web.cuenta import forms, palabras, retos
from ece.web.cuenta.sesion import DEBE
from ece.web.guardas import con_identidad_reciente, con_sesion


@con_sesion
def inicio(request: HttpRequest, actor: Actor) -> HttpResponse:
    ahora, clave = timezone.now(), str(request.session.session_key)
    contexto = {
        "factores": cuentas.factores(actor.id),
        "sesiones": [
            {"ficha": s, "navegador": palabras.navegador(s.navegador)}
            for s in cuentas.sesiones(actor.id, clave=clave)
        ],
        "puestos": nombrados(cuentas.puestos(actor.id, ahora=ahora)),
        "debe": request.session.get(DEBE, False),
    }
    return render(request, "cuenta/inicio.html", contexto)


def nombrados(puestos: list[cuentas.FichaPuesto]) -> list[dict[str, object]]:
    """Posts with their names and states in words."""
    return [
        {"ficha": p, "rol": palabras.ROLES.get(p.rol, p.rol), "estado": palabras.ESTADOS[p.estado]}  # type: ignore[call-overload]
        for p in puestos
    ]


@con_sesion
@con_identidad_reciente()
@require_POST
def llave_nueva(request: HttpRequest, actor: Actor) -> HttpResponse:
    try:
        dicho = retos.respuesta(request)
        if dicho is None:
            opciones, estado = llaves.pedir_registro(actor, sitio=retos.sitio(request))
            retos.guardar(request, estado)
            return JsonResponse(opciones)
        llaves.registrar(
            actor,
            sitio=retos.sitio(request),
            estado=retos.tomar(request),
            respuesta=dicho,
            nombre=palabras.navegador(request.META.get("HTTP_USER_AGENT", "")),
            ahora=timezone.now(),
        )
    except llaves.LlaveRechazada:
        return JsonResponse({"error": _("No se pudo guardar la llave.")}, status=422)
    request.session[DEBE] = False
    messages.success(request, _("Llave de acceso guardada: la próxima vez entre con ella."))
    return JsonResponse({"ir": ""})


@con_sesion
@con_identidad_reciente()
@require_POST
def llave_quitar(request: HttpRequest, actor: Actor, llave: UUID) -> HttpResponse:
    llaves.retirar(actor, llave_id=llave, ahora=timezone.now())
    return _de_vuelta(request, actor, _("Llave de acceso quitada."))


@con_sesion
@con_identidad_reciente()
def generador(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Show the seed as a QR code and as text, and take the first code."""
    if cuentas.factores(actor.id).generador:
        return redirect("cuenta:inicio")
    form = forms.Codigo(request.POST or None)
    if form.is_valid():
        try:
            codigos.confirmar(actor, codigo=form.cleaned_data["codigo"], ahora=timezone.now())
        except codigos.CodigoIncorrecto:
            form.add_error("codigo", _("El código no es el de ahora: espere al siguiente."))
        else:
            request.session[DEBE] = False
            messages.success(request, _("Listo: al entrar se le pedirá un código."))
            return redirect("cuenta:inicio")
    clave, direccion = codigos.empezar(actor)
    contexto = {
        "form": form,
        "clave": " ".join(clave[i : i + 4] for i in range(0, len(clave), 4)),
        "qr": segno.make(direccion, error="m").svg_data_uri(scale=5, border=4, light="#fff"),
    }
    return render(request, "cuenta/generador.html", contexto, status=422 if form.errors else 200)


@con_sesion
@con_identidad_reciente()
@require_POST
def generador_quitar(request: HttpRequest, actor: Actor) -> HttpResponse:
    codigos.retirar(actor, ahora=timezone.now())
    return _de_vuelta(request, actor, _("Generador de códigos quitado."))


@con_sesion
@con_identidad_reciente()
@require_POST
def recuperacion(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Ten codes, shown this once."""
    nuevos = codigos.generar_recuperacion(actor, ahora=timezone.now())
    respuesta = render(request, "cuenta/recuperacion.html", {"codigos": nuevos})
    respuesta["Cache-Control"] = "no-store"
    return respuesta


@con_sesion
@require_POST
def sesion_cerrar(request: HttpRequest, actor: Actor, sesion: UUID) -> HttpResponse:
    sesiones.cerrar(actor, sesion_id=sesion, ahora=timezone.now())
    messages.success(request, _("Sesión cerrada."))
    return redirect("cuenta:inicio")


@con_sesion
@require_POST
def sesiones_cerrar(request: HttpRequest, actor: Actor) -> HttpResponse:
    clave = str(request.session.session_key)
    sesiones.cerrar_las_demas(actor, clave=clave, ahora=timezone.now())
    messages.success(request, _("Se cerraron todas las demás sesiones."))
    return redirect("cuenta:inicio")


def _de_vuelta(request: HttpRequest, actor: Actor, mensaje: str) -> HttpResponse:
    request.session[DEBE] = cuentas.debe_segundo_factor(actor.id)
    messages.success(request, mensaje)
    return redirect("cuenta:inicio")
