"""Other institutions, from the chart: asking them for the record; and the desk of referrals."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from consentimiento import decision
from consentimiento.decision import AccesoDenegado
from consentimiento.services.compartidos import BaseNoPactada
from ece.nucleo.acceso import Acceso, Alcance, PermisoInsuficiente
from ece.nucleo.roles import Permiso
from ece.web.clinica import paneles
from ece.web.clinica.forms import red as forms
from ece.web.guardas import con_acceso, con_alcance
from ece.web.templatetags.fechas import fecha_hora_corta
from red import consultas, listas, referencias
from red.consultas import Ajeno, SinCurp, SinEnlace, SocioCallado, SocioNiega
from red.pasos import Paso
from registros.catalogos import notas as catalogo
from registros.catalogos.procedencias import recibido_de
from registros.selectors import expediente
from registros.services.recursos import (
    CartaSinFirmar,
    FaltaConsentimiento,
    FirmaEnviada,
    OtroPaciente,
    RecursoInvalido,
    VersionEnConflicto,
)

NO_SE_GUARDA = (
    *(CartaSinFirmar, FaltaConsentimiento, FirmaEnviada),
    *(OtroPaciente, RecursoInvalido, VersionEnConflicto),
)
"""What a partner may send that no record takes."""
_atiende = con_alcance(Permiso.REFERENCIA_ATENDER, motivo="referencias")


@con_acceso(Permiso.EXPEDIENTE_PEDIR)
def otras_instituciones(request: HttpRequest, acceso: Acceso) -> HttpResponse:
    """Ask another institution, and show what it answers apart from the record."""
    ahora = timezone.now()
    destinos = consultas.posibles(acceso, ahora=ahora)
    form = forms.Pedir(
        request.POST or None, convenios=[(d.convenio, d.institucion) for d in destinos]
    )
    ajeno, estado = None, 200
    if form.is_valid():
        ajeno = _pedir(acceso, form, ahora)
    if form.errors:
        estado = 422
    contexto = {
        **paneles.cabecera_de(acceso),
        "form": form,
        "hay_destinos": bool(destinos),
        "ajeno": ajeno,
    }
    return render(request, "red/otras_instituciones.html", contexto, status=estado)


def _pedir(acceso: Acceso, form: forms.Pedir, ahora: Any) -> Ajeno | None:
    try:
        return consultas.pedir(acceso, convenio_id=form.cleaned_data["convenio"], ahora=ahora)
    except SinCurp:
        form.add_error(None, _("El paciente no tiene CURP: sin ella no se le puede buscar allá."))
    except SinEnlace:
        form.add_error("convenio", _("El convenio con esa institución ya no está vigente."))
    except SocioCallado:
        form.add_error(
            None,
            _("La otra institución no contesta en este momento. Siga sin ella y pruebe más tarde."),
        )
    except SocioNiega as error:
        dicho = error.dicho or f"HTTP {error.estado}"
        form.add_error(
            None, _("La otra institución no lo permite. Dice: «%(dicho)s»") % {"dicho": dicho}
        )
    return None


@con_acceso(Permiso.EXPEDIENTE_COMPARTIR)
def de_paciente(request: HttpRequest, acceso: Acceso) -> HttpResponse:
    """The patient's referrals, and a new one."""
    ahora = timezone.now()
    destinos = [
        (d.convenio, d.institucion)
        for d in consultas.posibles(acceso, ahora=ahora)
        if "referencia" in d.bases
    ]
    posibles = _notas(acceso, referencias.NOTAS_QUE_REFIEREN)
    form = forms.Referir(request.POST or None, convenios=destinos, notas=posibles)
    if form.is_valid():
        dicho = form.cleaned_data
        try:
            id_ = referencias.solicitar(
                acceso,
                convenio_id=dicho["convenio"],
                nota_id=dicho["nota"],
                servicio=dicho["servicio"],
                prioridad=dicho["prioridad"],
                ahora=ahora,
            )
        except (referencias.SinDestino, BaseNoPactada):
            form.add_error("convenio", _("El convenio con esa institución ya no está vigente."))
        except referencias.NotaNoSirve:
            form.add_error("nota", _("Esa nota no está terminada o no es de referencia."))
        else:
            messages.success(request, _("Paciente referido. Aquí verá qué contestan."))
            return redirect("clinica:referencia", paciente=acceso.paciente, referencia=id_)
    contexto = {
        **paneles.cabecera_de(acceso),
        "referencias": listas.de_paciente(acceso, ahora=ahora),
        "form": form,
        "hay_destinos": bool(destinos),
        "hay_notas": bool(posibles),
    }
    return render(
        request, "red/referencias_de_paciente.html", contexto, status=422 if form.errors else 200
    )


