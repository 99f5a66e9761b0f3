from django.apps import AppConfig


class IdentidadConfig(AppConfig):
    name = "ece.identidad"
    label = "identidad"
    verbose_name = "Identidad"

    def ready(self) -> None:
        from auditoria.sello import estampas
        from ece.identidad import confianza, rastro

        rastro.vigilar()
        estampas.configurar(confianza.del_tiempo)
