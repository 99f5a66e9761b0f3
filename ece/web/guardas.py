"""The doors of every page: who is signed in, what the decision says, and the proof it hands out."""

from collections.abc import Callable
from functools import wraps
from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _

from consentimiento import decision
from consentimiento.decision import AccesoDenegado
from ece.identidad.selectors import actor_de_usuario
from ece.nucleo.acceso import Actor, PermisoInsuficiente
from ece.nucleo.roles import Permiso, Rol

Vista = Callable[..., HttpResponse]


def actor_de(request: HttpRequest) -> Actor:
    """The actor behind a signed-in request, made once."""
    actor: Actor | None = getattr(request, "actor", None)
    if actor is None:
        origen = request.META.get("REMOTE_ADDR", "")
        actor = actor_de_usuario(request.user, ahora=timezone.now(), origen=origen)  # type: ignore[arg-type]
        request.actor = actor  # type: ignore[attr-defined]
    return actor


def con_sesion(vista: Vista) -> Vista:
    """Give the view the signed-in `Actor`, for pages that show nobody's data."""

    @wraps(vista)
    @login_required
    def guardada(request: HttpRequest, **kwargs: Any) -> HttpResponse:
        return vista(request, actor_de(request), **kwargs)

    return _marcar(guardada, "sesion")


def con_acceso(permiso: Permiso, *, en_portal: bool = False) -> Callable[[Vista], Vista]:
    """Give the view an Acceso *instead of* the patient's id; a denial is a 404, already logged.

    The desk is for who has a post; anybody else is sent to the portal's page of that patient, where
    the same decision waits.
    """

    def decorar(vista: Vista) -> Vista:
        @wraps(vista)
        @login_required
        def guardada(request: HttpRequest, paciente: UUID, **kwargs: Any) -> HttpResponse:
            actor = actor_de(request)
            if not en_portal and actor.roles <= {Rol.PACIENTE}:
                return redirect("portal:resumen", paciente=paciente)
            detalle = {"pagina": request.resolver_match.view_name if request.resolver_match else ""}
            try:
                acceso = decision.abrir_paciente(
                    actor, paciente, permiso, ahora=timezone.now(), detalle=detalle
                )
                return vista(request, acceso, **kwargs)
            except (AccesoDenegado, PermisoInsuficiente) as negado:
                raise Http404(
                    _("No hay un expediente con esa dirección, o no está a su alcance.")
                ) from negado

        return _marcar(guardada, f"acceso:{permiso}")

    return decorar


def con_alcance(permiso: Permiso, *, motivo: str) -> Callable[[Vista], Vista]:
    """Give the view an Alcance for a minimal listing."""

    def decorar(vista: Vista) -> Vista:
        @wraps(vista)
        @login_required
        def guardada(request: HttpRequest, **kwargs: Any) -> HttpResponse:
            try:
                alcance = decision.alcanzar(
                    actor_de(request), permiso, motivo=motivo, ahora=timezone.now()
                )
            except AccesoDenegado as negado:
                raise Http404(_("Su puesto no incluye esta página.")) from negado
            return vista(request, alcance, **kwargs)

        return _marcar(guardada, f"alcance:{permiso}")

    return decorar


def publica(vista: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """A page that says nothing of anybody."""
    vista.guarda = "publica"  # type: ignore[attr-defined]
    return vista


def _marcar(vista: Vista, guarda: str) -> Vista:
    vista.guarda = guarda  # type: ignore[attr-defined]
    return vista
