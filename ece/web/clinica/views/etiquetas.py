"""The sensitive categories of a record: what they are, who set them, and correcting them."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from ece.nucleo.acceso import Acceso
from ece.nucleo.roles import Permiso
from ece.web.clinica import forms, paneles
from ece.web.guardas import con_acceso
from registros.selectors import etiquetas as selectores
from registros.selectors import expediente
from registros.services import etiquetas as servicios


@con_acceso(Permiso.ETIQUETA_CORREGIR)
def etiquetas(request: HttpRequest, acceso: Acceso, tipo: str, id: UUID) -> HttpResponse:
    registro = expediente.registro(acceso, tipo=tipo, id=id)
    if registro is None or tipo == "Patient":
        raise Http404
    vistas = selectores.de_recurso(acceso, registro.recurso)
    previas = [e.categoria.value for e in vistas.puestas]
    form = forms.Etiquetas(request.POST or None, initial={"categorias": previas})
    if request.method == "POST" and form.is_valid():
        try:
            servicios.corregir(
                acceso,
                tipo=tipo,
                id=id,
                motivo=form.cleaned_data["motivo"],
                **form.cambios(),
                ahora=timezone.now(),
            )
        except servicios.SinCambio:
            form.add_error("categorias", _("Así está ya: elija lo que se corrige."))
        except servicios.NotaSinTerminar:
            form.add_error(None, _("La nota es un borrador: se etiqueta sola al guardarse."))
        else:
            messages.success(request, _("Etiquetas corregidas."))
            return redirect("clinica:registro", acceso.paciente, tipo, id)
    contexto = {
        **paneles.cabecera_de(acceso),
        "registro": registro,
        "etiquetas": vistas,
        "form": form,
    }
    return render(request, "clinica/etiquetas.html", contexto)
