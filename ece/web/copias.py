"""Nobody keeps a copy of a page behind a guard: after leaving, the Back button finds nothing."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse


class SinCopias:
    """Says ``no-store`` on whatever a guarded view answered, its refusals too."""

    def __init__(self, responder: Callable[[HttpRequest], HttpResponse]) -> None:
        self._responder = responder

    def __call__(self, request: HttpRequest) -> HttpResponse:
        respuesta = self._responder(request)
        vista = request.resolver_match.func if request.resolver_match else None
        guarda = getattr(vista, "guarda", "publica")
        if guarda != "publica" and "no-store" not in respuesta.get("Cache-Control", ""):
            respuesta["Cache-Control"] = "no-store"
        return respuesta
