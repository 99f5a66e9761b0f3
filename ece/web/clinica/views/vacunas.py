"""The cartilla."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from ece.nucleo.acceso import Acceso
from ece.nucleo.roles import Permiso
from ece.web.clinica import forms, paneles
from ece.web.guardas import con_acceso
from registros.selectors import vacunas as selectores
from registros.services import vacunas as servicios


@con_acceso(Permiso.EXPEDIENTE_LEER)
def vacunas(request: HttpRequest, acceso: Acceso) -> HttpResponse:
    contexto = {
        **paneles.cabecera_de(acceso),
        "cartilla": selectores.cartilla(acceso, hoy=timezone.localdate()),
        "aqui": "vacunas",
    }
    return render(request, "clinica/vacunas.html", contexto)


@con_acceso(Permiso.VACUNA_REGISTRAR)
def registrar(request: HttpRequest, acceso: Acceso) -> HttpResponse:
    """A dose: given here, copied, or not given; the address may say which (``?vacuna=``)."""
    cabecera = paneles.cabecera_de(acceso)
    form = forms.NuevaVacuna(
        request.POST or None,
        nacimiento=cabecera["identidad"].nacimiento,
        initial={"biologico": request.GET.get("vacuna", "")},
    )
    if request.method == "POST" and form.is_valid():
        datos, ahora = form.cleaned_data, timezone.now()
        comun = {
            "biologico": datos["biologico"],
            "fecha": datos["fecha"],
            "encuentro_id": paneles.encuentro_de(acceso),
            "ahora": ahora,
        }
        if datos["motivo"]:
            servicios.no_aplicar(acceso, motivo=datos["motivo"], **comun)
            messages.success(request, _("Consta que no se aplicó, y por qué."))
        else:
            servicios.aplicar(
                acceso,
                lote=datos["lote"],
                sitio=datos["sitio"],
                de_cartilla=datos["de_cartilla"],
                **comun,
            )
            messages.success(request, _("Vacuna registrada."))
        return redirect("clinica:vacunas", paciente=acceso.paciente)
    contexto = {
        **cabecera,
        "form": form,
        "titulo": _("Registrar vacuna"),
        "volver": "clinica:vacunas",
        "aqui": "vacunas",
    }
    return render(request, "clinica/formulario_de_apartado.html", contexto)
