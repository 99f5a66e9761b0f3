"""Prescribing: the form that grows a line a medicine, what is taken, the sheet, stopping."""

import contextlib
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from ece.identidad.confianza import RECETA
from ece.nucleo.acceso import Acceso, Actor
from ece.nucleo.roles import Permiso
from ece.web import impresos
from ece.web.clinica import firmas as lectura_de_firmas
from ece.web.clinica import forms, paneles
from ece.web.clinica.forms import recetas as renglones_de_form
from ece.web.comprobacion import NoComprobado
from ece.web.guardas import con_acceso, con_sesion
from ece.web.impresion import recetas as impresion
from registros.catalogos import medicamentos as catalogo
from registros.selectors import expediente
from registros.selectors import recetas as selectores
from registros.services import indicaciones
from registros.services import recetas as servicio
from registros.services.recetas import HallazgosSinAtender, Renglon

PREFIJO = "r"


@con_acceso(Permiso.RECETA_PRESCRIBIR)
def recetar(request: HttpRequest, acceso: Acceso) -> HttpResponse:
    """The prescription. `accion` says what a POST does: ``guardar``, or how the form changes."""
    accion = request.POST.get("accion", "guardar")
    if request.method != "POST":
        return _formulario(request, acceso, _iniciales(request, acceso))
    if accion != "guardar":
        return _formulario(request, acceso, _cambiadas(request, accion))
    formset = forms.MedicamentosDeReceta(request.POST, prefix=PREFIJO)
    if not formset.is_valid():
        return _mostrar(request, acceso, formset, estado=422)
    renglones = [form.renglon() for form in formset]
    try:
        metodo = lectura_de_firmas.al_momento(request, acceso, RECETA)
        recetas_ = servicio.recetar(
            acceso,
            renglones=renglones,
            motivo=request.POST.get("motivo", "")[:400],
            encuentro_id=_encuentro(acceso),
            ahora=timezone.now(),
            metodo=metodo,
        )
    except NoComprobado as error:
        return _mostrar(request, acceso, formset, error_de_firma=str(error), estado=422)
    except HallazgosSinAtender as error:
        return _mostrar(request, acceso, formset, sin_atender=error, estado=422)
    if not _en_dialogo(request):
        messages.success(request, _("Receta registrada. Ya se puede imprimir."))
        return redirect("clinica:recetas", paciente=acceso.paciente)
    respuesta = render(
        request,
        "clinica/_receta_hecha.html",
        {"paciente_id": acceso.paciente, "recetas": recetas_, "renglones": renglones},
    )
    respuesta["HX-Trigger"] = "receta-prescrita"
    return respuesta


@con_acceso(Permiso.EXPEDIENTE_LEER)
def recetas(request: HttpRequest, acceso: Acceso) -> HttpResponse:
    """What the patient takes and what they took."""
    hoy = timezone.localdate()
    todas = selectores.recetados(acceso)
    contexto = {
        **paneles.cabecera_de(acceso),
        "vigentes": [r for r in todas if r.vigente(hoy)],
        "anteriores": [r for r in todas if not r.vigente(hoy)],
    }
    return render(request, "clinica/recetas.html", contexto)


@require_POST
def _suspender(request: HttpRequest, acceso: Acceso, receta: UUID) -> HttpResponse:
    motivo = request.POST.get("motivo", "").strip()[:200]
    if not motivo:
        messages.error(request, _("Diga por qué se suspende."))
        return redirect("clinica:recetas", paciente=acceso.paciente)
    try:
        servicio.suspender(acceso, receta_id=receta, motivo=motivo, ahora=timezone.now())
    except servicio.RecetaInexistente as error:
        raise Http404 from error
    except servicio.RecetaSinVigencia:
        messages.info(request, _("Ya no estaba vigente."))
    else:
        messages.success(request, _("Medicamento suspendido."))
    return redirect("clinica:recetas", paciente=acceso.paciente)


suspender = con_acceso(Permiso.RECETA_PRESCRIBIR)(_suspender)


@con_acceso(Permiso.EXPEDIENTE_LEER)
def pdf(request: HttpRequest, acceso: Acceso, receta: UUID) -> HttpResponse:
    """The sheet for the pharmacy: every medicine that shares its code."""
    hoja = selectores.hoja(acceso, receta_id=receta)
    if not hoja or not hoja[0].codigo:
        raise Http404
    verificar = request.build_absolute_uri(reverse("verificar:receta"))
    documento, ids = impresion.pdf(acceso, hoja, verificar=verificar), [uno.id for uno in hoja]
    return impresos.pdf(request, acceso, documento, "receta", registros=ids, ahora=timezone.now())


@con_sesion
def medicamentos(request: HttpRequest, actor: Actor) -> HttpResponse:
    """The listbox under a medicine's field: what was typed in whichever field asks."""
    escrito = next((str(v) for c, v in request.GET.items() if c.endswith("medicamento")), "")
    return render(
        request, "clinica/_medicamentos.html", {"opciones": catalogo.buscar(escrito[:80])}
    )


