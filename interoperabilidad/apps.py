from django.apps import AppConfig


class InteroperabilidadConfig(AppConfig):
    name = "interoperabilidad"
    verbose_name = "Interoperabilidad"

    def ready(self) -> None:
        from auditlog.registry import auditlog

        from interoperabilidad.models import Interlocutor

        # Who may connect, and what is sent to whom: each change is an event of the log.
        auditlog.register(Interlocutor)
