from typing import Any

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse

from ece.identidad import admin_de_firma
from ece.identidad.models import (
    Asignacion,
    Ausencia,
    Cliente,
    Consultorio,
    Horario,
    Institucion,
    LlaveDeCliente,
    Profesional,
    Unidad,
    Usuario,
)
from ece.identidad.solo_lectura import SoloLectura

__all__ = ["admin_de_firma"]


class AsignacionEnLinea(SoloLectura, admin.TabularInline[Asignacion, Usuario]):
    model = Asignacion
    extra = 0


class ProfesionalEnLinea(admin.StackedInline[Profesional, Usuario]):
    model = Profesional
    extra = 0


@admin.register(Usuario)
class UsuarioAdmin(UserAdmin[Usuario]):
    inlines = (ProfesionalEnLinea, AsignacionEnLinea)
    readonly_fields = ("paciente", "last_login", "date_joined")

    def user_change_password(self, *_: Any, **__: Any) -> HttpResponse:
        """Nobody chooses another's password: they are invited again."""
        raise PermissionDenied


@admin.register(Institucion)
class InstitucionAdmin(admin.ModelAdmin[Institucion]):
    list_display = ("nombre", "razon_social", "regimen")
    search_fields = ("nombre",)


@admin.register(Unidad)
class UnidadAdmin(admin.ModelAdmin[Unidad]):
    list_display = ("nombre", "clues", "institucion")
    list_select_related = ("institucion",)
    search_fields = ("nombre", "clues")


@admin.register(Asignacion)
class AsignacionAdmin(SoloLectura, admin.ModelAdmin[Asignacion]):
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


@admin.register(Consultorio)
class ConsultorioAdmin(admin.ModelAdmin[Consultorio]):
    list_display = ("nombre", "unidad")
    list_select_related = ("unidad__institucion",)
    search_fields = ("nombre",)


@admin.register(Horario)
class HorarioAdmin(admin.ModelAdmin[Horario]):
    list_display = ("profesional", "unidad", "dia", "desde", "hasta", "minutos", "vigente_hasta")
    list_select_related = ("profesional", "unidad__institucion")
    list_filter = ("dia", "unidad")


@admin.register(Ausencia)
class AusenciaAdmin(admin.ModelAdmin[Ausencia]):
    list_display = ("profesional", "desde", "hasta", "motivo")
    list_select_related = ("profesional",)
