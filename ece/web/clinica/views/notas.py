"""Notes: drafted with autosave, finished with the author's password, read, added to, printed."""

import base64
from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from auditoria import selectors as auditoria
from ece.identidad import selectors as identidad
from ece.nucleo.acceso import Acceso
from ece.nucleo.roles import Permiso
from ece.web import evidencias, impresos
from ece.web import palabras_de_firma as palabras
from ece.web.clinica import forms, paneles
from ece.web.clinica.cartas import que_faltan
from ece.web.comprobacion import NoComprobado, comprobar, pedido
from ece.web.guardas import con_acceso
from ece.web.impresion import notas as impresion
from registros.catalogos.notas import TIPOS
from registros.selectors import etiquetas, expediente, rectificaciones, tareas
from registros.selectors import firmas as selectores_de_firmas
from registros.selectors import notas as selectores
from registros.selectors.notas import Nota
from registros.services import notas


@con_acceso(Permiso.NOTA_REDACTAR)
def nueva(request: HttpRequest, acceso: Acceso, tipo: str) -> HttpResponse:
    """Start a draft in the open visit (opening one is offered where there is none)."""
    if tipo not in TIPOS:
        raise Http404
    if not TIPOS[tipo].autores & acceso.actor.roles:
        raise PermissionDenied
    abiertos = expediente.encuentros_abiertos(acceso)
    if not abiertos:
        messages.info(request, _("Abra primero el encuentro en el que se escribe la nota."))
        return redirect("clinica:abrir-encuentro", paciente=acceso.paciente)
    if request.method != "POST":
        contexto = {**paneles.cabecera_de(acceso), "tipo": TIPOS[tipo]}
        return render(request, "clinica/nota_nueva.html", contexto)
    id_ = notas.redactar(acceso, tipo=tipo, encuentro_id=abiertos[0].id, ahora=timezone.now())
    return redirect("clinica:nota", paciente=acceso.paciente, nota=id_)


@con_acceso(Permiso.EXPEDIENTE_LEER)
def nota(request: HttpRequest, acceso: Acceso, nota: UUID) -> HttpResponse:
    """The editor for its author while it is a draft; the page to read for everybody else."""
    encontrada = _nota(acceso, nota)
    borrador = not encontrada.finalizada and not encontrada.en_espera
    if borrador and encontrada.autor_id == acceso.actor.id and encontrada.tipo:
        return _editor(request, acceso, encontrada)
    contexto = {
        **paneles.cabecera_de(acceso),
        "nota": encontrada,
        "adendas": selectores.adendas(acceso, nota_id=nota),
        "rectificaciones": rectificaciones.sobre(acceso, tipo="Composition", id=nota),
        "form_adenda": forms.Adenda() if _la_escribe(acceso, encontrada) else None,
        "etiquetas": etiquetas.de_recurso(acceso, encontrada.recurso),
        "form_contrafirma": _contrafirma(acceso, encontrada),
        "form_devolucion": forms.Devolucion(),
        "firma": pedido(acceso.actor.id),
        **_firmas(acceso, encontrada),
    }
    if encontrada.finalizada and encontrada.autor_id == acceso.actor.id:
        contexto["llave_del_borrador"] = _llave_del_borrador(acceso, encontrada)
    return render(request, "clinica/nota.html", contexto)


def _editor(
    request: HttpRequest,
    acceso: Acceso,
    nota: Nota,
    *,
    form: forms.Nota | None = None,
    faltan_cartas: Iterable[str] = (),
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
        "faltan_cartas": que_faltan(faltan_cartas),
        "version": form.data.get("version") or nota.version,
        "servidor": _vigente(nota),
        "fragmentos": [
            {"abreviatura": f.abreviatura, "texto": f.texto, "unidad": f.unidad}
            for f in identidad.fragmentos(acceso.actor)
        ],
        "faltan": faltan,
        "devuelta": tareas.devolucion(acceso, nota_id=nota.id),
        "en_formacion": notas.en_formacion(acceso),
        "firma": pedido(acceso.actor.id),
        "llave_del_borrador": _llave_del_borrador(acceso, nota),
        "requeridas": len(nota.tipo.requeridas),
        "completas": len(nota.tipo.requeridas) - len(faltan),
    }
    return render(request, "clinica/nota_editor.html", contexto, status=estado)


def _vigente(nota: Nota) -> dict[str, Any]:
    """What the server has, for an editor to compare with, or merge into, its own text."""
    assert nota.tipo is not None
    form = forms.Nota(tipo=nota.tipo, contenido=notas.contenido_de(nota.recurso))
    hora = date_format(timezone.localtime(nota.fecha), "H:i")
    return {
        "version": nota.version,
        "quien": _("%(autor)s, a las %(hora)s") % {"autor": nota.autor, "hora": hora},
        "campos": form.escrito(),
    }


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
        return JsonResponse(_vigente(_nota(acceso, nota)), status=409)
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
    try:
        metodo = comprobar(request, acceso.actor.id)
    except NoComprobado as error:
        form.add_error(None, _("%(por_que)s La nota sigue como borrador.") % {"por_que": error})
        return _editor(request, acceso, encontrada, form=form, estado=422)
    try:
        notas.finalizar(
            acceso,
            nota_id=nota,
            contenido=form.contenido(),
            version=form.cleaned_data["version"],
            ahora=timezone.now(),
            metodo=metodo,
        )
    except notas.RolSinEstaNota as error:
        raise PermissionDenied from error
    except notas.SeccionesIncompletas as error:
        form.exigir(error.faltas)
        return _editor(request, acceso, encontrada, form=form, estado=422)
    except notas.FaltaConsentimiento as error:
        return _editor(
            request, acceso, encontrada, form=form, faltan_cartas=error.cartas, estado=422
        )
    except notas.VersionEnConflicto:
        form.add_error(None, _("La nota cambió en otra ventana; no se ha terminado."))
        return _editor(request, acceso, _nota(acceso, nota), form=form, estado=409)
    except (notas.OtroAutor, notas.NotaYaFinalizada):
        messages.error(request, _("La nota ya estaba terminada."))
        return redirect("clinica:nota", paciente=acceso.paciente, nota=nota)
    if notas.en_formacion(acceso):
        messages.success(request, _("Nota terminada: espera la contrafirma de un médico."))
    else:
        messages.success(request, _("Nota terminada. Ya no se puede cambiar; se puede adendar."))
    return redirect("clinica:nota", paciente=acceso.paciente, nota=nota)


