from django.urls import path, re_path

from interoperabilidad.suscripciones import vistas

_ID = r"(?P<id>[A-Za-z0-9.-]{1,64})"

urlpatterns = [
    path("Subscription", vistas.todas, name="suscripciones"),
    path("Subscription/_search", vistas.buscar, name="suscripciones-buscar"),
    path("Subscription/$status", vistas.estado, name="suscripciones-estado"),
    re_path(rf"^Subscription/{_ID}$", vistas.una, name="suscripcion"),
    re_path(rf"^Subscription/{_ID}/\$status$", vistas.estado, name="suscripcion-estado"),
    re_path(rf"^Subscription/{_ID}/\$events$", vistas.eventos, name="suscripcion-eventos"),
]
