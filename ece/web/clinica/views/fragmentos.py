"""The texts that whoever writes notes keeps at hand."""

from collections.abc import Callable
from functools import wraps
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from ece.identidad import selectors as identidad
from ece.identidad.services import fragmentos
from ece.nucleo.acceso import Actor
from ece.nucleo.roles import Permiso
from ece.web.clinica import forms
from ece.web.guardas import con_sesion


def _de_quien_escribe(vista: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """For whoever writes notes; a text that is not theirs is a 404."""

    @wraps(vista)
    def guardada(request: HttpRequest, actor: Actor, **kwargs: Any) -> HttpResponse:
        if Permiso.NOTA_REDACTAR not in actor.permisos:
            raise Http404(_("Su puesto no incluye esta página."))
        try:
            return vista(request, actor, **kwargs)
        except fragmentos.FragmentoInexistente as error:
            raise Http404 from error

    return con_sesion(guardada)


@_de_quien_escribe
def lista(request: HttpRequest, actor: Actor) -> HttpResponse:
    return _formulario(request, actor, None)


@_de_quien_escribe
def editar(request: HttpRequest, actor: Actor, fragmento: UUID) -> HttpResponse:
    propios = [f for f in identidad.fragmentos(actor) if f.propio]
    actual = next((f for f in propios if f.id == fragmento), None)
    if actual is None:
        raise Http404
    return _formulario(request, actor, actual)


def _formulario(
    request: HttpRequest, actor: Actor, actual: identidad.FichaFragmento | None
) -> HttpResponse:
    inicial = {}
    if actual:
        inicial = {
            "abreviatura": actual.abreviatura,
            "texto": actual.texto,
            "unidad_id": actual.unidad_id or "",
        }
    form = forms.Fragmento(request.POST or None, actor=actor, initial=inicial)
    if request.method == "POST" and form.is_valid():
        try:
            fragmentos.guardar(
                actor, **form.cleaned_data, fragmento_id=actual.id if actual else None
            )
        except fragmentos.AbreviaturaRepetida:
            form.add_error("abreviatura", _("Ya tiene un fragmento con esa abreviatura."))
        else:
            messages.success(request, _("Fragmento guardado."))
            return redirect("clinica:fragmentos")
    contexto = {"form": form, "actual": actual, "fragmentos": identidad.fragmentos(actor)}
    return render(request, "clinica/fragmentos.html", contexto, status=422 if form.errors else 200)


@_de_quien_escribe
@require_POST
def borrar(request: HttpRequest, actor: Actor, fragmento: UUID) -> HttpResponse:
    fragmentos.borrar(actor, fragmento_id=fragmento)
    messages.success(request, _("Fragmento borrado."))
    return redirect("clinica:fragmentos")
