from django.apps import AppConfig


class ConsentimientoConfig(AppConfig):
    name = "consentimiento"
    verbose_name = "Consentimiento"

    def ready(self) -> None:
        from auditlog.registry import auditlog

        from consentimiento.models import Concesion

        auditlog.register(Concesion)
