"""Orders: asked for in the chart, attended from the work list of the service."""

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from ece.identidad.confianza import INFORME
from ece.nucleo.acceso import Acceso, Actor
from ece.nucleo.roles import Permiso
from ece.web.clinica import estados, forms, paneles
from ece.web.clinica import firmas as lectura_de_firmas
from ece.web.clinica.cartas import que_faltan
from ece.web.comprobacion import NoComprobado
from ece.web.guardas import con_acceso, con_lista, con_sesion
from registros.catalogos import estudios as catalogo
from registros.catalogos.cartas import TipoDeCarta
from registros.selectors import etiquetas, expediente, resultados
from registros.selectors import ordenes as selectores
from registros.selectors.ordenes import OrdenVista
from registros.services import ordenes
from registros.services import resultados as informes


@con_sesion
def estudios(request: HttpRequest, actor: Actor) -> HttpResponse:
    """The listbox under the field that looks for a study."""
    opciones = catalogo.buscar(request.GET.get("q", "")[:80])
    return render(request, "clinica/_estudios.html", {"opciones": opciones})


@con_acceso(Permiso.EXPEDIENTE_LEER)
def lista(request: HttpRequest, acceso: Acceso) -> HttpResponse:
    contexto = {**paneles.cabecera_de(acceso), "ordenes": selectores.de_paciente(acceso)}
    return render(request, "clinica/ordenes.html", contexto)


@con_acceso(Permiso.ORDEN_SOLICITAR)
def nueva(request: HttpRequest, acceso: Acceso) -> HttpResponse:
    form = forms.NuevaOrden(request.POST or None)
    faltan: list[TipoDeCarta] = []
    if request.method == "POST" and form.is_valid():
        abiertos = expediente.encuentros_abiertos(acceso)
        try:
            ordenes.solicitar(
                acceso,
                **form.cleaned_data,
                encuentro_id=abiertos[0].id if abiertos else None,
                ahora=timezone.now(),
            )
        except ordenes.FaltaConsentimiento as error:
            faltan = que_faltan(error.cartas)
        else:
            messages.success(request, _("Orden enviada al servicio."))
            return redirect("clinica:ordenes", paciente=acceso.paciente)
    contexto = {**paneles.cabecera_de(acceso), "form": form, "faltan_cartas": faltan}
    estado = 422 if faltan else 200
    return render(request, "clinica/orden_nueva.html", contexto, status=estado)


@con_acceso(Permiso.EXPEDIENTE_LEER)
def orden(request: HttpRequest, acceso: Acceso, orden: UUID) -> HttpResponse:
    vista = _orden(acceso, orden)
    contexto = {
        **paneles.cabecera_de(acceso),
        "orden": vista,
        "etiquetas": etiquetas.de_recurso(acceso, vista.recurso),
        "form": forms.Motivo(),
    }
    return render(request, "clinica/orden.html", contexto)


@require_POST
def _cancelar(request: HttpRequest, acceso: Acceso, orden: UUID) -> HttpResponse:
    form = forms.Motivo(request.POST)
    if not form.is_valid():
        messages.error(request, _("Escriba por qué se cancela."))
        return redirect("clinica:orden", paciente=acceso.paciente, orden=orden)
    try:
        ordenes.cancelar(acceso, orden_id=orden, **form.cleaned_data, ahora=timezone.now())
        messages.success(request, _("Orden cancelada."))
    except ordenes.OrdenInexistente as error:
        raise Http404 from error
    except ordenes.OrdenTerminada:
        messages.error(request, _("Esa orden ya había terminado."))
    return redirect("clinica:orden", paciente=acceso.paciente, orden=orden)


cancelar = con_acceso(Permiso.ORDEN_SOLICITAR)(_cancelar)


