from django.apps import AppConfig


class IdentidadConfig(AppConfig):
    name = "ece.identidad"
    label = "identidad"
    verbose_name = "Identidad"

    def ready(self) -> None:
        from ece.identidad import rastro

        rastro.vigilar()
