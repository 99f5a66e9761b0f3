from django.urls import path

from ece.web.verificar import views

app_name = "verificar"
urlpatterns = [path("", views.receta, name="receta")]
