from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from auditoria.models.evento import TransaccionActual
from ece.nucleo.uuid7 import uuid7


class Tipo(models.TextChoices):
    """What may be announced; the words of each are in `consentimiento.notificaciones.textos`."""

    RESULTADO = "resultado", _("Hay un resultado nuevo")
    CITA = "cita", _("Cambios y recordatorios de citas")
    EMERGENCIA = "emergencia", _("Alguien abrió su expediente en una emergencia")
    CONSENTIMIENTO = "consentimiento", _("Un consentimiento o permiso está por vencer")
    ARCO = "arco", _("Respuesta a una solicitud de derechos ARCO")
    PERMISO = "permiso", _("Alguien puede ver su expediente, o dejó de poder")
    DELEGACION = "delegacion", _("Alguien usó el código que usted dio")
    VULNERACION = "vulneracion", _("Algo pasó con sus datos personales")
    SESION = "sesion", _("Alguien entró con su cuenta")
    SEGURIDAD = "seguridad", _("Cambios en la seguridad de su cuenta")
    RECUPERACION = "recuperacion", _("Alguien pidió volver a entrar a su cuenta")
    FIRMA_DELEGADA = "firma-delegada", _("Alguien le delegó su firma, o dejó de hacerlo")


class Canal(models.TextChoices):
    PORTAL = "portal", _("En el portal")
    CORREO = "correo", _("Por correo")
    PUSH = "push", _("Por alerta")


class Estado(models.TextChoices):
    """`incierta`: cut off between sending and marking. It may have arrived, so it is not sent
    again; whoever it was for has it in the portal."""

    PENDIENTE = "pendiente"
    ENVIANDO = "enviando"
    ENVIADA = "enviada"
    FALLIDA = "fallida"
    INCIERTA = "incierta"
    CADUCADA = "caducada"


class Notificacion(models.Model):
    """One message to one person by one channel; nothing of what it is about, besides its kind."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    clave = models.CharField(max_length=80)
    tipo = models.CharField(max_length=20, choices=Tipo.choices)
    usuario = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="notificaciones"
    )
    paciente = models.UUIDField(null=True)
    canal = models.CharField(max_length=10, choices=Canal.choices)
    destino = models.CharField(max_length=36, blank=True)
    estado = models.CharField(max_length=10, choices=Estado.choices)
    intentos = models.PositiveSmallIntegerField(default=0)
    creada_at = models.DateTimeField()
    disponible_at = models.DateTimeField()
    caduca_at = models.DateTimeField(null=True)
    reclamada_at = models.DateTimeField(null=True)
    enviada_at = models.DateTimeField(null=True)
    leida_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("notificación")
        verbose_name_plural = _("notificaciones")
        constraints = [
            models.UniqueConstraint(
                fields=["clave", "usuario", "canal", "destino"],
                name="consentimiento_notificacion_una_vez",
            )
        ]
        indexes = [
            # the queue: what is due, oldest first
            models.Index(
                fields=["disponible_at", "id"],
                name="consentimiento_notif_cola",
                condition=models.Q(estado="pendiente"),
            ),
            # what was cut off
            models.Index(
                fields=["reclamada_at"],
                name="consentimiento_notif_curso",
                condition=models.Q(estado="enviando"),
            ),
            # the inbox, newest first
            models.Index(
                fields=["usuario", "canal", "-creada_at"], name="consentimiento_notif_buzon"
            ),
        ]


class CursorDeEventos(models.Model):
    """Up to which transaction the log has been announced (a single row)."""

    UNICO: ClassVar[int] = 1

    id = models.PositiveSmallIntegerField(primary_key=True)
    transaccion = TransaccionActual()
    visto_at = models.DateTimeField()
    barrido_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = "cursor de eventos"
