"""The day: who is waiting, who is being seen, and finding anybody else."""

from datetime import timedelta

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from ece.nucleo.acceso import Alcance
from ece.nucleo.roles import Permiso, Rol
from ece.web.guardas import con_alcance
from registros.selectors import pacientes


@con_alcance(Permiso.PACIENTE_LISTAR, motivo="agenda")
def hoy(request: HttpRequest, alcance: Alcance) -> HttpResponse:
    actor = alcance.actor
    inicio = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
    unidades = sorted(actor.unidades(Rol.URGENCIAS, Rol.ENFERMERIA))
    contexto = {
        "agenda": pacientes.del_dia(
            alcance, profesional=actor.id, desde=inicio, hasta=inicio + timedelta(days=1)
        ),
        "en_atencion": pacientes.en_atencion(alcance, actor=actor.id, unidades=unidades),
        "fecha": inicio,
        "puede_registrar": Permiso.PACIENTE_REGISTRAR in actor.permisos,
    }
    return render(request, "clinica/hoy.html", contexto)


@con_alcance(Permiso.PACIENTE_LISTAR, motivo="busqueda")
def buscar(request: HttpRequest, alcance: Alcance) -> HttpResponse:
    """The listbox under the search field."""
    texto = request.GET.get("q", "")[:80]
    encontrados = pacientes.buscar(alcance, texto=texto)
    contexto = {
        "encontrados": encontrados,
        "texto": texto,
        "puede_registrar": Permiso.PACIENTE_REGISTRAR in alcance.actor.permisos,
    }
    return render(request, "clinica/_encontrados.html", contexto)
