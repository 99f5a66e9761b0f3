"""Liveness, readiness and metrics: for load balancers and whoever watches, never about anybody."""

from hmac import compare_digest

from django.conf import settings
from django.db import DatabaseError, connection
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from django_prometheus.exports import ExportToDjangoView

_LOCAL = ("127.0.0.1", "::1")


@never_cache
@require_safe
def viva(request: HttpRequest) -> HttpResponse:
    """The process answers."""
    return JsonResponse({"estado": "viva"})


@never_cache
@require_safe
def lista(request: HttpRequest) -> HttpResponse:
    """It can do its work: the database takes writes and its schema is there."""
    try:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT NOT pg_is_in_recovery() AND to_regclass('auditoria_evento') IS NOT NULL"
            )
            (bien,) = cursor.fetchone()
    except DatabaseError:
        bien = False
    estado = "lista" if bien else "sin base de datos"
    return JsonResponse({"estado": estado}, status=200 if bien else 503)


@never_cache
@require_safe
def metricas(request: HttpRequest) -> HttpResponse:
    """Counters for Prometheus: to the machine itself, or to whoever holds ECE_METRICAS_TOKEN."""
    if not _puede_ver_metricas(request):
        raise Http404
    respuesta: HttpResponse = ExportToDjangoView(request)
    return respuesta


def _puede_ver_metricas(request: HttpRequest) -> bool:
    ficha: str = settings.ECE_METRICAS_TOKEN
    dada = request.headers.get("Authorization", "").removeprefix("Bearer ")
    if ficha and compare_digest(dada.encode(), ficha.encode()):
        return True
    # Behind a proxy everybody comes from the loopback.
    return request.META.get("REMOTE_ADDR") in _LOCAL and "X-Forwarded-For" not in request.headers
