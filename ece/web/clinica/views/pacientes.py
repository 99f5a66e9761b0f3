"""Registering somebody: first who they might already be, then who they are."""

from collections.abc import Callable
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
from ece.web.guardas import con_alcance, con_sesion
from registros.catalogos import personas
from registros.selectors import catalogos, duplicados
from registros.selectors.duplicados import Parecido, Senas
from registros.services import pacientes

LARGO_DE_LA_CURP = 18
_admision = con_alcance(Permiso.PACIENTE_REGISTRAR, motivo="admision")


@_admision
def registrar(request: HttpRequest, alcance: Alcance) -> HttpResponse:
    form = forms.NuevoPaciente(request.POST or None)
    parecidos: list[Parecido] = []
    if request.method == "POST" and form.is_valid():
        identificacion = form.identificacion()
        hallados = _parecidos(alcance.actor, form.cleaned_data)
        if not {str(p.quien.id) for p in hallados} <= form.cleaned_data["descartados"]:
            parecidos = hallados
        elif nuevo := _registrar(alcance.actor, form, identificacion):
            messages.success(request, _("Paciente registrado."))
            return redirect("clinica:identificacion", paciente=nuevo)
    contexto = {"form": form, "parecidos": parecidos}
    return render(request, "clinica/registrar.html", contexto, status=_estado(form, parecidos))


def _estado(form: forms.NuevoPaciente, parecidos: list[Parecido]) -> int:
    return 422 if form.errors or parecidos else 200


def _parecidos(actor: Actor, datos: dict[str, Any]) -> list[Parecido]:
    alcance = decision.alcanzar(
        actor, Permiso.PACIENTE_LISTAR, motivo="registro", ahora=timezone.now()
    )
    claves = ("nombre", "primer_apellido", "fecha_nacimiento", "curp", "nss", "telefono")
    return duplicados.buscar(alcance, Senas(**{c: datos[c] for c in claves if datos.get(c)}))


def _registrar(
    actor: Actor, form: forms.NuevoPaciente, identificacion: pacientes.Identificacion
) -> object | None:
    """The new patient's id; None with the reason on the form."""
    ahora = timezone.now()

    def guardar() -> object:
        return pacientes.registrar(
            decision.admitir(actor, ahora=ahora), identificacion=identificacion, ahora=ahora
        )

    return intentar(form, guardar)


def intentar(form: forms.NuevoPaciente, guardar: Callable[[], object]) -> object | None:
    """What `guardar` returns; None when it is refused, with the reason on the form."""
    try:
        return guardar()
    except CurpInvalida as error:
        form.add_error("curp", str(error))
    except pacientes.CurpDiscrepante as error:
        for discrepancia in error.discrepancias:
            form.add_error("curp", discrepancia)
    except pacientes.FaltaMotivoSinCurp:
        form.add_error("sin_curp_motivo", _("Anote por qué la persona no tiene CURP."))
    except pacientes.IdentificadorRepetido:
        form.add_error("curp", _("Esa CURP ya es de otro paciente; búsquelo antes de registrar."))
    except pacientes.VersionEnConflicto:
        form.add_error(
            None, _("Alguien más corrigió antes esta identificación; vuelva a abrirla y compare.")
        )
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


@con_sesion
def lugares(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Municipalities or localities of an entity, as their field is typed in."""
    catalogo, texto = next(
        (
            (cual, request.GET[campo][:80])
            for campo, cual in (
                ("municipio", personas.MUNICIPIOS),
                ("localidad", personas.LOCALIDADES),
            )
            if campo in request.GET
        ),
        (personas.MUNICIPIOS, ""),
    )
    hallados = catalogos.buscar_lugar(catalogo, texto, dentro_de=request.GET.get("entidad", "")[:2])
    return render(request, "clinica/_lugares.html", {"lugares": hallados})
