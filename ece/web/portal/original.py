"""Any record as it is kept: line by line, and the FHIR resource whole."""

import json
from dataclasses import replace
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from ece.nucleo.acceso import Acceso
from ece.nucleo.roles import Permiso
from ece.web.clinica import lectura
from ece.web.guardas import con_acceso
from ece.web.portal.marco import marco
from ece.web.portal.notas import TERMINADAS
from registros.selectors import expediente


@con_acceso(Permiso.EXPEDIENTE_LEER, en_portal=True)
def original(request: HttpRequest, acceso: Acceso, tipo: str, id: UUID) -> HttpResponse:
    registro = expediente.registro(acceso, tipo=tipo, id=id)
    if registro is None or (tipo == "Composition" and registro.estado not in TERMINADAS):
        raise Http404
    renglones = lectura.renglones(registro.recurso, paciente=acceso.paciente)
    contexto = {
        **marco(acceso),
        "registro": registro,
        "campos": [replace(renglon, enlace="") for renglon in renglones],
        "json": json.dumps(registro.recurso, ensure_ascii=False, indent=2, default=str),
    }
    return render(request, "portal/original.html", contexto)