@con_acceso(Permiso.EXPEDIENTE_COMPARTIR)
def referencia(request: HttpRequest, acceso: Acceso, referencia: UUID) -> HttpResponse:
    """One referral of the patient, and the step that is one's own to take."""
    ahora = timezone.now()
    posibles = _notas(acceso, referencias.NOTAS_QUE_RESPONDEN)
    responder = forms.Responder(None, notas=posibles)
    negar = forms.Negar(None)
    if request.method == "POST":
        accion = request.POST.get("accion", "")
        if accion == "responder":
            responder = forms.Responder(request.POST, notas=posibles)
        elif accion == "cancelar":
            negar = forms.Negar(request.POST)
        if respuesta := _dar_paso(request, acceso, referencia, accion, responder, negar):
            return respuesta
    visto = listas.una(acceso, referencia_id=referencia, ahora=ahora)
    if visto is None:
        raise Http404
    contexto = {
        **paneles.cabecera_de(acceso),
        "r": visto.renglon,
        "visto": visto,
        "responder": responder if Paso.RESPUESTA in visto.posibles else None,
        "hay_notas": bool(posibles),
        "negar": negar if Paso.CANCELACION in visto.posibles else None,
        "puede_atender": Paso.ATENCION in visto.posibles,
        "puede_acusar": Paso.ACUSE in visto.posibles,
    }
    errores = responder.errors or negar.errors
    return render(request, "red/referencia.html", contexto, status=422 if errores else 200)


def _dar_paso(
    request: HttpRequest,
    acceso: Acceso,
    id: UUID,
    accion: str,
    responder: forms.Responder,
    negar: forms.Negar,
) -> HttpResponse | None:
    ahora = timezone.now()
    try:
        match accion:
            case "atender":
                referencias.atender(acceso, referencia_id=id, ahora=ahora)
                dicho = _("La otra institución sabrá que ya se atiende al paciente.")
            case "acusar":
                referencias.acusar(acceso, referencia_id=id, ahora=ahora)
                dicho = _("Contrarreferencia leída: la referencia queda cerrada.")
            case "responder" if responder.is_valid():
                nota = responder.cleaned_data["nota"]
                referencias.responder(acceso, referencia_id=id, nota_id=nota, ahora=ahora)
                dicho = _("Contrarreferencia enviada.")
            case "cancelar" if negar.is_valid():
                motivo = negar.cleaned_data["motivo"]
                referencias.cancelar(acceso, referencia_id=id, motivo=motivo, ahora=ahora)
                dicho = _("Referencia cancelada.")
            case _:
                return None
        messages.success(request, dicho)
    except referencias.ReferenciaInexistente as error:
        raise Http404 from error
    except referencias.NotaNoSirve:
        responder.add_error("nota", _("Esa nota no está terminada o no es de contrarreferencia."))
        return None
    except referencias.PasoInvalido:
        messages.error(request, _("La referencia cambió mientras tanto: revise cómo está."))
    return redirect("clinica:referencia", paciente=acceso.paciente, referencia=id)


