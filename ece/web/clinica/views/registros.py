"""Allergies, diagnoses and results; and any record, to read."""

import json
from collections.abc import Callable
from typing import Any
from uuid import UUID

from django import forms as django_forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ece.nucleo.acceso import Acceso, Actor
from ece.nucleo.roles import Permiso
from ece.web.clinica import firmas as lectura_de_firmas
from ece.web.clinica import forms, lectura, paneles
from ece.web.guardas import con_acceso, con_sesion
from registros.selectors import catalogos, etiquetas, expediente, firmas, rectificaciones
from registros.services import alergias, diagnosticos, resultados

_Formulario = tuple[type[django_forms.Form], Permiso, Any, Callable[..., object], bool]
FORMULARIOS: dict[str, _Formulario] = {
    "alergia": (
        forms.NuevaAlergia,
        Permiso.ALERGIA_REGISTRAR,
        gettext_lazy("Registrar alergia"),
        alergias.registrar,
        False,
    ),
    "diagnostico": (
        forms.NuevoDiagnostico,
        Permiso.DIAGNOSTICO_REGISTRAR,
        gettext_lazy("Registrar diagnóstico"),
        diagnosticos.registrar,
        True,
    ),
    "resultado": (
        forms.NuevoResultado,
        Permiso.RESULTADO_REGISTRAR,
        gettext_lazy("Registrar resultado"),
        resultados.registrar,
        True,
    ),
}
"""key -> form, permission, title, service, whether it hangs from the open visit."""
PAGINAS = {
    "DiagnosticReport": "clinica:informe",
    "ServiceRequest": "clinica:orden",
    "DocumentReference": "clinica:documento",
}
"""Types with a page of their own; `?completo` asks for the one of every type."""


def registrar(request: HttpRequest, paciente: UUID, clase: str) -> HttpResponse:
    """The form of a class, behind the permission of that class."""
    if clase not in FORMULARIOS:
        raise Http404
    return con_acceso(FORMULARIOS[clase][1])(_registrar)(request, paciente=paciente, clase=clase)


registrar.guarda = "acceso:<de la clase>"  # type: ignore[attr-defined]


def _registrar(request: HttpRequest, acceso: Acceso, clase: str) -> HttpResponse:
    clase_de_form, _permiso, titulo, servicio, en_encuentro = FORMULARIOS[clase]
    form = clase_de_form(request.POST or None)
    if request.method == "POST" and form.is_valid():
        extra = {"encuentro_id": paneles.encuentro_de(acceso)} if en_encuentro else {}
        servicio(acceso, **form.cleaned_data, **extra, ahora=timezone.now())
        messages.success(request, _("Registrado en el expediente."))
        return redirect("clinica:expediente", paciente=acceso.paciente)
    contexto = {**paneles.cabecera_de(acceso), "form": form, "titulo": titulo}
    return render(request, "clinica/formulario.html", contexto)


@con_acceso(Permiso.EXPEDIENTE_LEER)
def registro(request: HttpRequest, acceso: Acceso, tipo: str, id: UUID) -> HttpResponse:
    """Any record, as lines; a note of the patient's own, in its page."""
    vinculados = paneles.vinculados(acceso)
    encontrado = expediente.registro(acceso, tipo=tipo, id=id, vinculados=vinculados)
    if encontrado is None:
        raise Http404
    if tipo == "Composition" and encontrado.paciente == acceso.paciente:
        return redirect("clinica:nota", paciente=acceso.paciente, nota=id)
    if tipo in PAGINAS and encontrado.paciente == acceso.paciente and "completo" not in request.GET:
        return redirect(PAGINAS[tipo], acceso.paciente, id)
    contexto = {
        **paneles.cabecera_de(acceso),
        "registro": encontrado,
        "rectificaciones": rectificaciones.sobre(acceso, tipo=tipo, id=id),
        "campos": lectura.renglones(encontrado.recurso, paciente=acceso.paciente),
        "etiquetas": etiquetas.de_recurso(acceso, encontrado.recurso),
        "constancias": firmas.de_documento(acceso, tipo=tipo, id=id) if tipo == "Encounter" else [],
        **(lectura_de_firmas.de(acceso, tipo=tipo, id=id) if tipo == "MedicationRequest" else {}),
        "json": json.dumps(encontrado.recurso, ensure_ascii=False, indent=2, default=str),
    }
    return render(request, "clinica/registro.html", contexto)


@con_sesion
def cie10(request: HttpRequest, actor: Actor) -> HttpResponse:
    """The listbox under a diagnosis field: what was typed in `q`, or in the form's own `clave`.

    `sexo` and `edad` (days) are the patient's.
    """
    edad = request.GET.get("edad", "")
    sexo = {"male": "H", "female": "M"}.get(request.GET.get("sexo", ""), "")
    opciones = catalogos.buscar_cie10(
        (request.GET.get("q") or request.GET.get("clave", ""))[:80],
        sexo=sexo,
        edad_en_dias=int(edad) if edad.isdecimal() else None,
        limite=12,
    )
    return render(request, "clinica/_cie10.html", {"opciones": opciones})
