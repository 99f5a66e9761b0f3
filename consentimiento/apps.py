from django.apps import AppConfig


class ConsentimientoConfig(AppConfig):
    name = "consentimiento"
    verbose_name = "Consentimiento"

    def ready(self) -> None:
        from auditlog.registry import auditlog

        from consentimiento.decision.revision import para_revisar_receta
        from consentimiento.models import Concesion
        from registros.services import reservados

        auditlog.register(Concesion)
        reservados.configurar(para_revisar_receta)