finalizar = con_acceso(Permiso.NOTA_FINALIZAR)(_finalizar)


@require_POST
def _adenda(request: HttpRequest, acceso: Acceso, nota: UUID) -> HttpResponse:
    encontrada = _nota(acceso, nota)
    if not _la_escribe(acceso, encontrada):
        raise PermissionDenied
    if not encontrada.finalizada:
        messages.error(request, _("Es un borrador todavía: se corrige, no se adenda."))
        return redirect("clinica:nota", paciente=acceso.paciente, nota=nota)
    form = forms.Adenda(request.POST)
    if not form.is_valid():
        messages.error(request, _("Escriba la adenda y su contraseña."))
        return redirect("clinica:nota", paciente=acceso.paciente, nota=nota)
    try:
        metodo = comprobar(request, acceso.actor.id)
    except NoComprobado as error:
        messages.error(request, str(error))
        return redirect("clinica:nota", paciente=acceso.paciente, nota=nota)
    notas.adendar(
        acceso,
        nota_id=nota,
        texto=form.cleaned_data["texto"],
        ahora=timezone.now(),
        metodo=metodo,
    )
    messages.success(request, _("Adenda agregada."))
    return redirect("clinica:nota", paciente=acceso.paciente, nota=nota)


adenda = con_acceso(Permiso.NOTA_FINALIZAR)(_adenda)


@con_acceso(Permiso.EXPEDIENTE_LEER)
def pdf(request: HttpRequest, acceso: Acceso, nota: UUID) -> HttpResponse:
    encontrada = _nota(acceso, nota)
    if not encontrada.finalizada:
        raise Http404
    ahora, adendas = timezone.now(), selectores.adendas(acceso, nota_id=nota)
    documento = impresion.pdf(acceso, encontrada, adendas, ahora=ahora)
    ids = [nota, *(adenda.id for adenda in adendas)]
    return impresos.pdf(request, acceso, documento, "nota", registros=ids, ahora=ahora)


@con_acceso(Permiso.EXPEDIENTE_LEER)
def recibo(request: HttpRequest, acceso: Acceso, nota: UUID) -> HttpResponse:
    """The proof that the log has the digest of what this person last printed of the note."""
    evento = auditoria.ultima_impresion(acceso, registro=_nota(acceso, nota).id)
    vuelta = reverse("clinica:nota", args=[acceso.paciente, nota])
    if evento is not None:
        return evidencias.recibo(request, acceso, evento, vuelta=vuelta)
    messages.info(request, _("Imprima primero la nota: el recibo es de lo que se imprimió."))
    return redirect(vuelta)


def _firmas(acceso: Acceso, nota: Nota) -> dict[str, Any]:
    """The signatures of a note that somebody finished, and whether one more is asked of the reader.

    Who wrote it, countersigned it or refused already is not asked again.
    """
    if not nota.finalizada and not nota.en_espera:
        return {}
    clave = nota.tipo.clave if nota.tipo else ""
    estado = selectores_de_firmas.estado(acceso, nota_id=nota.id, clave=clave)
    ya = {f.firmante_id for f in estado.firmas} | {nota.autor_id}
    pide = bool(estado.faltan) and acceso.actor.id not in ya
    return {
        "firmas": palabras.dichas(estado.firmas),
        "estado_de_firmas": estado,
        "puede_firmar": pide and nota.finalizada and Permiso.NOTA_FINALIZAR in acceso.permisos,
        "espera_su_firma": estado.falta_avanzada
        and nota.finalizada
        and acceso.actor.id in {nota.autor_id, nota.contrafirma and nota.contrafirma.quien_id},
    }


def _la_escribe(acceso: Acceso, nota: Nota) -> bool:
    """Whether the actor's post writes this type of note, and so adds to it."""
    if notas.en_formacion(acceso):
        return False
    return nota.tipo is None or bool(nota.tipo.autores & acceso.actor.roles)


def _contrafirma(acceso: Acceso, nota: Nota) -> forms.Contrafirma | None:
    """The form to answer for a note that waits, for who may and did not write it."""
    puede = Permiso.NOTA_CONTRAFIRMAR in acceso.permisos and nota.autor_id != acceso.actor.id
    return forms.Contrafirma() if nota.en_espera and puede else None


def _nota(acceso: Acceso, nota_id: UUID) -> Any:
    encontrada = selectores.nota(acceso, nota_id=nota_id)
    if encontrada is None:
        raise Http404
    return encontrada
