"""Privacy notices: written and published by the privacy officer, put before each patient."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from consentimiento.selectors import avisos as selectores
from consentimiento.selectors.avisos import AvisoVisto
from consentimiento.services import avisos
from ece.nucleo.acceso import Acceso, Alcance
from ece.nucleo.roles import Permiso
from ece.web.clinica import forms, paneles
from ece.web.guardas import con_acceso, con_alcance

_publicar_avisos = con_alcance(Permiso.AVISO_PUBLICAR, motivo="avisos")


@_publicar_avisos
def lista(request: HttpRequest, alcance: Alcance) -> HttpResponse:
    """Every version; by POST, the draft of the next one."""
    if request.method == "POST":
        try:
            id_ = avisos.redactar(alcance, ahora=timezone.now())
        except avisos.SinInstitucion:
            messages.error(request, _("Registre primero la institución."))
        else:
            return redirect("clinica:aviso", id_)
    return render(request, "avisos/lista.html", {"avisos": selectores.todos(alcance)})


@_publicar_avisos
def aviso(request: HttpRequest, alcance: Alcance, aviso: UUID) -> HttpResponse:
    """A draft to write, with both forms as they will be read; any other, only to read."""
    visto = _aviso(alcance, aviso)
    form = forms.Aviso(request.POST or None, aviso=visto) if visto.borrador else None
    if form is not None and request.method == "POST" and form.is_valid():
        avisos.guardar(alcance, aviso_id=aviso, contenido=form.cleaned_data, ahora=timezone.now())
        messages.success(request, _("Borrador guardado."))
        return redirect("clinica:aviso", aviso)
    return render(request, "avisos/aviso.html", {"aviso": visto, "form": form})


@require_POST
def _publicar(request: HttpRequest, alcance: Alcance, aviso: UUID) -> HttpResponse:
    try:
        avisos.publicar(alcance, aviso_id=aviso, ahora=timezone.now())
    except avisos.AvisoInexistente as error:
        raise Http404 from error
    except avisos.AvisoIncompleto as error:
        for fraccion in error.fracciones:
            dicho = _("Falta «%(titulo)s» (art. %(articulo)s).")
            messages.error(
                request, dicho % {"titulo": _(fraccion.titulo), "articulo": fraccion.articulo}
            )
        return redirect("clinica:aviso", aviso)
    messages.success(request, _("Aviso publicado."))
    return redirect("clinica:avisos")


publicar = _publicar_avisos(_publicar)


@con_acceso(Permiso.CONSENTIMIENTO_RECABAR)
def poner(request: HttpRequest, acceso: Acceso) -> HttpResponse:
    """The notice in force before this patient, and that it was."""
    vigente = selectores.publicado()
    form = forms.Entrega(request.POST or None)
    if request.method == "POST" and form.is_valid() and vigente is not None:
        avisos.entregar(acceso, **form.cleaned_data, ahora=timezone.now())
        messages.success(request, _("Consta que se puso a su disposición el aviso."))
        return redirect("clinica:consentimiento-nuevo", acceso.paciente, "datos-sensibles")
    contexto = {**paneles.cabecera_de(acceso), "aviso": vigente, "form": form}
    return render(request, "avisos/poner.html", contexto)


def _aviso(alcance: Alcance, aviso_id: UUID) -> AvisoVisto:
    visto = selectores.uno(alcance, aviso_id=aviso_id)
    if visto is None:
        raise Http404
    return visto
