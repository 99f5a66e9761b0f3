"""The register of breaches of personal data, at the privacy officer's desk."""

from typing import Any
from uuid import UUID

from django import forms as django_forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from consentimiento.selectors import vulneraciones as selectores
from consentimiento.services import vulneraciones as servicios
from ece.nucleo.acceso import Alcance
from ece.nucleo.roles import Permiso
from ece.web.clinica.forms import vulneraciones as forms
from ece.web.guardas import con_alcance
from registros.selectors import pacientes

ACCIONES: dict[str, type[django_forms.Form]] = {
    "confirmar": forms.Confirmacion,
    "senalar": forms.Alcanzados,
    "autoridad": forms.Autoridad,
    "escrito": forms.PorEscrito,
    "cerrar": forms.Cierre,
}


@con_alcance(Permiso.REVISION_ATENDER, motivo="privacidad")
def lista(request: HttpRequest, alcance: Alcance) -> HttpResponse:
    """All of them, and the form to note one."""
    form = forms.NuevaVulneracion(request.POST or None)
    if request.method == "POST" and form.is_valid():
        id_ = servicios.registrar(alcance, **form.dicho(), ahora=timezone.now())
        messages.success(request, _("Vulneración registrada."))
        return redirect("clinica:vulneracion", id_)
    contexto = {"vulneraciones": selectores.lista(alcance), "form": form}
    estado = 422 if form.errors else 200
    return render(request, "clinica/vulneraciones.html", contexto, status=estado)


@con_alcance(Permiso.REVISION_ATENDER, motivo="privacidad")
def una(request: HttpRequest, alcance: Alcance, vulneracion: UUID) -> HttpResponse:
    """One, with its steps. `accion` says which a POST takes."""
    accion = request.POST.get("accion", "")
    form = ACCIONES[accion](request.POST) if accion in ACCIONES else None
    if form is not None and form.is_valid() and _hacer(request, alcance, vulneracion, accion, form):
        return redirect("clinica:vulneracion", vulneracion)
    entera = selectores.una(alcance, vulneracion_id=vulneracion)
    if entera is None:
        raise Http404
    formularios: dict[str, Any] = {
        nombre: form if nombre == accion else clase(initial=entera.textos)
        for nombre, clase in ACCIONES.items()
    }
    contexto = {"v": entera, "f": formularios}
    return render(request, "clinica/vulneracion.html", contexto, status=422 if form else 200)


def _hacer(request: HttpRequest, alcance: Alcance, id_: UUID, accion: str, form: Any) -> bool:
    """Whether it was done; if not, the form says why."""
    ahora, dicho = timezone.now(), form.cleaned_data
    try:
        match accion:
            case "confirmar":
                servicios.confirmar(alcance, vulneracion_id=id_, textos=dicho, ahora=ahora)
                messages.success(request, _("Confirmada: quienes tienen cuenta ya reciben aviso."))
            case "senalar":
                return _senalar(request, alcance, id_, form)
            case "autoridad":
                servicios.notificar_a_la_autoridad(
                    alcance, vulneracion_id=id_, dicho=dicho["dicho"], ahora=ahora
                )
                messages.success(request, _("Anotado el aviso a la autoridad."))
            case "escrito":
                servicios.avisado_por_escrito(
                    alcance, vulneracion_id=id_, paciente=dicho["paciente"], ahora=ahora
                )
                messages.success(request, _("Anotado el aviso por escrito."))
            case _:
                servicios.cerrar(
                    alcance, vulneracion_id=id_, definitivas=dicho["definitivas"], ahora=ahora
                )
                messages.success(request, _("Vulneración cerrada."))
    except (servicios.YaConfirmada, servicios.SinConfirmar, servicios.VulneracionInexistente):
        messages.error(request, _("Ese paso ya no es posible: la vulneración cambió."))
    return True


def _senalar(request: HttpRequest, alcance: Alcance, id_: UUID, form: Any) -> bool:
    hallados: dict[str, UUID | None] = {
        numero: pacientes.id_de_expediente(alcance, numero=numero) for numero in form.leidos()
    }
    if faltan := [numero for numero, cual in hallados.items() if cual is None]:
        texto = _("No hay un expediente con estos números: %(cuales)s.")
        form.add_error("numeros", texto % {"cuales": ", ".join(faltan)})
        return False
    ids = [cual for cual in hallados.values() if cual is not None]
    servicios.senalar(alcance, vulneracion_id=id_, pacientes=ids, ahora=timezone.now())
    messages.success(request, _("Anotadas las personas afectadas."))
    return True
