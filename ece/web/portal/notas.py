"""The notes that were finished about the person, whole."""

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from ece.nucleo.acceso import Acceso
from ece.nucleo.roles import Permiso
from ece.web.guardas import con_acceso
from ece.web.portal.marco import marco
from registros.selectors import expediente
from registros.selectors import notas as selectores

TERMINADAS = ("final", "amended")


@con_acceso(Permiso.EXPEDIENTE_LEER, en_portal=True)
def notas(request: HttpRequest, acceso: Acceso) -> HttpResponse:
    todas = expediente.ultimas(acceso, "Composition", 200)
    terminadas = [e for e in todas if e.estado in TERMINADAS]
    return render(request, "portal/notas.html", {**marco(acceso), "notas": terminadas})


@con_acceso(Permiso.EXPEDIENTE_LEER, en_portal=True)
def nota(request: HttpRequest, acceso: Acceso, nota: UUID) -> HttpResponse:
    encontrada = selectores.nota(acceso, nota_id=nota)
    if encontrada is None or not encontrada.finalizada:
        raise Http404
    contexto = {
        **marco(acceso),
        "nota": encontrada,
        "adendas": selectores.adendas(acceso, nota_id=nota),
    }
    return render(request, "portal/nota.html", contexto)
