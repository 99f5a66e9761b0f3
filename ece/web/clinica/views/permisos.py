"""What a person directs, taken down at the counter, by whoever does not treat them."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_POST

from ece.nucleo.acceso import Acceso
from ece.nucleo.roles import Permiso
from ece.web import permisos
from ece.web.clinica import paneles
from ece.web.guardas import con_acceso


@con_acceso(Permiso.DIRECTIVA_REGISTRAR)
def lista(request: HttpRequest, acceso: Acceso) -> HttpResponse:
    return permisos.lista(request, acceso, "clinica/permisos.html", paneles.cabecera_de(acceso))


@con_acceso(Permiso.DIRECTIVA_REGISTRAR)
def nuevo(request: HttpRequest, acceso: Acceso) -> HttpResponse:
    return permisos.nueva(
        request,
        acceso,
        "clinica/permiso_nuevo.html",
        paneles.cabecera_de(acceso),
        "clinica:permisos",
    )


@require_POST
def _retirar(request: HttpRequest, acceso: Acceso, directiva: UUID) -> HttpResponse:
    return permisos.retirar(request, acceso, directiva, "clinica:permisos")


retirar = con_acceso(Permiso.DIRECTIVA_REGISTRAR)(_retirar)
