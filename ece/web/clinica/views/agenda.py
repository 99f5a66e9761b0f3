"""The agenda of whoever receives: the day that moves by itself, the week, and who waits."""

from datetime import date, datetime, time, timedelta
from itertools import groupby
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from ece.nucleo.acceso import Alcance
from ece.nucleo.roles import Permiso
from ece.web.clinica import forms, palabras
from ece.web.guardas import con_alcance
from registros.selectors import agenda as selectores
from registros.selectors import pacientes
from registros.selectors.agenda import Situacion

SEMANA = 7
TONOS = {Situacion.LLEGO: "aviso", Situacion.NO_LLEGO: "alerta"}
"""How the states that ask for somebody's attention are coloured."""


@con_alcance(Permiso.PACIENTE_LISTAR, motivo="agenda")
def agenda(request: HttpRequest, alcance: Alcance) -> HttpResponse:
    """The day, or the week, of a professional: the reader's own unless another is asked for."""
    filtro = _filtro(request, alcance)
    semanal = request.GET.get("vista") == "semana"
    dia = filtro.dia - timedelta(days=filtro.dia.weekday()) if semanal else filtro.dia
    salto = timedelta(days=SEMANA if semanal else 1)
    contexto = {
        "filtro": filtro,
        "semanal": semanal,
        "dia": dia,
        "anterior": dia - salto,
        "siguiente": dia + salto,
        "jornadas": _jornadas(alcance, filtro, dia, SEMANA if semanal else 1),
        "profesional": filtro.profesional_id,
    }
    return render(request, "clinica/agenda.html", contexto)


@con_alcance(Permiso.PACIENTE_LISTAR, motivo="agenda")
def turnos(request: HttpRequest, alcance: Alcance) -> HttpResponse:
    """The day's list by itself, which the page asks for again and again."""
    filtro = _filtro(request, alcance)
    (jornada,) = _jornadas(alcance, filtro, filtro.dia, 1)
    return render(request, "clinica/_turnos.html", {"jornada": jornada})


@con_alcance(Permiso.PACIENTE_LISTAR, motivo="agenda")
def hueco(request: HttpRequest, alcance: Alcance) -> HttpResponse:
    """Who is a free hour for: finding the patient, then booking it."""
    texto = request.GET.get("q", "")[:80]
    contexto = {
        "filtro": _filtro(request, alcance),
        "hueco": request.GET.get("hueco", ""),
        "texto": texto,
        "encontrados": pacientes.buscar(alcance, texto=texto) if texto else [],
    }
    return render(request, "clinica/agenda_hueco.html", contexto)


@con_alcance(Permiso.PACIENTE_LISTAR, motivo="agenda")
def espera(request: HttpRequest, alcance: Alcance) -> HttpResponse:
    """Who waits for an appointment at a unit, beside the hours that are free there."""
    filtro = _filtro(request, alcance, profesional=False)
    unidad = filtro.unidad_id
    libres = []
    if unidad is not None:
        ahora = timezone.now()
        libres = [
            e.hueco
            for e in selectores.espacios(
                alcance, desde=filtro.dia, dias=SEMANA, unidad=unidad, ahora=ahora
            )
            if e.libre
        ]
    contexto = {
        "filtro": filtro,
        "en_espera": selectores.en_espera(alcance, unidad=unidad) if unidad else [],
        "libres": libres[:12],
    }
    return render(request, "clinica/agenda_espera.html", contexto)


def _filtro(
    request: HttpRequest, alcance: Alcance, *, profesional: bool = True
) -> forms.FiltroDeAgenda:
    inicial = {"fecha": timezone.localdate().isoformat()}
    unidades = sorted(alcance.actor.unidades())
    if unidades and not profesional:
        inicial["unidad"] = str(unidades[0])
    filtro = forms.FiltroDeAgenda(request.GET, inicial=inicial)
    if profesional and filtro.profesional_id is None:
        propio, opciones = str(alcance.actor.id), filtro.profesionales
        elegido = propio if propio in opciones else next(iter(opciones), "")
        filtro = forms.FiltroDeAgenda(request.GET, inicial={**inicial, "profesional": elegido})
    return filtro


def _jornadas(
    alcance: Alcance, filtro: forms.FiltroDeAgenda, desde: date, dias: int
) -> list[dict[str, Any]]:
    """Each day with its lines: appointments and free hours, in the order of the clock."""
    ahora = timezone.now()
    quien = filtro.profesional_id or alcance.actor.id
    inicio = timezone.make_aware(datetime.combine(desde, time()))
    turnos = selectores.turnos(
        alcance,
        profesional=quien,
        desde=inicio,
        hasta=inicio + timedelta(days=dias),
        ahora=ahora,
    )
    espacios = selectores.espacios(alcance, desde=desde, dias=dias, profesional=quien, ahora=ahora)
    lineas: list[dict[str, Any]] = [
        {
            "inicio": timezone.localtime(turno.inicio),
            "turno": turno,
            "situacion": palabras.SITUACIONES[turno.situacion],
            "tono": TONOS.get(turno.situacion, ""),
            "ya_paso": turno.inicio < ahora,
        }
        for turno in turnos
    ]
    lineas += [
        {"inicio": timezone.localtime(e.hueco.inicio), "hueco": e.hueco}
        for e in espacios
        if e.libre
    ]
    lineas.sort(key=lambda linea: linea["inicio"])
    por_dia = {
        dia: list(suyas) for dia, suyas in groupby(lineas, key=lambda linea: linea["inicio"].date())
    }
    return [
        {
            "dia": dia,
            "lineas": por_dia.get(dia, []),
            "puede": Permiso.CITA_PROGRAMAR in alcance.actor.permisos,
            "direccion": f"profesional={quien}&fecha={dia.isoformat()}",
        }
        for dia in (desde + timedelta(days=n) for n in range(dias))
    ]
