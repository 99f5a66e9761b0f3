"""Who the patient is: read, corrected, photographed."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from consentimiento.selectors import avisos
from ece.nucleo.acceso import Acceso
from ece.nucleo.roles import Permiso
from ece.web.clinica import forms, lectura, paneles
from ece.web.clinica.views.pacientes import intentar
from ece.web.guardas import con_acceso
from registros.selectors import expediente, identidad
from registros.services import fotografias, pacientes

_APARTE = frozenset({"link", "photo"})


@con_acceso(Permiso.PACIENTE_LEER)
def identificacion(request: HttpRequest, acceso: Acceso) -> HttpResponse:
    """Who the patient is, for those whose work needs no more."""
    resumen, recurso, _version = expediente.identidad(acceso)
    contexto = {
        **paneles.cabecera(acceso, resumen, expediente.alergias(acceso)),
        "campos": _renglones(recurso, acceso),
        "familia": expediente.familia(acceso),
        "con_foto": "photo" in recurso,
        "aviso_pendiente": avisos.le_falta(acceso),
    }
    return render(request, "clinica/identificacion.html", contexto)


@con_acceso(Permiso.PACIENTE_MODIFICAR)
def corregir(request: HttpRequest, acceso: Acceso) -> HttpResponse:
    """The registration form again, over what the record says, with what it said before."""
    actual, version = identidad.identificacion(acceso)
    form = forms.NuevoPaciente(request.POST or None, anterior=actual)
    if request.method == "POST" and form.is_valid():
        de_partida = request.POST.get("version", "")

        def guardar() -> int:
            return pacientes.modificar(
                acceso,
                identificacion=form.identificacion(),
                version=int(de_partida) if de_partida.isdecimal() else version,
                ahora=timezone.now(),
            )

        if intentar(form, guardar) is not None:
            messages.success(request, _("Identificación corregida."))
            return redirect("clinica:identificacion", paciente=acceso.paciente)
    contexto = {
        **paneles.cabecera_de(acceso),
        "form": form,
        "version": request.POST.get("version", version),
        "foto": forms.NuevaFotografia(),
        "historia": _cambios(acceso),
    }
    return render(request, "clinica/corregir.html", contexto, status=422 if form.errors else 200)


@con_acceso(Permiso.PACIENTE_LEER)
def fotografia(request: HttpRequest, acceso: Acceso) -> HttpResponse:
    imagen = identidad.fotografia(acceso)
    if imagen is None:
        raise Http404
    return HttpResponse(imagen, content_type="image/jpeg", headers={"Cache-Control": "no-store"})


@require_POST
def _fotografiar(request: HttpRequest, acceso: Acceso) -> HttpResponse:
    form = forms.NuevaFotografia(request.POST, request.FILES)
    try:
        if form.is_valid():
            fotografias.poner(acceso, imagen=form.contenido(), ahora=timezone.now())
            messages.success(request, _("Fotografía guardada."))
            return redirect("clinica:identificacion", paciente=acceso.paciente)
        messages.error(request, _("Elija primero una fotografía."))
    except fotografias.FotografiaInaceptable as error:
        messages.error(request, _(str(error)))
    return redirect("clinica:corregir", paciente=acceso.paciente)


fotografiar = con_acceso(Permiso.PACIENTE_MODIFICAR)(_fotografiar)


def _renglones(recurso: dict[str, Any], acceso: Acceso) -> list[lectura.Renglon]:
    propios = {clave: valor for clave, valor in recurso.items() if clave not in _APARTE}
    return lectura.renglones(propios, paciente=acceso.paciente)


def _cambios(acceso: Acceso) -> list[dict[str, Any]]:
    """Each version with the lines that changed in it: name, before, after."""
    versiones = identidad.historia(acceso)
    leidas = [lectura.por_nombre(_renglones(v.recurso, acceso)) for v in versiones]
    return [
        {
            "version": una.version,
            "cuando": una.cuando,
            "cambios": [
                (nombre, antes.get(nombre, ""), despues.get(nombre, ""))
                for nombre in dict.fromkeys((*despues, *antes))
                if antes.get(nombre) != despues.get(nombre)
            ],
        }
        for una, despues, antes in zip(versiones, leidas, leidas[1:], strict=False)
    ]
