"""How many codes one address may try: against load, for a code cannot be guessed anyway."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.crypto import salted_hmac

INTENTOS, SEGUNDOS = 20, 60


def moderado(vista: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Answer 429 to the address that posts more than `INTENTOS` in `SEGUNDOS` (a worker counts)."""

    @wraps(vista)
    def medida(request: HttpRequest, **kwargs: Any) -> HttpResponse:
        if request.method == "POST" and not _cabe(request.META.get("REMOTE_ADDR", "")):
            return render(request, "verificar/demasiadas.html", status=429)
        return vista(request, **kwargs)

    return medida


def _cabe(origen: str) -> bool:
    clave = f"verificar:{salted_hmac('ece.web.verificar', origen).hexdigest()}"
    cache.add(clave, 0, SEGUNDOS)
    try:
        return cache.incr(clave) <= INTENTOS
    except ValueError:  # it expired between the two
        return True
