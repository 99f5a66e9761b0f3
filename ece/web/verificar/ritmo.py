"""How many codes one address may try: against load, for a code cannot be guessed anyway."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.crypto import salted_hmac

INTENTOS, SEGUNDOS = 20, 60


def moderado(
    vista: Callable[..., HttpResponse], *, cuenta: str = "verificar", intentos: int = INTENTOS
) -> Callable[..., HttpResponse]:
    """Answer 429 to the address that posts more than `intentos` in `SEGUNDOS` (a worker counts).

    What is counted apart has a `cuenta` of its own.
    """

    @wraps(vista)
    def medida(request: HttpRequest, **kwargs: Any) -> HttpResponse:
        if request.method == "POST" and not _cabe(request, cuenta, intentos):
            return render(request, "verificar/demasiadas.html", status=429)
        return vista(request, **kwargs)

    return medida


def _cabe(request: HttpRequest, cuenta: str, intentos: int) -> bool:
    origen = request.META.get("REMOTE_ADDR", "")
    clave = f"{cuenta}:{salted_hmac('ece.web.verificar', origen).hexdigest()}"
    cache.add(clave, 0, SEGUNDOS)
    try:
        return cache.incr(clave) <= intentos
    except ValueError:  # it expired between the two
        return True
