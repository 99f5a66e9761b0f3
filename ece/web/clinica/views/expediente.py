"""The chart."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from ece.nucleo.acceso import Acceso
from ece.nucleo.roles import Permiso
from ece.web.clinica import paneles
from ece.web.guardas import con_acceso
from registros.selectors import expediente as selectores
from registros.selectors import tareas


@con_acceso(Permiso.PACIENTE_LEER)
def expediente(request: HttpRequest, acceso: Acceso) -> HttpResponse:
    """The one-screen summary and the beginning of the timeline."""
    if Permiso.EXPEDIENTE_LEER not in acceso.permisos:
        return redirect("clinica:identificacion", paciente=acceso.paciente)
    vinculados = paneles.vinculados(acceso)
    resumen = selectores.resumen(acceso, hoy=timezone.localdate(), vinculados=vinculados)
    contexto = {
        **paneles.cabecera(acceso, resumen.identidad, resumen.alergias),
        "resumen": resumen,
        **_linea(request, acceso, vinculados, limite=15),
        "filtros": _filtros(acceso, vinculados),
        "menu_de_notas": paneles.menu_de_notas(
            acceso, resumen.encuentros_abiertos, ahora=timezone.now()
        ),
        "por_revisar": tareas.de_paciente(acceso),
    }
    return render(request, "clinica/expediente.html", contexto)


@con_acceso(Permiso.EXPEDIENTE_LEER)
def linea(request: HttpRequest, acceso: Acceso) -> HttpResponse:
    """What the chart loads into itself: another kind of record, or the page before."""
    vinculados = paneles.vinculados(acceso)
    contexto = {"paciente_id": acceso.paciente, **_linea(request, acceso, vinculados)}
    if request.GET.get("cursor"):
        return render(request, "clinica/_linea.html", contexto)
    contexto["filtros"] = _filtros(acceso, vinculados)
    return render(request, "clinica/_linea_filtrada.html", contexto)


def _linea(
    request: HttpRequest, acceso: Acceso, vinculados: list[Acceso], *, limite: int = 30
) -> dict[str, Any]:
    """A page of the timeline as the address asks for it: of a kind, after a cursor, by days."""
    tipo = request.GET.get("tipo", "")
    try:
        pagina = selectores.linea_de_tiempo(
            acceso,
            tipos=[tipo] if tipo else None,
            cursor=request.GET.get("cursor", ""),
            limite=limite,
            vinculados=vinculados,
        )
    except selectores.CursorInvalido as error:
        raise Http404 from error
    jornadas = paneles.por_dia(pagina.entradas, ya=request.GET.get("dia", ""))
    return {
        "jornadas": jornadas,
        "ultimo_dia": jornadas[-1].dia if jornadas else None,
        "siguiente": pagina.siguiente,
        "tipo": tipo,
    }


def _filtros(acceso: Acceso, vinculados: list[Acceso]) -> list[tuple[str, str]]:
    """(R4 type, its name for people); the first, empty, is everything."""
    tipos = selectores.tipos_presentes(acceso, vinculados=vinculados)
    presentes = [(tipo, _(nombre)) for tipo, nombre in tipos]
    return [("", _("Todo")), *sorted(presentes, key=lambda par: par[1])]