@_atiende
def lista(request: HttpRequest, alcance: Alcance) -> HttpResponse:
    """Referrals that wait, ours and theirs; and those that are over."""
    cerradas = request.GET.get("ver") == "cerradas"
    renglones = listas.todas(alcance, vivas=not cerradas, ahora=timezone.now())
    contexto = {
        "recibidas": [r for r in renglones if r.sentido == "recibida"],
        "enviadas": [r for r in renglones if r.sentido == "enviada"],
        "cerradas": cerradas,
    }
    return render(request, "red/referencias.html", contexto)


@_atiende
def recibida(request: HttpRequest, alcance: Alcance, referencia: UUID) -> HttpResponse:
    """One that nobody accepted yet: what it says, who it may be here, and yes or no."""
    ahora = timezone.now()
    negar = forms.Negar(request.POST if request.POST.get("accion") == "rechazar" else None)
    try:
        if negar.is_valid():
            motivo = negar.cleaned_data["motivo"]
            referencias.rechazar(alcance, referencia_id=referencia, motivo=motivo, ahora=ahora)
            messages.success(request, _("La otra institución sabrá que no se aceptó, y por qué."))
            return redirect("clinica:referencias")
        if request.method == "POST" and request.POST.get("accion") == "aceptar":
            return _aceptar(request, alcance, referencia)
    except referencias.ReferenciaInexistente as error:
        raise Http404 from error
    except referencias.PasoInvalido:
        messages.error(request, _("La referencia cambió mientras tanto: revise cómo está."))
        return redirect("clinica:referencias")
    abierta = listas.abrir(alcance, referencia_id=referencia, ahora=ahora)
    if abierta is None:
        raise Http404
    contexto = {
        "abierta": abierta,
        "r": abierta.renglon,
        "sexo": paneles.SEXOS.get(abierta.sexo, ""),
        "candidatos": _candidatos(alcance, abierta.curp),
        "registra": Permiso.PACIENTE_REGISTRAR in alcance.actor.permisos,
        "negar": negar,
    }
    return render(request, "red/recibida.html", contexto, status=422 if negar.errors else 200)


def _aceptar(request: HttpRequest, alcance: Alcance, id: UUID) -> HttpResponse:
    try:
        paciente = UUID(request.POST.get("paciente", ""))
        referencias.aceptar(alcance, referencia_id=id, paciente=paciente, ahora=timezone.now())
    except ValueError:
        messages.error(request, _("Elija de quién es la referencia."))
    except referencias.OtraPersona:
        messages.error(request, _("La CURP no es la del expediente: no se aceptó."))
    except (AccesoDenegado, BaseNoPactada, PermisoInsuficiente):
        messages.error(
            request,
            _("El paciente o el convenio no permiten recibir datos de esa institución."),
        )
    except NO_SE_GUARDA:
        messages.error(request, _("Lo que enviaron no se puede guardar: no se aceptó."))
    else:
        messages.success(request, _("Aceptada: lo que enviaron ya está en el expediente."))
        if Permiso.CITA_PROGRAMAR in alcance.actor.permisos:
            return redirect("clinica:citas", paciente=paciente)
        return redirect("clinica:referencias")
    return redirect("clinica:referencia-recibida", referencia=id)


def _candidatos(alcance: Alcance, curp: str) -> list[Any]:
    try:
        busqueda = decision.alcanzar(
            alcance.actor, Permiso.PACIENTE_LISTAR, motivo="registro", ahora=timezone.now()
        )
    except AccesoDenegado:
        return []
    return listas.con_curp(busqueda, curp=curp)


def _notas(acceso: Acceso, claves: tuple[str, ...]) -> list[tuple[UUID, str]]:
    """(id, title and date) of the finished notes of those kinds, newest first."""
    if Permiso.EXPEDIENTE_LEER not in acceso.permisos:
        return []
    return [
        (nota.id, f"{_(nota.titulo)} · {fecha_hora_corta(nota.fecha)} · {nota.detalle}")
        for nota in expediente.ultimas(acceso, "Composition", 60)
        if nota.estado in ("final", "amended")
        and (tipo := catalogo.de_concepto(nota.recurso["type"])) is not None
        and tipo.clave in claves
        and not recibido_de(nota.recurso)
    ]
