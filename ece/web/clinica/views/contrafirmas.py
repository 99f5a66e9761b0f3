"""Answering for a note of somebody in training: countersigned with a password, or returned."""

from collections.abc import Callable
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from ece.nucleo.acceso import Acceso
from ece.nucleo.roles import Permiso
from ece.web.clinica import forms
from ece.web.comprobacion import NoComprobado, comprobar
from ece.web.guardas import con_acceso
from registros.services import contrafirmas, notas


@require_POST
def _contrafirmar(request: HttpRequest, acceso: Acceso, nota: UUID) -> HttpResponse:
    try:
        metodo = comprobar(request, acceso.actor.id)
    except NoComprobado as error:
        messages.error(request, _("%(por_que)s La nota sigue en espera.") % {"por_que": error})
        return redirect("clinica:nota", paciente=acceso.paciente, nota=nota)
    return _responder(
        request,
        acceso,
        nota,
        lambda: contrafirmas.contrafirmar(
            acceso, nota_id=nota, ahora=timezone.now(), metodo=metodo
        ),
        _("Nota contrafirmada. Ya no se puede cambiar."),
    )


contrafirmar = con_acceso(Permiso.NOTA_CONTRAFIRMAR)(_contrafirmar)


@require_POST
def _devolver(request: HttpRequest, acceso: Acceso, nota: UUID) -> HttpResponse:
    form = forms.Devolucion(request.POST)
    if not form.is_valid():
        messages.error(request, _("Escriba qué debe corregirse."))
        return redirect("clinica:nota", paciente=acceso.paciente, nota=nota)
    return _responder(
        request,
        acceso,
        nota,
        lambda: contrafirmas.devolver(
            acceso, nota_id=nota, **form.cleaned_data, ahora=timezone.now()
        ),
        _("Nota devuelta a quien la escribió."),
    )


devolver = con_acceso(Permiso.NOTA_CONTRAFIRMAR)(_devolver)


def _responder(
    request: HttpRequest, acceso: Acceso, nota: UUID, hacer: Callable[[], object], hecho: str
) -> HttpResponse:
    """Do what answers for the note, and say `hecho` or why not."""
    try:
        hacer()
    except (contrafirmas.AutorDeLaNota, notas.RolSinEstaNota) as error:
        raise PermissionDenied from error
    except notas.NotaInexistente as error:
        raise Http404 from error
    except contrafirmas.NadaQueContrafirmar:
        messages.error(request, _("La nota ya no espera contrafirma."))
    else:
        messages.success(request, hecho)
    return redirect("clinica:nota", paciente=acceso.paciente, nota=nota)
