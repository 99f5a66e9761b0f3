"""Registering somebody: first who they might already be, then who they are."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from consentimiento import decision
from ece.nucleo.acceso import Actor, Alcance
from ece.nucleo.identificadores import ENTIDADES, CurpInvalida, validar_curp
from ece.nucleo.roles import Permiso
from ece.web.clinica import forms, palabras
from ece.web.clinica.palabras import SEXO_EN_LA_CURP
from ece.web.guardas import con_alcance
from registros.selectors import pacientes as selectores
from registros.selectors.pacientes import ResumenDeIdentidad
from registros.services import pacientes

LARGO_DE_LA_CURP = 18
_admision = con_alcance(Permiso.PACIENTE_REGISTRAR, motivo="admision")


@_admision
def registrar(request: HttpRequest, alcance: Alcance) -> HttpResponse:
    form = forms.NuevoPaciente(request.POST or None)
    parecidos: list[ResumenDeIdentidad] = []
    if request.method == "POST" and form.is_valid():
        identificacion = form.identificacion()
        hallados = _parecidos(alcance.actor, form.cleaned_data)
        if not {str(p.id) for p in hallados} <= form.cleaned_data["descartados"]:
            parecidos = hallados
        elif nuevo := _registrar(alcance.actor, form, identificacion):
            messages.success(request, _("Paciente registrado."))
            return redirect("clinica:identificacion", paciente=nuevo)
    contexto = {"form": form, "parecidos": parecidos}
    return render(request, "clinica/registrar.html", contexto, status=_estado(form, parecidos))


def _estado(form: forms.NuevoPaciente, parecidos: list[ResumenDeIdentidad]) -> int:
    return 422 if form.errors or parecidos else 200


def _parecidos(actor: Actor, datos: dict[str, Any]) -> list[ResumenDeIdentidad]:
    alcance = decision.alcanzar(
        actor, Permiso.PACIENTE_LISTAR, motivo="registro", ahora=timezone.now()
    )
    return selectores.parecidos(
        alcance,
        curp=datos.get("curp", ""),
        nombre=datos.get("nombre", ""),
        primer_apellido=datos.get("primer_apellido", ""),
        fecha_nacimiento=datos.get("fecha_nacimiento"),
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


@_admision
def parecidos(request: HttpRequest, alcance: Alcance) -> HttpResponse:
    """Likely duplicates, while the form is filled in; by POST, for names stay out of addresses."""
    form = forms.NuevoPaciente(request.POST)
    form.is_valid()
    contexto = {"parecidos": _parecidos(alcance.actor, form.cleaned_data)}
    return render(request, "clinica/_parecidos.html", contexto)


@_admision
def curp(request: HttpRequest, alcance: Alcance) -> HttpResponse:
    """What a CURP says of its holder, or what is wrong with it, as it is typed."""
    escrita = request.POST.get("curp", "").strip()
    contexto: dict[str, Any] = {"escrita": escrita}
    try:
        if len(escrita) >= LARGO_DE_LA_CURP:
            contexto["curp"] = validar_curp(escrita)
            contexto["entidad"] = ENTIDADES[contexto["curp"].entidad]
            contexto["sexo"] = palabras.CODIGOS_PROPIOS[SEXO_EN_LA_CURP, contexto["curp"].sexo]
    except CurpInvalida as error:
        contexto["error"] = error
    return render(request, "clinica/_curp.html", contexto)
