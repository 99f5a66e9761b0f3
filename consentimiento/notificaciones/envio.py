"""How a sending may fail, which decides whether it may be tried again."""

from django.conf import settings


class NoEnviada(Exception):
    """It surely did not leave; it may be tried again. Says no address."""


class EnvioIncierto(Exception):
    """It was cut off after it was handed over: it may have arrived."""


class SinDestino(Exception):
    """There is nowhere to send it any more."""


def enlace(id: object) -> str:
    """The address that a message leads to: ours, with nothing but an opaque id."""
    return f"{settings.ECE_URL}/cuenta/aviso/{id}/"
