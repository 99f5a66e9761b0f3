"""The chart."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from ece.nucleo.acceso import Acceso
from ece.nucleo.roles import Permiso
from ece.web.clinica import lectura, paneles
from ece.web.guardas import con_acceso
from registros.selectors import expediente as selectores


@con_acceso(Permiso.PACIENTE_LEER)
def expediente(request: HttpRequest, acceso: Acceso) -> HttpResponse:
    """The one-screen summary and the beginning of the timeline."""
    if Permiso.EXPEDIENTE_LEER not in acceso.permisos:
        return redirect("clinica:identificacion", paciente=acceso.paciente)
    resumen = selectores.resumen(acceso)
    contexto = {
        **paneles.cabecera(acceso, resumen.identidad, resumen.alergias),
        "resumen": resumen,
        **_linea(request, acceso, limite=15),
        "filtros": _filtros(acceso),
        "notas_posibles": paneles.notas_posibles(acceso),
    }
    return render(request, "clinica/expediente.html", contexto)


@con_acceso(Permiso.PACIENTE_LEER)
def identificacion(request: HttpRequest, acceso: Acceso) -> HttpResponse:
    """Who the patient is, for those whose work needs no more."""
    resumen, recurso, _version = selectores.identidad(acceso)
    contexto = {
        **paneles.cabecera(acceso, resumen, selectores.alergias(acceso)),
        "campos": lectura.renglones(recurso, paciente=acceso.paciente),
    }
    return render(request, "clinica/identificacion.html", contexto)


@con_acceso(Permiso.EXPEDIENTE_LEER)
def linea(request: HttpRequest, acceso: Acceso) -> HttpResponse:
    """What the chart loads into itself: another kind of record, or the page before."""
    contexto = {"paciente_id": acceso.paciente, **_linea(request, acceso)}
    if request.GET.get("cursor"):
        return render(request, "clinica/_linea.html", contexto)
    contexto["filtros"] = _filtros(acceso)
    return render(request, "clinica/_linea_filtrada.html", contexto)


def _linea(request: HttpRequest, acceso: Acceso, *, limite: int = 30) -> dict[str, Any]:
    """A page of the timeline as the address asks for it: of a kind, after a cursor, by days."""
    tipo = request.GET.get("tipo", "")
    try:
        pagina = selectores.linea_de_tiempo(
            acceso,
            tipos=[tipo] if tipo else None,
            cursor=request.GET.get("cursor", ""),
            limite=limite,
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


def _filtros(acceso: Acceso) -> list[tuple[str, str]]:
    """(R4 type, its name for people); the first, empty, is everything."""
    presentes = [(tipo, _(nombre)) for tipo, nombre in selectores.tipos_presentes(acceso)]
    return [("", _("Todo")), *sorted(presentes, key=lambda par: par[1])]
