"""Handing over, at the counter, the code that opens somebody's account."""

import segno
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from consentimiento.services import inscripcion
from ece.nucleo.acceso import Acceso
from ece.nucleo.roles import Permiso
from ece.web.clinica import paneles
from ece.web.clinica.forms.invitacion import Invitacion
from ece.web.guardas import con_acceso


@con_acceso(Permiso.PORTAL_INVITAR)
def invitar(request: HttpRequest, acceso: Acceso) -> HttpResponse:
    hay = inscripcion.tiene_cuenta(acceso)
    usual = inscripcion.Proposito.RECUPERAR if hay else inscripcion.Proposito.INSCRIBIR
    form = Invitacion(request.POST or None, initial={"proposito": usual})
    contexto = {**paneles.cabecera_de(acceso), "titulo": _("Invitar al portal"), "hay": hay}
    if form.is_valid():
        try:
            emitida = inscripcion.invitar(acceso, **form.pedida(), ahora=timezone.now())
        except inscripcion.NoEsMenor:
            form.add_error("relacion", _("Es mayor de edad: sólo el paciente abre su cuenta."))
        except inscripcion.YaTieneCuenta:
            form.add_error("proposito", _("Ya tiene cuenta. Elija «Volver a entrar a su cuenta»."))
        except inscripcion.SinCuenta:
            form.add_error("proposito", _("No tiene cuenta todavía. Elija «Abrir su cuenta»."))
        except inscripcion.FaltaLaIdentidad:
            form.add_error(None, _("Falta la fecha de nacimiento en su identificación."))
        else:
            return _hoja(request, contexto, emitida)
    return render(request, "clinica/invitar.html", {**contexto, "form": form})


def _hoja(
    request: HttpRequest, contexto: dict[str, object], emitida: inscripcion.Emitida
) -> HttpResponse:
    """The sheet to print: shown once, kept nowhere."""
    donde = f"{settings.ECE_URL}{reverse('cuenta:inscribirse')}"
    con_codigo = f"{donde}#{emitida.codigo}"  # after the #: no server, proxy or log sees it
    cuadro = segno.make(con_codigo, error="m", micro=False).svg_data_uri(border=2, scale=4)
    hoja = {"emitida": emitida, "donde": donde, "cuadro": cuadro}
    respuesta = render(request, "clinica/invitacion.html", {**contexto, **hoja})
    respuesta["Cache-Control"] = "no-store"
    return respuesta
