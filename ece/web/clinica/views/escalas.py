"""Clinical scales, all by one page; and the board of urgencias, which reads one of them."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from consentimiento import decision
from ece.nucleo.acceso import Acceso, Alcance
from ece.nucleo.roles import Permiso, Rol
from ece.web.clinica import forms, graficas, paneles
from ece.web.guardas import con_acceso, con_alcance
from registros.catalogos.escalas import ESCALAS
from registros.selectors import escalas as selectores
from registros.selectors import pacientes
from registros.services import escalas as servicios


@con_acceso(Permiso.EXPEDIENTE_LEER)
def escalas(request: HttpRequest, acceso: Acceso) -> HttpResponse:
    contexto = {
        **paneles.cabecera_de(acceso),
        "escalas": selectores.ultimas(acceso),
        "aqui": "escalas",
    }
    return render(request, "clinica/escalas.html", contexto)


def escala(request: HttpRequest, paciente: UUID, escala: str) -> HttpResponse:
    """One scale: its questions, what was answered before, its trend."""
    if escala not in ESCALAS:
        raise Http404
    guarda = con_acceso(Permiso.EXPEDIENTE_LEER, al_escribir=ESCALAS[escala].permiso)
    return guarda(_escala)(request, paciente=paciente, escala=escala)


escala.guarda = "acceso:<de la escala>"  # type: ignore[attr-defined]


def _escala(request: HttpRequest, acceso: Acceso, escala: str) -> HttpResponse:
    descripcion = ESCALAS[escala]
    form = forms.AplicarEscala(request.POST or None, escala=descripcion)
    if request.method == "POST" and form.is_valid():
        servicios.registrar(
            acceso,
            escala=escala,
            respuestas=form.respuestas(),
            banderas=form.banderas(),
            encuentro_id=paneles.encuentro_de(acceso),
            ahora=timezone.now(),
        )
        messages.success(request, _("%(escala)s: registrada.") % {"escala": _(descripcion.nombre)})
        return redirect("clinica:escala", paciente=acceso.paciente, escala=escala)
    historial = selectores.historial(acceso, escala=escala)
    contexto = {
        **paneles.cabecera_de(acceso),
        "form": form,
        "escala": descripcion,
        "historial": historial,
        "graficas": graficas.de_series([selectores.serie(descripcion, historial)])
        if len(historial) > 1
        else [],
        "puede_aplicar": descripcion.permiso in acceso.permisos,
        "aqui": "escalas",
    }
    return render(request, "clinica/escala.html", contexto)


@con_alcance(Permiso.PACIENTE_LISTAR, motivo="agenda")
def urgencias(request: HttpRequest, alcance: Alcance) -> HttpResponse:
    """Who waits in urgencias, the most urgent first; what the day's page loads into itself."""
    actor, ahora = alcance.actor, timezone.now()
    turnos = pacientes.en_atencion(
        alcance, actor=actor.id, unidades=sorted(actor.unidades(Rol.URGENCIAS, Rol.ENFERMERIA))
    )
    accesos = decision.abrir_pacientes(
        actor,
        [turno.paciente.id for turno in turnos],
        Permiso.EXPEDIENTE_LEER,
        ahora=ahora,
        detalle={"pagina": "clinica:urgencias"},
    )
    contexto = {
        "espera": selectores.en_espera(accesos, turnos=turnos, ahora=ahora),
        "ahora": ahora,
        "puede_clasificar": Permiso.TRIAGE_CLASIFICAR in actor.permisos,
    }
    return render(request, "clinica/urgencias.html", contexto)
