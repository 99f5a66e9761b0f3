"""The door of who holds paper: whether a printed prescription, or signature, is ours and good.

Nobody signs in. The page says what the paper says and its state, nothing else; a code that names
nothing and a wrong one are the same answer.
"""

from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext_noop as _

from ece.identidad import selectors as identidad
from ece.nucleo.acceso import Acceso
from ece.nucleo.roles import Permiso
from ece.web import palabras_de_firma
from ece.web.guardas import con_documento
from ece.web.verificar import ritmo
from registros.selectors import firmas, recetas
from registros.selectors.firmas import Veredicto
from registros.selectors.recetas import Recetado

VIGENTE, SUSPENDIDA, SURTIDA, VENCIDA = _("Vigente"), _("Suspendida"), _("Surtida"), _("Vencida")


@ritmo.moderado
@con_documento
def receta(request: HttpRequest, acceso: Acceso | None, codigo: str) -> HttpResponse:
    """The form and, when the code names a sheet, what it says and whether it holds today."""
    contexto: dict[str, Any] = {"buscada": bool(codigo), "hoja": None}
    if acceso is not None:
        if Permiso.RECETA_VERIFICAR in acceso.permisos:
            contexto["hoja"] = _hoja(acceso, codigo)
        elif hallada := firmas.por_codigo(acceso, codigo=codigo):
            contexto["firma"] = (hallada, palabras_de_firma.de(hallada.firma))
    respuesta = render(request, "verificar/receta.html", contexto)
    respuesta["Cache-Control"] = "no-store"
    respuesta["X-Robots-Tag"] = "noindex"
    return respuesta


def _hoja(acceso: Acceso, codigo: str) -> dict[str, Any] | None:
    paciente, medicamentos = recetas.verificada(acceso, codigo=codigo)
    prescriptor = medicamentos[0].prescriptor if medicamentos else None
    autor = identidad.profesional(prescriptor) if prescriptor else None
    if autor is None:  # not one of our people: not a prescription of ours
        return None
    hoy = timezone.localdate()
    institucion = identidad.institucion()
    return {
        "paciente": paciente,
        "medicamentos": [(uno, _estado(uno, hoy), _firmas(acceso, uno)) for uno in medicamentos],
        "fecha": medicamentos[0].fecha,
        "vence": medicamentos[0].vence,
        "autor": autor,
        "institucion": institucion.nombre if institucion else "",
        "buena": all(_estado(uno, hoy) == VIGENTE for uno in medicamentos),
    }


def _firmas(acceso: Acceso, uno: Recetado) -> list[tuple[Veredicto, palabras_de_firma.Dicho]]:
    return palabras_de_firma.dichas(
        firmas.de_documento(acceso, tipo="MedicationRequest", id=uno.id)
    )


def _estado(uno: Recetado, hoy: date) -> str:
    if uno.estado == "completed":
        return SURTIDA
    if uno.estado != "active":
        return SUSPENDIDA
    return VENCIDA if uno.vence and uno.vence < hoy else VIGENTE