@con_lista(Permiso.ORDEN_ATENDER, motivo="servicio", pacientes=selectores.pacientes_en_servicio)
def servicio(request: HttpRequest, accesos: Mapping[UUID, Acceso]) -> HttpResponse:
    """What is to be done, for whoever does it: filtered by service and by how far it has come."""
    cual, avance = request.GET.get("servicio", ""), request.GET.get("avance", "")
    contexto = {
        "trabajos": selectores.en_servicio(accesos, servicio=cual, avance=avance),
        "servicio": cual,
        "avance": avance,
        "servicios": [("", _("Todos")), *((s.value, _(n)) for s, n in catalogo.SERVICIOS.items())],
        "avances": [("", _("Todas")), *estados.POR_ATENDER],
    }
    return render(request, "clinica/servicio.html", contexto)


@con_acceso(Permiso.ORDEN_ATENDER)
def atender(request: HttpRequest, acceso: Acceso, orden: UUID) -> HttpResponse:
    """An order in its service: take the specimen, work on it, report it, or say why not."""
    vista = _orden(acceso, orden)
    form, motivo = _formulario(request, acceso, vista), forms.Motivo()
    accion, error_de_firma = request.POST.get("accion", ""), ""
    try:
        if accion in ("tomar", "procesar"):
            getattr(ordenes, accion)(acceso, orden_id=orden, ahora=timezone.now())
            messages.success(request, _("Registrado."))
            return redirect("clinica:atender", paciente=acceso.paciente, orden=orden)
        if accion == "rechazar":
            motivo = forms.Motivo(request.POST)
            if motivo.is_valid():
                ordenes.rechazar(
                    acceso, orden_id=orden, **motivo.cleaned_data, ahora=timezone.now()
                )
                messages.success(request, _("Orden rechazada; quien la pidió verá el motivo."))
                return redirect("clinica:servicio")
        if accion in ("preliminar", "definitivo") and form.is_valid():
            informes.informar(
                acceso,
                orden_id=orden,
                valores=form.valores(),
                conclusion=form.cleaned_data["conclusion"],
                incidentes=form.cleaned_data["incidentes"],
                definitivo=accion == "definitivo",
                ahora=timezone.now(),
                metodo=lectura_de_firmas.al_momento(request, acceso, INFORME),
            )
            messages.success(request, _("Informe enviado a quien lo solicitó."))
            return redirect("clinica:servicio")
    except NoComprobado as error:
        error_de_firma = str(error)
    except ordenes.OrdenTerminada:
        messages.error(request, _("Esa orden ya había terminado."))
        return redirect("clinica:servicio")
    contexto = {
        **paneles.cabecera_de(acceso),
        "orden": vista,
        "form": form,
        "motivo": motivo,
        **lectura_de_firmas.se_pide(acceso, INFORME),
        "error_de_firma": error_de_firma,
    }
    estado = 422 if error_de_firma else 200
    return render(request, "clinica/atender.html", contexto, status=estado)


def _orden(acceso: Acceso, orden_id: UUID) -> OrdenVista:
    encontrada = selectores.orden(acceso, orden_id=orden_id)
    if encontrada is None:
        raise Http404
    return encontrada


def _formulario(request: HttpRequest, acceso: Acceso, orden: OrdenVista) -> forms.InformeDeEstudio:
    """The report's form, with what it said before where there is something to correct."""
    previos: dict[str, Any] = {}
    if orden.informe is not None:
        previos |= resultados.valores_de(acceso, informe_id=orden.informe)
        previos |= resultados.textos_de(acceso, informe_id=orden.informe)
    quien, _recurso, _version = expediente.identidad(acceso)
    informa = request.POST.get("accion") in ("preliminar", "definitivo")
    return forms.InformeDeEstudio(
        request.POST if informa else None,
        estudio=orden.estudio,
        sexo=quien.sexo,
        edad_dias=_dias(quien.nacimiento),
        previos=previos,
    )


def _dias(nacimiento: date | None) -> int | None:
    return None if nacimiento is None else (timezone.localdate() - nacimiento).days
