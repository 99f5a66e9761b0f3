"""The door of the desk: a person whose post attends messages, and the scope that is decided."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from consentimiento import decision
from consentimiento.decision import AccesoDenegado
from ece.identidad.selectors import actor_de_usuario
from ece.nucleo.roles import Permiso

Vista = Callable[..., HttpResponse]


def con_bandeja(vista: Vista) -> Vista:
    """Give the view an Alcance to attend messages; 404 to anybody whose post does not."""

    @wraps(vista)
    @login_required
    def guardada(request: HttpRequest, **kwargs: Any) -> HttpResponse:
        ahora = timezone.now()
        actor = actor_de_usuario(
            request.user,  # type: ignore[arg-type]
            ahora=ahora,
            origen=request.META.get("REMOTE_ADDR", ""),
        )
        request.actor = actor  # type: ignore[attr-defined]
        try:
            alcance = decision.alcanzar(
                actor, Permiso.MENSAJE_ATENDER, motivo="bandeja", ahora=ahora
            )
        except AccesoDenegado as negado:
            raise Http404(_("Su puesto no incluye esta página.")) from negado
        return vista(request, alcance, **kwargs)

    guardada.guarda = f"alcance:{Permiso.MENSAJE_ATENDER}"  # type: ignore[attr-defined]
    return guardada
