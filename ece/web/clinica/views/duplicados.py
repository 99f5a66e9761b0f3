"""Records that may be of one person: found, compared side by side, linked and unlinked."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from consentimiento import decision
from ece.nucleo.acceso import Acceso
from ece.nucleo.roles import Permiso
from ece.web.clinica import forms, lectura, paneles
from ece.web.guardas import con_acceso
from registros.selectors import duplicados as selectores
from registros.selectors import expediente, pacientes
from registros.services import vinculos
from registros.services.pacientes import SISTEMA_EXPEDIENTE

_APARTE = frozenset({"link", "photo", "active"})


@con_acceso(Permiso.PACIENTE_VINCULAR)
def duplicados(request: HttpRequest, acceso: Acceso) -> HttpResponse:
    """Who else may be this patient; by POST, a search by hand (names stay out of addresses)."""
    alcance = decision.alcanzar(
        acceso.actor, Permiso.PACIENTE_LISTAR, motivo="duplicados", ahora=timezone.now()
    )
    texto = request.POST.get("texto", "")[:80]
    hallados = pacientes.buscar(alcance, texto=texto) if texto else []
    contexto = {
        **paneles.cabecera_de(acceso),
        "parecidos": selectores.de_paciente(acceso, alcance),
        "texto": texto,
        "hallados": [p for p in hallados if p.id != acceso.paciente],
    }
    return render(request, "clinica/duplicados.html", contexto)


@con_acceso(Permiso.PACIENTE_VINCULAR)
def comparar(request: HttpRequest, acceso: Acceso, otro: UUID) -> HttpResponse:
    """Both identifications, line by line; by POST, linked or unlinked."""
    del_otro = decision.abrir_paciente(
        acceso.actor, otro, Permiso.PACIENTE_VINCULAR, ahora=timezone.now()
    )
    uno, recurso, _version = expediente.identidad(acceso)
    dos, recurso_del_otro, _version = expediente.identidad(del_otro)
    unidos = any(vinculo.paciente == otro for vinculo in uno.vinculos)
    form = forms.NuevoVinculo(
        request.POST or None, expedientes=[(uno.expediente, uno), (dos.expediente, dos)]
    )
    if request.method == "POST" and (unidos or form.is_valid()):
        _cambiar(request, form, acceso, del_otro, desvincular=unidos)
        return redirect("clinica:comparar", paciente=acceso.paciente, otro=otro)
    contexto = {
        **paneles.cabecera_de(acceso),
        "form": form,
        "uno": uno,
        "otro": dos,
        "unidos": unidos,
        "filas": _filas(recurso, recurso_del_otro, acceso),
    }
    return render(request, "clinica/comparar.html", contexto, status=422 if form.errors else 200)


def _cambiar(
    request: HttpRequest,
    form: forms.NuevoVinculo,
    uno: Acceso,
    otro: Acceso,
    *,
    desvincular: bool,
) -> None:
    ahora = timezone.now()
    try:
        if desvincular:
            vinculos.desvincular(uno, otro, ahora=ahora)
            messages.success(request, _("Quedaron separados, como estaban."))
            return
        principal, sustituido = (uno, otro) if form.sigue_el_primero() else (otro, uno)
        motivo = form.cleaned_data["motivo"]
        vinculos.vincular(principal, sustituido, motivo=motivo, ahora=ahora)
        messages.success(request, _("Quedaron vinculados."))
    except (vinculos.VinculoImposible, vinculos.VersionEnConflicto) as error:
        messages.error(request, _(str(error)))
    except vinculos.NoVinculados:
        messages.error(request, _("Ya no estaban vinculados."))


def _filas(uno: dict[str, Any], otro: dict[str, Any], acceso: Acceso) -> list[dict[str, Any]]:
    """The lines of both, by name."""
    leidos = [
        lectura.por_nombre(lectura.renglones(_comparable(recurso), paciente=acceso.paciente))
        for recurso in (uno, otro)
    ]
    filas = [
        {"nombre": nombre, "uno": leidos[0].get(nombre, ""), "otro": leidos[1].get(nombre, "")}
        for nombre in dict.fromkeys((*leidos[0], *leidos[1]))
    ]
    return [{**fila, "igual": fila["uno"] == fila["otro"]} for fila in filas]


def _comparable(recurso: dict[str, Any]) -> dict[str, Any]:
    """The Patient without what says nothing of who it is: its number, which always differs."""
    identificadores = [
        i for i in recurso.get("identifier", ()) if i.get("system") != SISTEMA_EXPEDIENTE
    ]
    propios = {clave: valor for clave, valor in recurso.items() if clave not in _APARTE}
    return {**propios, "identifier": identificadores}
