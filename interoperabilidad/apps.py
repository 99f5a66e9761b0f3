from django.apps import AppConfig


class InteroperabilidadConfig(AppConfig):
    name = "interoperabilidad"
    verbose_name = "Interoperabilidad"
