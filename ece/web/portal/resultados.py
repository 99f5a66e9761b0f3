"""Results: each figure against what is expected, in words and drawn, and over time."""

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from ece.nucleo.acceso import Acceso
from ece.nucleo.roles import Permiso
from ece.web.clinica import graficas
from ece.web.guardas import con_acceso
from ece.web.portal import palabras, reglas
from ece.web.portal.marco import marco
from registros.selectors import documentos, expediente
from registros.selectors import resultados as selectores


@con_acceso(Permiso.EXPEDIENTE_LEER, en_portal=True)
def resultados(request: HttpRequest, acceso: Acceso) -> HttpResponse:
    informes = expediente.ultimas(acceso, "DiagnosticReport", 100)
    return render(request, "portal/resultados.html", {**marco(acceso), "informes": informes})


@con_acceso(Permiso.EXPEDIENTE_LEER, en_portal=True)
def informe(request: HttpRequest, acceso: Acceso, informe: UUID) -> HttpResponse:
    visto = selectores.informe(acceso, informe_id=informe)
    if visto is None:
        raise Http404
    contexto = {
        **marco(acceso),
        "informe": visto,
        "valores": [
            (v, palabras.ESTUDIOS.get(v.loinc, ""), reglas.de_valor(v)) for v in visto.valores
        ],
        "imagenes": documentos.de_orden(acceso, orden_id=visto.orden),
    }
    return render(request, "portal/informe.html", contexto)


@con_acceso(Permiso.EXPEDIENTE_LEER, en_portal=True)
def serie(request: HttpRequest, acceso: Acceso, loinc: str) -> HttpResponse:
    encontrada = selectores.serie(acceso, loinc=loinc)
    if encontrada is None:
        raise Http404
    contexto = {
        **marco(acceso),
        "serie": encontrada,
        "g": graficas.de_analito(encontrada),
        "que_es": palabras.ESTUDIOS.get(loinc, ""),
    }
    return render(request, "portal/serie.html", contexto)
