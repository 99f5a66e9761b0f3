"""A patient's appointments: booked, moved, cancelled, received, attended, printed."""

from collections.abc import Callable
from itertools import groupby
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from ece.nucleo.acceso import Acceso
from ece.nucleo.roles import Permiso
from ece.web import impresos
from ece.web.clinica import forms, palabras, paneles
from ece.web.clinica.cartas import que_faltan
from ece.web.guardas import con_acceso
from ece.web.impresion import citas as impresion
from registros.catalogos.cartas import TipoDeCarta
from registros.selectors import agenda as selectores
from registros.selectors.agenda import CitaLeida
from registros.services import citas as servicios

DIAS = 7


@con_acceso(Permiso.CITA_PROGRAMAR)
def citas(request: HttpRequest, acceso: Acceso) -> HttpResponse:
    todas = [
        {"cita": una, "estado": palabras.ESTADOS_DE_CITA.get(una.estado, una.estado)}
        for una in selectores.de_paciente(acceso)
    ]
    contexto = {**paneles.cabecera_de(acceso), "citas": todas}
    return render(request, "clinica/citas.html", contexto)


@con_acceso(Permiso.CITA_PROGRAMAR)
def programar(request: HttpRequest, acceso: Acceso) -> HttpResponse:
    """The hours offered, and the form that takes one."""

    def hacer(form: forms.NuevaCita) -> None:
        servicios.programar(
            acceso,
            lugar=form.lugar(),
            motivo=form.cleaned_data["motivo"],
            procedimiento=form.cleaned_data["procedimiento"],
            ahora=timezone.now(),
        )

    return _elegir(request, acceso, hacer, titulo=_("Agendar cita"), hecho=_("Cita agendada."))


@con_acceso(Permiso.CITA_PROGRAMAR)
def reprogramar(request: HttpRequest, acceso: Acceso, cita: UUID) -> HttpResponse:
    """The same for an appointment that moves, or for who was waiting for one."""
    leida = _cita(acceso, cita)

    def hacer(form: forms.NuevaCita) -> None:
        servicios.reprogramar(acceso, cita_id=cita, lugar=form.lugar(), ahora=timezone.now())

    espera = leida.estado == "waitlist"
    return _elegir(
        request,
        acceso,
        hacer,
        titulo=_("Dar cita") if espera else _("Cambiar la cita"),
        hecho=_("Cita agendada.") if espera else _("Cita cambiada."),
        leida=leida,
    )


def _elegir(
    request: HttpRequest,
    acceso: Acceso,
    hacer: Callable[[forms.NuevaCita], None],
    *,
    titulo: str,
    hecho: str,
    leida: CitaLeida | None = None,
) -> HttpResponse:
    inicial = {}
    if leida is not None:
        inicial = {"unidad": str(leida.unidad_id or "")}
    filtro = forms.FiltroDeAgenda(request.GET, inicial=inicial)
    con_sobrecupo = "sobrecupo" in request.GET
    espacios = selectores.espacios(
        acceso,
        desde=filtro.dia,
        dias=DIAS,
        profesional=filtro.profesional_id,
        unidad=filtro.unidad_id,
        ahora=timezone.now(),
    )
    form = forms.NuevaCita(
        request.POST or None,
        espacios=espacios,
        con_sobrecupo=con_sobrecupo,
        con_motivo=leida is None,
        initial={"hueco": request.GET.get("hueco", "")},
    )
    faltan: list[TipoDeCarta] = []
    if request.method == "POST" and form.is_valid():
        try:
            hacer(form)
        except servicios.HuecoOcupado:
            form.add_error("hueco", _("Alguien acaba de tomar esa hora; elija otra."))
        except servicios.CitaEnOtroEstado:
            messages.error(request, _("Esa cita ya no se puede cambiar."))
            return redirect("clinica:citas", paciente=acceso.paciente)
        except servicios.FaltaConsentimiento as error:
            faltan = que_faltan(error.cartas)
        else:
            messages.success(request, hecho)
            return redirect("clinica:citas", paciente=acceso.paciente)
    jornadas = groupby(
        form.espacios.values(), key=lambda e: timezone.localtime(e.hueco.inicio).date()
    )
    contexto = {
        **paneles.cabecera_de(acceso),
        "titulo": titulo,
        "filtro": filtro,
        "form": form,
        "jornadas": [(dia, list(suyos)) for dia, suyos in jornadas],
        "con_sobrecupo": con_sobrecupo,
        "leida": leida,
        "faltan_cartas": faltan,
    }
    estado = 422 if form.errors or faltan else 200
    return render(request, "clinica/cita.html", contexto, status=estado)


