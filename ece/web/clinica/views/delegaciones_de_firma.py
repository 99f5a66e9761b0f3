"""Leaving one's signature to a colleague for a time, taking it back, and seeing who left theirs."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from ece.identidad import confianza
from ece.nucleo.acceso import Actor
from ece.nucleo.roles import Permiso
from ece.web import palabras_de_firma as palabras
from ece.web.clinica import forms
from ece.web.comprobacion import NoComprobado, comprobar, pedido
from ece.web.guardas import con_puesto
from registros.catalogos.firmables import TITULOS
from registros.selectors import delegaciones_de_firma as selectores
from registros.selectors.delegaciones_de_firma import Delegada
from registros.services import delegaciones_de_firma as servicio

AQUI = "clinica:delegaciones-de-firma"


@con_puesto(Permiso.DOCUMENTO_FIRMAR)
def delegaciones(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Both lists, and the form: what is sent is confirmed as a signature is."""
    ahora = timezone.now()
    form = forms.Delegacion(
        request.POST or None,
        colegas=selectores.colegas(actor, ahora=ahora),
        claves=selectores.delegables(actor),
    )
    error = ""
    if request.method == "POST" and form.is_valid():
        error = _delegar(request, actor, form)
        if not error:
            messages.success(request, _("Delegada y firmada. Se le avisará."))
            return redirect(AQUI)
    suyas = selectores.de_persona(actor, ahora=ahora)
    contexto = {
        "form": form,
        "error": error,
        "firma": pedido(actor.id),
        "hechas": [_vista(una, ahora) for una in suyas.hechas],
        "recibidas": [_vista(una, ahora) for una in suyas.recibidas],
    }
    estado = 422 if error or form.errors else 200
    return render(request, "clinica/delegaciones_de_firma.html", contexto, status=estado)


def _delegar(request: HttpRequest, actor: Actor, form: forms.Delegacion) -> str:
    """Delegate what the form says; or why not, in words."""
    ahora = timezone.now()
    desde, hasta = form.termino(ahora)
    try:
        servicio.delegar(
            actor,
            delegado_id=UUID(form.cleaned_data["delegado"]),
            documentos=form.cleaned_data["documentos"],
            desde=desde,
            hasta=hasta,
            motivo=form.cleaned_data["motivo"],
            metodo=comprobar(request, actor.id),
            ahora=ahora,
        )
    except NoComprobado as falla:
        return str(falla)
    except servicio.NoSeDelega as falla:
        cual = _(TITULOS[falla.documento]) if falla.documento else ""
        return ": ".join(filter(None, (cual, str(palabras.NEGATIVAS[falla.negativa]))))
    except servicio.TerminoInvalido:
        return _("Empieza hoy o después, y termina a lo más sesenta días después de empezar.")
    except servicio.SinMotivo:
        return _("Escriba por qué.")
    except confianza.SinCredencial:
        return _("La institución no tiene sello con que firmar.")
    return ""


@require_POST
def _revocar(request: HttpRequest, actor: Actor, delegacion: UUID) -> HttpResponse:
    try:
        servicio.revocar(actor, delegacion_id=delegacion, ahora=timezone.now())
        messages.success(request, _("Revocada. Desde ahora nadie firma con ella."))
    except servicio.DelegacionInexistente:
        messages.error(request, _("Esa delegación no es de usted, o ya terminó."))
    return redirect(AQUI)


revocar = con_puesto(Permiso.DOCUMENTO_FIRMAR)(_revocar)


def _vista(una: Delegada, ahora: Any) -> dict[str, Any]:
    return {
        "una": una,
        "documentos": [_(TITULOS.get(clave, clave)) for clave in una.documentos],
        "vigente": una.vigente(ahora),
        "terminada": una.terminada(ahora),
    }
