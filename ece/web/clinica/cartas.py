"""Deciding about a letter, at the desk or in the portal: one call, and its refusals in words."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ece.nucleo.acceso import Acceso
from ece.web.clinica import forms
from registros.catalogos.cartas import CARTAS, TipoDeCarta
from registros.catalogos.notas import norma
from registros.selectors.cartas import CartaVista, FirmaVista, Situacion
from registros.services import cartas

SITUACIONES = {
    Situacion.POR_DECIDIR: gettext_lazy("Por decidir"),
    Situacion.VIGENTE: gettext_lazy("Vigente"),
    Situacion.RECHAZADA: gettext_lazy("No aceptada"),
    Situacion.REVOCADA: gettext_lazy("Revocada"),
    Situacion.VENCIDA: gettext_lazy("Vencida"),
}
FICHAS = {
    Situacion.POR_DECIDIR: "aviso",
    Situacion.RECHAZADA: "alerta",
    Situacion.REVOCADA: "alerta",
}
ANCHO, ALTO = 600, 200
DE_FIRMA = {
    "1.2.840.10065.1.12.1.7": gettext_lazy("Quien decide"),
    "1.2.840.10065.1.12.1.8": gettext_lazy("Testigo"),
    "1.2.840.10065.1.12.1.1": gettext_lazy("Médico, con su contraseña"),
}


def decidir(
    acceso: Acceso, vista: CartaVista, form: forms.Decision, *, acepta: bool, ahora: datetime
) -> bool:
    """Give or refuse a letter with what the form says; False leaves the reason on the form."""
    try:
        if acepta:
            cartas.otorgar(
                acceso,
                carta_id=vista.id,
                huella=form.data.get("huella", ""),
                quien=form.quien(),
                testigos=form.testigos(),
                comprension=form.cleaned_data.get("comprension", ""),
                ahora=ahora,
            )
        else:
            cartas.rechazar(acceso, carta_id=vista.id, quien=form.quien(), ahora=ahora)
    except cartas.CartaIncompleta as error:
        for elemento in error.elementos:
            form.add_error(None, falta(elemento.titulo, elemento.numeral))
    except cartas.NoLeCorresponde:
        form.add_error(None, _("Esa persona no puede decidir por este paciente; revise quién es."))
    except cartas.TextoDistinto:
        form.add_error(None, _("El texto no es el que se mostró; vuelva a abrir la carta."))
    except cartas.CartaEnOtroEstado:
        form.add_error(None, _("Alguien ya decidió sobre esta carta."))
    return not form.errors


def revocar(acceso: Acceso, carta_id: UUID, form: forms.Revocacion, *, ahora: datetime) -> bool:
    """Take a letter back; False when it was not in force. Raises `CartaInexistente`."""
    motivo = form.cleaned_data["motivo"] if form.is_valid() else ""
    try:
        cartas.revocar(acceso, carta_id=carta_id, motivo=motivo, ahora=ahora)
    except cartas.CartaEnOtroEstado:
        return False
    return True


def falta(titulo: str, numeral: str) -> str:
    return _("Falta «%(titulo)s» (%(numeral)s).") % {
        "titulo": _(titulo),
        "numeral": norma(numeral),
    }


def renglones(vistas: Iterable[CartaVista]) -> list[dict[str, Any]]:
    """Each letter with its state in words."""
    return [
        {
            "carta": v,
            "situacion": SITUACIONES[v.situacion],
            "ficha": FICHAS.get(v.situacion, ""),
        }
        for v in vistas
    ]


def firmas(vista: CartaVista) -> list[dict[str, Any]]:
    """Each signature as whose it is, as what, when, and the path to draw, if it was drawn."""
    return [
        {
            "nombre": f.nombre,
            "clase": DE_FIRMA.get(f.clase, ""),
            "cuando": f.cuando,
            "camino": camino(f),
        }
        for f in vista.firmas
    ]


def camino(firma: FirmaVista) -> str:
    """The strokes as the path of an SVG of `ANCHO` by `ALTO`."""
    return " ".join(
        "M" + " L".join(f"{x:g} {y:g}" for x, y, *_resto in trazo) for trazo in firma.trazos
    )


def que_faltan(claves: Iterable[str]) -> list[TipoDeCarta]:
    """The letters that what was planned waits for, for a page to lead to them."""
    return [CARTAS[clave] for clave in claves]
