from django.urls import path

from interoperabilidad.oauth import vistas

app_name = "oauth"
urlpatterns = [
    path("token", vistas.token, name="token"),
    path("revoke", vistas.revocar, name="revocar"),
    path("introspect", vistas.introspeccion, name="introspeccion"),
]