@con_acceso(Permiso.CITA_PROGRAMAR)
def esperar(request: HttpRequest, acceso: Acceso) -> HttpResponse:
    form = forms.EnListaDeEspera(
        request.POST or None, initial={"unidad_id": request.GET.get("unidad", "")}
    )
    if request.method == "POST" and form.is_valid():
        servicios.esperar(acceso, **form.cleaned_data, ahora=timezone.now())
        messages.success(request, _("Está en la lista de espera."))
        return redirect("clinica:citas", paciente=acceso.paciente)
    contexto = {
        **paneles.cabecera_de(acceso),
        "form": form,
        "titulo": _("Lista de espera"),
        "boton": _("Poner en la lista de espera"),
    }
    return render(request, "clinica/formulario.html", contexto)


@con_acceso(Permiso.CITA_PROGRAMAR)
def cancelar(request: HttpRequest, acceso: Acceso, cita: UUID) -> HttpResponse:
    """What it frees is offered at once to whoever waits at the unit."""
    leida = _cita(acceso, cita)
    form = forms.Cancelacion(request.POST or None)
    if request.method == "POST" and form.is_valid():
        respuesta = _cambiar(
            request,
            acceso,
            lambda: servicios.cancelar(
                acceso, cita_id=cita, **form.cleaned_data, ahora=timezone.now()
            ),
            _("Cita cancelada."),
        )
        if not leida.por_ocurrir or leida.unidad_id is None:
            return respuesta
        dia = timezone.localtime(leida.inicio).date().isoformat()
        espera = f"unidad={leida.unidad_id}&fecha={dia}"
        return redirect(f"{reverse('clinica:espera')}?{espera}")
    contexto = {
        **paneles.cabecera_de(acceso),
        "form": form,
        "titulo": _("Cancelar cita"),
        "boton": _("Cancelar la cita"),
        "atras": _("No cancelarla"),
    }
    return render(request, "clinica/formulario.html", contexto)


@require_POST
def _recibir(request: HttpRequest, acceso: Acceso, cita: UUID) -> HttpResponse:
    return _cambiar(
        request,
        acceso,
        lambda: servicios.recibir(acceso, cita_id=cita, ahora=timezone.now()),
        _("Llegada anotada."),
    )


recibir = con_acceso(Permiso.CITA_PROGRAMAR)(_recibir)


@require_POST
def _faltar(request: HttpRequest, acceso: Acceso, cita: UUID) -> HttpResponse:
    return _cambiar(
        request,
        acceso,
        lambda: servicios.faltar(acceso, cita_id=cita, ahora=timezone.now()),
        _("Anotado: no llegó."),
    )


faltar = con_acceso(Permiso.CITA_PROGRAMAR)(_faltar)


@require_POST
def _atender(request: HttpRequest, acceso: Acceso, cita: UUID) -> HttpResponse:
    return _cambiar(
        request,
        acceso,
        lambda: servicios.atender(acceso, cita_id=cita, ahora=timezone.now()),
        _("Encuentro abierto."),
        destino="clinica:expediente",
    )


atender = con_acceso(Permiso.ENCUENTRO_ABRIR)(_atender)


@con_acceso(Permiso.CITA_PROGRAMAR)
def comprobante(request: HttpRequest, acceso: Acceso, cita: UUID) -> HttpResponse:
    """The slip that the patient takes away."""
    leida = _cita(acceso, cita)
    if leida.fin is None:
        raise Http404
    ahora = timezone.now()
    documento = impresion.pdf(acceso, leida, ahora=ahora)
    return impresos.pdf(request, acceso, documento, "cita", registros=[cita], ahora=ahora)


def _cambiar(
    request: HttpRequest,
    acceso: Acceso,
    hacer: Callable[[], Any],
    hecho: str,
    *,
    destino: str = "clinica:citas",
) -> HttpResponse:
    """Do it, say how it went, and return to where one came from, if that is the agenda."""
    try:
        hacer()
        messages.success(request, hecho)
    except servicios.CitaInexistente as error:
        raise Http404 from error
    except servicios.CitaFutura:
        messages.error(request, _("Todavía no es la hora de la cita."))
    except servicios.CitaEnOtroEstado:
        messages.error(request, _("La cita ya no está en ese estado."))
    if "vuelve" in request.POST and destino == "clinica:citas":
        # Only the query of the agenda comes from the form; the address is ours.
        return redirect(f"{reverse('clinica:agenda')}?{request.POST['vuelve']}")
    return redirect(destino, paciente=acceso.paciente)


def _cita(acceso: Acceso, cita_id: UUID) -> CitaLeida:
    leida = selectores.cita(acceso, cita_id=cita_id)
    if leida is None:
        raise Http404
    return leida
