"""Notes: drafted with autosave, finished with the author's password, read, added to, printed."""

import base64
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from ece.nucleo.acceso import Acceso
from ece.nucleo.roles import Permiso
from ece.web.clinica import forms, paneles
from ece.web.guardas import con_acceso
from ece.web.impresion import notas as impresion
from registros.catalogos.notas import TIPOS
from registros.selectors import expediente
from registros.selectors import notas as selectores
from registros.selectors.notas import Nota
from registros.services import notas


@con_acceso(Permiso.NOTA_REDACTAR)
def nueva(request: HttpRequest, acceso: Acceso, tipo: str) -> HttpResponse:
    """Start a draft in the open visit (opening one is offered where there is none)."""
    if tipo not in TIPOS:
        raise Http404
    abiertos = expediente.encuentros_abiertos(acceso)
    if not abiertos:
        messages.info(request, _("Abra primero el encuentro en el que se escribe la nota."))
        return redirect("clinica:abrir-encuentro", paciente=acceso.paciente)
    if request.method != "POST":
        contexto = {**paneles.cabecera_de(acceso), "tipo": TIPOS[tipo]}
        return render(request, "clinica/nota_nueva.html", contexto)
    try:
        id_ = notas.redactar(acceso, tipo=tipo, encuentro_id=abiertos[0].id, ahora=timezone.now())
    except notas.RolSinEstaNota as error:
        raise Http404 from error
    return redirect("clinica:nota", paciente=acceso.paciente, nota=id_)


@con_acceso(Permiso.EXPEDIENTE_LEER)
def nota(request: HttpRequest, acceso: Acceso, nota: UUID) -> HttpResponse:
    """The editor for its author while it is a draft; the page to read for everybody else."""
    encontrada = _nota(acceso, nota)
    if not encontrada.finalizada and encontrada.autor_id == acceso.actor.id and encontrada.tipo:
        return _editor(request, acceso, encontrada)
    contexto = {
        **paneles.cabecera_de(acceso),
        "nota": encontrada,
        "adendas": selectores.adendas(acceso, nota_id=nota),
        "form_adenda": forms.Adenda(),
    }
    return render(request, "clinica/nota.html", contexto)


def _editor(
    request: HttpRequest,
    acceso: Acceso,
    nota: Nota,
    *,
    form: forms.Nota | None = None,
    estado: int = 200,
) -> HttpResponse:
    assert nota.tipo is not None
    contenido = notas.contenido_de(nota.recurso)
    form = form or forms.Nota(tipo=nota.tipo, contenido=contenido)
    faltan = set(notas.faltantes(nota.tipo, contenido))
    contexto = {
        **paneles.cabecera_de(acceso),
        "nota": nota,
        "form": form,
        "faltan": faltan,
        "llave_del_borrador": _llave_del_borrador(acceso, nota),
        "requeridas": len(nota.tipo.requeridas),
        "completas": len(nota.tipo.requeridas) - len(faltan),
    }
    return render(request, "clinica/nota_editor.html", contexto, status=estado)


def _llave_del_borrador(acceso: Acceso, nota: Nota) -> str:
    """Under which this author's browser keeps what the server does not have yet."""
    secreto = salted_hmac("ece.web.borrador", f"{acceso.actor.id}|{nota.id}", algorithm="sha256")
    return base64.b64encode(secreto.digest()).decode()


@require_POST
def _guardar(request: HttpRequest, acceso: Acceso, nota: UUID) -> JsonResponse:
    """Autosave: what is not yet valid is kept in the browser, and said."""
    encontrada = _nota(acceso, nota)
    form = forms.Nota(request.POST, tipo=encontrada.tipo)
    if not form.is_valid():
        return JsonResponse({"errores": form.errores_por_campo()}, status=422)
    contenido = form.contenido()
    try:
        version = notas.guardar_borrador(
            acceso,
            nota_id=nota,
            contenido=contenido,
            version=form.cleaned_data["version"],
            ahora=timezone.now(),
        )
    except notas.VersionEnConflicto:
        return JsonResponse(
            {"error": _("La nota cambió en otra ventana; recargue la página.")}, status=409
        )
    except (notas.OtroAutor, notas.NotaYaFinalizada):
        return JsonResponse({"error": _("La nota ya no se puede editar.")}, status=409)
    assert encontrada.tipo is not None
    faltan = notas.faltantes(encontrada.tipo, contenido)
    return JsonResponse({"version": version, "faltan": faltan})


