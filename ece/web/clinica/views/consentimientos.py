"""Letters of consent: listed, written, signed or refused, revoked, printed; and emergencies."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth import authenticate
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from consentimiento.selectors import avisos
from ece.identidad.selectors import actor_de_usuario
from ece.nucleo.acceso import Acceso
from ece.nucleo.roles import Permiso
from ece.web import firmado, firmas_de_cartas, impresos
from ece.web.clinica import cartas as en_pagina
from ece.web.clinica import forms, paneles
from ece.web.clinica.forms.avisos import MEDIOS
from ece.web.guardas import con_acceso
from ece.web.impresion import cartas as impresion
from registros.catalogos.cartas import CARTAS, MEDICOS
from registros.selectors import cartas as selectores
from registros.selectors.cartas import CartaVista
from registros.services import acuerdos, cartas

_recabar = con_acceso(Permiso.CONSENTIMIENTO_RECABAR)


@_recabar
def lista(request: HttpRequest, acceso: Acceso) -> HttpResponse:
    """What the person gave, refused or revoked; what is still to ask; the notices shown."""
    contexto = {
        **paneles.cabecera_de(acceso),
        "renglones": en_pagina.renglones(selectores.de_paciente(acceso, ahora=timezone.now())),
        "por_recabar": selectores.por_recabar(acceso),
        "posibles": [c for c in CARTAS.values() if c.recaban & acceso.actor.roles],
        "puede_acordar": acceso.actor.roles & MEDICOS,
        "aviso_pendiente": avisos.le_falta(acceso),
        "entregas": [(e, MEDIOS.get(e.medio, e.medio)) for e in avisos.entregas(acceso)],
    }
    return render(request, "clinica/consentimientos.html", contexto)


@_recabar
def nuevo(request: HttpRequest, acceso: Acceso, tipo: str) -> HttpResponse:
    """What the letter will say; saved, it is read and signed as it is."""
    carta = CARTAS.get(tipo)
    if carta is None:
        raise Http404
    if not carta.recaban & acceso.actor.roles:
        raise PermissionDenied
    form = forms.NuevaCarta(request.POST or None, carta=carta, actor=acceso.actor)
    if request.method == "POST" and form.is_valid():
        clave = form.cleaned_data.get("contrasena", "")
        if carta.de_medico and not request.user.check_password(clave):
            form.add_error("contrasena", _("La contraseña no es correcta."))
        else:
            try:
                id_ = cartas.preparar(acceso, tipo=tipo, **form.datos(), ahora=timezone.now())
            except cartas.CartaIncompleta as error:
                for elemento in error.elementos:
                    form.add_error(None, en_pagina.falta(elemento.titulo, elemento.numeral))
            else:
                return redirect("clinica:consentimiento", acceso.paciente, id_)
    contexto = {**paneles.cabecera_de(acceso), "form": form, "titulo": _(carta.titulo)}
    return render(request, "clinica/formulario.html", contexto, status=422 if form.errors else 200)


@_recabar
def carta(request: HttpRequest, acceso: Acceso, carta: UUID) -> HttpResponse:
    """The text as it is kept; while nobody has decided, the place to sign or to refuse."""
    vista = _carta(acceso, carta)
    cabecera = paneles.cabecera_de(acceso)
    form = None
    if vista.por_decidir:
        form = forms.Decision(
            request.POST or None, carta=vista.tipo, quien=cabecera["identidad"].nombre
        )
    if form is not None and request.method == "POST" and form.is_valid():
        acepta = request.POST.get("accion") == "otorgar"
        if en_pagina.decidir(acceso, vista, form, acepta=acepta, ahora=timezone.now()):
            hecho = _("Consentimiento otorgado.") if acepta else _("Quedó anotado que no acepta.")
            messages.success(request, hecho)
            return redirect("clinica:consentimiento", acceso.paciente, carta)
    contexto = {
        **cabecera,
        **(en_pagina.renglones([vista])[0]),
        "firmas": en_pagina.firmas(vista),
        **firmas_de_cartas.contexto(acceso, carta),
        "form": form,
        "revocacion": forms.Revocacion(),
    }
    estado = 422 if form is not None and form.errors else 200
    return render(request, "clinica/consentimiento.html", contexto, status=estado)


@require_POST
def _revocar(request: HttpRequest, acceso: Acceso, carta: UUID) -> HttpResponse:
    form = forms.Revocacion(request.POST)
    try:
        hecho = en_pagina.revocar(acceso, carta, form, ahora=timezone.now())
    except cartas.CartaInexistente as error:
        raise Http404 from error
    if hecho:
        messages.success(request, _("Consentimiento revocado; lo ya hecho no cambia."))
    else:
        messages.error(request, _("Esa carta no está vigente."))
    return redirect("clinica:consentimiento", acceso.paciente, carta)


revocar = _recabar(_revocar)


@require_POST
def _firmar(request: HttpRequest, acceso: Acceso, carta: UUID) -> HttpResponse:
    """The e.firma of anybody that the letter names, in the browser of this desk."""
    vuelta = reverse("clinica:consentimiento", args=[acceso.paciente, carta])
    return firmas_de_cartas.firmar(request, acceso, carta, ir=vuelta)


firmar = _recabar(_firmar)


@_recabar
def evidencia(request: HttpRequest, acceso: Acceso, carta: UUID, firma: UUID) -> HttpResponse:
    return firmado.evidencia(acceso, documento=carta, firma=firma)


@_recabar
def pdf(request: HttpRequest, acceso: Acceso, carta: UUID) -> HttpResponse:
    ahora, vista = timezone.now(), _carta(acceso, carta)
    documento = impresion.pdf(acceso, vista, ahora=ahora)
    return impresos.pdf(request, acceso, documento, "carta", registros=[carta], ahora=ahora)


@_recabar
def urgencia(request: HttpRequest, acceso: Acceso) -> HttpResponse:
    """Two physicians at one screen, each with their own password."""
    if not acceso.actor.roles & MEDICOS:
        raise PermissionDenied
    form = forms.Acuerdo(
        request.POST or None, actor=acceso.actor, initial={"tipo": request.GET.get("tipo", "")}
    )
    if request.method == "POST" and form.is_valid():
        ahora, datos = timezone.now(), dict(form.cleaned_data)
        segundo = authenticate(
            request, username=datos.pop("segundo"), password=datos.pop("segunda_contrasena")
        )
        if not request.user.check_password(datos.pop("contrasena")):
            form.add_error("contrasena", _("La contraseña no es correcta."))
        elif segundo is None:
            form.add_error("segunda_contrasena", _("El usuario o la contraseña no son correctos."))
        else:
            otro = actor_de_usuario(segundo, ahora=ahora)
            try:
                id_ = acuerdos.acordar(acceso, segundo=otro, **datos, ahora=ahora)
            except acuerdos.MismoMedico:
                form.add_error("segundo", _("Deben ser dos médicos distintos."))
            except acuerdos.NoLeCorresponde:
                form.add_error(None, _("El acuerdo es de dos médicos."))
            except acuerdos.CartaIncompleta as error:
                form.add_error(None, str(error))
            else:
                messages.success(
                    request, _("Acuerdo guardado. Recabe el consentimiento en cuanto se pueda.")
                )
                return redirect("clinica:consentimiento", acceso.paciente, id_)
    contexto = {
        **paneles.cabecera_de(acceso),
        "form": form,
        "titulo": _("Urgencia: acuerdo de dos médicos (RLGSMPSAM, 81)"),
    }
    return render(request, "clinica/formulario.html", contexto, status=422 if form.errors else 200)


def _carta(acceso: Acceso, carta_id: UUID) -> CartaVista:
    vista = selectores.carta(acceso, carta_id=carta_id, ahora=timezone.now())
    if vista is None:
        raise Http404
    return vista
