"""The chart."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from ece.nucleo.acceso import Acceso
from ece.nucleo.roles import Permiso
from ece.web.clinica import paneles
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
        "tipos": selectores.tipos_presentes(acceso),
        "linea": selectores.linea_de_tiempo(acceso, limite=15),
        "tipo": "",
        "notas_posibles": paneles.notas_posibles(acceso),
    }
    return render(request, "clinica/expediente.html", contexto)


@con_acceso(Permiso.PACIENTE_LEER)
def identificacion(request: HttpRequest, acceso: Acceso) -> HttpResponse:
    """Who the patient is, for those whose work needs no more."""
    resumen, recurso, _ = selectores.identidad(acceso)
    contexto = {
        **paneles.cabecera(acceso, resumen, selectores.alergias(acceso)),
        "campos": paneles.renglones(recurso),
    }
    return render(request, "clinica/identificacion.html", contexto)


@con_acceso(Permiso.EXPEDIENTE_LEER)
def linea(request: HttpRequest, acceso: Acceso) -> HttpResponse:
    """A page of the timeline, filtered by kind."""
    tipo = request.GET.get("tipo", "")
    try:
        pagina = selectores.linea_de_tiempo(
            acceso, tipos=[tipo] if tipo else None, cursor=request.GET.get("cursor", "")
        )
    except selectores.CursorInvalido as error:
        raise Http404 from error
    contexto = {"linea": pagina, "tipo": tipo, "paciente_id": acceso.paciente}
    return render(request, "clinica/_linea.html", contexto)
