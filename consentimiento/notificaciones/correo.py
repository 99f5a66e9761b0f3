"""By e-mail (SMTP): plain text, fixed words, in the person's language."""

import smtplib
from datetime import datetime
from urllib.parse import urlsplit
from uuid import UUID

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.utils import translation
from django.utils.translation import gettext as _

from consentimiento.models import Notificacion
from consentimiento.models.notificacion import Tipo
from consentimiento.notificaciones.envio import EnvioIncierto, NoEnviada, SinDestino, enlace
from consentimiento.notificaciones.textos import DESDE_FUERA, TEXTOS
from consentimiento.services import recuperacion
from ece.identidad.services import contactos

_SMTP = "django.core.mail.backends.smtp.EmailBackend"


def hay_servidor() -> bool:
    return bool(settings.EMAIL_HOST)


def enviar(notificacion: Notificacion, *, ahora: datetime) -> None:
    """Raises `NoEnviada`, `EnvioIncierto`, `SinDestino`."""
    senas = contactos.de(notificacion.usuario_id)
    if not senas.correo:
        raise SinDestino
    with translation.override(senas.idioma):
        texto = TEXTOS[Tipo(notificacion.tipo)]
        asunto = _(texto.titulo)
        cuerpo = "\n\n".join(
            (
                _(texto.cuerpo),
                _(DESDE_FUERA),
                _enlace(notificacion),
                _("Este mensaje no lleva datos de salud. Puede elegir qué recibir en el portal."),
            )
        )
    entregar(senas.correo, asunto, cuerpo, id=notificacion.pk)


def _enlace(notificacion: Notificacion) -> str:
    if notificacion.tipo == Tipo.RECUPERACION:
        return f"{settings.ECE_URL}{recuperacion.camino(recuperacion.de_clave(notificacion.clave))}"
    return enlace(notificacion.pk)


def entregar(direccion: str, asunto: str, cuerpo: str, *, id: UUID) -> None:
    """Hand a message over to the institution's mail server. Raises `NoEnviada`, `EnvioIncierto`.

    The id of the message is always the same for the same `id`, so that a server may know it again.
    """
    conexion = get_connection(_SMTP)
    mensaje = EmailMessage(
        asunto,
        cuerpo,
        to=[direccion],
        connection=conexion,
        headers={
            "Message-ID": f"<{id}@{urlsplit(settings.ECE_URL).hostname}>",
            "Auto-Submitted": "auto-generated",
        },
    )
    try:
        conexion.open()
    except (OSError, smtplib.SMTPException) as error:
        raise NoEnviada(type(error).__name__) from error
    try:
        mensaje.send()
    except (smtplib.SMTPResponseException, smtplib.SMTPRecipientsRefused) as error:
        raise NoEnviada(type(error).__name__) from error  # the server answered, and it was a no
    except (OSError, smtplib.SMTPException) as error:
        raise EnvioIncierto from error
    finally:
        conexion.close()
