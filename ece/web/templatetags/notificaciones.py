"""How many notices wait to be read, for the navigation of the portal."""

from typing import Any

from django import template

from consentimiento.notificaciones import buzon

register = template.Library()


@register.inclusion_tag("portal/_avisos.html", takes_context=True)
def enlace_a_avisos(context: dict[str, Any], paciente: Any) -> dict[str, Any]:
    """The link to the inbox of `paciente`, with the count of who is signed in."""
    return {"paciente_id": paciente, "sin_leer": buzon.sin_leer(context["user"].pk, paciente)}
