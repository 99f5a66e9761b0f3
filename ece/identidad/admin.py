from django.contrib import admin
from django.contrib.auth.admin import UserAdmin

from ece.identidad.models import (
    Asignacion,
    Cliente,
    Institucion,
    LlaveDeCliente,
    Profesional,
    Unidad,
    Usuario,
)


class AsignacionEnLinea(admin.TabularInline[Asignacion, Usuario]):
    model = Asignacion
    extra = 0


class ProfesionalEnLinea(admin.StackedInline[Profesional, Usuario]):
    model = Profesional
    extra = 0


@admin.register(Usuario)
class UsuarioAdmin(UserAdmin[Usuario]):
    inlines = (ProfesionalEnLinea, AsignacionEnLinea)
    readonly_fields = ("paciente", "last_login", "date_joined")


@admin.register(Institucion)
class InstitucionAdmin(admin.ModelAdmin[Institucion]):
    list_display = ("nombre", "razon_social")
    search_fields = ("nombre",)


@admin.register(Unidad)
class UnidadAdmin(admin.ModelAdmin[Unidad]):
    list_display = ("nombre", "clues", "institucion")
    list_select_related = ("institucion",)
    search_fields = ("nombre", "clues")


@admin.register(Asignacion)
class AsignacionAdmin(admin.ModelAdmin[Asignacion]):
    list_display = ("usuario", "rol", "unidad", "desde", "hasta")
    list_select_related = ("usuario", "unidad__institucion")
    list_filter = ("rol",)


class LlaveEnLinea(admin.TabularInline[LlaveDeCliente, Cliente]):
    model = LlaveDeCliente
    extra = 0


@admin.register(Cliente)
class ClienteAdmin(admin.ModelAdmin[Cliente]):
    list_display = ("nombre", "rol", "aplicacion")
    list_select_related = ("aplicacion",)
    inlines = (LlaveEnLinea,)
