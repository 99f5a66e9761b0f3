from auditoria.models.evento import Evento

__all__ = ["Evento"]
