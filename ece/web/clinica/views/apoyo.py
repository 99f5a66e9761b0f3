"""What stands beside the note editor: the note before, measurements, problems, documents."""

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from ece.nucleo.acceso import Acceso
from ece.nucleo.roles import Permiso
from ece.web.guardas import con_acceso
from registros.catalogos.notas import Clase
from registros.selectors import apoyo as selectores
from registros.selectors import notas as selector_de_notas
from registros.services import diagnosticos, notas


@con_acceso(Permiso.NOTA_REDACTAR)
def apoyo(request: HttpRequest, acceso: Acceso, nota: UUID) -> HttpResponse:
    """The piece that the editor loads into itself, and again after something is recorded."""
    redactada = selector_de_notas.nota(acceso, nota_id=nota)
    if redactada is None or redactada.tipo is None:
        raise Http404
    hallado = selectores.de_nota(acceso, nota=redactada, ahora=timezone.now())
    anterior = hallado.anterior
    textos = notas.contenido_de(anterior.recurso).textos if anterior else {}
    contexto = {
        "paciente_id": acceso.paciente,
        "apoyo": hallado,
        "secciones": [
            (seccion, textos[seccion.clave])
            for seccion in redactada.tipo.secciones
            if seccion.clase is Clase.TEXTO and textos.get(seccion.clave)
        ],
        "problemas": [
            diagnosticos.de_condicion(e.recurso)
            for e in hallado.problemas
            if diagnosticos.es_de_cie10(e.recurso)
        ],
        "lleva_diagnosticos": any(s.clase is Clase.DIAGNOSTICOS for s in redactada.tipo.secciones),
        "lleva_signos": any(s.clase is Clase.SIGNOS for s in redactada.tipo.secciones),
        "tratamiento": next(
            (s.clave for s in redactada.tipo.secciones if s.clave == "tratamiento"), ""
        ),
    }
    return render(request, "clinica/_apoyo.html", contexto)
