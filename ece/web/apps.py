from django.apps import AppConfig
from django.contrib.auth.signals import user_logged_in, user_logged_out


class WebConfig(AppConfig):
    name = "ece.web"
    label = "web"

    def ready(self) -> None:
        from ece.web.cuenta import sesion

        user_logged_in.connect(sesion.al_entrar, dispatch_uid="ece.cuenta.entrar")
        user_logged_out.connect(sesion.al_salir, dispatch_uid="ece.cuenta.salir")
