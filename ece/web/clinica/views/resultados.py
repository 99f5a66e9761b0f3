"""Results: read beside what they were before, drawn over time, and answered."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from consentimiento.selectors import criticos as criticos_de
from ece.nucleo.acceso import Acceso, Actor, Alcance
from ece.nucleo.roles import Permiso
from ece.web.clinica import firmas as lectura_de_firmas
from ece.web.clinica import forms, graficas, paneles
from ece.web.guardas import con_acceso, con_alcance, con_sesion
from registros.selectors import documentos, etiquetas, resultados
from registros.selectors import tareas as selectores
from registros.services import tareas

DEJAR_DE_PREGUNTAR = 286
"""htmx's own status: whoever answers no results is asked no more by this page."""


@con_acceso(Permiso.EXPEDIENTE_LEER)
def informe(request: HttpRequest, acceso: Acceso, informe: UUID) -> HttpResponse:
    encontrado = resultados.informe(acceso, informe_id=informe)
    if encontrado is None:
        raise Http404
    contexto = {
        **paneles.cabecera_de(acceso),
        "informe": encontrado,
        "tareas": selectores.del_informe(acceso, informe_id=informe),
        **lectura_de_firmas.de(acceso, tipo="DiagnosticReport", id=informe),
        "imagenes": documentos.de_orden(acceso, orden_id=encontrado.orden),
        "etiquetas": etiquetas.de_recurso(acceso, encontrado.recurso),
    }
    return render(request, "clinica/informe.html", contexto)


@con_acceso(Permiso.EXPEDIENTE_LEER)
def serie(request: HttpRequest, acceso: Acceso, loinc: str) -> HttpResponse:
    """Everything measured under a LOINC code, drawn and in a table."""
    encontrada = resultados.serie(acceso, loinc=loinc)
    if encontrada is None:
        raise Http404
    contexto = {
        **paneles.cabecera_de(acceso),
        "serie": encontrada,
        "g": graficas.de_analito(encontrada),
    }
    return render(request, "clinica/serie.html", contexto)


@con_acceso(Permiso.RESULTADO_ACUSAR)
def tarea(request: HttpRequest, acceso: Acceso, tarea: UUID) -> HttpResponse:
    """Answer a result: what was done and, when it is critical, the value read back."""
    encontrada = selectores.tarea(acceso, tarea_id=tarea)
    if encontrada is None:
        raise Http404
    if encontrada.informe is None:  # what waits is a consent, not a result
        return redirect("clinica:consentimientos", acceso.paciente)
    criticos = encontrada.criticos if encontrada.critica else {}
    form = forms.Respuesta(request.POST or None, criticos=criticos)
    if request.method == "POST" and form.is_valid():
        try:
            tareas.responder(
                acceso,
                tarea_id=tarea,
                que_se_hizo=form.cleaned_data["que_se_hizo"],
                releidos=form.releidos(),
                ahora=timezone.now(),
            )
        except tareas.RelecturaDistinta as error:
            numero = form.criticos.index(error.nombre)
            form.add_error(
                f"releido_{numero}", _("No es el valor informado; vuelva a leerlo arriba.")
            )
        except tareas.TareaYaRespondida:
            messages.error(request, _("Alguien más ya lo respondió."))
            return redirect("clinica:informe", acceso.paciente, encontrada.informe)
        else:
            messages.success(request, _("Queda constancia de su respuesta."))
            return redirect("clinica:informe", acceso.paciente, encontrada.informe)
    contexto = {**paneles.cabecera_de(acceso), "tarea": encontrada, "form": form}
    return render(request, "clinica/tarea.html", contexto)


@con_alcance(Permiso.PACIENTE_LISTAR, motivo="resultados")
def pendientes(request: HttpRequest, alcance: Alcance) -> HttpResponse:
    contexto = {"pendientes": selectores.pendientes(alcance, ahora=timezone.now())}
    return render(request, "clinica/pendientes.html", contexto)


@con_sesion
def criticos(request: HttpRequest, actor: Actor) -> HttpResponse:
    """The notice that insists at the foot of every page of the desk: a count, and nobody's name."""
    if Permiso.RESULTADO_ACUSAR not in actor.permisos:
        return HttpResponse(status=DEJAR_DE_PREGUNTAR)
    cuenta = criticos_de.contar(actor, ahora=timezone.now())
    return render(request, "clinica/_criticos.html", {"criticos": cuenta})
