from django.urls import path

from ece.web.portal import views

app_name = "portal"
urlpatterns = [
    path("", views.inicio, name="inicio"),
    path("<uuid:paciente>/", views.resumen, name="resumen"),
]
