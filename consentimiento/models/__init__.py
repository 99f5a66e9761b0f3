from consentimiento.models.concesion import Concesion

__all__ = ["Concesion"]
