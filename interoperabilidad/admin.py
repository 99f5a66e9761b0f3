from django.contrib import admin

from interoperabilidad.models import Interlocutor


@admin.register(Interlocutor)
class InterlocutorAdmin(admin.ModelAdmin[Interlocutor]):
    list_display = ("nombre", "aplicacion", "institucion", "cliente", "activo", "anfitrion")
    list_select_related = ("cliente",)
    list_filter = ("activo",)
    search_fields = ("nombre", "aplicacion", "institucion")
