"""Registering somebody: first who they might already be, then who they are."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from consentimiento import decision
from ece.nucleo.acceso import Actor, Alcance
from ece.nucleo.identificadores import CurpInvalida
from ece.nucleo.roles import Permiso
from ece.web.clinica import forms
from ece.web.guardas import con_admision, con_alcance
from registros.selectors import pacientes as selectores
from registros.selectors.pacientes import ResumenDeIdentidad
from registros.services import pacientes


@con_admision
def registrar(request: HttpRequest, actor: Actor) -> HttpResponse:
    form = forms.NuevoPaciente(request.POST or None)
    parecidos: list[ResumenDeIdentidad] = []
    if request.method == "POST" and form.is_valid():
        identificacion = form.identificacion()
        if not form.cleaned_data["confirmado"]:
            parecidos = _parecidos(actor, form)
        if not parecidos and (nuevo := _registrar(actor, form, identificacion)):
            messages.success(request, _("Paciente registrado."))
            return redirect("clinica:identificacion", paciente=nuevo)
    return render(request, "clinica/registrar.html", {"form": form, "parecidos": parecidos})


def _parecidos(actor: Actor, form: forms.NuevoPaciente) -> list[ResumenDeIdentidad]:
    alcance = decision.alcanzar(
        actor, Permiso.PACIENTE_LISTAR, motivo="registro", ahora=timezone.now()
    )
    datos = form.cleaned_data
    return selectores.parecidos(
        alcance,
        curp=datos["curp"],
        nombre=datos["nombre"],
        primer_apellido=datos["primer_apellido"],
        fecha_nacimiento=datos["fecha_nacimiento"],
    )


def _registrar(
    actor: Actor, form: forms.NuevoPaciente, identificacion: pacientes.Identificacion
) -> object | None:
    """The new patient's id; None with the reason on the form."""
    ahora = timezone.now()
    try:
        return pacientes.registrar(
            decision.admitir(actor, ahora=ahora), identificacion=identificacion, ahora=ahora
        )
    except CurpInvalida as error:
        form.add_error("curp", str(error))
    except pacientes.CurpDiscrepante as error:
        for discrepancia in error.discrepancias:
            form.add_error("curp", discrepancia)
    except pacientes.FaltaMotivoSinCurp:
        form.add_error("sin_curp_motivo", _("Anote por qué la persona no tiene CURP."))
    except pacientes.IdentificadorRepetido:
        form.add_error("curp", _("Esa CURP ya es de otro paciente; búsquelo antes de registrar."))
    return None


@con_alcance(Permiso.PACIENTE_LISTAR, motivo="registro")
def parecidos(request: HttpRequest, alcance: Alcance) -> HttpResponse:
    """Likely duplicates, while the form is being filled in."""
    form = forms.NuevoPaciente(request.GET)
    form.is_valid()
    datos = form.cleaned_data
    encontrados = selectores.parecidos(
        alcance,
        curp=datos.get("curp", ""),
        nombre=datos.get("nombre", ""),
        primer_apellido=datos.get("primer_apellido", ""),
        fecha_nacimiento=datos.get("fecha_nacimiento"),
    )
    return render(request, "clinica/_parecidos.html", {"parecidos": encontrados})
