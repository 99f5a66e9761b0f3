"""What pages say of the session."""

from django import template
from django.conf import settings

register = template.Library()


@register.simple_tag
def inactividad() -> str:
    """Minutes without anybody after which a screen locks, as scripts read numbers."""
    return str(settings.ECE_MINUTOS_DE_INACTIVIDAD)
