"""How to reach the person: read by whoever reads the record, corrected by them."""

from dataclasses import asdict

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from ece.nucleo.acceso import Acceso
from ece.nucleo.roles import Permiso
from ece.web.guardas import con_acceso
from ece.web.portal import forms
from ece.web.portal.marco import marco
from registros.selectors import expediente
from registros.services import contacto
from registros.services.contacto import Contacto


@con_acceso(Permiso.CONTACTO_CORREGIR, en_portal=True)
def datos(request: HttpRequest, acceso: Acceso) -> HttpResponse:
    _quien, recurso, version = expediente.identidad(acceso)
    actual = {**asdict(contacto.leer(recurso)), "version": version}
    form = forms.DatosDeContacto(request.POST or None, initial=actual)
    if form.is_valid():
        dicho = {k: v for k, v in form.cleaned_data.items() if k != "version"}
        try:
            contacto.corregir(
                acceso,
                contacto=Contacto(**dicho),
                version=form.cleaned_data["version"],
                ahora=timezone.now(),
            )
        except contacto.VersionEnConflicto:
            form.add_error(None, _("Sus datos cambiaron mientras los corregía; revíselos."))
        else:
            messages.success(request, _("Sus datos quedaron corregidos."))
            return redirect("portal:datos", acceso.paciente)
    contexto = {**marco(acceso), "form": form, "titulo": _("Mis datos de contacto")}
    return render(request, "portal/formulario.html", contexto, status=422 if form.is_bound else 200)
