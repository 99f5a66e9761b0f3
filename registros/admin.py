from django.contrib import admin
from django.http import HttpRequest

from registros.models import Concepto, VersionDeCatalogo


@admin.register(VersionDeCatalogo)
class VersionDeCatalogoAdmin(admin.ModelAdmin[VersionDeCatalogo]):
    list_display = ("catalogo", "version", "vigente", "cargado_at")
    readonly_fields = ("catalogo", "version", "huella", "cargado_at", "vigente")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False


@admin.register(Concepto)
class ConceptoAdmin(admin.ModelAdmin[Concepto]):
    list_display = ("clave", "texto", "sexo", "version")
    list_filter = ("version",)
    list_select_related = ("version",)
    search_fields = ("clave", "palabras")
    readonly_fields = ("version", "clave", "texto", "sexo", "edad_minima", "edad_maxima")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False
