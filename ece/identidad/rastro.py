"""Changes of administrative models (django-auditlog) become events of the log."""

from typing import Any
from uuid import UUID

from auditlog.models import LogEntry
from auditlog.registry import auditlog
from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.db.models.signals import post_save
from django.utils import timezone

from auditoria import bitacora
from auditoria.bitacora import NuevoEvento
from auditoria.tipos import Resultado, TipoDeEvento
from ece.nucleo.acceso import Actor

SIN_DECIR = ("password", "last_login", "jwk", "llave", "certificado")
_SISTEMA = Actor(id=UUID(int=1), clase="sistema", nombre="ECE")


def vigilar() -> None:
    """Register the administrative models and tie their entries, and sign-ins, to the log."""
    from ece.identidad import models

    for modelo in (
        models.Usuario,
        models.Profesional,
        models.Institucion,
        models.Unidad,
        models.Asignacion,
        models.Cliente,
        models.LlaveDeCliente,
        models.Consultorio,
        models.Horario,
        models.Ausencia,
        models.Fragmento,
        models.Firmante,
        models.Autoridad,
        models.Credencial,
        models.ReglaDeFirma,
    ):
        # What hangs from it is told by its own entries, and would be asked for with each change.
        colgado = [relacion.name for relacion in modelo._meta.related_objects]
        auditlog.register(modelo, exclude_fields=[*SIN_DECIR, *colgado])
    post_save.connect(_al_registrar, sender=LogEntry, dispatch_uid="ece.rastro.auditlog")
    user_logged_in.connect(_al_entrar, dispatch_uid="ece.rastro.entrar")
    user_logged_out.connect(_al_salir, dispatch_uid="ece.rastro.salir")
    user_login_failed.connect(_al_fallar, dispatch_uid="ece.rastro.fallar")


def _actor(usuario: Any) -> Actor:
    if usuario is None:
        return _SISTEMA
    return Actor(id=usuario.pk, clase="persona", nombre=usuario.nombre)


def _anexar(tipo: TipoDeEvento, actor: Actor, *, hecho: bool = True, **detalle: Any) -> None:
    resultado = Resultado.HECHO if hecho else Resultado.DENEGADO
    bitacora.anexar([NuevoEvento(tipo, resultado, actor, momento=timezone.now(), detalle=detalle)])


def _al_registrar(sender: type[LogEntry], instance: LogEntry, created: bool, **_: Any) -> None:
    if created:
        _anexar(
            TipoDeEvento.IDENTIDAD_CAMBIADA,
            _actor(instance.actor),
            modelo=instance.content_type.model,
            objeto=instance.object_pk,
            accion=instance.get_action_display(),
            campos=sorted(instance.changes_dict),
        )


def _al_entrar(sender: Any, request: object, user: Any, **_: Any) -> None:
    _anexar(TipoDeEvento.SESION_INICIADA, _actor(user))


def _al_salir(sender: Any, request: object, user: Any, **_: Any) -> None:
    _anexar(TipoDeEvento.SESION_CERRADA, _actor(user))


def _al_fallar(sender: Any, credentials: dict[str, Any], **_: Any) -> None:
    _anexar(TipoDeEvento.SESION_FALLIDA, _SISTEMA, hecho=False)
