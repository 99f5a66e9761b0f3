"""The people of the institution: inviting them, giving them posts, and letting them go."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from ece.identidad import cuentas
from ece.identidad.services import asignaciones, personas
from ece.nucleo.acceso import Alcance
from ece.nucleo.roles import Permiso
from ece.web.cuenta import forms
from ece.web.cuenta.palabras import ESTADOS, ROLES
from ece.web.cuenta.propia import nombrados
from ece.web.guardas import con_alcance, con_identidad_reciente, publica

de_personas = con_alcance(Permiso.ASIGNACION_OTORGAR, motivo="personas")
de_autorizar = con_alcance(Permiso.ASIGNACION_AUTORIZAR, motivo="autorizaciones")


@de_personas
def lista(request: HttpRequest, alcance: Alcance) -> HttpResponse:
    form = forms.Invitacion(request.POST or None)
    ahora, enlace = timezone.now(), ""
    if form.is_valid():
        try:
            _id, secreto = personas.invitar(alcance, **form.cleaned_data, ahora=ahora)
        except personas.NombreOcupado:
            form.add_error("usuario", _("Ya hay alguien con ese usuario."))
        else:
            enlace, form = _enlace(request, secreto), forms.Invitacion()
    contexto = {
        "form": form,
        "enlace": enlace,
        "personas": [
            {
                "ficha": p,
                "estado": ESTADOS[p.estado],
                "roles": [ROLES.get(r, r) for r in p.roles],  # type: ignore[call-overload]
            }
            for p in cuentas.personas(ahora=ahora)
        ],
    }
    return render(request, "cuenta/personas.html", contexto, status=422 if form.errors else 200)


@de_personas
def persona(request: HttpRequest, alcance: Alcance, persona: UUID) -> HttpResponse:
    return _persona(request, persona, {})


def _persona(request: HttpRequest, id_: UUID, mas: dict[str, Any]) -> HttpResponse:
    ahora = timezone.now()
    ficha = cuentas.persona(id_, ahora=ahora)
    if ficha is None:
        raise Http404
    contexto = {
        "ficha": ficha,
        "estado": ESTADOS[ficha.estado],
        "puestos": nombrados(cuentas.puestos(id_, ahora=ahora)),
        "puesto": forms.Puesto(),
        "licencia": forms.Licencia(initial={"desde": timezone.localdate()}),
        "es_uno_mismo": request.user.pk == id_,
        **mas,
    }
    hay_errores = any(f.errors for f in (contexto["puesto"], contexto["licencia"]))
    return render(request, "cuenta/persona.html", contexto, status=422 if hay_errores else 200)


@de_personas
@con_identidad_reciente()
@require_POST
def otorgar(request: HttpRequest, alcance: Alcance, persona: UUID) -> HttpResponse:
    form = forms.Puesto(request.POST)
    if form.is_valid():
        try:
            asignaciones.otorgar(
                alcance, persona_id=persona, **form.cleaned_data, ahora=timezone.now()
            )
        except asignaciones.SinPlazo:
            form.add_error("hasta", _("Este puesto lleva plazo: diga hasta qué día."))
        except personas.UnoMismo:
            form.add_error(None, _("Nadie se da puestos a sí mismo: pídalo a otra persona."))
        except personas.PersonaInexistente as error:
            raise Http404 from error
        else:
            messages.success(request, _("Puesto registrado."))
            return redirect("cuenta:persona", persona)
    return _persona(request, persona, {"puesto": form})


@de_personas
@con_identidad_reciente()
@require_POST
def retirar(request: HttpRequest, alcance: Alcance, persona: UUID, puesto: UUID) -> HttpResponse:
    try:
        asignaciones.retirar(alcance, asignacion_id=puesto, ahora=timezone.now())
    except asignaciones.AsignacionInexistente as error:
        raise Http404 from error
    messages.success(request, _("Puesto terminado."))
    return redirect("cuenta:persona", persona)


@de_personas
@con_identidad_reciente()
@require_POST
def suspender(request: HttpRequest, alcance: Alcance, persona: UUID) -> HttpResponse:
    form = forms.Licencia(request.POST)
    if form.is_valid():
        try:
            personas.suspender(
                alcance, persona_id=persona, **form.cleaned_data, ahora=timezone.now()
            )
        except personas.UnoMismo:
            form.add_error(None, _("Nadie se hace esto a sí mismo: pídalo a otra persona."))
        except personas.PersonaInexistente as error:
            raise Http404 from error
        else:
            messages.success(request, _("Licencia registrada."))
            return redirect("cuenta:persona", persona)
    return _persona(request, persona, {"licencia": form})


@de_personas
@con_identidad_reciente()
@require_POST
def dar_de_baja(request: HttpRequest, alcance: Alcance, persona: UUID) -> HttpResponse:
    try:
        personas.dar_de_baja(alcance, persona_id=persona, ahora=timezone.now())
    except personas.UnoMismo:
        messages.error(request, _("Nadie se hace esto a sí mismo: pídalo a otra persona."))
    except personas.PersonaInexistente as error:
        raise Http404 from error
    else:
        messages.success(request, _("Baja registrada: sus sesiones se cerraron en este instante."))
    return redirect("cuenta:persona", persona)


@de_personas
@con_identidad_reciente()
@require_POST
def reinvitar(request: HttpRequest, alcance: Alcance, persona: UUID) -> HttpResponse:
    try:
        secreto = personas.reinvitar(alcance, persona_id=persona, ahora=timezone.now())
    except (personas.UnoMismo, personas.PersonaInexistente) as error:
        raise Http404 from error
    return _persona(request, persona, {"enlace": _enlace(request, secreto)})


@de_autorizar
def autorizaciones(request: HttpRequest, alcance: Alcance) -> HttpResponse:
    pendientes = nombrados(cuentas.por_autorizar(ahora=timezone.now()))
    return render(request, "cuenta/autorizaciones.html", {"puestos": pendientes})


@de_autorizar
@con_identidad_reciente()
@require_POST
def autorizar(request: HttpRequest, alcance: Alcance, puesto: UUID) -> HttpResponse:
    try:
        asignaciones.autorizar(alcance, asignacion_id=puesto, ahora=timezone.now())
    except personas.UnoMismo:
        messages.error(request, _("Lo autoriza otra persona: ni quien lo dio ni quien lo tendrá."))
    except asignaciones.AsignacionInexistente as error:
        raise Http404 from error
    else:
        messages.success(request, _("Puesto autorizado."))
    return redirect("cuenta:autorizaciones")


@publica
def invitacion(request: HttpRequest, secreto: str) -> HttpResponse:
    """Choose a password with the link of an invitation; says nothing of whom it is for."""
    if not personas.vigente(secreto=secreto, ahora=timezone.now()):
        return render(request, "cuenta/invitacion_vencida.html", status=410)
    form = forms.NuevaContrasena(request.POST or None)
    if form.is_valid():
        try:
            contrasena = form.cleaned_data["contrasena"]
            personas.aceptar(secreto=secreto, contrasena=contrasena, ahora=timezone.now())
        except personas.InvitacionInvalida:
            return render(request, "cuenta/invitacion_vencida.html", status=410)
        except ValidationError as debil:
            form.add_error("contrasena", debil)
        else:
            messages.success(request, _("Contraseña guardada. Ya puede entrar."))
            return redirect("cuenta:entrar")
    contexto = {"form": form}
    return render(request, "cuenta/invitacion.html", contexto, status=422 if form.errors else 200)


def _enlace(request: HttpRequest, secreto: str) -> str:
    return request.build_absolute_uri(reverse("cuenta:invitacion", args=[secreto]))