guardar = con_acceso(Permiso.NOTA_REDACTAR)(_guardar)


@require_POST
def _finalizar(request: HttpRequest, acceso: Acceso, nota: UUID) -> HttpResponse:
    encontrada = _nota(acceso, nota)
    form = forms.Nota(request.POST, tipo=encontrada.tipo)
    if not form.is_valid():
        return _editor(request, acceso, encontrada, form=form, estado=422)
    if not request.user.check_password(request.POST.get("contrasena", "")):
        form.add_error(None, _("La contraseña no es correcta; la nota sigue como borrador."))
        return _editor(request, acceso, encontrada, form=form, estado=422)
    try:
        notas.finalizar(
            acceso,
            nota_id=nota,
            contenido=form.contenido(),
            version=form.cleaned_data["version"],
            ahora=timezone.now(),
        )
    except notas.SeccionesIncompletas as error:
        for clave in error.faltan:
            form.add_error(
                clave if clave in form.fields else None, _("Esta sección es obligatoria.")
            )
        return _editor(request, acceso, encontrada, form=form, estado=422)
    except notas.VersionEnConflicto:
        form.add_error(None, _("La nota cambió en otra ventana; recargue la página."))
        return _editor(request, acceso, encontrada, form=form, estado=409)
    except (notas.OtroAutor, notas.NotaYaFinalizada):
        messages.error(request, _("La nota ya estaba terminada."))
        return redirect("clinica:nota", paciente=acceso.paciente, nota=nota)
    messages.success(request, _("Nota terminada. Ya no se puede cambiar; se puede adendar."))
    return redirect("clinica:nota", paciente=acceso.paciente, nota=nota)


finalizar = con_acceso(Permiso.NOTA_FINALIZAR)(_finalizar)


@require_POST
def _adenda(request: HttpRequest, acceso: Acceso, nota: UUID) -> HttpResponse:
    if not _nota(acceso, nota).finalizada:
        messages.error(request, _("Es un borrador todavía: se corrige, no se adenda."))
        return redirect("clinica:nota", paciente=acceso.paciente, nota=nota)
    form = forms.Adenda(request.POST)
    if not form.is_valid() or not request.user.check_password(form.cleaned_data["contrasena"]):
        messages.error(request, _("Escriba la adenda y su contraseña."))
        return redirect("clinica:nota", paciente=acceso.paciente, nota=nota)
    notas.adendar(acceso, nota_id=nota, texto=form.cleaned_data["texto"], ahora=timezone.now())
    messages.success(request, _("Adenda agregada."))
    return redirect("clinica:nota", paciente=acceso.paciente, nota=nota)


adenda = con_acceso(Permiso.NOTA_FINALIZAR)(_adenda)


@con_acceso(Permiso.EXPEDIENTE_LEER)
def pdf(request: HttpRequest, acceso: Acceso, nota: UUID) -> HttpResponse:
    encontrada = _nota(acceso, nota)
    if not encontrada.finalizada:
        raise Http404
    documento = impresion.pdf(
        acceso, encontrada, selectores.adendas(acceso, nota_id=nota), ahora=timezone.now()
    )
    respuesta = HttpResponse(documento, content_type="application/pdf")
    respuesta["Content-Disposition"] = 'inline; filename="nota.pdf"'
    respuesta["Cache-Control"] = "no-store"
    return respuesta


def _nota(acceso: Acceso, nota_id: UUID) -> Any:
    encontrada = selectores.nota(acceso, nota_id=nota_id)
    if encontrada is None:
        raise Http404
    return encontrada
