from interoperabilidad.models.asercion import AsercionUsada

__all__ = ["AsercionUsada"]