def _iniciales(request: HttpRequest, acceso: Acceso) -> list[dict[str, Any]]:
    """An empty line or, of what is repeated, its lines."""
    repetir = request.GET.get("repetir", "")
    recetadas = []
    if repetir == "ultima":
        recetadas = selectores.ultima_hoja(acceso)
    elif repetir:
        with contextlib.suppress(ValueError):
            recetadas = selectores.hoja(acceso, receta_id=UUID(repetir))
    return [indicaciones.de_recurso(r.recurso) for r in recetadas] or [{}]


def _cambiadas(request: HttpRequest, accion: str) -> list[dict[str, Any]]:
    """The lines as they were typed, with what `accion` does to them."""
    campos = forms.RenglonDeReceta.base_fields
    cuantas = request.POST.get(f"{PREFIJO}-TOTAL_FORMS", "1")
    lineas: list[dict[str, Any]] = [
        {campo: request.POST.get(f"{PREFIJO}-{n}-{campo}", "") for campo in campos}
        for n in range(min(int(cuantas) if cuantas.isdecimal() else 1, 12))
    ] or [{}]
    verbo, _guion, cual = accion.partition("-")
    lugar = int(cual) if cual.isdecimal() and int(cual) < len(lineas) else None
    if verbo == "agregar":
        lineas.append({"enfocar": True})
    elif verbo == "quitar" and lugar is not None:
        del lineas[lugar]
    elif verbo == "elegir" and lugar is not None:
        clave = catalogo.clave_de(str(lineas[lugar]["medicamento"]))
        lineas[lugar] = {**renglones_de_form.habitual(clave), "enfocar": True}
    return lineas or [{}]


def _formulario(request: HttpRequest, acceso: Acceso, lineas: list[dict[str, Any]]) -> HttpResponse:
    formset = forms.MedicamentosDeReceta(initial=lineas, prefix=PREFIJO)
    for form in formset:
        vacio = not form.initial.get("medicamento")
        campo = "medicamento" if vacio else "dosis"
        if form.initial.get("enfocar") or (vacio and len(lineas) == 1):
            form.fields[campo].widget.attrs["autofocus"] = True
    return _mostrar(request, acceso, formset)


def _mostrar(
    request: HttpRequest,
    acceso: Acceso,
    formset: Any,
    *,
    sin_atender: HallazgosSinAtender | None = None,
    error_de_firma: str = "",
    estado: int = 200,
) -> HttpResponse:
    renglones = [r for form in formset if (r := _renglon(form)) is not None]
    hoy = timezone.localdate()
    hallazgos = servicio.hallazgos(acceso, renglones=renglones, hoy=hoy) if renglones else []
    if sin_atender is not None:  # what is masked is only found on prescribing
        hallazgos += [h for h in sin_atender.hallazgos if h not in hallazgos]
    contexto = {
        "paciente_id": acceso.paciente,
        "formset": formset,
        "vista_previa": [_previa(renglon) for renglon in renglones],
        "hallazgos": hallazgos,
        "pide_motivo": any(h.bloquea for h in hallazgos),
        "prohibida": any(h.prohibe for h in hallazgos),
        "sin_atender": sin_atender is not None,
        "motivo": forms.MotivoDeReceta(initial={"motivo": request.POST.get("motivo", "")}),
        "en_dialogo": _en_dialogo(request),
        **lectura_de_firmas.se_pide(acceso, RECETA),
        "error_de_firma": error_de_firma,
    }
    if _en_dialogo(request) or request.headers.get("HX-Request"):
        return render(request, "clinica/_receta.html", contexto)
    contexto |= paneles.cabecera_de(acceso)
    return render(request, "clinica/receta.html", contexto, status=estado)


def _renglon(form: Any) -> Renglon | None:
    """The line that a form holds, bound or not, when it is whole."""
    if not form.is_bound:
        datos = {campo: valor for campo, valor in form.initial.items() if campo != "enfocar"}
        form = forms.RenglonDeReceta(datos)
    return form.renglon() if form.is_valid() else None


def _previa(renglon: Renglon) -> dict[str, Any]:
    uno = renglon.medicamento
    regla = catalogo.surtimiento(
        uno.grupo if uno else catalogo.Grupo.IV,
        antibiotico=uno is not None and uno.antibiotico,
        dias=renglon.dias,
        desde=timezone.localdate(),
    )
    return {
        "medicamento": indicaciones.concepto(renglon)["text"],
        "indicacion": indicaciones.texto(renglon),
        "surtir": indicaciones.por_surtir(renglon),
        "leyenda": regla.leyenda,
        "sin_catalogo": uno is None,
    }


def _en_dialogo(request: HttpRequest) -> bool:
    """Whether the form lives inside another page, which loaded it with htmx."""
    if request.method == "POST":
        return request.POST.get("en") == "dialogo"
    return bool(request.headers.get("HX-Request"))


def _encuentro(acceso: Acceso) -> UUID | None:
    abiertos = expediente.encuentros_abiertos(acceso)
    return abiertos[0].id if abiertos else None
