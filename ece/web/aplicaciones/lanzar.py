"""Opening an app of another maker on the record at hand (SMART EHR launch)."""

from urllib.parse import urlencode
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from ece.identidad import aplicaciones
from ece.identidad.services import autorizaciones
from ece.nucleo.acceso import Acceso
from ece.nucleo.roles import Permiso
from ece.web.aplicaciones.palabras import origen
from ece.web.clinica import paneles
from ece.web.guardas import con_acceso
from registros.selectors import expediente


@con_acceso(Permiso.EXPEDIENTE_LEER)
def apps(request: HttpRequest, acceso: Acceso) -> HttpResponse:
    """The apps that can be opened here; by POST, the one to open."""
    if request.method == "POST":
        return _lanzar(request, acceso)
    lanzables = aplicaciones.lanzables()
    contexto = {**paneles.cabecera_de(acceso), "apps": lanzables}
    respuesta = render(request, "aplicaciones/lanzar.html", contexto)
    # The browser holds a form to where it may end, also after a redirection.
    donde = sorted({origen(app.lanzamiento) for app in lanzables})
    respuesta._csp_update = {"form-action": donde}  # type: ignore[attr-defined]
    return respuesta


def _lanzar(request: HttpRequest, acceso: Acceso) -> HttpResponse:
    try:
        cliente = UUID(request.POST.get("app", ""))
        abiertos = expediente.encuentros_abiertos(acceso)
        direccion, opaco = autorizaciones.lanzar(
            acceso,
            cliente_id=cliente,
            encuentro=abiertos[0].id if abiertos else None,
            ahora=timezone.now(),
        )
    except (ValueError, autorizaciones.AppInexistente) as error:
        raise Http404 from error
    dicho = urlencode({"iss": request.build_absolute_uri("/fhir"), "launch": opaco})
    destino = f"{direccion}{'&' if '?' in direccion else '?'}{dicho}"
    return HttpResponse(status=302, headers={"Location": destino})
