"""The day: who is waiting, who is being seen, what waits for me, and finding anybody else."""

from datetime import datetime, timedelta

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from consentimiento import decision
from ece.nucleo.acceso import Actor, Alcance
from ece.nucleo.roles import Permiso, Rol
from ece.web.guardas import con_alcance
from registros.selectors import agenda, delegaciones_de_firma, pacientes, pendientes
from registros.selectors.delegaciones_de_firma import Delegada
from registros.selectors.pendientes import NADA, Pendientes

PAGINAS_MAXIMAS = 10


@con_alcance(Permiso.PACIENTE_LISTAR, motivo="agenda")
def hoy(request: HttpRequest, alcance: Alcance) -> HttpResponse:
    actor = alcance.actor
    inicio = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
    unidades = sorted(actor.unidades(Rol.URGENCIAS, Rol.ENFERMERIA))
    contexto = {
        "agenda": [
            turno
            for turno in agenda.turnos(
                alcance,
                profesional=actor.id,
                desde=inicio,
                hasta=inicio + timedelta(days=1),
                ahora=timezone.now(),
            )
            if turno.paciente
        ],
        "en_atencion": pacientes.en_atencion(alcance, actor=actor.id, unidades=unidades),
        "fecha": inicio,
        "puede_registrar": Permiso.PACIENTE_REGISTRAR in actor.permisos,
        "ve_urgencias": Permiso.ESCALA_REGISTRAR in actor.permisos,
        "puede_atender": Permiso.ORDEN_ATENDER in actor.permisos,
        "puede_acusar": Permiso.RESULTADO_ACUSAR in actor.permisos,
        "pendientes": _pendientes(request, actor, timezone.now()),
        "atiende": Permiso.EXPEDIENTE_LEER in actor.permisos,
        "escribe": Permiso.NOTA_REDACTAR in actor.permisos,
        "firma_por": _firma_por(actor, timezone.now()),
    }
    return render(request, "clinica/hoy.html", contexto)


def _firma_por(actor: Actor, ahora: datetime) -> list[Delegada]:
    """The last to end of what each colleague left to `actor`, for now."""
    if Permiso.DOCUMENTO_FIRMAR not in actor.permisos:
        return []
    suyas = delegaciones_de_firma.de_persona(actor, ahora=ahora).recibidas
    vigentes = sorted((una for una in suyas if una.vigente(ahora)), key=lambda una: una.hasta)
    return [*{una.delegante: una for una in vigentes}.values()]


def _pendientes(request: HttpRequest, actor: Actor, ahora: datetime) -> Pendientes:
    """What waits for `actor`; each list as many pages long as the address asks."""
    if Permiso.EXPEDIENTE_LEER not in actor.permisos:
        return NADA
    paginas = {
        nombre: min(int(valor), PAGINAS_MAXIMAS)
        for nombre in ("borradores", "tareas", "resultados")
        if (valor := request.GET.get(nombre, "")).isdecimal() and int(valor) > 0
    }
    alcance = decision.alcanzar(actor, Permiso.EXPEDIENTE_LEER, motivo="pendientes", ahora=ahora)
    hallado = pendientes.hallar(alcance, ahora=ahora, paginas=paginas)
    if not hallado.pacientes:
        return NADA
    accesos = decision.abrir_pacientes(
        actor,
        hallado.pacientes,
        Permiso.EXPEDIENTE_LEER,
        ahora=ahora,
        detalle={"pagina": "clinica:hoy"},
    )
    return pendientes.abrir(alcance, accesos, hallado, ahora=ahora, paginas=paginas)


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
