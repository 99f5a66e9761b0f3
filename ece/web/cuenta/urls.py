from django.contrib.auth import views
from django.urls import path
from django.views.i18n import set_language

from ece.web.guardas import publica

app_name = "cuenta"
urlpatterns = [
    path(
        "entrar/",
        publica(
            views.LoginView.as_view(
                template_name="cuenta/entrar.html", redirect_authenticated_user=True
            )
        ),
        name="entrar",
    ),
    path("salir/", publica(views.LogoutView.as_view()), name="salir"),
    path("idioma/", publica(set_language), name="idioma"),
]
