"""The desk of who governs the exchange: agreements, their signatures, what went under them."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from consentimiento import decision
from consentimiento.convenios import Base, Parte, Proposito, Terminos, TerminosInvalidos
from consentimiento.selectors import convenios as selectores
from consentimiento.selectors.convenios import Visto
from consentimiento.services import convenios
from consentimiento.services.firmas_de_convenio import FirmaInvalida
from ece.identidad import aplicaciones
from ece.identidad import selectors as identidad
from ece.nucleo.acceso import Alcance
from ece.nucleo.roles import Permiso
from ece.web.clinica import intercambio
from ece.web.clinica.forms import convenios as forms
from ece.web.guardas import con_alcance, con_identidad_reciente
from registros.catalogos.sensibles import CATEGORIAS, Categoria

_leer = con_alcance(Permiso.CONVENIO_LEER, motivo="convenios")
_gobernar = con_alcance(Permiso.CONVENIO_GOBERNAR, motivo="convenios")
_firmar = con_alcance(Permiso.CONVENIO_FIRMAR, motivo="convenios")
_PASOS = {
    "iniciar": gettext_lazy("El convenio está vigente."),
    "suspender": gettext_lazy(
        "Convenio suspendido: desde la siguiente solicitud no se intercambia nada."
    ),
    "reanudar": gettext_lazy("El convenio está vigente otra vez."),
    "terminar": gettext_lazy("Convenio terminado."),
}


@_leer
def lista(request: HttpRequest, alcance: Alcance) -> HttpResponse:
    vistos = selectores.todos(alcance, ahora=timezone.now())
    contexto = {
        "convenios": vistos,
        "gobierna": _puede(alcance, Permiso.CONVENIO_GOBERNAR),
        "atiende": _puede(alcance, Permiso.MENSAJE_ATENDER),
    }
    return render(request, "convenios/lista.html", contexto)


@_leer
def convenio(request: HttpRequest, alcance: Alcance, convenio: UUID) -> HttpResponse:
    return _pagina(request, alcance, convenio)


@_leer
def terminos(request: HttpRequest, alcance: Alcance, convenio: UUID) -> HttpResponse:
    """The very bytes that are signed, to send to the partner."""
    visto = _uno(alcance, convenio)
    respuesta = HttpResponse(visto.canonico, content_type="application/json")
    respuesta["Content-Disposition"] = f'attachment; filename="convenio-{convenio}.json"'
    return respuesta


@_gobernar
def redactar(request: HttpRequest, alcance: Alcance) -> HttpResponse:
    nuestra = identidad.institucion()
    inicial = forms.en_blanco(nuestra.nombre if nuestra else "", timezone.localdate())
    form = forms.Convenio(request.POST or None, aliados=aplicaciones.aliados(), initial=inicial)
    if form.is_valid():
        try:
            id_ = convenios.redactar(alcance, terminos=_terminos(form), ahora=timezone.now())
        except TerminosInvalidos as error:
            _marcar(form, error)
        except convenios.FolioRepetido:
            form.add_error("folio", _("Ya hay un convenio con ese folio."))
        else:
            messages.success(request, _("Borrador guardado."))
            return redirect("clinica:convenio", convenio=id_)
    return _formulario(request, form)


@_gobernar
def corregir(request: HttpRequest, alcance: Alcance, convenio: UUID) -> HttpResponse:
    visto = _uno(alcance, convenio)
    form = forms.Convenio(
        request.POST or None,
        aliados=aplicaciones.aliados(),
        initial=forms.iniciales(visto.terminos),
    )
    form.fields["folio"].disabled = True
    if form.is_valid():
        try:
            convenios.corregir(
                alcance, convenio_id=convenio, terminos=_terminos(form), ahora=timezone.now()
            )
        except TerminosInvalidos as error:
            _marcar(form, error)
        except convenios.YaFirmado:
            messages.error(request, _("Ya se firmó: sus términos no cambian."))
            return redirect("clinica:convenio", convenio=convenio)
        else:
            messages.success(request, _("Borrador guardado."))
            return redirect("clinica:convenio", convenio=convenio)
    return _formulario(request, form)


@_firmar
@con_identidad_reciente()
@require_POST
def firmar(request: HttpRequest, alcance: Alcance, convenio: UUID) -> HttpResponse:
    try:
        convenios.firmar(alcance, convenio_id=convenio, ahora=timezone.now())
        messages.success(request, _("Firmado por nuestra institución."))
    except convenios.ConvenioInexistente as error:
        raise Http404 from error
    except (convenios.YaFirmado, convenios.PasoInvalido):
        messages.error(request, _("Este convenio ya no espera esa firma."))
    return redirect("clinica:convenio", convenio=convenio)


@_gobernar
@require_POST
def recibir_firma(request: HttpRequest, alcance: Alcance, convenio: UUID) -> HttpResponse:
    form = forms.FirmaDeAliada(request.POST)
    if form.is_valid():
        try:
            convenios.recibir_firma(
                alcance, convenio_id=convenio, jws=form.cleaned_data["jws"], ahora=timezone.now()
            )
            messages.success(request, _("Firma de la institución aliada comprobada y guardada."))
            return redirect("clinica:convenio", convenio=convenio)
        except convenios.ConvenioInexistente as error:
            raise Http404 from error
        except FirmaInvalida as error:
            form.add_error("jws", _("La firma no se admite: %(por)s.") % {"por": error})
        except (convenios.YaFirmado, convenios.PasoInvalido):
            form.add_error("jws", _("Este convenio ya no espera esa firma."))
    return _pagina(request, alcance, convenio, firma=form)


@_gobernar
@require_POST
def dar_paso(request: HttpRequest, alcance: Alcance, convenio: UUID, paso: str) -> HttpResponse:
    if paso not in _PASOS:
        raise Http404
    form = forms.Paso(request.POST) if paso != "iniciar" else None
    if form is not None and not form.is_valid():
        return _pagina(request, alcance, convenio, paso=form, cual=paso)
    motivo = {"motivo": form.cleaned_data["motivo"]} if form else {}
    try:
        getattr(convenios, paso)(alcance, convenio_id=convenio, ahora=timezone.now(), **motivo)
        messages.success(request, _PASOS[paso])
    except convenios.ConvenioInexistente as error:
        raise Http404 from error
    except convenios.PasoInvalido:
        messages.error(request, _("El convenio cambió mientras tanto: revise cómo está."))
    return redirect("clinica:convenio", convenio=convenio)


def _pagina(
    request: HttpRequest,
    alcance: Alcance,
    convenio: UUID,
    *,
    firma: forms.FirmaDeAliada | None = None,
    paso: forms.Paso | None = None,
    cual: str = "",
) -> HttpResponse:
    visto = _uno(alcance, convenio)
    pasado = selectores.intercambiado(_lector(alcance), visto=visto, ahora=timezone.now())
    contexto: dict[str, Any] = {
        "convenio": visto,
        "pasado": pasado,
        "barras": intercambio.barras(pasado.dias),
        "razones": [(intercambio.RAZONES.get(r, r), n) for r, n in pasado.razones],
        "propositos": [(intercambio.PROPOSITOS.get(p, p or "—"), n) for p, n in pasado.propositos],
        "urgencias": selectores.urgencias(
            _lector(alcance), convenio_id=convenio, ahora=timezone.now()
        ),
        "dichos": _en_palabras(visto.terminos),
        "gobierna": _puede(alcance, Permiso.CONVENIO_GOBERNAR),
        "firma_nuestra": _puede(alcance, Permiso.CONVENIO_FIRMAR)
        and not visto.firmo(Parte.NUESTRA),
        "espera_aliada": not visto.firmo(Parte.ALIADA),
        "firma": firma or forms.FirmaDeAliada(),
        "pasos": [(p, paso if p == cual else forms.Paso(auto_id=f"{p}_%s")) for p in visto.pasos],
    }
    errores = bool((firma and firma.errors) or (paso and paso.errors))
    return render(request, "convenios/convenio.html", contexto, status=422 if errores else 200)


def _uno(alcance: Alcance, convenio: UUID) -> Visto:
    visto = selectores.uno(_lector(alcance), convenio_id=convenio, ahora=timezone.now())
    if visto is None:
        raise Http404
    return visto


def _lector(alcance: Alcance) -> Alcance:
    """The proof to read with: who governs or signs agreements reads them too."""
    if Permiso.CONVENIO_LEER in alcance.permisos:
        return alcance
    return decision.alcanzar(
        alcance.actor, Permiso.CONVENIO_LEER, motivo="convenios", ahora=timezone.now()
    )


def _en_palabras(terminos: Terminos) -> dict[str, list[str]]:
    """The lists of the terms, by name and in order."""
    return {
        "propositos": sorted(str(Proposito(p).label) for p in terminos.propositos),
        "bases": sorted(str(Base(b).label) for b in terminos.bases),
        "sale": sorted(str(forms.NOMBRES.get(t, t)) for t in terminos.sale),
        "entra": sorted(str(forms.NOMBRES.get(t, t)) for t in terminos.entra),
        "categorias": sorted(_(CATEGORIAS[Categoria(c)].nombre) for c in terminos.categorias),
        "llaves": sorted(terminos.llaves),
    }


def _puede(alcance: Alcance, permiso: Permiso) -> bool:
    return permiso in alcance.actor.permisos


def _terminos(form: forms.Convenio) -> Terminos:
    return form.terminos(selectores.llaves_de_aliado(UUID(form.cleaned_data["cliente"])))


def _marcar(form: forms.Convenio, error: TerminosInvalidos) -> None:
    for campo, dicho in error.problemas.items():
        form.add_error(campo if campo in form.fields else None, dicho)


def _formulario(request: HttpRequest, form: forms.Convenio) -> HttpResponse:
    contexto = {"form": form}
    return render(
        request, "convenios/formulario.html", contexto, status=422 if form.errors else 200
    )
